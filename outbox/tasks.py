"""Look now: the rows in PostgreSQL say what is to be done."""

import time

from celery import shared_task

from outbox import services

LONGEST = 60.0  # seconds, well under the task's time limit; the next sweep goes on


@shared_task(name="outbox.tasks.deliver", queue="letters")
def deliver() -> None:
    """Carry letters until none is due or a minute has passed."""
    until = time.monotonic() + LONGEST
    while services.deliver_due() and time.monotonic() < until:
        pass
