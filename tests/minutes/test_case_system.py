"""The case system: a bundle that proves itself, and a delivery that nothing drops and nothing doubles."""

import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from attendees.enums import SignatureMethod
from audit.errors import MoveNotAllowed, NotAllowed
from audit.models import Entry
from deadlines.enums import ClockState
from deadlines.models import Deadline
from minutes.case_system import Answer, fault_of
from minutes.enums import DeliveryStatus
from minutes.models import Delivery, Filing
from minutes.rules.retrying import wait_after
from minutes.services import delivering, printing, turns
from minutes.services.agree import sign
from minutes.services.bundle import MANIFEST, bundle_of
from minutes.services.file import record_filing, signed_since
from minutes.services.printing import AlteredVersionError
from outbox.models import Enclosure
from tests.builders.after import World, a_circulation, a_printed_version, an_authorised_version, finished
from tests.builders.case_system import CaseSystem
from tests.people import Cast

pytestmark = pytest.mark.django_db
build = finished
SECRET = "a-secret-of-the-test"


@pytest.fixture
def case_system(settings: Settings) -> Iterator[CaseSystem]:
    """A case system that is configured and there."""
    system = CaseSystem()
    settings.SYSTEM_OF_RECORD_URL, settings.SYSTEM_OF_RECORD_SECRET = system.address, SECRET
    yield system
    if system.thread.is_alive():
        system.stop()


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    """A real folder that the case system reads."""
    settings.SYSTEM_OF_RECORD_URL = f"folder://{tmp_path}/in"
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def due_now(**facts: Any) -> None:
    """Let the time until the next try pass."""
    Delivery.objects.update(next_try_at=timezone.now() - timedelta(seconds=1), **facts)


def the_delivery() -> Delivery:
    """The one delivery there is."""
    return Delivery.objects.get()


def test_a_bundle_proves_itself_and_is_the_same_every_time(world: World) -> None:
    version = a_printed_version(world[0], begun=world[1])
    made = bundle_of(version)
    assert made is not None
    again = bundle_of(version)
    assert again is not None and again.content == made.content
    archive = ZipFile(BytesIO(made.content))
    said = json.loads(archive.read(MANIFEST))
    pdf = version.renditions.get().filename
    assert [one["name"] for one in said["files"]] == [pdf, "record.json", "signatures.json", "actions.json"]
    assert archive.namelist() == [*(one["name"] for one in said["files"]), MANIFEST]
    for one in said["files"]:
        content = archive.read(one["name"])
        assert (len(content), sha256(content).hexdigest()) == (one["size"], one["sha256"])
    assert archive.read(pdf).startswith(b"%PDF")
    assert sha256(archive.read("record.json")).hexdigest() == version.sha256 == said["record_sha256"]
    assert sha256(archive.read("actions.json")).hexdigest() == version.action_log.sha256
    signed = json.loads(archive.read("signatures.json"))
    assert signed["unsigned"] == ["Hetty Hall"]
    assert "Sam Shah" in [one["name"] for one in signed["signed"]]
    discussion = version.minutes.discussion
    assert (said["case_reference"], said["discussion"]) == (discussion.case.reference, discussion.number)
    assert (said["version"], said["authorised_by"], said["system"]) == (version.number, "Mo Mensah", "LCS")


def test_no_bundle_before_the_pdf_and_none_of_an_altered_one(world: World) -> None:
    version = an_authorised_version(world[0], begun=world[1])
    assert bundle_of(version) is None
    printing.ask_for(version)
    assert printing.print_waiting() == 1
    assert bundle_of(version) is not None
    words = version.content
    version.content = {**words, "case": "another"}
    with pytest.raises(AlteredVersionError):
        bundle_of(version)
    version.content = words
    version.renditions.update(enclosure=Enclosure.objects.create(sha256="0" * 64, content=b"%PDF other"))
    with pytest.raises(AlteredVersionError):
        bundle_of(version)


def test_without_an_address_nothing_is_delivered(world: World, settings: Settings) -> None:
    settings.SYSTEM_OF_RECORD_URL = ""
    a_circulation(world[0], begun=world[1])
    assert (Delivery.objects.count(), delivering.deliver_waiting()) == (0, 0)


