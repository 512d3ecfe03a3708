"""The authority that the families meet: the demonstration's, with rooms open at all hours."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from django.utils import timezone

from protocols.services import install_preset
from strategy.enums import PlaceKind
from strategy.models import Place
from tests import real
from tests.walk.families import Family
from tests.walk.people import Person
from worklist.demo.people import Town, build

ROOM = "Room 1, open at all hours"
OTHER_ROOM = "Room 2, open at all hours"


@dataclass
class Way:
    """One family's way: the people, their family and the mailbox."""

    EMAILS: ClassVar[dict[str, str]] = {
        "worker": "sofia.reed@ambleford.example",
        "manager": "martin.cole@ambleford.example",
        "practice_manager": "priya.nair@ambleford.example",
        "support": "beth.lowe@ambleford.example",
        "officer": "grace.okoro@northshire-police.example",
        "nurse": "hannah.voss@northshire-health.example",
    }
    people: dict[str, Person]
    family: Family
    post: real.MailSink
    request: int = 0
    old_letters: int = 0  # what the officer had got before the booking that stands


def make_world() -> Town:
    """People, agencies, places and the local procedure; no case yet."""
    now = timezone.now()
    install_preset("wirral", by=None, at=now, effective_from=(now - timedelta(days=800)).date())
    town = build(now)
    for name in (ROOM, OTHER_ROOM):
        Place.objects.create(name=name, kind=PlaceKind.ROOM, joining="Ask at reception.")
    return town
