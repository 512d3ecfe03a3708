"""When a place cannot be used: times out of use, what must be moved then, what stands in a booking's way."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from accounts.models import User
from accounts.services.tidy import given
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, refuse
from audit.events import register
from deadlines.working_days import england, local_date
from govuk.moments import DAYS, clock_time, local, moment
from strategy import permissions
from strategy.enums import DiscussionStatus
from strategy.models import Booking, Place, PlaceBlock
from strategy.rules.slots import Span, first_free, is_open

BLOCKED = register("place.blocked", "Took a place out of use")
LIFTED = register("place.block_lifted", "Put a place back into use")
LOOK_AHEAD = timedelta(days=8)
LONGEST_REASON = 200
LONGEST_BLOCK = timedelta(days=731)


@transaction.atomic
def block_place(
    place: Place, *, start: datetime, end: datetime, reason: str, by: User, at: datetime
) -> list[Booking]:
    """Take a place out of use for a time; returns the bookings that must now be moved, the soonest first.

    They stay booked: each discussion's page says that its place is out of use.

    Raises NotAllowed; Refused at `start`, `end` or `reason`.
    """
    kept = Place.objects.select_for_update(no_key=True).get(pk=place.pk)
    refuse(permissions.refusal_to_block_place(by, at))
    why = given(reason, "reason", "Say why it is out of use", LONGEST_REASON)
    if local_date(start) < local_date(at):
        raise Refused("start", "This day has passed. Choose a day from today on")
    if end <= start:
        raise Refused("end", "It must be back in use after it goes out of use")
    if end <= at:
        raise Refused("end", "This time has passed. Choose a time from now on")
    if end - at > LONGEST_BLOCK:
        raise Refused("end", "Choose a time within two years. An administrator can retire it for good")
    block = PlaceBlock.objects.create(
        place=kept, during=DateTimeTZRange(start, end), reason=why, by=by, at=at
    )
    waiting = list(must_be_moved(kept, by=by, at=at).filter(during__overlap=block.during))
    data = {"block": block.pk, "bookings": [one.pk for one in waiting]}
    audit.record(BLOCKED, subject=kept, by=by, at=at, data=data)
    return waiting


@transaction.atomic
def lift_block(block: PlaceBlock, *, by: User, at: datetime) -> PlaceBlock:
    """Put a place back into use earlier than planned. Raises NotAllowed, MoveNotAllowed."""
    Place.objects.select_for_update(no_key=True).get(pk=block.place_id)
    refuse(permissions.refusal_to_block_place(by, at))
    found = PlaceBlock.objects.select_for_update().get(pk=block.pk)
    if found.lifted_at is not None or found.during.upper <= at:
        raise MoveNotAllowed("This place is back in use already.")
    found.lifted_at, found.lifted_by = at, by
    found.save(update_fields=["lifted_at", "lifted_by"])
    audit.record(LIFTED, subject=f"place:{block.place_id}", by=by, at=at, data={"block": block.pk})
    return found


def with_blocks(at: datetime) -> QuerySet[Place]:
    """Every place with its hours, and in `to_come` when it is out of use from now on: two statements."""
    ahead = PlaceBlock.objects.ahead(at).select_related("by")
    found: QuerySet[Place] = Place.objects.with_hours().prefetch_related(Prefetch("blocks", ahead, "to_come"))
    return found


def must_be_moved(place: Place, *, by: User, at: datetime) -> QuerySet[Booking]:
    """Return the bookings to come while the place is out of use, the soonest first.

    `may_see` says whether this person may see the case: to whoever may not, a booking is a time and a name.
    """
    blocks = PlaceBlock.objects.ahead(at).filter(place=place, during__overlap=OuterRef("during"))
    theirs = Booking.objects.visible_to(by).filter(pk=OuterRef("pk"))
    found: QuerySet[Booking] = (
        Booking.objects.filter(Exists(blocks), place=place, cancelled_at=None, during__endswith__gt=at)
        .filter(discussion__status=DiscussionStatus.PLANNED)
        .annotate(may_see=Exists(theirs))
        .select_related("discussion__case", "by", "chair")
        .order_by("during")
    )
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
