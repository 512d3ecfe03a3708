"""Signing the action log on the room's screen, or recorded by the minute-taker with how and who saw it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.models import User
from attendees.enums import TAKES_PART, SignatureMethod
from attendees.models import Attendance, Signature
from audit.services import record_read
from minutes import events
from minutes.canonical import in_groups
from minutes.enums import MinutesStatus
from minutes.forms.meeting.running import SignForm
from minutes.models import ActionLog
from minutes.services import agree
from minutes.services.room import Room, room_for
from minutes.views.meeting.base import RoomPage


@require_GET
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """The frozen action log with everybody who took part: who has signed it and who has not."""
    now, user = timezone.now(), request.user
    assert isinstance(user, User)
    room = room_for(user, pk, at=now)
    if room is None:
        raise Http404("The record of this discussion is not open.")
    record_read(events.RECORD_READ, room.discussion.case, subject=room.minutes, by=user, at=now)
    context = {"room": room, "now": now, **signing_of(room)}
    return render(request, "minutes/room/sign.html", context)


TOLD = "told"  # in the address, where business support comes to write down what they were told


class SignAs(RoomPage):
    """One attendee signs."""

    template_name = "minutes/room/sign_as.html"
    shows_record = True
    form_class = SignForm
    button = "Sign the action log"

    def about(self) -> Attendance:
        get_object_or_404(self.minutes.action_logs.all(), pk=self.kwargs["log"])
        found: Attendance = get_object_or_404(
            self.room.discussion.attendance.filter(mode__in=TAKES_PART).select_related("professional"),
            pk=self.kwargs["attendance"],
        )
        return found

    def get_title(self) -> str:
        return f"Signature of {self.thing.name}"

    def refusal(self) -> str | None:
        if self.minutes.status in (MinutesStatus.OPENED, MinutesStatus.LIVE):
            return "The action log is signed after the discussion is closed."
        return self.room.run_refusal

    def act(self, form: SignForm) -> Signature:
        log = get_object_or_404(self.minutes.action_logs.all(), pk=self.kwargs["log"])
        said = form.cleaned_data
        return agree.sign(self.thing, log, method=said["method"], how=said["how"], by=self.user, at=self.now)

    def get_message(self, done: Signature) -> str:
        return f"{self.thing.name} has signed."

    def get_initial(self) -> dict[str, Any]:
        """From the page of who has said what, they are not at this screen: somebody told business support."""
        return {"method": SignatureMethod.RECORDED} if TOLD in self.request.GET else {}

    def get_context(self) -> dict[str, Any]:
        told = {"is_told": TOLD in self.request.GET}
        return {"room": self.room, "person": self.thing, **told, **signing_of(self.room)}

    def get_back(self) -> tuple[str, str]:
        return self.address(), "Back to what was said" if TOLD in self.request.GET else "Back to the record"

    def address(self) -> str:
        page = "round" if TOLD in self.request.GET else "signing"
        return reverse(f"minutes:{page}", args=[self.kwargs["pk"]])


def signing_of(room: Room) -> dict[str, Any]:
    """The latest frozen log, and each person's signature of it or none."""
    log: ActionLog | None = room.minutes.action_logs.order_by("-number").first()
    if log is None:
        return {"log": None, "people": []}
    signed = {
        one.attendance_id: one
        for one in Signature.objects.filter(
            attendance__discussion=room.discussion, document=log.document
        ).select_related("witness")
    }
    people = [(one, signed.get(one.pk)) for one in room.attendance if one.mode in TAKES_PART]
    waiting = [one for one, signature in people if signature is None]
    return {"log": log, "people": people, "waiting": waiting, "hash": in_groups(log.sha256)}
