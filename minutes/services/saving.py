"""Saving every box of a step together, as a page without scripts posts them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from accounts.models import User
from attendees.enums import Marking
from govuk.moments import clock_time
from govuk.numbers import whole_number
from minutes.models import Minutes, Section, SectionVersion
from minutes.rules.text import both, clean
from minutes.services.sections import Clash, mark_section, save_or_merge

STRICTER = (
    "Somebody else marked this passage too while you had the page open. The stricter of both stands: “{}”."
)


@dataclass(frozen=True, slots=True)
class Typed:
    """What was posted of each box, by its number: text and marking, and what it was printed with."""

    texts: Mapping[int, str]
    versions: Mapping[int, int]
    markings: Mapping[int, str]
    were_marked: Mapping[int, str] = field(default_factory=dict)
    both: Mapping[int, str] = field(default_factory=dict)

    @classmethod
    def read(cls, posted: Mapping[str, str]) -> Self:
        """Read `text-12`, `version-12`, `marking-12`, `was-marking-12`, `both-12`; nothing else is ours."""
        return cls(
            texts=_numbered(posted, "text-"),
            versions={
                pk: version
                for pk, text in _numbered(posted, "version-").items()
                if (version := whole_number(text)) is not None
            },
            markings=_numbered(posted, "marking-"),
            were_marked=_numbered(posted, "was-marking-"),
            both=_numbered(posted, "both-"),
        )


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of a step that was saved: texts that clash or were merged with somebody's words, and passages
    that stay marked more strictly."""

    clashes: list[Clash]
    stricter: list[Section]
    merged_with: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        """What is said of passages marked more strictly by somebody else, and of merged ones; else empty."""
        told = [STRICTER.format(Marking(one.marking).label) for one in self.stricter]
        told += [f"What you wrote is merged with {words}." for words in self.merged_with]
        return " ".join(dict.fromkeys(told))


def save_step(minutes: Minutes, step: str, typed: Typed, *, by: User, at: datetime) -> Kept:
    """Save each box that its writer changed; those that somebody else changed too are returned, not lost.

    Where they changed other sentences than the writer, both changes stand. A box or marking that the writer
    left as it was printed is left as it now is; of two markings the stricter stands.
    Raises NotAllowed, Refused, MoveNotAllowed.
    """
    clashes, stricter, merged_with = [], [], []
    for section in Section.objects.filter(minutes=minutes, step=step, pk__in=typed.texts).order_by("pk"):
        version = typed.versions.get(section.pk, section.version)
        text = typed.texts[section.pk]
        if section.pk in typed.both and section.text != clean(text):
            text = _both(section, clean(text), by, at)
        if _was_changed(section, version, text):
            try:
                saved = save_or_merge(section, text, version=version, by=by, at=at)
                merged_with += [saved.merged_with] if saved.merged_with else []
            except Clash as clash:
                clashes.append(clash)
        if marking := typed.markings.get(section.pk):
            was = typed.were_marked.get(section.pk, "")
            marked = mark_section(section, marking, was=was, by=by, at=at)
            if marking not in (was, marked.marking):
                stricter.append(marked)
    return Kept(clashes, stricter, merged_with)


def _both(section: Section, mine: str, by: User, at: datetime) -> str:
    """The text that stands and what was typed, which both were shown beside each other (a clash)."""
    theirs = section.updated_by
    above = theirs.name if theirs else "somebody else"
    if section.updated_at:
        above = f"{above} at {clock_time(section.updated_at)}"
    return both(section.text, mine, by=by.name, at=clock_time(at), above=above)


def _was_changed(section: Section, version: int, text: str) -> bool:
    if version == section.version:
        return clean(text) != section.text
    printed = SectionVersion.objects.filter(section=section, version=version).values_list("text", flat=True)
    return clean(text) != (printed.first() or "")


def _numbered(posted: Mapping[str, str], prefix: str) -> dict[int, str]:
    """The values whose name is the prefix and a number."""
    named = {name.removeprefix(prefix): value for name, value in posted.items() if name.startswith(prefix)}
    return {pk: value for name, value in named.items() if (pk := whole_number(name)) is not None}
