"""The request: its page with the task list, and its sections."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.models import ActingFor, Team, User
from accounts.permissions import may_as, powers
from accounts.roles import Permission
from audit import services as audit
from audit.errors import Refused, StaleVersion
from audit.events import label
from audit.models import Entry
from cases.models import Child
from deadlines.duties import duty_name
from deadlines.enums import Duty
from deadlines.models import Deadline
from referrals.models import Concern
from strategy import closing, events, permissions, services
from strategy.enums import FOLLOWS, NEEDED, DiscussionStatus, Section, Status
from strategy.forms.requests import (
    AvailabilityForm,
    FormatForm,
    OnBehalfForm,
    WhatHappenedForm,
    WithdrawForm,
    harm_in,
)
from strategy.models import Discussion, StrategyRequest
from strategy.people import support_team, who_may_ask
from strategy.views import offered
from strategy.views.joining import enquiries_of
from strategy.views.pages import (
    OpenRequestPage,
    RequestPage,
    clocks_of,
    convene_clock,
    police_lines,
    user_of,
    visible_request,
)
from strategy.views.saving import SelfSaving, warnings_of_format
from strategy.views.turns import turn_now

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
    clocks, discussion = clocks_of(wanted, now), _last_discussion(wanted)
    convene = convene_clock(clocks, wanted)
    returned = wanted.returns.select_related("by").last() if wanted.status == Status.RETURNED else None
    children = list(wanted.children.all())
    mine = tuple(powers(user, now))  # read once: the links below ask for several
    may_request = any(one.may(Permission.REQUEST_DISCUSSION) for one in mine)
    context = {
        "wanted": wanted,
        "children": children,
        "colour": COLOURS[Status(wanted.status)],
        "convene": convene,
        "clocks": [(one, _title(one, children)) for one in clocks if one is not convene],
        "turn": turn_now(wanted, clocks, discussion, now),
        "tasks": _tasks(wanted, is_theirs=may_request) if wanted.is_open_to_change else None,
        "may_request": may_request,
        "returned": returned,
        "reasons": _reasons(wanted, returned.reasons) if returned else [],
        "happened": _happened(wanted),
        "lines": police_lines(now) if getattr(wanted, "at_risk", False) and not wanted.submitted_at else None,
        "may_authorise": wanted.status == Status.SUBMITTED
        and permissions.power_to_authorise(user, wanted, now) is not None,
        "next_steps": _next_steps(wanted, discussion, user, now),
        "may_decide_protection": offered.may_decide_protection(wanted, discussion, user, mine, now),
        "may_withdraw": offered.may_withdraw(wanted, user, mine, now),
        "may_answer_rating": offered.may_answer_rating(wanted, clocks, user, now),
        "asked_for": wanted.on_behalf_of,
        "to_ring": _to_ring(wanted, user, now),
        "enquiries": enquiries_of(wanted, children),
        "has_earlier": wanted.is_open_to_change and getattr(wanted, "has_earlier", False),
        "follows": _may_follow(wanted, user),
        "may_learn": wanted.status in LEARNING and user.may(Permission.REQUEST_DISCUSSION),
        "may_enter": wanted.status in offered.BEFORE_BOOKING and user.may(Permission.REQUEST_DISCUSSION),
        **_word(wanted, user, now),
        "may_correct": user.may(Permission.RECORD_REFERRAL),
        "may_take_over": _may_take_over(wanted, user, now),
        "may_join": _may_join(wanted, user),
        "may_ask": wanted.is_open_to_change and may_request,
        "now": now,
    }
    return render(request, "strategy/request.html", context)


def _may_join(wanted: StrategyRequest, user: User) -> bool:
    """Whether this person may add a child to what was submitted; while it is held, the page asks again."""
    carries = user.may(Permission.REQUEST_DISCUSSION) or user.may(Permission.AUTHORISE_REQUEST)
    books = wanted.status in (Status.AUTHORISED, Status.BOOKED) and user.may(Permission.BOOK)
    return wanted.status in LEARNING and (carries or books)


def _title(clock: Deadline, children: list[Child]) -> str:
    """The duty, and of what: several children or actions each have a clock of the same duty."""
    if clock.duty == Duty.ACTION:
        return clock.verb
    title = duty_name(clock.duty).title
    whose = next((child.name for child in children if clock.subject == f"child:{child.pk}"), "")
    return f"{title}: {whose}" if whose else title


def _word(wanted: StrategyRequest, user: User, now: datetime) -> dict[str, Any]:
    """What was written down of a manager's word, and whether it waits for this person."""
    word = services.word_of(wanted) if getattr(wanted, "has_word", False) else None
    if word is None:
        return {}
    is_unsettled = services.is_unsettled(wanted, word)
    signs = word.is_open and permissions.refusal_to_countersign(user, wanted, word, now) is None
    settles = is_unsettled and permissions.refusal_to_settle(user, wanted, now) is None
    return {"word": word, "is_unsettled": is_unsettled, "may_countersign": signs, "may_settle": settles}


