"""Stored clocks: a moment computed once by a pure rule, with its reason; lateness is never stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.living import living
from cases.models import Case
from deadlines.duties import DUTIES
from deadlines.enums import ClockState, NoticeKind, Standing
from deadlines.querysets import INNER, OWING, DeadlineQuerySet
from deadlines.rules.answers import standing


class Deadline(models.Model):
    """One duty about one thing of one case: whose turn it is, by when, and why."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="deadlines")
    subject = models.CharField(max_length=80, help_text='What it is about, as text: "request:12"')
    duty = models.CharField(max_length=60)
    verb = models.CharField(max_length=80, help_text='What to do, as the worklist says it: "Circulate"')
    # Whose clocks run is asked through the two indexes below; a third and fourth would only be written.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="deadlines",
    )
    owner_team = models.ForeignKey(
        "accounts.Team",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="deadlines",
    )
    starts_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True, help_text="None while a gate stands open")
    target_at = models.DateTimeField(
        null=True, blank=True, help_text="Close of business on the last working day"
    )
    gate = models.CharField(max_length=200, blank=True, help_text="The event waited for, in words")
    limit = models.CharField(max_length=40, blank=True)
    is_provisional = models.BooleanField(
        default=False, help_text="Counted from the trigger while no request has been submitted"
    )
    because = models.TextField()
    source = models.CharField(max_length=300, blank=True)
    candidates = models.JSONField(default=list, blank=True)
    protocol_slug = models.CharField(max_length=60, blank=True)
    protocol_version = models.PositiveIntegerField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=ClockState.choices, default=ClockState.RUNNING)
    met_at = models.DateTimeField(null=True, blank=True)
    met_by_ref = models.CharField(max_length=60, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.TextField(blank=True)
    late_reason = models.TextField(blank=True)
    late_accepted_by = models.CharField(max_length=120, blank=True)
    foreseen_reason = models.TextField(
        blank=True, db_default="", help_text="Why it will be late, agreed beforehand; the limit stays"
    )
    foreseen_accepted_by = models.CharField(max_length=120, blank=True, db_default="")
    breached_at = models.DateTimeField(
        null=True, blank=True, help_text="The due moment, once it has passed unmet; never when it was found"
    )
    half_at = models.DateTimeField(null=True, blank=True)
    fifth_at = models.DateTimeField(null=True, blank=True)
    last_day_at = models.DateTimeField(null=True, blank=True)
    next_tell_at = models.DateTimeField(null=True, blank=True, help_text="When somebody is next to be told")
    next_kind = models.CharField(max_length=10, choices=NoticeKind.choices, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        ordering = [F("due_at").asc(nulls_first=True), "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "subject", "duty"],
                condition=Q(state=ClockState.RUNNING),
                name="deadline_open_once",
            ),
            models.CheckConstraint(
                condition=~Q(state=ClockState.RUNNING) | Q(owner__isnull=False) | Q(owner_team__isnull=False),
                name="deadline_open_has_owner",
            ),
            models.CheckConstraint(
                condition=~Q(state=ClockState.MET) | Q(met_at__isnull=False),
                name="deadline_met_has_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state=ClockState.VOID) | (Q(voided_at__isnull=False) & ~Q(void_reason="")),
                name="deadline_void_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(due_at__isnull=False) | ~Q(gate="") | Q(state=ClockState.VOID),
                name="deadline_due_or_gate",
            ),
            models.CheckConstraint(
                condition=Q(next_tell_at__isnull=True, next_kind="")
                | (Q(next_tell_at__isnull=False) & ~Q(next_kind="")),
                name="deadline_next_tell_pair",
            ),
        ]
        triggers = [
            living("owner", name="clock_of_the_living", condition=pgtrigger.Q(new__state=ClockState.RUNNING))
        ]
        indexes = [
            models.Index(
                fields=["next_tell_at", "id"],
                name="deadline_to_tell",
                condition=Q(next_tell_at__isnull=False),
            ),
            models.Index(
                fields=["owner", "due_at"], name="deadline_by_owner", condition=Q(state=ClockState.RUNNING)
            ),
            models.Index(
                fields=["owner_team", "due_at"],
                name="deadline_by_team",
                condition=Q(state=ClockState.RUNNING),
            ),
            models.Index(fields=["due_at"], name="deadline_by_due", condition=Q(state=ClockState.RUNNING)),
            models.Index(fields=["duty", "due_at"], name="deadline_inner_by_due", condition=INNER),
            models.Index(fields=["subject", "duty"], name="deadline_by_subject"),
            models.Index(fields=["owner", "owner_team"], name="deadline_owing", condition=OWING),
        ]

    def __str__(self) -> str:
        return f"{self.duty} of {self.subject}"

    @property
    def duty_title(self) -> str:
        """The duty as pages say it: "Circulate the minutes"."""
        known = DUTIES.get(self.duty)
        return known.title if known else self.duty

    @property
    def label(self) -> str:
        """What the clock strip calls it."""
        return self.duty_title

    @property
    def reason(self) -> str:
        """The one sentence that says why this is the moment."""
        return self.because

    @property
    def weighed(self) -> list[dict[str, Any]]:
        """Every limit that was weighed, with `due_at` as a moment; empty when there was only one."""
        found = self.candidates if len(self.candidates) > 1 else []
        return [
            {**one, "due_at": datetime.fromisoformat(one["due_at"]) if one["due_at"] else None}
            for one in found
        ]

    @property
    def warn_at(self) -> datetime | None:
        """From when pages show it as due soon: a fifth of the time is left."""
        return self.fifth_at

    @property
    def stopped_at(self) -> datetime | None:
        """When it was voided."""
        return self.voided_at

    @property
    def is_gate(self) -> bool:
        """Whether it waits for an event whose time is unknown."""
        return self.due_at is None

    @property
    def was_met_late(self) -> bool:
        """Whether it was met after its due moment."""
        return self.met_at is not None and self.due_at is not None and self.met_at > self.due_at

    @property
    def owes_reason(self) -> bool:
        """Whether it was met late and nobody has yet said why."""
        return self.was_met_late and not self.late_reason

    def standing(self, now: datetime) -> Standing:
        """Where it stands at `now`."""
        return standing(self.starts_at, self.due_at, self.met_at, now, self.limit)


class Notice(models.Model):
    """That a warning or breach of a clock is to be told: one row a clock and kind, ever.

    Who is told is resolved higher up; `due_at` is the clock's due moment when the notice came up.
    """

    # Written by the sweep alone, from the clock it has just locked; notice_told_once begins with this column.
    deadline = models.ForeignKey(
        Deadline, on_delete=models.PROTECT, related_name="notices", db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=10, choices=NoticeKind.choices)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["deadline", "kind", "due_at"], name="notice_told_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.deadline_id}"


class SweepRun(models.Model):
    """When a sweep last went through to its end; an old one fails the health page."""

    name = models.CharField(max_length=40, unique=True)
    finished_at = models.DateTimeField()
    told = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} at {self.finished_at:%Y-%m-%d %H:%M:%S}"


class ClosureDay(models.Model):
    """A day on which the authority's offices are closed. It never extends a deadline."""

    day = models.DateField(unique=True)
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.name}, {self.day}"
