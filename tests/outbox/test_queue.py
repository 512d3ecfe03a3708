"""Letters are rows first: in the act's transaction, to one good address, never twice under one key."""

import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.template import TemplateDoesNotExist

from audit.errors import Refused
from outbox import services
from outbox.enums import Status
from outbox.models import Enclosure, Letter, LetterEnclosure
from outbox.services import Enclosed, queueing
from tests.outbox.conftest import Queue, fresh

AT = datetime(2026, 12, 24, 16, 30, tzinfo=UTC)


@pytest.mark.django_db
def test_a_letter_is_a_row(queue: Queue) -> None:
    letter = queue(
        " Ann.Lee@School.EXAMPLE ",
        to_name="Ann\r\nBcc: x@evil.example",
        context={"words": "x"},
        case="TH-1",
        subject="discussion:4",
        key="trial:4:3",
        reply_to="Team@council.example",
        important_until=AT,
        at=AT,
    )
    assert Letter.objects.values(
        "kind", "to_email", "to_name", "to_ref", "context", "case_ref", "subject_ref", "by_ref", "key",
        "reply_to",
        "important_until", "queued_at", "status", "policy", "message_id", "rendered", "attempt_number",
    ).get(pk=letter.pk) == {
        "kind": "trial",
        "to_email": "ann.lee@school.example",
        "to_name": "Ann Bcc: x@evil.example",
        "to_ref": "professional:3",
        "context": {"words": "x"},
        "case_ref": "TH-1",
        "subject_ref": "discussion:4",
        "by_ref": "system",
        "key": "trial:4:3",
        "reply_to": "team@council.example",
        "important_until": AT,
        "queued_at": AT,
        "status": "queued",
        "policy": "resend",
        "message_id": None,
        "rendered": None,
        "attempt_number": 0,
    }  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("a@x.example, b@evil.example", "Enter one email address only, like name@example.gov.uk"),
        ("a@x.example;b@evil.example", "Enter one email address only, like name@example.gov.uk"),
        ("Ann <a@x.example>", "Enter one email address only, like name@example.gov.uk"),
        ("a@x.example\r\nBcc: b@evil.example", "Enter one email address only, like name@example.gov.uk"),
        ("a@b@x.example", "Enter one email address only, like name@example.gov.uk"),
        ("a\x00@x.example", "Enter one email address only, like name@example.gov.uk"),
        ("ann", "Enter an email address in the correct format, like name@example.gov.uk"),
        ("ann@", "Enter an email address in the correct format, like name@example.gov.uk"),
        ("ann@x..example", "Enter an email address in the correct format, like name@example.gov.uk"),
        ("ŵyn@x.example", "Enter an email address in the correct format, like name@example.gov.uk"),
        (
            "a@council.gcsx.gov.uk",
            "Addresses ending gcsx.gov.uk were closed down. Ask for the person’s new address",
        ),
        ("a@GSI.gov.uk", "Addresses ending gsi.gov.uk were closed down. Ask for the person’s new address"),
        ("a@x.gse.gov.uk", "Addresses ending gse.gov.uk were closed down. Ask for the person’s new address"),
        ("a@x.gsx.gov.uk", "Addresses ending gsx.gov.uk were closed down. Ask for the person’s new address"),
    ],
)
def test_an_address_that_will_not_do_is_refused_with_a_reason(
    queue: Queue, address: str, sentence: str
) -> None:
    with pytest.raises(Refused) as refusal:
        queue(address)
    assert (refusal.value.field, refusal.value.sentence) == ("email", sentence)
    assert Letter.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "kept"),
    [("O'Brien@X.example", "o'brien@x.example"), ("a@bücher.example", "a@xn--bcher-kva.example"),
     ("ａ@x.example", "a@x.example"), ("a@notgsi.gov.uk", "a@notgsi.gov.uk")],
)  # fmt: skip
def test_unusual_addresses_are_kept_in_one_form(queue: Queue, address: str, kept: str) -> None:
    assert queue(address).to_email == kept


