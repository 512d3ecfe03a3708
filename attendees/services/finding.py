"""What the finder of times goes by: when places are taken and when people cannot come. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import DateTimeRangeField
from django.db.models import BooleanField, F, Func, IntegerField, QuerySet, Value

from attendees.enums import Reply
from attendees.models import Invitation, StatedTime
from attendees.rules.finder import Times
from strategy.models import BookedPerson, Booking, Place, PlaceBlock, StrategyRequest
from strategy.rules.slots import Span

Window = tuple[datetime, datetime]
NOBODY: Value = Value(None, output_field=IntegerField())


@dataclass(frozen=True, slots=True)
class Sought:
    """Somebody whose time matters: by their entry in the directory, their account, or both."""

    name: str
    professional: int | None = None
    user: int | None = None
    must: bool = False


def busy_places(
    places: Iterable[Place], window: Window, without: int | None
) -> dict[int, list[tuple[str, Span]]]:
    """Return when each place is taken or out of use, and the reason when it is out of use; one statement.

    Times only: for which family a place is taken is nobody's business here.
    """
    wanted = [place.pk for place in places]
    bookings = Booking.objects.filter(place__in=wanted, cancelled_at=None, occupied__overlap=window)
    blocks = PlaceBlock.objects.filter(place__in=wanted, lifted_at=None, during__overlap=window)
    rows = (
        bookings.exclude(discussion=without)
        .order_by()
        .values_list("place", "occupied", Value(""))
        .union(blocks.order_by().values_list("place", "during", "reason"), all=True)
    )
    found: dict[int, list[tuple[str, Span]]] = {}
    for place, during, reason in rows:
        found.setdefault(place, []).append((reason, (during.lower, during.upper)))
    return found


def times_of(
    request: StrategyRequest, people: Iterable[Sought], window: Window, without: int | None
) -> list[Times]:
    """Return when each person cannot come, from our own bookings and what they said; one statement.

    Somebody is busy while they chair or take minutes elsewhere, and while they are asked to another
    discussion that they have not declined. `without` leaves one discussion out, so that it can be moved.
    """
    sought = list(
        {(one.professional, one.user): one for one in sorted(people, key=lambda one: one.must)}.values()
    )
    by_user = {one.user: Times(one.name, one.must) for one in sought if one.user}
    by_professional: dict[int, Times] = {}
    for one in sought:
        if one.professional:
            known = by_user.get(one.user) if one.user else None
            by_professional[one.professional] = known or Times(one.name, one.must)
    for professional, user, can_come, during in _rows(
        request, list(by_professional), list(by_user), window, without
    ):
        times = by_professional.get(professional) or by_user.get(user)
        if times is not None:
            (times.only if can_come else times.busy).append((during.lower, during.upper))
    everybody = [*by_user.values(), *by_professional.values()]
    return list({id(one): one for one in everybody}.values())


def _rows(
    request: StrategyRequest, professionals: list[int], users: list[Any], window: Window, without: int | None
) -> QuerySet[Any, Any]:
    booked = BookedPerson.objects.filter(person__in=users, released_at=None, during__overlap=window)
    planned: Any = Func(
        F("discussion__planned_start"),
        F("discussion__planned_end"),
        function="TSTZRANGE",
        output_field=DateTimeRangeField(),
    )
    asked = Invitation.objects.filter(
        professional__in=professionals,
        withdrawn_at=None,
        reply__in=(Reply.WAITING, Reply.COMING),
        discussion__status="planned",
        discussion__planned_start__lt=window[1],
        discussion__planned_end__gt=window[0],
    )
    said = StatedTime.objects.filter(request=request, during__overlap=window)
    never: Value = Value(False, output_field=BooleanField())
    return (
        said.order_by()
        .values_list("professional", "professional__user", "can_come", "during")
        .union(
            booked.exclude(booking__discussion=without)
            .order_by()
            .values_list(NOBODY, "person", never, "during"),
            asked.exclude(discussion=without)
            .order_by()
            .values_list("professional", "professional__user", never, planned),
            all=True,
        )
    )
