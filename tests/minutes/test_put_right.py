"""A decision recorded wrongly is put right by the chair, and what hangs on it follows (rows B13, B14)."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.utils import ProgrammingError
from django.urls import reverse
from django.utils import timezone

from audit.errors import MoveNotAllowed, NotAllowed, Refused, StaleVersion
from audit.models import Entry
from deadlines.models import Deadline
from minutes.differences import changes_between
from minutes.enums import RenditionKind
from minutes.models import Minutes, MinutesVersion, PutRight
from minutes.rules.renditions import Cut, rendered
from minutes.services import versions
from minutes.services.content import content_of
from minutes.services.correcting import correct_decision
from outbox.models import Letter
from strategy.enums import Outcome
from strategy.models import Decision, Enquiry
from strategy.services import agree_delay, decide_later, record_no_conference
from strategy.services.enquiries import Ending
from tests.builders.after import a_finished_record, an_authorised_version
from tests.builders.meeting import a_held_discussion, a_threshold
from tests.people import Cast, cast
from tests.worklist.test_desk import signed_in

pytestmark = pytest.mark.django_db
WHY = "The word of the chair was misheard; the recording says otherwise."


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def version(people: Cast) -> MinutesVersion:
    """Authorised: section 47 for the first child, section 17 for the second; open again for a correction."""
    made = an_authorised_version(people)
    versions.begin_correction(made.minutes, reason="A decision is wrong.", by=people.mo, at=timezone.now())
    return made


def decision(minutes: Minutes, place: int = 0) -> Decision:
    """Of the first child, or another."""
    made = Decision.objects.filter(discussion=minutes.discussion_id).select_related("child")
    return made.order_by("pk")[place]


def put_right(minutes: Minutes, outcome: str, by: Any, *, place: int = 0, **more: Any) -> Decision:
    """The first child's decision becomes this one."""
    facts = {name: more.pop(name) for name in ("legal_reason", "deferred_to", "rationale") if name in more}
    said = a_threshold(outcome, **({"legal_reason": "Legal agrees."} | facts))
    told = {"reason": WHY, "at": timezone.now()} | more
    return correct_decision(minutes, decision(minutes, place).child, said, by=by, **told)


def clock_of(enquiry: Enquiry) -> Deadline:
    """Its conference's."""
    return Deadline.objects.get(subject=enquiry.subject, duty="icpc")


def test_to_section_47_opens_the_enquiry_from_the_start_of_the_discussion(
    people: Cast, version: MinutesVersion
) -> None:
    """Not from the correction: the conference is due as if it had been written down rightly (clocks.md)."""
    minutes = version.minutes
    was = decision(minutes, 1)
    made = put_right(minutes, Outcome.SECTION_47_JOINT, people.mo, place=1)
    enquiry = Enquiry.objects.get(child=was.child)
    assert (enquiry.started_at, enquiry.kind, enquiry.lead) == (
        minutes.discussion.started_at,
        "joint",
        people.sam,
    )
    assert enquiry.police_lead == "Paul Pike"
    clock, first = clock_of(enquiry), clock_of(Enquiry.objects.get(child=decision(minutes).child))
    assert (clock.state, clock.starts_at, clock.due_at, clock.owner) == (
        "running",
        minutes.discussion.started_at,
        first.due_at,
        people.sam,
    )
    assert (made.by, made.at, made.version) == (
        was.by,
        was.at,
        was.version + 1,
    )  # who decided, and when, stays
    assert made.plan == was.plan != ""  # as does what is answered beside it
    told = Entry.objects.get(event="decision.put_right").data
    assert (told["was"], told["outcome"], told["reason"]) == ("section_17", "section_47_joint", WHY)
    letter = Letter.objects.get(kind="enquiry_put_right")
    assert (letter.to_name, letter.context["is_open"]) == ("Sam Shah", True)


def test_away_from_section_47_takes_the_open_enquiry_back_when_that_is_meant(
    people: Cast, version: MinutesVersion
) -> None:
    """Never silently: it is ticked, its clock ends with the reason, its lead is told, the ledger has it."""
    minutes, enquiry = version.minutes, Enquiry.objects.get()
    with pytest.raises(Refused, match="led by Sam Shah") as refusal:
        put_right(minutes, Outcome.SECTION_17, people.mo)
    assert refusal.value.field == "take_back"
    assert clock_of(enquiry).state == "running"
    subject = enquiry.subject
    put_right(minutes, Outcome.SECTION_17, people.mo, take_back=True)
    assert not Enquiry.objects.exists()
    clock = Deadline.objects.get(subject=subject, duty="icpc")
    assert (clock.state, clock.void_reason) == ("void", WHY)
    assert Entry.objects.get(event="enquiry.taken_back").data["why"] == WHY
    letter = Letter.objects.get(kind="enquiry_put_right")
    assert (letter.to_name, letter.context["is_open"]) == ("Sam Shah", False)
    assert content_of(minutes)["decisions"][0]["enquiry"] == ""


