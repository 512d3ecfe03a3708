"""The held event, whatever its format, with its booking; a place is never booked twice."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from accounts.living import living
from cases.models import Case
from cases.querysets import CaseBoundQuerySet
from strategy.enums import MEETINGS, DiscussionStatus, Format
from strategy.models.places import Place
from strategy.models.requests import StrategyRequest
from strategy.querysets import BookingQuerySet


class Discussion(models.Model):
    """A strategy discussion or meeting: one activity, several formats (row C01)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="discussions")
    request = models.ForeignKey(StrategyRequest, on_delete=models.PROTECT, related_name="discussions")
    number = models.PositiveSmallIntegerField(help_text="Its place in the series of the case")
    format = models.CharField(max_length=30, choices=Format.choices)
    status = models.CharField(
        max_length=20, choices=DiscussionStatus.choices, default=DiscussionStatus.PLANNED
    )
    planned_start = models.DateTimeField()
    planned_end = models.DateTimeField()
    hub = models.CharField(
        max_length=120, blank=True, help_text="Where a conference is facilitated from (row W12)"
    )
    facilitator = models.CharField(max_length=120, blank=True)
    right_meeting_at = models.DateTimeField(
        null=True, blank=True, help_text="Everyone is in the right meeting (B03)"
    )
    started_at = models.DateTimeField(null=True, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    no_quorum_reason = models.CharField(max_length=300, blank=True)
    quorate_at = models.DateTimeField(null=True, blank=True, help_text="When quorum was first complete")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = CaseBoundQuerySet.as_manager()

    class Meta:
        ordering = ["case", "number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="discussion_number_once_in_case"),
            models.CheckConstraint(
                condition=Q(planned_end__gt=F("planned_start")), name="discussion_planned_to_end_after_start"
            ),
            models.CheckConstraint(
                condition=Q(started_at__isnull=True, started_by__isnull=True)
                | Q(started_at__isnull=False, started_by__isnull=False),
                name="discussion_start_has_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__gte=F("started_at"), ended_by__isnull=False),
                name="discussion_end_has_who_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"Discussion {self.number} of {self.case}"

    @property
    def is_meeting(self) -> bool:
        """Whether the format is a meeting rather than a rapid discussion."""
        return self.format in MEETINGS

    @property
    def subject(self) -> str:
        """The text by which clocks, letters and the ledger point at this discussion."""
        return f"discussion:{self.pk}"


def _never_twice(name: str, what: str, when: str, in_force: Q) -> ExclusionConstraint:
    overlaps: Any = (when, RangeOperators.OVERLAPS)
    return ExclusionConstraint(
        name=name, expressions=[(what, RangeOperators.EQUAL), overlaps], condition=in_force
    )


class Booking(models.Model):
    """A place, a chair and a minute-taker held for a time; cancelled bookings stay on record.

    `occupied` is the time taken of the place: the discussion with what is kept free before and after it.
    """

    discussion = models.ForeignKey(Discussion, on_delete=models.PROTECT, related_name="bookings")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, blank=True, related_name="bookings")
    during = DateTimeRangeField()
    occupied = DateTimeRangeField()
    chair = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="chairs")
    minute_taker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="minutes_for"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    cancelled_reason = models.CharField(max_length=300, blank=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            _never_twice("place_never_booked_twice", "place", "occupied", Q(cancelled_at__isnull=True)),
            models.CheckConstraint(
                condition=Q(occupied__contains=F("during")), name="booking_occupies_its_own_time"
            ),
            models.UniqueConstraint(
                fields=["discussion"], condition=Q(cancelled_at__isnull=True), name="one_booking_in_force"
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True, cancelled_by__isnull=True)
                | Q(cancelled_at__isnull=False, cancelled_by__isnull=False),
                name="booking_cancelled_has_who_and_when",
            ),
        ]
        triggers = [
            living(role, name=f"{role}_is_living", condition=pgtrigger.Q(new__cancelled_at__isnull=True))
            for role in ("chair", "minute_taker")
        ]

    def __str__(self) -> str:
        return f"Booking {self.pk} ({self.discussion})"


class BookedPerson(models.Model):
    """Chair or minute-taker of a booking, whose time it takes: nobody does either twice at once."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="people")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="booked_times"
    )
    during = DateTimeRangeField()
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "booked people"
        ordering = ["pk"]
        constraints = [
            _never_twice("person_never_booked_twice", "person", "during", Q(released_at__isnull=True)),
            models.UniqueConstraint(fields=["booking", "person"], name="person_once_in_a_booking"),
        ]

    def __str__(self) -> str:
        return f"{self.person} in {self.booking}"
