"""Invitations and what hangs on them are seen through their discussion's case."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from attendees.enums import InformationStatus, Reply
from attendees.rules.reminding import LEAD
from cases.querysets import CaseBoundQuerySet
from strategy.enums import DiscussionStatus

if TYPE_CHECKING:
    from accounts.models import Agency, User

OPEN = (DiscussionStatus.PLANNED, DiscussionStatus.STARTED)
UNANSWERED = (InformationStatus.ASKED, InformationStatus.STARTED)
WAITS = Q(discussion__status__in=OPEN) & (Q(reply=Reply.WAITING) | Q(information_status__in=UNANSWERED))
ANSWERED = Q(discussion__status__in=OPEN) & ~WAITS


class ProfessionalQuerySet(models.QuerySet[Any]):
    """The directory."""

    def search(self, words: str = "", agency: Any = None) -> "ProfessionalQuerySet":
        """Whose name, what they do, address or agency holds the words; letters like % mean themselves."""
        found = self
        for word in words.split():
            found = found.filter(
                Q(name__icontains=word)
                | Q(job_role__icontains=word)
                | Q(email__icontains=word)
                | Q(agency__name__icontains=word)
            )
        return found if agency is None else found.filter(agency=agency)

    def twice(self) -> "ProfessionalQuerySet":
        """Entries in use that share their address with another, so that one of them may be a duplicate."""
        shared = self.filter(is_active=True).exclude(email="").order_by().values("email")
        doubled = shared.annotate(number=Count("pk")).filter(number__gt=1).values("email")
        return self.filter(is_active=True, email__in=doubled).order_by("email", "pk")


class DiscussionBoundQuerySet(CaseBoundQuerySet):
    """Rows that hang on a discussion."""

    case_path = "discussion__case"


class LinkQuerySet(CaseBoundQuerySet):
    """Partners' links: to a discussion, or to what somebody referred."""

    def visible_to(self, user: "User") -> "LinkQuerySet":
        """Links to a case that the person may see, whichever they open."""
        cases = apps.get_model("cases", "Case")._default_manager.visible_to(user)
        return self.filter(Q(discussion__case__in=cases) | Q(referral__case__in=cases))


class AskedQuerySet(DiscussionBoundQuerySet):
    """What agencies were asked to send."""

    def to_remind(self, now: datetime) -> "AskedQuerySet":
        """Where a reminder may be wanted now: `reminder_since` says of each whether it is."""
        return self.filter(
            Q(chased_at=None) | Q(chased_at__lte=F("due_at")),
            answered_at=None,
            due_at__lte=now + LEAD,
            discussion__status=DiscussionStatus.PLANNED,
            discussion__planned_start__gt=now,
        ).exclude(professional__email="")


class InvitationQuerySet(DiscussionBoundQuerySet):
    """Invitations, also as the desk of an agency sees them."""

    def with_deputies(self) -> "InvitationQuerySet":
        """Each with the `deputy` invited in their place, by name, or None; and whom they stand in for."""
        names = self._standing_in().order_by("pk").values("professional__name")
        return self.select_related("deputy_of__professional").annotate(deputy=Subquery(names[:1]))

    def still_asked(self) -> "InvitationQuerySet":
        """Those in force in whose place no deputy is invited: who is asked for what the agency knows."""
        return self.filter(withdrawn_at=None).exclude(Exists(self._standing_in()))

    def _standing_in(self) -> "InvitationQuerySet":
        found: InvitationQuerySet = self.model.objects.filter(deputy_of=OuterRef("pk"), withdrawn_at=None)
        return found

    def asked_of(self, agency: "Agency") -> "InvitationQuerySet":
        """Those in force of this agency's people with what is asked of them; nothing of a restricted case."""
        information = apps.get_model("attendees", "InformationRequest").objects.filter(
            discussion=OuterRef("discussion"), professional=OuterRef("professional")
        )
        mine: InvitationQuerySet = self.filter(
            professional__agency=agency,
            professional__is_active=True,
            withdrawn_at=None,
            discussion__case__restricted=False,
        )
        return (
            mine.with_deputies()
            .annotate(
                information_status=Coalesce(Subquery(information.values("status")[:1]), Value("")),
                information_due=Subquery(information.values("due_at")[:1]),
                due=Coalesce(Subquery(information.values("due_at")[:1]), "discussion__planned_start"),
            )
            .select_related("professional", "discussion__case")
        )

    def matching(self, words: str) -> "InvitationQuerySet":
        """Those whose reference or person has these words."""
        if not words:
            return self
        return self.filter(
            Q(discussion__case__reference__icontains=words) | Q(professional__name__icontains=words)
        )

    def on_tab(self, tab: str) -> "InvitationQuerySet":
        """Waiting: the soonest due first; answered: the next discussion first; over: the last one first."""
        if tab == "over":
            return self.exclude(discussion__status__in=OPEN).order_by("-discussion__planned_start", "-pk")
        if tab == "answered":
            return self.filter(ANSWERED).order_by("discussion__planned_start", "pk")
        return self.filter(WAITS).order_by("due", "pk")

    def how_many(self) -> dict[str, int]:
        """How many are on each tab."""
        return self.aggregate(
            waiting=Count("pk", filter=WAITS),
            answered=Count("pk", filter=ANSWERED),
            over=Count("pk", filter=~Q(discussion__status__in=OPEN)),
        )


class ClaimQuerySet(CaseBoundQuerySet):
    """Who took over what came to shared mailboxes."""

    case_path = "shared__discussion__case"

    def in_force(self) -> "ClaimQuerySet":
        """Those whose person is still invited, and whose mailbox was not asked again since."""
        return self.filter(
            ended_at=None, taken__withdrawn_at=None, shared__withdrawn_at__isnull=False
        ).select_related(
            "taken__professional__agency",
            "shared__professional__agency",
            "shared__professional__user",
            "shared__discussion__case__team",
            "shared__discussion__request",
        )

    def of_mailbox(self, professional: int, discussion: int | None) -> "ClaimQuerySet":
        """Those in force of what one shared mailbox was asked to."""
        return self.in_force().filter(shared__professional=professional, shared__discussion=discussion)


class RequestBoundQuerySet(CaseBoundQuerySet):
    """Rows that hang on a strategy request."""

    case_path = "request__case"


class InformationBoundQuerySet(CaseBoundQuerySet):
    """Passages of an agency's information."""

    case_path = "information__discussion__case"


class AttendanceBoundQuerySet(CaseBoundQuerySet):
    """Signatures hang on an attendance."""

    case_path = "attendance__discussion__case"


class LinkBoundQuerySet(CaseBoundQuerySet):
    """One-time codes hang on a link."""

    case_path = "link__discussion__case"
