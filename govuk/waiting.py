"""When the database makes somebody wait too long: a plain answer instead of a fault."""

from django.db import OperationalError

from audit.errors import Refused, Taken

DEADLOCK = "40P01"
TOO_LONG = {DEADLOCK, "55P03", "57014"}  # two waited for each other; a lock or a statement took too long
SENTENCE = "Somebody else was changing the same thing just now, so nothing of yours was saved. Send it again."


def state_of(fault: OperationalError) -> str:
    """PostgreSQL's five letters for what went wrong, or the empty text."""
    return str(getattr(fault.__cause__, "sqlstate", "") or "")


def refusal_of(fault: OperationalError) -> Refused | None:
    """The refusal to show for a wait that was given up; None for any other fault of the database."""
    return Taken(None, SENTENCE) if state_of(fault) in TOO_LONG else None
