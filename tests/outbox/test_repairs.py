"""What a person does with a letter that needs one; what a returned letter does and a forged one cannot."""

import io
import sys
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from audit.errors import MoveNotAllowed, Refused
from audit.models import Entry
from outbox import services
from outbox.enums import Policy
from outbox.models import Letter
from tests.outbox.conftest import MoodySink, Queue, fresh

ANN = "ann@school.example"
HELEN = SimpleNamespace(pk=5, _meta=SimpleNamespace(model_name="user"), get_full_name=lambda: "Helen Moss")

NOTICE = """From: MAILER-DAEMON@relay.example
To: threshold@ambleford.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I could not deliver your message.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 No such mailbox

--b
Content-Type: {copy_type}

From: threshold@ambleford.example
Message-ID: {message_id}

--b--
"""


def notice(letter: Letter, **changes: str) -> str:
    """A delivery status notification for the letter, as Postfix writes it."""
    words = {"recipient": letter.to_email, "action": "failed", "copy_type": "message/rfc822"}
    return NOTICE.format(**{**words, "message_id": str(letter.message_id), **changes})


def take(text: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Pipe a message into the command."""
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text.replace("\n", "\r\n").encode())))
    out = io.StringIO()
    call_command("take_bounce", stdout=out)
    return out.getvalue().strip()


@pytest.fixture
def bounced(queue: Queue, sink: MoodySink) -> Letter:
    """A letter that was refused for good."""
    letter = queue(important_until=timezone.now() + timedelta(hours=1))
    sink.refuses[ANN] = "550 No such mailbox"
    services.deliver_due()
    return fresh(letter)


@pytest.fixture
def sent(queue: Queue, sink: MoodySink) -> Letter:
    """A letter that the mail server took."""
    letter = queue(case="TH-1")
    services.deliver_due()
    return fresh(letter)


@pytest.mark.django_db
def test_sent_again_with_the_same_id(bounced: Letter, sink: MoodySink) -> None:
    del sink.refuses[ANN]
    services.resend(bounced, by=HELEN, at=timezone.now())
    assert services.deliver_due() == 1
    assert (fresh(bounced).status, sink.wire) == ("sent", [bounced.message_id])
    assert list(Entry.objects.values_list("event", "subject", "by_ref")) == [
        ("letter.resent", f"letter:{bounced.pk}", "user:5")
    ]


@pytest.mark.django_db
def test_the_right_address_gets_a_new_message(bounced: Letter, sink: MoodySink) -> None:
    services.correct_address(bounced, " Ann.Lee@School.example", by=HELEN, at=timezone.now())
    services.deliver_due()
    kept = fresh(bounced)
    assert (kept.status, kept.to_email) == ("sent", "ann.lee@school.example")
    assert kept.message_id != bounced.message_id
    (message,) = sink.to("ann.lee@school.example")
    assert message["To"] == "Ann Lee <ann.lee@school.example>"
    assert list(Entry.objects.values_list("event", flat=True)) == ["letter.corrected"]


@pytest.mark.django_db
def test_a_wrong_correction_changes_nothing(bounced: Letter) -> None:
    with pytest.raises(Refused) as refusal:
        services.correct_address(bounced, "a@x.gcsx.gov.uk", by=HELEN, at=timezone.now())
    assert refusal.value.field == "email"
    assert (fresh(bounced).status, fresh(bounced).to_email, Entry.objects.count()) == ("bounced", ANN, 0)


@pytest.mark.django_db
def test_delivered_by_hand(queue: Queue, heard: list, django_capture_on_commit_callbacks) -> None:  # type: ignore[no-untyped-def]
    letter = queue("")
    with django_capture_on_commit_callbacks(execute=True):
        services.deliver_by_hand(letter, by=HELEN, at=timezone.now(), how="Given to her at the nursery")
    assert (fresh(letter).status, fresh(letter).reason) == ("by_hand", "Given to her at the nursery")
    assert [(news, number) for news, number, _ in heard] == [("sent", letter.pk)]
    assert list(Entry.objects.values_list("event", flat=True)) == ["letter.by_hand"]


@pytest.mark.django_db
def test_a_letter_that_waits_for_nobody_is_left_alone(sent: Letter, queue: Queue) -> None:
    waiting = queue("bo@school.example")
    for letter in (sent, waiting):
        with pytest.raises(MoveNotAllowed):
            services.resend(letter, by=HELEN, at=timezone.now())
        with pytest.raises(MoveNotAllowed):
            services.correct_address(letter, "x@x.example", by=HELEN, at=timezone.now())
        with pytest.raises(MoveNotAllowed):
            services.deliver_by_hand(letter, by=HELEN, at=timezone.now())
    assert (fresh(sent).status, fresh(waiting).status) == ("sent", "queued")


@pytest.mark.django_db
def test_without_an_address_it_cannot_be_sent_again(queue: Queue) -> None:
    letter = queue("")
    with pytest.raises(Refused, match="no email address"):
        services.resend(letter, by=HELEN, at=timezone.now())


@pytest.mark.django_db
def test_a_reminder_that_may_have_arrived_can_be_sent_again(queue: Queue, sink: MoodySink) -> None:
    letter = queue(policy=Policy.DROP)
    sink.moods[ANN] = ["break"]
    services.deliver_due()
    services.resend(letter, by=HELEN, at=timezone.now())
    services.deliver_due()
    doubts = letter.attempts.values_list("outcome", "may_have_arrived_twice")
    assert list(doubts) == [("in_doubt", False), ("sent", True)]


@pytest.mark.django_db
@pytest.mark.parametrize("copy_type", ["message/rfc822", "text/rfc822-headers"])
def test_a_letter_that_came_back_needs_a_person(
    sent: Letter, heard: list, monkeypatch: pytest.MonkeyPatch, copy_type: str
) -> None:
    assert take(notice(sent, copy_type=copy_type), monkeypatch) == "1 letters came back"
    kept = fresh(sent)
    assert (kept.status, kept.reason) == ("needs_person", "Came back: smtp; 550 5.1.1 No such mailbox")
    assert kept.sent_at == sent.sent_at
    assert list(Entry.objects.values_list("event", "case_ref", "by_ref")) == [
        ("letter.bounced", "TH-1", "system")
    ]
    services.deliver_due()
    assert [(news, number) for news, number, _ in heard] == [("bounced", sent.pk)]
    assert take(notice(sent), monkeypatch) == "Not a bounce of a letter of ours"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes",
    [
        {"message_id": "<guessed@ambleford.example>"},
        {"recipient": "bo@school.example"},
        {"recipient": "a@x, b@y"},
        {"action": "delayed"},
        {"action": "relayed"},
        {"copy_type": "text/plain"},
    ],
)
def test_a_forged_or_harmless_notice_changes_nothing(
    sent: Letter, monkeypatch: pytest.MonkeyPatch, changes: dict[str, str]
) -> None:
    assert take(notice(sent, **changes), monkeypatch) == "Not a bounce of a letter of ours"
    assert (fresh(sent).status, Entry.objects.count()) == ("sent", 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        "",
        "From: a@x\nSubject: Out of office\nAuto-Submitted: auto-replied\n\nI am away.\n",
        "\x00\xff garbage",
    ],
)
def test_other_post_is_left_alone(sent: Letter, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    assert take(text, monkeypatch) == "Not a bounce of a letter of ours"
    assert fresh(sent).status == "sent"


@pytest.mark.django_db
def test_a_bounce_never_stops_a_letter_on_its_way(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = queue()
    Letter.objects.filter(pk=letter.pk).update(message_id="<known@ambleford.example>")
    assert take(notice(fresh(letter)), monkeypatch) == "Not a bounce of a letter of ours"
    assert fresh(letter).status == "queued"


@pytest.mark.django_db
def test_the_trial_letter_says_what_became_of_it(sink: MoodySink) -> None:
    out = io.StringIO()
    call_command("send_trial_letter", "ann@school.example", stdout=out)
    assert out.getvalue().splitlines() == [
        "Delivered to the mail server.", "The connection does not enforce TLS.",
    ]  # fmt: skip
    with pytest.raises(CommandError, match="closed down"):
        call_command("send_trial_letter", "ann@x.gsi.gov.uk")
