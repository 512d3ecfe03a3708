"""No open escalation without a living owner: whoever has left hands their rungs on by themselves."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from audit import services as audit
from audit.errors import Refused
from cases.models import Case
from escalations import events
from escalations.models import Stage
from escalations.services.stages import hand_clock, let_see, living_owner, verb_for

MOST = 100


def keep_owners(now: datetime | None = None) -> int:
    """Give each open rung whose owner has left to whoever owns it now; how many. Safe to run twice."""
    moment = now or timezone.now()
    orphans = Stage.objects.ongoing().filter(owner__is_active=False).order_by("pk")
    return sum(_hand_on(pk, moment) for pk in list(orphans.values_list("pk", flat=True)[:MOST]))


@transaction.atomic
def _hand_on(pk: int, now: datetime) -> bool:
    joined = Stage.objects.select_related(
        "owner", "escalation__case__team__manager", "escalation__case__allocated_worker",
        "escalation__raised_by__user", "escalation__raising_agency", "escalation__against",
    )  # fmt: skip
    case = Case.objects.lock(joined.get(pk=pk).escalation.case)
    stage: Stage | None = joined.ongoing().filter(pk=pk, owner__is_active=False).first()  # type: ignore[attr-defined]
    if stage is None:
        return False
    try:
        owner = living_owner(stage.escalation, stage.from_role, stage.to_role)
    except Refused:
        return False  # tried again when somebody of the service has an account
    stage.owner = owner
    stage.save(update_fields=["owner"])
    let_see(case, owner, by=None, at=now)
    hand_clock(stage, verb=verb_for(stage), by=None, at=now)
    data = {"rung": stage.number, "owner": owner.pk}
    audit.record(events.HANDED_ON, case, subject=stage.escalation, by=None, at=now, data=data)
    return True
