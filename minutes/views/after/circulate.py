"""Circulating, its live proof, and what is done with a copy that needs somebody; lateness."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.confirming import Confirmed
from attendees.models import Professional
from audit.services import record_read
from govuk.live import fragment
from govuk.numbers import whole_number
from minutes import events_after as events
from minutes.enums import MinutesStatus, RecipientStatus
from minutes.forms.after import ReasonForm
from minutes.forms.releasing import CirculateForm, HandCopyForm, SendAgainForm
from minutes.models import Circulation, Minutes, Recipient
from minutes.permissions import after as permissions
from minutes.rules.renditions import Cut, choices, title_of
from minutes.services import circulate as circulating
from minutes.services import copies, corrections, recheck, turns, versions
from minutes.services.recipients import as_shown, known_to, planned_among, release_findings
from minutes.services.siblings import with_other_parents
from minutes.views.after.base import RecordPage, heading, record_for, tabs
from minutes.views.after.proof import left_out_of, rows_of, summary_of
from strategy.people import circulating_team


class Circulate(Confirmed, RecordPage):
    """Who receives what and how, the safe-release check, and one button."""

    title = "Circulate the minutes"
    form_class = CirculateForm
    template_name = "minutes/after/circulate.html"
    shows_record = True
    button = "Circulate now"
    message = "The minutes are on their way. This page shows the proof of each copy."

    def fetch(self) -> Minutes:
        minutes = record_for(self.request, self.kwargs["pk"])
        self.release = versions.latest_authorised(minutes)
        return minutes

    def refusal(self) -> str | None:
        if self.thing.status != MinutesStatus.AUTHORISED or self.release is None:
            state = self.thing.get_status_display().lower()
            return f"The record is “{state}”, so there is nothing to circulate."
        return permissions.refusal_to_circulate(self.user, self.thing.discussion, self.now)

    def extra(self) -> list[Professional]:
        """Further recipients ticked by business support, from those whom the discussion knows."""
        asked = {whole_number(one) for one in self.request.POST.getlist("extra")}
        return [one for one in self.others if one.pk in asked]

    def chosen(self) -> dict[int, Cut]:
        """Which copy business support chose for whom, by the number of the professional."""
        kinds = {one.code: one for one in self.choices}
        asked = {one.pk: self.request.POST.get(f"copy_{one.pk}", "") for one in self.known}
        return {pk: kinds[code] for pk, code in asked.items() if code in kinds}

    def left_out(self) -> dict[int, str]:
        """Whom business support leaves out and why; before anything is sent, those whose copy was revoked."""
        if self.request.method != "POST":
            return {one.professional.pk: one.revoked for one in self.planned if one.revoked}
        asked = {whole_number(one) for one in self.request.POST.getlist("leave_out")}
        there = [one.professional.pk for one in self.planned]
        return {pk: self.request.POST.get(f"why_out_{pk}", "") for pk in there if pk in asked}

    def get_form_kwargs(self) -> dict[str, Any]:
        assert self.release is not None
        self.known = known = known_to(self.release)
        self.choices = choices(self.release.content)
        chosen = self.chosen()
        self.planned = planned_among(known, self.release, (), chosen)
        there = {one.professional.pk for one in self.planned}
        self.others = [one for one in known if one.pk not in there]
        if extra := self.extra():
            self.planned = planned_among(known, self.release, extra, chosen)
        out = self.left_out()
        staying = [one for one in self.planned if one.professional.pk not in out]
        self.findings = release_findings(self.release, staying)
        titles = [(one.code, title_of(self.release.content, one)) for one in self.choices]
        return {
            "findings": self.findings,
            "others": self.others,
            "planned": self.planned,
            "copies": titles,
            "shown": as_shown(known, self.release),
        }

    def get_context(self) -> dict[str, Any]:
        return {
            **heading(self.thing),
            "release": self.release,
            "half": with_other_parents(self.release.content) if self.release else [],
            "team": circulating_team(self.thing.discussion),
            "clock": turns.circulation_clock(self.thing.discussion),
            "unsigned": [one["name"] for one in self.release.content["unsigned"]] if self.release else [],
        }

    def act(self, form: CirculateForm) -> Circulation:
        return circulating.circulate(
            self.thing,
            by=self.user,
            at=self.now,
            extra=self.extra(),
            accepted=form.accepted,
            chosen=self.chosen(),
            left_out=self.left_out(),
            shown=self.request.POST.get("shown", "")[:64],
            lawful_basis=form.cleaned_data["lawful_basis"],
        )

    def next(self, done: object) -> str:
        return reverse("minutes:proof", args=[self.kwargs["pk"]])


@require_GET
def proof(request: HttpRequest, pk: int) -> HttpResponse:
    """The live proof: per recipient queued, sent, deferred, bounced, opened, downloaded, acknowledged."""
    minutes = record_for(request, pk)
    record_read(
        events.PROOF_READ, minutes.discussion.case, subject=minutes, by=request.user, at=timezone.now()
    )
    told = _proof(minutes, request)
    version = told["release"]
    held = [one.copy for one in told["rows"] if one.is_current and one.copy.revoked_at is None]
    is_sent = version is not None and minutes.status == MinutesStatus.CIRCULATED
    context = {
        **heading(minutes),
        "tabs": tabs(minutes, "proof"),
        "found": recheck.found_since_sent(version, [one.rendition for one in held])
        if version and is_sent
        else [],
        "left_out": left_out_of(told["rows"]),
        "circulation": told["rows"][0].copy.circulation if told["rows"] else None,
        **told,
    }
    return render(request, "minutes/after/proof.html", context)


@require_GET
def proof_table(request: HttpRequest, pk: int) -> HttpResponse:
    """The clock, who has an old version, and the table, asked for again every few seconds; it is the same
    reading, so it is not recorded anew."""
    minutes = record_for(request, pk)
    return fragment(
        request, "minutes/after/_proof_live.html", {**heading(minutes), **_proof(minutes, request)}
    )


class CopyPage(RecordPage):
    """A form about one copy."""

    thing: Any

    def fetch(self) -> Recipient:
        self.minutes = record_for(self.request, self.kwargs["pk"])
        found = Recipient.objects.filter(circulation__version__minutes=self.minutes)
        return get_object_or_404(
            found.select_related("professional", "rendition", "circulation__version"), pk=self.kwargs["copy"]
        )

    def refusal(self) -> str | None:
        return permissions.refusal_to_circulate(self.user, self.minutes.discussion, self.now)

    def get_back(self) -> tuple[str, str]:
        return reverse("minutes:proof", args=[self.kwargs["pk"]]), "Back to the circulation"

    def next(self, done: object) -> str:
        return reverse("minutes:proof", args=[self.kwargs["pk"]])


class LeavingPage(CopyPage):
    """A form by which a copy leaves: it is looked through once more."""

    template_name = "minutes/after/leaving.html"
    shows_record = True

    def get_form_kwargs(self) -> dict[str, Any]:
        made = self.thing.rendition
        made.version = self.thing.circulation.version
        made.version.minutes = self.minutes
        return {"findings": recheck.found_since(made)}

    def get_context(self) -> dict[str, Any]:
        return heading(self.minutes)


class Hand(LeavingPage):
    """Record that a printed copy was handed over."""

    form_class = HandCopyForm
    button = "Record"
    message = "The copy is recorded as handed over."

    def get_title(self) -> str:
        return f"Copy handed to {self.thing.professional.name}"

    def act(self, form: HandCopyForm) -> Recipient:
        typed = form.cleaned_data
        return copies.record_handed(
            self.thing,
            how=typed["how"],
            handed_at=typed["handed_at"],
            accepted=form.accepted,
            by=self.user,
            at=self.now,
        )


class Again(LeavingPage):
    """Send a copy again, to the same or a corrected address."""

    form_class = SendAgainForm
    button = "Send again"
    message = "The copy is on its way again."

    def get_title(self) -> str:
        return f"Send the minutes to {self.thing.professional.name} again"

    def get_initial(self) -> dict[str, Any]:
        return {"email": self.thing.professional.email}

    def act(self, form: SendAgainForm) -> Recipient:
        email = form.cleaned_data["email"]
        return copies.send_again(self.thing, email=email, accepted=form.accepted, by=self.user, at=self.now)


class Revoke(CopyPage):
    """Take a copy back."""

    form_class = ReasonForm
    button = "Revoke this copy"
    danger = True
    message = "The copy is revoked."

    def get_title(self) -> str:
        return f"Revoke the copy of {self.thing.professional.name}"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"label": "Why is this copy revoked?"}

    @property
    def steps_say(self) -> str:  # type: ignore[override]
        """What will happen, by how the copy went."""
        if self.thing.status == RecipientStatus.SENT and self.thing.way == "attached":
            return "The PDF has left by e-mail and cannot be called back. The online pages close at once."
        return "An unsent letter is taken back, and the online pages close to this reader at once."

    def act(self, form: ReasonForm) -> Recipient:
        return copies.revoke(self.thing, reason=form.cleaned_data["reason"], by=self.user, at=self.now)


def _proof(minutes: Minutes, request: HttpRequest) -> dict[str, Any]:
    rows = rows_of(minutes)
    may = permissions.refusal_to_circulate(request.user, minutes.discussion, timezone.now()) is None  # type: ignore[arg-type]
    version = versions.latest_authorised(minutes)
    return {
        "rows": rows,
        "summary": summary_of(rows),
        "may_circulate": may,
        "clock": turns.circulation_clock(minutes.discussion),
        "release": version,
        "taken_back": [row for row in rows if row.copy.status == RecipientStatus.TAKEN_BACK],
        "old_readers": corrections.old_readers(version) if version else [],
    }


__all__ = ["Again", "Circulate", "Hand", "Revoke", "proof", "proof_table"]
