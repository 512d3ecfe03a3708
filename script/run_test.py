"""script/test, once the packages are there: every check, with a PostgreSQL and a broker of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from script import assets
from script.bootstrap import say
from script.embedded.stack import Stack

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
# By file, as some share a costly world; three on two cores, since a file that waits for a service leaves
# its own idle. The order is ours: tests/conftest.py.
THREE_AT_A_TIME = ["-n", "3", "--dist", "loadfile", "--no-loadscope-reorder"]
ONE_DATABASE = ["--reuse-db"]  # of this run: the browser tests find it migrated
NO_TESTS = 5  # pytest's word for "nothing to run"


def main() -> None:
    """Run the checks; with words, only pytest with those words."""
    assets.build_if_needed()
    with tempfile.TemporaryDirectory(prefix="threshold-test-") as folder:
        Path(folder).chmod(0o755)
        stack = Stack(Path(folder), careful=False)
        try:
            os.environ.update(stack.start())
            failed = only_tests(sys.argv[1:]) if sys.argv[1:] else everything()
        finally:
            stack.stop()
    if failed:
        sys.exit(f"Not passed: {', '.join(failed)}")


def everything() -> list[str]:
    """Every check, the tests last; the names of those that did not pass."""
    checks = {
        "ruff check": ["ruff", "check", "--quiet", "."],
        "ruff format": ["ruff", "format", "--quiet", "--check", "--diff", "."],
        "mypy": ["mypy", "--no-error-summary", "."],
        "migrations": ["python", "manage.py", "makemigrations", "--check", "--dry-run"],
        "tests": ["pytest", "-q", *THREE_AT_A_TIME, *ONE_DATABASE, "-m", "not browser"],
        "browser tests": [
            "pytest",
            "-q",
            *THREE_AT_A_TIME,
            *ONE_DATABASE,
            "-p",
            "no:randomly",
            "-m",
            "browser",
        ],  # fmt: skip,
    }
    return [name for name, words in checks.items() if not passes(name, words)]


def only_tests(words: list[str]) -> list[str]:
    """Just pytest, for work on one thing."""
    return [] if passes("tests", ["pytest", "-q", *words]) else ["tests"]


def passes(name: str, words: list[str]) -> bool:
    """Run one check and say whether it passed."""
    say(f"Checking: {name}")
    done = subprocess.run([str(BIN / words[0]), *words[1:]], cwd=ROOT, check=False).returncode
    return done == 0 or (done == NO_TESTS and "browser" in name)


if __name__ == "__main__":
    main()
