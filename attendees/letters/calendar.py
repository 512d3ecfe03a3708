"""The calendar file of an invitation: ask, change or cancel; a case reference and no child's name, times
in UTC."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from icalendar import Calendar, Event, vCalAddress, vText

from outbox.services import Enclosed


class Method(StrEnum):
    """What the file asks the recipient's calendar to do."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True)
class Appointment:
    """What a calendar may know of a discussion."""

    uid: str
    sequence: int
    start: datetime
    end: datetime
    summary: str
    description: str
    location: str
    organiser: str
    organiser_name: str
    attendee: str
    attendee_name: str
    written_at: datetime


def calendar_file(appointment: Appointment, method: Method) -> Enclosed:
    """Return the file as it goes with a letter: one event and one attendee, so that addresses are not shared.

    A change is a REQUEST with the same UID and a higher SEQUENCE. Times are written in UTC, without
    VTIMEZONE.
    """
    event = Event()
    event.add("uid", appointment.uid)
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", appointment.written_at.astimezone(UTC))
    event.add("dtstart", appointment.start.astimezone(UTC))
    event.add("dtend", appointment.end.astimezone(UTC))
    event.add("summary", appointment.summary)
    event.add("description", appointment.description)
    event.add("location", appointment.location)
    event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if method is Method.CANCEL else "CONFIRMED")
    event.add("organizer", _address(appointment.organiser, appointment.organiser_name))
    attendee = _address(appointment.attendee, appointment.attendee_name)
    attendee.params["role"] = vText("REQ-PARTICIPANT")
    attendee.params["partstat"] = vText("NEEDS-ACTION")
    event.add("attendee", attendee, encode=False)
    calendar = Calendar()
    calendar.add("prodid", "-//Threshold//Strategy discussions//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method.value)
    calendar.add_component(event)
    return Enclosed("discussion.ics", calendar.to_ical(), f"text/calendar; method={method.value}")


def _address(email: str, name: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    address.params["cn"] = vText(name.replace('"', ""))
    return address
