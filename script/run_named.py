"""Run one file of a folder by its name, with an embedded PostgreSQL and broker."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from script.embedded.stack import Stack

ROOT = Path(__file__).resolve().parent.parent


def main(command: str, folder: str) -> None:
    """Run the file that the first word names; its exit status is ours."""
    files = sorted(path for path in (ROOT / "script" / folder).glob("*.py") if path.stem != "__init__")
    names = [path.stem.replace("_", "-") for path in files]
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    if wanted not in names:
        sys.exit(f"script/{command} NAME, where NAME is one of: {', '.join(names) or '(none yet)'}")
    with tempfile.TemporaryDirectory(prefix="threshold-") as var:
        Path(var).chmod(0o755)
        os.environ.setdefault("POSTGRES_CONNECTIONS", "260")  # a drill may want two hundred at once
        stack = Stack(Path(var))
        try:
            module = f"script.{folder}.{wanted.replace('-', '_')}"
            environment = os.environ | stack.start()
            done = subprocess.run(
                [sys.executable, "-m", module, *sys.argv[2:]], env=environment, cwd=ROOT, check=False
            )
        finally:
            stack.stop()
    sys.exit(done.returncode)
