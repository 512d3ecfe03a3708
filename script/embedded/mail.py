"""The demonstration's mail catcher: a real SMTP server that keeps each letter as a file."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
import time
from itertools import count
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

NUMBERS = count(1)


class Catcher:
    """Write each letter into the mailbox of each of its recipients."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Called by the server for each letter; 250 only once it is on disk."""
        name = f"{time.time_ns()}-{next(NUMBERS)}"
        for address in envelope.rcpt_tos:
            keep(self.folder / mailbox(address), name, envelope.original_content or b"")
        return "250 Kept"


def mailbox(address: str) -> str:
    """The folder's name of an address: lower case, nothing that could leave the folder."""
    return re.sub(r"[^a-z0-9@._+'-]", "_", address.lower()).lstrip(".") or "_"


def keep(folder: Path, name: str, content: bytes) -> None:
    """Write the letter so that a reader never sees half of it."""
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{name}.part"
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.rename(folder / f"{name}.eml")


def main() -> None:
    """Serve on the port given until told to stop."""
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    controller = Controller(Catcher(folder), hostname="127.0.0.1", port=port, data_size_limit=30_000_000)
    controller.start()
    stop = asyncio.Event()

    async def wait() -> None:
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stop.set)
        await stop.wait()

    asyncio.run(wait())
    controller.stop()


if __name__ == "__main__":
    main()
