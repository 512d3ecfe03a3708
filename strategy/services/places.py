"""Keeping places: the hours that differ, times out of use, and what stands in the way of a booking."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from accounts.models import User
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, refuse
from audit.events import register
from deadlines.working_days import england
from govuk.moments import DAYS, clock_time, local, moment
from outbox.rules import one_line
from strategy import permissions
from strategy.models import Booking, Place, PlaceBlock, PlaceHours
from strategy.rules.slots import Span, first_free, is_open

HOURS_KEPT = register("place.hours_kept", "Changed the hours of a place")
BLOCKED = register("place.blocked", "Took a place out of use")
LIFTED = register("place.block_lifted", "Put a place back into use")
LOOK_AHEAD = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class WeekdayHours:
    """A weekday on which a place keeps other hours than usual; without times it is closed."""

    weekday: int
    opens_at: time | None = None
    closes_at: time | None = None


@transaction.atomic
def keep_hours(place: Place, differing: Iterable[WeekdayHours], *, by: User, at: datetime) -> Place:
    """Say on which weekdays a place keeps other hours. What is booked stays booked.

    Raises NotAllowed, Refused at `hours`.
    """
    kept = Place.objects.select_for_update(no_key=True).get(pk=place.pk)
    refuse(permissions.refusal_to_keep_places(by, at))
    days = {one.weekday: one for one in differing}
    for one in days.values():
        if not 0 <= one.weekday <= 6:
            raise Refused("hours", "Choose a day of the week")
        if (one.opens_at is None) != (one.closes_at is None):
            raise Refused("hours", f"Enter when it opens and when it closes on {DAYS[one.weekday]}")
        if one.opens_at and one.closes_at and one.closes_at <= one.opens_at:
            raise Refused("hours", f"On {DAYS[one.weekday]} it must close after it opens")
    kept.hours.all().delete()
    PlaceHours.objects.bulk_create(
        PlaceHours(
            place=kept,
            weekday=one.weekday,
            is_closed=one.opens_at is None,
            opens_at=one.opens_at,
            closes_at=one.closes_at,
        )
        for one in days.values()
    )
    audit.record(HOURS_KEPT, subject=f"place:{kept.pk}", by=by, at=at, data={"weekdays": sorted(days)})
    return kept


@transaction.atomic
def block_place(
    place: Place, *, start: datetime, end: datetime, reason: str, by: User, at: datetime
) -> list[Booking]:
    """Take a place out of use for a time; returns the bookings that must now be moved, the soonest first.

    They stay booked: each discussion's page says that its place is out of use. Raises NotAllowed, Refused.
    """
    kept = Place.objects.select_for_update(no_key=True).get(pk=place.pk)
    refuse(permissions.refusal_to_block_place(by, at))
    if not one_line(reason):
        raise Refused("reason", "Say why it is out of use")
    if end <= start:
        raise Refused("end", "It must be back in use after it goes out of use")
    if end <= at:
        raise Refused("end", "This time has passed. Choose a time from now on")
    during = DateTimeTZRange(start, end)
    block = PlaceBlock.objects.create(place=kept, during=during, reason=one_line(reason)[:200], by=by, at=at)
    touched = Booking.objects.filter(place=kept, cancelled_at=None, during__overlap=during)
    waiting = list(touched.filter(discussion__status="planned").order_by("during"))
    data = {"block": block.pk, "bookings": [one.pk for one in waiting]}
    audit.record(BLOCKED, subject=f"place:{kept.pk}", by=by, at=at, data=data)
    return waiting


@transaction.atomic
def lift_block(block: PlaceBlock, *, by: User, at: datetime) -> PlaceBlock:
    """Put a place back into use earlier than planned. Raises NotAllowed, MoveNotAllowed."""
    Place.objects.select_for_update(no_key=True).get(pk=block.place_id)
    refuse(permissions.refusal_to_block_place(by, at))
    found = PlaceBlock.objects.select_for_update().get(pk=block.pk)
    if found.lifted_at is not None:
        raise MoveNotAllowed("This place is back in use already.")
    found.lifted_at, found.lifted_by = at, by
    found.save(update_fields=["lifted_at", "lifted_by"])
    audit.record(LIFTED, subject=f"place:{block.place_id}", by=by, at=at, data={"block": block.pk})
    return found


def blocks_between(places: Iterable[Place], start: datetime, end: datetime) -> list[PlaceBlock]:
    """Return when which of the places is out of use."""
    found = PlaceBlock.objects.filter(place__in=list(places), lifted_at=None)
    return list(found.filter(during__overlap=(start, end)).order_by("during"))


def why_not_usable(place: Place, start: datetime, end: datetime) -> str | None:
    """Return why the place cannot be used then, and when it can: closed, or out of use; else None."""
    hours, closed_days = place.opening(), england().bank_holidays
    if not is_open(start, end, hours, closed_days):
        day = local(start).date()
        today = hours.on(day, closed_days)
        if today is None:
            what = "on bank holidays" if day in closed_days and not place.on_bank_holidays else ""
            told = f"closed {what or 'on ' + DAYS[day.weekday()] + 's'}"
        else:
            told = f"open {_from_until(today)} on {DAYS[day.weekday()]}s"
        return f"{place} is {told}. {when_free(place, start, end - start)} Choose another time or place."
    block = next(iter(blocks_between([place], start, end)), None)
    if block is None:
        return None
    return (
        f"{place} is out of use until {moment(block.during.upper)}: {block.reason}. "
        f"{when_free(place, start, end - start)} Choose another time or place."
    )


def when_free(place: Place, start: datetime, length: timedelta) -> str:
    """Say in a sentence when the place is next free for so long."""
    soonest = first_free(
        start,
        length=length,
        taken=taken_times(place, start),
        hours=place.opening(),
        bank_holidays=england().bank_holidays,
        before=place.before,
        after=place.after,
    )
    return f"It is free from {moment(soonest)}." if soonest else "It is not free in the week after that."


def taken_times(place: Place, start: datetime) -> list[Span]:
    """Return when the place is booked or out of use in the week from a moment on."""
    window = (start - timedelta(days=1), start + LOOK_AHEAD)
    booked = Booking.objects.filter(place=place, cancelled_at=None, occupied__overlap=window)
    spans = [(one.lower, one.upper) for one in booked.values_list("occupied", flat=True)]
    return spans + [(one.during.lower, one.during.upper) for one in blocks_between([place], *window)]


def _from_until(times: tuple[time | None, time | None]) -> str:
    opens, closes = times
    words = [f"from {clock_time(opens)}"] if opens else []
    return " ".join([*words, *([f"until {clock_time(closes)}"] if closes else [])])
