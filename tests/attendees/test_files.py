"""Files of agencies: known by content, scanned, opened through access alone, gone when taken away (P22)."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from attendees.enums import InformationStatus, Marking, Scan
from attendees.models import FileContent, InformationFile, InformationRequest
from attendees.rules.files import MOST_BYTES, BadFileError, look_into, tidy_name
from attendees.services import booking, files, information
from attendees.services.files import Upload
from audit.errors import MoveNotAllowed, NotAllowed, Refused
from audit.models import Entry
from outbox.models import Letter
from strategy.models import Discussion
from tests.builders.booking import a_booked_discussion, invitation_of
from tests.builders.files import PROGRAM, VIRUS, a_document, a_pdf, a_photograph, a_scanner
from tests.people import Cast, cast

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("name", "content", "kept", "kind"),
    [
        ("History.PDF", a_pdf(), "History.pdf", "application/pdf"),
        ("photo.jpeg", a_photograph(), "photo.jpg", "image/jpeg"),
        ("really a photo.pdf", a_photograph(), "really a photo.jpg", "image/jpeg"),
        ("chronology.docx", a_document(), "chronology.docx", WORD),
        ("letter.pdf.exe", a_pdf(), "letter pdf exe.pdf", "application/pdf"),
        ("..\\..\\x.pdf", a_pdf(), "x.pdf", "application/pdf"),
        ("", a_pdf(), "file.pdf", "application/pdf"),
    ],
)
def test_what_is_kept_is_named_after_its_content(name: str, content: bytes, kept: str, kind: str) -> None:
    looked = look_into(name, content)
    assert (looked.name, looked.content_type) == (kept, kind)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (PROGRAM, "is not a PDF"),
        (b"<html><script>alert(1)</script>", "is not a PDF"),
        (b"", "is empty"),
        (b"%PDF-1.7\n" + b"0" * MOST_BYTES, "is larger than 10 MB"),
        (b"%PDF-1.7\ncut off", "is damaged"),
        (a_pdf(password="secret"), "is protected by a password"),
        (a_pdf(script=True), "holds a program"),
        (a_document(macros=True), "holds macros"),
        (a_document(padding=120 * 1024 * 1024), "unpacks to far more"),
        (a_photograph()[:300], "is damaged"),
        (a_photograph(size=(9000, 9000)), "has too many pixels"),
    ],
    ids=["program", "page", "empty", "large", "cut", "locked", "script", "macros", "bomb", "half", "pixels"],
)
def test_what_is_refused_says_which_file_and_why(content: bytes, says: str) -> None:
    with pytest.raises(BadFileError) as fault:
        look_into("report.pdf", content)
    assert str(fault.value).startswith("“report.pdf”")
    assert says in str(fault.value)


def test_a_picture_forgets_where_it_was_taken() -> None:
    kept = look_into("home.jpg", a_photograph()).content
    assert b"Wagtail" in a_photograph()
    assert b"Wagtail" not in kept
    assert dict(Image.open(BytesIO(kept)).getexif()) == {}


@pytest.mark.parametrize(
    ("name", "tidy"),
    [
        ("a\r\nb: c.pdf", "a b c.pdf"),
        ("\u202efdp.exe", "fdp.exe"),
        ("../../etc/passwd", "passwd"),
        ('"quoted"; x=1.pdf', "quoted x1.pdf"),
        ("Ŵyn O.pdf", "Ŵyn O.pdf"),
        ("x" * 300 + ".pdf", "x" * 100 + ".pdf"),
        ("...", "file"),
    ],
)
def test_names_are_tidied(name: str, tidy: str) -> None:
    assert tidy_name(name) == tidy


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def discussion(people: Cast) -> Discussion:
    return a_booked_discussion(people)


def asked_of(discussion: Discussion, name: str = "Paul Pike") -> InformationRequest:
    return discussion.information.get(professional__name=name)


def send(asked: InformationRequest, *uploads: Upload, status: str = InformationStatus.RETURNED) -> Any:
    return information.answer_information(
        asked, status=status, files=uploads, by=asked.professional, at=timezone.now()
    )


@pytest.mark.django_db
def test_a_file_alone_is_an_answer_and_the_same_bytes_are_kept_once(discussion: Discussion) -> None:
    asked = asked_of(discussion)
    history = Upload("history.pdf", a_pdf(), Marking.POLICE_SENSITIVE)
    send(asked, history)
    send(asked, history, Upload("again.pdf", history.content))
    kept = asked.files.get()
    assert (kept.name, kept.marking, kept.scan) == (
        "history.pdf",
        Marking.POLICE_SENSITIVE,
        Scan.NOT_SCANNED,
    )
    assert bytes(kept.content.content) == history.content
    assert len(str(kept.token)) == 36
    assert Entry.objects.filter(event="information_file.added").count() == 1
    with pytest.raises(Refused) as refused:
        send(asked, status=InformationStatus.NONE_HELD)
    assert refused.value.field == "status"


@pytest.mark.django_db
def test_a_bad_file_keeps_the_words_unsent_and_names_every_file(discussion: Discussion) -> None:
    asked = asked_of(discussion)
    with pytest.raises(Refused) as refused:
        send(asked, Upload("a.pdf", PROGRAM), Upload("good.pdf", a_pdf()), Upload("b.pdf", b""))
    assert refused.value.field == "files"
    assert ("“a.pdf”" in refused.value.sentence, "“b.pdf”" in refused.value.sentence) == (True, True)
    assert InformationFile.objects.count() == 0
    with pytest.raises(Refused):
        send(asked, *[Upload(f"{n}.pdf", a_pdf(words=str(n))) for n in range(11)])
    assert InformationFile.objects.count() == 0


@pytest.mark.django_db
def test_the_scanner_lets_through_keeps_back_and_throws_away(
    discussion: Discussion, settings: Any, people: Cast
) -> None:
    asked, now = asked_of(discussion), timezone.now()
    infected = a_pdf(words="x") + b"\n%" + VIRUS
    with a_scanner() as address:
        settings.CLAMAV = address
        send(asked, Upload("good.pdf", a_pdf()), Upload("bad.pdf", infected))
    settings.CLAMAV = "tcp://127.0.0.1:9"
    send(asked, Upload("later.pdf", a_pdf(words="later")), Upload("worse.pdf", infected + b"\n%2"))
    assert list(asked.files.values_list("name", "scan")) == [
        ("good.pdf", Scan.CLEAN),
        ("bad.pdf", Scan.INFECTED),
        ("later.pdf", Scan.WAITING),
        ("worse.pdf", Scan.WAITING),
    ]
    opened = [files.open_file(one, by=people.bea, at=now) is not None for one in asked.files.all()]
    assert opened == [True, False, False, False]
    assert files.scan_waiting(at=now) == 0
    with a_scanner() as address:
        settings.CLAMAV = address
        assert files.scan_waiting(at=now) == 2
        assert files.scan_waiting(at=now) == 0
    assert list(asked.files.values_list("scan", flat=True)) == [
        Scan.CLEAN,
        Scan.INFECTED,
        Scan.CLEAN,
        Scan.INFECTED,
    ]
    assert FileContent.objects.count() == 2
    assert Entry.objects.filter(event="information_file.refused").count() == 1
    with a_scanner(says_nothing=True) as address:
        settings.CLAMAV = address
        send(asked, Upload("silent.pdf", a_pdf(words="silent")))
    assert asked.files.get(name="silent.pdf").scan == Scan.WAITING


@pytest.mark.django_db
def test_a_file_whose_bytes_were_changed_is_not_opened(discussion: Discussion, people: Cast) -> None:
    asked = asked_of(discussion)
    send(asked, Upload("plan.pdf", a_pdf()))
    FileContent.objects.update(content=b"%PDF other")
    for _ in range(2):
        with pytest.raises(MoveNotAllowed, match="bytes were changed afterwards"):
            files.open_file(InformationFile.objects.get(), by=people.sam, at=timezone.now())
    assert Entry.objects.filter(event="information_file.altered").count() == 2
    letter = Letter.objects.get(kind="agency_file_altered")  # business support is told once
    assert (letter.to_email, "Fenwick" in str(letter.context)) == (people.support.mailbox, False)


@pytest.mark.django_db
def test_taking_away_leaves_no_bytes_and_is_not_for_others(discussion: Discussion, people: Cast) -> None:
    asked, now = asked_of(discussion), timezone.now()
    send(asked, Upload("wrong child.pdf", a_pdf()))
    kept = asked.files.get()
    other = asked_of(discussion, "Dan Dale").professional
    for somebody in (other, people.stranger, people.dee, people.paul):
        with pytest.raises(NotAllowed):
            files.remove_file(kept, by=somebody, at=now)
    files.remove_file(kept, by=asked.professional, at=now)
    assert FileContent.objects.count() == 0
    assert InformationFile.objects.get().removed_by_ref == f"professional:{asked.professional_id}"
    with pytest.raises(MoveNotAllowed):
        files.remove_file(kept, by=asked.professional, at=now)
    send(asked, Upload("right.pdf", a_pdf(words="right")))
    booking.cancel_booking(discussion, reason="x", by=people.bea, at=now)
    with pytest.raises(MoveNotAllowed):
        files.remove_file(asked.files.get(removed_at=None), by=asked.professional, at=now)


@pytest.mark.django_db
def test_a_file_is_an_attachment_behind_access(client: Client, discussion: Discussion, people: Cast) -> None:
    asked = asked_of(discussion)
    asked.professional.user = people.paul
    asked.professional.save()
    client.force_login(people.paul)
    address = f"/partner/{discussion.pk}/information/"
    sent = client.post(
        address,
        {
            "status": "save",
            "text_0": "See the file.",
            "files": [
                SimpleUploadedFile("Zoë’s history.pdf", a_pdf()),
                SimpleUploadedFile("2.jpg", a_photograph()),
            ],
            "files_marking": "third_party",
        },
    )
    assert sent.status_code == 302
    kept = asked.files.order_by("pk")[0]
    own = client.get(f"/partner/{discussion.pk}/files/{kept.token}/")
    assert (own.status_code, own.headers["Content-Type"], own.headers["X-Content-Type-Options"]) == (
        200,
        "application/pdf",
        "nosniff",
    )
    assert own.headers["Content-Disposition"].startswith("attachment; ")
    staff = f"/discussions/{discussion.pk}/files/{kept.token}/"
    client.force_login(people.sam)
    assert client.get(staff).status_code == 404  # saved and not sent: the agency's own still
    client.force_login(people.bea)
    pike = invitation_of(discussion, "Paul Pike")
    typed = f"/discussions/{discussion.pk}/invitations/{pike.pk}/information/"
    begun = client.get(typed)
    assert (begun.context["unsent"], f'href="{staff}"' in begun.content.decode()) == (True, False)
    client.force_login(people.paul)
    assert client.post(address, {"status": "returned"}).status_code == 302
    for somebody, status in (
        (people.sam, 200),
        (people.bea, 200),
        (people.olga, 404),
        (people.stranger, 404),
    ):
        client.force_login(somebody)
        assert client.get(staff).status_code == status
    client.force_login(people.bea)
    there = client.get(typed)
    assert (there.context["unsent"], f'href="{staff}"' in there.content.decode()) == (False, True)
    reads = Entry.objects.filter(event="information_file.read")
    assert [one.by_name for one in reads.order_by("pk")] == ["Paul Pike", "Sam Shah", "Bea Bright"]
    elsewhere = a_booked_discussion(people, start=discussion.planned_end, place=None)
    client.force_login(people.sam)
    assert client.get(f"/discussions/{elsewhere.pk}/files/{kept.token}/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "says"),
    [(PROGRAM, "“x.pdf” is not a PDF"), (a_pdf() + b" " * MOST_BYTES, "“x.pdf” is larger than 10 MB")],
    ids=["program", "large"],
)
def test_a_bad_file_comes_back_on_the_page_with_the_words(
    client: Client, discussion: Discussion, people: Cast, content: bytes, says: str
) -> None:
    asked = asked_of(discussion)
    asked.professional.user = people.paul
    asked.professional.save()
    client.force_login(people.paul)
    answer = client.post(
        f"/partner/{discussion.pk}/information/",
        {"status": "returned", "text_0": "My long text.", "files": SimpleUploadedFile("x.pdf", content)},
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "My long text." in page
    assert says in page
    assert (asked.passages.count(), asked.files.count()) == (0, 0)
