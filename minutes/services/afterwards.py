"""A discussion that has already happened, typed in whole: one transaction, made of the services by which it
would have been held."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from accounts.models import User
from attendees.enums import CallOutcome
from attendees.models import Professional
from attendees.services.afterwards import AsHeld, formats_held, is_by_telephone, put_on_record
from attendees.services.attendance import Part, usual_mode
from attendees.services.directory import professional_for
from attendees.services.wanted import Chosen, professional_of, submit_request, want_professionals
from audit.errors import Refused, refuse
from cases.models import Case, Child
from minutes.models import Minutes
from minutes.rules.afterwards import Rung, problems_with_calls, problems_with_talk
from minutes.services import calls, decisions, hold, record
from minutes.services.actions import Task, add_action
from strategy import permissions
from strategy import services as asking
from strategy.enums import Format, Section, Status
from strategy.models import Discussion, StrategyRequest
from strategy.rules.afterwards import Order
from strategy.services import Verbal

HELD_ALREADY = "The discussion was held already: its times are on record"
NAMED_LATER = "Nobody is named yet: who takes part is named when it is booked"
LATER = "Others joined later."


@dataclass(frozen=True, slots=True, kw_only=True)
class TookPart:
    """Somebody who took part: from the start, or from when they joined or were called.

    In a series of calls also until when one spoke with them, and what they said (row C02).
    """

    chosen: Chosen
    joined_at: datetime | None = None
    until_at: datetime | None = None
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """An action that was agreed; `owner_name` says who of those typed in does it, `owner` anybody else."""

    text: str
    due_at: datetime
    owner: Professional | User | None = None
    owner_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What a request says of how it is discussed; `verbal` where it was authorised by word of mouth."""

    format: str = Format.TELEPHONE_CONFERENCE
    urgent_reason: str = ""
    direct_number: str = ""
    agencies_plan: bool | None = None
    verbal: Verbal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is told of a discussion that has been held."""

    held: AsHeld
    present: Sequence[TookPart]
    decided: Sequence[tuple[Child, decisions.Threshold]]
    agreed: Sequence[Agreed] = ()
    asked: Asking = Asking()
    no_quorum_reason: str = ""


@transaction.atomic
def enter_discussion_held(request: StrategyRequest, told: Told, *, by: User, at: datetime) -> Discussion:
    """Enter a discussion that has been held, with its real times, on a request not yet booked.

    1. Lock the case; whoever types it asks for discussions. Mistakes are told at their fields before anything
       is written.
    2. What the request lacks is put on it, and it is submitted; the manager's word is written down, which
       they countersign later: both at the moment of the word.
    3. The discussion stands as booked, and is held by the services that hold any: who took part and from
       when, the start, a decision for each child, actions, the close. Its record then goes on as any.
    Clocks are met or opened as the engine says; whoever met one late is asked why at once. Raises as those
    services do; about a row at such as `decided-0-rationale` or `agreed-0-due_at`.
    """
    case = Case.objects.lock(request.case)
    refuse(permissions.refusal_to_see(by, case) or permissions.refusal_to_request(by, at))
    for field, sentence in problems(request, told, by=by, at=at).items():
        raise Refused(field, sentence)
    present = [one.chosen for one in chosen_of(told.present, by=by, at=at)]
    request = _authorised(request, told, present, by, at)
    people = _people(request, told, present)
    discussion = put_on_record(request, told.held, people=people, by=by, at=at)
    minutes = record.open_record(discussion, by=by, at=at)
    _start(minutes, told, _parts(people, told, present), present, by, at)
    _decide(minutes, told, people, by)
    _agree(minutes, told, people, by)
    closed = hold.close_discussion(
        minutes,
        ended_at=told.held.ended_at,
        read_back=told.held.was_read_back,
        not_read_back=told.held.not_read_back,
        by=by,
        at=at,
    )
    return closed.discussion


def problems(request: StrategyRequest, told: Told, *, by: User, at: datetime) -> dict[str, str]:
    """Everything that cannot stand in what is told, by field: a page shows it all at once, beside each."""
    found = problems_with_talk(order_of(told, request.referral.triggered_at), due_of(told), at)
    if told.asked.verbal is not None and needs_word(request):
        ended_at = told.held.ended_at
        found = asking.problems_with_word(request, told.asked.verbal, by=by, at=at, ended_at=ended_at) | found
    if Format.SERIES_OF_CALLS in formats_held(request.protocol.rules):
        found = problems_with_series(told) | found
    if told.held.was_read_back == bool(told.held.not_read_back.strip()):
        found["not_read_back"] = "Say why nothing was read back, or tick that it was: one of the two"
    return found


def is_series(told: Told) -> bool:
    """Whether it was held in calls one after the other."""
    return told.held.format == Format.SERIES_OF_CALLS


def problems_with_series(told: Told) -> dict[str, str]:
    """What the calls of a series lack, by field; nothing for a discussion held together."""
    return problems_with_calls(_rung(told), told.held.ended_at) if is_series(told) else {}


def _rung(told: Told) -> list[Rung]:
    rows = zip(rows_of(told.present), told.present, strict=True)
    return [Rung(row=row, began_at=one.joined_at, ended_at=one.until_at, said=one.said) for row, one in rows]


def order_of(told: Told, came_in_at: datetime) -> Order:
    """The moments of the word, of the discussion and of each who joined."""
    verbal = told.asked.verbal
    rows = zip(rows_of(told.present), told.present, strict=True)
    return Order(
        came_in_at=came_in_at,
        started_at=told.held.started_at,
        ended_at=told.held.ended_at,
        said_at=verbal.said_at if verbal else None,
        joined_at=[(f"{name}-joined_at", one.joined_at) for name, one in rows if one.joined_at is not None],
    )


def due_of(told: Told) -> list[tuple[str, datetime]]:
    """By when each action is done, by row of the page."""
    return [(f"agreed-{place}-due_at", one.due_at) for place, one in enumerate(told.agreed)]


def needs_word(request: StrategyRequest) -> bool:
    """Whether a manager's word is still to be written down for the request."""
    return request.is_open_to_change or request.status == Status.SUBMITTED


