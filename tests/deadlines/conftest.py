"""A case, a team and a worker whose turn it is."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

import pytest

from accounts.models import Agency, Team, User
from cases.models import Case
from deadlines.models import Deadline
from deadlines.rules import Answer, by_limit
from deadlines.services import open_clock
from deadlines.working_days import england
from protocols.rules.limits import Limit, hours

START = datetime.fromisoformat("2026-11-23T09:00:00+00:00")
_numbers = count(1)


@pytest.fixture
def team(db: None) -> Team:
    """A social work team of the authority."""
    agency = Agency.objects.create(name="Ambleford Council", kind="social_care", is_authority=True)
    return Team.objects.create(name="Assessment East", agency=agency)


@pytest.fixture
def worker(team: Team) -> User:
    """A social worker."""
    return User.objects.create(email="sw@ambleford.example", name="Sam Osei", agency=team.agency)


@pytest.fixture
def case(team: Team) -> Case:
    """A case without anything else."""
    return Case.objects.create(reference=f"T-{next(_numbers)}", team=team)


def answer(limit: Limit | None = None, start: datetime = START) -> Answer:
    """A convene clock with one limit, 24 hours unless told otherwise."""
    return by_limit("convene", limit or hours(24), start, "It must be held", "3.2", england())  # type: ignore[arg-type]


Opener = Callable[..., Deadline]


@pytest.fixture
def opened(case: Case, worker: User) -> Opener:
    """Opens a clock; `subject` differs each time unless given."""

    def make(limit: Limit | None = None, **more: object) -> Deadline:
        words: dict[str, object] = {"subject": f"request:{next(_numbers)}", "at": START, **more}
        start = words.pop("start", START)
        return open_clock(case=case, answer=answer(limit, start), by=None, owner=worker, **words)  # type: ignore[arg-type]

    return make


def after(hour: float, start: datetime = START) -> datetime:
    """So many hours after the start."""
    return start + timedelta(hours=hour)
