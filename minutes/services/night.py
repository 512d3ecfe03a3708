"""One page for the night: what came in until what was agreed, in one transaction, then handed over."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from attendees.models import Invitation
from attendees.services.standing_in import invite_instead
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, refuse
from cases import services as cases
from cases.models import Case, Child
from cases.rules import ChildFacts, FamilyFacts
from deadlines import services as deadlines
from deadlines.duties import register_duty
from deadlines.enums import Duty
from deadlines.models import Deadline
from deadlines.rules.answers import Answer
from deadlines.working_days import england
from govuk.moments import clock_time
from minutes.models import Minutes
from minutes.rules.afterwards import NightTimes, problems_with_night
from minutes.services import turns
from minutes.services.afterwards import (
    Asking,
    Told,
    TookPart,
    ask,
    chosen_of,
    due_of,
    enter_discussion_held,
    in_row,
    order_of,
    problems_with_series,
)
from minutes.services.decisions import Threshold
from referrals.rules import CircumstanceFacts, ReferralFacts
from referrals.services import ConcernFacts, NewCase, fear_too
from strategy import events, permissions
from strategy import services as asking
from strategy.clocks import keep_clocks
from strategy.enums import DiscussionStatus, Section, Status
from strategy.models import Booking, Discussion, Enquiry, NightEntry, StrategyRequest
from strategy.people import support_team
from strategy.rules.afterwards import Order, morning_after

TAKE_OVER = register_duty("take_over_from_the_night", "Take over from the night", "Take over from the night")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Somebody who was rung before anything was written."""

    callee: str
    called_at: datetime
    result: str
    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """The immediate protection decision, made with the police."""

    decision: str
    police_contact: str
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ToCome:
    """A discussion that is still to come: how, with whom, and whether a manager has said yes already."""

    asked: Asking
    people: Sequence[TookPart] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """A child whom an open case does not have yet, with the harm feared, and what was decided if it was."""

    facts: ChildFacts
    harm: Sequence[str] = ()
    decided: Threshold | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """All that one page says. `about` goes by the order of `new_case.children`, or names the case's children.

    Where the discussion has been held each child comes with what was decided; else with None. `others` are
    children of the family or household whom it is not about, `family` whoever else lives or matters there.
    """

    came_in: ReferralFacts
    told: Told | ToCome
    about: Sequence[tuple[int | Child, Threshold | None]]
    threshold_reason: str
    parents_informed: str
    parents_reason: str = ""
    case: Case | None = None
    new_case: NewCase | None = None
    concerns: Sequence[ConcernFacts] = ()
    joining: Sequence[Joining] = ()
    others: Sequence[ChildFacts] = ()
    family: Sequence[FamilyFacts] = ()
    circumstances: Sequence[CircumstanceFacts] = ()
    calls: Sequence[Call] = ()
    protection: Protection | None = None
    another_because: str = ""
    seen: Sequence[int] | None = None


@transaction.atomic
def write_down_night(night: Night, *, by: User, at: datetime) -> NightEntry:
    """Write down what emergency duty dealt with: all of it, or nothing and why.

    1. Only who writes nights; mistakes in times are told at their fields before anything is written. What
       came in and its circumstances, with the clocks that they start.
    2. Why harm is suspected, the calls, the immediate protection decision: each at its real time.
    3. The manager's word, and the discussion that was held (`enter_discussion_held`); or the request for one
       that is to come, authorised if a manager has said so, else waiting for one.
    4. It waits for the day: a clock of the team until the hour that the procedure names of the next working
       day, nine o'clock unless it says otherwise.
    Raises as those services do.
    """
    refuse(permissions.refusal_to_write_nights(by, at))
    for field, sentence in problems(night, at=at).items():
        raise Refused(field, sentence)
    if night.case is not None:
        Case.objects.lock(night.case)
    request = _take(night, by, at)
    for told in night.circumstances:
        asking.tell_circumstance(request.referral, told, by=by, at=at)
    children = list(Child.objects.filter(case=request.case).order_by("pk"))
    about = [(children[one] if isinstance(one, int) else one, said) for one, said in night.about]
    about += _add_people(request, night, by, at)
    request = _say_what_happened(request, night, [child for child, _ in about], by, at)
    for place, call in enumerate(night.calls):
        with in_row("calls", place):
            _log(request, call, by, at)
    if night.protection is not None:
        _protect(request, night.protection, by, at)
    if isinstance(night.told, ToCome):
        _ask(request, night.told, by, at)
        return hand_to_the_day(request, since=at, by=by, at=at)
    decided = [(child, said) for child, said in about if said is not None]
    enter_discussion_held(request, replace(night.told, decided=decided), by=by, at=at)
    return hand_to_the_day(request, since=night.told.held.ended_at, by=by, at=at)


