"""The health page says what is not well, and tells no content."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from deadlines.models import SweepRun


def ran(ago: timedelta) -> None:
    """A sweep that ended some time ago."""
    SweepRun.objects.create(name="deadlines", finished_at=timezone.now() - ago)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ago", "status", "well"),
    [(timedelta(minutes=4), 200, True), (timedelta(minutes=6), 503, False), (None, 503, False)],
)
def test_the_sweep_must_have_run_lately(
    client: Client, ago: timedelta | None, status: int, well: bool
) -> None:
    if ago is not None:
        ran(ago)
    answer = client.get("/health/")
    assert (answer.status_code, answer.json()["sweep"]["well"], answer.json()["well"]) == (status, well, well)
    assert answer.json()["letters"] == {"well": True, "waiting": 0}
