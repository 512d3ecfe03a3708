"""python -m script.post.carrier [BUG]: what the worker's task does, for ever, with shortened waits."""

import os
import sys
import time
from datetime import timedelta
from typing import Any

LEASE, FIRST_WAIT = 1.5, 0.5  # seconds


def carry(bug: str) -> None:
    """What the worker's task does, for ever; a planted bug is for the test of this drill."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.db import DatabaseError, InterfaceError, connection

    from outbox import rules, services

    settings.OUTBOX_LEASE_SECONDS = LEASE
    settings.OUTBOX_UNREACHABLE_SECONDS = FIRST_WAIT
    rules.FIRST_WAIT = timedelta(seconds=FIRST_WAIT)
    if bug:
        plant(bug)
    while True:
        try:
            carried = services.deliver_due(10)
        except (DatabaseError, InterfaceError):
            connection.close()
            carried = 0
        if not carried:
            time.sleep(0.05)


def plant(bug: str) -> None:
    """Two mistakes that others made: marked as sent before it is sent, and a new Message-ID at every try."""
    import uuid

    from outbox import rendering
    from outbox.enums import Outcome
    from outbox.services import delivery, settling
    from outbox.transport import Answer

    message = rendering.message

    class MarkedFirst(settling.Turn):
        def number(self) -> int | None:
            number = super().number()
            if number is not None:
                settling.settle_and_start(settling.Try(self.letter, number, Answer(Outcome.SENT)), None)
            return number

        def __init__(self, last: Any, letter: Any) -> None:
            super().__init__(None, letter)
            self.letter = letter

    def new_id(letter: Any) -> bytes:
        return message(letter).replace(letter.message_id.encode(), f"<{uuid.uuid4().hex}@x.example>".encode())

    if bug == "marked first":
        vars(delivery)["Turn"] = MarkedFirst
    if bug == "new id":
        vars(delivery)["message"] = new_id


if __name__ == "__main__":
    carry("".join(sys.argv[1:2]))
