"""A record at each point of the meeting, made by the real services as chair and minute-taker would."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from attendees.enums import TAKES_PART, Marking, Mode
from attendees.models import Attendance, Professional
from attendees.services.attendance import Part, expected
from attendees.services.directory import professional_for
from cases.models import Child
from minutes.enums import About, Answer
from minutes.models import Action, Minutes, Section
from minutes.permissions.meeting import booking_of
from minutes.services import actions, agree, allocated, arrangements, decisions, hold, record, sections
from minutes.services.sharing import Told as FamilyTold
from minutes.services.sharing import decide_sharing
from strategy.enums import Outcome, PlanAfter, RiskLevel, Told
from strategy.models import Discussion
from strategy.services import record_protection_decision
from tests.builders.booking import a_booked_discussion
from tests.people import Cast, cast

TEXTS = {
    "reasons": "Ruby told her teacher that her stepfather twisted her arm on Saturday.",
    "worries": "An injury that the explanation does not fit, and a frightened child.",
    "protective": "Carol brings the children to school every day and keeps appointments.",
    "grey": "We do not know where the children were on Saturday evening.",
    "police_plan": "Joint visit today; interviews under Achieving Best Evidence guidance tomorrow.",
    "medical": "A paediatrician sees Ruby this afternoon; Jack is not injured.",
    "contingency": "If nobody opens the door the police are asked for a welfare check at once.",
    "family_told": "Sam tells Carol tonight that an enquiry has begun; Kit is not told before the interview.",
    "review": "In supervision on Friday.",
    "voice": "“I don’t want to go home if Kit is there,” said to her teacher today.",
    "lived_experience": "Afraid of weekends; happy at school.",
    "safety_plan": "Stays with grandmother tonight; Sam rings at 6pm.",
}


def an_opened_record(
    people: Cast | None = None,
    *,
    at: datetime | None = None,
    ago: timedelta = timedelta(hours=1),
    **facts: Any,
) -> Minutes:
    """Bea has opened the record of a discussion that was to start an hour ago; nobody is recorded yet."""
    people = people or cast()
    now = at or timezone.now()
    facts = {"start": now - ago, "at": now - ago - timedelta(hours=2)} | facts
    discussion = a_booked_discussion(people, **facts)
    minutes = record.open_record(discussion, by=people.bea, at=now - ago - timedelta(minutes=30))
    return record.check_before_start(minutes, by=people.mo, at=now - ago - timedelta(minutes=5))


def everybody(minutes: Minutes, mode: str = Mode.REMOTE, *, without: Iterable[str] = ()) -> list[Part]:
    """Everybody who was expected, here; those named in `without` are absent."""
    parts = expected(minutes.discussion, booking_of(minutes.discussion))
    absent = set(without)
    return [replace(part, mode=Mode.ABSENT if part.professional.name in absent else mode) for part in parts]


def a_started_discussion(
    people: Cast | None = None, *, at: datetime | None = None, without: Iterable[str] = (), **facts: Any
) -> Minutes:
    """Mo has started the discussion an hour ago with everybody here; `without` names who is not."""
    people = people or cast()
    now = at or timezone.now()
    minutes = an_opened_record(people, at=now, **facts)
    start = minutes.discussion.planned_start
    decide_protection(minutes, people, at=start)
    hold.record_attendance(minutes, everybody(minutes, without=without), by=people.bea, at=start)
    hold.confirm_right_meeting(minutes, by=people.mo, at=start)
    return hold.start_discussion(
        minutes, by=people.mo, at=start, no_quorum_reason="They could not be reached." if without else ""
    )


def decide_protection(minutes: Minutes, people: Cast, *, at: datetime) -> None:
    """Mo's decision with the police, where the circumstances ask for one."""
    if hold.protection_open(minutes.discussion):
        record_protection_decision(
            minutes.discussion.request,
            decision="The children stay with their grandmother tonight.",
            police_contact="DS Pike, 01632 960101",
            decided_at=at,
            by=people.mo,
            at=at,
        )


def section_of(minutes: Minutes, field: str, **whose: Any) -> Section:
    """One cell of the record, by its field; the first child's or professional's unless told whose."""
    found = Section.objects.filter(minutes=minutes, field=field, **whose).order_by("pk").first()
    assert found is not None
    return found


def person_of(minutes: Minutes, name: str) -> Professional:
    """Somebody expected at the discussion, by name."""
    parts = expected(minutes.discussion, booking_of(minutes.discussion))
    return next(part.professional for part in parts if part.professional.name == name)


