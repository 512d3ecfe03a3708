"""Who is here: recorded together, joining late, leaving early."""

from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from attendees.enums import TAKES_PART
from attendees.models import Attendance, Professional
from attendees.services import attendance as attending
from attendees.services.attendance import Overtaken, Part
from attendees.services.directory import add_professional
from audit.errors import Refused
from govuk.moments import local, london
from minutes.forms.meeting.people import ArriveForm, AttendanceForm, DialForm, LeaveForm
from minutes.services import hold
from minutes.services.room import Room
from minutes.views.meeting.base import RoomPage


class PeoplePage(RoomPage):
    """Who is here can be changed until the discussion is closed."""

    step = "introductions"

    def refusal(self) -> str | None:
        if not self.room.in_time:
            return self.room.refusal or (
                "The discussion is closed: who took part stands as it was recorded. The chair can put it "
                "right when they check the minutes."
            )
        return self.room.refusal


class RecordAttendance(PeoplePage):
    """Everybody expected and everybody recorded, on one page."""

    title = "Who is here"
    template_name = "minutes/room/attendance.html"
    form_class = AttendanceForm
    button = "Save who is here"
    message = "Who is here is recorded."

    @cached_property
    def parts(self) -> list[Part]:
        """Everybody expected or recorded, asked once for the page."""
        return parts_of(self.room)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"parts": self.parts}

    def act(self, form: AttendanceForm) -> list[Attendance]:
        return hold.record_attendance(
            self.minutes, form.told(), printed=form.printed, by=self.user, at=self.now
        )

    def bring_back(self, form: AttendanceForm, refusal: Refused) -> HttpResponse:
        """Each line that somebody else changed says so beside it."""
        for pk, sentence in refusal.lines.items() if isinstance(refusal, Overtaken) else ():
            self.blame(form, f"mode_{pk}", sentence)
        return super().bring_back(form, refusal)

    def get_context(self) -> dict[str, Any]:
        return {
            "room": self.room,
            "expected": attending.quorum_expected(self.parts, self.room.rules),
        }


class DialList(PeoplePage):
    """Direct numbers of everybody expected; pressed as each comes on the line (rows W11 to W13)."""

    title = "Dial list"
    template_name = "minutes/room/dial.html"
    form_class = DialForm
    button = "Joined"

    @cached_property
    def people(self) -> list[Part]:
        """Everybody expected, a deputy in the place of the person they stand in for."""
        return attending.to_ring(self.room.discussion, self.room.booking)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"people": [part.professional for part in self.people]}

    def get_context(self) -> dict[str, Any]:
        here = {one.professional_id: one for one in self.room.attendance if one.mode in TAKES_PART}
        lines = [(part, here.get(part.professional.pk)) for part in self.people]
        joined = sum(row is not None and row.left_at is None for _, row in lines)
        return {"room": self.room, "lines": lines, "joined": joined}

    def act(self, form: DialForm) -> Attendance:
        joined = form.cleaned_data["joined"]
        return hold.join_by_telephone(self.minutes, joined, by=self.user, at=self.now)

    def get_message(self, done: Attendance) -> str:
        return f"{done.name} is on the line."

    def next(self, done: object) -> str:
        return reverse("minutes:dial", args=[self.kwargs["pk"]])


