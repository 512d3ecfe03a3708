"""The deadline calculator, the limit that a request form shows while circumstances are ticked, and the page
on which somebody says why a deadline was met late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from deadlines import permissions, services
from deadlines.choosing import choice_in_force, chosen_protocol, protocol_in_force
from deadlines.duties import duty_name
from deadlines.enums import Duty
from deadlines.forms import CalculatorForm, CircumstancesForm, ClosureDayForm, HeldForm, LateForm
from deadlines.models import ClosureDay, Deadline
from deadlines.rules import Answer, Facts, answers, convene
from deadlines.services.closing import add_closure_day, remove_closure_day
from deadlines.working_days import england, local_date, target_at
from govuk.live import fragment
from govuk.moments import long_date
from govuk.views import FormPage, safe_next
from protocols.rules.settings import Protocol

MOST_DISCUSSIONS = 8
EMPTY_ONES = 1  # shown below those that were entered


@dataclass(frozen=True, slots=True)
class Line:
    """One clock as the calculator shows it; no answer where the procedure has no such duty."""

    procedure: str
    answer: Answer | None
    standing: str
    target_at: datetime | None


@dataclass(frozen=True, slots=True)
class Row:
    """One duty, with what each procedure says of it."""

    title: str
    cells: list[Line]


@require_GET
def calculator(request: HttpRequest) -> HttpResponse:
    """Try a case against one or two procedures; a what-if that keeps nothing, so GET with no names in it."""
    now = timezone.now()
    told = request.GET if "trigger" in request.GET or "protocol" in request.GET else None
    initial = {"protocol": choice_in_force(local_date(now)), "triggered_at": now, "trigger": "referral"}
    form = CalculatorForm(told, initial=initial)
    discussions = [HeldForm(told, prefix=f"d{place}") for place in range(MOST_DISCUSSIONS)]
    protocols: list[Protocol] = []
    rows: list[Row] = []
    if told is not None and all([form.is_valid(), *(one.is_valid() for one in discussions)]):
        held = tuple(one for place, row in enumerate(discussions) if (one := row.held(place)))
        chosen = dict.fromkeys((form.cleaned_data["protocol"], form.cleaned_data["other"]))
        protocols = [chosen_protocol(choice) for choice in chosen if choice]
        rows = _rows(form.facts(held), protocols, now)
    context = {
        "form": form,
        "forms": discussions,
        "discussions": discussions[: _entered(discussions) + EMPTY_ONES],
        "protocols": protocols,
        "rows": rows,
    }
    status = 422 if told is not None and not protocols else 200
    return render(request, "deadlines/calculator.html", context, status=status)


@require_GET
def live_limit(request: HttpRequest) -> HttpResponse:
    """By when a discussion with these circumstances must be held under the procedure in force."""
    now = timezone.now()
    form = CircumstancesForm(request.GET)
    context: dict[str, Any] = {"answer": None, "now": now}
    if form.is_valid():
        context["answer"] = convene(form.facts(), protocol_in_force(local_date(now)), england())
    return fragment(request, "deadlines/_live_limit.html", context)


def _entered(discussions: list[HeldForm]) -> int:
    """How many places are used, up to the last in which something was entered."""
    used = [place for place, one in enumerate(discussions, 1) if one.is_bound and one.has_changed()]
    return max(used, default=0)


def _rows(facts: Facts, protocols: list[Protocol], now: datetime) -> list[Row]:
    """One row a duty, in the order of the table, with a cell for each procedure."""
    columns = [{_key(one): one for one in answers(facts, protocol, england())} for protocol in protocols]
    keys = sorted({key for column in columns for key in column})
    return [
        Row(
            _title(key),
            [
                _line(protocol, column.get(key), now)
                for protocol, column in zip(protocols, columns, strict=True)
            ],
        )
        for key in keys
    ]


def _key(answer: Answer) -> tuple[int, str, int]:
    place = -1 if answer.discussion is None else answer.discussion
    return list(Duty).index(answer.duty), answer.duty.value, place


def _title(key: tuple[int, str, int]) -> str:
    _, duty, place = key
    title = duty_name(duty).title
    return title if place < 0 else f"{title} ({place + 1})"


def _line(protocol: Protocol, answer: Answer | None, now: datetime) -> Line:
    procedure = f"{protocol.heading.title}, version {protocol.version}"
    if answer is None:
        return Line(procedure, None, "", None)
    unit = (answer.limit or "").partition("(")[0]
    return Line(procedure, answer, answer.standing(now).value, target_at(unit, answer.due_at))


class Explain(FormPage):
    """Why a deadline was met late, and who accepted it: one page for every duty."""

    form_class = LateForm
    template_name = "deadlines/explain.html"
    button = "Save the reason"
    message = "The reason is recorded."
    thing: Deadline

    def fetch(self) -> Deadline:
        """The clock, if this person may see its case."""
        found: Deadline | None = (
            Deadline.objects.visible_to(self.user)
            .select_related("case", "owner", "owner_team")
            .filter(pk=self.kwargs["pk"])
            .first()
        )
        if found is None:
            raise Http404
        return found

    def refusal(self) -> str | None:
        """Only while a reason is owed, and only by those whose matter it is."""
        if not self.thing.was_met_late:
            return "This deadline was not met late, so no reason is owed."
        if self.thing.late_reason:
            return f"The reason was given already: {self.thing.late_reason}"
        return permissions.refusal_to_explain(self.user, self.thing, self.now)

    def get_title(self) -> str:
        """What was late."""
        return f"Late: {self.thing.duty_title[0].lower()}{self.thing.duty_title[1:]}"

    def get_back(self) -> tuple[str, str]:
        """Back to the case."""
        return reverse("worklist:case", args=[self.thing.case.reference]), "Back to the case"

    def get_initial(self) -> dict[str, Any]:
        """The words of a delay that was agreed beforehand."""
        return {
            "late_reason": self.thing.foreseen_reason,
            "late_accepted_by": self.thing.foreseen_accepted_by,
        }

    def get_context(self) -> dict[str, Any]:
        """Where it goes on, for who was asked in the middle of something."""
        return {"clock": self.thing, "go_on": self.request.GET.get("next", "")}

    def act(self, form: LateForm) -> Deadline:
        """Record it."""
        return services.explain_late_clock(self.thing, **form.cleaned_data, by=self.user, at=self.now)

    def next(self, done: Any) -> str:
        """On to where the late act was going, or to the case."""
        return safe_next(self.request, self.get_back()[0])


class ClosureDays(FormPage):
    """The authority's closure days, and a form for one more."""

    title = "Closure days"
    form_class = ClosureDayForm
    template_name = "deadlines/closure_days.html"
    button = "Add the day"
    message = "The closure day is added. No deadline has moved."

    def refusal(self) -> str | None:
        return permissions.refusal_to_keep_closure_days(self.user)

    def get_context(self) -> dict[str, Any]:
        today = local_date(self.now)
        return {
            "days": ClosureDay.objects.filter(day__gte=today),
            "past": ClosureDay.objects.filter(day__lt=today).order_by("-day")[:20],
        }

    def act(self, form: ClosureDayForm) -> ClosureDay:
        return add_closure_day(**form.cleaned_data, by=self.user, at=self.now)

    def next(self, done: Any) -> str:
        return reverse("deadlines:closure_days")


class RemoveClosureDay(FormPage):
    """The offices are open after all."""

    title = "Take this closure day away"
    button = "Take it away"
    danger = True
    message = "The closure day is gone. No deadline has moved."
    thing: ClosureDay

    def fetch(self) -> ClosureDay:
        return get_object_or_404(ClosureDay, pk=self.kwargs["pk"])

    def refusal(self) -> str | None:
        return permissions.refusal_to_keep_closure_days(self.user)

    def get_back(self) -> tuple[str, str]:
        return reverse("deadlines:closure_days"), "Closure days"

    @property
    def steps_say(self) -> str:  # type: ignore[override]
        """Which day it is."""
        return f"{long_date(self.thing.day)}, “{self.thing.name}”, is then a day like any other."

    def act(self, form: Any) -> None:
        remove_closure_day(self.thing, by=self.user, at=self.now)

    def next(self, done: Any) -> str:
        return reverse("deadlines:closure_days")
