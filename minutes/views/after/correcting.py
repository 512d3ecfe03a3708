"""What is put right once the discussion has ended: a decision, who took part, when a call was (B13, G20)."""

from dataclasses import replace
from datetime import datetime, time
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse

from attendees.models import Attendance, DiscussionCall, Professional
from attendees.services.attendance import Part, usual_mode
from attendees.services.directory import add_professional
from audit.errors import Refused
from deadlines.enums import Duty
from deadlines.models import Deadline
from govuk.moments import local, london
from minutes.forms.correcting import AddPresenceForm, CallTimesForm, CorrectDecisionForm, PresenceForm
from minutes.models import Minutes
from minutes.permissions import after as permissions
from minutes.services.correcting import correct_decision, enquiry_of, why_not_now, why_not_taken_back
from minutes.services.correcting_calls import Times, correct_call_times, why_not_corrected
from minutes.services.correcting_people import correct_attendance
from minutes.services.decisions import Threshold
from minutes.views.after.base import RecordPage, heading, record_for
from strategy.enums import SECTION_47
from strategy.models import Decision

TOLD = ("risk_level", "risk_text", "outcome", "rationale", "legal_reason", "deferred_to")


class PutRightPage(RecordPage):
    """A form that puts something right in a record that is with the chair."""

    shows_record = True
    minutes: Minutes
    template_name = "minutes/after/put_right.html"
    button = "Put it right"

    def refusal(self) -> str | None:
        reason = permissions.refusal_to_check(self.user, self.minutes.discussion, self.now)
        return reason or why_not_now(self.minutes)

    def get_back(self) -> tuple[str, str]:
        return reverse("minutes:check", args=[self.kwargs["pk"]]), "Back to the check"

    def next(self, done: object) -> str:
        return reverse("minutes:check", args=[self.kwargs["pk"]])


class CorrectDecision(PutRightPage):
    """A decision that was recorded wrongly."""

    form_class = CorrectDecisionForm
    thing: Decision

    def fetch(self) -> Decision:
        self.minutes = record_for(self.request, self.kwargs["pk"])
        decided = Decision.objects.filter(discussion=self.minutes.discussion).select_related("child", "by")
        found: Decision = get_object_or_404(decided, child=self.kwargs["child"])
        self.enquiry = enquiry_of(found)
        return found

    @property
    def is_open(self) -> bool:
        """Whether an enquiry that this decision began still runs."""
        return self.enquiry is not None and self.enquiry.closed_at is None

    def get_title(self) -> str:
        return f"Put right the decision for {self.thing.child.name}"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"case_id": self.minutes.discussion.case_id, "can_take_back": self.is_open and not self.stays}

    @property
    def stays(self) -> str:
        """Why an open enquiry cannot be taken back."""
        return why_not_taken_back(self.enquiry) if self.enquiry is not None and self.is_open else ""

    def get_initial(self) -> dict[str, Any]:
        told = {name: getattr(self.thing, name) for name in TOLD}
        if self.enquiry is None or not self.is_open:
            return told
        return told | {"lead": self.enquiry.lead_id, "police_lead": self.enquiry.police_lead}

    def get_context(self) -> dict[str, Any]:
        clock = (
            Deadline.objects.running().of(self.enquiry.subject, Duty.ICPC).first() if self.enquiry else None
        )
        return {
            **heading(self.minutes),
            "decision": self.thing,
            "enquiry": self.enquiry,
            "is_open": self.is_open,
            "is_47": self.thing.outcome in SECTION_47,
            "stays": self.stays,
            "due_at": clock.due_at if clock else None,
            "powers": list(self.thing.child.powers.filter(ended_at=None).select_related("by")),
        }

    def get_message(self, done: Decision) -> str:
        return f"{self.thing.child.name}: {done.get_outcome_display()}. It is put right in the record."

    def act(self, form: CorrectDecisionForm) -> Decision:
        said = form.cleaned_data
        threshold = Threshold(**{name: said[name] for name in (*TOLD, "lead", "police_lead")})
        return correct_decision(
            self.minutes,
            self.thing.child,
            threshold,
            reason=said["reason"],
            take_back=said.get("take_back", False),
            version=self.version,
            by=self.user,
            at=self.now,
        )


class CorrectAttendance(PutRightPage):
    """How somebody took part, recorded wrongly."""

    form_class: type[PresenceForm] = PresenceForm
    thing: Any

    def fetch(self) -> Attendance:
        self.minutes = record_for(self.request, self.kwargs["pk"])
        rows = Attendance.objects.filter(discussion=self.minutes.discussion)
        return get_object_or_404(rows.select_related("professional__agency"), pk=self.kwargs["attendance"])

    def get_title(self) -> str:
        return f"Put right how {self.thing.name} took part"

    def get_initial(self) -> dict[str, Any]:
        row, start = self.thing, self.minutes.discussion.started_at
        came = row.arrived_at if row.arrived_at != start else None
        return {
            "mode": row.mode,
            "arrived_at": local(came).time() if came else None,
            "left_at": local(row.left_at).time() if row.left_at else None,
            "away": [[local(one).time() for one in gap] for gap in row.away],
            "can_decide": row.can_decide,
            "deputy_for": row.deputy_for,
        }

    def get_context(self) -> dict[str, Any]:
        signed = self.thing.signatures.order_by("at").first() if isinstance(self.thing, Attendance) else None
        return {**heading(self.minutes), "person": self.thing, "signed": signed}

    def get_message(self, done: Attendance) -> str:
        return f"{done.name}: {done.get_mode_display().lower()}. It is put right in the record."

    def act(self, form: Any) -> Attendance:
        part = self.part(self.thing.professional, form.cleaned_data, self.thing)
        reason = form.cleaned_data["reason"]
        return correct_attendance(self.minutes, part, reason=reason, by=self.user, at=self.now)

    def part(self, person: Professional, said: dict[str, Any], was: Attendance | None = None) -> Part:
        """What the form says, as the service wants it; a minute that is stored means itself."""
        discussion = self.minutes.discussion
        kept = [discussion.started_at, discussion.ended_at]
        kept += [was.arrived_at, was.left_at, *[one for gap in was.away for one in gap]] if was else []
        return Part(
            professional=person,
            mode=said["mode"],
            can_decide=said["can_decide"],
            deputy_for=said["deputy_for"],
            arrived_at=_within(said["arrived_at"], kept, "arrived_at"),
            left_at=_within(said["left_at"], kept, "left_at"),
            away=[[one for at in gap if (one := _within(at, kept, "away"))] for gap in said["away"]],
        )


