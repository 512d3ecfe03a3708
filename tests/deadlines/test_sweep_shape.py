"""The sweep of a backlog has the right shape, at 20 000 clocks: `script/bench sweep` measures the time."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from audit.services import verify
from deadlines.models import Deadline, Notice
from deadlines.services import sweep
from escalations.models import Telling
from script.benches.sweep import A_CASE, CASES, CLOCKS, OFFICERS, TEAMS, is_urgent_first, people

ROWS, DUE = 20_000, 2_500


@pytest.fixture
def backlog(db: None) -> None:
    """Clocks as the benchmark fills them, a third of them one coordinator's."""
    people()
    words = {"officers": OFFICERS, "teams": TEAMS, "a_case": A_CASE, "rows": ROWS, "due": DUE}
    with connection.cursor() as cursor:
        for statement in (CASES, CLOCKS):
            cursor.execute(statement, words | {"cases": ROWS // A_CASE + 1})


def test_a_backlog_is_told_in_one_statement_a_batch_most_urgent_first(backlog: None) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert sweep() == DUE
    marking = [one for one in asked.captured_queries if "deadlines_notice" in one["sql"]]
    assert len(marking) == 3  # two full batches of a thousand and the rest
    # rounds that ended; requests nobody answered; a glance; each begun and committed; the heartbeat
    assert len(asked.captured_queries) == 3 + 3 * 3 + 1
    assert Notice.objects.count() == Notice.objects.values("deadline").distinct().count() == DUE
    assert Deadline.objects.filter(breached_at__isnull=False).count() == DUE
    assert is_urgent_first()
    seals = Entry.objects.filter(event="deadline.breached").values_list("hash").annotate(n=Count("id"))
    assert sorted(n for _, n in seals) == [500, 1000, 1000]
    assert verify() == []
    assert sweep() == 0


def test_whoever_is_told_of_a_backlog_is_told_of_each_once(backlog: None) -> None:
    sweep()
    head: Any = Telling.objects.filter(user_id=1)
    assert head.count() == DUE  # the head of service, of every breach
    owned = Telling.objects.filter(user_id=30, notice__deadline__owner_id=30).count()
    assert owned == Deadline.objects.filter(owner_id=30, breached_at__isnull=False).count() > DUE / 5
    doubled = Telling.objects.values("notice", "user", "team").annotate(n=Count("pk")).filter(n__gt=1)
    assert not doubled.exists()
