"""What the system's pages keep, one row of each, for the addresses that name one."""

from datetime import time, timedelta

from django.utils import timezone

from accounts.models import ActingFor, User
from accounts.services.acting import name_deputy
from attendees.models import Professional
from attendees.services.directory import add_professional, retire_professional
from deadlines.models import ClosureDay, Deadline
from outbox.models import Letter
from strategy.models import DutyLine, Place, PlaceBlock
from strategy.services import keeping
from strategy.services.places import block_place
from tests.builders.booking import a_room
from tests.walker import world as w
from tests.walker.world import World

SHARED = "shared@harbour-fostering.example"


def keep(world: World) -> None:
    """Make them with the real services; the deputy begins tomorrow, so that nobody is lent a case today."""
    people, now = world.people, world.now
    for name, job in (("Una Vale", "Supervising social worker"), ("U Vale", "Social worker")):
        add_professional(
            name=name, agency=people.fostering, job_role=job, email=SHARED, by=people.bea, at=now
        )
    left = add_professional(name="Lee Left", agency=people.school, job_role="Head", by=people.bea, at=now)
    retire_professional(left, by=people.bea, at=now)
    add_professional(name="Ray Rook", agency=people.school, job_role="Teacher", by=people.bea, at=now)
    keeping.retire_place(a_room("Old room"), by=people.adi, at=now)
    end = now + timedelta(days=9)
    block_place(a_room("Wet room"), start=now, end=end, reason="Water", by=people.bea, at=now)
    hours = {day: (time(9), time(17)) for day in range(5)}
    facts = keeping.LineFacts("Duty sergeant", "01632 960110", hours, "Call 999")
    keeping.add_line(facts, by=people.adi, at=now)
    ClosureDay.objects.create(day=timezone.localdate() + timedelta(days=3), name="Stocktaking")
    start = now + timedelta(days=1)
    name_deputy(
        absent=people.olga, deputy=people.eve, starts_at=start, ends_at=start + timedelta(days=2),
        reason="Leave", by=people.otto, at=now,
    )  # fmt: skip


def failed_letter(world: World) -> int:
    """A letter about a case that the mail server refused."""
    letter, _ = Letter.objects.get_or_create(
        kind="deputy_named",
        to_email="olga.orme@ambleford.example",
        to_name="Olga Orme",
        case_ref=world.discussion("circulated").case.reference,
        status="needs_person",
        reason="550 no such mailbox",
    )
    return letter.pk


def unowned_clock(world: World, place: str) -> int:
    """A clock that is only the case's team's."""
    pk = w.visit_clock(world, place)
    Deadline.objects.filter(pk=pk).update(owner=None, owner_team=world.people.team)
    return pk


def closed_account(world: World) -> int:
    """Somebody who has left."""
    return User.objects.get(name="Gus Gone").pk


def duty_line(world: World) -> int:
    """A line to call."""
    return DutyLine.objects.get().pk


def place(world: World) -> int:
    """A room in use."""
    return Place.objects.filter(is_active=True).order_by("pk")[0].pk


def retired_place(world: World) -> int:
    """A room no longer in use."""
    return Place.objects.get(name="Old room").pk


def block(world: World) -> dict[str, int]:
    """A time in which a room is out of use, by its room."""
    found = PlaceBlock.objects.get(reason="Water")
    return {"pk": found.place_id, "block_pk": found.pk}


def block_of_another(world: World) -> dict[str, int]:
    """The same time by way of another room."""
    return block(world) | {"pk": place(world)}


def closure_day(world: World) -> int:
    """A day on which the offices are closed."""
    return ClosureDay.objects.get().pk


def cover(world: World) -> int:
    """Somebody will act for somebody."""
    return ActingFor.objects.get().pk


def entry(world: World) -> int:
    """An entry of the directory."""
    return Professional.objects.get(name="Ray Rook").pk


def retired_entry(world: World) -> int:
    """An entry that is no longer in use."""
    return Professional.objects.get(name="Lee Left").pk


def doubled_entry(world: World) -> int:
    """An entry that shares its address with another."""
    return Professional.objects.get(name="U Vale").pk
