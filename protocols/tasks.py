"""Look now: whose review date has passed is written in PostgreSQL."""

from celery import shared_task
from django.utils import timezone

from protocols import services


@shared_task(name="protocols.tasks.warn_owners", queue="sweeps")
def warn_owners() -> int:
    """Write to those who keep the procedure; safe to run twice or at once."""
    return services.warn_owners(at=timezone.now())
