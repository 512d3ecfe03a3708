"""P4, P26: broker, worker or mail server off: the way goes on, letters wait and say so, nothing is lost."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.utils import timezone
from pytest_django import Settings

from config.celery import app
from deadlines.models import SweepRun
from deadlines.services import sweep
from minutes.enums import RecipientStatus
from minutes.models import Recipient
from minutes.services import printing
from outbox.models import Letter
from outbox.services import deliver_due
from script.embedded.places import ROOT
from script.embedded.stack import free_port
from script.embedded.supervisor import Child
from tests import real
from tests.outages.office import Office, due_now, each_once, waiting

pytestmark = pytest.mark.django_db(transaction=True)
UNSENT = "Not yet sent"


@contextmanager
def broker_at(settings: Settings, address: str) -> Iterator[None]:
    """The application rings at this address."""
    before = app.conf["broker_url"]
    app.conf.update(broker_url=address)
    settings.CELERY_BROKER_URL = address
    yield
    app.conf.update(broker_url=before)


def way_with_letters_waiting(office: Office) -> None:
    """Submitted, authorised, booked, circulated; every page that shows a letter says that it waits."""
    minutes = office.circulate()
    discussion = office.ask_and_book()
    bea = office.people.bea
    assert Letter.objects.filter(status="sent").count() == 0
    assert waiting() == Letter.objects.exclude(status="cancelled").count() > 10
    office.sees(bea, f"/discussions/{discussion.pk}/", "Paul Pike", UNSENT)
    page = office.sees(bea, f"/discussions/{minutes.discussion_id}/proof/", "Waiting for the PDF to be made")
    assert "Delivered to the mail server" not in page
    page = office.sees(bea, "/letters/", UNSENT)
    assert "Delivered to the mail server" not in page
    print(f"slowest click {office.slowest:.2f} s, {waiting()} letters wait")


def all_arrives(sink: real.MailSink, office: Office) -> None:
    """Nothing waits any more, and each letter is in its mailbox once."""
    real.wait_until(lambda: waiting() == 0, seconds=60)
    assert Letter.objects.failed().count() == 0
    real.wait_until(lambda: not Recipient.objects.exclude(status=RecipientStatus.SENT).exists(), seconds=60)
    print(f"{each_once(sink)} letters arrived once")


def with_beat(folder: Path) -> list[str]:
    """The worker's words to be its own beat."""
    return ["-B", "-s", str(folder / "beat")]


def test_broker_off_then_broker_and_worker_come(
    settings: Settings, smtp_sink: real.MailSink, tmp_path: Path
) -> None:
    office = Office()
    with broker_at(settings, f"redis://127.0.0.1:{free_port()}/0"):
        way_with_letters_waiting(office)
    mail = f"smtp://127.0.0.1:{smtp_sink.port}"
    with real.broker(tmp_path) as child:
        names = {"REDIS_URL": child.environment["REDIS_URL"], "EMAIL_URL": mail}
        with real.worker_process(tmp_path, *with_beat(tmp_path), **names):
            all_arrives(smtp_sink, office)


def test_worker_off_then_it_comes(redis: Child, smtp_sink: real.MailSink, tmp_path: Path) -> None:
    office = Office()
    way_with_letters_waiting(office)
    names = {
        "REDIS_URL": redis.environment["REDIS_URL"],
        "EMAIL_URL": f"smtp://127.0.0.1:{smtp_sink.port}",
    }
    with real.worker_process(tmp_path, *with_beat(tmp_path), **names):
        all_arrives(smtp_sink, office)


def test_mail_server_unreachable_and_then_says_later(settings: Settings, smtp_sink: real.MailSink) -> None:
    """Nobody listens; then 451 to one; then all is well: tried again until delivered, and shown meanwhile."""
    office = Office()
    discussion = office.ask_and_book()
    page = f"/discussions/{discussion.pk}/"
    settings.EMAIL_PORT = free_port()
    deliver_due()
    assert Letter.objects.filter(status="sent").count() == 0
    reasons = list(Letter.objects.filter(status="deferred").values_list("reason", flat=True).distinct())
    assert reasons and all("cannot be reached" in one for one in reasons)
    office.sees(office.people.bea, page, "Not yet sent: will be tried again")

    settings.EMAIL_PORT = smtp_sink.port
    paul = "paul.pike@northshire-police.example"
    smtp_sink.refuses[paul] = "451 Try again later"
    due_now()
    while deliver_due():
        pass
    assert set(Letter.objects.waiting().values_list("to_email", "status")) == {(paul, "deferred")}
    office.sees(office.people.bea, page, "Not yet sent: will be tried again", "Delivered to the mail server")
    office.sees(office.people.bea, "/letters/", "Not yet sent: will be tried again")

    del smtp_sink.refuses[paul]
    due_now()
    while deliver_due():
        pass
    assert waiting() == 0
    assert len(smtp_sink.to(paul)) == Letter.objects.filter(to_email=paul).count() > 0
    print(f"{each_once(smtp_sink)} letters arrived once")


