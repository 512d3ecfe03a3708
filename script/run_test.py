"""script/test, once the packages are there: every check, with a PostgreSQL and a broker of its own."""

from __future__ import annotations

import json
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
WORKERS = "3"
AT_A_TIME = ["-n", WORKERS, "--dist", "loadfile", "--no-loadscope-reorder"]
MADE_BEFORE = ["--reuse-db"]  # script/test_databases.py migrates one, and copies it for each worker
BROWSER = ["pytest", "-q", *MADE_BEFORE, "-p", "no:randomly", "-m", "browser"]
NO_TESTS = 5  # pytest's word for "nothing to run"
FEW = 3


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
        "databases": ["python", "-m", "script.test_databases", WORKERS],
        "tests": ["pytest", "-q", *AT_A_TIME, *MADE_BEFORE, "-m", "not browser"],
    }
    failed = [name for name, words in checks.items() if not passes(name, words)]
    return failed if browsers_pass() else [*failed, "browser tests"]


def browsers_pass() -> bool:
    """The tests that drive a browser; a few that fail are tried once more by themselves, and named.

    Three Chromiums on two cores make waiting late now and then. What is wrong fails alone as well.
    """
    if passes("browser tests", [*BROWSER, *AT_A_TIME]):
        return True
    noted = ROOT / ".pytest_cache/v/cache/lastfailed"
    again = list(json.loads(noted.read_text())) if noted.exists() else []
    if not again or len(again) > FEW:
        return False
    passed = passes("browser tests that failed, by themselves", [*BROWSER, *again])
    what = "Passed at the second attempt only" if passed else "Failed at the second attempt as well"
    say(f"{what}, so look at why: {', '.join(again)}")
    return passed


def only_tests(words: list[str]) -> list[str]:
    """Just pytest, for work on one thing."""
    return [] if passes("tests", ["pytest", "-q", *words]) else ["tests"]


def passes(name: str, words: list[str]) -> bool:
    """Run one check and say whether it passed."""
    say(f"Checking: {name}")
    done = subprocess.run([str(BIN / words[0]), *words[1:]], cwd=ROOT, check=False).returncode
    return done == 0 or (done == NO_TESTS and name == "browser tests")


if __name__ == "__main__":
    main()
