"""Who is told of a warning or a breach: one row a notice and person, written with the sweep, told once."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from deadlines.models import Notice


class Telling(models.Model):
    """One notice for one person or one team's mailbox. Its letter is written later, with others."""

    # Four a clock are written by the sweep alone, from the very rows they point at, which are never deleted:
    # checking each again cost a third of the sweep, and the indexes below already begin with these columns.
    notice = models.ForeignKey(
        Notice, on_delete=models.PROTECT, related_name="tellings", db_constraint=False, db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    team = models.ForeignKey(
        "accounts.Team",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    created_at = models.DateTimeField(db_default=Now())
    told_at = models.DateTimeField(
        null=True, blank=True, help_text="When its letter was written, or was moot"
    )
    letter = models.ForeignKey(
        "outbox.Letter", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "user", "team"], name="told_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, team__isnull=True) | Q(user__isnull=True, team__isnull=False),
                name="telling_to_a_person_or_a_team",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "team"], name="telling_waiting", condition=Q(told_at__isnull=True)),
            models.Index(
                fields=["user", "team", "-told_at"], name="telling_told", condition=Q(letter__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"notice {self.notice_id} to {self.user or self.team}"
