"""What becomes of a letter, with a real mail server that takes, refuses, delays, breaks off or is away."""

import time
from datetime import datetime, timedelta

import psycopg
import pytest
from django.db import OperationalError
from django.utils import timezone
from pytest_django import Settings

from outbox import hooks, services
from outbox.enums import Outcome, Policy, Status, Urgency
from outbox.models import Attempt, Letter
from outbox.rendering import message
from outbox.services import delivery, settling
from outbox.transport import Answer, Session
from tests.outbox.conftest import MoodySink, Queue, due_now, fresh

ANN = "ann@school.example"
Heard = list[tuple[str, int, datetime]]


def tries(letter: Letter) -> list[tuple[int, str, int | None, bool]]:
    """Number, outcome, code and doubt of each try."""
    return list(letter.attempts.values_list("number", "outcome", "code", "may_have_arrived_twice"))


def begin(letter: Letter) -> int | None:
    """Begin a try."""
    return settling.settle_and_start(None, letter)


def end(letter: Letter, number: int, answer: Answer) -> None:
    """Settle a try."""
    settling.settle_and_start(settling.Try(letter, number, answer), None)


@pytest.mark.django_db
def test_a_letter_is_delivered_with_proof(queue: Queue, sink: MoodySink, heard: Heard) -> None:
    letter = queue()
    assert services.deliver_due() == 1
    kept = fresh(letter)
    assert (kept.status, kept.reason, kept.claim, kept.lease_until) == ("sent", "", None, None)
    assert tries(letter) == [(1, "sent", 250, False)]
    attempt = Attempt.objects.get()
    assert attempt.finished_at is not None
    assert attempt.started_at <= attempt.finished_at
    assert heard == [("sent", letter.pk, kept.sent_at)]
    assert kept.owner_told
    assert services.deliver_due() == 0
    assert sink.wire == [kept.message_id]


@pytest.mark.django_db
def test_one_of_twelve_refused_for_good_stops_only_that_one(
    queue: Queue, sink: MoodySink, heard: Heard
) -> None:
    letters = [queue(f"p{number}@x.example") for number in range(12)]
    sink.refuses["p5@x.example"] = "550 5.1.1 No such mailbox"
    assert services.deliver_due() == 12
    assert [fresh(letter).status for letter in letters] == ["sent"] * 5 + ["bounced"] + ["sent"] * 6
    assert fresh(letters[5]).reason == "550 5.1.1 No such mailbox"
    assert [(news, number) for news, number, _ in heard if news == "bounced"] == [("bounced", letters[5].pk)]
    assert len(sink.talks) == 1
    assert list(Letter.objects.failed()) == [letters[5]]
    assert services.deliver_due() == 0


@pytest.mark.django_db
def test_content_refused_for_good_is_a_bounce(queue: Queue, sink: MoodySink) -> None:
    letter = queue()
    sink.moods[ANN] = ["554 5.7.1 Message looks like spam"]
    services.deliver_due()
    assert (fresh(letter).status, fresh(letter).reason) == ("bounced", "554 5.7.1 Message looks like spam")


@pytest.mark.django_db
def test_refused_for_now_is_tried_again_with_the_same_id(queue: Queue, sink: MoodySink, heard: Heard) -> None:
    letter = queue()
    sink.refuses[ANN] = "451 4.7.1 Greylisted"
    before = timezone.now()
    services.deliver_due()
    waiting = fresh(letter)
    assert (waiting.status, waiting.reason) == ("deferred", "451 4.7.1 Greylisted")
    assert timedelta(seconds=14) < waiting.next_try_at - before < timedelta(seconds=35)
    assert services.deliver_due() == 0
    del sink.refuses[ANN]
    due_now(letter)
    assert services.deliver_due() == 1
    assert tries(letter) == [(1, "temporary", 451, False), (2, "sent", 250, False)]
    assert sink.wire == [waiting.message_id]
    assert [news for news, _, _ in heard] == ["sent"]


@pytest.mark.django_db
def test_greylisting_never_parks_a_letter_while_it_matters(queue: Queue, sink: MoodySink) -> None:
    letter = queue()
    sink.refuses[ANN] = "451 4.7.1 Greylisted"
    for _ in range(12):
        due_now(letter)
        services.deliver_due()
    assert (fresh(letter).status, fresh(letter).failures, fresh(letter).attempt_number) == ("deferred", 0, 12)


