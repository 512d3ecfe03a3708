"""python -m script.post.worker worker|beat: a Celery worker of the queue of letters, or beat; short waits."""

import sys
from datetime import timedelta

from script.post.carrier import FIRST_WAIT, LEASE

EVERY = 1.0  # seconds between two looks; five in production


def main(what: str) -> None:
    """Run until killed."""
    import django

    from config.celery import app

    django.setup()
    from django.conf import settings

    from outbox import rules

    settings.OUTBOX_LEASE_SECONDS = LEASE
    settings.OUTBOX_UNREACHABLE_SECONDS = FIRST_WAIT
    rules.FIRST_WAIT = timedelta(seconds=FIRST_WAIT)
    look = {"task": "outbox.tasks.deliver", "schedule": EVERY, "options": {"expires": EVERY}}
    app.conf.beat_schedule = {"deliver letters": look}
    if what == "beat":
        app.start(["beat", "--loglevel", "ERROR"])
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "ERROR"]
    app.worker_main(["worker", "--queues", "letters", "--pool", "solo", *quiet])


if __name__ == "__main__":
    main(sys.argv[1])
