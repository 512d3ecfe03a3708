"""How long a delivery waits after a try that did not arrive. Pure."""

from datetime import timedelta

FIRST = timedelta(minutes=1)
LONGEST = timedelta(hours=1)


def wait_after(attempts: int) -> timedelta:
    """One minute after the first try, twice as long after each next one, an hour at most; it never ends."""
    return min(FIRST * 2 ** min(max(attempts, 1) - 1, 10), LONGEST)
