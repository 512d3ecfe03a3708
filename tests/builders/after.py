"""A record at each point after the discussion, made by the real services as those people would."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from attendees.enums import SignatureMethod
from attendees.models import Professional
from minutes.models import Circulation, Minutes, MinutesVersion, Recipient
from minutes.services import circulate as circulating
from minutes.services import printing, versions
from minutes.services.agree import sign
from tests.builders.meeting import a_held_discussion, taking_part
from tests.people import Cast, cast

World = tuple[Cast, Minutes]


def a_finished_record(
    people: Cast | None = None, *, at: datetime | None = None, begun: Minutes | None = None, **facts: Any
) -> Minutes:
    """Everybody but Hetty has signed; Bea has handed the record to Mo, who chaired.

    `begun` is one that was made already, by a file's `build()`: all that follows here goes on with it.
    """
    if begun is not None:
        return begun
    people = people or cast()
    now = at or timezone.now()
    minutes = a_held_discussion(people, at=now - timedelta(minutes=30), **facts).minutes
    log = minutes.action_logs.latest("number")
    for one in taking_part(minutes):
        if one.name != "Hetty Hall":
            how = "Said yes when it was read back"
            sign(one, log, method=SignatureMethod.RECORDED, how=how, by=people.bea, at=now)
    return versions.finish(minutes, by=people.bea, at=now)


def finished() -> World:
    """The `build` of a file whose tests all begin with such a record: everybody, and it."""
    people = cast()
    return people, a_finished_record(people)


def an_authorised_version(
    people: Cast | None = None, *, at: datetime | None = None, **facts: Any
) -> MinutesVersion:
    """Mo has authorised the minutes; nothing is printed yet."""
    people = people or cast()
    now = at or timezone.now()
    minutes = a_finished_record(people, at=now, **facts)
    return versions.authorise_minutes(minutes, by=people.mo, at=now)


def a_printed_version(
    people: Cast | None = None, *, at: datetime | None = None, **facts: Any
) -> MinutesVersion:
    """As authorised, and its PDF is made."""
    version = an_authorised_version(people, at=at, **facts)
    assert printing.print_waiting() == 1
    return version


def a_circulation(people: Cast | None = None, *, at: datetime | None = None, **facts: Any) -> Circulation:
    """Bea has circulated; letters are written, not carried; with `printed=False` they wait for the PDF."""
    people = people or cast()
    now = at or timezone.now()
    printed = facts.pop("printed", True)
    make = a_printed_version if printed else an_authorised_version
    version = make(people, at=now, **facts)
    return circulating.circulate(version.minutes, by=people.bea, at=now)


def copy_of(circulation: Circulation, name: str) -> Recipient:
    """The copy of one recipient, by name."""
    copies = Recipient.objects.select_related(
        "letter", "professional__agency", "circulation__version__minutes"
    )
    return copies.get(circulation=circulation, professional__name=name)


def professional_named(name: str) -> Professional:
    """Somebody of the directory, by name."""
    return Professional.objects.get(name=name)
