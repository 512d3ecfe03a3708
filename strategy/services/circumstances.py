"""The section of a request on which its deadline hangs."""

import dataclasses
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from audit.errors import MoveNotAllowed, StaleVersion, refuse
from audit.services import record
from referrals import services as referring
from referrals.enums import CircumstanceKind
from referrals.models import Circumstance
from referrals.rules import CircumstanceFacts
from strategy import events, permissions
from strategy.enums import Section, Status
from strategy.models import StrategyRequest
from strategy.services.referring import keep_in_line
from strategy.services.sections import ANY, STALE, Seen, finish_section

ENDED = (Status.HELD, Status.WITHDRAWN, Status.NOT_NEEDED)


@transaction.atomic
def save_circumstances(
    request: StrategyRequest,
    told: Sequence[CircumstanceFacts],
    *,
    by: User,
    at: datetime,
    seen: Seen = ANY,
    reason: str = "",
    is_whole: bool = True,
) -> StrategyRequest:
    """Record every circumstance at once: those told are ticked or changed, the others taken back.

    The section counts as finished when `is_whole`: it saves itself before all is answered.
    Facts learnt after the submission are recorded here too. The deadline follows at once; a running one moves
    later only with a manager's `reason`, or with a changed planned discharge.
    Raises NotAllowed, MoveNotAllowed when the discussion was held or none is needed, StaleVersion, Refused.
    """
    wanted: StrategyRequest = StrategyRequest.objects.lock(request)
    refuse(permissions.refusal_to_see(by, wanted.case) or permissions.refusal_to_request(by, at))
    if wanted.status in ENDED:
        raise MoveNotAllowed("This request has come to its end: its circumstances can no longer change.")
    if seen.is_stale(wanted, Section.CIRCUMSTANCES):
        raise StaleVersion(None, STALE)
    before = {one.kind: _facts(one) for one in wanted.referral.circumstances.all()}
    after = {one.kind: one for one in told}
    if before == after and is_whole == (Section.CIRCUMSTANCES in wanted.finished_sections):
        return wanted
    for kind in before.keys() - after.keys():
        referring.untick_circumstance(wanted.referral, kind, by=by, at=at, reason=reason)
    for kind, facts in after.items():
        if before.get(kind) != facts:
            referring.tick_circumstance(wanted.referral, facts, by=by, at=at)
    finish_section(wanted, Section.CIRCUMSTANCES, form=seen.form, is_finished=is_whole)
    keep_in_line(wanted.referral, reason, either_way=_discharge_moved(before, after), by=by, at=at)
    data = {"section": Section.CIRCUMSTANCES.value}
    record(events.SECTION_SAVED, wanted.case, subject=wanted.subject, by=by, at=at, data=data)
    return wanted


def _facts(one: Circumstance) -> CircumstanceFacts:
    names = [field.name for field in dataclasses.fields(CircumstanceFacts)]
    return CircumstanceFacts(**{name: getattr(one, name) for name in names})


def _discharge_moved(before: dict[str, CircumstanceFacts], after: dict[str, CircumstanceFacts]) -> bool:
    was, is_now = before.get(CircumstanceKind.IN_HOSPITAL), after.get(CircumstanceKind.IN_HOSPITAL)
    return was is not None and is_now is not None and was.planned_discharge_at != is_now.planned_discharge_at
