"""What is decided for each child, and what follows from it."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.living import living
from cases.models import Child
from strategy.enums import (
    EnquiryKind,
    EnquiryOutcome,
    Finding,
    Outcome,
    PlanAfter,
    RiskLevel,
    SeenAlone,
    SeenHow,
    Told,
)
from strategy.models.discussions import Discussion
from strategy.querysets import ChildBoundQuerySet, DiscussionBoundQuerySet, EnquiryQuerySet
from strategy.rules import enquiries as rules

YES_OR_NO = [one for one in Told.choices if one[0] != Told.UNKNOWN]


class Decision(models.Model):
    """The threshold decision for one child in one discussion, with its rationale (rows B08, C17)."""

    discussion = models.ForeignKey(Discussion, on_delete=models.PROTECT, related_name="decisions")
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="decisions")
    risk_level = models.CharField(max_length=20, choices=RiskLevel.choices)
    risk_text = models.TextField(blank=True)
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    rationale = models.TextField()
    legal_reason = models.TextField(
        blank=True, help_text="Needed when an emergency power is in force without s47"
    )
    deferred_to = models.DateField(null=True, blank=True)
    plan = models.CharField(
        max_length=20,
        choices=PlanAfter.choices,
        blank=True,
        db_default="",
        help_text="Which plan takes the risks over (row H13)",
    )
    under_pressure = models.CharField(
        max_length=10,
        choices=Told.choices,
        blank=True,
        db_default="",
        help_text="Whether somebody keeps the child from speaking freely (row G08)",
    )
    pressure_note = models.CharField(max_length=500, blank=True, db_default="")
    medical = models.CharField(
        max_length=10,
        choices=YES_OR_NO,
        blank=True,
        db_default="",
        help_text="Whether a medical assessment is needed, on health’s advice (row C31)",
    )
    medical_why = models.TextField(blank=True, db_default="")
    medical_kind = models.CharField(max_length=120, blank=True, db_default="")
    medical_place = models.CharField(max_length=200, blank=True, db_default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = DiscussionBoundQuerySet.as_manager()

    class Meta:
        ordering = ["discussion", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["discussion", "child"], name="decision_once_per_child"),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.DEFERRED) | Q(deferred_to__isnull=False),
                name="deferred_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.child}: {self.get_outcome_display()}"


class Enquiry(models.Model):
    """A section 47 enquiry of one child; a child has one open at a time (rule 8839)."""

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="enquiries")
    discussion = models.ForeignKey(Discussion, on_delete=models.PROTECT, related_name="enquiries")
    kind = models.CharField(max_length=10, choices=EnquiryKind.choices)
    started_at = models.DateTimeField(help_text="The start of the discussion at which it was initiated")
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="enquiries")
    police_lead = models.CharField(max_length=120, blank=True)
    conference_on = models.DateField(null=True, blank=True)
    conference_plan = models.CharField(
        max_length=10,
        choices=YES_OR_NO,
        blank=True,
        db_default="",
        help_text="Whether the conference made a child protection plan (icpc_icpc_outcome_cp_flag)",
    )
    conference_not_required = models.BooleanField(default=False)
    not_required_by = models.CharField(
        max_length=120, blank=True, db_default="", help_text="Who decided that no conference is required"
    )
    not_required_role = models.CharField(max_length=120, blank=True, db_default="")
    not_required_at = models.DateTimeField(null=True, blank=True)
    not_required_why = models.TextField(blank=True, db_default="")
    finding = models.CharField(max_length=20, choices=Finding.choices, blank=True, db_default="")
    outcomes = ArrayField(
        models.CharField(max_length=40, choices=EnquiryOutcome.choices),
        default=list,
        blank=True,
        db_default=[],
        help_text="Codes of the national dataset; empty on enquiries closed before they were asked",
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_reason = models.TextField(blank=True, help_text="How it ended, in a sentence")

    objects = EnquiryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "enquiries"
        ordering = ["started_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["child"], condition=Q(closed_at__isnull=True), name="one_open_enquiry"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="enquiry_closed_has_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(not_required_by="", not_required_at__isnull=True)
                | (~Q(not_required_by="") & Q(not_required_at__isnull=False)),
                name="enquiry_not_required_has_who_and_when",
            ),
        ]
        triggers = [
            living("lead", name="enquiry_of_the_living", condition=pgtrigger.Q(new__closed_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"Section 47 enquiry for {self.child}"

    @property
    def subject(self) -> str:
        """The text by which clocks and the ledger point at this enquiry."""
        return f"enquiry:{self.pk}"

    @property
    def leads(self) -> str:
        """Who leads for social care, and of a joint enquiry who leads for the police (row C30)."""
        if self.kind == EnquiryKind.SINGLE:
            return f"{self.lead.name} for social care"
        return f"{self.lead.name} for social care, {self.police_lead or 'nobody named'} for the police"

    @property
    def lacks_police_lead(self) -> bool:
        """Whether a joint enquiry has nobody named for the police."""
        return self.kind == EnquiryKind.JOINT and not self.police_lead

    @property
    def outcome_labels(self) -> list[str]:
        """What follows, code by code in words."""
        return rules.labels(self.outcomes)

    @property
    def outcome_words(self) -> str:
        """What was found and what follows, in words; empty where nobody was asked."""
        return rules.in_words(self.finding, self.outcomes)


class ChildSeen(models.Model):
    """The child was seen and spoken to, or observed (row W33)."""

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="sightings")
    at = models.DateTimeField()
    seen_by = models.CharField(max_length=120)
    how = models.CharField(max_length=10, choices=SeenHow.choices)
    alone = models.CharField(max_length=15, choices=SeenAlone.choices)
    place = models.CharField(max_length=120, blank=True)
    what = models.TextField(blank=True, help_text="What the child said or was observed to do")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = ChildBoundQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "children seen"
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.child} seen by {self.seen_by}"
