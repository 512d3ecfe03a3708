"""The bytes of a message: written once, safe in every header, the same for all but the recipient."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pgtrigger
import pytest
from django.db import connection

from outbox import rendering, services
from outbox.models import Enclosure
from outbox.services import Enclosed
from tests.outbox.conftest import MoodySink, Queue, fresh

ICS = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
PDF = bytes(range(256)) * 200


def got(sink: MoodySink, address: str = "ann@school.example") -> EmailMessage:
    """The one letter that arrived, as a mail program reads it."""
    (message,) = sink.to(address)
    assert message.defects == []
    return message


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    """Its text."""
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


@pytest.mark.django_db
def test_headers_say_who_from_when_and_that_a_machine_wrote_it(queue: Queue, sink: MoodySink) -> None:
    letter = queue(reply_to="team@council.example", context={"words": "Hello"})
    assert services.deliver_due() == 1
    message, kept = got(sink), fresh(letter)
    names = "From To Reply-To Subject Date Message-ID Auto-Submitted MIME-Version Content-Type"
    assert list(message.keys()) == names.split()
    assert message["To"] == "Ann Lee <ann@school.example>"
    assert message["Reply-To"] == "team@council.example"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == kept.message_id
    assert abs((message["Date"].datetime - kept.sent_at).total_seconds()) < 5


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    ["Siân O'Brien", "Ŵyn", "x" * 60, "Bo\r\nBcc: evil@x.example", "Bo\nX-Evil: 1", "Bo, evil@x.example",
     '"Bo" <a@b>', "=?utf-8?q?evil?=", "Bo\u2028Bcc: e@x.example", "Ḽơᶉëᶆ ȋṕšᶙṁ " * 10],
)  # fmt: skip
def test_no_name_can_add_a_header_or_a_recipient(queue: Queue, sink: MoodySink, name: str) -> None:
    queue(to_name=name, context={"words": name, "number": name})
    services.deliver_due()
    message = got(sink)
    assert [address.addr_spec for address in message["To"].addresses] == ["ann@school.example"]
    assert "Bcc" not in message
    assert "X-Evil" not in message
    assert len(sink.kept) == 1
    shown = " ".join(name.split())
    assert " ".join(str(message["Subject"]).split()).startswith(f"Trial letter {shown} from")
    assert f"Dear {shown}" in text_of(message)


@pytest.mark.django_db
def test_text_stays_text_and_html_is_escaped(queue: Queue, sink: MoodySink) -> None:
    words = "O'Brien <script>alert(1)</script> {{7*7}} & =HYPERLINK( £ ☃ " + "long " * 40 + "\n.\nFrom me"
    queue(context={"words": words})
    services.deliver_due()
    assert words in text_of(got(sink))
    html = text_of(got(sink), "html")
    assert "O&#x27;Brien &lt;script&gt;alert(1)&lt;/script&gt; {{7*7}} &amp;" in html
    assert "<script" not in html


@pytest.mark.django_db
def test_a_calendar_is_an_alternative_and_a_file_is_attached(queue: Queue, sink: MoodySink) -> None:
    files = [
        Enclosed("invite.ics", ICS, "text/calendar; method=REQUEST"),
        Enclosed("Cofnodion Ŵyn.pdf", PDF, "application/pdf"),
    ]
    queue(enclosures=files)
    services.deliver_due()
    message = got(sink)
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/pdf",
    ]
    calendar, pdf = list(message.walk())[-2:]
    assert calendar["Content-Type"].params == {"method": "REQUEST", "charset": "utf-8"}
    assert calendar.get_payload(decode=True) == ICS
    assert pdf.get_filename() == "Cofnodion Ŵyn.pdf"
    assert pdf.get_payload(decode=True) == PDF


@pytest.mark.django_db
def test_twelve_people_get_the_same_file_encoded_once(queue: Queue, sink: MoodySink) -> None:
    rendering._attachment.cache_clear()
    for number in range(12):
        queue(f"p{number}@x.example", enclosures=[Enclosed("minutes.pdf", PDF, "application/pdf")])
    assert services.deliver_due() == 12
    assert rendering._attachment.cache_info().misses == 1
    assert {list(message.walk())[-1].get_payload(decode=True) for _, message in sink.kept} == {PDF}
    assert len({str(message["Message-ID"]) for _, message in sink.kept}) == 12


@pytest.mark.django_db
def test_a_second_try_sends_the_same_bytes(queue: Queue, sink: MoodySink) -> None:
    letter = queue(enclosures=[Enclosed("minutes.pdf", PDF, "application/pdf")])
    sink.moods["ann@school.example"] = ["break"]
    services.deliver_due()
    first = fresh(letter)
    services.deliver_due()
    second = fresh(letter)
    assert bytes(first.rendered or b"") == bytes(second.rendered or b"-")
    assert (second.status, second.rendered_sha256) == ("sent", first.rendered_sha256)
    one, two = sink.to("ann@school.example")
    assert one.as_bytes() == two.as_bytes()
    assert rendering.message(second)[:60] == b"From: " + rendering.message(second)[6:60]


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["the message", "the file"])
def test_bytes_altered_after_they_were_written_are_not_sent(queue: Queue, sink: MoodySink, what: str) -> None:
    letter = queue(enclosures=[Enclosed("minutes.pdf", PDF, "application/pdf")])
    sink.moods["ann@school.example"] = ["451 Later"]
    services.deliver_due()
    table = "outbox_letter SET rendered = rendered || 'x'::bytea"
    if what == "the file":
        table = "outbox_enclosure SET content = content || 'x'::bytea"
    with pgtrigger.ignore("outbox.Enclosure:enclosure_unchanged"), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table}")
        cursor.execute("UPDATE outbox_letter SET next_try_at = now()")
    rendering._attachment.cache_clear()
    services.deliver_due()
    kept = fresh(letter)
    changed = {
        "the file": "an enclosed file was changed after it was kept",
        "the message": "the stored message was changed after it was written",
    }
    assert kept.reason == f"AlteredError: {changed[what]}"
    assert (kept.failures, sink.kept) == (1, [])
    rendering._attachment.cache_clear()
    assert Enclosure.objects.count() == 1


@pytest.mark.django_db
def test_the_message_is_plain_ascii_with_short_lines(queue: Queue, sink: MoodySink) -> None:
    letter = queue(
        to_name="Ŵyn", context={"words": "Ŵ" * 500, "number": "long subject " * 20},
        enclosures=[Enclosed("x.pdf", PDF, "application/pdf")],
    )  # fmt: skip
    services.deliver_due()
    whole = rendering.message(fresh(letter))
    lines = whole.split(b"\r\n")
    assert whole.isascii()
    assert b"\n" not in b"".join(lines)
    assert max(map(len, lines)) <= 200
    assert message_from_bytes(whole, policy=policy.default).defects == []
