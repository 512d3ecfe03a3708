"""Two workers and one delivery: filed once."""

import threading
from collections.abc import Iterator

import pytest
from django.db import connections
from pytest_django import Settings

from minutes.models import Delivery, Filing
from minutes.services import delivering
from tests.builders.after import a_circulation
from tests.builders.case_system import CaseSystem
from tests.people import cast


@pytest.fixture
def case_system(settings: Settings) -> Iterator[CaseSystem]:
    """It answers slowly, so that the others come while it is asked."""
    system = CaseSystem()
    settings.SYSTEM_OF_RECORD_URL, settings.SYSTEM_OF_RECORD_SECRET = system.address, "a-secret-of-the-test"
    yield system
    system.stop()


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_deliver_once(case_system: CaseSystem) -> None:
    case_system.slow = 0.3
    a_circulation(cast())
    gate, counts = threading.Barrier(4), []

    def work() -> None:
        gate.wait()
        counts.append(delivering.deliver_waiting())
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert (sorted(counts), len(case_system.asked)) == ([0, 0, 0, 1], 1)
    assert (Delivery.objects.get().attempts, Filing.objects.count()) == (1, 1)
