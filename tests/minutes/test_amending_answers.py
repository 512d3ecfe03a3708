"""What is asked beside a decision, filled in and put right from the end until the minutes are authorised."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.errors import MoveNotAllowed, NotAllowed, Refused, StaleVersion
from audit.models import Entry
from deadlines.models import Deadline
from minutes import events
from minutes.enums import ActionOrigin, ActionStatus
from minutes.models import Action, Minutes
from minutes.services import hold, versions
from minutes.services.amending import amend_answers
from minutes.services.answers import Answers, Medical
from minutes.services.follow_through import complete_action
from strategy.models import Decision
from tests.builders.after import a_finished_record, an_authorised_version
from tests.builders.meeting import a_full_record, a_held_discussion, person_of
from tests.people import Cast, cast
from tests.worklist.test_desk import signed_in

pytestmark = pytest.mark.django_db
SAID = Answers(
    plan="child_protection",
    under_pressure="yes",
    pressure_note="Her stepfather answers for her.",
    medical=Medical("no", "The ward has examined her already."),
)


@pytest.fixture
def people() -> Cast:
    return cast()


def first_decision(minutes: Minutes) -> Decision:
    return Decision.objects.filter(discussion=minutes.discussion_id).order_by("child")[0]


def amend(minutes: Minutes, by: Any, said: Answers = SAID, **more: Any) -> Decision:
    """The first child's answers."""
    child = first_decision(minutes).child
    return amend_answers(minutes, child, said, by=by, at=timezone.now(), **more)


def test_a_change_before_it_is_handed_over_is_read_against_the_end(people: Cast) -> None:
    """Outcome and who decided stay; the ledger says what was changed, and what it was."""
    minutes = a_held_discussion(people).minutes
    was = first_decision(minutes)
    made = amend(minutes, people.bea)
    assert (made.version, made.by, made.at, made.outcome) == (was.version + 1, was.by, was.at, was.outcome)
    told = Entry.objects.get(event=events.ANSWERS_AMENDED).data
    assert told["changed"] == ["plan", "under_pressure", "pressure_note"]
    assert told["was"] == {"plan": "child_in_need", "medical": "no", "under_pressure": "no"}
    versions.finish(minutes, by=people.bea, at=timezone.now())
    changes = {(one.where, one.old, one.new) for one in versions.changes_since_agreed(minutes)}
    name = was.child.name
    assert changes == {
        (f"Decision: {name}: plan", "Child in need plan", "Child protection plan"),
        (f"Decision: {name}: under pressure", "No.", "Yes. Her stepfather answers for her."),
    }


def test_who_may_when_and_what_cannot_be(people: Cast) -> None:
    minutes = a_finished_record(people)
    for person in (people.bea, people.sam, people.ada):  # with the chair it is the chair's, as any text is
        with pytest.raises(NotAllowed):
            amend(minutes, person)
    with pytest.raises(StaleVersion):
        amend(minutes, people.mo, version=0)
    for field, wrong in (
        ("plan", replace(SAID, plan="")),
        ("plan", replace(SAID, plan="never")),
        ("medical", replace(SAID, medical=None)),
        ("medical_why", replace(SAID, medical=Medical("no", " "))),
    ):
        with pytest.raises(Refused) as refusal:
            amend(minutes, people.mo, wrong)
        assert refusal.value.field == field
    assert not Entry.objects.filter(event=events.ANSWERS_AMENDED).exists()
    amend(minutes, people.mo)
    versions.authorise_minutes(minutes, by=people.mo, at=timezone.now())
    with pytest.raises(NotAllowed):
        amend(minutes, people.mo)


def test_not_while_it_is_held(people: Cast) -> None:
    with pytest.raises(MoveNotAllowed, match="has not ended"):
        amend(a_full_record(people), people.mo)


def test_in_a_corrected_version_too(people: Cast) -> None:
    minutes = an_authorised_version(people).minutes
    versions.begin_correction(minutes, reason="The plan is another.", by=people.mo, at=timezone.now())
    amend(minutes, people.mo)
    second = versions.authorise_minutes(minutes, by=people.mo, at=timezone.now())
    found = [one.where for one in versions.changes_of(minutes, 1, second.number)]
    assert any(where.endswith(": plan") for where in found)