@pytest.mark.django_db
def test_a_mail_server_that_is_away_blames_no_letter(
    queue: Queue, sink: MoodySink, settings: Settings
) -> None:
    letters = [queue(f"p{number}@x.example") for number in range(3)]
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    for _ in range(7):
        Letter.objects.update(next_try_at=timezone.now())
        assert services.deliver_due() == 0
    for letter in letters:
        kept = fresh(letter)
        assert (kept.status, kept.failures, kept.attempt_number) == ("deferred", 0, 0)
        assert kept.reason.startswith("The mail server cannot be reached (ConnectionRefusedError")
        assert kept.next_try_at - timezone.now() < timedelta(seconds=60)
    settings.EMAIL_PORT = port
    Letter.objects.update(next_try_at=timezone.now())
    assert services.deliver_due() == 3
    assert len(sink.kept) == 3


@pytest.mark.django_db
def test_five_faults_of_ours_park_that_letter(queue: Queue, sink: MoodySink, heard: Heard) -> None:
    letter = queue()
    sink.refuses["threshold@ambleford.example"] = "550 5.7.1 Sender not known here"
    for _ in range(5):
        due_now(letter)
        services.deliver_due()
    kept = fresh(letter)
    assert (kept.status, kept.failures) == ("needs_person", 5)
    assert kept.reason == "Failed 5 times: 550 5.7.1 Sender not known here"
    assert [news for news, _, _ in heard] == ["bounced"]
    due_now(letter)
    assert services.deliver_due() == 0


@pytest.mark.django_db
def test_a_letter_that_cannot_be_written_hinders_no_other(queue: Queue, sink: MoodySink) -> None:
    bad, good = queue(), queue("bo@school.example")
    Letter.objects.filter(pk=bad.pk).update(kind="unwritten")
    assert services.deliver_due() == 1
    assert fresh(bad).status == "needs_person"
    assert fresh(bad).reason == "The letter could not be written: TemplateDoesNotExist"
    assert fresh(good).status == "sent"


@pytest.mark.django_db
def test_broken_off_minutes_go_again_and_say_so(queue: Queue, sink: MoodySink) -> None:
    letter = queue()
    sink.moods[ANN] = ["break"]
    services.deliver_due()
    assert (fresh(letter).status, fresh(letter).may_have_arrived_twice) == ("deferred", True)
    assert services.deliver_due() == 1
    assert fresh(letter).status == "sent"
    assert tries(letter) == [(1, "in_doubt", None, False), (2, "sent", 250, True)]
    assert sink.wire == [fresh(letter).message_id] * 2
    assert list(Letter.objects.in_doubt()) == [letter]


@pytest.mark.django_db
def test_a_reminder_broken_off_is_left(queue: Queue, sink: MoodySink, heard: Heard) -> None:
    letter = queue(policy=Policy.DROP)
    sink.moods[ANN] = ["break"]
    services.deliver_due()
    assert services.deliver_due() == 0
    assert fresh(letter).status == "may_have_arrived"
    assert (tries(letter), heard) == ([(1, "in_doubt", None, False)], [])


@pytest.mark.django_db
def test_a_line_that_breaks_for_one_does_not_stop_the_next(queue: Queue, sink: MoodySink) -> None:
    first, second = queue(), queue("bo@school.example")
    sink.moods[ANN] = ["break"]
    assert services.deliver_due() == 2
    assert [fresh(first).status, fresh(second).status] == ["deferred", "sent"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("policy", "status"), [(Policy.RESEND, "deferred"), (Policy.DROP, "may_have_arrived")]
)
def test_a_worker_that_died_while_sending_leaves_a_doubt(queue: Queue, policy: Policy, status: str) -> None:
    letter = queue(policy=policy)
    (claimed,) = delivery.claim(10)
    assert begin(claimed) == 1
    assert settling.expire_leases() == 0
    Letter.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert settling.expire_leases() == 1
    assert (fresh(letter).status, fresh(letter).claim) == (status, None)
    assert tries(letter) == [(1, "in_doubt", None, False)]


@pytest.mark.django_db
def test_a_worker_that_died_before_sending_leaves_no_doubt(queue: Queue, sink: MoodySink) -> None:
    letter = queue(policy=Policy.DROP)
    assert len(delivery.claim(10)) == 1
    assert services.deliver_due() == 0
    Letter.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert services.deliver_due() == 1
    assert (fresh(letter).status, fresh(letter).may_have_arrived_twice) == ("sent", False)
    assert tries(letter) == [(1, "sent", 250, False)]


