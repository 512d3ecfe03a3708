"""Decisions per child with their enquiries, arrangements, actions, agreement and signatures."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from attendees.enums import SignatureMethod
from attendees.models import Signature
from attendees.services.directory import professional_for
from audit.errors import MoveNotAllowed, NotAllowed, Refused, StaleVersion, Taken
from audit.models import Entry
from cases.models import Child
from deadlines.enums import ClockState, Duty
from deadlines.models import Deadline
from minutes import events
from minutes.canonical import hash_of
from minutes.enums import About, ActionOrigin, ActionStatus, Answer
from minutes.models import Action, ActionLog, Agreement, Minutes
from minutes.services import actions, agree, arrangements, decisions
from minutes.views.meeting.running import exactly
from strategy.enums import EnquiryKind, Outcome
from strategy.models import Decision, Enquiry
from tests.builders.meeting import (
    a_full_record,
    a_held_discussion,
    a_started_discussion,
    a_threshold,
    an_action,
    an_opened_record,
    person_of,
    taking_part,
)
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
NOW = timezone.now


@pytest.fixture
def people() -> Cast:
    return cast()


def first_child(minutes: Minutes) -> Child:
    child = minutes.discussion.request.children.first()
    assert child is not None
    return child


# --- Decisions ----------------------------------------


def test_who_saw_no_decision_yet_does_not_replace_the_first(people: Cast) -> None:
    minutes = a_started_discussion(people)
    child = first_child(minutes)
    decisions.decide(minutes, child, a_threshold(), by=people.mo, at=NOW(), version=0)

    with pytest.raises(StaleVersion, match="Both are shown"):
        decisions.decide(minutes, child, a_threshold(Outcome.SECTION_17), by=people.bea, at=NOW(), version=0)

    assert Decision.objects.get().outcome == Outcome.SECTION_47_JOINT
    assert Enquiry.objects.count() == 1


def test_section_47_opens_one_enquiry_led_by_social_care_and_the_officer_who_is_here(people: Cast) -> None:
    minutes = a_started_discussion(people)
    child = first_child(minutes)

    decision = decisions.decide(minutes, child, a_threshold(), by=people.mo, at=NOW())

    enquiry = Enquiry.objects.get(child=child)
    assert (enquiry.kind, enquiry.lead, enquiry.police_lead) == (EnquiryKind.JOINT, people.sam, "Paul Pike")
    assert enquiry.started_at == minutes.discussion.started_at
    assert (decision.version, decision.by) == (1, people.mo)
    assert Deadline.objects.get(subject=enquiry.subject, duty=Duty.ICPC).state == ClockState.RUNNING
    assert Entry.objects.filter(event=events.ENQUIRY_OPENED).count() == 1


def test_another_outcome_before_the_end_takes_the_enquiry_and_its_clock_back(people: Cast) -> None:
    minutes = a_started_discussion(people)
    child = first_child(minutes)
    decisions.decide(minutes, child, a_threshold(), by=people.mo, at=NOW())
    subject = Enquiry.objects.get().subject

    changed = decisions.decide(minutes, child, a_threshold(Outcome.SECTION_17), by=people.bea, at=NOW())
    assert (changed.version, Enquiry.objects.count()) == (2, 0)
    assert Deadline.objects.get(subject=subject).state == ClockState.VOID
    decisions.decide(minutes, child, a_threshold(Outcome.SECTION_47_SINGLE), by=people.bea, at=NOW())

    assert Enquiry.objects.get().kind == EnquiryKind.SINGLE
    assert Decision.objects.get().version == 3
    assert Entry.objects.filter(event=events.ENQUIRY_TAKEN_BACK).count() == 1


def test_a_second_open_enquiry_is_refused_naming_the_first(people: Cast) -> None:
    minutes = a_started_discussion(people)
    child = first_child(minutes)
    earlier = an_opened_record(people, ago=timedelta(hours=5))
    Enquiry.objects.create(
        child=child, discussion=earlier.discussion, kind="single", started_at=NOW(), lead=people.sam
    )

    with pytest.raises(Refused, match="already has an open section 47 enquiry, from discussion 1") as refusal:
        decisions.decide(minutes, child, a_threshold(), by=people.mo, at=NOW())
    decisions.decide(minutes, child, a_threshold(Outcome.CONTINUE), by=people.mo, at=NOW())

    assert refusal.value.field == "outcome"
    assert Enquiry.objects.filter(child=child).count() == 1


def test_every_outcome_needs_its_reasons(people: Cast) -> None:
    minutes = a_started_discussion(people)
    child, today = first_child(minutes), timezone.localdate()
    wrong = [
        (a_threshold(outcome, rationale=" "), "rationale")
        for outcome in Outcome.values
        if outcome != Outcome.DEFERRED
    ]
    wrong += [
        (a_threshold(risk_text=""), "risk_text"),
        (a_threshold(risk_level="awful"), "risk_level"),
        (a_threshold("perhaps"), "outcome"),
        (a_threshold(Outcome.DEFERRED), "deferred_to"),
        (a_threshold(Outcome.DEFERRED, deferred_to=today - timedelta(days=1)), "deferred_to"),
        (a_threshold(Outcome.DEFERRED, deferred_to=today.replace(year=2062, day=1)), "deferred_to"),
    ]

    for said, field in wrong:
        with pytest.raises(Refused) as refusal:
            decisions.decide(minutes, child, said, by=people.mo, at=NOW())
        assert refusal.value.field == field
    assert Decision.objects.count() == 0
    deferred = a_threshold(Outcome.DEFERRED, deferred_to=today)
    assert decisions.decide(minutes, child, deferred, by=people.mo, at=NOW()).deferred_to == today


def test_while_an_emergency_power_was_used_no_section_47_needs_legal_advice(people: Cast) -> None:
    minutes = a_started_discussion(people, circumstances=["emergency_action"])
    child = first_child(minutes)

    with pytest.raises(Refused) as refusal:
        decisions.decide(minutes, child, a_threshold(Outcome.SECTION_17), by=people.mo, at=NOW())
    advised = a_threshold(
        Outcome.SECTION_17, legal_reason="Advice of legal services: the threshold is not met."
    )
    decisions.decide(minutes, child, advised, by=people.mo, at=NOW())

    assert refusal.value.field == "legal_reason"


def test_who_decides_when_and_for_whom(people: Cast) -> None:
    opened, other = an_opened_record(people), a_started_discussion(people, ago=timedelta(hours=5))
    with pytest.raises(MoveNotAllowed, match="Start it first"):
        decisions.decide(opened, first_child(opened), a_threshold(), by=people.mo, at=NOW())
    with pytest.raises(Refused, match="not part of the discussion"):
        decisions.decide(other, first_child(opened), a_threshold(), by=people.mo, at=NOW())
    with pytest.raises(NotAllowed):
        decisions.decide(other, first_child(other), a_threshold(), by=people.sam, at=NOW())
    decisions.decide(other, first_child(other), a_threshold(), by=people.mo, at=NOW())
    with pytest.raises(StaleVersion):
        decisions.decide(other, first_child(other), a_threshold(), by=people.bea, at=NOW(), version=0)


def test_after_the_end_decisions_stand(people: Cast) -> None:
    minutes = a_held_discussion(people).minutes

    with pytest.raises(MoveNotAllowed, match="It has ended"):
        decisions.decide(minutes, first_child(minutes), a_threshold(Outcome.NONE), by=people.mo, at=NOW())


# --- Arrangements and actions ----------------------------------------


def test_an_arrangement_is_an_action_and_both_change_together(people: Cast) -> None:
    minutes = a_started_discussion(people)
    child, sam, at = first_child(minutes), professional_for(people.sam), NOW() + timedelta(hours=3)
    seeing = arrangements.Seeing(About.CHILD, child, "At school", at, sam)

    made = arrangements.arrange(minutes, seeing, by=people.bea, at=NOW())
    assert (made.action.text, made.action.owner, made.action.due_at, made.action.origin) == (
        f"See and speak to {child.name}, at school", sam, at, ActionOrigin.LAMING,
    )  # fmt: skip
    paul = person_of(minutes, "Paul Pike")
    arrangements.rearrange(
        made, replace(seeing, place="Police station", by_whom=paul), by=people.bea, at=NOW()
    )

    action = Action.objects.get()
    assert (action.text, action.owner) == (f"See and speak to {child.name}, Police station", paul)
    for wrong, field in (
        (replace(seeing, place=" "), "place"),
        (replace(seeing, at=NOW() - timedelta(days=1)), "at"),
        (replace(seeing, about="dog"), "about"),
    ):
        with pytest.raises(Refused) as refusal:
            arrangements.arrange(minutes, wrong, by=people.bea, at=NOW())
        assert refusal.value.field == field


def test_plans_become_actions_that_are_never_typed_twice(people: Cast) -> None:
    minutes = a_started_discussion(people)
    sam, due = professional_for(people.sam), NOW() + timedelta(days=1)
    sharing = actions.Sharing("that an enquiry has begun", "Carol Fenwick", "in person", sam, due)
    wanted = actions.Wanted("the hospital’s notes", "Northshire Health Trust", "", sam, due)

    told = actions.plan_to_share(minutes, sharing, by=people.bea, at=NOW())
    asked = actions.ask_for_information(minutes, wanted, by=people.bea, at=NOW())

    assert told.text == "Tell Carol Fenwick: that an enquiry has begun (in person)"
    assert asked.text == "Find out from Northshire Health Trust: the hospital’s notes"
    assert told.details == {"what": sharing.what, "to_whom": "Carol Fenwick", "how": "in person"}
    with pytest.raises(Refused) as refusal:
        actions.plan_to_share(minutes, replace(sharing, to_whom=" "), by=people.bea, at=NOW())
    assert refusal.value.field == "to_whom"


def test_an_action_needs_what_who_and_a_due_moment_that_can_be(people: Cast) -> None:
    minutes = a_started_discussion(people)
    good = actions.Task("Ring the school", person_of(minutes, "Dan Dale"), NOW() + timedelta(hours=1))
    wrong = [
        (replace(good, text="  "), "text"),
        (replace(good, text="x" * 2001), "text"),
        (replace(good, owner=None), "owner"),
        (replace(good, due_at=None), "due_at"),
        (replace(good, due_at=NOW() - timedelta(days=1)), "due_at"),
        (replace(good, due_at=NOW().replace(year=2062, day=1)), "due_at"),
        (replace(good, forum="pub"), "forum"),
    ]

    for task, field in wrong:
        with pytest.raises(Refused) as refusal:
            actions.add_action(minutes, task, by=people.bea, at=NOW())
        assert refusal.value.field == field
    with pytest.raises(NotAllowed):
        actions.add_action(minutes, good, by=people.sam, at=NOW())
    assert Action.objects.count() == 0
    assert actions.add_action(minutes, good, by=people.mo, at=NOW()).number == 1


def test_actions_change_places_until_the_end_and_are_struck_with_a_reason(people: Cast) -> None:
    minutes = a_started_discussion(people)
    made = [an_action(minutes, people, text=f"Action {letter}") for letter in "ABC"]

    actions.reorder_actions(minutes, [made[2].pk, made[0].pk, made[1].pk], by=people.bea, at=NOW())
    assert list(minutes.actions.order_by("number").values_list("text", flat=True)) == [
        "Action C",
        "Action A",
        "Action B",
    ]
    with pytest.raises(Refused):
        actions.reorder_actions(minutes, [made[0].pk], by=people.bea, at=NOW())
    with pytest.raises(Refused):
        actions.strike_action(made[0], "  ", by=people.bea, at=NOW())
    struck = actions.strike_action(made[0], "Done already", by=people.bea, at=NOW())

    assert (struck.status, struck.struck_reason) == (ActionStatus.STRUCK, "Done already")
    with pytest.raises(MoveNotAllowed):
        actions.strike_action(made[0], "Again", by=people.bea, at=NOW())
    with pytest.raises(Refused, match="Somebody changed this action"):
        task = actions.Task("Later", made[1].owner, made[1].due_at)
        actions.edit_action(made[1], task, by=people.mo, at=NOW(), version=9)


def test_an_action_changed_after_the_end_makes_a_new_log_and_moves_its_clock(people: Cast) -> None:
    minutes = a_held_discussion(people).minutes
    action = minutes.actions.get(number=5)
    later = NOW() + timedelta(days=3)

    task = actions.Task(action.text, action.owner, later, how_known=action.how_known)
    actions.edit_action(action, task, by=people.bea, at=NOW())
    actions.strike_action(minutes.actions.get(number=6), "Carol knows", by=people.bea, at=NOW())

    assert list(minutes.action_logs.order_by("number").values_list("number", flat=True)) == [1, 2, 3]
    assert Deadline.objects.get(subject=action.subject).due_at == later
    assert Deadline.objects.get(subject=minutes.actions.get(number=6).subject).state == ClockState.VOID
    with pytest.raises(MoveNotAllowed, match="numbers stay"):
        actions.reorder_actions(minutes, [], by=people.bea, at=NOW())


# --- Agreement and signatures ----------------------------------------


def test_at_the_end_everybody_agrees_or_objects_with_words(people: Cast) -> None:
    minutes = a_full_record(people)
    paul = minutes.discussion.attendance.get(name="Paul Pike")

    with pytest.raises(Refused, match="Say what Paul Pike objects to"):
        agree.record_agreement(minutes, paul, Answer.OBJECTS, by=people.bea, at=NOW())
    with pytest.raises(NotAllowed):
        agree.record_agreement(minutes, paul, Answer.AGREES, by=people.sam, at=NOW())
    agree.record_agreement(minutes, paul, Answer.AGREES, by=people.bea, at=NOW())
    agree.record_agreement(minutes, paul, Answer.OBJECTS, text="The risk is higher.", by=people.bea, at=NOW())

    said = Agreement.objects.get()
    assert (said.answer, said.text, said.recorded_by_ref) == (
        Answer.OBJECTS,
        "The risk is higher.",
        f"user:{people.bea.pk}",
    )


def test_the_frozen_log_has_the_hash_of_its_words_and_cannot_be_changed(people: Cast) -> None:
    minutes = a_held_discussion(people).minutes
    log = ActionLog.objects.get(minutes=minutes)

    assert log.sha256 == hash_of(log.content)
    assert [one["number"] for one in log.content["actions"]] == [1, 2, 3, 4, 5, 6]
    for change in (lambda: ActionLog.objects.update(sha256="0" * 64), lambda: log.delete()):
        with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
            change()


def test_signing_by_link_on_the_screen_and_as_told(people: Cast) -> None:
    minutes = a_held_discussion(people).minutes
    log = ActionLog.objects.get(minutes=minutes)
    rows = {one.name: one for one in taking_part(minutes)}
    paul, hetty, dan, sam = (rows[name] for name in ("Paul Pike", "Hetty Hall", "Dan Dale", "Sam Shah"))

    agree.sign(paul, log, method=SignatureMethod.OWN, by=paul.professional, at=NOW())
    agree.sign(hetty, log, method=SignatureMethod.SCREEN, by=people.bea, at=NOW())
    agree.sign(dan, log, method=SignatureMethod.RECORDED, how="By telephone at 4pm", by=people.bea, at=NOW())
    agree.sign(sam, log, method=SignatureMethod.OWN, by=people.sam, at=NOW())

    signed = {one.attendance.name: one for one in Signature.objects.select_related("attendance", "witness")}
    assert {name: (one.method, one.witness) for name, one in signed.items()} == {
        "Paul Pike": ("own", None), "Hetty Hall": ("screen", people.bea),
        "Dan Dale": ("recorded", people.bea), "Sam Shah": ("own", None),
    }  # fmt: skip
    assert {one.document_hash for one in signed.values()} == {log.sha256}
    assert Entry.objects.filter(event=events.SIGNED).count() == 4


def test_signatures_that_cannot_be(people: Cast) -> None:
    minutes = a_held_discussion(people, without=["Dan Dale"]).minutes
    log = ActionLog.objects.get(minutes=minutes)
    rows = {one.name: one for one in minutes.discussion.attendance.all()}
    paul, dan, mo = rows["Paul Pike"], rows["Dan Dale"], rows["Mo Mensah"]
    agree.sign(paul, log, method=SignatureMethod.OWN, by=paul.professional, at=NOW())

    with pytest.raises(Taken, match="Paul Pike has already signed"):
        agree.sign(paul, log, method=SignatureMethod.SCREEN, by=people.bea, at=NOW())
    with pytest.raises(Refused, match="did not take part"):
        agree.sign(dan, log, method=SignatureMethod.SCREEN, by=people.bea, at=NOW())
    with pytest.raises(NotAllowed, match="for somebody else"):
        agree.sign(mo, log, method=SignatureMethod.OWN, by=paul.professional, at=NOW())
    with pytest.raises(NotAllowed):
        agree.sign(mo, log, method=SignatureMethod.SCREEN, by=people.sam, at=NOW())
    with pytest.raises(Refused, match="Only Mo Mensah can sign"):
        agree.sign(mo, log, method=SignatureMethod.OWN, by=people.bea, at=NOW())
    with pytest.raises(Refused, match="Say how Mo Mensah told you"):
        agree.sign(mo, log, method=SignatureMethod.RECORDED, by=people.bea, at=NOW())
    an_action(minutes, people)
    with pytest.raises(MoveNotAllowed, match="changed since"):
        agree.sign(mo, log, method=SignatureMethod.SCREEN, by=people.bea, at=NOW())


def test_the_minute_of_the_start_is_not_before_the_start() -> None:
    """A discussion that ends in the minute it began is not told that it ended before it started."""
    start, now = datetime(2026, 11, 26, 9, 47, 20, tzinfo=UTC), datetime(2026, 11, 26, 9, 48, 40, tzinfo=UTC)
    minute = start.replace(second=0)
    assert exactly(minute, now, start) == start
    assert exactly(minute - timedelta(minutes=1), now, start) == minute - timedelta(minutes=1)
    assert exactly(now.replace(second=0), now, start) == now
