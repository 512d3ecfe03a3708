"""Look now: which files wait for the scanner is written in PostgreSQL."""

from celery import shared_task
from django.utils import timezone

from attendees.services import files


@shared_task(name="attendees.tasks.scan_waiting")
def scan_waiting() -> int:
    """Ask the scanner about the files it has not answered for; safe to run twice or at once."""
    return files.scan_waiting(at=timezone.now())