@pytest.mark.django_db
def test_a_worker_that_was_too_slow_changes_nothing(queue: Queue, sink: MoodySink, heard: Heard) -> None:
    """The fence: the lease ran out while it talked, another worker has the letter or has sent it."""
    letter = queue()
    (slow,) = delivery.claim(10)
    number = begin(slow)
    assert number == 1
    Letter.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    settling.expire_leases()
    (quick,) = delivery.claim(10)
    assert begin(quick) == 2
    for outcome in Outcome:
        end(slow, number, Answer(outcome, 250, "late"))
    assert (fresh(letter).status, fresh(letter).claim) == ("claimed", quick.claim)
    assert begin(slow) is None
    end(quick, 2, Answer(Outcome.SENT, 250, "Kept"))
    assert fresh(letter).status == "sent"
    assert [row[3] for row in tries(letter)] == [False, True]


@pytest.mark.django_db
def test_two_workers_never_hold_the_same_letter(queue: Queue) -> None:
    for number in range(20):
        queue(f"p{number}@x.example")
    first, second = delivery.claim(15), delivery.claim(15)
    assert (len(first), len(second)) == (15, 5)
    assert {letter.pk for letter in first} & {letter.pk for letter in second} == set()
    assert len({letter.claim for letter in [*first, *second]}) == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "status"), [("451 Later", "cancelled"), ("break", "cancelled"), ("250 Kept", "sent")]
)
def test_taken_back_while_it_was_being_sent(queue: Queue, sink: MoodySink, answer: str, status: str) -> None:
    letter = queue()
    (claimed,) = delivery.claim(1)
    number = begin(claimed)
    assert number is not None
    assert services.cancel(by=None, at=timezone.now(), why="Removed", to_ref="professional:3") == 0
    sink.moods[ANN] = [answer]
    with Session() as session:
        session.open()
        assert session.offer(ANN, message(claimed)) is None
        came = session.finish()
    end(claimed, number, came)
    assert fresh(letter).status == status
    assert services.deliver_due() == 0


@pytest.mark.django_db
def test_taken_back_after_the_claim_is_not_sent(queue: Queue, sink: MoodySink) -> None:
    letter = queue()
    batch = delivery.claim(1)
    assert services.cancel(by=None, at=timezone.now(), why="Removed", to_ref="professional:3") == 1
    assert delivery._carry(batch) == 0
    assert (fresh(letter).status, sink.kept) == ("cancelled", [])


@pytest.mark.django_db
def test_after_its_time_a_letter_is_left_to_a_person(queue: Queue, sink: MoodySink, heard: Heard) -> None:
    late = queue(important_until=timezone.now() - timedelta(seconds=1))
    old = queue("bo@school.example", at=timezone.now() - timedelta(hours=73))
    early = queue("cy@school.example", important_until=timezone.now() + timedelta(hours=1))
    assert services.deliver_due() == 1
    assert [fresh(one).status for one in (late, old, early)] == ["needs_person", "needs_person", "sent"]
    assert fresh(late).reason == "Not delivered while it mattered."
    assert sorted((news, number) for news, number, _ in heard) == [
        ("bounced", late.pk), ("bounced", old.pk), ("sent", early.pk),
    ]  # fmt: skip


@pytest.mark.django_db
def test_the_most_urgent_goes_first(queue: Queue, sink: MoodySink) -> None:
    queue("low@x.example", urgency=Urgency.LOW)
    queue("normal@x.example")
    queue("urgent@x.example", urgency=Urgency.URGENT)
    services.deliver_due()
    assert [address for address, _ in sink.kept] == ["urgent@x.example", "normal@x.example", "low@x.example"]


@pytest.mark.django_db
def test_a_restored_copy_sends_nothing_while_held(queue: Queue, sink: MoodySink, settings: Settings) -> None:
    queue()
    settings.OUTBOX_HELD = True
    assert services.deliver_due() == 0
    assert sink.kept == []
    settings.OUTBOX_HELD = False
    assert services.deliver_due() == 1