def a_threshold(outcome: str = Outcome.SECTION_47_JOINT, **facts: Any) -> decisions.Threshold:
    """A decision with its reasons."""
    said: dict[str, Any] = {
        "outcome": outcome,
        "risk_level": RiskLevel.HIGH,
        "risk_text": "A further injury is likely while Kit is at home.",
        "rationale": "Reasonable cause to suspect significant harm: an unexplained fracture.",
        "plan": PlanAfter.CHILD_IN_NEED,
        "under_pressure": Told.NO,
        "medical": decisions.Medical("no", "The ward has examined her already."),
    } | facts
    return decisions.Threshold(**said)


def an_action(
    minutes: Minutes, people: Cast, owner: str = "Paul Pike", *, at: datetime | None = None, **facts: Any
) -> Action:
    """An action typed in the meeting; due tomorrow unless told otherwise."""
    now = at or timezone.now()
    task = actions.Task(
        **{
            "text": "Visit the home and speak to Kit Fenwick",
            "owner": person_of(minutes, owner),
            "due_at": now + timedelta(days=1),
            "how_known": "Told to Sam by telephone",
        }
        | facts
    )
    return actions.add_action(minutes, task, by=people.bea, at=now)


def withhold_from_family(minutes: Minutes, people: Cast, *, at: datetime) -> None:
    """The chair decided that the family is not told yet."""
    decide_sharing(minutes, FamilyTold("withhold", "The police interview him first."), by=people.mo, at=at)


def a_full_record(people: Cast | None = None, *, at: datetime | None = None, **facts: Any) -> Minutes:
    """Everything is recorded, and the discussion is still going on.

    Section 47 for the first child, section 17 for the others; arrangements, plans and actions.
    """
    people = people or cast()
    now = at or timezone.now()
    minutes = a_started_discussion(people, at=now, **facts)
    for section in Section.objects.filter(minutes=minutes, field__in=TEXTS).order_by("pk"):
        sections.save_section(section, TEXTS[section.field], version=section.version, by=people.bea, at=now)
    Section.objects.filter(minutes=minutes, field="police_plan").update(
        marking=Marking.NOT_FAMILY
    )  # they agreed
    allocated.name_allocated_worker(minutes, people.sam, people.sam.phone, by=people.bea, at=now)
    children = list(minutes.discussion.request.children.all())
    for place, child in enumerate(children):
        outcome = Outcome.SECTION_17 if place else Outcome.SECTION_47_JOINT
        decisions.decide(minutes, child, a_threshold(outcome), by=people.mo, at=now)
    _arrange_all(minutes, people, children, now)
    an_action(minutes, people, at=now)
    sharing = actions.Sharing(
        what="that an enquiry has begun",
        to_whom="Carol Fenwick",
        how="in person",
        owner=professional_for(people.sam),
        due_at=now + timedelta(hours=6),
    )
    actions.plan_to_share(minutes, sharing, by=people.bea, at=now)
    withhold_from_family(minutes, people, at=now)
    return Minutes.objects.get(pk=minutes.pk)


def a_held_discussion(people: Cast | None = None, *, at: datetime | None = None, **facts: Any) -> Discussion:
    """The discussion was held, agreed by everybody present and closed; its action log is frozen for signing.

    It began an hour before `at` (default now) and ended at `at`; `discussion.minutes` is the record.
    """
    people = people or cast()
    now = at or timezone.now()
    minutes = a_full_record(people, at=now, **facts)
    for one in taking_part(minutes):
        agree.record_agreement(minutes, one, Answer.AGREES, by=people.bea, at=now)
    return hold.close_discussion(minutes, by=people.mo, at=now, read_back=True).discussion


def taking_part(minutes: Minutes) -> list[Attendance]:
    """Those who took part, in the order they were recorded."""
    return list(minutes.discussion.attendance.filter(mode__in=TAKES_PART).order_by("pk"))


def _arrange_all(minutes: Minutes, people: Cast, children: list[Child], now: datetime) -> None:
    sam = professional_for(people.sam)
    mother = minutes.discussion.case.family.order_by("pk").first()
    seeings = [
        arrangements.Seeing(About.CHILD, child, "At school", now + timedelta(hours=3), sam)
        for child in children
    ]
    seeings += [
        arrangements.Seeing(About.PARENT, children[0], "At home", now + timedelta(hours=5), sam, mother),
        arrangements.Seeing(About.HOME, children[0], "4 Invented Row", now + timedelta(hours=5), sam),
    ]
    for seeing in seeings:
        arrangements.arrange(minutes, seeing, by=people.bea, at=now)
