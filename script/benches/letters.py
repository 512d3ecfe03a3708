"""Aims 5 and 6 of speed: how quickly letters leave, beside Django's own sending in the same run.

    script/bench letters [--letters 500] [--json]

The floors: Django builds and sends each message over one connection; messages built beforehand are only sent.
Ours: the rows are claimed, rendered, sent and settled with proof, on the same mail server.
"""

import argparse
import json
import os
import random
import smtplib
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from script.drills.outbox import own_database, set_up

TARGET = (
    "small letters at 60 % of Django's own rate; with a PDF at 50 % of the rate of messages built beforehand"
)
BACKLOG, TURNS = 100_000, 10
TEXT = "Dear Ann Lee\n\nThis letter was sent to see whether letters reach you.\n"


class Stopwatch:
    """How many a second, in turns with the others, so that a busy machine slows all alike."""

    def __init__(self) -> None:
        self.seconds, self.count = 0.0, 0

    def run(self, count: int, act: Callable[[], Any]) -> None:
        """One turn."""
        started = time.perf_counter()
        act()
        self.seconds += time.perf_counter() - started
        self.count += count

    @property
    def rate(self) -> float:
        """How many a second."""
        return self.count / self.seconds


def by_django(count: int) -> None:
    """Django's way, at its best: one connection for all."""
    from django.core.mail import EmailMultiAlternatives, get_connection

    with get_connection() as connection:
        for number in range(count):
            message = EmailMultiAlternatives(
                "Trial", TEXT, to=[f"p{number}@x.example"], connection=connection
            )
            message.attach_alternative(f"<p>{TEXT}</p>", "text/html")
            message.send()


def built_beforehand(port: int, count: int, message: bytes) -> None:
    """The wire and the mail server alone."""
    with smtplib.SMTP("127.0.0.1", port) as server:
        for number in range(count):
            server.sendmail("a@x.example", [f"p{number}@x.example"], message)


def ours(watch: Stopwatch, count: int, files: list[Any]) -> None:
    """Rows in, letters out."""
    from django.db import transaction
    from django.utils import timezone

    from outbox import services

    with transaction.atomic():
        for number in range(count):
            words: dict[str, Any] = {
                "to_email": f"p{number}@x.example",
                "to_name": "Ann Lee",
                "to_ref": "",
                "by": None,
            }
            services.queue("trial", **words, context={"number": number}, at=timezone.now(), enclosures=files)

    def carry() -> None:
        while services.deliver_due():
            pass

    watch.run(count, carry)


def first_of_a_backlog() -> float:
    """Seconds until the most urgent letter of a backlog of 100 000 is with the mail server."""
    from django.db import connection

    from outbox import services
    from outbox.models import Letter

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO outbox_letter (kind, to_email, to_name, urgency, queued_at)"
            " SELECT 'trial', 'p' || n || '@x.example', 'Ann Lee', CASE WHEN n = %s THEN 0 ELSE 5 END, now()"
            " FROM generate_series(1, %s) n",
            [BACKLOG, BACKLOG],
        )
    started = time.perf_counter()
    services.deliver_due()
    took = time.perf_counter() - started
    assert Letter.objects.get(to_email=f"p{BACKLOG}@x.example", urgency=0).status == "sent"
    return took


def measure(port: int, count: int) -> dict[str, float]:
    """All in one run, so that the ratios hold."""
    from outbox.models import Letter
    from outbox.rendering import message
    from outbox.services import Enclosed

    pdf = [Enclosed("minutes.pdf", random.Random(1).randbytes(45_000), "application/pdf")]
    ours(Stopwatch(), 20, pdf)
    whole = message(Letter.objects.filter(enclosed__isnull=False).latest("pk"))
    django, small, built, large = Stopwatch(), Stopwatch(), Stopwatch(), Stopwatch()
    for _ in range(TURNS):
        django.run(count, lambda: by_django(count))
        ours(small, count, [])
        built.run(count, lambda: built_beforehand(port, count, whole))
        ours(large, count, pdf)
    return {
        "django_per_second": round(django.rate),
        "ours_per_second": round(small.rate),
        "ratio": round(small.rate / django.rate, 2),
        "built_pdf_per_second": round(built.rate),
        "ours_pdf_per_second": round(large.rate),
        "ratio_pdf": round(large.rate / built.rate, 2),
        "first_of_100000_seconds": round(first_of_a_backlog(), 2),
    }


def main() -> int:
    """Measure and print; 1 when the target is not met."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--letters", type=int, default=500)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    with own_database() as database:
        os.environ["DATABASE_URL"] = database
        os.environ["LOG_LEVEL"] = "ERROR"
        from script.embedded.stack import free_port

        port = free_port()
        os.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
        sink = subprocess.Popen([sys.executable, "-m", "script.post.swift_sink", str(port)])
        try:
            set_up()
            from django.conf import settings
            from django.core.management import call_command
            from django.db import connection

            settings.DEBUG = False  # else Django keeps every statement
            call_command("migrate", verbosity=0)
            time.sleep(0.5)
            figures = measure(port, max(wanted.letters // TURNS, 1))
            connection.close()
        finally:
            sink.kill()
            sink.wait()
    for name, figure in figures.items():
        print(f"{name:<28} {figure:>8}")
    good = figures["ratio"] >= 0.6 and figures["ratio_pdf"] >= 0.5 and figures["first_of_100000_seconds"] <= 2
    tried = wanted.letters
    done = {"name": "letters", "tried": tried, "figures": figures, "target": TARGET, "met": good}
    print(json.dumps(done) if wanted.json else f"Target: {TARGET}: {'met' if good else 'NOT MET'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
