"""Pages of a request that show professionals: that section, check answers, the whole sheet, authorise."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from attendees.enums import QuorumRole
from attendees.forms.wanted import AuthoriseForm, PickedForm, TypedForm, cleaned_chosen
from attendees.models import WantedProfessional
from attendees.services.wanted import submit_request, want_professionals, wanted_of
from audit import services as audit
from govuk.rows import Rows
from protocols.enums import Severity
from strategy import events, permissions, services
from strategy.enums import Section, Status
from strategy.models import StrategyRequest
from strategy.sheet import circumstances_now, missing_in, sheet_in, sheet_of
from strategy.views.pages import (
    OpenRequestPage,
    RequestPage,
    clocks_of,
    convene_clock,
    user_of,
    visible_request,
)

CHANGE = {
    str(Section.CHILDREN.label): "strategy:children",
    str(Section.WHAT_HAPPENED.label): "strategy:what_happened",
    str(Section.CIRCUMSTANCES.label): "strategy:circumstances",
    str(Section.FORMAT.label): "strategy:format",
    str(Section.PROFESSIONALS.label): "attendees:wanted",
    str(Section.AVAILABILITY.label): "strategy:availability",
}


class WantedPage(OpenRequestPage):
    """Who should take part, with their numbers (row W18)."""

    title = "Professionals"
    template_name = "attendees/wanted.html"
    message = "Saved."
    rows = {
        "picked": Rows(PickedForm, "professional", most=20, legend="From the directory"),
        "typed": Rows(TypedForm, "professional", most=10, legend="Somebody not in the directory"),
    }

    def get_initial_rows(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Whom the request names already; at first nobody, and the referrer typed in when known."""
        rows = WantedProfessional.objects.filter(request=self.thing).order_by("pk")
        named = [
            {"professional": one.professional_id, "not_invited_reason": one.not_invited_reason}
            for one in rows
        ]
        return {"picked": named or [{}], "typed": [] if named else self._referrer()}

    def get_context(self) -> dict[str, Any]:
        """Whom the local procedure needs for the discussion to count."""
        roles = self.thing.protocol.rules.quorum_roles
        return {"needed": [QuorumRole(role.value).label for role in roles.value], "source": roles.source}

    def act(self, form: Any) -> StrategyRequest:
        """Name them."""
        rows = self.cleaned_rows
        chosen = cleaned_chosen(rows["picked"]) + cleaned_chosen(rows["typed"])
        return want_professionals(self.thing, chosen, version=self.version, by=self.user, at=self.now)

    def _referrer(self) -> list[dict[str, Any]]:
        referral = self.thing.referral
        if not referral.referrer_name:
            return []
        return [
            {
                "name": referral.referrer_name,
                "job_role": referral.referrer_role,
                "agency": referral.referrer_agency_id,
                "phone": referral.referrer_phone,
                "email": referral.referrer_email,
            }
        ]


class CheckAnswers(OpenRequestPage):
    """Everything once more, what is missing, and submit."""

    title = "Check answers and submit"
    template_name = "attendees/check.html"
    button = "Submit the request"
    message = "The request is submitted. The manager is told now."

    def get_context(self) -> dict[str, Any]:
        """The sheet with links to change it, what is missing, and what changed since the last submission."""
        professionals = wanted_of(self.thing)
        found = services.missing(self.thing, professionals)
        return {
            "sections": sheet_rows(self.thing, sheet_of(self.thing, professionals), may_change=True),
            "blocking": [
                {
                    "problem": one,
                    "href": reverse(CHANGE[str(Section(one.section).label)], args=[self.thing.pk]),
                }
                for one in found
                if one.blocks
            ],
            "warnings": [one for one in found if one.severity == Severity.WARN],
            "lines": [one for one in found if one.severity == Severity.INFO],
            "changes": services.changes_since_last(self.thing, professionals),
        }

    def act(self, form: Any) -> StrategyRequest:
        """Submit."""
        return submit_request(self.thing, by=self.user, at=self.now)


class AuthoriseRequest(RequestPage):
    """The request as the chair will see it, the clock, what is missing: authorise, or answer otherwise."""

    title = "Authorise this discussion"
    form_class = AuthoriseForm
    template_name = "attendees/authorise.html"
    button = "Authorise"
    message = "The discussion is authorised. Business support and the requester are told now."

    def refusal(self) -> str | None:
        """The roles that the procedure names, never whoever asked; and only while it waits for an answer."""
        if self.thing.status != Status.SUBMITTED:
            return (
                f"This request is “{self.thing.get_status_display().lower()}” now: it does not wait for you."
            )
        return permissions.refusal_to_authorise(self.user, self.thing, self.now)

    def get_context(self) -> dict[str, Any]:
        """All that the manager needs on one page."""
        submissions = list(self.thing.submissions.all())
        snapshot = submissions[-1].snapshot if submissions else {}
        asked = sheet_in(snapshot) | circumstances_now(self.thing)
        clocks = clocks_of(self.thing)
        return {
            "wanted": self.thing,
            "sections": sheet_rows(self.thing, asked),
            "warnings": [
                {"sentence": said, "source": source} for said, source in missing_in(snapshot).items()
            ],
            "changes": services.changes_since_last(self.thing),
            "convene": convene_clock(clocks, self.thing),
            "protection": next((one for one in clocks if one.duty == "immediate_protection_decision"), None),
        }

    def act(self, form: AuthoriseForm) -> StrategyRequest:
        """Authorise."""
        return services.authorise(self.thing, note=form.cleaned_data["note"], by=self.user, at=self.now)


def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole request as the chair will see it, for everybody who may see the case."""
    wanted = visible_request(user_of(request), pk)
    now = timezone.now()
    audit.record_read(events.REQUEST_READ, wanted.case, subject=wanted.subject, by=user_of(request), at=now)
    context = {
        "wanted": wanted,
        "sections": sheet_rows(wanted, sheet_of(wanted, wanted_of(wanted))),
        "now": now,
    }
    return render(request, "attendees/sheet.html", context)


def sheet_rows(
    wanted: StrategyRequest, sections: Mapping[str, Mapping[str, str]], may_change: bool = False
) -> list[dict[str, Any]]:
    """The sheet as summary lists, one for each section."""
    return [
        {
            "title": title,
            "rows": [{"key": question, "value": answer} for question, answer in answers.items()],
            "href": reverse(CHANGE[title], args=[wanted.pk]) if may_change else "",
        }
        for title, answers in sections.items()
    ]
