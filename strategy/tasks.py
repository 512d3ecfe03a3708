"""Look now: which requests are to be printed is written in PostgreSQL."""

from celery import shared_task

from strategy.services import printing


@shared_task(name="strategy.tasks.print_forwards", queue="pdfs")
def print_forwards() -> int:
    """Make the files that letters to the police wait for; safe to run twice or at once."""
    return printing.print_waiting()
