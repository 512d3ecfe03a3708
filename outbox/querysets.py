"""How letters are found: the worklist's page, the health page and the delivery read through these."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Case, Count, F, Min, Q, QuerySet, When
from django.db.models.functions import Now

from audit.refs import case_ref, ref
from outbox.enums import FAILED, UNSENT, WAITING, Status

if TYPE_CHECKING:
    from outbox.models import Letter  # noqa: F401  named in the quoted type below


@dataclass(frozen=True, slots=True)
class Backlog:
    """Letters that should have gone."""

    count: int
    oldest: datetime | None


class LetterQuerySet(QuerySet["Letter"]):
    """Letters."""

    def waiting(self) -> Self:
        """Not yet with the mail server and not given up."""
        return self.filter(status__in=UNSENT)

    def due(self) -> Self:
        """Waiting and to be tried now, by the database's clock, most urgent first."""
        return self.filter(status__in=WAITING, next_try_at__lte=Now()).order_by(
            "urgency", "next_try_at", "id"
        )

    def failed(self) -> Self:
        """Refused or given up: somebody must act."""
        return self.filter(status__in=FAILED)

    def in_doubt(self) -> Self:
        """Nobody can say whether it arrived, or it may have arrived twice."""
        return self.filter(Q(status=Status.MAY_HAVE_ARRIVED) | Q(may_have_arrived_twice=True))

    def overdue(self) -> Self:
        """Waiting although the time until which it matters has passed."""
        return self.waiting().filter(important_until__lt=Now())

    def stuck(self, longer_than: timedelta) -> Self:
        """Due for longer than this and still not sent: nobody is carrying the post."""
        return self.waiting().filter(next_try_at__lt=Now() - longer_than)

    def for_case(self, case: Any) -> Self:
        """Letters about one case."""
        return self.filter(case_ref=case_ref(case))

    def about(self, subject: Any) -> Self:
        """Letters about one row, such as "discussion:4"."""
        return self.filter(subject_ref=ref(subject))

    def to(self, person: Any) -> Self:
        """Letters to one person, such as "professional:3"."""
        return self.filter(to_ref=ref(person))

    def backlog(self, now: datetime) -> Backlog:
        """How many letters should have gone by `now`, and since when the oldest of them has waited."""
        due = Q(next_try_at__lte=now) | Q(attempt_number=0)
        since = Case(When(attempt_number=0, then=F("queued_at")), default=F("next_try_at"))
        found = self.waiting().filter(due).aggregate(count=Count("pk"), oldest=Min(since))
        return Backlog(**found)

    def oldest_waiting(self) -> datetime | None:
        """Since when the oldest unsent letter has waited; None when there is none."""
        found: datetime | None = self.waiting().aggregate(oldest=Min("queued_at"))["oldest"]
        return found
