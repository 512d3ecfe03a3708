"""What the pages of the meeting room share: found through the case, and the way back to the step."""

from typing import Any

from django.http import Http404
from django.urls import reverse

from audit.services import record_read
from govuk.views import FormPage
from minutes.events import RECORD_READ
from minutes.models import Minutes
from minutes.services.room import Room, room_for


class RoomPage(FormPage):
    """A form page of the meeting room. `step` is the agenda step it belongs to."""

    thing: Any
    room: Room
    step = ""
    keeps_draft = True
    shows_record = False  # whether words of the record stand beside the form

    def fetch(self) -> Any:
        """Find the record through its case; what the page is about is `self.thing`."""
        room = room_for(self.user, self.kwargs["pk"], at=self.now, step=self.step)
        if room is None:
            raise Http404("The record of this discussion is not open.")
        self.room = room
        return self.about()

    def about(self) -> Any:
        """Return what the form changes, when it is a part of the record."""
        return self.room.minutes

    @property
    def minutes(self) -> Minutes:
        """The record."""
        return self.room.minutes

    def refusal(self) -> str | None:
        """Why this person only reads."""
        return self.room.refusal

    def note_reading(self) -> None:
        """Words of the record are read here, as in the room."""
        if self.shows_record:
            case = self.room.discussion.case
            record_read(RECORD_READ, case, subject=self.minutes, by=self.user, at=self.now)

    def get_back(self) -> tuple[str, str]:
        """Back to the step in the room, or to the chair's check."""
        return self.address(), "Back to the check" if self.from_check else "Back to the record"

    def next(self, done: object) -> str:
        """On to the step in the room."""
        return self.address()

    def address(self) -> str:
        """The room, at this page's step; the chair's check, for whoever comes from there."""
        if self.from_check:
            return reverse("minutes:check", args=[self.kwargs["pk"]])
        where = reverse("minutes:room", args=[self.kwargs["pk"]])
        return f"{where}?step={self.step}" if self.step else where

    @property
    def from_check(self) -> bool:
        """Whether somebody came from the list of what is missing on the chair's page."""
        return self.request.GET.get("from") == "check"

    def get_context(self) -> dict[str, Any]:
        """The room, for templates that show more than the form."""
        return {"room": self.room}


def professionals_here(room: Room) -> list[int]:
    """The numbers of those who take part, then of those invited, for choosing an owner."""
    return [*dict.fromkeys([*[one.professional_id for one in room.here], *invited_to(room)])]


def invited_to(room: Room) -> list[int]:
    """The numbers of those who are invited."""
    invited = room.discussion.invitations.filter(withdrawn_at__isnull=True).order_by("pk")
    return list(invited.values_list("professional_id", flat=True))