def test_an_enquiry_on_which_work_was_done_is_closed_first(people: Cast, version: MinutesVersion) -> None:
    """A later conference was agreed: refused with whom and what first; closed, the decision is put right."""
    minutes, enquiry = version.minutes, Enquiry.objects.get()
    due_at = clock_of(enquiry).due_at
    assert due_at is not None
    agree_delay(
        enquiry,
        planned_on=(due_at + timedelta(days=7)).date(),
        why="The family is away.",
        manager="Mo Mensah",
        chair="Cleo Chair",
        safety_plan="With her grandmother.",
        by=people.sam,
        at=timezone.now(),
    )
    with pytest.raises(Refused, match="Sam Shah leads it: have it closed on its page") as refusal:
        put_right(minutes, Outcome.SECTION_17, people.mo, take_back=True)
    assert refusal.value.field == "outcome"
    assert (Enquiry.objects.get().closed_at, decision(minutes).outcome) == (None, "section_47_joint")
    record_no_conference(
        enquiry,
        why="Nothing was found.",
        decided_by="Mo Mensah",
        decided_role="Team manager",
        decided_at=timezone.now(),
        ending=Ending("not_substantiated", ["NFA_FLAG"]),
        by=people.mo,
        at=timezone.now(),
    )
    put_right(minutes, Outcome.SECTION_17, people.mo)
    kept = Enquiry.objects.get()
    assert (kept.closed_by, clock_of(kept).state) == (people.mo, "met")  # it ended as it ended
    put_right(minutes, Outcome.SECTION_47_JOINT, people.mo)  # and no second one begins
    assert Enquiry.objects.count() == 1
    with pytest.raises(Refused, match="how it was led is history"):
        put_right(minutes, Outcome.SECTION_47_SINGLE, people.mo)


def test_a_child_who_waits_after_all_has_a_clock_and_loses_it_again(
    people: Cast, version: MinutesVersion
) -> None:
    """Deferred: somebody owns it from the end of the discussion on, however often it is put right."""
    minutes = version.minutes
    child, later = decision(minutes, 1).child, timezone.localdate() + timedelta(days=3)

    def clock() -> Deadline:
        return Deadline.objects.get(subject=f"child:{child.pk}", duty="child_undecided")

    put_right(minutes, Outcome.DEFERRED, people.mo, place=1, deferred_to=later)
    assert (clock().state, clock().starts_at) == ("running", minutes.discussion.ended_at)
    assert clock().owner is not None or clock().owner_team is not None
    put_right(minutes, Outcome.SECTION_17, people.mo, place=1)
    assert (clock().state, clock().met_at) == ("met", minutes.discussion.ended_at)
    put_right(minutes, Outcome.DEFERRED, people.mo, place=1, deferred_to=later)
    assert clock().state == "running"
    decide_later(
        decision(minutes, 1), outcome=Outcome.NONE, rationale="Well.", decided_at=timezone.now(),
        legal_reason="Legal agrees.", by=people.mo, at=timezone.now(),
    )  # fmt: skip
    with pytest.raises(Refused, match="Mo Mensah recorded on"):
        put_right(minutes, Outcome.SECTION_17, people.mo, place=1)


def test_who_may_when_and_what_cannot_be(people: Cast) -> None:
    """Who may authorise, with the record before them, with a reason, on the decision they saw."""
    minutes = a_held_discussion(people).minutes
    with pytest.raises(MoveNotAllowed, match="being finished"):
        put_right(minutes, Outcome.SECTION_17, people.mo, take_back=True)
    versions.finish(minutes, by=people.bea, at=timezone.now())
    for person in (people.bea, people.sam, people.olga):
        with pytest.raises(NotAllowed):
            put_right(minutes, Outcome.SECTION_17, person, take_back=True)
    with pytest.raises(StaleVersion):
        put_right(minutes, Outcome.SECTION_17, people.mo, take_back=True, version=0)
    for field, more in (
        ("reason", {"reason": " "}),
        ("reason", {"reason": "x" * 301}),
        ("rationale", {"rationale": ""}),
    ):
        with pytest.raises(Refused) as refusal:
            put_right(minutes, Outcome.SECTION_17, people.mo, take_back=True, **more)
        assert refusal.value.field == field
    for outcome, day in (("never", None), (Outcome.DEFERRED, None), (Outcome.DEFERRED, date(2020, 1, 1))):
        with pytest.raises(Refused):
            put_right(minutes, outcome, people.mo, take_back=True, deferred_to=day)
    same = a_threshold(Outcome.SECTION_47_JOINT)
    with pytest.raises(Refused, match="Nothing is different"):
        correct_decision(minutes, decision(minutes).child, same, reason=WHY, by=people.mo, at=timezone.now())
    assert not PutRight.objects.exists()
    put_right(minutes, Outcome.SECTION_47_SINGLE, people.ada)  # a first version is put right as well
    assert Enquiry.objects.get().kind == "single"
    versions.authorise_minutes(minutes, by=people.mo, at=timezone.now())
    with pytest.raises(MoveNotAllowed, match="Make a corrected version first"):
        put_right(minutes, Outcome.SECTION_47_JOINT, people.mo)


