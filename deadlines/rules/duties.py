"""All duties that follow from the facts of a case, in the order of the table."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from deadlines.enums import Duty
from deadlines.rules.answers import Answer, Candidate
from deadlines.rules.convene import by_rule_note, convene, immediate_protection, single, within
from deadlines.rules.facts import DISCUSSIONS, MEETINGS, Facts, Held
from deadlines.rules.wording import long_day, long_time, sentence
from deadlines.working_days import END_OF_DAY, WorkingCalendar, at_local, due_at

if TYPE_CHECKING:
    from protocols.rules.limits import Limit
    from protocols.rules.settings import Protocol

AGREED_DATE = "agreed_date"


def answers(facts: Facts, protocol: Protocol, calendar: WorkingCalendar) -> list[Answer]:
    """Every clock of the case under this protocol; a duty that does not apply has no row."""
    first = [
        convene(facts, protocol, calendar),
        immediate_protection(facts, protocol, calendar),
        child_seen(facts, protocol, calendar),
        follow_up_meeting(facts, protocol, calendar),
    ]
    told = sorted(facts.discussions, key=lambda held: held.place)
    minutes = [circulate_minutes(held, protocol, calendar) for held in told]
    last = [icpc(facts, protocol, calendar), assessment(facts, protocol, calendar)]
    return [answer for answer in (*first, *minutes, *last) if answer is not None]


def child_seen(
    facts: Facts, protocol: Protocol, calendar: WorkingCalendar, *, born_at: datetime | None = None
) -> Answer | None:
    """The child seen and spoken to (W33): from the receipt of the referral, where the rule is on.

    `born_at` is when the birth of a child referred unborn became known: from then on there is a child to see
    (a local default: the sources do not say).
    """
    received, limit = facts.referral_received_at, protocol.child_seen_limit.value
    if received is None or limit is None:
        return None
    start, what = received, "the referral"
    if born_at is not None and born_at > received:
        start, what = born_at, "when the birth became known (local default)"
    because = f"The child must be seen and spoken to {within(limit, start, what)}"
    return single(Duty.CHILD_SEEN, protocol.child_seen_limit, start, because, calendar)


def follow_up_meeting(facts: Facts, protocol: Protocol, calendar: WorkingCalendar) -> Answer | None:
    """A meeting after the first discussion that was not one (W14), met by quorum in a later meeting."""
    limit = protocol.followup_limit.value
    in_order = facts.in_order
    spoken = next((held for held in in_order if held.format in DISCUSSIONS), None)
    if protocol.followup_rule.value == "off" or limit is None or spoken is None or spoken.ended_at is None:
        return None
    later = in_order[in_order.index(spoken) + 1 :]
    met = min(
        (held.quorate_at for held in later if held.format in MEETINGS and held.quorate_at), default=None
    )
    what = "the end of the discussion that was not a meeting"
    because = f"A meeting must follow {within(limit, spoken.ended_at, what)}, where appropriate"
    return single(
        Duty.FOLLOW_UP_MEETING, protocol.followup_limit, spoken.ended_at, because, calendar, met_at=met
    )


def circulate_minutes(held: Held, protocol: Protocol, calendar: WorkingCalendar) -> Answer | None:
    """The minutes in every recipient's hands (W28, G21): from the end of the discussion."""
    if held.ended_at is None:
        return None
    setting = protocol.distribution_limit
    because = f"The minutes must reach the last recipient {within(setting.value, held.ended_at, 'the end')}"
    return single(Duty.CIRCULATE_MINUTES, setting, held.ended_at, because, calendar, discussion=held.place)


def icpc(facts: Facts, protocol: Protocol, calendar: WorkingCalendar) -> Answer | None:
    """The child protection conference: from the start of the first discussion that initiated section 47."""
    start = next((held.started_at for held in facts.in_order if held.initiated_s47), None)
    if start is None:
        return None
    what = "the start of the discussion that initiated section 47 enquiries"
    because = "The child protection conference must be held "
    return single(
        Duty.ICPC,
        protocol.icpc_limit,
        start,
        because + within(protocol.icpc_limit.value, start, what),
        calendar,
    )


def assessment(facts: Facts, protocol: Protocol, calendar: WorkingCalendar) -> Answer | None:
    """The assessment decision (C21): from the receipt of the referral; a shorter date may be agreed."""
    received = facts.referral_received_at
    if received is None:
        return None
    setting = protocol.assessment_limit
    because = f"The assessment must reach its decision {within(setting.value, received, 'the referral')}"
    longest = single(Duty.ASSESSMENT, setting, received, because, calendar)
    agreed = facts.assessment_agreed_on
    if agreed is None or longest.due_at is None or at_local(agreed, END_OF_DAY) >= longest.due_at:
        return longest
    told = sentence(
        f"The assessment must reach its decision by {long_day(agreed)}, as was agreed for this family",
        f"the longest is {setting.value.in_words} from the referral",
    )
    chosen = Candidate(AGREED_DATE, at_local(agreed, END_OF_DAY), told, received, setting.source)
    return replace(
        longest,
        due_at=chosen.due_at,
        limit=AGREED_DATE,
        because=told,
        candidates=(chosen, *longest.candidates),
    )


def by_moment(duty: Duty, starts_at: datetime, due: datetime, because: str, source: str) -> Answer:
    """A clock with its own due moment, such as an action's or an emergency protection order's."""
    told = sentence(f"{because} by {long_time(due)}")
    return Answer(duty, starts_at, due, None, told, source)


def by_limit(
    duty: Duty, limit: Limit, starts_at: datetime, because: str, source: str, calendar: WorkingCalendar
) -> Answer:
    """A clock with a limit of its own, such as a rung of the escalation ladder."""
    told = sentence(f"{because} {within(limit, starts_at)}", by_rule_note(limit, starts_at, calendar))
    return Answer(duty, starts_at, due_at(limit, starts_at, calendar), str(limit), told, source)