def _may_take_over(wanted: StrategyRequest, user: User, now: datetime) -> bool:
    """Whether what emergency duty wrote down waits for somebody like this person."""
    night = getattr(wanted, "night", None)
    if night is None or night.taken_over_by_id is not None:
        return False
    return permissions.refusal_to_take_over(user, now) is None


def _to_ring(wanted: StrategyRequest, user: User, now: datetime) -> Team | None:
    """Whom whoever asked must still telephone, and say when they can come (row W21)."""
    if wanted.status not in (Status.AUTHORISED, Status.BOOKED) or getattr(wanted, "is_confirmed", True):
        return None
    is_theirs = user.pk in wanted.asked_by_ids
    if not is_theirs or not StrategyRequest.objects.unconfirmed(now).filter(pk=wanted.pk).exists():
        return None
    return support_team(wanted.case)


def _last_discussion(wanted: StrategyRequest) -> Discussion | None:
    """The discussion that was booked for it last."""
    if wanted.status not in (Status.BOOKED, Status.HELD):
        return None
    return wanted.discussions.exclude(status=DiscussionStatus.CANCELLED).order_by("number").last()


def _next_steps(
    wanted: StrategyRequest, discussion: Discussion | None, user: User, now: datetime
) -> list[tuple[str, str, str]]:
    """Where business support books, and where the discussion is once it is booked: words, address, look."""
    if wanted.status == Status.AUTHORISED and may_as(user, Permission.BOOK, now) is not None:
        return [
            ("Book the discussion", reverse("attendees:book", args=[wanted.pk]), ""),
            ("Forward to the police", reverse("attendees:forward", args=[wanted.pk]), "secondary"),
            ("Log the confirming call", reverse("strategy:receipt_call", args=[wanted.pk]), "secondary"),
        ]
    if discussion is not None:
        return [("Go to the discussion", reverse("attendees:discussion", args=[discussion.pk]), "")]
    return []


def _tasks(wanted: StrategyRequest, *, is_theirs: bool) -> list[dict[str, str]]:
    """The sections and the check; who only reads the request is not led to its forms."""
    done = set(wanted.finished_sections)
    if Section.WHAT_HAPPENED in done and services.must_say_what_is_new(wanted):
        done.remove(Section.WHAT_HAPPENED)
    tasks = [_task(wanted, section, section in done) for section in Section]
    check = {"title": "Check answers and submit", "status": "Cannot start yet"}
    if done >= set(NEEDED):
        href = reverse("attendees:check", args=[wanted.pk])
        check = {"title": "Check answers and submit", "href": href, "status": "Ready", "colour": "blue"}
    told = [*tasks, check]
    return (
        told if is_theirs else [{name: said for name, said in one.items() if name != "href"} for one in told]
    )


def _may_follow(wanted: StrategyRequest, user: User) -> list[tuple[str, str]]:
    """What may be added to a request that was submitted: words and address."""
    if wanted.is_open_to_change or not user.may(Permission.REQUEST_DISCUSSION):
        return []
    if wanted.status == Status.HELD and closing.is_closed(wanted):
        return []
    return [
        (str(section.label), reverse(ADDRESSES[section], args=[wanted.pk]))
        for section, until in FOLLOWS.items()
        if wanted.status in until
    ]


