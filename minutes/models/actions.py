"""The action log: what everybody signs."""

from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Deferrable, Q

from attendees.living import present
from attendees.models import Professional
from cases.models import Child, FamilyMember
from minutes.enums import About, ActionKind, ActionOrigin, ActionStatus, Forum
from minutes.models.record import Minutes
from minutes.querysets import ActionQuerySet, RecordBoundQuerySet

PASSED = ("owner", "agreed_owner", "chased_at", "version")  # what `Action.pass_to` changes


class Action(models.Model):
    """Who does what by when, how we will know, and where it is reviewed (rows C19, G13, G19)."""

    minutes = models.ForeignKey(Minutes, on_delete=models.PROTECT, related_name="actions")
    number = models.PositiveSmallIntegerField()
    child = models.ForeignKey(Child, on_delete=models.PROTECT, null=True, blank=True, related_name="actions")
    text = models.TextField()
    owner = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="actions")
    agreed_owner = models.ForeignKey(
        Professional,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who owned it in the agreed log, once somebody else does it",
    )
    due_at = models.DateTimeField()
    how_known = models.CharField(max_length=300, blank=True, help_text="How we will know that it is done")
    forum = models.CharField(max_length=20, choices=Forum.choices, default=Forum.SUPERVISION)
    kind = models.CharField(
        max_length=20,
        choices=ActionKind.choices,
        default=ActionKind.ORDINARY,
        db_default=ActionKind.ORDINARY,
    )
    origin = models.CharField(max_length=20, choices=ActionOrigin.choices, default=ActionOrigin.TYPED)
    details = models.JSONField(
        default=dict, blank=True, help_text="Parts of its sentence: what, to_whom, from_whom, how"
    )
    status = models.CharField(max_length=10, choices=ActionStatus.choices, default=ActionStatus.OPEN)
    agreed_at = models.DateTimeField(null=True, blank=True)
    struck_reason = models.CharField(max_length=300, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by_ref = models.CharField(max_length=60, blank=True)
    what_was_done = models.TextField(blank=True)
    evidence = models.TextField(
        blank=True,
        db_default="",
        help_text="What shows it, as long as it takes, and where it is kept",
    )
    blocked_reason = models.CharField(max_length=300, blank=True)
    told_how = models.CharField(
        max_length=200, blank=True, db_default="", help_text="How its owner told whoever wrote it down"
    )
    version = models.PositiveIntegerField(default=1)
    extended_to = models.DateTimeField(
        null=True, blank=True, help_text="More time from the chair; what was signed keeps its own moment"
    )
    extended_why = models.CharField(max_length=300, blank=True, db_default="")
    extended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    extended_at = models.DateTimeField(null=True, blank=True, help_text="When the chair gave it")
    chased_at = models.DateTimeField(null=True, blank=True)

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering = ["minutes", "number"]
        constraints = [
            # Checked at the end, so that actions can change places in one statement.
            models.UniqueConstraint(
                fields=["minutes", "number"], name="action_number_once", deferrable=Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                condition=Q(status=ActionStatus.DONE, done_at__isnull=False, done_by_ref__gt="")
                | (~Q(status=ActionStatus.DONE) & Q(done_at__isnull=True)),
                name="action_done_has_who_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(status=ActionStatus.STRUCK) | Q(struck_reason__gt=""),
                name="action_struck_has_a_reason",
            ),
        ]
        triggers = [
            present(
                "owner",
                "agreed_at",
                name="action_of_the_living",
                condition=pgtrigger.Q(new__status__in=[ActionStatus.OPEN, ActionStatus.BLOCKED]),
            )
        ]

    def __str__(self) -> str:
        return f"Action {self.number}: {self.text[:60]}"

    @property
    def subject(self) -> str:
        """The text by which clocks, letters and the ledger point at this action."""
        return f"action:{self.pk}"

    @property
    def expected_at(self) -> datetime:
        """By when it is to be done now: as agreed, or later where the chair gave more time."""
        return self.extended_to or self.due_at

    @property
    def signed_owner(self) -> Professional:
        """Whose it is in the agreed log: what was signed keeps who owned it then."""
        return self.agreed_owner or self.owner

    def pass_to(self, owner: Professional) -> None:
        """Somebody else does it from now on; whoever saves it saves `PASSED`."""
        if self.agreed_at is not None:
            self.agreed_owner_id = self.agreed_owner_id or self.owner_id
        self.owner, self.chased_at = owner, None
        self.version += 1


class Arrangement(models.Model):
    """Where, when and by whom child, carers and home are seen (rows B09a to B09c); becomes an action."""

    minutes = models.ForeignKey(Minutes, on_delete=models.PROTECT, related_name="arrangements")
    about = models.CharField(max_length=10, choices=About.choices)
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="arrangements")
    family_member = models.ForeignKey(
        FamilyMember, on_delete=models.PROTECT, null=True, blank=True, related_name="arrangements"
    )
    place = models.CharField(max_length=200)
    at = models.DateTimeField()
    by_whom = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="arrangements")
    action = models.OneToOneField(Action, on_delete=models.PROTECT, related_name="arrangement")

    objects = RecordBoundQuerySet.as_manager()

    class Meta:
        ordering = ["child", "pk"]

    def __str__(self) -> str:
        return f"{self.get_about_display()}: {self.child}"


class ActionLog(models.Model):
    """A frozen version of the action log with its hash; what signatures are of (row W27)."""

    minutes = models.ForeignKey(Minutes, on_delete=models.PROTECT, related_name="action_logs")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = RecordBoundQuerySet.as_manager()

    class Meta:
        ordering = ["minutes", "number"]
        constraints = [models.UniqueConstraint(fields=["minutes", "number"], name="action_log_number_once")]
        triggers = [
            pgtrigger.Protect(name="action_log_unchanged", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"Action log {self.number} of {self.minutes}"

    @property
    def document(self) -> str:
        """The text by which signatures point at this log."""
        return f"action-log:{self.pk}"
