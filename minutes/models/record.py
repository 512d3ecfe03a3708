"""The live record: one text cell for each step, child and professional, saved by itself."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from attendees.enums import Marking
from attendees.models import Attendance, Professional
from cases.models import Child
from minutes.enums import Answer, MinutesStatus
from minutes.querysets import RecordBoundQuerySet, RecordQuerySet
from strategy.models import Discussion


class Minutes(models.Model):
    """The record of one discussion. `status` moves only through services, by `workflow.py`."""

    discussion = models.OneToOneField(Discussion, on_delete=models.PROTECT, related_name="minutes")
    status = models.CharField(max_length=20, choices=MinutesStatus.choices, default=MinutesStatus.OPENED)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    checked_before_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    checked_before_at = models.DateTimeField(
        null=True, blank=True, help_text="The chair looked at it before the start"
    )
    agreed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(
        null=True, blank=True, help_text="Business support handed it to the chair"
    )
    round_ended_at = models.DateTimeField(
        null=True, blank=True, help_text="When the round to agree it ended; who had not answered was silent"
    )
    not_read_back = models.CharField(
        max_length=300,
        blank=True,
        db_default="",
        help_text="Why decisions and actions were not read back at the end; empty when they were",
    )
    let_through = models.JSONField(
        default=list,
        db_default=[],
        blank=True,
        help_text="What those who took part may read before it is authorised: what, where, and the reason",
    )
    draft_found = models.JSONField(
        default=list,
        db_default=[],
        blank=True,
        help_text="What keeps those who took part from reading the draft, as it was found last",
    )
    correction_reason = models.CharField(
        max_length=300, blank=True, help_text="Why an authorised record is open again"
    )
    allocated_worker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    allocated_number = models.CharField(
        max_length=40, blank=True, help_text="Printed first on the minutes (B12)"
    )
    change = models.PositiveIntegerField(
        default=1, help_text="Rises with every change, for those who watch live"
    )
    beside = models.PositiveIntegerField(
        default=1,
        db_default=1,
        help_text="Rises with every change but that of a text: people, actions, status",
    )

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "minutes"

    def __str__(self) -> str:
        return f"Minutes of {self.discussion}"

    @property
    def subject(self) -> str:
        """The text by which clocks, letters and the ledger point at this record."""
        return f"minutes:{self.pk}"


class Section(models.Model):
    """One cell of text: a field of an agenda step, for a child or a professional where it is theirs.

    What a professional contributes has several: each passage that their agency sent stands under its heading
    with its own marking, and so does each passage of what they say in the discussion, whose heading is empty.
    """

    minutes = models.ForeignKey(Minutes, on_delete=models.PROTECT, related_name="sections")
    step = models.CharField(max_length=40, help_text="Agenda step of the protocol")
    field = models.CharField(max_length=40, help_text="Field of the step: reasons, worries, safety_plan")
    child = models.ForeignKey(Child, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    professional = models.ForeignKey(
        Professional, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    heading = models.CharField(
        max_length=120,
        blank=True,
        default="",
        db_default="",
        help_text="Under which an agency sent it, if it did",
    )
    place = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="Among the passages under its heading; the first is 0"
    )
    text = models.TextField(blank=True)
    marking = models.CharField(max_length=20, choices=Marking.choices, default=Marking.NOT_FAMILY)
    is_marked_here = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Somebody chose it here; a return only tightens it",
    )
    source = models.CharField(
        max_length=200, blank=True, help_text="Where a pre-filled text came from (row W24)"
    )
    version = models.PositiveIntegerField(default=0)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    updated_at = models.DateTimeField(null=True, blank=True)
    page = models.CharField(
        max_length=40,
        blank=True,
        db_default="",
        help_text="The open page that saved it last, by a random name",
    )
    turn = models.PositiveIntegerField(default=0, db_default=0, help_text="Which of that page’s saves it was")
    merged_with = models.CharField(
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text="Whose words the last save was merged with; the version before is what was sent",
    )

    objects = RecordBoundQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["minutes", "step", "field", "child", "professional", "heading", "place"],
                name="section_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.step}/{self.field}"

    @property
    def is_passage(self) -> bool:
        """Whether it stands beside the cell that the agenda asks for, which is there even while empty."""
        return bool(self.heading or self.place)

    @property
    def is_gone(self) -> bool:
        """Whether its agency took it out of the return again, and nobody wrote in it here."""
        return bool(self.heading) and not self.text and self.updated_by_id is None

    @property
    def which(self) -> str:
        """Which passage under its heading it is, for a label; nothing for the first."""
        return f", passage {self.place + 1}" if self.place else ""


class SectionVersion(models.Model):
    """Every saved text of a section, so that any can be read again and restored."""

    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["section", "-version"]
        constraints = [models.UniqueConstraint(fields=["section", "version"], name="section_version_once")]
        triggers = [
            pgtrigger.Protect(name="section_version_kept", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.section} v{self.version}"


class Presence(models.Model):
    """Who has the record open, and in which cell they type: known for seconds, kept for nobody."""

    minutes = models.ForeignKey(Minutes, on_delete=models.CASCADE, related_name="presence")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()
    section = models.ForeignKey(Section, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    typing_at = models.DateTimeField(null=True, blank=True)

    objects = RecordBoundQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "presence"
        constraints = [models.UniqueConstraint(fields=["minutes", "user"], name="present_once")]

    def __str__(self) -> str:
        return f"{self.user} at {self.minutes}"


class StepTick(models.Model):
    """An agenda step was done, and when; the order is the chair's (B03 to B12)."""

    minutes = models.ForeignKey(Minutes, on_delete=models.PROTECT, related_name="ticks")
    step = models.CharField(max_length=40)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = RecordBoundQuerySet.as_manager()

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["minutes", "step"], name="step_ticked_once")]

    def __str__(self) -> str:
        return self.step


