"""The timeline of a case: narrowed by its address, paged by an entry's number, printed and written down."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from attendees.models import Signature
from audit import events, services
from audit.enums import Kind
from audit.models import Entry
from cases.events import CHILD_ADDED
from cases.models import Case, Child
from govuk.moments import long_date, moment
from minutes import events_after
from minutes.enums import Forum
from minutes.models import Recipient
from minutes.services.copies import revoke
from minutes.services.reviewing import hand_to_review
from minutes.services.tracking import give_time
from outbox.models import Letter
from outbox.services import record_bounce
from strategy.models import Discussion
from strategy.rules.powers import PowerFacts
from strategy.services import powers, record_assessment
from tests.builders.after import a_circulation
from tests.people import Cast, cast
from worklist import destinations, rules, timeline
from worklist.entries import in_words
from worklist.timeline import Wanted

pytestmark = pytest.mark.django_db
# Events that are about no case: people, agencies, places, procedures.
NO_CASE = re.compile(
    r"^(account|acting_for|agency|closure_day|duty_line|place|professional|protocol|team|test)\."
)


def signed_in(user: object) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")  # type: ignore[arg-type]
    return client


def at(day: int, hour: int = 9) -> datetime:
    return datetime(2027, 2, day, hour, tzinfo=UTC)


def build() -> tuple[Cast, Discussion]:
    people = cast()
    return people, a_circulation(people).version.minutes.discussion


@pytest.fixture
def people(world: tuple[Cast, Discussion]) -> Cast:
    return world[0]


@pytest.fixture
def held(world: tuple[Cast, Discussion]) -> Discussion:
    """A discussion whose record went out: something of every kind was done."""
    return world[1]


def names(case: Case, wanted: Wanted) -> set[str]:
    return {one.event for one in timeline.entries_of(case, wanted)}


def test_every_event_of_a_case_is_in_one_group() -> None:
    acts = [one for one in events.names(Kind.WRITE) if not NO_CASE.match(one)]
    begins = [one for _, some in timeline.GROUPS.values() for one in some]
    assert [one for one in acts if sum(one.startswith(begin) for begin in begins) != 1] == []


def test_nothing_chosen_is_everything_but_the_clocks(held: Discussion) -> None:
    case = held.case
    every = {one.event for one in Entry.objects.filter(case_ref=case.reference, is_read=False)}
    shown = names(case, Wanted())
    assert {one for one in every if one.startswith("deadline.")} and shown == {
        one for one in every if not one.startswith("deadline.")
    }
    assert names(case, Wanted(kinds=tuple(timeline.GROUPS))) == every


def test_by_kind_child_and_discussion(held: Discussion) -> None:
    case = held.case
    assert {timeline.group_of(one) for one in names(case, Wanted(kinds=("action",)))} == {"action"}
    assert "minutes.authorised" in names(case, Wanted(discussion=held))
    assert "request.submitted" not in names(case, Wanted(discussion=held))
    child = held.decisions.select_related("child").all()[0].child
    theirs = timeline.entries_of(case, Wanted(child=child))
    assert "decision.made" in {one.event for one in theirs}
    about = {one.subject for one in theirs if one.event == "decision.made"}
    assert about == {f"decision:{one.pk}" for one in child.decisions.all()}


def test_the_days_are_londons_and_the_last_is_whole(held: Discussion, people: Cast) -> None:
    # Half past eleven on 30 June in London's summer is still that day; UTC has half past ten.
    for hour, minute in ((22, 30), (23, 30)):
        moment = datetime(2027, 6, 30, hour, minute, tzinfo=UTC)
        services.record(events_after.ACTION_CHASED, held.case, subject="action:1", by=people.sam, at=moment)
    day = date(2027, 6, 30)
    assert timeline.counts_of(held.case, Wanted(since=day, until=day))[0] == 1
    assert timeline.counts_of(held.case, Wanted(since=day, until=day + timedelta(days=1)))[0] == 2


def test_pages_begin_at_an_entry_so_that_nothing_moves(held: Discussion, people: Cast) -> None:
    found = timeline.entries_of(held.case, Wanted())
    first = timeline.some_of(found, {}, 3)
    second = timeline.some_of(found, {"before": str(first.older)}, 3)
    services.record(events_after.ACTION_CHASED, held.case, subject="action:1", by=people.sam, at=at(1))
    again = timeline.some_of(found, {"before": str(first.older)}, 3)
    assert [one.id for one in again.entries] == [one.id for one in second.entries]
    back = timeline.some_of(found, {"after": str(second.newer)}, 3)
    assert [one.id for one in back.entries] == [one.id for one in first.entries]
    for wrong in ("-1", "x", "9" * 40, "²", ""):
        assert timeline.some_of(found, {"before": wrong}, 3).newer is None


def test_links_remember_the_filters_and_say_how_many(held: Discussion, people: Cast) -> None:
    client = signed_in(people.sam)
    address = reverse("worklist:timeline", args=[held.case.reference])
    kinds = "&".join(f"kind={one}" for one in timeline.GROUPS)
    text = client.get(f"{address}?{kinds}").content.decode()
    whole = Entry.objects.filter(case_ref=held.case.reference, is_read=False).count()
    assert f"25 shown of {whole} found" in text
    older = re.search(r'href="(\?[^"]*before=\d+)"', text)
    assert older and "kind=action" in older[1]
    assert f"{reverse('worklist:chronology', args=[held.case.reference])}?kind=request" in text
    assert client.get(address + older[1].replace("&amp;", "&")).status_code == 200


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("child=999999", "Choose one of the answers listed"),
        ("discussion=x", "Choose one of the answers listed"),
        ("kind=nothing", "Choose one of the answers listed"),
        ("since=2027-02-02&until=2027-02-01", "The last day must be the first day or after it"),
        ("since_day=31&since_month=2&since_year=2027", "real date"),
    ],
)
def test_a_wrong_filter_says_so_and_loses_nothing(
    held: Discussion, people: Cast, query: str, sentence: str
) -> None:
    client = signed_in(people.sam)
    for name in ("timeline", "chronology"):
        answer = client.get(reverse(f"worklist:{name}", args=[held.case.reference]) + f"?{query}&kind=action")
        assert answer.status_code == 200
        if name == "timeline":
            assert sentence in answer.content.decode()
            assert re.search(r'value="action"[^>]*checked', answer.content.decode())
        else:
            assert "could not be understood" in answer.content.decode()


def test_the_chronology_says_whose_by_whom_and_how_and_is_written_down(
    held: Discussion, people: Cast
) -> None:
    client = signed_in(people.sam)
    address = reverse("worklist:chronology", args=[held.case.reference])
    text = client.get(address + f"?kind=action&discussion={held.pk}&since=2020-01-01").content.decode()
    for words in (held.case.reference, people.sam.name, "Wednesday 1 January 2020", "Actions"):
        assert words in text
    head, table = text.split("<table")[:2]
    repeated = table.split("</thead>")[0]  # a browser prints it on every sheet
    for child in held.case.children.all():
        assert child.name in head and child.name in repeated
    assert "Authorised the minutes" not in text and "Added an action" in text
    entry = Entry.objects.latest("id")
    assert (entry.event, entry.case_ref) == ("case.chronology_printed", held.case.reference)
    assert (entry.data["kinds"], entry.data["discussion"]) == (["action"], held.pk)
    assert entry.data["entries"] > 0


def test_a_stranger_has_neither(held: Discussion, people: Cast) -> None:
    client = signed_in(people.stranger)
    for name in ("timeline", "chronology"):
        assert client.get(reverse(f"worklist:{name}", args=[held.case.reference])).status_code == 404


def test_each_entry_leads_to_a_page(held: Discussion, people: Cast) -> None:
    client = signed_in(people.sam)
    every = timeline.entries_of(held.case, Wanted(kinds=tuple(timeline.GROUPS)))
    seen: dict[str, str] = {}
    for entry in every:
        seen.setdefault(entry.subject.partition(":")[0], destinations.lead_of(entry.subject, held.case))
    assert {kind for kind, lead in seen.items() if not lead} <= {"", "letter"}
    for kind, lead in seen.items():
        if lead:
            assert client.get(lead, follow=True).status_code in (200, 403), kind


def test_an_entry_says_whose_it_is_in_one_statement(held: Discussion, django_assert_num_queries: Any) -> None:
    entries = list(timeline.entries_of(held.case, Wanted(kinds=tuple(timeline.GROUPS))))
    with django_assert_num_queries(1):
        rows: list[Any] = in_words(entries, held.case)
    told = {(one.event, one.about) for one in rows}
    child = held.case.children.first()
    signature = Signature.objects.filter(attendance__discussion=held).select_related("attendance").first()
    assert child is not None and signature is not None
    assert {("case.child_added", child.name), ("action_log.signed", signature.attendance.name)} <= told
    assert {one.about for one in rows if one.event == "decision.made"} == {
        one.name for one in held.case.children.all()
    }


def test_an_unborn_child_is_named_as_everywhere(held: Discussion) -> None:
    child = Child.objects.create(
        case=held.case, family_name="Marlow", is_unborn=True, expected_date=date(2027, 5, 1)
    )
    services.record(CHILD_ADDED, held.case, subject=child, by=None, at=at(1))
    (row,) = in_words(Entry.objects.filter(subject=f"child:{child.pk}"), held.case)
    assert vars(row)["about"] == child.name == "Unborn baby Marlow"


def test_an_entry_says_to_whom_and_a_letters_leads_to_what_it_was_about(
    held: Discussion, people: Cast
) -> None:
    copies = Recipient.objects.filter(circulation__version__minutes__discussion=held)
    copy = copies.exclude(letter=None).select_related("letter", "professional").first()
    assert copy is not None and copy.letter is not None
    letter, name, now = copy.letter, copy.professional.name, timezone.now()
    Letter.objects.filter(pk=letter.pk).update(status="sent", sent_at=now, message_id="<one@post.example>")
    assert record_bounce("<one@post.example>", letter.to_email, detail="full", at=now)
    client, address = signed_in(people.sam), reverse("worklist:timeline", args=[held.case.reference])
    page = client.get(address + "?kind=letter")
    (came_back,) = [one for one in page.context["entries"] if one.event == "letter.bounced"]
    assert (came_back.about, came_back.to_name) == (rules.letter_in_words(letter.kind), name)
    assert f"{came_back.about}</h3>" in page.content.decode() and f", to {name}" in page.content.decode()
    assert client.get(came_back.leads)["Location"] == reverse("minutes:proof", args=[held.pk])
    revoke(copy, reason="It was for somebody else", by=people.bea, at=now)
    entries = client.get(address + "?kind=record").context["entries"]
    assert {one.to_name for one in entries if one.subject == f"recipient:{copy.pk}"} == {name}


def test_an_entry_about_an_action_says_which_to_when_and_where_it_is_reviewed(
    held: Discussion, people: Cast
) -> None:
    action, now = held.minutes.actions.order_by("-number")[0], timezone.now()
    later = action.expected_at + timedelta(days=9)
    give_time(action, due_at=later, reason="The lab is closed", by=people.mo, at=now)
    day = (now + timedelta(days=3)).date()
    hand_to_review(action, forum=Forum.values[0], meets_on=day, led_by="Mo", by=people.mo, at=now)
    told = signed_in(people.sam).get(reverse("worklist:chronology", args=[held.case.reference]))
    words = told.content.decode()
    moved = f"from {moment(action.expected_at)} to {moment(later)}: The lab is closed"
    assert f"Action {action.number}: {moved}" in words
    assert f"Action {action.number}: {Forum.labels[0]}, {long_date(day)}" in words


def test_what_is_no_page_of_its_own_leads_to_where_it_is_read(people: Cast, held: Discussion) -> None:
    """A child and an ended power stand among the people, an assessment with its referral: never a form."""
    referral, child = held.request.referral, held.case.children.all()[0]
    now = timezone.now()
    facts = PowerFacts(
        kind="police_protection", started_at=now - timedelta(hours=2), authority="PC Ives", told="Both"
    )
    power = powers.record_power(child, facts, by=people.sam, at=now)
    record_assessment(
        referral, outcome="child_in_need", decision="The mother engages.", decided_by="Mo Mensah",
        decided_at=now, by=people.sam, at=now,
    )  # fmt: skip
    reader = signed_in(people.ira)
    for subject in (f"child:{child.pk}", f"power:{power.pk}"):
        answer = reader.get(destinations.lead_of(subject, held.case), follow=True)
        assert answer.redirect_chain[-1][0].endswith(f"/people/#child-{child.pk}")
        assert "Police protection, since" in answer.content.decode()
    lead = destinations.lead_of(f"referral:{referral.pk}", held.case, "assessment.decided")
    told = reader.get(lead).content.decode()
    assert f'id="{lead.partition("#")[2]}"' in told and "The mother engages." in told
    seen = destinations.lead_of(f"child:{child.pk}", held.case, "child.seen")
    assert signed_in(people.sam).get(seen)["Location"].endswith(f"/children/{child.pk}/seen/")
