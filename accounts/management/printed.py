"""A page of docs/ that is printed from code: written by its command, compared by its test."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser


class PrintedPage(BaseCommand):
    """Write the page, or only compare it. A command gives its path and its text."""

    requires_system_checks = []
    path = ""
    comes_from = ""
    text: Callable[[], str]  # staticmethod(...) of the function that makes the whole page

    def add_arguments(self, parser: CommandParser) -> None:
        """`--check` changes nothing and fails when the page is old."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, check: bool = False, **options: Any) -> None:
        """Write it or compare it."""
        page = Path(settings.BASE_DIR) / self.path
        if not check:
            page.write_text(self.text(), encoding="utf-8")
        elif not page.exists() or page.read_text(encoding="utf-8") != self.text():
            command = type(self).__module__.rpartition(".")[2]
            raise SystemExit(f"{self.path} is not what {self.comes_from} say: run manage.py {command}")
