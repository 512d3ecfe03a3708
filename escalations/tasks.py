"""Look now: who waits to be told is written in PostgreSQL."""

from celery import shared_task

from escalations import services


@shared_task(name="escalations.tasks.send_digests", queue="sweeps")
def send_digests() -> int:
    """Write the letters that are due; safe to run twice or at once."""
    return services.send_digests()


@shared_task(name="escalations.tasks.keep_owners", queue="sweeps")
def keep_owners() -> int:
    """Hand on what somebody who has left still owns; safe to run twice or at once."""
    return services.keep_owners()
