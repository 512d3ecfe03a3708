"""What the walker's world keeps of a night, and of the calls that were made."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from minutes.services.night import write_down_night
from strategy.models import NightEntry, UrgentCall
from strategy.services import countersign, record_urgent_call
from tests.builders.night import a_night

if TYPE_CHECKING:
    from tests.walker.world import World


CANARIES = ("Dotterel", "Philomena", "Ignatius")  # the family's own name first; Eve sees no other case


def keep_night(world: "World") -> None:
    """Eve wrote down a night for the case's team; nobody has taken over, and Mo has not countersigned.

    Two hours before she wrote down another, of which Mo says that it was not so.
    """
    from cases.rules import ChildFacts
    from referrals.services import NewCase
    from tests.walker.world import BEFORE

    people, now = world.people, world.now

    def facts() -> dict[str, Any]:
        born = now.date().replace(day=1, year=now.year - 9)
        children = [
            ChildFacts(given_names=one, family_name=CANARIES[0], date_of_birth=born) for one in CANARIES[1:]
        ]
        case = NewCase(team=people.team, children=children)
        return {"new_case": case, "another_because": "The parents differ."}

    night = a_night(people, at=now, **facts())
    world.requests["night"] = write_down_night(night, by=people.eve, at=now).request
    world.circles["night"] = BEFORE | {"bea", "eve"}
    then = now - timedelta(hours=2)
    other = write_down_night(a_night(people, at=then, **facts()), by=people.eve, at=then).request
    countersign(other, was_given=False, reason="I was asleep.", by=people.mo, at=now)
    world.requests["denied"] = other
    world.circles["denied"] = BEFORE | {"bea", "eve"}


def entry(world: "World") -> int:
    """The night's entry."""
    return NightEntry.objects.get(request=world.request("night")).pk


def call(world: "World", place: str) -> int:
    """A call that was logged on the request at this place; made when first asked for."""
    wanted = world.request(place)
    found = UrgentCall.objects.filter(request=wanted).first()
    made = found or record_urgent_call(
        wanted, callee="Duty sergeant", number="01632 960110", result="Come at once.",
        called_at=world.now, by=world.people.sam, at=world.now,
    )  # fmt: skip
    return made.pk
