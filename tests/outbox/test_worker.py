"""The whole way with a real broker and a real worker process; and with a broker that dies."""

import pytest
from django.db import connection

from outbox import services
from outbox.services import queueing
from script.embedded.supervisor import Child
from tests.outbox.conftest import Queue, fresh
from tests.real import MailSink, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_worker_is_rung_and_carries_the_letter(worker: Child, smtp_sink: MailSink, queue: Queue) -> None:
    letter = queue()
    wait_until(lambda: fresh(letter).status == "sent", seconds=60)
    assert len(smtp_sink.to("ann@school.example")) == 1


def test_an_emptied_and_a_dead_broker_lose_nothing(
    worker: Child, redis: Child, smtp_sink: MailSink, queue: Queue
) -> None:
    assert redis.process is not None
    redis.process.kill()
    redis.process.wait()
    queueing._resting_until = 0.0
    letters = [queue(f"p{number}@x.example") for number in range(10)]
    assert {fresh(letter).status for letter in letters} == {"queued"}
    services.deliver_due()
    assert {fresh(letter).status for letter in letters} == {"sent"}
    assert len(smtp_sink.kept) == 10
    connection.close()
