"""Where embedded services keep their things, and as whom they run."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LEAST_POWERFUL = "nobody"


def is_root() -> bool:
    """Whether this is the administrator, whom PostgreSQL refuses to run for."""
    return os.geteuid() == 0


def service_user() -> str | None:
    """The user that services run as: `nobody` for root, else the person themself (None)."""
    return LEAST_POWERFUL if is_root() else None


def open_to_all(path: Path) -> bool:
    """Whether any user can reach `path`: every folder above it may be searched, itself read."""
    path = path.resolve()
    above = all(parent.stat().st_mode & stat.S_IXOTH for parent in path.parents)
    return above and bool(path.stat().st_mode & stat.S_IROTH)


def home_of_services(var: Path) -> Path:
    """Where the services' data is: in `var`, or under /var/lib where root's checkout is closed to others."""
    var.mkdir(parents=True, exist_ok=True)
    if not is_root() or open_to_all(var):
        return var
    name = hashlib.sha256(str(var.resolve()).encode()).hexdigest()[:12]
    home = Path("/var/lib/threshold-embedded") / name
    home.mkdir(parents=True, exist_ok=True)
    for folder in (home.parent, home):
        folder.chmod(0o755)
    return home


def give_to_service_user(folder: Path) -> None:
    """Make the folder private, and the service user's own when root."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    if user := service_user():
        shutil.chown(folder, user, pwd.getpwnam(user).pw_gid)


@dataclass(frozen=True)
class Sockets:
    """A short private folder: a socket's path may have 107 bytes at most."""

    folder: Path

    @classmethod
    def make(cls) -> Sockets:
        """Make a new one."""
        folder = Path(tempfile.mkdtemp(prefix="th-", dir="/tmp"))
        give_to_service_user(folder)
        return cls(folder)

    def remove(self) -> None:
        """Take it away."""
        shutil.rmtree(self.folder, ignore_errors=True)
