"""From the end of the discussion to the chair's authorisation: finish, check, amend, answer, return,
authorise."""

from typing import Any

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import reverse

from govuk.moments import moment
from minutes.differences import changes_between
from minutes.enums import Answer, MinutesStatus
from minutes.forms.after import AmendForm, ReasonForm, ResolveForm, TimesForm
from minutes.forms.releasing import LetThrough
from minutes.models import Agreement, Minutes, MinutesVersion, Section
from minutes.permissions import after as permissions
from minutes.permissions import meeting
from minutes.permissions.meeting import refusal_to_write
from minutes.rules import agenda
from minutes.services import times, versions
from minutes.services.content import content_of
from minutes.services.draft_check import READ_AS_A_DRAFT, draft_findings_to_mend, look_through
from minutes.services.places import addressed
from minutes.services.sections import save_section
from minutes.views.after.base import RecordPage, heading, record_for
from minutes.views.after.proposing import shown_passage


class Finish(RecordPage):
    """Business support hands the record to the chair."""

    title = "Hand the record to the chair"
    button = "Hand to the chair"
    message = "The chair has the record now."
    steps_say = "Only the chair can change the record after this. The chair can return it to you."

    def refusal(self) -> str | None:
        return permissions.refusal_to_finish(self.user, self.thing.discussion, self.now)

    def act(self, form: forms.Form) -> Minutes:
        return versions.finish(self.thing, by=self.user, at=self.now)


class CorrectTimes(RecordPage):
    """When the discussion really began and ended; its deadlines follow."""

    title = "Correct when the discussion was held"
    form_class = TimesForm
    button = "Correct the times"
    message = "The times are corrected, and every deadline follows them."
    steps_say = (
        "Every deadline follows. Only a manager may move one later. Was it another day? Change both: "
        "who joined late or left early, and the calls, move with them."
    )

    def refusal(self) -> str | None:
        if self.thing.status not in times.CORRECTABLE:
            return "Times are corrected from the end of the discussion until its minutes are authorised."
        return meeting.refusal_to_run(self.user, self.thing.discussion, self.now)

    def get_initial(self) -> dict[str, Any]:
        discussion = self.thing.discussion
        return {"started_at": discussion.started_at, "ended_at": discussion.ended_at}

    def act(self, form: TimesForm) -> Minutes:
        discussion, said = self.thing.discussion, form.cleaned_data
        for name in (
            "started_at",
            "ended_at",
        ):  # a form tells minutes: the minute that is stored means itself
            stored = getattr(discussion, name)
            if stored is not None and said[name] == stored.replace(second=0, microsecond=0):
                said[name] = stored
        return times.correct_discussion_times(self.thing, **said, by=self.user, at=self.now)


class Check(RecordPage):
    """The chair's page: what is missing, what was said, what changed, each passage to amend, and
    authorise."""

    title = "Check and authorise the minutes"
    template_name = "minutes/after/check.html"
    shows_record = True
    button = "Authorise the minutes"
    message = "The minutes are authorised and locked. Business support circulates them."

    def refusal(self) -> str | None:
        if self.thing.status != MinutesStatus.WITH_CHAIR:
            last = versions.latest_authorised(self.thing)
            if last is not None and last.authorised_by and last.authorised_at:
                who, when = last.authorised_by.name, moment(last.authorised_at)
                return f"{who} authorised version {last.number} on {when}. There is nothing to authorise now."
            state = self.thing.get_status_display().lower()
            return f"The record is “{state}”. There is nothing to authorise now."
        return permissions.refusal_to_check(self.user, self.thing.discussion, self.now)

    def get_context(self) -> dict[str, Any]:
        content = content_of(self.thing)
        last = self.thing.versions.order_by("-number").first()
        said = self.thing.agreements.exclude(answer=Answer.AGREES).select_related("attendance")
        missing = versions.missing_of(self.thing, content)
        not_mine = refusal_to_write(self.user, self.thing, self.now) if missing else None
        return {
            **heading(self.thing),
            "record": content,
            "missing": missing if not_mine else addressed(self.thing, missing),
            "not_mine": not_mine,
            "last": last,
            "changes": changes_between(last.content, content) if last else [],
            "said": said,
            "found": self.thing.draft_found,
            "is_check": True,
            "standing_in": permissions.checks_for(self.user, self.thing.discussion, self.now),
        }

    def act(self, form: forms.Form) -> MinutesVersion:
        return versions.authorise_minutes(self.thing, by=self.user, at=self.now)


class LookThrough(RecordPage):
    """What was found in the draft since its round opened, and why those who took part may read it."""

    title = "Look the draft through"
    form_class = LetThrough
    template_name = "minutes/after/look_through.html"
    shows_record = True
    button = "Let those who took part read it"
    message = "Those who took part can read the record."

    def refusal(self) -> str | None:
        if self.thing.status not in READ_AS_A_DRAFT:
            return "Only a record that is being agreed is looked through here."
        return permissions.refusal_to_look_through(self.user, self.thing.discussion, self.now)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"findings": draft_findings_to_mend(self.thing)}

    def get_context(self) -> dict[str, Any]:
        return heading(self.thing)

    def act(self, form: LetThrough) -> Minutes:
        return look_through(self.thing, accepted=form.accepted, by=self.user, at=self.now)


