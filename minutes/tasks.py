"""Look now: which files are asked for is written in PostgreSQL."""

from celery import shared_task

from minutes.services import printing


@shared_task(name="minutes.tasks.print_waiting", queue="pdfs")
def print_waiting() -> int:
    """Make the files that are asked for; safe to run twice or at once."""
    return printing.print_waiting()
