"""An escalation, the rungs it has stood on, and how it ended. Each who and when is a pair in its own row."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.living import living
from attendees.models import Professional
from cases.models import Case
from escalations.enums import Cause, EscalationStatus, Level, StageStatus, Theme
from escalations.querysets import EscalationQuerySet, StageQuerySet
from escalations.rules import level_of
from protocols.models import LocalProtocol
from strategy.models import Discussion


class Escalation(models.Model):
    """One agency takes a matter up with another, under the procedure's ladder as it was that day."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="escalations")
    discussion = models.ForeignKey(
        Discussion, on_delete=models.PROTECT, null=True, blank=True, related_name="escalations"
    )
    protocol = models.ForeignKey(LocalProtocol, on_delete=models.PROTECT, related_name="+")
    cause = models.CharField(max_length=20, choices=Cause.choices)
    about = models.CharField(
        max_length=80, blank=True, help_text='What it was offered for, as text: "information:12"'
    )
    raised_by = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="escalations")
    raised_at = models.DateTimeField()
    recorded_by_ref = models.CharField(max_length=60, help_text="Who typed it, also for somebody else")
    recorded_at = models.DateTimeField(auto_now_add=True)
    raising_agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    against = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    facts = models.TextField(help_text="What happened")
    wanted = models.TextField(help_text="What the raising agency asks for")
    is_immediate = models.BooleanField(default=False, help_text="A child is at immediate risk")
    risk_reason = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=EscalationStatus.choices, default=EscalationStatus.OPEN)

    objects = EscalationQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(against=F("raising_agency")), name="escalated_with_another_agency"
            ),
            models.CheckConstraint(
                condition=Q(is_immediate=False) | Q(risk_reason__gt=""), name="escalation_risk_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(facts__gt="", wanted__gt=""), name="escalation_says_what_and_what_for"
            ),
            models.UniqueConstraint(
                fields=["cause", "about"],
                condition=~Q(about="") & ~Q(status=EscalationStatus.WITHDRAWN),
                name="escalated_once_about_the_same",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "raised_at"], name="escalation_by_status"),
        ]

    def __str__(self) -> str:
        return f"Escalation {self.pk} ({self.case})"

    def get_absolute_url(self) -> str:
        """Its own page."""
        return reverse("escalations:escalation", args=[self.pk])

    @property
    def subject(self) -> str:
        """The text by which letters and the ledger point at this escalation."""
        return f"escalation:{self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it is neither resolved nor withdrawn."""
        return self.status == EscalationStatus.OPEN


class Stage(models.Model):
    """One rung that an escalation stands or stood on: whose it is, since when, what was answered."""

    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="stages")
    number = models.PositiveSmallIntegerField(help_text="Its place in the procedure's ladder, from 1")
    name = models.CharField(max_length=200)
    from_role = models.CharField(max_length=120)
    to_role = models.CharField(max_length=120)
    limit = models.CharField(max_length=40, blank=True)
    form = models.CharField(max_length=200, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="escalation_stages"
    )
    contact = models.CharField(max_length=200, blank=True, help_text="Who takes it up, name and telephone")
    opened_by = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    why = models.TextField(blank=True, help_text="Why it was moved up to this rung")
    status = models.CharField(max_length=10, choices=StageStatus.choices, default=StageStatus.WAITING)
    response = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        Professional, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_how = models.CharField(max_length=200, blank=True, help_text="When recorded for another agency")
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        Professional, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = StageQuerySet.as_manager()

    class Meta:
        ordering = ["escalation", "number"]
        constraints = [
            models.UniqueConstraint(fields=["escalation", "number"], name="rung_once"),
            models.UniqueConstraint(
                fields=["escalation"],
                condition=Q(status__in=["waiting", "answered"]),
                name="one_open_rung",
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True, answered_at__isnull=True, response="")
                | Q(answered_by__isnull=False, answered_at__isnull=False, response__gt=""),
                name="rung_answer_has_who_when_and_what",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "answered"], ended_by__isnull=True, ended_at__isnull=True)
                | (
                    ~Q(status__in=["waiting", "answered"]) & Q(ended_by__isnull=False, ended_at__isnull=False)
                ),
                name="rung_end_has_who_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(status=StageStatus.ANSWERED) | Q(answered_at__isnull=False),
                name="rung_answered_has_an_answer",
            ),
        ]
        triggers = [
            living("owner", name="rung_of_the_living", condition=pgtrigger.Q(new__ended_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"Rung {self.number} of {self.escalation_id}: {self.name}"

    @property
    def subject(self) -> str:
        """The text by which its clock points at this rung."""
        return f"stage:{self.pk}"

    @property
    def is_between_practitioners(self) -> bool:
        """Whether nobody more senior was needed: a good outcome (row G16)."""
        return {level_of(self.from_role), level_of(self.to_role)} == {Level.PRACTITIONER}


class Ending(models.Model):
    """Who ended an escalation, and when."""

    by = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


class Resolution(Ending):
    """The agreed outcome, a statement on the child's record, and what there is to learn."""

    escalation = models.OneToOneField(Escalation, on_delete=models.PROTECT, related_name="resolution")
    stage = models.OneToOneField(Stage, on_delete=models.PROTECT, related_name="+")
    outcome = models.TextField()
    agreed_with = models.CharField(max_length=200)
    theme = models.CharField(max_length=20, choices=Theme.choices)
    learning = models.TextField(blank=True)

    objects = StageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__gt="", agreed_with__gt=""), name="resolution_says_what_and_with_whom"
            )
        ]

    def __str__(self) -> str:
        return f"Outcome of {self.escalation}"


class Withdrawal(Ending):
    """The raising agency no longer asks."""

    escalation = models.OneToOneField(Escalation, on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.TextField()

    objects = StageQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(reason__gt=""), name="withdrawal_has_a_reason")]

    def __str__(self) -> str:
        return f"Withdrawal of {self.escalation}"
