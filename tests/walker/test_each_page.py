"""Each page as its usual person opens it: written down once, few statements; and letters and logs that tell
nothing."""

import logging
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Entry
from outbox.models import Letter, LetterEnclosure
from outbox.rendering import message, render
from tests.walker.asking import address_of, visit
from tests.walker.table import BY_NAME, PAGES, Page
from tests.walker.world import CANARIES, World

pytestmark = pytest.mark.django_db
MOST = 12  # a page of a case, as the promises have it
LIVE = (
    "attendees:replies",
    "minutes:proof_table",
    "minutes:side",
    "minutes:texts",
    "strategy:limit",
)  # polled
SHOWN = [page for page in PAGES if not page.post_only and page.kind in ("case", "partner", "signed in")]
SHOWN = [page for page in SHOWN if not page.name.startswith(("account_", "mfa_"))]
# A form that asks one question and shows nothing of the record; the page before it was written down.
SHOW_NOTHING = [
    "deadlines:explain", "strategy:clock_not_needed", "referrals:on_case", "referrals:times",
    "attendees:forward", "strategy:police_reference", "strategy:receipt_call", "attendees:book",
    "attendees:move",
    "attendees:cancel", "attendees:invite", "attendees:record_reply", "attendees:withdraw",
    "attendees:deputy", "attendees:new_link", "minutes:open_record", "minutes:attendance",
    "minutes:copy_family",
    "minutes:arrive", "minutes:leave", "minutes:start", "minutes:close", "minutes:allocate",
    "minutes:arrange", "minutes:rearrange", "minutes:add_dissent", "minutes:share",
    "minutes:need_information",
    "minutes:add_action", "minutes:edit_action", "minutes:strike_action",
    "minutes:finish", "minutes:correct_times", "minutes:return", "minutes:correct",
    "minutes:hand", "minutes:acknowledged_for",
    "minutes:again", "minutes:revoke", "minutes:file", "worklist:go",
    "referrals:high_rating", "family:add_child", "family:add_member", "family:same_for_all",
    "family:remove_child", "family:remove_member", "family:which_child", "family:which_case",
    "family:merge_case", "worklist:allocate_case", "worklist:allocate_clock",
    "attendees:replace_chair", "attendees:replace_minute_taker", "attendees:times",
    "attendees:no_lawful_time", "minutes:dial", "minutes:begin_call",
    "minutes:strike_call", "attendees:chase", "attendees:remove_file",
    "attendees:follow_up",
]  # fmt: skip
SENSITIVE = [page for page in SHOWN if page.kind != "signed in" and page.name not in (*SHOW_NOTHING, *LIVE)]


@pytest.mark.parametrize("page", SHOWN, ids=lambda page: page.name)
def test_each_page(page: Page, world: World) -> None:
    """Written down once where it shows a child's record, the banner of a late sweep, and few statements."""
    address, client = address_of(page, world), world.browsers[page.usual]
    last = Entry.objects.latest("id").id
    answer: Any = client.get(address)  # what is kept for a while (templates, the procedure) is there then
    wrong = [*badly_written_down(page, world, answer, last), *without_banner(page, answer)]
    with CaptureQueriesContext(connection) as asked:
        visit(client, "GET", address)
    told = [one["sql"] for one in asked if "SAVEPOINT" not in one["sql"] and "pg_stat_xact" not in one["sql"]]
    if len(told) > MOST:
        wrong += [f"{len(told)} statements:", *(sql[:220] for sql in told)]
    assert not wrong, "\n".join(wrong)


def badly_written_down(page: Page, world: World, answer: Any, last: int) -> list[str]:
    """Opening a page that shows a child's record writes one entry of who read what, without content."""
    if page not in SENSITIVE:
        return []
    reads = list(Entry.objects.filter(id__gt=last, is_read=True))
    if (answer.status_code, len(reads)) != (200, 1):
        return [f"{answer.status_code}, and {len(reads)} entries of reading instead of one"]
    case = world.case(page.place).reference
    wrong = [] if reads[0].case_ref == case else [f"the reading of {case} is kept with {reads[0].case_ref}"]
    return wrong + [f"the entry tells {one}" for one in CANARIES if one in str(reads[0].data)]


def without_banner(page: Page, answer: Any) -> list[str]:
    """No sweep has ever finished in this world, and each whole page of staff says so."""
    told = b"" if answer.streaming else answer.content
    is_theirs = page.usual != "link" and page.name not in LIVE and b"<html" in told
    if not is_theirs or b"have not been checked for more than five minutes" in told:
        return []
    return ["no banner that nobody has looked at the deadlines"]


def test_letters_tell_nothing(world: World) -> None:
    """Nothing of the family in any letter's headers, words, calendar or names of files."""
    letters = list(Letter.objects.order_by("pk"))
    found = [
        f"{letter.kind}: {canary}" for letter in letters for canary in CANARIES if canary in words_of(letter)
    ]
    assert found == []
    print(f"\n{len(letters)} letters of {len({one.kind for one in letters})} kinds were read")
    assert {"invitation", "partner_code"} - {one.kind for one in letters} <= {"partner_code"}


def words_of(letter: Letter) -> str:
    """Everything of a letter that can be read on the way: headers, texts, calendars, names of files."""
    enclosed = list(LetterEnclosure.objects.filter(letter=letter).select_related("enclosure"))
    if not letter.rendered:
        render(letter, enclosed, timezone.now())
    whole = message_from_bytes(message(letter), EmailMessage, policy=policy.default)
    told = [str(value) for value in whole.values()] + [str(letter.context)]
    for part in whole.walk():
        told.append(part.get_filename() or "")
        if part.get_content_maintype() == "text":
            told.append(part.get_content())
    return "\n".join(told)


def test_logs_tell_nothing(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """At the most talkative level, of our own loggers and Django's, and when a page breaks on a row."""
    caplog.set_level(logging.DEBUG)
    logging.getLogger("django.db.backends").setLevel(logging.INFO)
    for name in (
        "strategy:request",
        "strategy:change_child",
        "minutes:room",
        "minutes:read",
        "worklist:people",
    ):
        page = BY_NAME[name]
        for method in ("GET", "POST"):
            visit(
                world.browsers[page.usual],
                method,
                address_of(page, world),
                {"family_name": "Quillfeather" * 50},
            )
    search = BY_NAME["worklist:cases"]
    visit(world.browsers["sam"], "POST", address_of(search, world), {"words": "Quillfeather"})
    visit(world.browsers["sam"], "GET", "/cases/?words=Quillfeather&next=Zephyrine")
    visit(world.browsers["sam"], "GET", "/nowhere/?q=Quillfeather")
    told = [record.getMessage() for record in caplog.records]
    assert [line for line in told if any(canary in line for canary in CANARIES)] == []
    assert len(told) > 10 and settings.LOGGING["disable_existing_loggers"] is False