def problems(night: Night, *, at: datetime) -> dict[str, str]:
    """Every moment that cannot be, by its field: the page shows them all at once, beside each."""
    came_in_at, told = night.came_in.triggered_at, night.told
    times = NightTimes(
        came_in_at=came_in_at,
        decided_at=night.protection.decided_at if night.protection else None,
        called_at=[(f"calls-{place}-called_at", call.called_at) for place, call in enumerate(night.calls)],
    )
    if isinstance(told, Told):
        found = problems_with_night(times, order_of(told, came_in_at), due_of(told), at)
        return problems_with_series(told) | found
    said_at = told.asked.verbal.said_at if told.asked.verbal else None
    return problems_with_night(times, Order(said_at=said_at), (), at)


@transaction.atomic
def enter_held(request: StrategyRequest, told: Told, *, by: User, at: datetime) -> Discussion:
    """Enter a discussion that has been held; what emergency duty enters waits for the day."""
    discussion = enter_discussion_held(request, told, by=by, at=at)
    if permissions.refusal_to_write_nights(by, at) is None:
        hand_to_the_day(discussion.request, since=told.held.ended_at, by=by, at=at)
    return discussion


@transaction.atomic
def hand_to_the_day(request: StrategyRequest, *, since: datetime, by: User, at: datetime) -> NightEntry:
    """Have the case's team take over on the next working day by the procedure's hour (`morning_after`).

    The clock is the team's, since any social worker of it may take over; its manager is warned with it.
    """
    wanted: StrategyRequest = StrategyRequest.objects.lock(request)
    entry, is_new = NightEntry.objects.get_or_create(request=wanted, defaults={"by": by, "at": at})
    if not is_new:
        return entry
    hour = wanted.protocol.rules.night_handover_at
    deadlines.open_clock(
        case=wanted.case,
        subject=entry.subject,
        answer=Answer(
            duty=Duty.CONVENE,
            starts_at=since,
            due_at=morning_after(since, england(), hour.value),
            limit=None,
            because=f"Emergency duty hands over by {clock_time(hour.value)} of the next working day.",
            source=hour.source,
        ),
        duty=TAKE_OVER,
        owner_team=wanted.case.team,
        protocol=wanted.protocol.rules,
        by=by,
        at=at,
    )
    audit.record(events.NIGHT_WRITTEN, wanted.case, subject=entry, by=by, at=at)
    return entry


@transaction.atomic
def take_over(entry: NightEntry, *, by: User, at: datetime) -> NightEntry:
    """Somebody of the day takes over, by name and time: what waits for whoever was on duty waits for them.

    In a discussion that is still to come, they are invited in the place of whoever was on duty.
    Raises NotAllowed, and MoveNotAllowed when somebody was quicker.
    """
    Case.objects.lock(entry.request.case)
    request: StrategyRequest = StrategyRequest.objects.lock(entry.request)
    night: NightEntry = NightEntry.objects.lock(entry)
    refuse(permissions.refusal_to_see(by, request.case) or permissions.refusal_to_take_over(by, at))
    if night.taken_over_by is not None:
        raise MoveNotAllowed(f"{night.taken_over_by} has taken this over already.")
    night.taken_over_by, night.taken_over_at = by, at
    night.save(update_fields=["taken_over_by", "taken_over_at"])
    if request.status != Status.SUBMITTED or permissions.power_to_authorise(by, request, at) is None:
        request.carried_by = by  # of a request that waits for them, a manager stays the one to authorise it
        request.save(update_fields=["carried_by"])
    for clock in Deadline.objects.running().of(night.subject, TAKE_OVER):
        deadlines.meet(clock, by=by, at=at)
    _pass_clocks_on(request, night.by, by, at)
    _pass_places_on(request, night.by, by, at)
    audit.record(events.TAKEN_OVER, request.case, subject=night, by=by, at=at)
    return night


