"""By when the discussion must be held: every candidate limit, and why the earliest wins."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from deadlines.enums import Duty, Forensic
from deadlines.rules.answers import Answer, Candidate
from deadlines.rules.facts import CIRCUMSTANCES, COMPLEX, HOSPITAL, SAME_DAY, Facts
from deadlines.rules.wording import (
    BY_RULE,
    LOCAL_DEFAULT,
    long_day,
    long_time,
    sentence,
    trigger_words,
)
from deadlines.working_days import WorkingCalendar, due_at, end_of_day, last_day, local_date

if TYPE_CHECKING:
    from protocols.rules.limits import Limit
    from protocols.rules.settings import Protocol, Setting

FAR_FUTURE = datetime.max.replace(tzinfo=UTC)
PROVISIONAL = "provisional, because no request has been submitted yet"
HOSPITAL_GATE = "The planned discharge is not known: hold it in the hospital before the child leaves."


def candidates(
    facts: Facts, protocol: Protocol, calendar: WorkingCalendar
) -> tuple[list[Candidate], list[Candidate]]:
    """Every limit that competes, earliest first, and the routine limit if a complex one sets it aside.

    Of equal ones the circumstance higher in the table comes first, the routine limit last; then undated ones.
    """
    own = [found for name in CIRCUMSTANCES if (found := _of_circumstance(name, facts, protocol, calendar))]
    if facts.agreed_at is not None:
        own.append(_agreed(facts))
    routine = _routine(facts, protocol, calendar)
    is_replaced = any(found.circumstance in COMPLEX for found in own)
    competing = own if is_replaced else [*own, routine]
    # sorted() is stable, so equal ones keep the order of the table
    return sorted(competing, key=lambda one: one.due_at or FAR_FUTURE), [routine] if is_replaced else []


def convene(facts: Facts, protocol: Protocol, calendar: WorkingCalendar) -> Answer:
    """The convene clock: the earliest candidate wins, and `because` says why in one sentence."""
    competing, aside = candidates(facts, protocol, calendar)
    winner = competing[0]
    return Answer(
        duty=Duty.CONVENE,
        starts_at=winner.starts_at,
        due_at=winner.due_at,
        limit=winner.limit,
        because=sentence(winner.because, _why_it_won(competing), _aside_words(aside, protocol), winner.note),
        source=winner.source,
        candidates=tuple(_with_note(one) for one in competing),
        set_aside=tuple(replace(one, because=_aside_reason(competing, protocol)) for one in aside),
        met_at=first_quorum(facts),
        is_provisional=PROVISIONAL in winner.note,
        gate=HOSPITAL_GATE if any(one.due_at is None for one in competing) else "",
    )


def immediate_protection(facts: Facts, protocol: Protocol, calendar: WorkingCalendar) -> Answer | None:
    """The decision on immediate protection (W32): only where a same-day circumstance applies."""
    competing, _ = candidates(facts, protocol, calendar)
    reasons = [one for one in competing if one.circumstance in SAME_DAY]
    if not reasons:
        return None
    setting = protocol.immediate_protection_limit
    first = reasons[0]
    why = f"Immediate protection must be decided with the police {within(setting.value, first.starts_at)}"
    because = f"{why}, because {_same_day_words(first.circumstance, facts)}"
    return single(Duty.IMMEDIATE_PROTECTION_DECISION, setting, first.starts_at, because, calendar)


def first_quorum(facts: Facts) -> datetime | None:
    """The first moment at which a discussion that had started was quorate."""
    return min((held.quorate_at for held in facts.discussions if held.quorate_at), default=None)


def single(
    duty: Duty, setting: Setting[Any], start: datetime, because: str, calendar: WorkingCalendar, **more: Any
) -> Answer:
    """A clock with one limit only, taken from a setting of the protocol."""
    limit: Limit = setting.value
    due = due_at(limit, start, calendar)
    told = sentence(because, _notes(setting, start, calendar))
    only = Candidate(str(limit), due, told, start, setting.source)
    return Answer(duty, start, due, str(limit), told, setting.source, (only,), **more)


def within(limit: Limit, start: datetime, what: str = "") -> str:
    """ "within 24 hours of the referral on …" or "on the same day, …"."""
    if limit.unit.value == "same_day":
        return f"on the same day{f' as {what}' if what else ''}, {long_day(local_date(start))}"
    return f"within {limit.in_words} of {f'{what} on ' if what else ''}{long_time(start)}"


def _routine(facts: Facts, protocol: Protocol, calendar: WorkingCalendar) -> Candidate:
    setting = protocol.routine_limit
    start, what, note = _start("routine", facts, protocol)
    because = f"The discussion must be held {within(setting.value, start, what)}, the routine limit"
    also = protocol.routine_also_show.value
    if also is not None and (day := last_day(also, start, calendar)):
        because += f" ({also.in_words} would end on {long_day(day)})"
        if calendar.is_by_rule(day) and "working" in also.in_words:
            note = _joined(note, BY_RULE.format(year=calendar.published_to))
    return _limited(setting, start, because, calendar, note, "")


def _of_circumstance(
    name: str, facts: Facts, protocol: Protocol, calendar: WorkingCalendar
) -> Candidate | None:
    if name not in facts.circumstances:
        return None
    if name in SAME_DAY:
        return _same_day(name, facts, protocol)
    if name == HOSPITAL:
        return _hospital(facts, protocol)
    if name in protocol.complex_types.value:
        return _complex(name, facts, protocol, calendar)
    return None


def _same_day(name: str, facts: Facts, protocol: Protocol) -> Candidate | None:
    rule = protocol.emergency_rule if name == "emergency_action" else protocol.same_day_rule
    if not rule.value or (name == "penetrative_sexual_abuse" and facts.forensic == Forensic.NO):
        return None
    start, what, note = _start("same_day", facts, protocol, name)
    because = f"The discussion must be held on the same day as {what}, {long_day(local_date(start))}"
    because += f", because {_same_day_words(name, facts)}"
    return Candidate(
        "same_day", end_of_day(start), because, start, rule.source, _joined(note, _open(rule)), name
    )


def _hospital(facts: Facts, protocol: Protocol) -> Candidate | None:
    rule = protocol.hospital_rule
    if not rule.value:
        return None
    leaving = facts.left_hospital_at or facts.planned_discharge_at
    because = "The discussion must be held in the hospital before the child leaves it"
    if facts.left_hospital_at:
        because += f", which happened on {long_time(facts.left_hospital_at)}"
    elif leaving:
        because += f", planned for {long_time(leaving)}"
    else:
        because += ", and the planned discharge is not known"
    start = facts.start_of(HOSPITAL)
    due = leaving.astimezone(UTC) if leaving else None
    return Candidate("before(discharge)", due, because, start, rule.source, _open(rule), HOSPITAL)


def _complex(name: str, facts: Facts, protocol: Protocol, calendar: WorkingCalendar) -> Candidate:
    setting, limit = protocol.complex_limit, protocol.complex_limit.value
    assert limit is not None  # a protocol that names complex types has a limit for them
    start, what, note = _start("complex", facts, protocol, name)
    is_meeting = name in protocol.meeting_only_types.value
    because = f"The {'meeting' if is_meeting else 'discussion'} must be held "
    because += f"{within(limit, start, what)} because {COMPLEX[name]} counts as complex"
    return _limited(setting, start, because, calendar, note, name)


def _agreed(facts: Facts) -> Candidate:
    assert facts.agreed_at is not None
    by = f" by {facts.agreed_by}" if facts.agreed_by else " by the manager who was consulted"
    because = f"The discussion must be held by {long_time(facts.agreed_at)}, as set{by}"
    source = "The manager's recorded decision"
    return Candidate(
        "before(agreed_moment)",
        facts.agreed_at.astimezone(UTC),
        because,
        facts.triggered_at,
        source,
        "",
        "other",
    )


def _start(kind: str, facts: Facts, protocol: Protocol, circumstance: str = "") -> tuple[datetime, str, str]:
    """From when a limit counts, what that moment is called, and a note when it is provisional."""
    start = facts.start_of(circumstance)
    if start != facts.triggered_at:
        named = "the emergency action" if circumstance == "emergency_action" else "this became known"
        return start, named, ""
    called = trigger_words(facts.trigger, protocol.trigger_meaning.value)
    if getattr(protocol.clock_start.value, kind) != "request":
        return start, called, ""
    if facts.requested_at is None:
        return start, called, PROVISIONAL
    return facts.requested_at, "the request", ""


def _limited(
    setting: Setting[Any], start: datetime, because: str, calendar: WorkingCalendar, note: str, name: str
) -> Candidate:
    limit: Limit = setting.value
    note = _joined(note, _notes(setting, start, calendar))
    due = due_at(limit, start, calendar)
    return Candidate(str(limit), due, because, start, setting.source, note, name)


def _notes(setting: Setting[Any], start: datetime, calendar: WorkingCalendar) -> str:
    """That a limit is a local default, and that bank holidays were computed by rule, where they were."""
    return _joined(_open(setting), by_rule_note(setting.value, start, calendar))


def by_rule_note(limit: Limit, start: datetime, calendar: WorkingCalendar) -> str:
    """The words to add when working days run past the last published bank holidays."""
    day = last_day(limit, start, calendar) if limit.unit.value == "working_days" else None
    return BY_RULE.format(year=calendar.published_to) if day and calendar.is_by_rule(day) else ""


def _open(setting: Setting[Any]) -> str:
    return LOCAL_DEFAULT if setting.is_open_default else ""


def _same_day_words(name: str, facts: Facts) -> str:
    needed = "is needed" if facts.forensic == Forensic.YES else "may be needed"
    return SAME_DAY[name].format(forensic=needed)


def _why_it_won(competing: list[Candidate]) -> str:
    winner, *others = competing
    dated = [one for one in others if one.due_at is not None]
    if not dated:
        return ""
    if any(one.due_at == winner.due_at for one in dated):
        return "of equal limits the circumstance higher in the table decides"
    return f"this is the earliest of {len(dated) + 1} limits"


def _aside_words(aside: list[Candidate], protocol: Protocol) -> str:
    return f"the routine limit of {protocol.routine_limit.value.in_words} is set aside" if aside else ""


def _aside_reason(competing: list[Candidate], protocol: Protocol) -> str:
    types = [COMPLEX[one.circumstance] for one in competing if one.circumstance in COMPLEX]
    words, verb = protocol.routine_limit.value.in_words, "replaces" if len(types) == 1 else "replace"
    return sentence(f"The routine limit of {words} is set aside because {' and '.join(types)} {verb} it")


def _with_note(one: Candidate) -> Candidate:
    return replace(one, because=sentence(one.because, one.note), note="")


def _joined(*notes: str) -> str:
    return "; ".join(dict.fromkeys(note for note in notes if note))