def test_a_child_has_one_enquiry_at_a_time(people: Cast, version: MinutesVersion) -> None:
    """Another discussion's is open: refused at the outcome, and nothing moves."""
    minutes, other = version.minutes, decision(version.minutes, 1).child
    first = Enquiry.objects.get()
    first.child = other
    earlier = timezone.now() - timedelta(days=2)
    first.discussion = a_held_discussion(people, at=earlier, triggered_at=earlier - timedelta(days=1))
    Enquiry.objects.filter(discussion=first.discussion).delete()
    first.save()
    with pytest.raises(Refused, match="already has an open section 47 enquiry"):
        put_right(minutes, Outcome.SECTION_47_JOINT, people.mo, place=1)
    assert not PutRight.objects.exists()


def test_the_next_version_says_what_was_put_right_and_the_one_before_stands(
    people: Cast, version: MinutesVersion
) -> None:
    """Diffed, hashed, in its copies: prose by name alone, so that a slip is not told again."""
    minutes = version.minutes
    before = (version.sha256, version.content["decisions"])
    name, other = decision(minutes).child.name, decision(minutes, 1).child
    put_right(minutes, Outcome.SECTION_17, people.mo, take_back=True, rationale="She lives at 4 Hidden Row.")
    put_right(minutes, Outcome.SECTION_17, people.mo, rationale="No reasonable cause.")
    second = versions.authorise_minutes(minutes, by=people.mo, at=timezone.now())
    kept = MinutesVersion.objects.get(pk=version.pk)
    assert (kept.sha256, kept.content["decisions"]) == before
    assert versions.is_sound(kept) and versions.is_sound(second) and second.sha256 != kept.sha256
    told = second.content["put_right"]
    assert [(one["about"], one["child"], one["reason"], one["by"]) for one in told] == [
        ("Decision", name, WHY, "Mo Mensah")
    ] * 2
    assert told[0]["changes"][0] == {
        "title": "outcome",
        "was": "Section 47 enquiry, joint with the police",
        "now": "Section 17 assessment (child in need)",
    }
    assert told[1]["changes"] == [{"title": "rationale", "was": "", "now": ""}]
    assert "Hidden Row" not in str(second.content)
    changes = {one.where: one for one in changes_between(kept.content, second.content)}
    assert changes[f"Decision: {name}: outcome"].new == "Section 17 assessment (child in need)"
    assert WHY in changes[f"Put right: Decision: {name}"].new
    assert "put_right" not in rendered(second.content, Cut(RenditionKind.FAMILY))
    assert rendered(second.content, Cut(RenditionKind.WHOLE, other.pk))["put_right"] == []
    with pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute("UPDATE minutes_putright SET reason = 'another'")


def test_the_page_shows_what_was_beside_what_will_be(people: Cast) -> None:
    """Linked from the check; what cannot stand comes back with what was typed; the enquiry is named."""
    minutes = a_finished_record(people)
    mo, child = signed_in(people.mo), decision(minutes).child
    page = reverse("minutes:correct_decision", args=[minutes.discussion_id, child.pk])
    check = reverse("minutes:check", args=[minutes.discussion_id])
    assert page in mo.get(check).content.decode()
    shown = mo.get(page).content.decode()
    assert "As it stands" in shown and "Section 47 enquiry, joint with the police" in shown
    assert "Its conference is due by" in shown and "Sam Shah" in shown
    typed = {
        "risk_level": "low",
        "risk_text": "Little.",
        "outcome": "section_17",
        "rationale": "An accident, as the paediatrician said.",
        "legal_reason": "Legal agrees.",
        "reason": WHY,
    }
    missing = mo.post(page, typed)
    assert (missing.status_code, "Tick that it is taken back" in missing.content.decode()) == (409, True)
    assert "as the paediatrician said" in missing.content.decode()
    done = mo.post(page, typed | {"take_back": "on"})
    assert (done.status_code, done.headers["Location"]) == (302, check)
    after = mo.get(check).content.decode()
    assert "What was put right" in after and "It is put right in the record." in after
    assert signed_in(people.olga).get(page).status_code == 404
    assert signed_in(people.sam).get(page).status_code == 403
