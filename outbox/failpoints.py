"""Places where a drill may kill the process, so that the worst moments are tried and not only imagined.

`OUTBOX_FAILPOINT=name` kills at every pass; `name:/path` only when that file exists, which is then removed.
"""

import os
import signal
from pathlib import Path

NAMES = ("claimed", "attempt_written", "before_data", "after_data", "before_settle")


def reach(name: str) -> None:
    """Die here, as a machine without power dies, when a drill asked for it; else do nothing."""
    wanted, _, once = os.environ.get("OUTBOX_FAILPOINT", "").partition(":")
    if wanted != name:
        return
    if once:
        try:
            Path(once).unlink()
        except FileNotFoundError:
            return
    os.kill(os.getpid(), signal.SIGKILL)
