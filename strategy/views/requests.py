"""The request: its page with the task list, and its sections."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import may_as
from accounts.roles import Permission
from audit import services as audit
from audit.events import label
from audit.models import Entry
from deadlines.duties import duty_name
from strategy import events, permissions, services
from strategy.enums import DiscussionStatus, Section, Status
from strategy.forms.requests import AvailabilityForm, FormatForm, WhatHappenedForm, WithdrawForm
from strategy.models import StrategyRequest
from strategy.views.pages import (
    OpenRequestPage,
    RequestPage,
    clocks_of,
    convene_clock,
    police_lines,
    user_of,
    visible_request,
)

COLOURS = {
    Status.DRAFT: "grey",
    Status.SUBMITTED: "yellow",
    Status.RETURNED: "orange",
    Status.AUTHORISED: "blue",
    Status.BOOKED: "turquoise",
    Status.HELD: "green",
    Status.WITHDRAWN: "grey",
    Status.NOT_NEEDED: "grey",
}
# Until it is held, what is learnt after the request was submitted can still change the deadline.
LEARNING = (Status.SUBMITTED, Status.AUTHORISED, Status.BOOKED)
ADDRESSES = {
    Section.CHILDREN: "strategy:children",
    Section.WHAT_HAPPENED: "strategy:what_happened",
    Section.CIRCUMSTANCES: "strategy:circumstances",
    Section.FORMAT: "strategy:format",
    Section.PROFESSIONALS: "attendees:wanted",
    Section.AVAILABILITY: "strategy:availability",
}


def request_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the request stands, whose turn it is with their number, and what to do next."""
    user = user_of(request)
    wanted = visible_request(user, pk)
    now = timezone.now()
    audit.record_read(events.REQUEST_READ, wanted.case, subject=wanted.subject, by=user, at=now)
    clocks = clocks_of(wanted)
    convene = convene_clock(clocks, wanted)
    returned = wanted.returns.select_related("by").last() if wanted.status == Status.RETURNED else None
    context = {
        "wanted": wanted,
        "children": list(wanted.children.all()),
        "colour": COLOURS[Status(wanted.status)],
        "convene": convene,
        "clocks": [(one, duty_name(one.duty).title) for one in clocks if one is not convene],
        "turn": (convene.owner or convene.owner_team) if convene else None,
        "tasks": _tasks(wanted) if wanted.is_open_to_change else None,
        "returned": returned,
        "reasons": _reasons(wanted, returned.reasons) if returned else [],
        "happened": _happened(wanted),
        "lines": police_lines(now) if getattr(wanted, "at_risk", False) and not wanted.submitted_at else None,
        "may_authorise": wanted.status == Status.SUBMITTED
        and permissions.power_to_authorise(user, wanted, now) is not None,
        "next_steps": _next_steps(wanted, user, now),
        "may_learn": wanted.status in LEARNING and user.may(Permission.REQUEST_DISCUSSION),
        "may_ask": wanted.is_open_to_change and permissions.refusal_to_request(user, now) is None,
        "now": now,
    }
    return render(request, "strategy/request.html", context)


def _next_steps(wanted: StrategyRequest, user: User, now: datetime) -> list[tuple[str, str, str]]:
    """Where business support books, and where the discussion is once it is booked: words, address, look."""
    if wanted.status == Status.AUTHORISED and may_as(user, Permission.BOOK, now) is not None:
        return [
            ("Book the discussion", reverse("attendees:book", args=[wanted.pk]), ""),
            ("Forward to the police", reverse("strategy:forward", args=[wanted.pk]), "secondary"),
            ("Log the confirming call", reverse("strategy:receipt_call", args=[wanted.pk]), "secondary"),
        ]
    if wanted.status in (Status.BOOKED, Status.HELD):
        held = wanted.discussions.exclude(status=DiscussionStatus.CANCELLED).order_by("number").last()
        if held is not None:
            return [("Go to the discussion", reverse("attendees:discussion", args=[held.pk]), "")]
    return []


