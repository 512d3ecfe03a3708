"""What a booking must be before it can stand: format, place, times (rows W05, W11, W12, W37, C07)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from strategy.enums import MEETINGS, Format, PlaceKind

GRACE = timedelta(minutes=10)  # a conference that begins now was arranged a moment ago
FURTHEST = timedelta(days=60)
LONGEST = timedelta(hours=8)
NOON = datetime(2000, 1, 1, 12)
TELEPHONES = frozenset({Format.TELEPHONE, Format.TELEPHONE_CONFERENCE, Format.SERIES_OF_CALLS})
KINDS = {
    Format.FACE_TO_FACE: {PlaceKind.ROOM},
    Format.VIRTUAL: {PlaceKind.VIDEO_LINK},
    Format.HYBRID: {PlaceKind.ROOM, PlaceKind.VIDEO_LINK},
    Format.TELEPHONE_CONFERENCE: {PlaceKind.CONFERENCE_LINE},
}
WANTED = {
    Format.FACE_TO_FACE: "a room, or say where else it is held",
    Format.VIRTUAL: "a video link",
    Format.HYBRID: "a room or a video link",
    Format.TELEPHONE_CONFERENCE: "a conference line: separate calls are not a conference",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to book."""

    format: str
    place_kind: str | None
    start: datetime
    end: datetime
    hub: str = ""
    facilitator: str = ""
    late_reason: str = ""
    in_hospital: bool = False  # the place is one of a hospital


@dataclass(frozen=True, slots=True)
class Ground:
    """What the request and the local procedure say about it."""

    allowed_formats: Collection[str]
    telephone_urgent_only: bool
    is_urgent: bool
    meeting_only: bool
    limit: datetime | None
    hospital_source: str = ""  # the clause that wants it held in the hospital; empty when none does

    def allows(self, format: str) -> bool:
        """Whether the procedure lets this request be held in that format."""
        return not any(_with_format(Wish(format, None, NOON, NOON), self))


def problems_with_booking(wish: Wish, ground: Ground, *, at: datetime) -> Iterator[tuple[str, str]]:
    """Yield each field with the sentence to show beside it; nothing when the booking can stand."""
    yield from _with_format(wish, ground)
    yield from _with_place(wish, ground)
    yield from _with_times(wish, ground, at)


def problems_with_held(wish: Wish, ground: Ground) -> Iterator[tuple[str, str]]:
    """The same for one that was held already, wherever that was: it needs no place, and is not late."""
    yield from _with_format(wish, ground)
    yield from _with_telephone(wish)


def _with_format(wish: Wish, ground: Ground) -> Iterator[tuple[str, str]]:
    if wish.format not in ground.allowed_formats:
        yield "format", f"The local procedure does not allow a {Format(wish.format).label.lower()}"
    elif ground.meeting_only and wish.format not in MEETINGS:
        yield "format", "This needs a meeting: it may not be dealt with by telephone"
    elif wish.format in TELEPHONES and ground.telephone_urgent_only and not ground.is_urgent:
        yield "format", "The telephone is only for urgent requests, and this one was not marked urgent"


def _with_place(wish: Wish, ground: Ground) -> Iterator[tuple[str, str]]:
    kinds = KINDS.get(Format(wish.format))
    elsewhere = wish.format == Format.FACE_TO_FACE and bool(wish.hub) and wish.place_kind is None
    if kinds is not None and wish.place_kind not in kinds and not elsewhere:
        yield "place", f"A {Format(wish.format).label.lower()} needs {WANTED[Format(wish.format)]}"
    if ground.hospital_source and not wish.in_hospital and not wish.hub:
        yield (
            "hub",
            "A child is in hospital: it is held there, before the child leaves "
            f"({ground.hospital_source}). Choose the hospital’s room, or say where in the hospital",
        )
    yield from _with_telephone(wish, needs_hub=not ground.hospital_source)


def _with_telephone(wish: Wish, *, needs_hub: bool = True) -> Iterator[tuple[str, str]]:
    """Row W12: a telephone discussion is facilitated from somewhere, by somebody; calls from anywhere."""
    if wish.format in TELEPHONES:
        if needs_hub and not wish.hub and wish.format != Format.SERIES_OF_CALLS:
            yield "hub", "Enter the room from which the call is facilitated"
        if not wish.facilitator:
            yield "facilitator", "Enter who facilitates the call"


def _with_times(wish: Wish, ground: Ground, at: datetime) -> Iterator[tuple[str, str]]:
    if wish.start < at - GRACE:
        yield "start", "This time has passed. Choose a time from now on"
    elif wish.start > at + FURTHEST:
        yield "start", "This is more than 60 days away. Check the month and the year"
    if wish.end <= wish.start:
        yield "end", "It must end after it starts"
    elif wish.end - wish.start > LONGEST:
        yield "end", "This is longer than 8 hours. Check when it ends"
    if ground.limit is not None and wish.start > ground.limit and not wish.late_reason:
        yield "late_reason", "This starts after the legal limit. Say why no earlier time can be had"
