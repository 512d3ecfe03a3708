"""One act, one entry, in one transaction."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from audit import events, services
from audit.models import Entry
from tests.audit.conftest import ACT, READ

CASE = SimpleNamespace(pk=3, reference="TH-2026-0003")


def person(pk: int, name: str) -> Any:
    """Somebody with a name, as the ledger sees any person."""
    return SimpleNamespace(pk=pk, _meta=SimpleNamespace(model_name="user"), get_full_name=lambda: name)


@pytest.mark.django_db
def test_an_entry_says_what_who_when_and_about_what(at: datetime) -> None:
    number = services.record(
        ACT, CASE, subject="request:12", by=person(5, "Ŵyn O’Brien"), at=at, data={"n": 1}
    )
    kept = Entry.objects.values(
        "id", "event", "is_read", "case_ref", "subject", "by_ref", "by_name", "occurred_at", "data"
    ).get()
    assert kept == {
        "id": number,
        "event": "test.act",
        "is_read": False,
        "case_ref": "TH-2026-0003",
        "subject": "request:12",
        "by_ref": "user:5",
        "by_name": "Ŵyn O’Brien",
        "occurred_at": at,
        "data": {"n": 1},
    }
    assert services.verify() == []


@pytest.mark.django_db
def test_the_system_acts_under_its_own_name(at: datetime) -> None:
    services.record(ACT, by=None, at=at)
    assert list(Entry.objects.values_list("by_ref", "by_name", "case_ref", "subject")) == [
        ("system", "Threshold", None, "")
    ]


@pytest.mark.django_db
def test_an_entry_costs_one_statement(at: datetime) -> None:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        services.record(ACT, CASE, by=None, at=at)
    assert len(seen) == 1


@pytest.mark.django_db
def test_a_batch_is_sealed_once_and_numbered_without_gaps(at: datetime) -> None:
    services.record(ACT, by=None, at=at)
    last = services.record_many(services.Note(ACT, CASE, f"duty:{n}", None, at) for n in range(500))
    assert last == 501
    assert list(Entry.objects.values_list("id", flat=True)) == list(range(1, 502))
    assert len({bytes(seal) for seal in Entry.objects.values_list("hash", flat=True)}) == 2
    assert services.verify() == []


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused(at: datetime) -> None:
    with pytest.raises(services.OutsideTransactionError):
        services.record(ACT, by=None, at=at)
    assert Entry.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_an_act_undone_leaves_no_entry_and_no_gap(at: datetime) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        services.record(ACT, by=None, at=at)
        raise ZeroDivisionError
    with transaction.atomic():
        assert services.record(ACT, by=None, at=at) == 1
    assert services.verify() == []


@pytest.mark.django_db(transaction=True)
def test_a_read_brings_its_own_transaction(at: datetime) -> None:
    services.record_read(READ, CASE, subject="minutes:4", by=None, at=at)
    assert list(Entry.objects.reads().values_list("event", "subject")) == [("test.read", "minutes:4")]
    assert Entry.objects.writes().count() == 0
    with pytest.raises(ValueError, match="registered as an act"):
        services.record_read(ACT, by=None, at=at)


@pytest.mark.django_db
def test_what_would_make_a_bad_entry_is_refused(at: datetime) -> None:
    with pytest.raises(events.UnknownEventError):
        services.record("nobody.knows", by=None, at=at)
    with pytest.raises(ValueError, match="with its zone"):
        services.record(ACT, by=None, at=at.replace(tzinfo=None))
    with pytest.raises(ValueError, match="not content"):
        services.record(ACT, by=None, at=at, data={"notes": "x" * 9000})
    assert Entry.objects.count() == 0


@pytest.mark.django_db
def test_control_characters_and_other_scripts_survive_or_are_dropped(at: datetime) -> None:
    services.record(
        ACT, by="professional:3", at=at, data={"reason": 'a\x00b\n"\\/\u2028 ☃', "n": [1.50, None, True]}
    )
    assert Entry.objects.get().data == {"reason": 'ab\n"\\/\u2028 ☃', "n": [1.5, None, True]}
    assert services.verify() == []


def test_a_name_means_one_thing() -> None:
    assert events.register("test.act", "Something was done") == "test.act"
    with pytest.raises(ValueError, match="already registered"):
        events.register("test.act", "Something else")
    assert events.label("test.act") == "Something was done"
    assert events.label("gone.event") == "gone.event"
