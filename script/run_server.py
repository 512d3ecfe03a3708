"""script/server: the development server with its own PostgreSQL, broker, mailboxes, worker and clock."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from pathlib import Path

from script import assets
from script.embedded.stack import Stack, free_port, is_free
from script.embedded.supervisor import Child
from script.run_demo import prepare, python

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var" / "development"


def main() -> None:
    """Run until somebody stops it; var/development/environment lets manage.py find the same database."""
    words = argparse.ArgumentParser(prog="script/server", description="Run Threshold for development.")
    words.add_argument("--port", type=int, default=8000)
    port = words.parse_args().port
    if not is_free(port):
        sys.exit(
            f"Port {port} is already in use: start with another, such as  script/server --port {port + 1}"
        )
    assets.build_if_needed()
    stack = Stack(VAR)
    try:
        run(stack, port)
    except KeyboardInterrupt:
        sys.exit("Stopped before it was ready.")
    finally:
        stack.stop()


def run(stack: Stack, port: int) -> None:
    """Start everything and watch over it; the development server loads changed code by itself."""
    mail_port = free_port()
    addresses = stack.start() | {
        "DEMO": "true",
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        "SITE_URL": f"http://localhost:{port}",
    }
    os.environ.update(addresses)
    lines = [f"export {name}={shlex.quote(value)}" for name, value in addresses.items()]
    (VAR / "environment").write_text("\n".join(lines) + "\n", encoding="utf-8")
    add = stack.supervisor.add
    add(Child("mail", python("script.embedded.mail", str(mail_port), str(VAR / "mail"))))
    print(prepare())
    add(Child("web", [sys.executable, "manage.py", "runserver", f"127.0.0.1:{port}"]))
    add(
        Child(
            "worker", python("celery", "-A", "config", "worker", "-Q", "letters,sweeps,pdfs", "-c", "1", "-B")
        )
    )
    print(f"http://localhost:{port}/  ·  letters at http://localhost:{port}/demo/mail/")
    print("In another terminal:  . var/development/environment && .venv/bin/python manage.py …", flush=True)
    stack.supervisor.watch()


if __name__ == "__main__":
    main()