class Amend(RecordPage):
    """The chair rewords one passage; every earlier text is kept and the change can be read."""

    form_class = AmendForm
    shows_record = True
    button = "Save"
    message = "The passage is changed."
    thing: Any

    def fetch(self) -> Section:
        self.minutes = record_for(self.request, self.kwargs["pk"])
        found = Section.objects.filter(minutes=self.minutes).select_related("child", "professional")
        return get_object_or_404(found, pk=self.kwargs["section"])

    def refusal(self) -> str | None:
        if self.minutes.status != MinutesStatus.WITH_CHAIR:
            return "The record is not with the chair, so it cannot be amended here."
        return permissions.refusal_to_check(self.user, self.minutes.discussion, self.now) or refusal_to_write(
            self.user, self.minutes, self.now
        )

    def get_title(self) -> str:
        return f"Amend: {_label(self.thing)}"

    def get_initial(self) -> dict[str, Any]:
        return {"text": self.thing.text}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"section": self.thing, "label": _label(self.thing)}

    def get_back(self) -> tuple[str, str]:
        return reverse("minutes:check", args=[self.kwargs["pk"]]), "Back to the check"

    def act(self, form: AmendForm) -> Section:
        text = form.cleaned_data["text"]
        return save_section(self.thing, text, version=self.version or 0, by=self.user, at=self.now)

    def next(self, done: object) -> str:
        return reverse("minutes:check", args=[self.kwargs["pk"]])


class Resolve(RecordPage):
    """The chair answers a correction or an objection."""

    form_class = ResolveForm
    shows_record = True
    template_name = "minutes/after/resolve.html"
    button = "Save the answer"
    message = "Your answer is in the record."
    thing: Any

    def fetch(self) -> Agreement:
        self.minutes = record_for(self.request, self.kwargs["pk"])
        found = Agreement.objects.filter(minutes=self.minutes).select_related(
            "attendance", "minutes__discussion__case"
        )
        return get_object_or_404(found.exclude(answer=Answer.AGREES), pk=self.kwargs["agreement"])

    def refusal(self) -> str | None:
        return permissions.refusal_to_check(self.user, self.minutes.discussion, self.now)

    def get_context(self) -> dict[str, Any]:
        return heading(self.minutes) | shown_passage(self.thing, self.minutes, self.user, self.now)

    def get_title(self) -> str:
        verb = "proposes a correction" if self.thing.answer == Answer.CORRECTS else "objects"
        return f"{self.thing.attendance.name} {verb}"

    def get_initial(self) -> dict[str, Any]:
        return {"accepted": self.thing.accepted, "reason": self.thing.resolution}

    def get_back(self) -> tuple[str, str]:
        return reverse("minutes:round", args=[self.kwargs["pk"]]), "Back to what was said"

    def act(self, form: ResolveForm) -> Agreement:
        typed = form.cleaned_data
        return versions.answer_correction(
            self.thing, accepted=typed["accepted"], reason=typed["reason"], by=self.user, at=self.now
        )

    def next(self, done: object) -> str:
        waiting = self.minutes.status == MinutesStatus.WITH_CHAIR
        return reverse("minutes:check" if waiting else "minutes:round", args=[self.kwargs["pk"]])


class Return(RecordPage):
    """The chair sends the record back to business support."""

    title = "Return the record to business support"
    form_class = ReasonForm
    button = "Return"
    message = "Business support has the record again."

    def refusal(self) -> str | None:
        return permissions.refusal_to_check(self.user, self.thing.discussion, self.now)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"label": "What should business support put right?"}

    def get_back(self) -> tuple[str, str]:
        return reverse("minutes:check", args=[self.kwargs["pk"]]), "Back to the check"

    def act(self, form: ReasonForm) -> Minutes:
        reason = form.cleaned_data["reason"]
        return versions.return_to_support(self.thing, reason=reason, by=self.user, at=self.now)


class Correct(RecordPage):
    """An authorised record is opened for a corrected version."""

    title = "Make a corrected version"
    form_class = ReasonForm
    button = "Open the record for correction"
    message = (
        "The record is open for correction. The version in force stays as it is "
        "until you authorise the new one."
    )
    steps_say = (
        "The new version is circulated to everybody who has this one, with your reason on its first page."
    )

    def refusal(self) -> str | None:
        reason = permissions.refusal_to_check(self.user, self.thing.discussion, self.now)
        return (
            reason and permissions.refusal_to_circulate(self.user, self.thing.discussion, self.now) and reason
        )

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"label": "Why must the minutes be corrected?"}

    def act(self, form: ReasonForm) -> Minutes:
        reason = form.cleaned_data["reason"]
        return versions.begin_correction(self.thing, reason=reason, by=self.user, at=self.now)

    def next(self, done: object) -> str:
        may_check = permissions.refusal_to_check(self.user, self.thing.discussion, self.now) is None
        return reverse("minutes:check" if may_check else "minutes:read", args=[self.kwargs["pk"]])


def _label(section: Section) -> str:
    who = section.child.name if section.child else section.professional.name if section.professional else ""
    return agenda.label_of(section.step, section.field, who, section.heading)
