"""The sweep tells of each warning and each breach once, however many sweepers there are."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from audit.models import Entry
from audit.services import verify
from deadlines import services
from deadlines.models import Deadline, Notice, SweepRun
from deadlines.services import sweeping
from protocols.rules.limits import hours, working_days
from tests.deadlines.conftest import after

Opener = Callable[..., Deadline]


class Heard(list[Notice]):
    """The notices that came up, in the order in which they were written."""

    def __iter__(self) -> Iterator[Notice]:
        return iter(Notice.objects.order_by("pk").select_related("deadline"))

    def __getitem__(self, place: Any) -> Any:
        return list(iter(self))[place]


@pytest.fixture
def heard() -> Iterator[list[Notice]]:
    """What came up to be told, without the tellers of higher rooms."""
    others, sweeping._tellers[:] = list(sweeping._tellers), []
    yield Heard()
    sweeping._tellers[:] = others


def kinds() -> list[tuple[str, datetime]]:
    return list(Notice.objects.order_by("pk").values_list("kind", "due_at"))


def test_each_warning_and_the_breach_once(opened: Opener, heard: list[Notice]) -> None:
    clock = opened(hours(10))
    told = [services.sweep(after(hour)) for hour in (1, 4.99, 5, 5.1, 8, 9, 10, 10.01, 30)]
    assert told == [0, 0, 1, 0, 1, 0, 0, 1, 0]
    assert [one.kind for one in heard] == ["half", "fifth", "breach"]
    clock.refresh_from_db()
    assert (clock.breached_at, clock.next_tell_at, clock.next_kind) == (after(10), None, "")
    breach = Entry.objects.get(event="deadline.breached")
    assert (breach.occurred_at, breach.case_ref) == (after(10), clock.case.reference)


def test_a_breach_is_recorded_at_its_moment_after_any_outage(opened: Opener, heard: list[Notice]) -> None:
    clock = opened(hours(10))
    assert services.sweep(after(24 * 60)) == 1
    assert kinds() == [("breach", after(10))]
    clock.refresh_from_db()
    assert clock.breached_at == after(10)


def test_the_last_morning_of_a_working_day_limit(opened: Opener, heard: list[Notice]) -> None:
    opened(working_days(5))  # due Monday 30 November 23:59:59
    at = [datetime.fromisoformat(f"2026-11-{day}T{clock}:00+00:00") for day, clock in
          (("27", "06:00"), ("29", "12:00"), ("30", "09:00"), ("30", "23:00"))]  # fmt: skip
    assert [services.sweep(moment) for moment in at] == [1, 1, 1, 0]
    assert [one.kind for one in heard] == ["half", "fifth", "last_day"]


def test_whoever_shortens_late_learns_at_once(opened: Opener, heard: list[Notice]) -> None:
    clock = opened(hours(24))
    from tests.deadlines.conftest import answer

    services.recompute(clock, answer=answer(hours(2)), by=None, at=after(1.9))
    assert services.sweep(after(1.91)) == 1
    assert heard[0].kind == "fifth"


def test_a_lengthened_clock_can_be_breached_again(opened: Opener, heard: list[Notice]) -> None:
    from tests.deadlines.conftest import answer

    clock = opened(hours(1))
    services.sweep(after(2))
    services.recompute(clock, answer=answer(hours(10)), by=None, at=after(2), manager_reason="mistyped")
    services.sweep(after(11))
    assert kinds() == [("breach", after(1)), ("breach", after(10))]


def test_a_reopened_clock_is_not_told_of_twice(opened: Opener, heard: list[Notice]) -> None:
    clock = opened(hours(1))
    services.sweep(after(2))
    services.reopen(services.meet(clock, by=None, at=after(3)), reason="bounced", by=None, at=after(4))
    assert services.sweep(after(5)) == 0
    assert kinds() == [("breach", after(1))]
    clock.refresh_from_db()
    assert clock.next_tell_at is None


def test_a_breach_met_before_the_sweep_found_it_is_still_told_once(
    opened: Opener, heard: list[Notice]
) -> None:
    clock = services.meet(opened(hours(1)), by=None, at=after(3))
    assert [services.sweep(after(4)), services.sweep(after(5))] == [1, 0]
    assert [(one.kind, one.due_at, one.deadline.met_at) for one in heard] == [("breach", after(1), after(3))]
    clock.refresh_from_db()
    assert (clock.state, clock.breached_at, clock.next_tell_at) == ("met", after(1), None)
    told = opened(hours(1))
    services.sweep(after(2))
    services.meet(told, by=None, at=after(3))
    assert services.sweep(after(4)) == 0


def test_met_void_and_gates_are_not_told(opened: Opener, heard: list[Notice]) -> None:
    services.meet(opened(), by=None, at=after(1))
    services.void(opened(), reason="not needed", by=None, at=after(1))
    assert services.sweep(after(100)) == 0


def test_batches_reach_the_end_and_statements_follow_the_batches(
    opened: Opener, heard: list[Notice], django_assert_num_queries: Any
) -> None:
    for _ in range(7):
        opened(hours(1))
    # rounds that ended; requests nobody answered; a glance;
    # begin, one statement, commit for each of three batches; the heartbeat
    with django_assert_num_queries(3 + 3 * 3 + 1):
        assert services.sweep(after(2), batch=3) == 7
    assert Entry.objects.filter(event="deadline.breached").count() == 7
    assert verify() == []


def test_the_heartbeat(db: None) -> None:
    now = timezone.now()
    assert services.sweep_is_late(now)
    services.sweep()
    assert SweepRun.objects.get().name == "deadlines"
    assert not services.sweep_is_late(timezone.now())
    assert services.sweep_is_late(timezone.now() + timedelta(minutes=6))


def test_an_idle_sweep_reads_the_partial_index(opened: Opener) -> None:
    opened()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        words = {"now": after(1), "lower": "-infinity", "lower_id": 0, "batch": 10}
        words |= {"warned": "", "breached": "", "by_ref": "", "by_name": ""}
        cursor.execute("EXPLAIN " + sweeping.statement(), words)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "deadline_to_tell" in plan


@pytest.mark.django_db(transaction=True)
def test_three_sweepers_at_once_tell_each_once(opened: Opener, heard: list[Notice]) -> None:
    """Real connections, a barrier, small batches so that they meet often; one of them dies half-way."""
    clocks = [opened(hours(1)) for _ in range(120)]
    barrier, told, died = Barrier(3), [], []

    def one(number: int) -> None:
        try:
            barrier.wait()
            if number == 2:
                dying(after(2))
            told.append(services.sweep(after(2), batch=7))
        except ConnectionError as gone:
            died.append(gone)
        finally:
            connections.close_all()

    def dying(now: datetime) -> None:
        from django.db import transaction

        with transaction.atomic():
            sweeping._batch(now, sweeping.START, 7)
            raise ConnectionError("killed before the commit")

    threads = [Thread(target=one, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told.append(services.sweep(after(3)))  # the next minute's sweep takes what the dead one held
    assert len(died) == 1
    assert sum(told) == len(clocks)
    assert Notice.objects.count() == len(clocks) == Notice.objects.values("deadline").distinct().count()
    assert Entry.objects.filter(event="deadline.breached").count() == len(clocks)
    assert sorted(one.deadline_id for one in heard) == sorted(clock.pk for clock in clocks)
    assert verify() == []