@pytest.mark.django_db
def test_the_same_key_is_the_same_letter(queue: Queue) -> None:
    first = queue(key="trial:1", enclosures=[Enclosed("a.pdf", b"%PDF", "application/pdf")])
    again = queue(
        "other@school.example", key="trial:1", enclosures=[Enclosed("a.pdf", b"%PDF", "application/pdf")]
    )
    assert (again.pk, again.to_email) == (first.pk, "ann@school.example")
    assert (Letter.objects.count(), LetterEnclosure.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_the_same_key_from_two_connections_is_one_letter(queue: Queue) -> None:
    rounds = 10
    for number in range(rounds):
        barrier = threading.Barrier(2)
        found: list[int] = []

        def write(
            number: int = number, barrier: threading.Barrier = barrier, found: list[int] = found
        ) -> None:
            barrier.wait()
            found.append(queue(key=f"trial:{number}").pk)
            connection.close()

        threads = [threading.Thread(target=write) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 2
        assert len(set(found)) == 1
    assert Letter.objects.count() == rounds
    print(f"{rounds} rounds of two, {rounds} letters")


@pytest.mark.django_db
def test_without_an_address_it_waits_for_a_hand(queue: Queue) -> None:
    letter = queue("")
    assert (letter.status, letter.reason) == (Status.NEEDS_PERSON, "No email address: deliver by hand")
    assert list(Letter.objects.failed()) == [letter]


@pytest.mark.django_db
def test_an_address_that_was_closed_down_waits_for_a_hand_where_the_writer_says_so(queue: Queue) -> None:
    with pytest.raises(Refused):
        queue("a@x.gsi.gov.uk")
    letter = queue("a@x.gsi.gov.uk", or_by_hand=True)
    assert (letter.status, letter.to_email) == (Status.NEEDS_PERSON, "")
    assert letter.reason.startswith("Addresses ending gsi.gov.uk were closed down. Ask for")


@pytest.mark.django_db
def test_a_letter_without_templates_is_a_mistake_found_at_once() -> None:
    with pytest.raises(TemplateDoesNotExist):
        services.queue("unwritten", to_email="a@x.example", to_name="", to_ref="", context={}, by=None, at=AT)


@pytest.mark.django_db(transaction=True)
def test_an_act_undone_leaves_no_letter(queue: Queue) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        queue()
        raise ZeroDivisionError
    assert Letter.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_letter_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="same transaction"):
        services.queue("trial", to_email="a@x.example", to_name="", to_ref="", context={}, by=None, at=AT)
    assert Letter.objects.count() == 0


@pytest.mark.django_db
def test_one_file_for_twelve_people_is_kept_once(queue: Queue) -> None:
    for number in range(12):
        queue(
            f"p{number}@x.example",
            enclosures=[Enclosed(r"..\..\minutes.pdf", b"%PDF-1.7", "application/pdf")],
        )
    assert (Enclosure.objects.count(), LetterEnclosure.objects.count()) == (1, 12)
    assert set(LetterEnclosure.objects.values_list("filename", flat=True)) == {"minutes.pdf"}


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["content = 'other'", "sha256 = 'other'"])
def test_a_file_that_was_kept_is_never_changed_and_goes_whole_or_not_at_all(change: str) -> None:
    """Not by SQL past the application either: a hash alone tells of it only when somebody looks."""
    kept = Enclosure.objects.create(sha256="a", content=b"%PDF-1.7")
    with (
        pytest.raises(DatabaseError, match="Cannot update"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE outbox_enclosure SET {change}")
    kept.refresh_from_db()
    assert (kept.sha256, bytes(kept.content)) == ("a", b"%PDF-1.7")
    assert kept.delete()[0] == 1


@pytest.mark.django_db
def test_cancelling_takes_back_what_is_not_sent(queue: Queue) -> None:
    theirs = [queue(subject="discussion:4"), queue(subject="discussion:5"), queue("", subject="discussion:4")]
    other = queue("bo@school.example", to_ref="professional:9", subject="discussion:4")
    stopped = services.cancel(by=None, at=AT, why="Removed\nfrom the meeting", subject="discussion:4",
                              to_ref="professional:3")  # fmt: skip
    assert stopped == 2
    assert [fresh(letter).status for letter in [*theirs, other]] == [
        "cancelled",
        "queued",
        "cancelled",
        "queued",
    ]
    assert fresh(theirs[0]).reason == "Removed from the meeting"
    with pytest.raises(ValueError, match="which letters"):
        services.cancel(by=None, at=AT, why="All")


@pytest.mark.django_db
def test_a_reminder_supersedes_the_one_before(queue: Queue) -> None:
    first = queue(key="reminder:1")
    second = queue(key="reminder:2", supersedes=["reminder:1", "reminder:2"])
    assert (fresh(first).status, fresh(first).reason) == ("cancelled", f"Superseded by letter {second.pk}")
    assert fresh(second).status == "queued"


@pytest.fixture
def deaf() -> Iterator[int]:
    """A port where every call is taken and none is answered."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.django_db
def test_one_ring_a_transaction(queue: Queue, django_capture_on_commit_callbacks) -> None:  # type: ignore[no-untyped-def]
    with django_capture_on_commit_callbacks() as callbacks:
        for number in range(3):
            queue(f"p{number}@x.example")
    assert len(callbacks) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("broker", ["redis://127.0.0.1:1/0", "redis://127.0.0.1:{deaf}/0", "nonsense://x"])
def test_a_dead_broker_delays_nobody_and_loses_nothing(queue: Queue, broker: str, deaf: int) -> None:
    """Nobody there; somebody there who never answers; no such thing."""
    from celery import current_app

    before = current_app.conf.broker_url
    current_app.conf.update(broker_url=broker.format(deaf=deaf))
    queueing._resting_until = 0.0
    try:
        started = time.monotonic()
        letter = queue()
        took = time.monotonic() - started
        again = time.monotonic()
        queue("bo@school.example")
        took_again = time.monotonic() - again
    finally:
        current_app.conf.update(broker_url=before)
        queueing._resting_until = 0.0
    print(f"{broker}: {took:.2f} s, then {took_again:.3f} s")
    assert took < 2
    assert took_again < 0.2
    assert fresh(letter).status == "queued"
