"""Raising, answering, moving up, resolving: what each writes, and what is refused with a sentence."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from attendees.models import Professional
from audit.errors import MoveNotAllowed, NotAllowed, Refused, Taken
from audit.models import Entry
from deadlines.enums import ClockState, Duty, NoticeKind
from deadlines.models import Deadline
from deadlines.services import sweep
from escalations import services
from escalations.enums import Cause, EscalationStatus, StageStatus, Theme
from escalations.models import Escalation, Resolution, Stage, Telling
from escalations.services.stages import clock_of
from govuk.moments import moment
from outbox.models import Letter
from strategy.models import Discussion
from tests.builders.booking import a_booked_discussion
from tests.builders.ladder import a_resolution, an_escalation
from tests.people import Cast, cast
from tests.worklist.test_desk import page

pytestmark = pytest.mark.django_db
MONDAY = datetime.fromisoformat("2026-11-23T10:00:00+00:00")


def build() -> tuple[Cast, Discussion]:
    people = cast()
    return people, a_booked_discussion(people, at=MONDAY)


@pytest.fixture
def people(world: tuple[Cast, Discussion]) -> Cast:
    """Everybody."""
    return world[0]


@pytest.fixture
def discussion(world: tuple[Cast, Discussion]) -> Discussion:
    """Booked on a Monday; police, health and school are invited."""
    return world[1]


def hetty(people: Cast) -> Professional:
    """The health visitor of the directory."""
    return Professional.objects.get(name="Hetty Hall")


def to_whom(kind: str) -> list[str]:
    """The names on the letters of a kind."""
    return sorted(Letter.objects.filter(kind=kind).values_list("to_name", flat=True))


def test_raising_stands_on_the_first_rung_with_an_owner_a_clock_letters_and_an_entry(
    people: Cast, discussion: Discussion
) -> None:
    escalation = an_escalation(discussion.case, people, at=MONDAY, cause=Cause.NON_ATTENDANCE)
    stage = escalation.stages.get()
    assert (stage.number, stage.name, stage.status) == (1, "Professional to professional", "waiting")
    assert (stage.owner, escalation.raising_agency, escalation.raised_by.user) == (
        people.sam, people.council, people.sam,
    )  # fmt: skip
    clock = clock_of(stage)
    assert clock is not None
    assert (clock.limit, clock.owner, clock.verb) == ("working_days(1)", people.sam, "Chase the escalation")
    assert clock.due_at == datetime.fromisoformat("2026-11-24T23:59:59+00:00")
    assert to_whom("escalation_raised") == ["Paul Pike"]
    entry = Entry.objects.filter(event="escalation.raised").get()
    assert (entry.case_ref, entry.by_name) == (discussion.case.reference, "Sam Shah")


def test_a_partner_raises_it_with_the_council_and_whoever_asked_owns_the_first_rung(
    people: Cast, discussion: Discussion
) -> None:
    escalation = an_escalation(
        discussion.case, people, by=hetty(people), against=people.council, at=MONDAY,
        cause=Cause.NOT_CONVENED,
    )  # fmt: skip
    stage = escalation.stages.get()
    clock = clock_of(stage)
    assert clock is not None and (clock.owner, clock.verb) == (people.sam, "Answer the escalation")
    assert to_whom("escalation_raised") == ["Sam Shah"]
    assert escalation.raising_agency == people.health


def test_letters_name_no_child(people: Cast, discussion: Discussion) -> None:
    an_escalation(discussion.case, people, facts="Ruby was not safe", wanted="See Ruby")
    told = " ".join(str(one.context) for one in Letter.objects.filter(kind="escalation_raised"))
    assert "Ruby" not in told and "Fenwick" not in told and discussion.case.reference in told


@pytest.mark.parametrize(
    ("facts", "field", "words"),
    [
        ({"facts": "  "}, "facts", "Enter what happened"),
        ({"wanted": ""}, "wanted", "Enter what you ask for"),
        ({"cause": "nothing"}, "cause", "Choose what this is about"),
        ({"rung": 2}, "rung", "Only an immediate risk"),
        ({"rung": 9, "is_immediate": True, "risk_reason": "x"}, "rung", "Choose one of the rungs above"),
        ({"is_immediate": True}, "risk_reason", "Say what the immediate risk is"),
    ],
)
def test_what_is_missing_is_said_at_its_field(
    people: Cast, discussion: Discussion, facts: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(Refused) as refused:
        an_escalation(discussion.case, people, **facts)
    assert refused.value.field == field
    assert refused.value.sentence.startswith(words)
    assert Escalation.objects.count() == 0


def test_nobody_escalates_against_their_own_agency(people: Cast, discussion: Discussion) -> None:
    with pytest.raises(Refused) as refused:
        an_escalation(discussion.case, people, against=people.council)
    assert (refused.value.field, refused.value.sentence[:48]) == (
        "against", "You cannot escalate against your own agency. Spe",
    )  # fmt: skip
    with pytest.raises(Refused):
        an_escalation(discussion.case, people, by=hetty(people), against=people.health)


def test_the_same_is_raised_once_and_again_only_when_it_was_withdrawn(
    people: Cast, discussion: Discussion
) -> None:
    about = {"about": "information:1", "cause": Cause.INFORMATION}
    first = an_escalation(discussion.case, people, **about)
    with pytest.raises(Taken) as taken:
        an_escalation(discussion.case, people, by=people.mo, **about)
    assert taken.value.sentence.startswith("Sam Shah, Ambleford Council, has already raised this")
    services.withdraw(first, reason="The information came by telephone.", by=people.sam, at=timezone.now())
    assert an_escalation(discussion.case, people, by=people.mo, **about).is_open


def test_at_immediate_risk_it_begins_on_a_higher_rung(people: Cast, discussion: Discussion) -> None:
    escalation = an_escalation(
        discussion.case, people, rung=2, is_immediate=True, risk_reason="Tonight at home", at=MONDAY
    )
    stage = escalation.stages.get()
    assert (stage.number, stage.name, stage.owner) == (2, "Safeguarding leads", people.mo)
    assert to_whom("escalation_raised") == ["Mo Mensah", "Northshire Police", "Paul Pike"]


def test_business_support_writes_down_what_a_partner_says_by_telephone(
    people: Cast, discussion: Discussion
) -> None:
    escalation = an_escalation(
        discussion.case, people, by=people.bea, against=people.council, on_behalf_of=hetty(people)
    )
    assert (escalation.raised_by, escalation.raising_agency) == (hetty(people), people.health)
    assert escalation.recorded_by_ref == f"user:{people.bea.pk}"
    with pytest.raises(Refused) as refused:
        an_escalation(
            discussion.case, people, by=hetty(people), against=people.council,
            on_behalf_of=Professional.objects.get(name="Paul Pike"),
        )  # fmt: skip
    assert refused.value.field == "on_behalf_of"


def test_an_answer_gives_the_turn_back_and_the_time_runs_on(people: Cast, discussion: Discussion) -> None:
    escalation = an_escalation(discussion.case, people, by=hetty(people), against=people.council, at=MONDAY)
    later = MONDAY + timedelta(hours=2)
    stage = services.record_response(escalation, response="It is booked for 2pm.", by=people.sam, at=later)
    assert (stage.status, stage.response) == ("answered", "It is booked for 2pm.")
    clock = clock_of(stage)
    assert clock is not None and (clock.state, clock.verb) == (ClockState.RUNNING, "Settle the escalation")
    assert to_whom("escalation_answered") == ["Hetty Hall"]
    with pytest.raises(MoveNotAllowed):
        services.record_response(escalation, response="Again", by=people.mo, at=later)


def test_an_answer_for_another_agency_says_who_gave_it_and_how(people: Cast, discussion: Discussion) -> None:
    escalation = an_escalation(discussion.case, people, at=MONDAY)
    with pytest.raises(Refused) as refused:
        services.record_response(escalation, response="They come.", by=people.bea, at=MONDAY)
    assert (refused.value.field, refused.value.sentence) == (
        "how", "Say who answered for Northshire Police, and how you were told",
    )  # fmt: skip
    said = {"response": "They come.", "how": "Paul Pike, by telephone"}
    stage = services.record_response(escalation, **said, by=people.bea, at=MONDAY)
    assert stage.answered_how == "Paul Pike, by telephone"


def test_moving_up_meets_one_clock_and_starts_the_next(people: Cast, discussion: Discussion) -> None:
    escalation = an_escalation(discussion.case, people, at=MONDAY)
    later = MONDAY + timedelta(hours=5)
    above = services.move_up(escalation, why="No answer.", contact="Inspector Ives", by=people.sam, at=later)
    first, second = (clock_of(one) for one in escalation.stages.order_by("number"))
    assert first is not None and second is not None
    assert (first.state, first.met_at, first.was_met_late) == (ClockState.MET, later, False)
    assert (second.state, second.limit, second.owner) == (ClockState.RUNNING, "working_days(5)", people.mo)
    assert (above.number, above.contact, above.why) == (2, "Inspector Ives", "No answer.")
    assert to_whom("escalation_moved_up") == ["Mo Mensah", "Northshire Police", "Paul Pike"]


def test_jumping_needs_an_immediate_risk_and_the_last_rung_has_none_above(
    people: Cast, discussion: Discussion
) -> None:
    escalation = an_escalation(discussion.case, people)
    now = timezone.now()
    with pytest.raises(Refused) as refused:
        services.jump_to(escalation, rung=4, why="No answer", risk_reason=" ", by=people.sam, at=now)
    assert refused.value.field == "risk_reason"
    services.jump_to(escalation, rung=4, why="No answer", risk_reason="Tonight", by=people.sam, at=now)
    last = services.move_up(escalation, why="No answer", by=people.hal, at=now)
    assert (last.number, last.to_role, last.owner) == (5, "Secretary of State", people.hal)
    clock = clock_of(last)
    assert clock is not None and (clock.due_at, clock.gate) == (None, "The answer of the Secretary of State")
    assert "must be resolved;" in clock.because  # there is nothing to move it up to
    with pytest.raises(Refused) as refused:
        services.move_up(escalation, why="No answer", by=people.hal, at=now)
    assert refused.value.sentence.startswith("This is the last rung")
    assert escalation.stages.count() == 3


def test_a_risk_told_higher_up_stands_beside_the_first_and_no_longer_warns_once_it_is_resolved(
    people: Cast, discussion: Discussion
) -> None:
    first = {"rung": 2, "is_immediate": True, "risk_reason": "Tonight at home"}
    escalation = an_escalation(discussion.case, people, **first)
    now = timezone.now()
    services.jump_to(escalation, rung=5, why="No answer", risk_reason="He is back", by=people.mo, at=now)
    shown = page(people.sam, "escalations:escalation", escalation.pk)
    assert "Tonight at home" in shown and f"{moment(now)}: He is back" in shown
    assert "A child is at immediate risk" in shown
    assert "open until answered" in shown  # the last rung has no limit, and nobody holds anything
    a_resolution(escalation, people, by=people.hal)
    shown = page(people.sam, "escalations:escalation", escalation.pk)
    assert "A child is at immediate risk" not in shown and "He is back" in shown


def test_resolving_writes_the_outcome_and_says_that_practitioners_settled_it(
    people: Cast, discussion: Discussion
) -> None:
    escalation = an_escalation(discussion.case, people, at=MONDAY)
    resolution = a_resolution(escalation, people, at=MONDAY + timedelta(hours=3), learning="Ring earlier.")
    escalation.refresh_from_db()
    stage = escalation.stages.get()
    assert (escalation.status, stage.status) == (EscalationStatus.RESOLVED, StageStatus.RESOLVED)
    assert (resolution.stage, resolution.theme, resolution.agreed_with) == (
        stage, Theme.ATTENDANCE, "Paul Pike, Detective sergeant",
    )  # fmt: skip
    assert stage.is_between_practitioners
    assert Entry.objects.filter(event="escalation.settled").count() == 1
    clock = clock_of(stage)
    assert clock is not None and (clock.state, clock.was_met_late) == (ClockState.MET, False)
    letter = Letter.objects.get(kind="escalation_resolved")
    assert (letter.to_name, letter.context["settled"]) == ("Paul Pike", True)


def test_resolved_higher_up_is_not_called_settled_between_practitioners(
    people: Cast, discussion: Discussion
) -> None:
    escalation = an_escalation(discussion.case, people)
    services.move_up(escalation, why="No answer", by=people.sam, at=timezone.now())
    assert not a_resolution(escalation, people, by=people.mo).stage.is_between_practitioners
    assert Entry.objects.filter(event="escalation.resolved").count() == 1


@pytest.mark.parametrize(
    ("facts", "field"),
    [({"outcome": " "}, "outcome"), ({"agreed_with": ""}, "agreed_with"), ({"theme": "x"}, "theme")],
)
def test_no_resolution_without_outcome_whom_and_theme(
    people: Cast, discussion: Discussion, facts: dict[str, Any], field: str
) -> None:
    escalation = an_escalation(discussion.case, people)
    with pytest.raises(Refused) as refused:
        a_resolution(escalation, people, **facts)
    assert refused.value.field == field
    assert Resolution.objects.count() == 0


def test_what_has_ended_is_not_ended_again(people: Cast, discussion: Discussion) -> None:
    escalation = an_escalation(discussion.case, people)
    a_resolution(escalation, people)
    now = timezone.now()
    acts: list[Any] = [
        lambda: a_resolution(escalation, people, by=people.mo),
        lambda: services.move_up(escalation, why="Still", by=people.mo, at=now),
        lambda: services.record_response(escalation, response="x", how="x", by=people.mo, at=now),
        lambda: services.withdraw(escalation, reason="x", by=people.mo, at=now),
    ]
    for act in acts:
        with pytest.raises(MoveNotAllowed) as refused:
            act()
        assert "“resolved” " in refused.value.sentence
    assert Resolution.objects.count() == 1


def test_withdrawing_is_the_raising_agencys_and_voids_the_clock(people: Cast, discussion: Discussion) -> None:
    escalation = an_escalation(discussion.case, people, by=hetty(people), against=people.council)
    with pytest.raises(NotAllowed) as refused:
        services.withdraw(escalation, reason="x", by=people.mo, at=timezone.now())
    assert refused.value.sentence == "Only Northshire Health Trust can withdraw this escalation."
    services.withdraw(escalation, reason="It was held.", by=hetty(people), at=timezone.now())
    clock = clock_of(escalation.stages.get())
    assert clock is not None and (clock.state, clock.void_reason) == (
        ClockState.VOID, "The escalation was withdrawn.",
    )  # fmt: skip


def test_no_safeguarding_clock_is_touched(people: Cast, discussion: Discussion) -> None:
    """A disagreement never pauses one."""

    def others() -> list[Any]:
        rows = Deadline.objects.exclude(duty=Duty.ESCALATION_STAGE).order_by("pk")
        return list(rows.values_list("pk", "duty", "state", "due_at", "owner", "verb", "next_tell_at"))

    before = others()
    assert len(before) > 3
    escalation = an_escalation(discussion.case, people)
    services.record_response(escalation, response="x", how="x", by=people.mo, at=timezone.now())
    services.move_up(escalation, why="x", by=people.sam, at=timezone.now())
    a_resolution(escalation, people)
    assert others() == before


def test_somebody_who_left_owns_no_rung(people: Cast, discussion: Discussion) -> None:
    escalation = an_escalation(discussion.case, people)
    assert services.keep_owners() == 0
    people.sam.is_active = False
    people.sam.save()
    assert services.keep_owners() == 1
    stage = Stage.objects.get()
    clock = clock_of(stage)
    assert clock is not None and (stage.owner, clock.owner) == (people.mo, people.mo)
    assert services.keep_owners() == 0
    assert Entry.objects.filter(event="escalation.handed_on").count() == 1
    assert escalation.is_open


def test_without_anybody_of_the_service_it_says_so_and_writes_nothing(
    people: Cast, discussion: Discussion
) -> None:
    for person in (people.sam, people.mo, people.ada, people.asha, people.hal):
        person.is_active = False
        person.save()
    with pytest.raises(Refused) as refused:
        an_escalation(discussion.case, people, by=hetty(people), against=people.council)
    assert refused.value.sentence.startswith("Nobody of Assessment team 1 or above")
    assert Escalation.objects.count() == 0


def test_a_rung_past_its_time_is_told_once_to_owner_manager_and_head(
    people: Cast, discussion: Discussion
) -> None:
    escalation = an_escalation(discussion.case, people, at=MONDAY)
    subject = escalation.stages.get().subject
    late = datetime.fromisoformat("2026-11-25T00:01:00+00:00")
    assert sweep(late) > 0
    told = Telling.objects.filter(notice__kind=NoticeKind.BREACH, notice__deadline__subject=subject)
    assert {one.user for one in told.select_related("user")} == {people.sam, people.mo, people.hal}
    assert Deadline.objects.get(subject=subject).breached_at is not None
    sweep(late + timedelta(hours=1))
    assert told.count() == 3
    services.move_up(escalation, why="No answer.", by=people.sam, at=late + timedelta(hours=2))
    clock = Deadline.objects.get(subject=subject)
    assert (clock.state, clock.was_met_late, clock.owes_reason) == (ClockState.MET, True, True)
