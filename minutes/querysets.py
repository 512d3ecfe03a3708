"""Everything of the record is seen through its discussion's case."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models.functions import Coalesce, JSONArray, JSONObject, Now

from accounts.models import ActingFor
from attendees.rules.reminding import LEAD
from cases.querysets import CaseBoundQuerySet
from minutes.enums import ActionStatus, DeliveryStatus, RecipientStatus, RenditionKind


class RecordQuerySet(CaseBoundQuerySet):
    """The record itself."""

    case_path = "discussion__case"


class RecordBoundQuerySet(CaseBoundQuerySet):
    """Rows that hang on the record."""

    case_path = "minutes__discussion__case"


class ActionQuerySet(RecordBoundQuerySet):
    """Actions."""

    def left(self) -> "ActionQuerySet":
        """Agreed, and still to be done; `wanted_at` is by when."""
        rows = self.filter(agreed_at__isnull=False, status__in=(ActionStatus.OPEN, ActionStatus.BLOCKED))
        return rows.annotate(wanted_at=Coalesce("extended_to", "due_at"))

    def as_shown(self) -> "ActionQuerySet":
        """With who gave more time and, of a deputy, for whom (`extended_for`)."""
        cover = ActingFor.objects.names("extended_by", "extended_at")
        return self.select_related("extended_by").annotate(extended_for=cover)

    def to_remind(self, now: datetime, morning: datetime) -> "ActionQuerySet":
        """Those whose owner, who has no account, may be to remind now; `reminder_since` says whether.

        `morning` is the last one on which somebody is reminded again of what is late.
        """
        untold = models.Q(chased_at=None) | models.Q(chased_at__lt=morning)
        untold |= models.Q(chased_at__lte=models.F("wanted_at"))
        rows = self.left().filter(untold, wanted_at__lte=now + LEAD, owner__is_active=True)
        no_account = models.Q(owner__user=None) | models.Q(owner__user__is_active=False)
        return rows.filter(no_account).exclude(owner__email="")


class ActionBoundQuerySet(CaseBoundQuerySet):
    """Rows that hang on an action."""

    case_path = "action__minutes__discussion__case"


class ReassignmentQuerySet(ActionBoundQuerySet):
    """Offers of actions to somebody else."""

    def waiting(self) -> "ReassignmentQuerySet":
        """Those that nobody has answered or taken back."""
        return self.filter(answer="")


class VersionBoundQuerySet(CaseBoundQuerySet):
    """Rows that hang on a version of the record."""

    case_path = "version__minutes__discussion__case"


class CirculationQuerySet(VersionBoundQuerySet):
    """Circulations of versions."""

    def left_out(self, professional: Any, discussion: Any) -> Self:
        """Those of a discussion that left somebody out on purpose; either may be an outer reference."""
        of_them: Any = JSONArray(JSONObject(professional=getattr(professional, "pk", professional)))
        return self.filter(version__minutes__discussion=discussion, left_out__contains=of_them)


class DeliveryQuerySet(VersionBoundQuerySet):
    """Deliveries to the case system."""

    def due(self) -> "DeliveryQuerySet":
        """Those to be tried now: printed, not filed by hand meanwhile, and in nobody's hands.

        A lease that ran out belonged to a worker that died: its try is made again under the same key.
        """
        free = models.Q(lease_until=None) | models.Q(lease_until__lt=Now())
        wanted = models.Q(version__filing=None) | models.Q(supplement__gt=0)
        filed = models.Q(version__filing__supplements__number__gte=models.F("supplement"), supplement__gt=0)
        return (
            self.exclude(filed)
            .filter(
                free,
                wanted,
                status=DeliveryStatus.WAITING,
                next_try_at__lte=Now(),
                version__renditions__kind=RenditionKind.WHOLE,
                version__renditions__child=None,
                version__renditions__enclosure__isnull=False,
            )
            .order_by("next_try_at", "pk")
        )


class SupplementQuerySet(CaseBoundQuerySet):
    """Supplements to a filing."""

    case_path = "filing__version__minutes__discussion__case"


class RecipientQuerySet(CaseBoundQuerySet):
    """Recipients of a circulation."""

    case_path = "circulation__version__minutes__discussion__case"

    def not_taken_back(self) -> Self:
        """All but the copies of a replaced version that never left: their readers have nothing of it."""
        return self.exclude(status=RecipientStatus.TAKEN_BACK)

    def standing(self) -> Self:
        """The copies that are somebody's: neither revoked nor taken back before they left."""
        return self.not_taken_back().filter(revoked_at=None)


class HandingQuerySet(CaseBoundQuerySet):
    """Copies given to the family."""

    case_path = "rendition__version__minutes__discussion__case"
