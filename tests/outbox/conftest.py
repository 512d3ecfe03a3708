"""Letters of the kind "trial", and ways to look at them."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from outbox import hooks, services
from outbox.models import Letter

Queue = Callable[..., Letter]


@pytest.fixture
def queue() -> Queue:
    """Queue a trial letter in a transaction of its own."""

    def _queue(address: str = "ann@school.example", **more: Any) -> Letter:
        words: dict[str, Any] = {"to_name": "Ann Lee", "to_ref": "professional:3", "context": {}, "by": None}
        with transaction.atomic():
            return services.queue("trial", to_email=address, **{"at": timezone.now(), **words, **more})

    return _queue


@pytest.fixture
def heard() -> Iterator[list[tuple[str, int, datetime]]]:
    """What the rooms above hear of trial letters: sent or bounced, which letter, when."""
    news: list[tuple[str, int, datetime]] = []
    before = list(hooks._listeners)
    hooks.register(
        "trial",
        on_sent=lambda letter, at: news.append(("sent", letter.pk, at)),
        on_bounced=lambda letter, at: news.append(("bounced", letter.pk, at)),
    )
    yield news
    hooks._listeners[:] = before


def fresh(letter: Letter) -> Letter:
    """The letter as the database has it now."""
    return Letter.objects.get(pk=letter.pk)


def due_now(letter: Letter) -> None:
    """Let the wait before the next try be over."""
    Letter.objects.filter(pk=letter.pk).update(next_try_at=timezone.now())
