"""Invitations with their calendar file's identity, and the information asked of each agency."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.enums import AgencyKind
from attendees.enums import Holding, InformationStatus, Marking, QuorumRole, Reply
from attendees.models.professionals import Professional
from attendees.querysets import (
    AskedQuerySet,
    DiscussionBoundQuerySet,
    InformationBoundQuerySet,
    InvitationQuerySet,
)
from strategy.models import Discussion


class Invitation(models.Model):
    """One professional asked to one discussion; `sequence` rises with each change of time or place."""

    discussion = models.ForeignKey(Discussion, on_delete=models.PROTECT, related_name="invitations")
    professional = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="invitations")
    quorum_role = models.CharField(max_length=30, choices=QuorumRole.choices, blank=True)
    is_referrer = models.BooleanField(default=False)
    reply = models.CharField(max_length=20, choices=Reply.choices, default=Reply.WAITING)
    reply_reason = models.CharField(max_length=300, blank=True)
    deputy_name = models.CharField(max_length=120, blank=True)
    deputy_job_role = models.CharField(max_length=120, blank=True)
    deputy_email = models.EmailField(blank=True)
    deputy_phone = models.CharField(max_length=40, blank=True, default="", db_default="")
    deputy_can_decide = models.BooleanField(default=False)
    deputy_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="deputies",
        help_text="The invitation of the person they stand in for",
    )
    can_decide = models.BooleanField(
        default=True,
        db_default=True,
        help_text="Senior enough to decide for their agency, as was said of a deputy (row C14)",
    )
    replied_at = models.DateTimeField(null=True, blank=True)
    replied_by_ref = models.CharField(
        max_length=60, blank=True, help_text="The professional, or who recorded it for them"
    )
    reply_how = models.CharField(max_length=120, blank=True, help_text="By link, by telephone, in person")
    uid = models.CharField(max_length=120, unique=True)
    sequence = models.PositiveIntegerField(default=0)
    invited_at = models.DateTimeField()
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=300, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["discussion", "professional"], name="invited_once"),
            models.CheckConstraint(
                condition=Q(reply=Reply.WAITING, replied_at__isnull=True)
                | (~Q(reply=Reply.WAITING) & Q(replied_at__isnull=False)),
                name="invitation_reply_has_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.professional} to {self.discussion}"

    @property
    def subject(self) -> str:
        """The text by which letters and the ledger point at this invitation."""
        return f"invitation:{self.pk}"


class NotInvited(models.Model):
    """A kind of service that a discussion should have had and goes without, with the reason (row W04)."""

    discussion = models.ForeignKey(Discussion, on_delete=models.PROTECT, related_name="not_invited")
    kind = models.CharField(max_length=30, choices=AgencyKind.choices)
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = DiscussionBoundQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "not invited"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["discussion", "kind"], name="not_invited_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.reason}"


class InformationRequest(models.Model):
    """What an agency was asked to send before the discussion, and what became of it."""

    discussion = models.ForeignKey(Discussion, on_delete=models.PROTECT, related_name="information")
    professional = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="information")
    status = models.CharField(
        max_length=20, choices=InformationStatus.choices, default=InformationStatus.ASKED
    )
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by_ref = models.CharField(max_length=60, blank=True)
    answered_how = models.CharField(
        max_length=120, blank=True, help_text="By link, secure e-mail, telephone, paper"
    )
    answered_from = models.CharField(
        max_length=120, blank=True, help_text="Who told or sent it, when somebody typed it for them"
    )
    recorded_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was typed; `answered_at` is when it was told"
    )
    chased_at = models.DateTimeField(null=True, blank=True, help_text="The last reminder")
    chased_times = models.PositiveSmallIntegerField(default=0)

    objects = AskedQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["discussion", "professional"], name="information_asked_once"),
            models.CheckConstraint(
                condition=Q(status__in=["asked", "started"], answered_at__isnull=True)
                | (~Q(status__in=["asked", "started"]) & Q(answered_at__isnull=False)),
                name="information_answer_has_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"Information of {self.professional}"

    @property
    def subject(self) -> str:
        """The text by which the clock, letters and the ledger point at this request for information."""
        return f"information:{self.pk}"

    @property
    def is_answered(self) -> bool:
        """Whether the agency has said all it will say before the discussion."""
        return self.answered_at is not None


class Passage(models.Model):
    """One passage of an agency's information, under a heading, with its own marking.

    A heading has as many as there are markings in what is told. What a health service holds is said of the
    heading, and stands with its first passage (row C32).
    """

    information = models.ForeignKey(InformationRequest, on_delete=models.PROTECT, related_name="passages")
    heading = models.CharField(max_length=120)
    place = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="Among the passages under its heading; the first is 0"
    )
    text = models.TextField(blank=True)
    holding = models.CharField(
        max_length=10, choices=Holding.choices, blank=True, help_text="Of a health service (row C32)"
    )
    marking = models.CharField(max_length=20, choices=Marking.choices, default=Marking.NOT_FAMILY)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)

    objects = InformationBoundQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["information", "heading", "place"], name="passage_once"),
            models.CheckConstraint(condition=Q(place=0) | Q(holding=""), name="passage_first_says_holding"),
        ]

    def __str__(self) -> str:
        return self.heading
