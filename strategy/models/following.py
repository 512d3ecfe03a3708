"""What follows a referral or discussion: an answer, the assessment, an emergency power, a late decision."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cases.models import Child
from referrals.models import Referral
from strategy.enums import AssessmentOutcome, EnquiryKind, Outcome, PowerEnd, PowerKind
from strategy.models.decisions import Decision, Enquiry
from strategy.querysets import (
    EnquiryBoundQuerySet,
    LaterDecisionQuerySet,
    PowerQuerySet,
    ReferralBoundQuerySet,
)


class NoneNeeded(models.Model):
    """A manager decided that nothing need be discussed about what came in, while nobody asked (row H12)."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="answers")
    rationale = models.TextField()
    for_referrer = models.TextField(blank=True, help_text="What whoever referred may read of it")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = ReferralBoundQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"No discussion needed ({self.referral})"


class AssessmentDate(models.Model):
    """A shorter date by which an assessment is to be finished, agreed for one family (row C21)."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="assessment_dates")
    due_on = models.DateField()
    reason = models.TextField(help_text="Why this date, and with whom it was agreed")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = ReferralBoundQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"Assessment by {self.due_on} ({self.referral})"


class AssessmentDecision(models.Model):
    """What the assessment came to, when and who decided it; meets the assessment's clock (row C21)."""

    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="assessment")
    outcome = models.CharField(max_length=30, choices=AssessmentOutcome.choices)
    decision = models.TextField(help_text="What was decided and why")
    decided_by = models.CharField(max_length=120)
    at = models.DateTimeField(help_text="When it was decided")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = ReferralBoundQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} ({self.referral})"


class ConferenceDelay(models.Model):
    """A conference will be later than its limit: agreed by whom, why, and what keeps the child safe.

    The limit does not move. It goes with an enquiry that is taken back, since that never began.
    """

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="delays")
    planned_on = models.DateField()
    why = models.TextField()
    manager = models.CharField(max_length=120, help_text="The social care manager who agreed: name and role")
    chair = models.CharField(max_length=120, help_text="The chair of the conference, who agreed")
    safety_plan = models.TextField(help_text="What keeps the child safe until then")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = EnquiryBoundQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"Conference on {self.planned_on} ({self.enquiry})"


class EnquiryKindChange(models.Model):
    """An enquiry that was social care's alone became joint with the police, or the other way (row C30)."""

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="kind_changes")
    was = models.CharField(max_length=10, choices=EnquiryKind.choices)
    now = models.CharField(max_length=10, choices=EnquiryKind.choices)
    police_lead = models.CharField(
        max_length=120, blank=True, help_text="Who leads for the police from now on, or did until now"
    )
    why = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = EnquiryBoundQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_was_display()} → {self.get_now_display()} ({self.enquiry})"


class EmergencyPower(models.Model):
    """Police protection or an emergency protection order of one child, until it ends (rows C20, C26)."""

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="powers")
    kind = models.CharField(max_length=30, choices=PowerKind.choices)
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    authority = models.CharField(max_length=200, help_text="The officer, or the court that made the order")
    told = models.TextField(help_text="Who was told: parents, the child, the local authority, and when")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)
    extended_at = models.DateTimeField(null=True, blank=True)
    extended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_how = models.CharField(max_length=20, choices=PowerEnd.choices, blank=True)
    ended_note = models.TextField(blank=True)

    objects = PowerQuerySet.as_manager()

    class Meta:
        ordering = ["started_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["child", "kind"], condition=Q(ended_at__isnull=True), name="power_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("started_at")), name="power_expires_after_it_began"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, ended_how="")
                | (Q(ended_at__gte=F("started_at"), ended_by__isnull=False) & ~Q(ended_how="")),
                name="power_ended_has_who_when_and_how",
            ),
            models.CheckConstraint(
                condition=Q(extended_at__isnull=True, extended_by__isnull=True)
                | Q(
                    kind=PowerKind.EMERGENCY_PROTECTION_ORDER,
                    extended_at__isnull=False,
                    extended_by__isnull=False,
                ),
                name="power_extended_has_who_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.child}"

    @property
    def subject(self) -> str:
        """The text by which clocks and the ledger point at this power."""
        return f"power:{self.pk}"


class LaterDecision(models.Model):
    """What was decided, after its discussion, for a child whose decision had been deferred (row G03)."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="later")
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    rationale = models.TextField()
    legal_reason = models.TextField(blank=True)
    at = models.DateTimeField(help_text="When it was decided")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = LaterDecisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=[Outcome.SECTION_17, Outcome.CONTINUE, Outcome.OTHER, Outcome.NONE]),
                name="decided_later_without_section_47",
            )
        ]

    def __str__(self) -> str:
        return f"{self.decision.child}: {self.get_outcome_display()}"
