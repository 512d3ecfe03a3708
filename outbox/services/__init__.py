"""What can be done with letters."""

from outbox.services.delivery import deliver_due
from outbox.services.holding import hold, release
from outbox.services.queueing import Enclosed, cancel, queue, wake
from outbox.services.repairs import (
    correct_address,
    deliver_by_hand,
    readdress,
    record_bounce,
    resend,
    rewrite,
)

__all__ = [
    "Enclosed",
    "cancel",
    "correct_address",
    "deliver_by_hand",
    "deliver_due",
    "hold",
    "queue",
    "readdress",
    "record_bounce",
    "release",
    "resend",
    "rewrite",
    "wake",
]