def _tasks(wanted: StrategyRequest) -> list[dict[str, str]]:
    done = set(wanted.finished_sections)
    tasks = [_task(wanted, section, section in done) for section in Section]
    check = {"title": "Check answers and submit", "status": "Cannot start yet"}
    if done >= set(Section.values):
        href = reverse("attendees:check", args=[wanted.pk])
        check = {"title": "Check answers and submit", "href": href, "status": "Ready", "colour": "blue"}
    return [*tasks, check]


def _task(wanted: StrategyRequest, section: Section, is_done: bool) -> dict[str, str]:
    href = reverse(ADDRESSES[section], args=[wanted.pk])
    status = {"status": "Completed"} if is_done else {"status": "To do", "colour": "blue"}
    return {"title": str(section.label), "href": href, **status}


def _reasons(wanted: StrategyRequest, reasons: dict[str, str]) -> list[dict[str, str]]:
    return [
        {
            "key": str(section.label),
            "value": reasons[section],
            "href": reverse(ADDRESSES[section], args=[wanted.pk]),
            "action": "Put right",
            "hidden": str(section.label).lower(),
        }
        for section in Section
        if section in reasons
    ]


def _happened(wanted: StrategyRequest) -> list[dict[str, Any]]:
    """What happened to the request, out of the ledger, the latest first; saved sections are left out."""
    entries = Entry.objects.about(wanted.subject).writes().exclude(event=events.SECTION_SAVED)
    return [
        {"title": label(one.event), "at": one.occurred_at, "by": one.by_name}
        for one in entries.newest_first()
    ]


class Saves(OpenRequestPage):
    """A page that saves the fields of one section."""

    section = Section.AVAILABILITY
    message = "Saved."

    def get_title(self) -> str:
        """The section's name."""
        return str(self.section.label)

    def get_initial(self) -> dict[str, Any]:
        """What was saved before."""
        return {name: getattr(self.thing, name) for name in services.FIELDS[self.section]}

    def act(self, form: Any) -> StrategyRequest:
        """Save the section."""
        return services.save_section(
            self.thing, self.section, form.cleaned_data, version=self.version, by=self.user, at=self.now
        )


class WhatHappened(Saves):
    """Why significant harm is suspected."""

    section = Section.WHAT_HAPPENED
    form_class = WhatHappenedForm
    template_name = "strategy/what_happened.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Whether a discussion was held before, where the procedure then asks what is new."""
        return {"is_further": services.earlier_of(self.thing).get("is_further", False)}


class HowHeld(Saves):
    """How the discussion should be held."""

    section = Section.FORMAT
    form_class = FormatForm

    def get_initial(self) -> dict[str, Any]:
        """What was saved before; the hospital is the one that the circumstances name."""
        initial = super().get_initial()
        hospital = next((one.hospital for one in self._circumstances() if one.hospital), "")
        return initial | {"hospital_setting": initial["hospital_setting"] or hospital}

    def get_form_kwargs(self) -> dict[str, Any]:
        """The authority's own procedure says which formats there are."""
        kinds = {one.kind for one in self._circumstances()}
        return {"protocol": self.thing.protocol.rules, "circumstances": kinds}

    def _circumstances(self) -> list[Any]:
        if not hasattr(self, "_read"):
            self._read = list(self.thing.referral.circumstances.all())
        return self._read


class Availability(Saves):
    """When people can meet."""

    section = Section.AVAILABILITY
    form_class = AvailabilityForm


class Withdraw(RequestPage):
    """No longer ask."""

    title = "Withdraw this request"
    form_class = WithdrawForm
    button = "Withdraw the request"
    danger = True
    steps_say = (
        "Nobody will act on this request. Its deadline runs on until a manager decides that none is needed."
    )
    message = "The request is withdrawn."

    def refusal(self) -> str | None:
        """Who asked, or the manager."""
        return permissions.refusal_to_withdraw(self.user, self.thing, self.now)

    def act(self, form: WithdrawForm) -> StrategyRequest:
        """Withdraw."""
        return services.withdraw(self.thing, reason=form.cleaned_data["reason"], by=self.user, at=self.now)
