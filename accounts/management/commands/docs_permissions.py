"""Print docs/permissions.md from the roles, which are code."""

from accounts.management.printed import PrintedPage
from accounts.roles import ROLES, Permission

POWERS: dict[Permission, str] = {
    Permission.RECORD_REFERRAL: "record a referral and keep the family’s details",
    Permission.REQUEST_DISCUSSION: "ask for a strategy discussion",
    Permission.DECIDE_PROTECTION: "record the immediate protection decision",
    Permission.AUTHORISE_REQUEST: "move a deadline later; authorise where the procedure names the role",
    Permission.BOOK: "forward, book, invite and record replies",
    Permission.CHAIR: "chair a discussion",
    Permission.MINUTE: "open and write the record",
    Permission.AUTHORISE_MINUTES: "authorise the minutes",
    Permission.CIRCULATE: "circulate the minutes",
    Permission.CONTRIBUTE: "take part, send information, sign and do actions",
    Permission.ANSWER_FOR_AGENCY: "see and answer what is asked of anybody in their own agency",
    Permission.READ_ALL_CASES: "read every case that is not restricted",
    Permission.OVERSEE: "watch timeliness and escalations across the service",
    Permission.ADMINISTER: "keep people, agencies, rooms and protocols",
    Permission.READ_ACCESS_LOG: "read who opened a case",
    Permission.ESCALATE: "raise, answer and resolve escalations; a partner where the procedure lets partners",
    Permission.WRITE_NIGHTS: "write a whole night on one page, and hand it to the day",
}


def document() -> str:
    """The whole page."""
    head = "| Power | " + " | ".join(role.title for role in ROLES.values()) + " |"
    rule = "|---|" + "---|" * len(ROLES)
    powers = [
        f"| {POWERS[power]} | "
        + " | ".join("yes" if power in role.permissions else "–" for role in ROLES.values())
        + " |"
        for power in Permission
    ]
    people = [f"- **{role.title}** (`{role.name}`). {role.sentence}" for role in ROLES.values()]
    return "\n".join([*INTRODUCTION, *people, "", "## Powers", "", head, rule, *powers, ""])


INTRODUCTION = [
    "# Who may do what",
    "",
    "Printed by `manage.py docs_permissions` from `accounts/roles.py`; a test fails when they differ.",
    "",
    "A power says what somebody may do; a grant of access says on which cases. Without a grant a case does",
    "not exist for a person: its pages answer 404. With a grant but without the power they say why (403).",
    "Who authorises a request, chairs and opens the record is the local procedure’s to say; nobody ever",
    "authorises their own request, also not while acting for somebody else. Somebody who acts for an absent",
    "colleague uses that colleague’s powers until the date set, and the record keeps who acted.",
    "",
]


class Command(PrintedPage):
    """Write the page, or only compare it."""

    help = "Print docs/permissions.md from the roles"
    path = "docs/permissions.md"
    comes_from = "the roles"
    text = staticmethod(document)
