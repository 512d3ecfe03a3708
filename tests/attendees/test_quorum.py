"""Quorum is a matching of persons to roles, and its moment the first at which the matching is whole."""

from collections.abc import Hashable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from attendees.quorum import Seat, check, check_at, first_complete

ROLES = ("social_worker", "social_work_manager", "police", "health")
START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
MINUTES = st.integers(min_value=-30, max_value=60).map(lambda count: START + timedelta(minutes=count))
ROLE_SETS = st.frozensets(st.sampled_from(ROLES), max_size=3)


def can_fill(required: Sequence[str], people: dict[int, frozenset[str]]) -> bool:
    """The same question asked slowly: is there any way at all to give each role a person of their own?"""
    return any(
        all(role in people[person] for role, person in zip(required, chosen, strict=True))
        for chosen in permutations(people, len(required))
    )


def most_filled(required: Sequence[str], people: dict[int, frozenset[str]]) -> int:
    """How many of the roles can be filled at once, asked slowly."""
    for size in range(len(required), 0, -1):
        for some in permutations(required, size):
            if can_fill(some, people):
                return size
    return 0


@given(
    required=st.lists(st.sampled_from(ROLES), unique=True, max_size=4),
    people=st.dictionaries(st.integers(0, 5), ROLE_SETS, max_size=5),
)
def test_as_many_roles_are_filled_as_any_seating_could_fill(
    required: list[str], people: dict[int, frozenset[str]]
) -> None:
    found = check(required, people)

    assert found.met == can_fill(required, people)
    assert len(found.filled) == most_filled(required, people)
    assert len(set(found.filled.values())) == len(found.filled)
    assert all(role in people[int(str(person))] for role, person in found.filled.items())
    assert set(found.missing) == set(required) - set(found.filled)


def test_one_person_cannot_be_two() -> None:
    """Row G04: social worker and social work manager are two people."""
    both: dict[Hashable, set[str]] = {
        "Mo": {"social_worker", "social_work_manager"},
        "Paul": {"police"},
        "Hetty": {"health"},
    }

    assert check(ROLES, both).missing == ("social_work_manager",)
    assert check(ROLES, {**both, "Sam": {"social_worker"}}).met
    assert check(ROLES, both, distinct=False).met


@given(
    rows=st.lists(st.tuples(ROLE_SETS, MINUTES, st.none() | st.integers(1, 60)), max_size=5),
    series=st.booleans(),
)
def test_the_moment_is_the_first_minute_at_which_quorum_holds(
    rows: list[tuple[frozenset[str], datetime, int | None]], series: bool
) -> None:
    seats = [
        Seat(person, roles, arrived, arrived + timedelta(minutes=stayed) if stayed else None)
        for person, (roles, arrived, stayed) in enumerate(rows)
    ]
    required = ROLES[1:]
    every_minute = [START + timedelta(minutes=minute) for minute in range(130)]
    slowly = next((at for at in every_minute if check_at(required, seats, at, series=series).met), None)

    assert first_complete(required, seats, START, series=series) == slowly


def test_a_late_joiner_completes_it() -> None:
    late = START + timedelta(minutes=17)
    seats = [
        Seat("Sam", frozenset({"social_worker"}), START - timedelta(minutes=3)),
        Seat("Hetty", frozenset({"health"}), START),
        Seat("Paul", frozenset({"police"}), late),
    ]
    required = ("social_worker", "police", "health")

    assert check_at(required, seats, START).missing == ("police",)
    assert first_complete(required, seats, START) == late


def test_somebody_who_left_before_the_last_came_does_not_count_except_in_a_series_of_calls() -> None:
    seats = [
        Seat("Hetty", frozenset({"health"}), START, START + timedelta(minutes=10)),
        Seat("Paul", frozenset({"police"}), START + timedelta(minutes=20)),
    ]

    assert first_complete(("police", "health"), seats, START) is None
    assert first_complete(("police", "health"), seats, START, series=True) == START + timedelta(minutes=20)


def test_nobody_and_nothing_asked() -> None:
    assert check((), {}).met
    assert not check(("police",), {}).met
