"""Saving every box of a step together, as a page without scripts posts them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from accounts.models import User
from govuk.numbers import whole_number
from minutes.models import Minutes, Section, SectionVersion
from minutes.rules.text import clean
from minutes.services.sections import Clash, mark_section, save_section


@dataclass(frozen=True, slots=True)
class Typed:
    """What was posted: text, marking and the version each box was printed with, by the cell's number."""

    texts: Mapping[int, str]
    versions: Mapping[int, int]
    markings: Mapping[int, str]

    @classmethod
    def read(cls, posted: Mapping[str, str]) -> Self:
        """Read `text-12`, `version-12` and `marking-12`; anything else is not ours."""
        return cls(
            texts=_numbered(posted, "text-"),
            versions={
                pk: version
                for pk, text in _numbered(posted, "version-").items()
                if (version := whole_number(text)) is not None
            },
            markings=_numbered(posted, "marking-"),
        )


def save_step(minutes: Minutes, step: str, typed: Typed, *, by: User, at: datetime) -> list[Clash]:
    """Save each box that its writer changed; those that somebody else changed too are returned, not lost.

    A box the writer left as it was printed is left as it now is. Raises NotAllowed, Refused, MoveNotAllowed.
    """
    clashes = []
    for section in Section.objects.filter(minutes=minutes, step=step, pk__in=typed.texts).order_by("pk"):
        version = typed.versions.get(section.pk, section.version)
        text = typed.texts[section.pk]
        if _was_changed(section, version, text):
            try:
                save_section(section, text, version=version, by=by, at=at)
            except Clash as clash:
                clashes.append(clash)
        if marking := typed.markings.get(section.pk):
            mark_section(section, marking, by=by, at=at)
    return clashes


def _was_changed(section: Section, version: int, text: str) -> bool:
    if version == section.version:
        return clean(text) != section.text
    printed = SectionVersion.objects.filter(section=section, version=version).values_list("text", flat=True)
    return clean(text) != (printed.first() or "")


def _numbered(posted: Mapping[str, str], prefix: str) -> dict[int, str]:
    """The values whose name is the prefix and a number."""
    named = {name.removeprefix(prefix): value for name, value in posted.items() if name.startswith(prefix)}
    return {pk: value for name, value in named.items() if (pk := whole_number(name)) is not None}