def test_a_medical_that_was_made_meanwhile_is_written_down_and_stands_when_done(people: Cast) -> None:
    """Agreed at the end, it may be due since then; the log is frozen anew, and a done one is not struck."""
    minutes = a_held_discussion(people, at=timezone.now() - timedelta(hours=3)).minutes
    ended_at, logs = minutes.discussion.ended_at, minutes.action_logs.count()
    assert ended_at is not None
    needed = Medical(
        "yes", "A second fracture is suspected.", "Skeletal survey", "Cherry ward",
        ended_at + timedelta(hours=1), person_of(minutes, "Hetty Hall"),
    )  # fmt: skip
    with pytest.raises(Refused) as refusal:
        amend(minutes, people.bea, replace(SAID, medical=replace(needed, at=ended_at - timedelta(hours=1))))
    assert refusal.value.field == "medical_at"
    amend(minutes, people.bea, replace(SAID, medical=needed))
    action = Action.objects.get(origin=ActionOrigin.MEDICAL)
    assert (action.due_at, action.agreed_at) == (needed.at, ended_at)
    assert minutes.action_logs.count() == logs + 1
    assert Deadline.objects.filter(subject=action.subject).exists()
    later = timezone.now()
    complete_action(
        action, what_was_done="Nothing new.", told_how="She rang", done_at=later, by=people.bea, at=later
    )
    amend(minutes, people.bea, replace(SAID, medical=needed, plan="early_help"))
    with pytest.raises(Refused, match="marked as done"):
        amend(minutes, people.bea)
    assert Action.objects.get(origin=ActionOrigin.MEDICAL).status == ActionStatus.DONE


def test_the_page_offers_what_was_answered_and_keeps_what_is_wrong(people: Cast) -> None:
    minutes = a_held_discussion(people, protocol="halton", circumstances=()).minutes
    bea, child = signed_in(people.bea), first_decision(minutes).child
    address = reverse("minutes:answers", args=[minutes.discussion_id, child.pk])
    room = bea.get(reverse("minutes:room", args=[minutes.discussion_id]), {"step": "threshold"})
    assert address in room.content.decode()
    form = bea.get(address).context["form"]
    assert (form.initial["plan"], form.initial["medical"]) == ("child_in_need", "no")
    assert "before these minutes can be authorised" in form.fields["plan"].help_text
    assert form["plan"].full_label == "Which plan takes the risks over?"
    typed = {"plan": "in_care", "medical": "yes", "medical_kind": "Eye test", "under_pressure": "no"}
    bad = bea.post(address, typed)
    assert (bad.status_code, "Eye test" in bad.content.decode()) == (422, True)
    good = bea.post(address, typed | {"medical": "no", "medical_why": "Seen on the ward."})
    assert (good.status_code, first_decision(minutes).plan) == (302, "in_care")
    assert "answers are in the record" in bea.get(good.headers["Location"]).content.decode()
    assert signed_in(people.sam).post(address, typed).status_code == 403
    assert signed_in(people.olga).get(address).status_code == 404


def test_what_is_not_answered_stands_at_the_child_and_never_stops_the_close(people: Cast) -> None:
    minutes = a_full_record(people, protocol="halton", circumstances=())
    Decision.objects.filter(discussion=minutes.discussion_id).update(plan="")
    room = signed_in(people.bea).get(
        reverse("minutes:room", args=[minutes.discussion_id]), {"step": "threshold"}
    )
    lines = room.content.decode().count("Which plan takes the risks over: must be there before")
    assert lines == minutes.discussion.request.children.count() == 2
    Decision.objects.filter(pk=first_decision(minutes).pk).update(
        outcome="deferred", deferred_to=timezone.localdate()
    )
    assert len([one for one in versions.what_is_missing(minutes) if one.blocks]) == 1
    hold.close_discussion(minutes, by=people.mo, at=timezone.now(), read_back=True)
