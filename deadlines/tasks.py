"""What the beat wakes each minute; the truth is in PostgreSQL."""

from celery import shared_task

from deadlines import services


@shared_task(name="deadlines.tasks.sweep")
def sweep() -> int:
    """Tell of warnings and breaches that have come up; safe to run twice or at once."""
    return services.sweep()
