"""Look now: what no form needs any more is deleted."""

from celery import shared_task
from django.utils import timezone

from govuk import drafts, services


@shared_task(name="govuk.tasks.forget", queue="sweeps")
def forget() -> int:
    """Delete the keys of forms that nobody can send again, and drafts nobody came back for; how many."""
    now = timezone.now()
    return services.forget_sent(at=now) + drafts.forget_drafts(at=now)
