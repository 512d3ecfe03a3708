"""Holding a place, a chair and a minute-taker for a time: nobody and nothing is ever booked twice."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from accounts.models import User
from audit.errors import Taken
from govuk.moments import clock_time, moment
from strategy.models import Booking, Discussion, Place

FIELDS = {
    "place_never_booked_twice": "place",
    "chair_never_booked_twice": "chair",
    "minute_taker_never_booked_twice": "minute_taker",
}


def hold(
    discussion: Discussion,
    *,
    place: Place | None,
    start: datetime,
    end: datetime,
    chair: User,
    minute_taker: User,
    by: User,
    at: datetime,
) -> Booking:
    """Book place, chair and minute-taker for the discussion, inside the caller's transaction.

    1. Lock place and people in one order, so that two who want the same wait for each other instead of dying.
    2. Let the database's own constraints decide; they hold however a row came to be.
    3. The loser is told what is taken, when and by whom; not for which family. Raises Taken at the field.
    """
    if place is not None:
        Place.objects.select_for_update(no_key=True).get(pk=place.pk)
    people = sorted({chair.pk, minute_taker.pk})
    list(User.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=people).order_by("pk"))
    booking = Booking(
        discussion=discussion,
        place=place,
        during=DateTimeTZRange(start, end),
        chair=chair,
        minute_taker=minute_taker,
        by=by,
        at=at,
    )
    try:
        with transaction.atomic():
            booking.save(force_insert=True)
    except IntegrityError as clash:
        name = getattr(getattr(clash.__cause__, "diag", None), "constraint_name", "")
        if name not in FIELDS:
            raise
        raise Taken(FIELDS[name], who_has(FIELDS[name], booking)) from clash
    return booking


def let_go(booking: Booking, *, reason: str, by: User, at: datetime) -> Booking:
    """Cancel a booking so that its place and people are free again; the row stays on record."""
    booking.cancelled_at, booking.cancelled_by, booking.cancelled_reason = at, by, reason[:300]
    booking.save(update_fields=["cancelled_at", "cancelled_by", "cancelled_reason"])
    return booking


def who_has(field: str, wanted: Booking) -> str:
    """Say in a sentence what is taken, for how long and who booked it."""
    other = (
        Booking.objects.filter(
            during__overlap=wanted.during, cancelled_at=None, **{field: getattr(wanted, field)}
        )
        .exclude(pk=wanted.pk)
        .select_related("by", "place")
        .first()
    )
    thing = getattr(wanted, field)
    if other is None:
        return f"{thing} was taken a moment ago. Try again."
    start, end = other.during.lower, other.during.upper
    return (
        f"{thing} is already booked from {moment(start)} to {clock_time(end)}, by {other.by.name}. "
        "Choose another time" + (" or place." if field == "place" else " or person.")
    )