def test_a_folder_gets_the_whole_file_and_a_person_confirms(world: World, folder: Path) -> None:
    people, record = world
    version = a_circulation(people, begun=record).version
    assert delivering.deliver_waiting() == 1
    made = bundle_of(version)
    assert made is not None
    assert {one.name: one.read_bytes() for one in folder.iterdir()} == {made.name: made.content}
    assert (the_delivery().status, Filing.objects.count()) == (DeliveryStatus.DELIVERED, 0)
    assert delivering.deliver_waiting() == 0
    record_filing(version, reference="LCS 7", by=people.bea, at=timezone.now())
    assert Filing.objects.get().by == people.bea


def test_later_signatures_go_under_a_key_of_their_own(world: World, case_system: CaseSystem) -> None:
    people, record = world
    version = a_circulation(people, begun=record).version
    bea, discussion = pages(people, "bea"), version.minutes.discussion
    deliver = reverse("minutes:deliver_signatures", args=[discussion.pk])
    assert delivering.deliver_waiting() == 1
    assert bea.post(deliver).status_code == 409
    row = discussion.attendance.get(professional__name="Hetty Hall")
    sign(
        row, version.action_log, method=SignatureMethod.RECORDED, how="By telephone",
        by=people.bea, at=timezone.now(),
    )  # fmt: skip
    assert pages(people, "sam").post(deliver).status_code == 403
    assert bea.post(deliver).status_code == 302
    assert bea.post(deliver).status_code == 409  # on its way already
    assert (
        "Delivery of the new signatures"
        in bea.get(reverse("minutes:file", args=[discussion.pk])).content.decode()
    )
    case_system.status = 503
    assert delivering.deliver_waiting() == 0
    due_now()
    case_system.status = 200
    assert (delivering.deliver_waiting(), delivering.deliver_waiting()) == (1, 0)
    first, second, third = case_system.asked
    keys = [headers["Idempotency-Key"] for headers, _ in case_system.asked]
    assert keys[0] != keys[1] == keys[2]
    signed = [
        len(json.loads(ZipFile(BytesIO(content)).read("signatures.json"))["signed"])
        for _, content in (first, third)
    ]
    filing = Filing.objects.get()
    assert [filing.reference, *filing.supplements.values_list("reference", flat=True)] == ["LCS-1", "LCS-2"]
    assert [filing.signatures, *filing.supplements.values_list("signatures", flat=True)] == signed
    assert signed[1] == signed[0] + 1 and signed_since(filing) == []
    said = [json.loads(ZipFile(BytesIO(one)).read(MANIFEST))["supplement"] for _, one in (first, second)]
    assert said == [0, 1]


def test_who_signs_while_it_is_carried_is_not_taken_for_filed(world: World, case_system: CaseSystem) -> None:
    people, record = world
    version = a_circulation(people, begun=record).version
    held = delivering.claim()
    assert held is not None
    answer = delivering._tried(held)
    row = version.minutes.discussion.attendance.get(professional__name="Hetty Hall")
    sign(
        row, version.action_log, method=SignatureMethod.RECORDED, how="By telephone",
        by=people.bea, at=timezone.now(),
    )  # fmt: skip
    assert delivering.settle(held, *answer)
    assert signed_since(Filing.objects.get()) == ["Hetty Hall"]
    clocks = Deadline.objects.running().of(version.minutes.subject, turns.FILE_SIGNATURES)
    assert clocks.count() == 1


def test_where_the_setting_says_so_the_name_is_the_reference(
    world: World, folder: Path, settings: Settings
) -> None:
    settings.SYSTEM_OF_RECORD_NAME_IS_REFERENCE = True
    version = a_circulation(world[0], begun=world[1]).version
    assert delivering.deliver_waiting() == 1
    filed = Filing.objects.get()
    assert (filed.by, filed.reference) == (None, next(folder.iterdir()).name)
    assert Deadline.objects.of(version.minutes.subject, turns.FILE_MINUTES).get().state == ClockState.MET


