"""The calls of a discussion held by telephone: begun, ended, written afterwards, corrected, struck."""

from datetime import datetime
from functools import cached_property
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse

from attendees.enums import CallOutcome
from attendees.models import DiscussionCall, Professional
from attendees.services import attendance as attending
from attendees.services.attendance import Part
from attendees.services.directory import professional_for
from minutes.forms.meeting.calls import CallForm, StrikeCallForm
from minutes.services import calls
from minutes.services.calls import Newcomer, Told
from minutes.views.meeting.people import PeoplePage
from minutes.views.meeting.running import exactly


class CallPage(PeoplePage):
    """A page of the calls; it leads back to their list."""

    def get_back(self) -> tuple[str, str]:
        return self.next(None), "Back to the calls"

    def next(self, done: object) -> str:
        return reverse("minutes:calls", args=[self.kwargs["pk"]])

    @cached_property
    def parts(self) -> list[Part]:
        """Everybody expected, a deputy in the place of the person they stand in for."""
        return attending.to_ring(self.room.discussion, self.room.booking)

    @cached_property
    def people(self) -> list[Professional]:
        """The entries of the directory under which they are known."""
        return [part.professional for part in self.parts]

    def one(self) -> DiscussionCall:
        """The call of this discussion that the address names."""
        found: DiscussionCall = get_object_or_404(
            self.room.discussion.calls.select_related("caller"), pk=self.kwargs["call"]
        )
        return found


class TellsCall(CallPage):
    """A page with the questions about one call."""

    form_class = CallForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"expected": self.people}

    def told(self, form: CallForm) -> Told:
        """What the form tells; somebody typed anew comes into the directory with the call."""
        said = form.cleaned_data
        people = [*said["people"].select_related("agency")]
        if said["somebody_else"] and said["somebody_else"] not in people:
            people.append(said["somebody_else"])
        wanted = ("name", "agency", "job_role", "quorum_role", "phone")
        return Told(
            caller=said["caller"],
            people=people,
            outcome=said["outcome"],
            began_at=self.began(said["began_at"]),
            ended_at=exactly(said["ended_at"], self.now),
            phone=said["phone"],
            said=said["said"],
            agreed=said["agreed"],
            newcomer=Newcomer(**{name: said[name] for name in wanted}) if said["name"] else None,
        )

    def began(self, typed: datetime) -> datetime:
        """The moment that was typed."""
        return exactly(typed, self.now)


class Calls(TellsCall):
    """Every call in order, who is still to be rung, and a form for one that has ended."""

    title = "Calls"
    template_name = "minutes/room/calls.html"
    button = "Record this call"
    message = "The call is recorded."
    shows_record = True

    def get_back(self) -> tuple[str, str]:
        return self.address(), "Back to the record"

    def get_initial(self) -> dict[str, Any]:
        carrier = self.room.discussion.request.carrier
        return {"caller": next((one.pk for one in self.people if one.user_id == carrier.pk), None)}

    def act(self, form: CallForm) -> DiscussionCall:
        return calls.record_call(self.minutes, self.told(form), by=self.user, at=self.now)

    def get_context(self) -> dict[str, Any]:
        carrier = self.room.discussion.request.carrier.pk
        return {
            "room": self.room,
            "calls": list(self.room.discussion.calls.select_related("caller", "struck_by")),
            "lines": [one for one in self.parts if one.professional.user_id != carrier],
        }


class BeginCall(CallPage):
    """“Start call” beside a name: the call begins now."""

    button = "Start call"

    def about(self) -> Professional:
        found: Professional = get_object_or_404(
            Professional.objects.select_related("agency"),
            pk__in=[one.pk for one in self.people if one.pk == self.kwargs["professional"]],
        )
        return found

    def get_title(self) -> str:
        names = {part.professional.pk: part.name for part in self.parts}
        return f"Ring {names[self.thing.pk] or self.thing.name}"

    def act(self, form: Any) -> DiscussionCall:
        caller = professional_for(self.room.discussion.request.carrier)
        return calls.begin_call(self.minutes, self.thing, caller=caller, by=self.user, at=self.now)

    def next(self, done: Any) -> str:
        if done is None:
            return super().next(done)
        return reverse("minutes:call", args=[self.kwargs["pk"], done.pk])


class Call(TellsCall):
    """End a call that goes on, or correct one that has ended."""

    thing: DiscussionCall
    shows_record = True

    def about(self) -> DiscussionCall:
        return self.one()

    @property
    def goes_on(self) -> bool:
        """Whether this page ends the call."""
        return self.thing.outcome == CallOutcome.GOING_ON

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"going_on": self.goes_on}

    def get_title(self) -> str:
        return f"End call {self.thing.number}" if self.goes_on else f"Correct call {self.thing.number}"

    def get_button(self) -> str:
        return "End call" if self.goes_on else "Save the correction"

    @cached_property
    def people(self) -> list[Professional]:
        """Everybody expected, and whoever was on this call besides."""
        return [*dict.fromkeys([*CallPage.people.func(self), *self.rung])]  # type: ignore[attr-defined]

    @cached_property
    def rung(self) -> list[Professional]:
        """Whoever was on this call."""
        return list(self.thing.people.all())

    def get_initial(self) -> dict[str, Any]:
        call = self.thing
        return {
            "caller": call.caller_id,
            "people": [one.pk for one in self.rung],
            "phone": call.phone,
            "began_at": call.began_at,
            "ended_at": call.ended_at or self.now,
            "outcome": "" if self.goes_on else call.outcome,
            "said": call.said,
            "agreed": call.agreed,
        }

    def began(self, typed: datetime) -> datetime:
        """A form tells minutes: the minute at which it was stamped is the stamp."""
        stamp = self.thing.began_at
        return stamp if typed == stamp.replace(second=0, microsecond=0) else super().began(typed)

    def act(self, form: CallForm) -> DiscussionCall:
        told = self.told(form)
        return calls.correct_call(self.thing, told, version=self.version, by=self.user, at=self.now)

    def get_message(self, done: DiscussionCall) -> str:
        return f"Call {done.number} is saved."


class StrikeCall(CallPage):
    """Strike a call that was written by mistake."""

    thing: DiscussionCall
    form_class = StrikeCallForm
    button = "Strike this call"
    danger = True
    steps_say = "It stays in the list, crossed out. Whoever was only reached by it no longer counts as here."

    def about(self) -> DiscussionCall:
        return self.one()

    def get_title(self) -> str:
        return f"Strike call {self.thing.number}"

    def act(self, form: StrikeCallForm) -> DiscussionCall:
        return calls.strike_call(self.thing, reason=form.cleaned_data["reason"], by=self.user, at=self.now)

    def get_message(self, done: DiscussionCall) -> str:
        return f"Call {done.number} is struck."
