"""What came in, with the clocks that it starts: the referrals' own services, then the clocks in line."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from audit.errors import Refused
from cases.enums import AccessPurpose
from cases.models import Case
from cases.rules import FamilyFacts
from cases.services import decline_matches, grant, refuse_matches
from deadlines.enums import Duty
from deadlines.models import Deadline
from referrals import services as referring
from referrals.enums import CircumstanceKind, ReferralSource, ScreeningRating, Trigger
from referrals.models import Circumstance, Referral
from referrals.rules import (
    CircumstanceFacts,
    ReferralFacts,
    problem_with_moment,
    problems_with_circumstance,
)
from referrals.services import ConcernFacts, NewCase
from strategy import letters, permissions
from strategy.clocks import keep_clocks
from strategy.models import StrategyRequest
from strategy.services.requests import start_request


@transaction.atomic
def take_referral(
    facts: ReferralFacts,
    *,
    case: Case | None = None,
    new_case: NewCase | None = None,
    concerns: Sequence[ConcernFacts] = (),
    by: User,
    at: datetime,
) -> Referral:
    """Record what came in and start its clocks at once, before anybody asks for a discussion.

    Raises as `referrals.services.record_referral` does.
    """
    referral = referring.record_referral(facts, case=case, new_case=new_case, concerns=concerns, by=by, at=at)
    keep_clocks(referral, by=by, at=at)
    return referral


@transaction.atomic
def take_referral_and_ask(
    facts: ReferralFacts,
    *,
    case: Case | None = None,
    new_case: NewCase | None = None,
    concerns: Sequence[ConcernFacts] = (),
    by: User,
    at: datetime,
) -> StrategyRequest:
    """Record what came in and begin to ask for a discussion about it. Raises as the two services do."""
    referral = take_referral(facts, case=case, new_case=new_case, concerns=concerns, by=by, at=at)
    return start_request(referral, by=by, at=at)


@transaction.atomic
def record_high_rating(
    case: Case,
    *,
    came_in_at: datetime,
    screened_on: date,
    screened_by: str,
    narrative: str,
    by: User,
    at: datetime,
) -> Referral:
    """An exploitation screening rated HIGH came in on an open case: new information, with its clocks.

    Nobody asks for a discussion by this; where the procedure says so the manager must answer it (row H12).
    Raises as `take_referral` and `tell_circumstance` do.
    """
    if wrong := problem_with_moment(came_in_at, at):
        raise Refused("came_in_at", wrong)
    rated = CircumstanceFacts(
        kind=CircumstanceKind.EXPLOITATION_RATED_HIGH,
        screened_on=screened_on,
        screened_by=screened_by,
        screening_rating=ScreeningRating.HIGH,
    )
    for field, sentence in problems_with_circumstance(rated, came_in_at, at).items():
        raise Refused(field, sentence)
    facts = ReferralFacts(
        trigger=Trigger.NEW_INFORMATION,
        triggered_at=came_in_at,
        source=ReferralSource.OWN_SOCIAL_CARE,
        narrative=narrative,
    )
    referral = take_referral(facts, case=case, by=by, at=at)
    tell_circumstance(referral, rated, by=by, at=at)
    return referral


@transaction.atomic
def take_new_family(
    facts: ReferralFacts,
    *,
    new_case: NewCase,
    concerns: Sequence[ConcernFacts] = (),
    another_because: str = "",
    seen: Sequence[int] | None,
    family: Sequence[FamilyFacts] = (),
    by: User,
    at: datetime,
) -> StrategyRequest:
    """As `take_referral_and_ask`, for a family that the search did not find.

    Children like one recorded already, or whom the search showed as very like (`seen`; None when nobody has
    searched), need the reason why they are others; so does a family whose adults are of one recorded already,
    `family` with them, whom the caller records afterwards.
    Raises Refused, AlreadyRecorded with the matches, and as the other services do.
    """
    if seen is None:
        raise Refused(
            None,
            "Look first whether the children are known: search in another tab, then send this again. What "
            "you typed is kept.",
        )
    adults = [*new_case.family, *family]
    others = refuse_matches(new_case.children, another_because, by=by, seen=seen, family=adults)
    done = take_referral_and_ask(facts, new_case=new_case, concerns=concerns, by=by, at=at)
    decline_matches(done.case, others, another_because, by=by, at=at)
    return done


@transaction.atomic
def tell_circumstance(
    referral: Referral, facts: CircumstanceFacts, *, by: User, at: datetime, reason: str = "",
    follows: bool = False,
) -> Circumstance:  # fmt: skip
    """Record a circumstance, or change what is recorded of it; every clock follows at once.

    A running clock moves later only with a manager's `reason`; a changed discharge moves it either way.
    `follows`: it follows from something else that this person was allowed to record.
    Raises NotAllowed, and Refused at the field or at "reason".
    """
    told = referring.tick_circumstance(referral, facts, by=by, at=at, follows=follows)
    either_way = facts.kind == CircumstanceKind.IN_HOSPITAL
    keep_in_line(referral, reason, either_way=either_way, by=by, at=at)
    return told


@transaction.atomic
def take_back_circumstance(
    referral: Referral, kind: str, *, by: User, at: datetime, reason: str = ""
) -> None:
    """Take a circumstance back; a clock that would then end later needs a manager's `reason`.

    Raises NotAllowed, and Refused at "reason".
    """
    referring.untick_circumstance(referral, kind, by=by, at=at, reason=reason)
    keep_in_line(referral, reason, either_way=False, by=by, at=at)


@transaction.atomic
def correct_moments(
    referral: Referral,
    *,
    triggered_at: datetime,
    received_at: datetime | None,
    reason: str,
    by: User,
    at: datetime,
) -> Referral:
    """Correct when it happened or came in; later needs a manager. Raises NotAllowed and Refused."""
    kept = referring.correct_moments(
        referral, triggered_at=triggered_at, received_at=received_at, reason=reason, by=by, at=at
    )
    keep_in_line(kept, reason, either_way=False, by=by, at=at)
    return kept


def keep_in_line(referral: Referral, reason: str, *, either_way: bool, by: User, at: datetime) -> None:
    """Bring the clocks in line; a reason lets one move later only when a manager gives it."""
    kept = Referral.objects.get(pk=referral.pk)
    is_manager = permissions.refusal_to_lengthen(by, at) is None
    keep_clocks(kept, by=by, at=at, manager_reason=reason if is_manager else "", may_lengthen=either_way)
    _call_decider(kept, by=by, at=at)


def _call_decider(referral: Referral, *, by: User, at: datetime) -> None:
    """Whoever must decide on immediate protection may see the case, and is told at once, once."""
    running = Deadline.objects.running().of(f"referral:{referral.pk}", Duty.IMMEDIATE_PROTECTION_DECISION)
    clock = running.select_related("owner").first()
    if clock is None or clock.owner is None:
        return
    why = "Decides on immediate protection"
    grant(referral.case, user=clock.owner, purpose=AccessPurpose.MANAGES, why=why, by=by, at=at)
    letters.protection_to_decide(referral, clock.owner, clock.due_at, by=by, at=at)
