"""Escalations are seen through their case; which of them are somebody's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Q, Subquery, TextField, Value
from django.db.models.functions import Cast, Concat

from cases.querysets import CaseBoundQuerySet
from deadlines.enums import Duty
from deadlines.models import Deadline
from escalations.enums import OPEN_STAGES, EscalationStatus

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User
    from attendees.models import Professional


class EscalationQuerySet(CaseBoundQuerySet):
    """Escalations of cases."""

    def for_page(self) -> EscalationQuerySet:
        """With what every page of them names."""
        joined: EscalationQuerySet = self.select_related(
            "case__team", "raised_by", "raising_agency", "against", "discussion", "resolution__by", "protocol"
        )
        return joined

    def ongoing(self) -> EscalationQuerySet:
        """Those that are neither resolved nor withdrawn."""
        return self.filter(status=EscalationStatus.OPEN)

    def by_need(self, at: datetime) -> EscalationQuerySet:
        """Those whose rung is past its moment at `at` (aware) first, the longest overdue of them first; then
        the others, the newest first."""
        stage = self.model._meta.get_field("stages").related_model._default_manager  # type: ignore[union-attr]
        late = Deadline.objects.running().filter(duty=Duty.ESCALATION_STAGE, due_at__lt=at)
        late = late.filter(subject=Concat(Value("stage:"), Cast(OuterRef("pk"), TextField())))
        stages = stage.filter(escalation=OuterRef("pk"), status__in=OPEN_STAGES)
        since = Subquery(
            stages.annotate(late_since=Subquery(late.values("due_at")[:1])).values("late_since")[:1]
        )
        found: EscalationQuerySet = self.annotate(late_since=since)
        return found.order_by(F("late_since").asc(nulls_last=True), "-raised_at", "-pk")

    def mine(self, user: User) -> EscalationQuerySet:
        """Those this person raised, or owns at the rung they stand on."""
        stage = self.model._meta.get_field("stages").related_model._default_manager  # type: ignore[union-attr]
        owned = stage.filter(escalation=OuterRef("pk"), owner=user, status__in=OPEN_STAGES)
        return self.filter(Q(raised_by__user=user) | Exists(owned))

    def of_team(self, user: User) -> EscalationQuerySet:
        """Those of the cases of the teams this person belongs to or manages."""
        return self.filter(Q(case__team__in=user.teams.values("pk")) | Q(case__team__manager=user))

    def followed_by(self, partner: Professional) -> EscalationQuerySet:
        """Those this partner raised, or that their agency raised or must answer."""
        agency = partner.agency_id
        return self.filter(Q(raised_by=partner) | Q(raising_agency=agency) | Q(against=agency))


class StageQuerySet(CaseBoundQuerySet):
    """Rungs hang on their escalation."""

    case_path = "escalation__case"

    def ongoing(self) -> StageQuerySet:
        """Rungs on which an escalation stands."""
        return self.filter(status__in=OPEN_STAGES)
