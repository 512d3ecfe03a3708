"""Roles are code: what each may do, with a sentence that says who they are.

`docs/permissions.md` is printed from this table and tested as a matrix.
"""

from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """One power over strategy discussions; permissions beside each service say over which of them."""

    RECORD_REFERRAL = "record_referral"
    REQUEST_DISCUSSION = "request_discussion"
    DECIDE_PROTECTION = "decide_protection"
    AUTHORISE_REQUEST = "authorise_request"
    BOOK = "book"
    CHAIR = "chair"
    MINUTE = "minute"
    AUTHORISE_MINUTES = "authorise_minutes"
    CIRCULATE = "circulate"
    CONTRIBUTE = "contribute"
    ANSWER_FOR_AGENCY = "answer_for_agency"
    READ_ALL_CASES = "read_all_cases"
    OVERSEE = "oversee"
    ADMINISTER = "administer"
    READ_ACCESS_LOG = "read_access_log"
    ESCALATE = "escalate"
    WRITE_NIGHTS = "write_nights"


@dataclass(frozen=True)
class Role:
    """A role: its name in code, its title on pages, who that is in one sentence, and its powers."""

    name: str
    title: str
    sentence: str
    permissions: frozenset[Permission]


def _role(name: str, title: str, sentence: str, *permissions: Permission) -> Role:
    return Role(name, title, sentence, frozenset(permissions))


P = Permission
ROLES: dict[str, Role] = {
    role.name: role
    for role in (
        _role(
            "social_worker",
            "Social worker",
            "Asks for a strategy discussion, takes part in it and carries its actions for the child.",
            P.RECORD_REFERRAL,
            P.REQUEST_DISCUSSION,
            P.CONTRIBUTE,
            P.ESCALATE,
        ),
        _role(
            "advanced_practitioner",
            "Advanced social work practitioner",
            "Asks for, authorises and chairs strategy discussions.",
            P.RECORD_REFERRAL,
            P.REQUEST_DISCUSSION,
            P.AUTHORISE_REQUEST,
            P.CHAIR,
            P.AUTHORISE_MINUTES,
            P.CONTRIBUTE,
            P.ESCALATE,
        ),
        _role(
            "assessment_practice_manager",
            "Assessment practice manager",
            "Decides on immediate protection with the police and authorises and chairs strategy discussions.",
            P.RECORD_REFERRAL,
            P.REQUEST_DISCUSSION,
            P.DECIDE_PROTECTION,
            P.AUTHORISE_REQUEST,
            P.CHAIR,
            P.AUTHORISE_MINUTES,
            P.CONTRIBUTE,
            P.READ_ACCESS_LOG,
            P.ESCALATE,
        ),
        _role(
            "team_manager",
            "Team manager",
            "Authorises requests, chairs strategy discussions and authorises their minutes.",
            P.RECORD_REFERRAL,
            P.REQUEST_DISCUSSION,
            P.DECIDE_PROTECTION,
            P.AUTHORISE_REQUEST,
            P.CHAIR,
            P.AUTHORISE_MINUTES,
            P.CONTRIBUTE,
            P.READ_ACCESS_LOG,
            P.ESCALATE,
        ),
        _role(
            "business_support",
            "Business support",
            "Books the discussion, gathers information, minutes it live and circulates the minutes.",
            P.BOOK,
            P.MINUTE,
            P.CIRCULATE,
            P.ESCALATE,
        ),
        _role(
            "emergency_duty",
            "Emergency duty worker",
            "Does all of it alone at night and hands over by nine.",
            P.RECORD_REFERRAL,
            P.REQUEST_DISCUSSION,
            P.DECIDE_PROTECTION,
            P.BOOK,
            P.CHAIR,
            P.MINUTE,
            P.CONTRIBUTE,
            P.ESCALATE,
            P.WRITE_NIGHTS,
        ),
        _role(
            "partner",
            "Partner",
            "Answers invitations, sends information, attends, signs, reads the minutes and does actions.",
            P.CONTRIBUTE,
            P.ESCALATE,
        ),
        _role(
            "agency_desk",
            "Agency’s safeguarding desk",
            "Sees all that is asked of their own agency and answers for colleagues, restricted cases apart.",
            P.CONTRIBUTE,
            P.ANSWER_FOR_AGENCY,
            P.ESCALATE,
        ),
        _role(
            "head_of_service",
            "Head of service",
            "Watches timeliness and escalations across the service and is told of every breach.",
            P.READ_ALL_CASES,
            P.OVERSEE,
            P.AUTHORISE_REQUEST,
            P.DECIDE_PROTECTION,
            P.READ_ACCESS_LOG,
            P.ESCALATE,
        ),
        _role(
            "administrator",
            "Administrator",
            "Keeps people, agencies, rooms and protocols; sees no child's record.",
            P.ADMINISTER,
        ),
        _role(
            "inspector",
            "Inspector or auditor",
            "Reads without changing anything.",
            P.READ_ALL_CASES,
            P.READ_ACCESS_LOG,
        ),
    )
}


PARTNERS = frozenset({"partner", "agency_desk"})  # roles of people outside the authority


def permissions_of(names: list[str]) -> frozenset[Permission]:
    """Return every power that the named roles hold together; unknown names hold none."""
    held: frozenset[Permission] = frozenset()
    for name in names:
        if name in ROLES:
            held |= ROLES[name].permissions
    return held


def titles_of(names: list[str]) -> str:
    """Return the roles' titles as a person would list them, or "no role"."""
    return ", ".join(ROLES[name].title for name in names if name in ROLES) or "no role"
