"""A few events of nobody's room, and a moment."""

from datetime import UTC, datetime

import pytest

from audit import events

ACT = events.register("test.act", "Something was done")
READ = events.register("test.read", "Something was read", kind=events.READ)


@pytest.fixture
def at() -> datetime:
    """Christmas Eve, half past four."""
    return datetime(2026, 12, 24, 16, 30, tzinfo=UTC)
