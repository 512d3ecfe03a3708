"""A child who turns out to be concerned after the request was submitted, or who turns out not to be (G03)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import Team, User
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, refuse
from cases.models import Case, Child
from deadlines import services as deadlines
from deadlines.enums import Duty
from deadlines.models import Deadline
from minutes.enums import MinutesStatus
from minutes.models import Minutes, Section
from minutes.permissions import concerned as permissions
from minutes.services.record import changed, make_room_for_child
from referrals.models import Concern
from referrals.rules import CircumstanceFacts
from referrals.services import fear_too
from strategy import events, letters
from strategy import services as asking
from strategy.enums import Status
from strategy.models import ChildChange, Decision, Discussion, StrategyRequest
from strategy.people import authorisers_for, deputies_of, support_team
from strategy.services.referring import keep_in_line
from strategy.services.running import refuse_while_running


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """Who is concerned too, and why. `harm` None: the same is feared as for the others.

    `circumstances` are those that became known with the child; a moment they shorten follows by itself.
    """

    child: Child
    reason: str
    harm: Sequence[str] | None = None
    circumstances: Sequence[str] = ()


@transaction.atomic
def add_child(request: StrategyRequest, told: Concerned, *, by: User, at: datetime) -> StrategyRequest:
    """Add a child of the case to a request that was submitted, until its discussion ends (row G03).

    1. Lock case, request and discussion; who asks, answers or books; while it is held, who runs it.
    2. A child of the case who is not part of it yet, with the reason.
    3. What is the same for all, or differs; what became known with the child starts to count now.
    4. The clocks follow, the record that is open has room for the child, and those whose turn it is are told.
    Raises NotAllowed, MoveNotAllowed when it was held meanwhile, Refused at a field.
    """
    wanted, discussion = _lock(request)
    refuse(permissions.refusal_to_add_child(by, wanted, discussion, at))
    child = Child.objects.filter(case=wanted.case_id, pk=told.child.pk).first()
    if child is None:
        raise Refused("child", "Choose a child of this case")
    if wanted.children.filter(pk=child.pk).exists():
        raise Refused("child", f"{child} is part of this request already")
    _change(wanted, child, told.reason, joined=True, by=by, at=at)
    harm = told.harm if told.harm is not None else _same_as_others(wanted, child)
    fear_too(wanted.referral, child, harm, by=by, at=at)
    for kind in told.circumstances:
        who = f"{by.name}, with a child who joined the request"
        learnt = CircumstanceFacts(kind=kind, learned_at=at, learned_by=who)
        asking.tell_circumstance(wanted.referral, learnt, by=by, at=at)
    keep_in_line(wanted.referral, "", either_way=False, by=by, at=at)
    record = _record_of(discussion)
    if record is not None:
        make_room_for_child(record, child, at)
    _tell(wanted, discussion, joined=True, by=by, at=at)
    data = {"child": child.pk, "reason": told.reason.strip()[:300]}
    audit.record(events.CHILD_JOINED, wanted.case, subject=wanted.subject, by=by, at=at, data=data)
    return wanted


@transaction.atomic
def take_child_off(
    request: StrategyRequest, child: Child, *, reason: str, by: User, at: datetime
) -> StrategyRequest:
    """Take a child off a request that was submitted, with the reason, before its discussion starts.

    Never the last child, one for whom it was decided or something runs, or one the record has words about. A
    child of the first submission must still be seen; the clock of one who joined later ends with it.
    Raises NotAllowed, MoveNotAllowed, Refused.
    """
    wanted, discussion = _lock(request)
    refuse(permissions.refusal_to_take_child_off(by, wanted, discussion, at))
    if not wanted.children.filter(pk=child.pk).exists():
        raise Refused(None, f"{child} is not part of this request")
    if wanted.children.count() == 1:
        raise Refused(None, f"{child} is the only child of this request: withdraw the request instead")
    if Decision.objects.filter(discussion__request=wanted, child=child).exists():
        raise Refused(None, f"It was decided for {child} already, so the child stays part of this request")
    refuse_while_running(child)
    _clear_record(_record_of(discussion), child)
    joined_later = ChildChange.objects.filter(request=wanted, child=child, joined=True).exists()
    _change(wanted, child, reason, joined=False, by=by, at=at)
    if joined_later and not child.requests.exclude(status__in=permissions.OVER).exists():
        why = f"The child was taken off the request: {reason.strip()}"
        for clock in Deadline.objects.running().of(f"child:{child.pk}", Duty.CHILD_SEEN):
            deadlines.void(clock, reason=why, by=by, at=at)
    keep_in_line(wanted.referral, "", either_way=False, by=by, at=at)
    _tell(wanted, discussion, joined=False, by=by, at=at)
    data = {"child": child.pk, "reason": reason.strip()[:300]}
    audit.record(events.CHILD_TAKEN_OFF, wanted.case, subject=wanted.subject, by=by, at=at, data=data)
    return wanted


def _lock(request: StrategyRequest) -> tuple[StrategyRequest, Discussion | None]:
    Case.objects.lock(request.case)
    wanted: StrategyRequest = StrategyRequest.objects.lock(request)
    discussion = permissions.under_way(wanted)
    if discussion is not None:
        discussion = Discussion.objects.lock(discussion)
    if reason := permissions.why_not_now(wanted):
        raise MoveNotAllowed(reason)
    return wanted, discussion


def _change(
    wanted: StrategyRequest, child: Child, reason: str, *, joined: bool, by: User, at: datetime
) -> None:
    if not reason.strip():
        sentence = "Enter how the child is concerned" if joined else "Enter why the child is not concerned"
        raise Refused("reason", sentence)
    if joined:
        wanted.children.add(child)
    else:
        wanted.children.remove(child)
    why = reason.strip()[:500]
    ChildChange.objects.create(request=wanted, child=child, joined=joined, reason=why, by=by, at=at)
    wanted.version += 1
    wanted.save(update_fields=["version"])


def _same_as_others(wanted: StrategyRequest, child: Child) -> list[str]:
    others = Concern.objects.filter(referral=wanted.referral_id, child__requests=wanted).exclude(child=child)
    return sorted(set(others.values_list("abuse_type", flat=True)))


def _record_of(discussion: Discussion | None) -> Minutes | None:
    """The record of the discussion while it is open, locked."""
    if discussion is None:
        return None
    still = (MinutesStatus.OPENED, MinutesStatus.LIVE)
    found = Minutes.objects.filter(discussion=discussion, status__in=still).first()
    if found is None:
        return None
    record: Minutes = Minutes.objects.lock(found)
    record.discussion = discussion
    return record


def _clear_record(record: Minutes | None, child: Child) -> None:
    """Take the child's empty cells out of the record that is open; words about the child keep it in."""
    if record is None:
        return
    cells = Section.objects.filter(minutes=record, child=child)
    if cells.exclude(version=0).exists():
        raise Refused(
            None,
            f"The record of the discussion has words about {child}: the child stays part of it. "
            "Say in the record that the child is not concerned.",
        )
    cells.delete()
    changed(record)


def _tell(
    wanted: StrategyRequest, discussion: Discussion | None, *, joined: bool, by: User, at: datetime
) -> None:
    """Who answers for the request, who chairs it, and, once it is authorised, who books it."""
    managers = authorisers_for(wanted)[:1]
    authorisation = getattr(wanted, "authorisation", None)
    people = [*managers, *deputies_of(managers, at), *([authorisation.by] if authorisation else [])]
    if discussion is not None:
        held = discussion.bookings.filter(cancelled_at=None).select_related("chair").first()
        people += [held.chair] if held is not None else []
    team: Team | None = None
    if wanted.status in (Status.AUTHORISED, Status.BOOKED):
        team = support_team(wanted.case)
    letters.children_changed(wanted, people, team, joined=joined, by=by, at=at)
