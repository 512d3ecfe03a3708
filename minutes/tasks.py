"""Look now: which files are asked for, and who is to be reminded, is written in PostgreSQL."""

from celery import shared_task
from django.utils import timezone

from minutes.services import delivering, evidence, printing, reminding


@shared_task(name="minutes.tasks.print_waiting", queue="pdfs")
def print_waiting() -> int:
    """Make the files that are asked for; safe to run twice or at once."""
    return printing.print_waiting()


@shared_task(name="minutes.tasks.deliver_waiting", queue="sweeps")
def deliver_waiting() -> int:
    """Carry what is due to the case system; safe to run twice or at once."""
    return delivering.deliver_waiting()


@shared_task(name="minutes.tasks.scan_evidence")
def scan_evidence() -> int:
    """Ask the scanner about the files it has not answered for; safe to run twice or at once."""
    return evidence.scan_evidence(at=timezone.now())


@shared_task(name="minutes.tasks.remind_of_actions", queue="sweeps")
def remind_of_actions() -> int:
    """Remind owners who have no account of their actions; safe to run twice or at once."""
    return reminding.remind_of_actions(timezone.now())
