"""Two people changed one text at once: merged where they changed different sentences, else not at all. Pure.

A change is read as one stretch of sentences or lines. Only whole ones are put together, so that no sentence
comes to stand in the record that nobody wrote; nothing of either is left out, and each keeps its order.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from minutes.rules.text import clean, problem_with

_AFTER = re.compile(r"(?<=\n)|(?<=[.!?…])(?=\s)|(?<=[.!?…][\"'”’)\]])(?=\s)")


def merged(base: str, theirs: str, mine: str) -> str | None:
    """The base with both changes; None where they meet or cannot be told apart: people choose."""
    if mine in (base, theirs):
        return theirs
    if theirs == base:
        return mine
    stood, they, me = pieces(base), pieces(theirs), pieces(mine)
    changes = sorted((_change(stood, they), _change(stood, me)), key=lambda one: (one.begins, one.ends))
    first, second = changes
    if not first.is_clear_of(second):
        return None
    put = [
        *stood[: first.start],
        *first.new,
        *stood[first.stop : second.start],
        *second.new,
        *stood[second.stop :],
    ]
    text = "".join(put)
    if pieces(text) != put or clean(text) != text or problem_with(text):
        return None  # the edges of two changes would make one sentence, or the whole is too long
    return text


def pieces(text: str) -> list[str]:
    """The text in lines and sentences; joined they are the text. Spaces stand before the next sentence."""
    return [piece for piece in _AFTER.split(text) if piece]


@dataclass(frozen=True, slots=True)
class _Change:
    """What somebody put in the place of `start` to `stop`. Between equal lines it may as well have been made
    elsewhere from `begins` to `ends`."""

    start: int
    stop: int
    new: Sequence[str]
    begins: int
    ends: int

    def is_clear_of(self, later: "_Change") -> bool:
        """Whether an untouched piece lies between, or each replaced pieces of its own side by side."""
        if self.ends < later.begins:
            return True
        return self.ends == later.begins and self._is_certain and later._is_certain

    @property
    def _is_certain(self) -> bool:
        """Whether it takes the place of something, and can have been made nowhere else."""
        return self.start < self.stop and (self.start, self.stop) == (self.begins, self.ends)


def _change(stood: Sequence[str], now: Sequence[str]) -> _Change:
    shorter = min(len(stood), len(now))
    same_before = _same(stood, now)
    same_after = _same(stood[::-1], now[::-1])
    after = min(same_after, shorter - same_before)
    start, stop = same_before, len(stood) - after
    slides = same_before + same_after - shorter  # by so many pieces the change may have been made earlier
    return _Change(
        start=start,
        stop=stop,
        new=now[start : len(now) - after],
        begins=start - max(slides, 0),
        ends=stop,
    )


def _same(one: Sequence[str], other: Sequence[str]) -> int:
    """How many pieces both begin with."""
    count = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        count += 1
    return count
