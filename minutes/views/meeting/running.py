"""Starting and closing the discussion, and naming the allocated social worker."""

from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Max
from django.urls import reverse

from attendees.enums import TAKES_PART
from minutes.forms.meeting.running import AllocatedForm, CloseForm, RightMeetingForm, StartForm
from minutes.models import Minutes
from minutes.rules.complete import Where
from minutes.services import agree, allocated, hold
from minutes.services.draft_check import draft_findings_to_mend
from minutes.services.versions import what_is_missing
from minutes.views.meeting.base import RoomPage
from strategy.enums import Format

SAID_ABOVE = (Where.DECISION, Where.PROTECTION)  # what stops the close has its own words on the page
LEGAL = "legal_reason"


class RightMeeting(RoomPage):
    """Everyone is in the right meeting: now by one press in the room, or at the time that is typed."""

    title = "Everyone is in the right meeting"
    template_name = "minutes/room/right_meeting.html"
    shows_record = True
    form_class = RightMeetingForm
    button = "Confirm"
    message = "It is confirmed."
    step = "children"

    def refusal(self) -> str | None:
        if self.room.discussion.right_meeting_at is not None:
            return "This is confirmed already."
        return self.room.refusal

    def get_initial(self) -> dict[str, Any]:
        return {"confirmed_at": self.now}

    def act(self, form: RightMeetingForm) -> Minutes:
        typed = form.cleaned_data["confirmed_at"]
        confirmed_at = exactly(typed, self.now) if typed else None
        return hold.confirm_right_meeting(self.minutes, by=self.user, at=self.now, confirmed_at=confirmed_at)


class Start(RoomPage):
    """Start, always possible; without quorum it asks why."""

    title = "Start the discussion"
    template_name = "minutes/room/start.html"
    form_class = StartForm
    button = "Start"
    message = "The discussion has started."
    step = "children"

    def refusal(self) -> str | None:
        if not self.room.before_start:
            return self.room.refusal or "This discussion has started already."
        return self.room.refusal

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"asks_why": not self.room.quorum.met}

    def get_initial(self) -> dict[str, Any]:
        return {"started_at": self.now}

    def act(self, form: StartForm) -> Minutes:
        said = form.cleaned_data
        return hold.start_discussion(
            self.minutes,
            by=self.user,
            at=self.now,
            started_at=exactly(said["started_at"], self.now),
            no_quorum_reason=said.get("no_quorum_reason", ""),
        )


class Close(RoomPage):
    """Read back what was decided and agreed; each person's word; the end."""

    title = "Read back and close"
    template_name = "minutes/room/close.html"
    form_class = CloseForm
    button = "Close the discussion"
    message = "The discussion is closed. Everybody can sign the action log now."
    steps_say = "Decisions and the numbers of the actions cannot be changed after this."

    def refusal(self) -> str | None:
        if not self.room.is_live:
            ended = "This discussion is closed already." if not self.room.before_start else "Start it first."
            return self.room.refusal or ended
        return self.room.refusal

    def get_form_kwargs(self) -> dict[str, Any]:
        took_part = [one for one in self.room.attendance if one.mode in TAKES_PART]
        return {
            "people": took_part,
            "said": {one.attendance_id: one for one in self.minutes.agreements.all()},
            # Looked for when somebody closes, not each time the page is opened: those present wait for it.
            "findings": draft_findings_to_mend(self.minutes) if self.request.method == "POST" else [],
        }

    @cached_property
    def last_call(self) -> datetime | None:
        """When the last call of a series ended; None for a discussion held together."""
        if self.room.discussion.format != Format.SERIES_OF_CALLS:
            return None
        calls = self.room.discussion.calls.filter(struck_at=None)
        ended: datetime | None = calls.aggregate(last=Max("ended_at"))["last"]
        return ended

    def get_initial(self) -> dict[str, Any]:
        return {"ended_at": self.last_call or self.now}

    def act(self, form: CloseForm) -> Minutes:
        said = form.cleaned_data
        for one, answer, text in form.answers():
            agree.record_agreement(self.minutes, one, answer, text=text, by=self.user, at=self.now)
        return hold.close_discussion(
            self.minutes,
            by=self.user,
            at=self.now,
            ended_at=exactly(said["ended_at"], self.now, self.room.discussion.started_at, self.last_call),
            read_back=said["read_back"],
            not_read_back=said["not_read_back"],
            accepted=form.accepted,
        )

    def get_context(self) -> dict[str, Any]:
        found = [one for one in what_is_missing(self.minutes) if one.place.where not in SAID_ABOVE]
        return {
            "room": self.room,
            "undecided": hold.undecided(self.minutes),
            "legal": [one for one in found if one.place.name == LEGAL],
            "missing": [one for one in found if one.place.name != LEGAL],
        }

    def next(self, done: object) -> str:
        return reverse("minutes:signing", args=[self.kwargs["pk"]])


class Allocate(RoomPage):
    """The allocated social worker and their number, first on the minutes (row B12)."""

    title = "Allocated social worker"
    form_class = AllocatedForm
    button = "Save"
    message = "The allocated social worker is named."
    step = "allocated"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"agency_id": self.user.agency_id}

    def get_initial(self) -> dict[str, Any]:
        worker = self.minutes.allocated_worker or self.room.discussion.case.allocated_worker
        number = self.minutes.allocated_number or (worker.phone if worker else "")
        return {"worker": worker.pk if worker else None, "number": number}

    def act(self, form: AllocatedForm) -> Minutes:
        worker = form.cleaned_data["worker"]
        number = form.cleaned_data["number"] or worker.phone
        return allocated.name_allocated_worker(self.minutes, worker, number, by=self.user, at=self.now)


def exactly(typed: datetime, now: datetime, *known: datetime | None) -> datetime:
    """A form tells minutes: the minute that it is now means now, that of a `known` moment not before it."""
    if abs((typed - now).total_seconds()) < 60:
        return now
    within = [one for one in known if one and typed == one.replace(second=0, microsecond=0)]
    return max(within, default=typed)


__all__ = ["Allocate", "Close", "RightMeeting", "Start"]
