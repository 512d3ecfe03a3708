"""script/demo, once the packages are there: start everything, print where it is, stop it all on Ctrl-C."""

from __future__ import annotations

import argparse
import os
import secrets
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

from script import assets
from script.bootstrap import say
from script.embedded.stack import Stack, free_port, is_free
from script.embedded.supervisor import Child

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var" / "demo"


def main() -> None:
    """Run the demonstration until somebody stops it."""
    words = argparse.ArgumentParser(prog="script/demo", description="Run Threshold with invented people.")
    words.add_argument("--port", type=int, default=8000, help="where to listen (default 8000)")
    words.add_argument("--fresh", action="store_true", help="delete the demonstration's data and begin again")
    chosen = words.parse_args()
    if not is_free(chosen.port):
        other = chosen.port + 1
        sys.exit(
            f"Port {chosen.port} is already in use: start with another, such as  script/demo --port {other}"
        )
    assets.build_if_needed()
    stack = Stack(VAR)
    try:
        run(stack, chosen.port, fresh=chosen.fresh)
    except KeyboardInterrupt:
        sys.exit("Stopped before it was ready.")
    finally:
        stack.stop()


def run(stack: Stack, port: int, *, fresh: bool) -> None:
    """Start the services, fill the database, start the application, and watch over all."""
    if fresh:
        say("Deleting the demonstration's data")
        stack.forget()
    say("Starting PostgreSQL and Valkey")
    mail_port = free_port()
    os.environ.update(settings(port, mail_port) | stack.start())
    supervisor = stack.supervisor
    supervisor.add(Child("mail", python("script.embedded.mail", str(mail_port), str(VAR / "mail"))))
    say("Preparing the database and the demonstration's people")
    log_ins = prepare()
    say("Starting the web server, the workers and the clock")
    celery = ["celery", "-A", "config", "--quiet"]
    alone = ["--without-mingle", "--without-gossip"]
    supervisor.add(web(port), seconds=60)
    supervisor.add(
        Child(
            "worker", python(*celery, "worker", *alone, "-Q", "letters,sweeps", "-c", "2", "-n", "worker@%h")
        )
    )
    pdfs = ["-Q", "pdfs", "-c", "1", "--max-tasks-per-child", "50", "-n", "pdfs@%h"]
    supervisor.add(Child("pdfs", python(*celery, "worker", *alone, *pdfs)))
    supervisor.add(Child("beat", python(*celery, "beat")))
    print_welcome(port, log_ins)
    supervisor.watch()
    print("Threshold has stopped and kept its data. script/demo starts it again.", flush=True)


def settings(port: int, mail_port: int) -> dict[str, str]:
    """The demonstration's environment: production's settings with secrets of its own."""
    return {
        "DEBUG": "false",
        "DEMO": "true",
        "PLAIN_LOGS": "true",
        "SECRET_KEY": secret(),
        "SITE_URL": f"http://localhost:{port}",
        "AUTHORITY_NAME": os.environ.get("AUTHORITY_NAME", "Ambleford Council"),
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        "DEFAULT_FROM_EMAIL": "threshold@ambleford.example",
        "REQUIRE_SECOND_FACTOR": "false",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


def secret() -> str:
    """The key that signs the demonstration's sessions, made once."""
    path = VAR / "secret"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


def python(module: str, *words: str) -> list[str]:
    """A command for this environment's Python."""
    return [sys.executable, "-m", module, *words]


def prepare() -> str:
    """Bring the database up to date; what the demonstration's data command says about log-ins."""
    done = subprocess.run(python("script.prepare"), stdout=subprocess.PIPE, text=True, check=False, cwd=ROOT)
    if done.returncode != 0:
        sys.exit("The database could not be prepared: see above. script/demo --fresh begins again.")
    return done.stdout.strip()


def web(port: int) -> Child:
    """The web server."""

    def ready() -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{port}/health/", timeout=2):
                return True
        except OSError as problem:
            return getattr(problem, "code", None) is not None

    words = ["-c", "gunicorn.conf.py", "-b", f"127.0.0.1:{port}", "config.wsgi"]
    return Child("web", python("gunicorn", *words), ready=ready)


def print_welcome(port: int, log_ins: str) -> None:
    """Where everything is: the address first."""
    print(f"\nThreshold is running at  http://localhost:{port}/\n")
    if log_ins:
        print(log_ins + "\n")
    print(f"Every letter that it sends can be read at  http://localhost:{port}/demo/mail/")
    print("Press Ctrl-C to stop. Everybody and everything in it is invented.\n", flush=True)


if __name__ == "__main__":
    main()
