"""The section “circumstances”, with the deadline that follows from what is ticked."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from govuk.rows import quiet
from referrals.enums import CircumstanceKind
from strategy import services
from strategy.enums import Section
from strategy.forms.circumstances import CircumstancesForm, initial_of
from strategy.models import StrategyRequest
from strategy.permissions import refusal_to_request
from strategy.services.circumstances import ENDED
from strategy.views.pages import answer_if, police_lines, user_of, visible_request
from strategy.views.saving import SelfSaving

SHOW = "_show"


class Circumstances(SelfSaving):
    """Tick what applies; the deadline follows at once, or when asked for where there is no JavaScript."""

    title = str(Section.CIRCUMSTANCES.label)
    section = Section.CIRCUMSTANCES
    pause = 4000  # who ticks the wrong box has time to untick it: a tick may call the decider
    form_class = CircumstancesForm
    template_name = "strategy/circumstances.html"
    button = "Save and go on"
    message = "Saved."

    def refusal(self) -> str | None:
        """Facts may be learnt until the discussion was held or nobody needs it any more."""
        if self.thing.status in ENDED:
            return "This request has come to its end: its circumstances can no longer change."
        return refusal_to_request(self.user, self.now)

    def get_initial(self) -> dict[str, Any]:
        """What is recorded."""
        return initial_of(self.stored, is_finished=self.section in self.thing.finished_sections)

    def get_form_kwargs(self) -> dict[str, Any]:
        """What the form's rules need to know."""
        return form_kwargs(self.thing, self.stored)

    @property
    def stored(self) -> list[Any]:
        """The circumstances recorded so far."""
        if not hasattr(self, "_stored"):
            self._stored = list(self.thing.referral.circumstances.all())
        return self._stored

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the deadline without saving, when that button was pressed; else save."""
        if SHOW not in request.POST:
            return super().post(request, *args, **kwargs)
        self.bound_rows = {}
        form = self.make_form(request.POST, request.FILES)
        self.told = told_of(form)
        return self.page(form if not form.is_valid() else quiet(form))

    def get_context(self) -> dict[str, Any]:
        """The deadline as it is, or as it would be."""
        told = getattr(self, "told", None)
        shown = self.stored if told is None else told
        known = panel(self.thing, shown, self.now, told is not None) | {"show": SHOW}
        return super().get_context() | known | {"saves_itself": self.thing.is_open_to_change}

    def act(self, form: CircumstancesForm) -> StrategyRequest:
        """Save all of it."""
        return services.save_circumstances(
            self.thing,
            form.told(),
            reason=form.cleaned_data.get("reason", ""),
            by=self.user,
            at=self.now,
            seen=self.seen,
        )

    def keep(self, form: CircumstancesForm, is_whole: bool) -> StrategyRequest:
        """Keep each circumstance that is whole; the others stay as they are recorded.

        Once it was submitted a running deadline hangs on them, so only the button saves.
        """
        if not self.thing.is_open_to_change:
            return self.thing
        return services.save_circumstances(
            self.thing,
            form.worth_keeping(),
            is_whole=is_whole,
            by=self.user,
            at=self.now,
            seen=self.seen,
        )


@require_POST
def limit(request: HttpRequest, pk: int) -> HttpResponse:
    """The panel that says by when, for what is ticked and not saved yet."""
    wanted = visible_request(user_of(request), pk)
    stored = list(wanted.referral.circumstances.all())
    form = CircumstancesForm(request.POST, **form_kwargs(wanted, stored))
    context = panel(wanted, told_of(form), timezone.now(), True)
    return render(request, "strategy/_limit_fragment.html", context)


def form_kwargs(wanted: StrategyRequest, stored: list[Any]) -> dict[str, Any]:
    """What the form needs to know of the request."""
    return {
        "protocol": wanted.protocol.rules,
        "stored": stored,
        "triggered_at": wanted.referral.triggered_at,
        "was_submitted": wanted.submitted_at is not None,
    }


def told_of(form: CircumstancesForm) -> list[Any]:
    """What is ticked, also while the rest is still wrong or empty."""
    form.is_valid()
    return form.told()


def panel(wanted: StrategyRequest, told: list[Any], now: datetime, is_preview: bool) -> dict[str, Any]:
    """By when, why, what else competed, and whether to call the police first."""
    at_risk = any(one.kind == CircumstanceKind.IMMEDIATE_RISK for one in told)
    return {
        "wanted": wanted,
        "answer": answer_if(wanted, told),
        "is_preview": is_preview,
        "lines": police_lines(now) if at_risk else None,
        "now": now,
    }