def test_a_folder_that_is_away_loses_nothing(world: World, folder: Path) -> None:
    folder.rmdir()
    a_circulation(world[0], begun=world[1])
    assert delivering.deliver_waiting() == 0
    said = the_delivery()
    assert (said.status, said.attempts, said.claim) == (DeliveryStatus.WAITING, 1, None)
    assert said.reason == "The folder of the case system cannot be written (No such file or directory)"
    folder.mkdir()
    due_now()
    assert delivering.deliver_waiting() == 1


def test_a_delivery_waits_for_the_pdf(world: World, folder: Path) -> None:
    a_circulation(world[0], begun=world[1], printed=False)
    assert (delivering.deliver_waiting(), the_delivery().attempts) == (0, 0)
    assert printing.print_waiting() == 1
    assert delivering.deliver_waiting() == 1


def test_down_then_broken_then_there_is_filed_once(
    world: World, case_system: CaseSystem, settings: Settings
) -> None:
    away = CaseSystem()
    away.stop()
    settings.SYSTEM_OF_RECORD_URL = away.address
    version = a_circulation(world[0], begun=world[1]).version
    assert delivering.deliver_waiting() == 0
    assert the_delivery().reason == "The case system does not answer (ConnectionRefusedError)"
    assert delivering.deliver_waiting() == 0 and the_delivery().attempts == 1  # not before its time
    settings.SYSTEM_OF_RECORD_URL, case_system.status = case_system.address, 500
    due_now()
    assert delivering.deliver_waiting() == 0
    assert the_delivery().reason == "The case system cannot take it now (answer 500)"
    case_system.status = 200
    due_now()
    assert delivering.deliver_waiting() == 1
    said, filed = the_delivery(), Filing.objects.get()
    assert (said.status, said.attempts, said.reference) == (DeliveryStatus.DELIVERED, 3, "LCS-1")
    assert (filed.by, filed.system, filed.reference) == (None, "LCS", "LCS-1")
    assert Deadline.objects.of(version.minutes.subject, turns.FILE_MINUTES).get().state == ClockState.MET
    assert {headers["Idempotency-Key"] for headers, _ in case_system.asked} == {str(said.key)}
    events = [*Entry.objects.filter(event__in=("minutes.delivered", "minutes.filed")).values_list("event")]
    assert sorted(events) == [("minutes.delivered",), ("minutes.filed",)]


def test_what_is_sent_is_signed(world: World, case_system: CaseSystem) -> None:
    version = a_circulation(world[0], begun=world[1]).version
    assert delivering.deliver_waiting() == 1
    headers, content = case_system.asked[0]
    made = bundle_of(version)
    assert made is not None and content == made.content
    signed = f"{headers['X-Threshold-Timestamp']}.{headers['Idempotency-Key']}.".encode() + content
    wanted = hmac.new(SECRET.encode(), signed, sha256).hexdigest()
    assert headers["X-Threshold-Signature"] == f"sha256={wanted}"


def test_a_refusal_waits_for_a_person_who_tries_now(world: World, case_system: CaseSystem) -> None:
    people, record = world
    version = a_circulation(people, begun=record).version
    case_system.status = 422
    assert delivering.deliver_waiting() == 0
    assert the_delivery().status == DeliveryStatus.FAILED
    due_now()
    assert delivering.deliver_waiting() == 0 and len(case_system.asked) == 1
    with pytest.raises(NotAllowed):
        delivering.try_now(version, by=people.sam, at=timezone.now())
    case_system.status = 200
    delivering.try_now(version, by=people.bea, at=timezone.now())
    assert delivering.deliver_waiting() == 1
    with pytest.raises(MoveNotAllowed):
        delivering.try_now(version, by=people.bea, at=timezone.now())


@pytest.mark.parametrize(
    "said", [b"", b"no json", b"[]", b'{"reference": null}', b'{"reference": "\\u0000 "}']
)
def test_an_answer_without_a_reference_is_confirmed_by_hand(
    world: World, case_system: CaseSystem, said: bytes
) -> None:
    case_system.says = said
    a_circulation(world[0], begun=world[1])
    assert delivering.deliver_waiting() == 1
    assert (the_delivery().reference, Filing.objects.count()) == ("", 0)


