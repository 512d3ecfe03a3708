"""Look now: which files are asked for is written in PostgreSQL."""

from celery import shared_task

from minutes.services import delivering, printing


@shared_task(name="minutes.tasks.print_waiting", queue="pdfs")
def print_waiting() -> int:
    """Make the files that are asked for; safe to run twice or at once."""
    return printing.print_waiting()


@shared_task(name="minutes.tasks.deliver_waiting", queue="sweeps")
def deliver_waiting() -> int:
    """Carry what is due to the case system; safe to run twice or at once."""
    return delivering.deliver_waiting()
