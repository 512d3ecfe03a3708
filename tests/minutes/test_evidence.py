"""One file shows that an action was done: with the rules of agencies' files, for who may read the action."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from attendees.enums import Scan
from attendees.rules.files import MOST_BYTES
from audit.errors import MoveNotAllowed
from audit.models import Entry
from minutes.models import Action, EvidenceContent, EvidenceFile
from minutes.services.evidence import open_evidence, scan_evidence
from strategy.models import Discussion
from tests.builders.files import PROGRAM, VIRUS, a_pdf, a_scanner
from tests.builders.meeting import a_held_discussion
from tests.minutes.test_after_pages import by_link
from tests.people import Cast, cast
from tests.worklist.test_desk import signed_in

pytestmark = pytest.mark.django_db
SHOWS = "?whose=chaired&state=done"
SAID = "The paediatrician has seen Ruby."


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def held(people: Cast) -> Discussion:
    return a_held_discussion(people)


def action_of(held: Discussion, owner: str) -> Action:
    return Action.objects.filter(minutes__discussion=held, owner__name=owner).order_by("number")[0]


def done(client: Any, address: str, content: bytes, name: str = "Letter.PDF") -> Any:
    """Send the form that says that an action is done, with a file."""
    said = {"what_was_done": SAID, "done_at": timezone.now().isoformat()}
    return client.post(address, {**said, "evidence_file": SimpleUploadedFile(name, content)})


def test_a_partner_attaches_a_file_by_link_and_who_reads_the_action_opens_it(
    people: Cast, held: Discussion
) -> None:
    action = action_of(held, "Paul Pike")
    client = by_link(held.minutes, "Paul Pike")
    sent = a_pdf()
    answer = done(client, reverse("minutes:partner_action_done", args=[held.pk, action.pk]), sent)
    assert answer.status_code == 302, answer.content.decode()
    own = reverse("minutes:partner_action_evidence", args=[held.pk, action.pk])
    address = reverse("minutes:action_evidence", args=[held.pk, action.pk])
    assert own in client.get(reverse("minutes:partner_actions", args=[held.pk])).content.decode()
    for reader, where in ((client, own), (signed_in(people.sam), address)):
        given = reader.get(where)
        assert (given.content, given["Content-Type"]) == (sent, "application/pdf")
        assert given["Content-Disposition"] == 'attachment; filename="Letter.pdf"'
    assert Entry.objects.filter(event="action.evidence_read", subject=action.subject).count() == 2
    assert by_link(held.minutes, "Hetty Hall").get(own).status_code == 404
    assert signed_in(people.olga).get(address).status_code == 404
    manager = signed_in(people.mo)
    for shown in (reverse("minutes:actions", args=[held.pk]), reverse("worklist:tracker") + SHOWS):
        assert address in manager.get(shown).content.decode(), shown
    told = manager.get(reverse("worklist:timeline", args=[held.case.reference])).content.decode()
    assert "Attached a file that shows that an action was done" in told


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (PROGRAM, "“Letter.PDF” is not a PDF"),
        (b"", "“Letter.PDF” is empty"),
        (b"%PDF-1.7\n" + b"0" * MOST_BYTES, "“Letter.PDF” is larger than 10 MB"),
    ],
    ids=["program", "empty", "large"],
)
def test_what_will_not_do_is_said_beside_the_field_and_nothing_is_lost(
    people: Cast, held: Discussion, content: bytes, says: str
) -> None:
    action = action_of(held, "Sam Shah")
    answer = done(signed_in(people.sam), reverse("minutes:action_done", args=[held.pk, action.pk]), content)
    assert answer.status_code == 409
    told = answer.content.decode()
    assert says.replace("Letter.PDF", "Letter") in told.replace("Letter.PDF", "Letter")
    assert "What you wrote is kept; choose a file again" in told and SAID in told
    assert 'id="id_evidence_file-error"' in told or "evidence_file" in told.split("error-summary", 1)[1][:900]
    action.refresh_from_db()
    assert (action.status, EvidenceFile.objects.count()) == ("open", 0)


def test_a_file_waits_for_the_scanner_and_one_with_a_virus_is_not_kept(
    people: Cast, held: Discussion, settings: Any
) -> None:
    sent = (a_pdf(), a_pdf(words="x") + b"\n%" + VIRUS)
    mine, now = Action.objects.filter(owner__user=people.sam).order_by("number")[:2], timezone.now()
    settings.CLAMAV = "tcp://127.0.0.1:9"
    for action, content in zip(mine, sent, strict=True):
        address = reverse("minutes:action_done", args=[held.pk, action.pk])
        assert done(signed_in(people.sam), address, content, "a.pdf").status_code == 302
    waits = reverse("minutes:action_evidence", args=[held.pk, mine[0].pk])
    assert signed_in(people.sam).get(waits).status_code == 404
    assert scan_evidence(at=now) == 0
    with a_scanner() as address:
        settings.CLAMAV = address
        assert (scan_evidence(at=now), scan_evidence(at=now)) == (2, 0)
    assert signed_in(people.sam).get(waits).content == sent[0]
    scans = list(EvidenceFile.objects.order_by("pk").values_list("scan", flat=True))
    assert (scans, EvidenceContent.objects.count()) == ([Scan.CLEAN, Scan.INFECTED], 1)
    told = signed_in(people.sam).get(reverse("minutes:actions", args=[held.pk])).content.decode()
    assert "A virus was found: not kept" in told


def test_altered_bytes_are_given_to_nobody(people: Cast, held: Discussion) -> None:
    action = action_of(held, "Sam Shah")
    done(signed_in(people.sam), reverse("minutes:action_done", args=[held.pk, action.pk]), a_pdf())
    EvidenceContent.objects.update(content=b"%PDF other")
    with pytest.raises(MoveNotAllowed, match="its bytes were changed"):
        open_evidence(EvidenceFile.objects.get(), by=people.mo, at=timezone.now())
    assert Entry.objects.filter(event="action.evidence_altered", subject=action.subject).exists()
