"""Fill an empty database with invented people and families. Safe to run again."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from deadlines.services import sweep
from protocols.services import install_preset
from worklist.demo import LOG_INS, PASSWORD, fill
from worklist.demo.people import build


class Command(BaseCommand):
    """`manage.py demo_data`: an authority, and a family at every point of the way."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Fill when nobody is there yet; say how to sign in either way."""
        if not (settings.DEMO or settings.DEBUG):
            raise CommandError(
                "Demonstration data is refused in production: set DEMO=true on an empty database."
            )
        if not User.objects.exists():
            self._fill()
            sweep()  # or the first pages would say that nobody has looked at the clocks yet
        self.stdout.write(f"Sign in with the password  {PASSWORD}  as")
        for title, email in LOG_INS:
            self.stdout.write(f"  {email:<42} {title}")

    @transaction.atomic
    def _fill(self) -> None:
        now = timezone.now()
        long_ago = now - timedelta(days=400)
        install_preset(settings.PROTOCOL_PRESET, by=None, at=long_ago, effective_from=long_ago.date())
        fill(build(now - timedelta(days=2)), now)
