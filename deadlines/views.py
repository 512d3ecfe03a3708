"""The deadline calculator, and the limit that a request form shows while circumstances are ticked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from deadlines.choosing import choice_in_force, chosen_protocol, protocol_in_force
from deadlines.duties import duty_name
from deadlines.forms import CalculatorForm, CircumstancesForm, HeldForm
from deadlines.rules import Answer, answers, convene
from deadlines.working_days import england, local_date, target_at
from govuk.live import fragment
from protocols.rules.settings import Protocol

MOST_DISCUSSIONS = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One clock as the calculator shows it."""

    answer: Answer
    title: str
    standing: str
    target_at: datetime | None


@require_GET
def calculator(request: HttpRequest) -> HttpResponse:
    """Try a case against one or two procedures; a what-if that keeps nothing, so GET with no names in it."""
    now = timezone.now()
    told = request.GET if "trigger" in request.GET or "protocol" in request.GET else None
    initial = {"protocol": choice_in_force(local_date(now)), "triggered_at": now, "trigger": "referral"}
    form = CalculatorForm(told, initial=initial)
    discussions = [HeldForm(told, prefix=f"d{place}") for place in range(MOST_DISCUSSIONS)]
    columns: list[dict[str, Any]] = []
    if told is not None and all([form.is_valid(), *(one.is_valid() for one in discussions)]):
        held = tuple(one for place, row in enumerate(discussions) if (one := row.held(place)))
        facts = form.facts(held)
        for choice in dict.fromkeys((form.cleaned_data["protocol"], form.cleaned_data["other"])):
            if choice:
                protocol = chosen_protocol(choice)
                columns.append({"protocol": protocol, "lines": _lines(facts, protocol, now)})
    context = {"form": form, "forms": discussions, "discussions": discussions, "columns": columns, "now": now}
    status = 422 if told is not None and not columns else 200
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


def _title(answer: Answer) -> str:
    title = duty_name(answer.duty).title
    return title if answer.discussion is None else f"{title} ({answer.discussion + 1})"


def _lines(facts: Any, protocol: Protocol, now: datetime) -> list[Line]:
    return [
        Line(
            answer,
            duty_name(answer.duty).title
            + (f" ({answer.discussion + 1})" if answer.discussion is not None else ""),
            answer.standing(now).value,
            target_at((answer.limit or "").partition("(")[0], answer.due_at),
        )
        for answer in answers(facts, protocol, england())
    ]