class CorrectCall(PutRightPage):
    """The times of one telephone call, typed wrongly: for who chaired or minuted it, too."""

    form_class = CallTimesForm
    thing: DiscussionCall

    def fetch(self) -> DiscussionCall:
        self.minutes = record_for(self.request, self.kwargs["pk"])
        rows = DiscussionCall.objects.filter(discussion=self.minutes.discussion, struck_at=None)
        return get_object_or_404(rows.select_related("caller"), number=self.kwargs["number"])

    def refusal(self) -> str | None:
        reason = permissions.refusal_to_correct_call(self.user, self.minutes.discussion, self.now)
        return reason or why_not_corrected(self.minutes)

    def get_title(self) -> str:
        return f"Put right when call {self.thing.number} was"

    def get_back(self) -> tuple[str, str]:
        return self.next(None), "Back to the minutes"

    def next(self, done: object) -> str:
        return reverse("minutes:read", args=[self.kwargs["pk"]])

    def get_initial(self) -> dict[str, Any]:
        return {"began_at": self.thing.began_at, "ended_at": self.thing.ended_at}

    def get_context(self) -> dict[str, Any]:
        return {**heading(self.minutes), "call": self.thing}

    def get_message(self, done: DiscussionCall) -> str:
        return f"The times of call {done.number} are put right in the record."

    def act(self, form: CallTimesForm) -> DiscussionCall:
        said = form.cleaned_data
        kept = {name: _exactly(said[name], getattr(self.thing, name)) for name in ("began_at", "ended_at")}
        return correct_call_times(
            self.thing, Times(**kept), reason=said["reason"], version=self.version, by=self.user, at=self.now
        )


class AddAttendance(CorrectAttendance):
    """Somebody who was there, and was not recorded."""

    form_class = AddPresenceForm
    title = "Add somebody who was there"
    button = "Add them"

    def fetch(self) -> Any:
        self.minutes = record_for(self.request, self.kwargs["pk"])
        return self.minutes

    def get_title(self) -> str:
        return self.title

    def get_form_kwargs(self) -> dict[str, Any]:
        discussion = self.minutes.discussion
        asked = discussion.invitations.filter(withdrawn_at=None).values("professional")
        here = discussion.attendance.values("professional")
        return {"known": Professional.objects.filter(pk__in=asked).exclude(pk__in=here).order_by("name")}

    def get_initial(self) -> dict[str, Any]:
        return {"mode": usual_mode(self.minutes.discussion.format)}

    def get_context(self) -> dict[str, Any]:
        return heading(self.minutes)

    def get_message(self, done: Attendance) -> str:
        return f"{done.name} is recorded as having been there."

    def act(self, form: Any) -> Attendance:
        said = form.cleaned_data
        part = self.part(said["professional"] or self._add(said), said)
        if not said["professional"]:
            part = replace(part, quorum_role=said["quorum_role"])
        reason = said["reason"]
        return correct_attendance(self.minutes, part, reason=reason, is_new=True, by=self.user, at=self.now)

    def _add(self, said: dict[str, Any]) -> Professional:
        wanted = ("name", "agency", "job_role", "quorum_role", "phone", "email")
        return add_professional(**{name: said[name] for name in wanted}, by=self.user, at=self.now)


def _exactly(typed: datetime, stamp: datetime | None) -> datetime:
    """A form tells minutes: the minute at which it was stamped is the stamp."""
    return stamp if stamp is not None and typed == stamp.replace(second=0, microsecond=0) else typed


def _within(at: time | None, kept: list[datetime | None], field: str) -> datetime | None:
    """The moment of a time of day within a discussion, in London; a minute that is stored means itself.

    `kept` begins with its start and its end, which may be on the next day.
    """
    start, end = kept[:2]
    if at is None or start is None or end is None:
        return None
    days = sorted({local(start).date(), local(end).date()})
    told = [one for one in (london(day, at) for day in days) if one is not None]
    if not told:
        raise Refused(field, "This time does not exist on that day: the clocks go forward. Enter another")
    for one in told:
        for stored in filter(None, kept):
            if one == stored.replace(second=0, microsecond=0):
                return stored
    return next((one for one in told if start <= one <= end), told[0])


__all__ = ["AddAttendance", "CorrectAttendance", "CorrectCall", "CorrectDecision"]
