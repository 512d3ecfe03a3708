"""What those who watch the record live are told: each poll is one cheap statement."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.http import Http404

from accounts.models import User
from cases.querysets import Asked
from minutes.models import Minutes, Presence, Section
from minutes.rules import steps

TYPING = timedelta(seconds=5)
LOOKING = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Pulse:
    """How the record stands: which change was the last, who types where, who looks on."""

    minutes: int
    change: int
    beside: int
    typing: dict[int, str]
    looking: tuple[str, ...]
    noted: bool

    def tag_of_texts(self, step: str) -> str:
        """An ETag that changes with any text, and with who types where."""
        typing = ",".join(f"{section}:{name}" for section, name in sorted(self.typing.items()))
        return f'"{self.change}-{hash_of_text(typing, step)}"'

    def tag_of_side(self, minute: datetime) -> str:
        """An ETag that changes with what stands beside the texts; while people only type it stays."""
        return tag_beside(self.beside, self.looking, minute)


def pulse(user: User, discussion_pk: int, *, at: datetime) -> Pulse:
    """One cheap statement for the poll of every two seconds. Raises Http404 once access has ended."""
    found = PULSE.rows(user, discussion_pk, at)
    if not found:
        raise Http404("No record of yours has this number.")
    minutes, change, beside, typing, looks, mine = found[0]
    where = [json.loads(one) for one in typing]
    return Pulse(
        minutes=minutes,
        change=change,
        beside=beside,
        typing={one["section"]: one["name"] for one in where if one["section"]},
        looking=tuple(sorted({json.loads(one)["name"] for one in looks})),
        noted=bool(mine),
    )


def seen_box(user: User, discussion_pk: int, section_pk: int) -> Section:
    """A box of a record that this person sees: its number alone, since saving locks and reads it anyway.

    Raises Http404.
    """
    if (discussion_pk,) not in BOX.rows(user, section_pk):
        raise Http404("No box of yours has this number.")
    return Section(pk=section_pk)


def texts_of(minutes_pk: int, step: str) -> QuerySet[Section]:
    """The cells that a watcher of one step, or of all, is told."""
    found = Section.objects.filter(minutes_id=minutes_pk)
    if step and step != steps.ALL:
        found = found.filter(step=step)
    return found.select_related("updated_by")


def tag_beside(beside: int, looking: Iterable[str], minute: datetime) -> str:
    """An ETag of all that stands beside the texts: the change, who looks on, the minute that clocks show."""
    return f'"{beside}-{hash_of_text("|".join(looking), minute.replace(second=0, microsecond=0))}"'


def hash_of_text(*parts: object) -> str:
    """A short hash of words, for an ETag."""
    return sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()[:16]


def looking(user: User, at: datetime) -> ArraySubquery:
    """Who else has the record open, as JSON, beside each record."""
    others = Presence.objects.filter(minutes=OuterRef("pk"), seen_at__gt=at - LOOKING).exclude(user=user)
    return ArraySubquery(others.values(json=JSONObject(name="user__name")))


def _pulse(user: User, discussion_pk: int, at: datetime) -> QuerySet[Minutes, Any]:
    mine = Presence.objects.filter(minutes=OuterRef("pk"), user=user, seen_at__gt=at - LOOKING / 3)
    typing = Presence.objects.filter(minutes=OuterRef("pk"), typing_at__gt=at - TYPING).exclude(user=user)
    found = Minutes.objects.visible_to(user).filter(discussion_id=discussion_pk)
    told = JSONObject(section="section_id", name="user__name")
    return found.annotate(
        where=ArraySubquery(typing.values(json=told)),
        looks=looking(user, at),
        mine=ArraySubquery(mine.values("pk")),
    ).values_list("pk", "change", "beside", "where", "looks", "mine")


def _box(user: User, section_pk: int, at: datetime) -> QuerySet[Section, Any]:
    return Section.objects.visible_to(user).filter(pk=section_pk).values_list("minutes__discussion_id")


PULSE, BOX = Asked(_pulse), Asked(_box)
