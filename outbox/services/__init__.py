"""What can be done with letters."""

from outbox.services.queueing import Enclosed, cancel, queue, wake

__all__ = ["Enclosed", "cancel", "queue", "wake"]
