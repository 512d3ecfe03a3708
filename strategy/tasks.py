"""Look now: which requests are to be printed, and of which to remind, is written in PostgreSQL."""

from celery import shared_task
from django.utils import timezone

from strategy.services import confirming, printing


@shared_task(name="strategy.tasks.print_forwards", queue="pdfs")
def print_forwards() -> int:
    """Make the files that letters to the police wait for; safe to run twice or at once."""
    return printing.print_waiting()


@shared_task(name="strategy.tasks.remind_to_confirm", queue="sweeps")
def remind_to_confirm() -> int:
    """Remind whoever has not telephoned business support; safe to run twice or at once."""
    return confirming.remind_to_confirm(timezone.now())
