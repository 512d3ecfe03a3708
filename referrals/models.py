"""What came in: a referral or new information, its concerns and its circumstances."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.models import Case, Child
from cases.querysets import CaseBoundQuerySet
from referrals.enums import AbuseType, CircumstanceKind, Forensic, ReferralSource, ScreeningRating, Trigger


class CircumstanceQuerySet(CaseBoundQuerySet):
    """Circumstances hang on their referral's case."""

    case_path = "referral__case"


class Referral(models.Model):
    """What came in and when. The clocks count from here: `triggered_at` happened, `recorded_at` was typed."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="referrals")
    trigger = models.CharField(max_length=30, choices=Trigger.choices, default=Trigger.REFERRAL)
    triggered_at = models.DateTimeField(help_text="When it came in, or happened")
    received_at = models.DateTimeField(null=True, blank=True, help_text="When the referral was received")
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=2, choices=ReferralSource.choices, default=ReferralSource.UNKNOWN)
    referrer_name = models.CharField(max_length=120, blank=True)
    referrer_role = models.CharField(max_length=120, blank=True)
    referrer_agency = models.ForeignKey(
        "accounts.Agency", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    referrer_phone = models.CharField(max_length=40, blank=True)
    referrer_email = models.EmailField(blank=True)
    narrative = models.TextField(blank=True, help_text="What happened, in the referrer's words")

    objects = CaseBoundQuerySet.as_manager()

    class Meta:
        ordering = ["triggered_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(trigger=Trigger.REFERRAL) | Q(received_at__isnull=False),
                name="referral_has_a_moment_of_receipt",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_trigger_display()} ({self.case})"


class Concern(models.Model):
    """One kind of harm feared for one child."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="concerns")
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="concerns")
    abuse_type = models.CharField(max_length=3, choices=AbuseType.choices)
    details = models.TextField(blank=True)

    objects = CircumstanceQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["referral", "child", "abuse_type"], name="concern_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_abuse_type_display()}: {self.child}"


class Circumstance(models.Model):
    """A fact that drives the limit, with when it was learnt, from whom and how (`clocks.md`)."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="circumstances")
    kind = models.CharField(max_length=40, choices=CircumstanceKind.choices)
    learned_at = models.DateTimeField(null=True, blank=True, help_text="Empty: known from the trigger on")
    learned_by = models.CharField(max_length=200, blank=True, help_text="Who learnt it and how, when later")
    forensic_needed = models.CharField(max_length=10, choices=Forensic.choices, blank=True)
    forensic_reason = models.CharField(
        max_length=300, blank=True, help_text="Who decided that it is not, and why"
    )
    hospital = models.CharField(max_length=120, blank=True)
    planned_discharge_at = models.DateTimeField(null=True, blank=True)
    left_hospital_at = models.DateTimeField(null=True, blank=True)
    consulted = models.CharField(
        max_length=200, blank=True, help_text="For something else: whom you consulted"
    )
    advice = models.TextField(blank=True, help_text="What was advised")
    screened_on = models.DateField(
        null=True, blank=True, help_text="When the exploitation screening tool was completed"
    )
    screened_by = models.CharField(max_length=120, blank=True)
    screening_rating = models.CharField(max_length=10, choices=ScreeningRating.choices, blank=True)
    earlier_limit_at = models.DateTimeField(
        null=True, blank=True, help_text="An earlier moment the manager set"
    )
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = CircumstanceQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["referral", "kind"], name="circumstance_once")]

    def __str__(self) -> str:
        return self.get_kind_display()
