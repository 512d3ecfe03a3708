"""Look now: of which requests to remind is written in PostgreSQL."""

from celery import shared_task
from django.utils import timezone

from strategy.services import confirming


@shared_task(name="strategy.tasks.remind_to_confirm", queue="sweeps")
def remind_to_confirm() -> int:
    """Remind whoever has not telephoned business support; safe to run twice or at once."""
    return confirming.remind_to_confirm(timezone.now())
