"""Quorum: which of the roles a protocol needs are filled, and since when. Pure.

One person fills one role (row G04: social worker and social work manager are two people), so filling the
roles is a matching between roles and persons, not a count.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Seat:
    """One person's part: the roles they can fill, and from when until when they took part (aware moments)."""

    person: Hashable
    roles: frozenset[str]
    arrived_at: datetime
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Quorum:
    """Whether quorum is met; `missing` keeps the protocol's order, `filled` says who fills which role."""

    missing: tuple[str, ...]
    filled: Mapping[str, Hashable]

    @property
    def met(self) -> bool:
        """Whether every role is filled by somebody of their own."""
        return not self.missing


def check(
    required: Sequence[str], people: Mapping[Hashable, Collection[str]], *, distinct: bool = True
) -> Quorum:
    """Fill as many of the required roles as can be, each by another person when `distinct`."""
    filled: dict[str, Hashable] = {}
    if distinct:
        for role in required:
            _fill(role, people, filled, set())
    else:
        for role in required:
            for person, roles in people.items():
                if role in roles:
                    filled.setdefault(role, person)
    return Quorum(tuple(role for role in required if role not in filled), filled)


def _fill(
    role: str, people: Mapping[Hashable, Collection[str]], filled: dict[str, Hashable], asked: set[Hashable]
) -> bool:
    """Find a person for the role, moving others to another role of theirs where needed (augmenting path)."""
    for person, roles in people.items():
        if role not in roles or person in asked:
            continue
        asked.add(person)
        held = next((other for other, who in filled.items() if who == person), None)
        if held is None or _fill(held, people, filled, asked):
            filled[role] = person
            return True
    return False


def check_at(
    required: Sequence[str],
    seats: Iterable[Seat],
    at: datetime,
    *,
    distinct: bool = True,
    series: bool = False,
) -> Quorum:
    """Quorum at a moment: of those who have arrived and not left; in a series of calls, of all so far."""
    people: dict[Hashable, frozenset[str]] = {}
    for seat in seats:
        if seat.arrived_at <= at and (series or seat.left_at is None or at < seat.left_at):
            people[seat.person] = people.get(seat.person, frozenset()) | seat.roles
    return check(required, people, distinct=distinct)


def first_complete(
    required: Sequence[str],
    seats: Iterable[Seat],
    started_at: datetime,
    *,
    distinct: bool = True,
    series: bool = False,
) -> datetime | None:
    """The first moment from the start on at which every role was filled, or None (`clocks.md`, convene).

    Somebody who came before the start counts from the start. Quorum can only become complete when the
    discussion starts or somebody arrives, so only those moments are looked at.
    """
    seats = list(seats)
    moments = sorted({started_at} | {seat.arrived_at for seat in seats if seat.arrived_at > started_at})
    for moment in moments:
        if check_at(required, seats, moment, distinct=distinct, series=series).met:
            return moment
    return None
