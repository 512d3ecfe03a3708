"""Asking for a discussion: starting, submitting and withdrawing a request."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists

from accounts.models import User
from accounts.roles import Permission
from audit.errors import Refused, refuse
from audit.services import record
from cases.enums import AccessPurpose
from cases.models import Child
from cases.services import grant
from deadlines.enums import Duty
from deadlines.models import Deadline
from protocols.enums import Severity
from referrals.models import Referral
from strategy import events, letters, permissions, workflow
from strategy.clocks import keep_clocks, protocol_for
from strategy.enums import MEETINGS, Section, Status
from strategy.models import Discussion, StrategyRequest, Submission, Withdrawal
from strategy.people import authorisers_for, deputies_of, support_team
from strategy.rules.asking import Asked, Problem, Wanted, blocking, lacks_what_is_new, problems
from strategy.rules.changes import Change, changes
from strategy.services import police
from strategy.sheet import as_may_be_told, children_in, kept, load, sheet_in, sheet_of

SCREENED = ("screened_on", "screened_by", "screening_rating")


@transaction.atomic
def start_request(
    referral: Referral,
    *,
    by: User,
    at: datetime,
    children: Sequence[Child] = (),
    on_behalf_of: User | None = None,
) -> StrategyRequest:
    """Begin to ask for a discussion about a referral; its deadline is provisional until submitted.

    Raises NotAllowed, and Refused when no local procedure is in force.
    """
    referral = Referral.objects.lock(referral)
    refuse(permissions.refusal_to_see(by, referral.case) or permissions.refusal_to_request(by, at))
    request = StrategyRequest.objects.create(
        case=referral.case,
        referral=referral,
        protocol=protocol_for(referral, at),
        requester=by,
        on_behalf_of=on_behalf_of,
        direct_number=by.phone,
    )
    feared = Child.objects.filter(concerns__referral=referral).distinct()
    about = list(children or feared or Child.objects.filter(case=referral.case))
    request.children.set(about)
    if len(about) == 1 and not Child.objects.filter(case=referral.case).exclude(pk=about[0].pk).exists():
        request.finished_sections = [Section.CHILDREN.value]  # there is nobody else to choose
        request.save(update_fields=["finished_sections"])
    grant(
        referral.case, user=by, purpose=AccessPurpose.REQUESTED, why="Asks for the discussion", by=by, at=at
    )
    keep_clocks(referral, by=by, at=at)
    record(events.STARTED, referral.case, subject=request.subject, by=by, at=at)
    return request


@transaction.atomic
def ask_on_behalf(
    request: StrategyRequest, *, on_behalf_of: User | None, by: User, at: datetime
) -> StrategyRequest:
    """Say for whom one asks, or that one asks for oneself; they may see the case, and never authorise it.

    Raises NotAllowed, MoveNotAllowed, and Refused for somebody who may not ask.
    """
    wanted: StrategyRequest = StrategyRequest.objects.lock(request)
    refuse(permissions.refusal_to_see(by, wanted.case) or permissions.refusal_to_request(by, at))
    if not wanted.is_open_to_change:
        workflow.REQUEST.check_move(wanted.status, Status.SUBMITTED, *workflow.SUBMITS)
    if on_behalf_of is not None:
        if on_behalf_of.pk == wanted.requester_id:
            raise Refused("on_behalf_of", "You asked for this yourself: choose somebody else, or yourself")
        if not on_behalf_of.is_active or not on_behalf_of.may(Permission.REQUEST_DISCUSSION):
            raise Refused("on_behalf_of", f"{on_behalf_of} may not ask for a discussion")
        why = f"{by.name} asks on their behalf"
        grant(wanted.case, user=on_behalf_of, purpose=AccessPurpose.REQUESTED, why=why, by=by, at=at)
    wanted.on_behalf_of = on_behalf_of
    wanted.version += 1
    wanted.save(update_fields=["on_behalf_of", "version"])
    keep_clocks(wanted.referral, by=by, at=at)
    data = {"for": f"user:{on_behalf_of.pk}" if on_behalf_of else ""}
    record(events.ON_BEHALF, wanted.case, subject=wanted.subject, by=by, at=at, data=data)
    return wanted


@transaction.atomic
def submit(
    request: StrategyRequest, *, professionals: Sequence[Wanted], by: User, at: datetime
) -> StrategyRequest:
    """Ask: hand the request to the manager who authorises; also to submit again after a return.

    1. Lock the request; only who may ask, and only a draft or a returned one.
    2. Refuse at the first thing that the local procedure blocks (warnings do not hold it up).
    3. Keep a snapshot of what was asked, so that a later submission shows what changed.
    4. Let the case's team and its manager see the case; tell the manager; move the clocks.

    `professionals` are told by the room above, which keeps them. Raises NotAllowed, MoveNotAllowed, Refused.
    """
    wanted: StrategyRequest = StrategyRequest.objects.lock(request)
    refuse(permissions.refusal_to_see(by, wanted.case) or permissions.refusal_to_request(by, at))
    workflow.REQUEST.check_move(wanted.status, Status.SUBMITTED, *workflow.SUBMITS)
    found = missing(wanted, professionals)
    refuse_first(blocking(found))
    snapshot = kept(sheet_of(wanted, professionals), {one.said: one.source for one in found})
    Submission.objects.create(request=wanted, by=by, at=at, snapshot=snapshot)
    wanted.submitted_at = wanted.submitted_at or at
    _move(wanted, Status.SUBMITTED)
    managers = _let_managers_see(wanted, by=by, at=at)
    keep_clocks(wanted.referral, by=by, at=at, may_lengthen=wanted.submitted_at == at)
    letters.request_submitted(wanted, managers, by=by, at=at)
    record(events.SUBMITTED, wanted.case, subject=wanted.subject, by=by, at=at)
    if not wanted.protocol.rules.request_authoriser_roles.value:
        _pass_without_authorisation(wanted, by=by, at=at)
    return wanted


@transaction.atomic
def withdraw(request: StrategyRequest, *, reason: str, by: User, at: datetime) -> StrategyRequest:
    """No longer ask. The convene deadline runs on: only a manager's decision that none is needed ends it.

    Raises NotAllowed, MoveNotAllowed, and Refused without a reason.
    """
    wanted: StrategyRequest = StrategyRequest.objects.lock(request)
    refuse(permissions.refusal_to_see(by, wanted.case) or permissions.refusal_to_withdraw(by, wanted, at))
    workflow.REQUEST.check_move(wanted.status, Status.WITHDRAWN)
    if not reason.strip():
        raise Refused("reason", "Enter why the request is withdrawn")
    told = [] if wanted.status == Status.DRAFT else authorisers_for(wanted)[:1]
    Withdrawal.objects.create(request=wanted, by=by, at=at, reason=reason)
    _move(wanted, Status.WITHDRAWN)
    keep_clocks(wanted.referral, by=by, at=at)
    letters.request_withdrawn(wanted, told, by=by, at=at)
    police.call_off(wanted, "withdrawn", by=by, at=at)
    record(events.WITHDRAWN, wanted.case, subject=wanted.subject, by=by, at=at)
    return wanted


def last_request(wanted: StrategyRequest) -> StrategyRequest | None:
    """The last request of the same case that was submitted."""
    others = StrategyRequest.objects.filter(case=wanted.case_id, submitted_at__isnull=False)
    found: StrategyRequest | None = others.exclude(pk=wanted.pk).order_by("-submitted_at", "-pk").first()
    return found


def asked_of(wanted: StrategyRequest, professionals: Sequence[Wanted]) -> Asked:
    """The request as its rules want it."""
    load(wanted)
    circumstances = list(wanted.referral.circumstances.all())
    children = children_in(wanted)
    return Asked(
        children=len(children),
        looked_after=any(child.status == "looked_after" for child in children),
        finished=frozenset(wanted.finished_sections),
        threshold_reason=wanted.threshold_reason,
        parents_informed=wanted.parents_informed,
        parents_reason=wanted.parents_reason,
        circumstances=frozenset(one.kind for one in circumstances),
        screened=frozenset(one.kind for one in circumstances if all(getattr(one, name) for name in SCREENED)),
        format=wanted.format_wanted,
        is_urgent=wanted.is_urgent,
        urgent_reason=wanted.urgent_reason,
        direct_number=wanted.direct_number,
        hospital_setting=wanted.hospital_setting,
        professionals=tuple(professionals),
        agencies_plan=wanted.agencies_plan,
        new_information=wanted.new_information,
        not_applicable=wanted.not_applicable,
        returned=_returned(wanted),
        unfeared=tuple(child.name for child in children if not child.feared),
        **earlier_of(wanted),
    )


def _returned(wanted: StrategyRequest) -> frozenset[str]:
    """The sections that the manager sent back: each must be looked at again, also one that may follow."""
    if wanted.status != Status.RETURNED:
        return frozenset()
    told = getattr(wanted, "returned_for", None)  # a page has read it already
    if told is None:
        told = wanted.returns.values_list("reasons", flat=True).last()
    return frozenset(told or ())


def earlier_of(wanted: StrategyRequest) -> dict[str, bool]:
    """Whether this asks for a further discussion (row H09), and whether the last one held was a meeting.

    Asked only where the procedure cares. One that was never quorate does not count as held, and while a
    follow-up meeting is owed for a telephone discussion nothing is a further one (X9).
    """
    if not wanted.protocol.rules.reviews_need_new_information.value:
        return {}
    owed = Deadline.objects.running().filter(case=wanted.case_id, duty=Duty.FOLLOW_UP_MEETING)
    held = Discussion.objects.filter(case=wanted.case_id, quorate_at__isnull=False, ended_at__isnull=False)
    last = held.exclude(request=wanted).filter(~Exists(owed)).order_by("-ended_at", "-pk")
    found = last.values_list("format", flat=True).first()
    return {"is_further": found is not None, "had_meeting": found in MEETINGS}


def must_say_what_is_new(wanted: StrategyRequest) -> bool:
    """Whether the request cannot be submitted until it says what is new (rows H08, H09): one statement."""
    rules = wanted.protocol.rules
    if rules.reviews_need_new_information.severity != Severity.BLOCK or wanted.new_information.strip():
        return False
    told = earlier_of(wanted)
    return bool(told) and lacks_what_is_new(
        format=wanted.format_wanted, new_information="", protocol=rules, **told
    )


def missing(wanted: StrategyRequest, professionals: Sequence[Wanted]) -> list[Problem]:
    """Everything the request lacks now, blocking or not: for the check page and the authorising manager."""
    return problems(asked_of(wanted, professionals), wanted.protocol.rules)


def changes_since_last(wanted: StrategyRequest, professionals: Sequence[Wanted] = ()) -> list[Change]:
    """What is not as it was at the last submission before the one that counts now; empty for a first one.

    No address that has become confidential is told by what stood there.
    """
    kept_sheets = [sheet_in(one.snapshot) for one in wanted.submissions.all()] if wanted.submitted_at else []
    sheets = [as_may_be_told(wanted, one) for one in kept_sheets[-2:]]
    if wanted.is_open_to_change:
        return changes(sheets[-1], sheet_of(wanted, professionals)) if sheets else []
    return changes(sheets[-2], sheets[-1]) if len(sheets) > 1 else []


def refuse_first(found: Iterable[Problem]) -> None:
    """Raise the first thing that the local procedure blocks, at its field and with its clause."""
    for problem in found:
        if problem.blocks:
            clause = f" ({problem.source})" if problem.source else ""
            raise Refused(problem.field, f"{problem.sentence}{clause}")


def _let_managers_see(wanted: StrategyRequest, *, by: User, at: datetime) -> list[User]:
    case = wanted.case
    grant(case, team=case.team, purpose=AccessPurpose.ALLOCATED, why="The case’s team", by=by, at=at)
    managers = authorisers_for(wanted)[:1]
    for person in [*managers, *deputies_of(managers, at)]:
        grant(case, user=person, purpose=AccessPurpose.MANAGES, why="Authorises the request", by=by, at=at)
    return [*managers, *deputies_of(managers, at)]


def _pass_without_authorisation(wanted: StrategyRequest, *, by: User, at: datetime) -> None:
    """A procedure that names nobody to authorise (X10) sends a request straight to be booked."""
    team = support_team(wanted.case)
    _move(wanted, Status.AUTHORISED)
    if team is not None:
        grant(wanted.case, team=team, purpose=AccessPurpose.SUPPORTS, why="Books and minutes", by=by, at=at)
    keep_clocks(wanted.referral, by=by, at=at)
    letters.request_authorised(wanted, team, by=by, at=at)
    record(
        events.AUTHORISED, wanted.case, subject=wanted.subject, by=None, at=at, data={"step": "none needed"}
    )


def _move(wanted: StrategyRequest, to: str) -> None:
    workflow.REQUEST.check_move(wanted.status, to)
    wanted.status = to
    wanted.version += 1
    wanted.save()