class Agreement(models.Model):
    """What an attendee said of the record, at the end or in the round (rows W26, G16)."""

    minutes = models.ForeignKey(Minutes, on_delete=models.PROTECT, related_name="agreements")
    attendance = models.ForeignKey(Attendance, on_delete=models.PROTECT, related_name="agreements")
    answer = models.CharField(max_length=20, choices=Answer.choices)
    text = models.TextField(blank=True)
    passage = models.CharField(
        max_length=60, blank=True, db_default="", help_text="The key of the passage it is about"
    )
    passage_name = models.CharField(max_length=300, blank=True, db_default="")
    passage_text = models.TextField(blank=True, db_default="", help_text="As it stood when it was read")
    how = models.CharField(
        max_length=200, blank=True, db_default="", help_text="How it was told to somebody who wrote it down"
    )
    told_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    resolution = models.TextField(
        blank=True, help_text="How a correction or objection was resolved, and by whom"
    )
    accepted = models.BooleanField(
        null=True, blank=True, help_text="The chair took the correction up, or did not"
    )
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    resolved_at = models.DateTimeField(null=True, blank=True)
    recorded_by_ref = models.CharField(max_length=60)
    at = models.DateTimeField()

    objects = RecordBoundQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["minutes", "attendance"], name="agreement_once"),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True, resolved_by__isnull=True)
                | Q(resolved_at__isnull=False, resolved_by__isnull=False, resolution__gt=""),
                name="resolution_has_who_when_and_why",
            ),
            models.CheckConstraint(
                condition=Q(told_to__isnull=True, how="") | Q(told_to__isnull=False, how__gt=""),
                name="answer_told_has_how_and_to_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attendance}: {self.get_answer_display()}"


class EarlierAnswer(models.Model):
    """What an attendee said before they said something else, with what the chair answered to it: kept."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="earlier")
    answer = models.CharField(max_length=20, choices=Answer.choices)
    text = models.TextField(blank=True)
    passage = models.CharField(
        max_length=60, blank=True, db_default="", help_text="The key of the passage it is about"
    )
    passage_name = models.CharField(max_length=300, blank=True, db_default="")
    passage_text = models.TextField(blank=True, db_default="", help_text="As it stood when it was read")
    how = models.CharField(max_length=200, blank=True, db_default="")
    told_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    resolution = models.TextField(blank=True)
    accepted = models.BooleanField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    resolved_at = models.DateTimeField(null=True, blank=True)
    recorded_by_ref = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        ordering = ["agreement", "pk"]
        triggers = [
            pgtrigger.Protect(name="earlier_answer_kept", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.agreement.attendance}, before: {self.get_answer_display()}"