def rows_of(present: Sequence[TookPart]) -> list[str]:
    """In which row of the page each stands: those picked from the directory, and those typed in."""
    found, counts = [], {"picked": 0, "typed": 0}
    for one in present:
        name = "picked" if one.chosen.professional is not None else "typed"
        found.append(f"{name}-{counts[name]}")
        counts[name] += 1
    return found


def chosen_of(present: Sequence[TookPart], *, by: User, at: datetime) -> list[TookPart]:
    """The same people, each with their entry of the directory; who was typed joins it."""
    found = []
    for name, one in zip(rows_of(present), present, strict=True):
        with in_row(*name.split("-")):
            person = professional_of(one.chosen, by=by, at=at)
        role = one.chosen.quorum_role or person.quorum_role
        chosen = Chosen(professional=person, quorum_role=role)
        found.append(replace(one, chosen=chosen))
    return found


@transaction.atomic
def ask(
    request: StrategyRequest,
    asked: Asking,
    people: Sequence[Chosen],
    *,
    was_held: bool,
    by: User,
    asked_at: datetime,
    at: datetime,
) -> StrategyRequest:
    """Put on an open request how it is discussed and with whom, and submit it, at the moment it was asked.

    Of one that was held already nobody needs numbers to be rung at; nor does one with nobody named yet, since
    what came in does not wait until everybody is. Raises as the sections and `submit` do.
    """
    telephone = is_by_telephone(asked.format)
    if telephone and not asked.urgent_reason.strip():
        raise Refused("urgent_reason", "Enter why this could not wait for a meeting")
    if was_held or not people:
        asks = ("numbers", "contacts", "direct_number") if was_held else ("numbers", "contacts")
        why = dict.fromkeys(asks, HELD_ALREADY if was_held else NAMED_LATER)
        request = asking.say_not_applicable(request, request.not_applicable | why, by=by, at=at)
    values = {
        "format_wanted": asked.format,
        "is_urgent": telephone or request.is_urgent,
        "urgent_reason": asked.urgent_reason[:300] or request.urgent_reason,
        "direct_number": asked.direct_number or request.direct_number or by.phone,
        "hospital_setting": request.hospital_setting or _hospital_of(request),
        "agencies_plan": asked.agencies_plan,
    }
    with in_field("format_wanted", "format"):
        request = asking.save_section(request, Section.FORMAT, values, by=by, at=at)
    if people:
        request = want_professionals(request, people, by=by, at=at)
    if was_held:
        said = {"availability": HELD_ALREADY}
        request = asking.save_section(request, Section.AVAILABILITY, said, by=by, at=at)
    return submit_request(request, by=by, at=asked_at)


@contextmanager
def in_row(name: str, place: int | str) -> Iterator[None]:
    """Say of a refusal in which row of the page it is."""
    try:
        yield
    except Refused as refusal:
        if refusal.field is not None:
            refusal.field = f"{name}-{place}-{refusal.field}"
        raise


@contextmanager
def in_field(theirs: str, ours: str) -> Iterator[None]:
    """Say of a refusal which field of this page it is about."""
    try:
        yield
    except Refused as refusal:
        refusal.field = ours if refusal.field == theirs else refusal.field
        raise


def _hospital_of(request: StrategyRequest) -> str:
    told = request.referral.circumstances.exclude(hospital="").values_list("hospital", flat=True)
    return told.first() or ""


def _authorised(
    request: StrategyRequest, told: Told, present: Sequence[Chosen], by: User, at: datetime
) -> StrategyRequest:
    """Ask and authorise, where that is still to be done: at the moment when the manager was asked.

    A manager who said so while it was held was asked when it began, at the latest.
    """
    verbal, started_at = told.asked.verbal, told.held.started_at
    if request.is_open_to_change:
        asked_at = min(verbal.said_at, started_at) if verbal else started_at
        request = ask(request, told.asked, present, was_held=True, asked_at=asked_at, by=by, at=at)
    if request.status == Status.SUBMITTED:
        if verbal is None:
            raise Refused("manager", "Choose which manager authorised this, and say when and in which words")
        request = asking.authorise_verbally(request, verbal, ended_at=told.held.ended_at, by=by, at=at)
    return request


