"""Telling people of deadlines, and the ladder: raising, answering, moving up, resolving, withdrawing."""

from escalations.services.ladder import (
    Matter,
    jump_to,
    move_up,
    raise_escalation,
    record_response,
    resolve,
    withdraw,
)
from escalations.services.owners import keep_owners
from escalations.services.telling import TELLER, send_digests

__all__ = [
    "TELLER",
    "Matter",
    "jump_to",
    "keep_owners",
    "move_up",
    "raise_escalation",
    "record_response",
    "resolve",
    "send_digests",
    "withdraw",
]
