"""Rooms, conference lines and video links: when each is open, when it is out of use, what it needs around
it."""

from datetime import time, timedelta
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import DateTimeRangeField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q

from strategy.enums import PlaceKind
from strategy.querysets import BlockQuerySet, PlaceQuerySet
from strategy.rules.places import LONGEST_BUFFER
from strategy.rules.slots import OpeningHours

CLOSES_AFTER_IT_OPENS = Q(opens_at__isnull=True) | Q(closes_at__isnull=True) | Q(closes_at__gt=F("opens_at"))


class Place(models.Model):
    """A room, a conference line or a video link, bookable during its hours."""

    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=20, choices=PlaceKind.choices)
    joining = models.TextField(blank=True, help_text="How to get there or to join; no child data")
    opens_at = models.TimeField(null=True, blank=True)
    closes_at = models.TimeField(null=True, blank=True)
    on_bank_holidays = models.BooleanField(default=True, help_text="Open on bank holidays too")
    buffer_before = models.PositiveSmallIntegerField(
        default=0,
        validators=[MaxValueValidator(LONGEST_BUFFER)],
        help_text="Minutes kept free before each booking, to make it ready",
    )
    buffer_after = models.PositiveSmallIntegerField(
        default=0,
        validators=[MaxValueValidator(LONGEST_BUFFER)],
        help_text="Minutes kept free after each booking, to clear it",
    )
    capacity = models.PositiveSmallIntegerField(null=True, blank=True, help_text="How many it holds")
    is_hospital = models.BooleanField(
        default=False, help_text="In a hospital: a child who is in it can be discussed there (row W36)"
    )
    is_active = models.BooleanField(default=True)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(buffer_before__lte=LONGEST_BUFFER, buffer_after__lte=LONGEST_BUFFER),
                name="place_buffers_in_bounds",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def opening(self) -> OpeningHours:
        """When it is open: its usual hours, and the weekdays that differ, read along by `with_hours`."""
        kept: Any = getattr(self, "kept_hours", None)
        if kept is None:
            kept = list(self.hours.values("weekday", "is_closed", "opens_at", "closes_at"))
        differ = {
            one["weekday"]: None if one["is_closed"] else (_time(one["opens_at"]), _time(one["closes_at"]))
            for one in kept
        }
        return OpeningHours(self.opens_at, self.closes_at, differ, self.on_bank_holidays)

    @property
    def before(self) -> timedelta:
        """What is kept free before a booking."""
        return timedelta(minutes=self.buffer_before)

    @property
    def after(self) -> timedelta:
        """What is kept free after a booking."""
        return timedelta(minutes=self.buffer_after)


class PlaceHours(models.Model):
    """A weekday on which a place keeps other hours than usual, or is closed."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(help_text="Monday is 0")
    is_closed = models.BooleanField(default=False)
    opens_at = models.TimeField(null=True, blank=True)
    closes_at = models.TimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "place hours"
        ordering = ["place", "weekday"]
        constraints = [
            models.UniqueConstraint(fields=["place", "weekday"], name="place_hours_once_a_weekday"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="place_hours_of_a_weekday"),
            models.CheckConstraint(condition=CLOSES_AFTER_IT_OPENS, name="place_hours_close_after_opening"),
        ]

    def __str__(self) -> str:
        return f"{self.place}, weekday {self.weekday}"


class PlaceBlock(models.Model):
    """A time in which a place is out of use, with the reason; lifted early it stays on record."""

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="blocks")
    during = DateTimeRangeField()
    reason = models.CharField(max_length=200, help_text="No child data: everybody who books reads it")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = BlockQuerySet.as_manager()

    class Meta:
        ordering = ["during"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="place_block_says_why"),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="place_block_lifted_has_who_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} out of use: {self.reason}"


def widened(place: Place | None, start: Any, end: Any) -> tuple[Any, Any]:
    """The time that a booking takes of its place: with what is kept free before and after."""
    return (start, end) if place is None else (start - place.before, end + place.after)


def _time(told: time | str | None) -> time | None:
    """A time as a row or as JSON has it."""
    return time.fromisoformat(told) if isinstance(told, str) else told
