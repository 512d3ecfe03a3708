"""Letters of an escalation to both agencies: a reference, the rung, by when, a link. Nothing of a child."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.models import Agency, User
from attendees.models import PartnerLink, Professional
from deadlines.models import Deadline
from escalations.models import Escalation, Stage
from govuk.moments import moment
from outbox.enums import Urgency
from outbox.models import Letter
from outbox.services import queue
from strategy.people import support_team

RAISED, MOVED_UP, ANSWERED, RESOLVED, WITHDRAWN = (
    f"escalation_{what}" for what in ("raised", "moved_up", "answered", "resolved", "withdrawn")
)


def tell_person(
    kind: str, stage: Stage, person: User, clock: Deadline | None, *, by: Any, at: datetime, **more: Any
) -> Letter:
    """Tell somebody of the authority: the owner of the rung, or whoever raised it."""
    context = _about(stage, clock, by) | more | {"name": person.name, "link": None, "path": _path(stage)}
    return _send(kind, stage, person.email, person.name, person, context, by, at)


def tell_partner(
    kind: str,
    stage: Stage,
    partner: Professional,
    link: PartnerLink | None,
    clock: Deadline | None,
    *,
    by: Any,
    at: datetime,
    **more: Any,
) -> Letter:
    """Tell a professional of the other agency, by their own link where they have no account."""
    path = reverse("escalations:partner_escalation", args=[stage.escalation_id])
    context = _about(stage, clock, by) | more | {"name": partner.name, "path": path}
    context["link"] = link.pk if link else None
    context["has_way"] = link is not None or partner.user_id is not None
    return _send(kind, stage, partner.email, partner.name, partner, context, by, at)


def tell_agency(
    kind: str, stage: Stage, agency: Agency, clock: Deadline | None, *, by: Any, at: datetime, **more: Any
) -> Letter:
    """Tell an agency by its own mailbox, which opens nothing: whom to telephone stands in the letter."""
    context = _about(stage, clock, by) | more | {"name": agency.name, "link": None, "path": ""}
    context["has_way"] = False
    return _send(kind, stage, agency.mailbox, agency.name, agency, context, by, at)


def _about(stage: Stage, clock: Deadline | None, by: Any) -> dict[str, Any]:
    escalation: Escalation = stage.escalation
    return {
        "reference": escalation.case.reference,
        "cause": escalation.get_cause_display().lower(),
        "raised_by": f"{escalation.raised_by.name}, {escalation.raising_agency.name}",
        "raising": escalation.raising_agency.name,
        "against": escalation.against.name,
        "rung": stage.name,
        "due": moment(clock.due_at) if clock and clock.due_at else "",
        "immediate": escalation.is_immediate,
        "owner": stage.owner.name,
        "owner_phone": stage.owner.phone,
        "by": by.name,
        "authority": settings.AUTHORITY_NAME,
        "has_way": True,
    }


def _path(stage: Stage) -> str:
    return stage.escalation.get_absolute_url()


def _send(
    kind: str, stage: Stage, email: str, name: str, to: Any, context: dict[str, Any], by: Any, at: datetime
) -> Letter:
    case = stage.escalation.case
    team = support_team(case)
    ref = f"{to._meta.model_name}:{to.pk}"
    return queue(
        kind,
        to_email=email,
        to_name=name,
        to_ref=to,
        context=context,
        by=by,
        at=at,
        case=case,
        subject=stage.escalation.subject,
        key=f"{kind}:{stage.pk}:{ref}",
        reply_to=case.team.mailbox or (team.mailbox if team else ""),
        urgency=Urgency.URGENT,
    )


__all__ = ["tell_agency", "tell_partner", "tell_person"]
