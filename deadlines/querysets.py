"""Stored clocks: the ones running, and the ones about which somebody must now be told."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Q

from cases.querysets import CaseBoundQuerySet
from deadlines.enums import ClockState, Duty

OWING = Q(state=ClockState.MET, met_at__gt=F("due_at"), late_reason="")
# Running clocks that no law sets: few, though a million of the others may run beside them.
INNER = Q(state=ClockState.RUNNING) & ~Q(duty__in=[duty.value for duty in Duty])


class DeadlineQuerySet(CaseBoundQuerySet):
    """Clocks of cases."""

    def running(self) -> DeadlineQuerySet:
        """Clocks that nobody has met or voided yet."""
        return self.filter(state=ClockState.RUNNING)

    def owing(self) -> DeadlineQuerySet:
        """Clocks that were met late and of which nobody has yet said why."""
        return self.filter(OWING)

    def overdue(self, now: datetime) -> DeadlineQuerySet:
        """Running clocks past their due moment."""
        return self.running().filter(due_at__lt=now)

    def of(self, subject: str, duty: str) -> DeadlineQuerySet:
        """The clocks of one thing and duty, the latest first."""
        return self.filter(subject=subject, duty=duty).order_by("-pk")

    def most_urgent_first(self) -> DeadlineQuerySet:
        """Open gates first, since they are always red, then by due moment."""
        return self.order_by(F("due_at").asc(nulls_first=True), "pk")