def test_one_recipient_is_refused_for_good(smtp_sink: real.MailSink) -> None:
    """550 for one: theirs is shown to business support as come back, the others' arrive."""
    office = Office()
    dan = "dan.dale@elm-street.example"
    smtp_sink.refuses[dan] = "550 No such mailbox"
    minutes = office.circulate()
    assert printing.print_waiting() == 1
    while deliver_due():
        pass
    copies = Recipient.objects.filter(circulation__version__minutes=minutes)
    refused = copies.get(professional__email=dan)
    assert refused.status == RecipientStatus.BOUNCED
    assert set(copies.exclude(pk=refused.pk).values_list("status", flat=True)) == {RecipientStatus.SENT}
    office.sees(office.people.bea, f"/discussions/{minutes.discussion_id}/proof/", "Dan Dale", "Bounced")
    office.sees(office.people.bea, "/letters/", "Refused by the mail server")
    told = [str(one["Subject"]) for one in smtp_sink.to(office.people.support.mailbox)]
    assert [subject for subject in told if "copy" in subject.lower()], told


def test_health_tells_and_pages_stay_up() -> None:
    """503 with the part that is not well; a banner on staff pages; every page is still there."""
    office = Office()
    discussion = office.ask_and_book()
    pages = ["/", f"/discussions/{discussion.pk}/", "/letters/", f"/cases/{discussion.case.reference}/"]
    banner = "have not been checked for more than five minutes"

    answer = office.client(office.people.bea).get("/health/")
    assert (answer.status_code, answer.json()["sweep"]["well"]) == (503, False)
    for page in pages:
        office.sees(office.people.bea, page, banner)

    sweep()
    assert office.client(office.people.bea).get("/health/").status_code == 200
    for page in pages:
        assert banner not in office.sees(office.people.bea, page)

    SweepRun.objects.update(finished_at=timezone.now() - timedelta(minutes=5, seconds=1))
    answer = office.client(office.people.bea).get("/health/")
    assert (answer.status_code, answer.json()["sweep"]["well"]) == (503, False)
    office.sees(office.people.bea, "/", banner)

    sweep()
    Letter.objects.update(queued_at=timezone.now() - timedelta(minutes=16))
    answer = office.client(office.people.bea).get("/health/")
    assert (answer.status_code, answer.json()["letters"]["well"]) == (503, False)
    cache.clear()


def test_health_without_a_database() -> None:
    """503 in words, not an error page, when PostgreSQL does not answer."""
    words = (
        "import django; django.setup()\n"
        "from django.test import Client\n"
        "answer = Client(headers={'host': 'localhost'}).get('/health/')\n"
        "print(answer.status_code, answer.json())\n"
    )
    nowhere = f"postgres://nobody@127.0.0.1:{free_port()}/nothing"
    environment = os.environ | {"DATABASE_URL": nowhere, "DJANGO_SETTINGS_MODULE": "config.settings"}
    said = subprocess.run(
        [sys.executable, "-c", words],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "503 {'well': False, 'database': {'well': False}}" in said.stdout, said.stdout + said.stderr


def test_pdf_worker_off(redis: Child, smtp_sink: real.MailSink, tmp_path: Path) -> None:
    """Copies wait for the file and say so; the minutes are read as a page; then the printer comes."""
    office = Office()
    names = {
        "REDIS_URL": redis.environment["REDIS_URL"],
        "EMAIL_URL": f"smtp://127.0.0.1:{smtp_sink.port}",
    }
    record = office.authorised_record()
    with real.worker_process(tmp_path, "-Q", "letters,sweeps", **names):
        minutes = office.circulate(record)
        copies = Letter.objects.filter(key__startswith="copy:")
        others = Letter.objects.exclude(key__startswith="copy:")
        real.wait_until(lambda: not others.waiting().exists(), seconds=60)
        assert set(copies.values_list("status", flat=True)) == {"queued"}
        proof = f"/discussions/{minutes.discussion_id}/proof/"
        office.sees(office.people.bea, proof, "Waiting for the PDF to be made")
        read = office.sees(office.people.bea, f"/discussions/{minutes.discussion_id}/minutes/")
        assert "An injury that the explanation does not fit" in read
    with real.worker_process(tmp_path / "second", *with_beat(tmp_path), **names):
        all_arrives(smtp_sink, office)