class Arrive(PeoplePage):
    """Somebody joins late, or was not expected."""

    title = "Somebody joins"
    form_class = ArriveForm
    button = "Record that they are here"

    @cached_property
    def deputies(self) -> dict[str, Part]:
        """Who is asked in somebody's place, by number: whose, and what was said of them."""
        parts = attending.expected(self.room.discussion, self.room.booking)
        return {str(one.professional.pk): one for one in parts if one.is_invited_deputy}

    def get_form_kwargs(self) -> dict[str, Any]:
        away = [part.professional for part in parts_of(self.room) if not _is_here(part, self.room)]
        return {"expected": away}

    def get_initial(self) -> dict[str, Any]:
        usual, who = attending.usual_mode(self.room.discussion.format), self.request.GET.get("who", "")
        deputy = self.deputies.get(who)
        return {
            "arrived_at": local(self.now).time(),
            "mode": usual,
            "professional": who,
            "can_decide": deputy is None or deputy.can_decide,
            "deputy_for": deputy.deputy_for if deputy else "",
        }

    def act(self, form: ArriveForm) -> Attendance:
        said = form.cleaned_data
        person = said["professional"] or self._add(said)
        deputy = self.deputies.get(str(person.pk))
        part = Part(
            professional=person,
            mode=said["mode"],
            quorum_role=None if said["professional"] else said["quorum_role"],
            can_decide=said["can_decide"],
            deputy_for=said["deputy_for"] or (deputy.deputy_for if deputy else ""),
            arrived_at=in_the_meeting(
                said["arrived_at"], self.room.discussion.started_at, self.now, "arrived_at"
            ),
        )
        return hold.arrive_late(self.minutes, part, replaces=said["replaces"], by=self.user, at=self.now)

    def get_message(self, done: Attendance) -> str:
        return f"{done.name} is here."

    def _add(self, said: dict[str, Any]) -> Professional:
        wanted = ("name", "agency", "job_role", "quorum_role", "phone", "email")
        return add_professional(**{name: said[name] for name in wanted}, by=self.user, at=self.now)


class Leave(PeoplePage):
    """Somebody leaves before the end."""

    form_class = LeaveForm
    button = "Record that they have left"

    def about(self) -> Attendance:
        found: Attendance = get_object_or_404(
            self.room.discussion.attendance.filter(mode__in=TAKES_PART), pk=self.kwargs["attendance"]
        )
        return found

    def get_title(self) -> str:
        return f"{self.thing.name} leaves"

    def get_initial(self) -> dict[str, Any]:
        return {"left_at": local(self.now).time()}

    def act(self, form: LeaveForm) -> Attendance:
        left_at = in_the_meeting(form.cleaned_data["left_at"], self.thing.arrived_at, self.now, "left_at")
        return hold.leave_early(self.thing, by=self.user, at=self.now, left_at=left_at)

    def get_message(self, done: Attendance) -> str:
        return f"{done.name} has left."


def parts_of(room: Room) -> list[Part]:
    """Everybody expected, as recorded where they are recorded, then whoever joined besides."""
    recorded = {one.professional_id: one for one in room.attendance}
    wanted = attending.expected(room.discussion, room.booking)
    known = {part.professional.pk for part in wanted}
    others = Professional.objects.filter(pk__in=set(recorded) - known).select_related("agency")
    people = [*wanted, *[Part(person, "present") for person in others]]
    return [_as_recorded(part, recorded.get(part.professional.pk)) for part in people]


def in_the_meeting(clock: time, since: datetime | None, now: datetime, field: str) -> datetime:
    """The first moment from `since` on at which the clocks in London show that time; today's without it.

    So it is right also across midnight, and for what is typed in the next day. Where that still lies ahead,
    it was before: somebody may have been here before the start. Just now when only the seconds differ.
    """
    day = local(since or now).date()
    found = _on(day, clock, field)
    if since is not None and found < since.replace(second=0, microsecond=0):
        later = _on(day + timedelta(days=1), clock, field)
        found = later if later <= now else found
    return min(found, now) if (found - now).total_seconds() < 60 else found


def _on(day: date, clock: time, field: str) -> datetime:
    found = london(day, clock)
    if found is None:
        raise Refused(field, "This time does not exist that day: the clocks go forward. Enter another")
    return found


def _as_recorded(part: Part, row: Attendance | None) -> Part:
    if row is None:
        return part
    return Part(
        professional=part.professional,
        mode=row.mode,
        name=row.name,
        job_role=row.job_role,
        quorum_role=row.quorum_role,
        can_decide=row.can_decide,
        deputy_for=row.deputy_for,
        arrived_at=row.arrived_at,
        left_at=row.left_at,
        away=row.away,
    )


def _is_here(part: Part, room: Room) -> bool:
    return part.professional.pk in {one.professional_id for one in room.here}