def _task(wanted: StrategyRequest, section: Section, is_done: bool) -> dict[str, str]:
    href = reverse(ADDRESSES[section], args=[wanted.pk])
    waiting = {"status": "To do", "colour": "blue"} if section in NEEDED else {"status": "May follow later"}
    status = {"status": "Completed"} if is_done else waiting
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
    """What happened to the request, out of the ledger, the latest first; of a deputy, for whom.

    Saved sections are left out.
    """
    entries: QuerySet[Any] = Entry.objects.about(wanted.subject).writes().exclude(event=events.SECTION_SAVED)
    cover = ActingFor.objects.names("by_ref", "occurred_at")
    return [
        {
            "title": label(one.event),
            "at": one.occurred_at,
            "by": f"{one.by_name}, standing in for {one.stood_in}" if one.stood_in else one.by_name,
        }
        for one in entries.annotate(stood_in=cover).order_by("-id")
    ]


class Saves(SelfSaving):
    """A page that saves the fields of one section."""

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
            self.thing, self.section, self.values(form), by=self.user, at=self.now, seen=self.seen
        )


class WhatHappened(Saves):
    """Why significant harm is suspected, and which harm for each child."""

    section = Section.WHAT_HAPPENED
    form_class = WhatHappenedForm
    template_name = "strategy/what_happened.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        """What may still change, or whether the procedure asks what is new since a discussion."""
        if not self.thing.is_open_to_change:
            return {"may_change": services.MAY_FOLLOW, "children": self.children}
        is_further = services.earlier_of(self.thing).get("is_further", False)
        return {"is_further": is_further, "children": self.children}

    def get_initial(self) -> dict[str, Any]:
        """What was saved before; the harm once where it is the same for all the children."""
        initial = super().get_initial()
        return initial | harm_in(self.children, Concern.objects.filter(referral=self.thing.referral_id))

    @property
    def children(self) -> list[Child]:
        """Whom it is about."""
        if not hasattr(self, "_children"):
            self._children = list(self.thing.children.all())
        return self._children

    def values(self, form: Any) -> dict[str, Any]:
        """With the harm by child."""
        return super().values(form) | {"harm": form.harm}


class HowHeld(Saves):
    """How the discussion should be held."""

    section = Section.FORMAT
    form_class = FormatForm
    blocked = False

    def get_initial(self) -> dict[str, Any]:
        """What was saved before; the hospital is the one that the circumstances name."""
        initial = super().get_initial()
        hospital = next((one.hospital for one in self._circumstances() if one.hospital), "")
        return initial | {"hospital_setting": initial["hospital_setting"] or hospital}

    def get_form_kwargs(self) -> dict[str, Any]:
        """The authority's own procedure says which formats there are."""
        kinds = {one.kind for one in self._circumstances()}
        return {"protocol": self.thing.protocol.rules, "circumstances": kinds}

    def get_context(self) -> dict[str, Any]:
        """Where to say that what blocks does not apply."""
        instead = reverse("attendees:not_applicable", args=[self.thing.pk])
        return super().get_context() | {"instead": instead if self.blocked else ""}

    def bring_back(self, form: Any, refusal: Refused) -> HttpResponse:
        """What the procedure blocks is kept all the same: why it does not apply can then be said."""
        if not isinstance(refusal, StaleVersion):
            self.thing, self.blocked = self.keep(form, True), True
        return super().bring_back(form, refusal)

    def warnings(self) -> list[str]:
        """While it is chosen, with the clause."""
        return warnings_of_format(self.thing)

    def _circumstances(self) -> list[Any]:
        if not hasattr(self, "_read"):
            self._read = list(self.thing.referral.circumstances.all())
        return self._read


class Availability(Saves):
    """When people can meet."""

    section = Section.AVAILABILITY
    form_class = AvailabilityForm


class OnBehalf(OpenRequestPage):
    """For whom one asks."""

    title = "Who asks for this discussion"
    form_class = OnBehalfForm
    button = "Save"
    message = "Saved."

    def get_initial(self) -> dict[str, Any]:
        """As it is."""
        return {"on_behalf_of": self.thing.on_behalf_of_id}

    def get_form_kwargs(self) -> dict[str, Any]:
        """Whoever may ask, but for whoever wrote it."""
        return {"people": who_may_ask().exclude(pk=self.thing.requester_id)}

    def act(self, form: OnBehalfForm) -> StrategyRequest:
        """Say for whom."""
        who = form.cleaned_data["on_behalf_of"]
        return services.ask_on_behalf(self.thing, on_behalf_of=who, by=self.user, at=self.now)


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
