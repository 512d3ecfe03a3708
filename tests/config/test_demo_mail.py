"""The demonstration's mailboxes show what each person was sent."""

from email.message import EmailMessage
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from script.embedded.mail import keep

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.config.pages")]
ANN = "ann.lee@police.example"


@pytest.fixture(autouse=True)
def letter(settings: Settings, tmp_path: Path) -> None:
    """One letter with a calendar file, in Ann's mailbox."""
    settings.VAR_DIR = tmp_path
    message = EmailMessage()
    message["Subject"], message["To"], message["From"] = (
        "Invitation 24/0017",
        ANN,
        "threshold@ambleford.example",
    )
    message["Date"] = "Tue, 01 Dec 2026 09:00:00 +0000"
    message.set_content("Please answer at http://localhost:8000/invitation/abc/ by noon.")
    message.add_attachment(b"BEGIN:VCALENDAR", maintype="text", subtype="calendar", filename="meeting.ics")
    keep(tmp_path / "mail" / ANN, "1-1", message.as_bytes())


def test_the_newcomer_can_read_and_follow_a_letter(client: Client) -> None:
    assert client.get("/demo/mail/").content.decode().count(f">{ANN}</a>") == 1
    assert client.get(f"/demo/mail/{ANN}/").content.decode().count(">Invitation 24/0017</a>") == 1
    page = client.get(f"/demo/mail/{ANN}/1-1/").content.decode()
    assert page.count('href="http://localhost:8000/invitation/abc/"') == 1
    assert page.count("Tuesday 1 December 2026 at 9am") == 1
    kept = client.get(f"/demo/mail/{ANN}/1-1/0/")
    assert kept.content == b"BEGIN:VCALENDAR"
    assert kept.headers["Content-Disposition"] == 'attachment; filename="meeting.ics"'


@pytest.mark.parametrize(
    "address", [f"{ANN}/2-2/", f"{ANN}/1-1/9/", "../1-1/", "%2e%2e/1-1/", "nobody@x.example/1-1/"]
)
def test_what_is_not_there_is_not_found(client: Client, address: str) -> None:
    assert client.get(f"/demo/mail/{address}").status_code == 404
