"""`manage.py send_trial_letter ADDRESS`: see whether the post works, by the way of every letter."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from audit.errors import Refused
from outbox import services, transport


class Command(BaseCommand):
    help = "Queue a trial letter and try to deliver it now; says what became of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address")
        parser.add_argument("--name", default="reader")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                words = {"to_email": options["address"], "to_name": options["name"], "to_ref": ""}
                letter = services.queue("trial", **words, context={}, by=None, at=timezone.now())
        except Refused as refusal:
            raise CommandError(refusal.sentence) from None
        services.deliver_due()
        letter.refresh_from_db()
        self.stdout.write(f"{letter.get_status_display()}. {letter.reason}".strip())
        self.stdout.write(
            f"The connection {'enforces' if transport.enforces_tls() else 'does not enforce'} TLS."
        )
