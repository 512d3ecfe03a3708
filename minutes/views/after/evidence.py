"""The file that shows that an action was done, for whoever may read the action."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from attendees.views.access import Partner
from attendees.views.answering import attachment
from attendees.views.partner_pages import partner_page
from minutes.models import Action, EvidenceFile
from minutes.services.evidence import open_evidence
from minutes.views.after.base import record_for
from minutes.views.after.partner import own_actions


def evidence(request: HttpRequest, pk: int, action: int) -> HttpResponse:
    """Staff: whoever may see the case."""
    return _given(Action.objects.filter(minutes=record_for(request, pk)), action, request.user)


@partner_page("action_evidence", notes=False, admitted=True)
def partner_evidence(request: HttpRequest, partner: Partner, action: int) -> HttpResponse:
    """A partner: of their own action."""
    return _given(own_actions(partner), action, partner.actor)


def _given(actions: Any, pk: int, by: Any) -> HttpResponse:
    rows = EvidenceFile.objects.filter(action__in=actions, action=pk)
    found = get_object_or_404(rows.select_related("action__minutes__discussion__case"))
    return attachment(found, open_evidence(found, by=by, at=timezone.now()))
