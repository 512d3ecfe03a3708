"""What those who watch the record live are told: each poll is one cheap statement."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.http import Http404

from accounts.models import User
from minutes.models import Minutes, Presence, Section
from minutes.rules import steps

TYPING = timedelta(seconds=5)
LOOKING = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Pulse:
    """How the record stands: which change was the last, who types where, who looks on."""

    minutes: int
    change: int
    typing: dict[int, str]
    looking: tuple[str, ...]
    noted: bool

    def tag(self, *more: object) -> str:
        """An ETag that changes with anything a watcher would see."""
        typing = ",".join(f"{section}:{name}" for section, name in sorted(self.typing.items()))
        return f'"{self.change}-{hash_of_text(typing, "|".join(self.looking), *more)}"'


def pulse(user: User, discussion_pk: int, *, at: datetime) -> Pulse:
    """One cheap statement for the poll of every two seconds. Raises Http404 once access has ended."""
    mine = Presence.objects.filter(minutes=OuterRef("pk"), user=user, seen_at__gt=at - LOOKING / 3)
    typing = Presence.objects.filter(minutes=OuterRef("pk"), typing_at__gt=at - TYPING).exclude(user=user)
    row: dict[str, Any] | None = (
        Minutes.objects.visible_to(user)
        .filter(discussion_id=discussion_pk)
        .annotate(
            typing=ArraySubquery(typing.values(json=JSONObject(section="section_id", name="user__name"))),
            looking=looking(user, at),
            mine=ArraySubquery(mine.values("pk")),
        )
        .values("pk", "change", "typing", "looking", "mine")
        .first()
    )
    if row is None:
        raise Http404("No record of yours has this number.")
    return Pulse(
        minutes=row["pk"],
        change=row["change"],
        typing={one["section"]: one["name"] for one in row["typing"] if one["section"]},
        looking=tuple(sorted({one["name"] for one in row["looking"]})),
        noted=bool(row["mine"]),
    )


def texts_of(minutes_pk: int, step: str) -> QuerySet[Section]:
    """The cells that a watcher of one step, or of all, is told."""
    found = Section.objects.filter(minutes_id=minutes_pk)
    if step and step != steps.ALL:
        found = found.filter(step=step)
    return found.select_related("updated_by")


def hash_of_text(*parts: object) -> str:
    """A short hash of words, for an ETag."""
    return sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()[:16]


def looking(user: User, at: datetime) -> ArraySubquery:
    """Who else has the record open, as JSON, beside each record."""
    others = Presence.objects.filter(minutes=OuterRef("pk"), seen_at__gt=at - LOOKING).exclude(user=user)
    return ArraySubquery(others.values(json=JSONObject(name="user__name")))
