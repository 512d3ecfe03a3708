"""`manage.py verify_ledger`: read the whole ledger and say what is not as it was written."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit import services


class Command(BaseCommand):
    help = "Verify the ledger's chain; ends with status 1 and names the entries when it was tampered with."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--head",
            action="append",
            default=[],
            help="a head kept elsewhere, as number:hash; may be repeated",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        findings = services.verify(known=options["head"])
        for finding in findings:
            self.stdout.write(str(finding))
        if findings:
            raise CommandError(f"The ledger is not as it was written: {len(findings)} findings.")
        self.stdout.write(f"The ledger is sound. Head {services.head()}")
