"""Dates and people of each stage of a request live in rows of their own."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.models import Child
from strategy.enums import ForwardWay
from strategy.models.requests import StrategyRequest
from strategy.querysets import RequestBoundQuerySet


class Stage(models.Model):
    """Who did it, when it happened, and when that was typed."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = RequestBoundQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["at", "pk"]


class Submission(Stage):
    """The request as it was when it was submitted, so that a resubmission shows what changed."""

    request = models.ForeignKey(StrategyRequest, on_delete=models.PROTECT, related_name="submissions")
    snapshot = models.JSONField(default=dict)


class PickUp(models.Model):
    """A second authoriser was asked, since the first had not answered; once for each submission."""

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="pick_up")
    first = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    second = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(first__isnull=True) | ~Q(first=models.F("second")), name="picked_up_by_another"
            )
        ]

    def __str__(self) -> str:
        return f"{self.second} after {self.first}"


class Authorisation(Stage):
    """A manager agreed that the discussion should go ahead (row W17)."""

    request = models.OneToOneField(StrategyRequest, on_delete=models.PROTECT, related_name="authorisation")
    requester = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    acting_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.TextField(blank=True)

    class Meta(Stage.Meta):
        constraints = [
            # The database itself refuses that anybody authorises their own request (P11).
            models.CheckConstraint(condition=~Q(by=models.F("requester")), name="authorised_by_somebody_else")
        ]


class Return(Stage):
    """Sent back to the requester, with a reason per section."""

    request = models.ForeignKey(StrategyRequest, on_delete=models.PROTECT, related_name="returns")
    reasons = models.JSONField(default=dict, help_text="Section name to reason")


class ChildChange(Stage):
    """A child joined a request that had been submitted, or was taken off it, and why (row G03)."""

    request = models.ForeignKey(StrategyRequest, on_delete=models.PROTECT, related_name="child_changes")
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="request_changes")
    joined = models.BooleanField(help_text="Joined; else taken off")
    reason = models.CharField(max_length=500)

    class Meta(Stage.Meta):
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="child_change_has_a_reason"),
        ]


class Withdrawal(Stage):
    """The requester no longer asks."""

    request = models.OneToOneField(StrategyRequest, on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.TextField()


class NotNeeded(Stage):
    """A manager decided that no discussion is needed; this alone voids the convene clock."""

    request = models.OneToOneField(StrategyRequest, on_delete=models.PROTECT, related_name="not_needed")
    rationale = models.TextField()
    for_referrer = models.TextField(blank=True, help_text="What whoever referred may read of it")


class PoliceForward(Stage):
    """The request went to the police mailbox, with proof (row W19)."""

    request = models.ForeignKey(StrategyRequest, on_delete=models.PROTECT, related_name="police_forwards")
    mailbox = models.EmailField()
    letter_ref = models.CharField(max_length=40, blank=True)
    way = models.CharField(max_length=20, choices=ForwardWay.choices, default=ForwardWay.NOTICE)
    why = models.CharField(max_length=200, blank=True, help_text="Why it went that way")
    enclosure = models.ForeignKey(
        "outbox.Enclosure", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    printed_at = models.DateTimeField(null=True, blank=True)
    told = models.JSONField(null=True, blank=True, help_text="What the PDF told, section by section")
    failed_why = models.CharField(max_length=300, blank=True, help_text="Why no PDF could be made")
    police_reference = models.CharField(max_length=60, blank=True)
    named_officer = models.CharField(max_length=120, blank=True)

    @property
    def subject(self) -> str:
        """How the letters about it name it."""
        return f"policeforward:{self.pk}"


class ReceiptCall(Stage):
    """The requester telephoned business support: received, and when they are available (row W21)."""

    request = models.ForeignKey(StrategyRequest, on_delete=models.PROTECT, related_name="receipt_calls")
    caller = models.CharField(max_length=120)
    availability = models.TextField(blank=True)


class UrgentCall(Stage):
    """A telephone call made before any form, recorded afterwards with its real time (rows W08, W09)."""

    request = models.ForeignKey(StrategyRequest, on_delete=models.PROTECT, related_name="urgent_calls")
    callee = models.CharField(max_length=120)
    number = models.CharField(max_length=40, blank=True)
    result = models.TextField()


class ProtectionDecision(Stage):
    """The immediate protection decision, made with the police (row W32)."""

    request = models.ForeignKey(
        StrategyRequest, on_delete=models.PROTECT, related_name="protection_decisions"
    )
    decision = models.TextField()
    police_contact = models.CharField(max_length=200)