def test_a_killed_try_is_made_again_and_filed_once(world: World, case_system: CaseSystem) -> None:
    a_circulation(world[0], begun=world[1])
    dead = delivering.claim()
    assert dead is not None
    assert delivering._tried(dead)[0].delivered  # the case system has it; the worker dies before settling
    due_now()
    assert (delivering.deliver_waiting(), Filing.objects.count()) == (0, 0)  # its lease still stands
    due_now(lease_until=timezone.now() - timedelta(seconds=1))
    assert delivering.deliver_waiting() == 1
    assert (len(case_system.asked), list(case_system.filed.values())) == (2, ["LCS-1"])
    assert Filing.objects.get().reference == "LCS-1"
    late = Answer(False, "too late")
    assert delivering.settle(dead, late) is False
    assert the_delivery().status == DeliveryStatus.DELIVERED


def test_filed_by_hand_meanwhile_is_not_filed_again(world: World, case_system: CaseSystem) -> None:
    people, record = world
    version = a_circulation(people, begun=record).version
    held = delivering.claim()
    assert held is not None
    record_filing(version, reference="BY-HAND", by=people.bea, at=timezone.now())
    assert delivering.settle(held, *delivering._tried(held))
    assert Filing.objects.get().reference == "BY-HAND"
    Delivery.objects.update(status=DeliveryStatus.WAITING, delivered_at=None)
    due_now()
    assert (delivering.deliver_waiting(), len(case_system.asked)) == (0, 1)


def test_a_restored_copy_files_nothing(world: World, case_system: CaseSystem, settings: Settings) -> None:
    settings.OUTBOX_HELD = True
    a_circulation(world[0], begun=world[1])
    assert (delivering.deliver_waiting(), case_system.asked) == (0, [])


def test_waits_grow_to_an_hour_and_never_end() -> None:
    waits = [wait_after(tries).total_seconds() / 60 for tries in (0, 1, 2, 3, 6, 7, 8, 5000)]
    assert waits == [1, 1, 2, 4, 32, 60, 60, 60]


@pytest.mark.parametrize(
    ("address", "secret", "sound"),
    [
        ("folder:///srv/in", "", True),
        ("folder://srv/in", "", False),
        ("https://lcs.example/in", "s", True),
        ("https://lcs.example/in", "", False),
        ("http://lcs.example/in", "s", False),
        ("s3://bucket/prefix", "s", False),
        ("s3+https://store.example/bucket", "s", True),
        ("s3+https://store.example/bucket/folder?region=eu-west-1", "s", True),
        ("s3+https://store.example/", "s", False),
        ("s3+https://store.example/bucket", "", False),
        ("s3+http://store.example/bucket", "s", False),
        ("https://lcs.example:port/in", "s", False),
        ("https://[lcs.example/in", "s", False),
        ("file:///etc", "s", False),
    ],
)
def test_an_address_is_one_we_can_use(address: str, secret: str, sound: bool) -> None:
    assert (fault_of(address, secret, "k") is None) is sound


def pages(people: Cast, person: str) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    client.force_login(getattr(people, person))
    return client


def test_the_page_says_where_it_stands(world: World, case_system: CaseSystem) -> None:
    people, record = world
    version = a_circulation(people, begun=record, printed=False).version
    discussion = version.minutes.discussion
    page = reverse("minutes:file", args=[discussion.pk])
    download = reverse("minutes:bundle", args=[discussion.pk, version.number])
    bea = pages(people, "bea")
    assert bea.get(download).status_code == 404
    assert "It goes as soon as the PDF is made." in bea.get(page).content.decode()
    printing.print_waiting()
    case_system.status = 503
    delivering.deliver_waiting()
    text = bea.get(page).content.decode()
    assert "Tried 1 time. The case system cannot take it now (answer 503)." in text
    assert "Try now" in text and "Next try" in text
    assert bea.get(download).content == case_system.asked[0][1]
    assert Entry.objects.filter(event="version.bundle_fetched").count() == 1
    assert pages(people, "sam").get(download).status_code == 403
    assert pages(people, "stranger").get(download).status_code == 404
    case_system.status = 200
    bea.post(reverse("minutes:deliver_now", args=[discussion.pk]))
    delivering.deliver_waiting()
    text = bea.get(page).content.decode()
    assert "Filed" in text and "LCS-1" in text and "answered by LCS itself" in text
    assert "Try now" not in text
