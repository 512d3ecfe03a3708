"""Where what is missing from a record is filled in, as it stands now: the page that lets one do it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.urls import reverse

from minutes.differences import boxes_of
from minutes.enums import MinutesStatus
from minutes.models import Minutes
from minutes.rules.complete import Missing, Place, Where
from minutes.rules.release import Finding

FROM_CHECK = "from=check"  # the page leads back to the chair's check, not to the room
MEETING_TIME = frozenset({MinutesStatus.OPENED, MinutesStatus.LIVE})
PAGES = {Where.WORKER: "allocate", Where.FAMILY: "family_sharing", Where.ACTION: "add_action"}
Content = Mapping[str, Any]
Boxes = Mapping[tuple[str, int | None], tuple[int, str]]


def addressed(minutes: Minutes, found: Sequence[Missing]) -> list[Missing]:
    """The same, each with the page on which it is filled in; without, where nothing can be done about it.

    While the discussion is held, and until the record is with the chair, a text is written in the room; then
    the chair amends it. What is asked beside a decision is asked with it until the discussion ends.
    """
    boxes: Boxes = {}
    if any(one.place.where == Where.SECTION for one in found):
        told = minutes.sections.filter(professional=None).values_list("field", "child", "pk", "step")
        boxes = {(field, child): (pk, step) for field, child, pk, step in told}
    return [replace(one, href=_href(minutes, one.place, boxes)) for one in found]


def mended_at(minutes: Minutes, found: Sequence[Finding], content: Content) -> list[Finding]:
    """What should perhaps not be read, each with the page on which its text is mended: its box, or the room.

    `content`: the record as it was looked through.
    """
    boxes, room = boxes_of(content), reverse("minutes:room", args=[minutes.discussion_id])
    at = [boxes.get(one.where) for one in found]
    return [
        replace(one, href=_of_box(minutes, *box) if box else room) for one, box in zip(found, at, strict=True)
    ]


def _href(minutes: Minutes, place: Place, boxes: Boxes) -> str:
    discussion = minutes.discussion
    match place.where:
        case Where.NOWHERE:
            return ""
        case Where.DECISION if minutes.status not in MEETING_TIME:
            return _put_right(minutes, place)
        case Where.SECTION:
            return _box(minutes, place, boxes)
        case Where.SIGNATURES:
            return reverse("minutes:signing", args=[discussion.pk])
        case Where.SAID:
            return reverse("minutes:round", args=[discussion.pk])
        case Where.PROTECTION:
            return reverse("strategy:protection", args=[discussion.request_id])
        case Where.DECISION:
            return reverse("minutes:decide", args=[discussion.pk, place.child])
        case Where.ANSWERS:
            name = "decide" if minutes.status in MEETING_TIME else "answers"
            return _and_back(minutes, reverse(f"minutes:{name}", args=[discussion.pk, place.child]))
        case Where.ARRANGEMENT:
            return _and_back(minutes, f"{reverse('minutes:arrange', args=[discussion.pk])}?{place.name}")
    return _and_back(minutes, reverse(f"minutes:{PAGES[place.where]}", args=[discussion.pk]))


def _put_right(minutes: Minutes, place: Place) -> str:
    """What was decided stands, unless the chair has the record and puts right what was recorded wrongly."""
    if minutes.status != MinutesStatus.WITH_CHAIR:
        return ""
    return reverse("minutes:correct_decision", args=[minutes.discussion_id, place.child])


def _box(minutes: Minutes, place: Place, boxes: Boxes) -> str:
    found = boxes.get((place.name, place.child)) or boxes.get((place.name, None))
    if found is None:  # an agenda of the authority's own that has no such step
        return ""
    return _of_box(minutes, *found)


def _of_box(minutes: Minutes, pk: int, step: str) -> str:
    if minutes.status == MinutesStatus.WITH_CHAIR:
        return reverse("minutes:amend", args=[minutes.discussion_id, pk])
    return f"{reverse('minutes:room', args=[minutes.discussion_id])}?step={step}#text-{pk}"


def _and_back(minutes: Minutes, address: str) -> str:
    if minutes.status != MinutesStatus.WITH_CHAIR:
        return address
    return f"{address}{'&' if '?' in address else '?'}{FROM_CHECK}"
