"""`python manage.py explain_deadlines FACTS.json`: the rules, asked directly."""

import json
import os
import sys
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser

from deadlines.explaining import explain, explain_each
from deadlines.rules.told import BadFactError, pairs, read_moment


class Command(BaseCommand):
    """Prints what the pages would show for the facts of a case; exit status 2 and one line when it cannot."""

    help = "Print the deadlines that follow from the facts in a JSON file, or '-' for standard input."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """A parser that says what is wrong on one line, without the usage."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.error = _fail  # type: ignore[method-assign]
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        """FACTS and --now."""
        parser.add_argument(
            "facts", help="A JSON file with facts or a list of facts; '-' reads standard input"
        )
        parser.add_argument("--now", help="The moment at which to say where each clock stands (default: now)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one answer, or a list of them for a list."""
        try:
            now = read_moment(options["now"], "now") if options["now"] is not None else datetime.now(UTC)
            told = _load(options["facts"])
            answer = explain_each(told, now) if isinstance(told, list) else explain(told, now)
        except BadFactError as bad:
            _fail(str(bad))
        self._print(json.dumps(answer, indent=2))

    def _print(self, text: str) -> None:
        if sys.stdout is None:
            _fail("output: standard output is closed")
        try:
            self.stdout.write(text)
            self.stdout.flush()
        except OSError as wrong:  # a reader that left, a full disk
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stdout.fileno())  # or Python tries to write again as it ends
            _fail(f"output: cannot be written: {wrong.strerror}")


def _load(name: str) -> Any:
    if name == "-" and sys.stdin is None:
        raise BadFactError("facts", "standard input is closed")
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return json.loads(raw.decode("utf-8-sig"), object_pairs_hook=pairs)
    except OSError as wrong:
        raise BadFactError(
            "facts", f"cannot read {name!a}: {wrong.strerror or 'it cannot be opened'}"
        ) from wrong
    except UnicodeDecodeError as wrong:
        raise BadFactError("facts", f"the text is not UTF-8 (byte {wrong.start})") from wrong
    except json.JSONDecodeError as wrong:
        raise BadFactError("facts", f"not JSON: {wrong.msg} (line {wrong.lineno})") from wrong
    except (ValueError, RecursionError) as wrong:
        raise BadFactError("facts", "not JSON that can be read") from wrong


def _fail(message: str) -> NoReturn:
    line = " ".join(message.split()).encode("ascii", "backslashreplace").decode()
    if sys.stderr is not None:
        sys.stderr.write(line + "\n")
    raise SystemExit(2)
