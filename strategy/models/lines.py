"""Telephone lines that are answered at some hours only (row W09)."""

from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.db import models

from strategy.rules.lines import Hours


def monday_to_friday() -> list[int]:
    """Monday is 0, as Python counts."""
    return [0, 1, 2, 3, 4]


class DutyLine(models.Model):
    """A number to call at once, such as the police sergeant's, and what to do when nobody answers it."""

    name = models.CharField(max_length=120, unique=True)
    number = models.CharField(max_length=40)
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(), default=monday_to_friday, help_text="Monday is 0"
    )
    opens_at = models.TimeField()
    closes_at = models.TimeField()
    other_hours = models.JSONField(
        default=dict, blank=True, help_text='Weekdays that differ: {"4": ["09:00", "16:30"]}'
    )
    on_bank_holidays = models.BooleanField(default=False)
    fallback = models.TextField(help_text="What to do outside these hours; never empty")
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(fallback=""), name="duty_line_has_a_fallback"),
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("opens_at")), name="duty_line_closes_after_it_opens"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def hours(self) -> Hours:
        """When it is answered."""
        differ = {
            int(day): (time.fromisoformat(opens), time.fromisoformat(closes))
            for day, (opens, closes) in self.other_hours.items()
        }
        return Hours(tuple(self.weekdays), self.opens_at, self.closes_at, self.on_bank_holidays, differ)