@pytest.mark.django_db
def test_a_room_that_fails_to_listen_is_told_again(queue: Queue, sink: MoodySink, heard: Heard) -> None:
    calls: list[int] = []

    def deaf(letter: Letter, at: datetime) -> None:
        calls.append(letter.pk)
        if len(calls) == 1:
            raise ZeroDivisionError

    hooks.register("trial", on_sent=deaf)
    letter = queue()
    assert services.deliver_due() == 1
    assert (fresh(letter).status, fresh(letter).owner_told) == ("sent", False)
    services.deliver_due()
    assert fresh(letter).owner_told
    services.deliver_due()
    assert calls == [letter.pk, letter.pk]
    assert len(sink.kept) == 1


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_the_mail_server_is_spoken_to(queue: Queue, sink: MoodySink) -> None:
    from django.db import connection

    seen: list[int] = []

    def look(_address: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                           " AND state LIKE 'idle in transaction%%'")  # fmt: skip
            seen.append(cursor.fetchone()[0])
            cursor.execute("SELECT count(*) FROM outbox_attempt WHERE finished_at IS NULL")
            seen.append(cursor.fetchone()[0])
        connection.close()

    sink.during = look
    for number in range(3):
        queue(f"p{number}@x.example")
    assert services.deliver_due() == 3
    assert seen == [0, 1] * 3


@pytest.mark.django_db(transaction=True)
def test_the_server_has_nothing_of_a_letter_whose_try_is_not_written_down(
    queue: Queue, sink: MoodySink
) -> None:
    """The database goes away while the mail server is being asked: it was asked, and gets no message."""
    from django.db import connection

    letter = queue()
    batch = delivery.claim(10)
    ours = connection.connection.info.backend_pid
    asked: list[str] = []
    with psycopg.connect(
        connection.connection.info.dsn, password=connection.settings_dict["PASSWORD"]
    ) as other:
        other.execute("SELECT 1 FROM outbox_letter FOR UPDATE")  # our statement waits for this

        def cut(address: str) -> None:
            asked.append(address)
            other.execute("SELECT pg_terminate_backend(%s)", [ours])

        sink.before = cut
        with pytest.raises(OperationalError):
            delivery._carry(batch)
    connection.close()
    assert (asked, sink.kept, tries(letter)) == ([ANN], [], [])
    Letter.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    sink.before = None
    assert services.deliver_due() == 1
    assert tries(letter) == [(1, "sent", 250, False)]


@pytest.mark.django_db
def test_a_long_batch_keeps_its_lease(queue: Queue, sink: MoodySink, settings: Settings) -> None:
    settings.OUTBOX_LEASE_SECONDS = 0.6
    for number in range(5):
        queue(f"p{number}@x.example")
    left: list[float] = []

    def slow(_address: str) -> None:
        time.sleep(0.2)

    sink.during = slow
    batch = delivery.claim(10)
    begun = settling.Turn.__init__

    def seen(turn: settling.Turn, last: settling.Try | None, letter: Letter | None) -> None:
        if letter is not None:
            left.append((fresh(letter).lease_until - settling.clock()).total_seconds())  # type: ignore[operator]
        begun(turn, last, letter)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settling.Turn, "__init__", seen)
        assert delivery._carry(batch) == 5
    assert min(left) > 0.3


@pytest.mark.django_db
def test_a_server_that_waits_for_a_message_it_refused(queue: Queue, sink: MoodySink) -> None:
    """Some say 550 to the name and still 354 to what was said together with it."""
    sink.lax = True
    sink.refuses["no@school.example"] = "550 5.1.1 No such mailbox"
    refused, taken = queue("no@school.example"), queue("yes@school.example")
    services.deliver_due()
    assert [fresh(one).status for one in (refused, taken)] == ["bounced", "sent"]
    assert tries(refused) == [(1, "permanent", 550, False)]
    assert len(sink.talks) == 1  # the line was not given up
    assert [address for address, message in sink.kept if message["Subject"]] == ["yes@school.example"]


@pytest.mark.django_db
def test_the_backlog_says_since_when(queue: Queue, sink: MoodySink) -> None:
    now = timezone.now()
    queue(at=now - timedelta(hours=2))
    queue("bo@school.example", at=now - timedelta(hours=1))
    backlog = Letter.objects.backlog(timezone.now())
    assert (backlog.count, backlog.oldest) == (2, now - timedelta(hours=2))
    assert Letter.objects.oldest_waiting() == now - timedelta(hours=2)
    services.deliver_due()
    backlog = Letter.objects.backlog(timezone.now())
    assert (backlog.count, backlog.oldest, Letter.objects.waiting().count()) == (0, None, 0)


def test_the_words_of_each_status() -> None:
    assert dict(Status.choices)["sent"] == "Delivered to the mail server"
    assert {status for status, words in Status.choices if words.startswith("Not yet sent")} == {
        "queued",
        "deferred",
    }
