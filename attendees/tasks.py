"""Look now: which files wait for the scanner, who is to be reminded and which requests are to be printed is
written in PostgreSQL."""

from celery import shared_task
from django.utils import timezone

from attendees.services import chasing, files, printing


@shared_task(name="attendees.tasks.scan_waiting")
def scan_waiting() -> int:
    """Ask the scanner about the files it has not answered for; safe to run twice or at once."""
    return files.scan_waiting(at=timezone.now())


@shared_task(name="attendees.tasks.remind_of_information", queue="sweeps")
def remind_of_information() -> int:
    """Remind agencies that have not answered; safe to run twice or at once."""
    return chasing.remind_of_information(timezone.now())


@shared_task(name="attendees.tasks.print_forwards", queue="pdfs")
def print_forwards() -> int:
    """Make the files that letters to the police wait for; safe to run twice or at once."""
    return printing.print_waiting()
