"""Look now: which files wait for the scanner, and who is to be reminded, is written in PostgreSQL."""

from celery import shared_task
from django.utils import timezone

from attendees.services import chasing, files


@shared_task(name="attendees.tasks.scan_waiting")
def scan_waiting() -> int:
    """Ask the scanner about the files it has not answered for; safe to run twice or at once."""
    return files.scan_waiting(at=timezone.now())


@shared_task(name="attendees.tasks.remind_of_information", queue="sweeps")
def remind_of_information() -> int:
    """Remind agencies that have not answered; safe to run twice or at once."""
    return chasing.remind_of_information(timezone.now())