def _people(request: StrategyRequest, told: Told, present: Sequence[Chosen]) -> list[Professional]:
    """Everybody who took part, once: who chaired and who asked first."""
    own = [professional_for(person) for person in (told.held.chair, request.carrier)]
    everybody = [*own, *[one.professional for one in present if one.professional is not None]]
    found = {one.pk: one for one in everybody}
    if len(found) < 2:
        raise Refused(None, "Add who took part: a discussion has more than one person in it")
    return list(found.values())


def _parts(people: Sequence[Professional], told: Told, present: Sequence[Chosen]) -> list[Part]:
    known = {one.professional.pk: one for one in present if one.professional is not None}
    joined = {
        chosen.professional.pk: one.joined_at
        for chosen, one in zip(present, told.present, strict=True)
        if chosen.professional is not None
    }
    mode = usual_mode(told.held.format)
    return [
        Part(
            one,
            mode,
            quorum_role=(known[one.pk].quorum_role if one.pk in known else "") or one.quorum_role,
            arrived_at=joined.get(one.pk) or told.held.started_at,
        )
        for one in people
    ]


def _start(
    minutes: Minutes, told: Told, parts: Sequence[Part], present: Sequence[Chosen], by: User, at: datetime
) -> None:
    """Who was there from the start, the start, then who joined or was rung: quorum is complete when it was.

    Only where it never was complete is the reason asked, and convene runs on.
    """
    started_at = told.held.started_at
    later = [part for part in parts if part.arrived_at is not None and part.arrived_at > started_at]
    rung = {one.professional for one in present} if is_series(told) else set()
    later = [part for part in parts if part in later or part.professional in rung]
    hold.record_attendance(minutes, [part for part in parts if part not in later], by=by, at=at)
    why = told.no_quorum_reason.strip()
    hold.start_discussion(
        minutes,
        started_at=started_at,
        no_quorum_reason=why or LATER if later else why,
        as_held=True,
        by=by,
        at=at,
    )
    if is_series(told):
        _ring(minutes, told, present, by, at)
    else:
        for part in sorted(later, key=lambda one: (one.arrived_at or at, one.professional.pk)):
            hold.arrive_late(minutes, part, by=by, at=at)
    if later and not why and Discussion.objects.get(pk=minutes.discussion_id).quorate_at is None:
        raise Refused(
            "no_quorum_reason",
            "Quorum was never complete, also with those who joined later. Say why you went on",
        )


def _ring(minutes: Minutes, told: Told, present: Sequence[Chosen], by: User, at: datetime) -> None:
    """A call for each row, as whoever carries the request rang them one after the other (row C02)."""
    caller = professional_for(minutes.discussion.request.carrier)
    for rung, chosen in zip(_rung(told), present, strict=True):
        if chosen.professional is None or rung.began_at is None or rung.ended_at is None:
            continue  # `problems` has asked for each
        call = calls.Told(
            caller,
            [chosen.professional],
            CallOutcome.REACHED,
            rung.began_at,
            rung.ended_at,
            phone=chosen.professional.phone,
            said=rung.said,
        )
        with in_row(*rung.row.split("-")), in_field("people", "professional"):
            calls.record_call(minutes, call, by=by, at=at)


def _decide(minutes: Minutes, told: Told, people: Sequence[Professional], by: User) -> None:
    """Decided when the discussion ended, as far as anybody can tell afterwards."""
    if len({child.pk for child, _ in told.decided}) < len(told.decided):
        raise Refused(None, "Decide once for each child.")
    for place, (child, said) in enumerate(told.decided):
        with in_row("decided", place):
            medical = said.medical
            if medical is not None and medical.owner is None and medical.owner_name.strip():
                owner = _named(medical.owner_name, people, "medical_owner_name")
                said = replace(said, medical=replace(medical, owner=owner))
            decisions.decide(minutes, child, said, by=by, at=told.held.ended_at)


def _agree(minutes: Minutes, told: Told, people: Sequence[Professional], by: User) -> None:
    for place, one in enumerate(told.agreed):
        with in_row("agreed", place):
            owner = professional_for(one.owner) if isinstance(one.owner, User) else one.owner
            if owner is None and one.owner_name.strip():
                owner = _named(one.owner_name, people, "owner_name")
            add_action(minutes, Task(one.text, owner, one.due_at), by=by, at=told.held.ended_at)


def _named(name: str, people: Sequence[Professional], field: str) -> Professional:
    named = {one.name.casefold(): one for one in people}
    owner = named.get(" ".join(name.split()).casefold())
    if owner is None:
        raise Refused(field, "Enter the name of somebody who took part, as above")
    return owner