def _pass_clocks_on(request: StrategyRequest, was: User, by: User, at: datetime) -> None:
    """The record goes to business support, what else waits for whoever was on duty to who took over.

    What they took on as an action stays theirs.
    """
    enquiries = Enquiry.objects.filter(discussion__request=request, lead=was, closed_at=None)
    enquiries.update(lead=by)
    keep_clocks(request.referral, by=by, at=at)
    team = support_team(request.case)
    for minutes in Minutes.objects.filter(discussion__request=request):
        if team is not None:
            turns.pass_record_on(minutes, team, by=by, at=at)


def invited_to_any(discussions: QuerySet[Discussion], person: User) -> QuerySet[Invitation]:
    """Their invitations in force, but for what they chair or minute."""
    asked = Invitation.objects.filter(
        discussion__in=discussions, professional__user=person, withdrawn_at=None
    )
    held = Booking.objects.filter(discussion=OuterRef("discussion"), cancelled_at=None)
    return asked.exclude(Exists(held.filter(Q(chair=person) | Q(minute_taker=person))))


def _pass_places_on(request: StrategyRequest, was: User, by: User, at: datetime) -> None:
    """Who went home at nine does not come to what is booked: whoever took over does, unless they chair it or
    take its minutes, which business support gives to somebody else."""
    planned = request.discussions.filter(status=DiscussionStatus.PLANNED)
    for one in invited_to_any(planned, was).select_related(
        "discussion__case", "professional__user", "professional__agency"
    ):
        invite_instead(one, by, why="Somebody of the day took over from the night", by=by, at=at)


def _take(night: Night, by: User, at: datetime) -> StrategyRequest:
    because = night.another_because
    if night.new_case is None:
        others = cases.refuse_matches((), because, by=by, family=night.family)
        request = asking.take_referral_and_ask(night.came_in, case=night.case, by=by, at=at)
        cases.decline_matches(request.case, others, because, by=by, at=at)
        return request
    return asking.take_new_family(
        night.came_in,
        new_case=night.new_case,
        concerns=night.concerns,
        another_because=because,
        seen=night.seen,
        family=night.family,
        by=by,
        at=at,
    )


def _ask(request: StrategyRequest, told: ToCome, by: User, at: datetime) -> None:
    """Ask for what is still to come; with a manager's word it goes on to be booked."""
    people = [one.chosen for one in chosen_of(told.people, by=by, at=at)]
    verbal = told.asked.verbal
    asked_at = verbal.said_at if verbal else at
    request = ask(request, told.asked, people, was_held=False, asked_at=asked_at, by=by, at=at)
    if verbal is not None and request.status == Status.SUBMITTED:
        asking.authorise_verbally(request, verbal, by=by, at=at)


def _add_people(
    request: StrategyRequest, night: Night, by: User, at: datetime
) -> list[tuple[Child, Threshold | None]]:
    """Record who is not on the case yet: children it is about too (returned), other children, the family."""
    case, because, found = request.case, night.another_because, []
    for place, one in enumerate(night.joining):
        with in_row("joining", place):
            child = cases.add_another_child(case, one.facts, because=because, by=by, at=at)
        fear_too(request.referral, child, one.harm, by=by, at=at)
        found.append((child, one.decided))
    for place, facts in enumerate(night.others):
        with in_row("others", place):
            cases.add_another_child(case, facts, because=because, by=by, at=at)
    for place, member in enumerate(night.family):
        with in_row("family", place):
            cases.add_family_member(case, member, by=by, at=at)
    return found


def _say_what_happened(
    request: StrategyRequest, night: Night, children: Sequence[Child], by: User, at: datetime
) -> StrategyRequest:
    if not children:
        raise Refused(None, "Choose at least one child")
    values = {
        "threshold_reason": night.threshold_reason,
        "harm_summary": "",
        "parents_informed": night.parents_informed,
        "parents_reason": night.parents_reason,
    }
    request = asking.save_section(request, Section.CHILDREN, {"children": list(children)}, by=by, at=at)
    request = asking.save_section(request, Section.WHAT_HAPPENED, values, by=by, at=at)
    return asking.save_section(request, Section.CIRCUMSTANCES, {}, by=by, at=at)


def _log(request: StrategyRequest, call: Call, by: User, at: datetime) -> None:
    asking.record_urgent_call(
        request,
        callee=call.callee,
        number=call.number,
        result=call.result,
        called_at=call.called_at,
        by=by,
        at=at,
    )


def _protect(request: StrategyRequest, made: Protection, by: User, at: datetime) -> None:
    asking.record_protection_decision(
        request,
        decision=made.decision,
        police_contact=made.police_contact,
        decided_at=made.decided_at,
        by=by,
        at=at,
    )
