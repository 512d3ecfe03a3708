"""Holding a place, a chair and a minute-taker for a time: nobody and nothing is ever booked twice."""

from datetime import datetime
from random import uniform
from time import monotonic, sleep

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from accounts.models import User
from audit.errors import Refused, Taken
from govuk.moments import clock_time, local, moment
from strategy.enums import DiscussionStatus
from strategy.models import BookedPerson, Booking, Discussion, Place
from strategy.models.places import widened
from strategy.services import places

PLACE, PERSON = "place_never_booked_twice", "person_never_booked_twice"
NOT_ENDED = (DiscussionStatus.PLANNED, DiscussionStatus.STARTED)
PATIENCE, PAUSE = 5.0, (0.1, 0.4)  # seconds for which one waits for a place, and between two looks


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
    as_held: bool = False,
) -> Booking:
    """Book place, chair and minute-taker for the discussion, inside the caller's transaction.

    1. Lock place and people in one order, so that two who want the same wait for each other instead of dying;
       who waits for a place looks now and then whether it is taken, so that all are told at once.
    2. A place is booked while it is open and in use; `as_held` leaves that out for a booking that stands.
    3. Let the database's own constraints decide; they hold however a row came to be.
    4. The loser is told what is taken, when and by whom, and when it is free; not for which family.

    Raises Refused at `place`, and Taken at `place`, `chair` or `minute_taker`.
    """
    booking = Booking(
        discussion=discussion,
        place=place,
        during=DateTimeTZRange(start, end),
        occupied=DateTimeTZRange(*widened(place, start, end)),
        chair=chair,
        minute_taker=minute_taker,
        by=by,
        at=at,
    )
    if place is not None:
        place = booking.place = _locked_when_free(place, booking)
        booking.occupied = DateTimeTZRange(*widened(place, start, end))
        if told := who_has_place(place, booking):
            raise Taken("place", told)
    people = sorted({chair.pk, minute_taker.pk})
    list(User.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=people).order_by("pk"))
    if place is not None and not as_held and (reason := places.why_not_usable(place, start, end)):
        raise Refused("place", reason)
    if not _stands(booking, PLACE):
        raise Taken("place", f"{place} was taken a moment ago. Try again.")
    for field, person in (("chair", chair), ("minute_taker", minute_taker)):
        if field == "minute_taker" and person == chair:
            continue
        if not _stands(BookedPerson(booking=booking, person=person, during=booking.during), PERSON):
            raise Taken(field, who_has_person(person, booking))
    return booking


def _locked_when_free(place: Place, wanted: Booking) -> Place:
    """Lock the place; raises Taken as soon as somebody has it, however many wait for the lock.

    In a queue for the lock each would hold it once only to read the same: two hundred at one press wait too
    long. Whoever still waits at the end queues, for as long as any statement may wait.
    """
    tries = Place.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=place.pk)
    until = monotonic() + PATIENCE
    while monotonic() < until:
        if (found := tries.first()) is not None:
            return found
        if told := who_has_place(place, wanted):
            raise Taken("place", told)
        sleep(uniform(*PAUSE))
    return Place.objects.select_for_update(no_key=True).get(pk=place.pk)


def let_go(booking: Booking, *, reason: str, by: User, at: datetime) -> Booking:
    """Cancel a booking so that its place and people are free again; the row stays on record."""
    booking.cancelled_at, booking.cancelled_by, booking.cancelled_reason = at, by, reason[:300]
    booking.save(update_fields=["cancelled_at", "cancelled_by", "cancelled_reason"])
    booking.people.filter(released_at=None).update(released_at=at)
    return booking


def pass_on(booking: Booking, field: str, person: User, *, by: User, at: datetime) -> Booking:
    """Let somebody else chair or minute (`field`) what is booked already, inside the caller's transaction.

    What has ended meanwhile stays with who chaired and minuted it, and what is being held is booked anew, so
    that the row before says who had it until then. Raises Taken at the field when they are booked elsewhere.
    """
    status = Discussion.objects.lock(booking.discussion).status
    if status not in NOT_ENDED:
        return booking
    in_force = Booking.objects.select_related("discussion", "place", "chair", "minute_taker")
    booking = in_force.get(discussion=booking.discussion_id, cancelled_at=None)
    if status == DiscussionStatus.STARTED:
        return _anew(booking, field, person, by=by, at=at)
    list(User.objects.select_for_update(of=("self",), no_key=True).filter(pk=person.pk))
    setattr(booking, field, person)
    booking.save(update_fields=[field])
    stays = {booking.chair_id, booking.minute_taker_id}
    held = booking.people.filter(released_at=None)
    held.exclude(person__in=stays).update(released_at=at)
    if not held.filter(person=person).exists() and not _stands(
        BookedPerson(booking=booking, person=person, during=booking.during), PERSON
    ):
        raise Taken(field, who_has_person(person, booking))
    return booking


def _anew(booking: Booking, field: str, person: User, *, by: User, at: datetime) -> Booking:
    people = {"chair": booking.chair, "minute_taker": booking.minute_taker, field: person}
    let_go(booking, reason=f"Handed over to {person.name} while it was being held", by=by, at=at)
    return hold(
        booking.discussion,
        place=booking.place,
        start=booking.during.lower,
        end=booking.during.upper,
        as_held=True,
        by=by,
        at=at,
        **people,
    )


def who_has_place(place: Place, wanted: Booking) -> str | None:
    """Say in a sentence who booked the place, for how long, and when it is free; None when nobody did."""
    others = Booking.objects.filter(place=place, occupied__overlap=wanted.occupied, cancelled_at=None)
    other = others.exclude(pk=wanted.pk).select_related("by").order_by("during").first()
    if other is None:
        return None
    kept = _kept_free(place)
    length = wanted.during.upper - wanted.during.lower
    return (
        f"{place} is already booked from {_time_of(other)}, by {other.by.name}{kept}. "
        f"{places.when_free(place, wanted.during.lower, length)} Choose another time or place."
    )


def who_has_person(person: User, wanted: Booking) -> str:
    """Say in a sentence for how long somebody is booked and who booked them."""
    busy = BookedPerson.objects.filter(person=person, during__overlap=wanted.during, released_at=None)
    other = busy.exclude(booking=wanted.pk).select_related("booking__by").order_by("during").first()
    if other is None:
        return f"{person} was taken a moment ago. Try again."
    does = "to chair" if other.booking.chair_id == person.pk else "to take minutes"
    return (
        f"{person} is already booked {does} from {_time_of(other.booking)}, by {other.booking.by.name}. "
        "Choose another time or person."
    )


def _stands(row: Booking | BookedPerson, constraint: str) -> bool:
    """Save the row; false when the named constraint of the database says that it is taken."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as clash:
        if getattr(getattr(clash.__cause__, "diag", None), "constraint_name", "") != constraint:
            raise
        return False
    return True


def _time_of(other: Booking) -> str:
    start, end = other.during.lower, other.during.upper
    same_day = local(start).date() == local(end).date()
    return f"{moment(start)} to {clock_time(end) if same_day else moment(end)}"


def _kept_free(place: Place) -> str:
    kept = [
        f"{minutes} minutes {when}"
        for minutes, when in ((place.buffer_before, "before"), (place.buffer_after, "after"))
        if minutes
    ]
    return f" ({' and '.join(kept)} are kept free)" if kept else ""
