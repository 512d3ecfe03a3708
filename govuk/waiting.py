"""When the database refuses: somebody waits too long, or gives to somebody who has just left.

A plain answer instead of a fault.
"""

from django.db import DatabaseError, IntegrityError, OperationalError

from audit.errors import MoveNotAllowed, Refused, Taken

DEADLOCK = "40P01"
TOO_LONG = {DEADLOCK, "55P03", "57014"}  # two waited for each other; a lock or a statement took too long
SENTENCE = "Somebody else was changing the same thing just now, so nothing of yours was saved. Send it again."
LIVING_OWNER = "living_owner"  # what the triggers of `accounts.living` call themselves
GONE = (
    "{} left just now: their account was closed, or they were taken off the directory. Nothing of yours was "
    "saved. Choose somebody else, and send it again."
)
FAULTS = (OperationalError, IntegrityError)  # those of which `refusal_of` may know


def state_of(fault: DatabaseError) -> str:
    """PostgreSQL's five letters for what went wrong, or the empty text."""
    return str(getattr(fault.__cause__, "sqlstate", "") or "")


def refusal_of(fault: DatabaseError) -> Refused | None:
    """The refusal to show for a wait that was given up, or a gift to nobody; None for any other fault."""
    if state_of(fault) in TOO_LONG:
        return Taken(None, SENTENCE)
    said = getattr(fault.__cause__, "diag", None)
    if said is not None and said.constraint_name == LIVING_OWNER:
        return MoveNotAllowed(GONE.format(said.message_detail or "Whoever this was to go to"))
    return None
