"""Booking a discussion and moving it: the week's free times, the people, and what to check first."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property

from accounts.models import User
from accounts.roles import ROLES, Permission
from attendees import permissions
from attendees.enums import Channel, Reply
from attendees.forms.booking import BookForm, MoveForm, NewcomerForm, PlaceAndTimeForm, newcomers
from attendees.models import Professional, StatedTime, WantedProfessional
from attendees.rules.expected import takes_part_themselves
from attendees.rules.finder import Times
from attendees.services import booking, finding, following_up
from attendees.services.finding import Sought
from attendees.services.suggesting import (
    Suggested,
    calls_read,
    facts_of,
    outside_people,
    suggested_for,
    with_calls,
    with_facts,
)
from attendees.views import checks
from attendees.views.choosing import chosen_slot, key_of, number_of, with_slot
from attendees.views.finding import FindsPeople
from attendees.views.grid import Grid, days_to_show, make_grid, window_of
from govuk.rows import Rows
from govuk.views import FormPage
from protocols.enums import Circumstance
from strategy import workflow
from strategy.enums import Format, Status
from strategy.models import Booking, Discussion, Place, PoliceForward, StrategyRequest

MINUTE_TAKERS = [name for name, role in ROLES.items() if Permission.MINUTE in role.permissions]
SLOT, SHOW, WHOLE = "_slot", "_show", "_whole"


class TimesPage(FormPage):
    """What booking and moving share: the grid inside the form, so that no click loses what was typed."""

    form_class: Any = PlaceAndTimeForm
    request_: StrategyRequest
    moving: Discussion | None = None

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A free time or "show times" only fills the form; the button acts."""
        if {SLOT, SHOW, WHOLE} & set(request.POST):
            return self.page_with_other_rows(with_slot(request.POST, request.POST.get(SLOT, "")))
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        roles = [role.value for role in self.request_.protocol.rules.chair_roles.value]
        first = self.first_chair(roles, self.request_.case.team.manager)
        return {
            "formats": [one.value for one in self.request_.protocol.rules.allowed_formats.value],
            "places": self.places,
            "chairs": [one for one in self.able if one.has_role(*roles)],
            "minute_takers": [one for one in self.able if one.may(Permission.MINUTE)],
            "initial": {**self.get_initial(), "chair": first},
        }

    @cached_property
    def places(self) -> list[Place]:
        """Every room, line and link, read once."""
        return list(Place.objects.filter(is_active=True).with_hours())

    @cached_property
    def able(self) -> list[User]:
        """Whoever may chair or take minutes, read once."""
        roles = [role.value for role in self.request_.protocol.rules.chair_roles.value]
        return list(
            User.objects.filter(is_active=True, roles__overlap=[*roles, *MINUTE_TAKERS]).order_by("name")
        )

    def first_chair(self, roles: list[str], manager: User | None) -> User | None:
        """The case's own manager, when the procedure lets them chair."""
        return manager if manager is not None and manager.has_role(*roles) else None

    def length_on_form(self, form: Any) -> timedelta:
        """How long it is to last."""
        return timedelta(minutes=number_of(form["length"].value(), 60))

    def times(self, form: Any) -> Grid:
        """The grid for the format and length on the form."""
        self.people = self.people_times(form)
        return make_grid(
            self.places,
            format=str(form["format"].value() or ""),
            length=self.length_on_form(form),
            limit=self.limit,
            now=self.now,
            people=self.people,
            whole_day=WHOLE in self.request.POST,
            chosen=chosen_slot(form),
            without=self.moving.pk if self.moving else None,
        )

    def people_times(self, form: Any) -> list[Times]:
        """When those whose time matters cannot come: chair and minute-taker, and whoever is asked."""
        window = window_of(days_to_show(self.now, self.limit))
        able = {str(one.pk): one for one in self.able}
        must = [able[key] for name in ("chair", "minute_taker") if (key := key_of(form[name])) in able]
        people = [Sought(one.name, user=one.pk, must=True) for one in must]
        asker = self.request_.carrier
        people.append(Sought(asker.name, user=asker.pk))
        people += [Sought(one.name, one.pk, one.user_id) for one in self.asked(form)]
        without = self.moving.pk if self.moving else None
        return finding.times_of(self.request_, people, window, without)

    def asked(self, form: Any) -> list[Professional]:
        """Whom the form invites."""
        return []

    @cached_property
    def circumstances(self) -> frozenset[Circumstance]:
        """The circumstances of the request, read once."""
        return booking.circumstances_of(self.request_)

    @property
    def limit(self) -> datetime | None:
        """The moment by which it must be held, or None while there is none."""
        clock = self.clock
        return clock.due_at if clock else None

    def page(self, form: Any, status: int = 200) -> HttpResponse:
        """Print the page with the grid of this form."""
        self.grid = self.times(form)
        self.form = form
        return super().page(form, status)

    def get_context(self) -> dict[str, Any]:
        return {
            "grid": self.grid,
            "clock": self.clock,
            "wanted": self.request_,
            "telephone_allowed": self.telephone_allowed(),
        }

    def telephone_allowed(self) -> str:
        """The telephone format that may be held at once when no lawful time is left, or nothing."""
        if self.grid.lawful_left:
            return ""
        ground = booking.ground_with(self.request_, self.limit, self.circumstances)
        formats = (Format.TELEPHONE_CONFERENCE, Format.TELEPHONE, Format.SERIES_OF_CALLS)
        chosen = str(self.form["format"].value() or "")
        return next((one.label.lower() for one in formats if one != chosen and ground.allows(one)), "")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.clock: Any = None


class Book(FindsPeople, TimesPage):
    """Book an authorised request, invite, and ask each agency for what it knows."""

    form_class = BookForm
    button = "Book and send the invitations"
    message = "The discussion is booked. Everybody is invited, and each agency is asked for what it knows."
    template_name = "attendees/book.html"
    needs_call = True
    rows = {"newcomer": Rows(NewcomerForm, "person", most=10, legend="Somebody who is not listed")}
    thing: StrategyRequest
    suggestions: list[Suggested]

    def rows_to_book(self) -> QuerySet[StrategyRequest]:
        """Requests of cases that this person may see, with what the page tells of each."""
        forwards = PoliceForward.objects.filter(request=OuterRef("pk"))
        related = ("case__team__manager", "requester", "protocol", "authorisation__by")
        rows = with_facts(StrategyRequest.objects.visible_to(self.user)).select_related(*related)
        return with_calls(rows).annotate(is_forwarded=Exists(forwards))

    def fetch(self) -> StrategyRequest:
        found: Any = get_object_or_404(self.rows_to_book(), pk=self.kwargs["pk"])
        self.request_, self.clock = found, following_up.limit_of(found)
        self.wanted = list(
            WantedProfessional.objects.filter(request=found).select_related("professional__agency")
        )
        self.looked_after = facts_of(found).looked_after
        self.circumstances = frozenset(Circumstance(one) for one in found.told_circumstances)
        self.forwarded: bool = found.is_forwarded
        self.offered = self.offer()
        wanted: StrategyRequest = found
        return wanted

    @cached_property
    def calls(self) -> list[dict[str, Any]]:
        """The requester's confirming calls, read with the request."""
        return calls_read(self.thing)

    def refusal(self) -> str | None:
        reason = permissions.lacks_power_to_book(self.user, self.now)
        if reason is None and (self.thing.status, Status.BOOKED) not in workflow.REQUEST.moves:
            state = Status(self.thing.status).label.lower()
            reason = f"This request is “{state}” now. Only an authorised request can be booked."
        if reason is None and self.thing.status == Status.HELD:
            reason = "This discussion was held. Book the meeting that follows it from the discussion’s page."
        return reason

    def get_title(self) -> str:
        return f"Book the strategy discussion {self.thing.case.reference}"

    def get_back(self) -> tuple[str, str] | None:
        return self.thing.get_absolute_url(), "Back to the request"

    def offer(self) -> list[tuple[Professional, str]]:
        """Whom the request names, then whom its facts suggest; each with a hint (rows W04, C13, G05)."""
        named = [(one.professional, _hint(one.professional, one)) for one in self.wanted]
        invited = [one.professional for one in self.wanted if not one.not_invited_reason]
        self.suggestions = suggested_for(
            self.request_, self.outside({one.pk for one, _ in named}), invited=invited
        )
        suggested = [
            (one, f"{_hint(one)}. Suggested: {why.why[0].lower()}{why.why[1:]}")
            for why in self.suggestions
            for one in why.people
        ]
        listed = {one.pk for one, _ in [*named, *suggested]}
        return [*named, *suggested, *self.looked_up("professionals", listed)]

    def outside(self, named: set[int]) -> list[Professional]:
        """People of other agencies in the directory, but for those who are named already."""
        return outside_people(Professional.objects.filter(is_active=True).exclude(pk__in=named))

    def get_initial(self) -> dict[str, Any]:
        wanted = self.thing.format_wanted
        return {
            "format": wanted or Format.VIRTUAL,
            "length": 60,
            "minute_taker": self.user if self.user.may(Permission.MINUTE) else None,
            "professionals": [one.professional_id for one in self.wanted if not one.not_invited_reason],
            "hub": self.thing.hospital_setting,
        }

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_form_kwargs(),
            "professionals": self.offered,
            "looked_after": self.looked_after,
        }

    def get_context(self) -> dict[str, Any]:
        return {
            **super().get_context(),
            "checks": self.checks(),
            "to_find": [one.why for one in self.suggestions if not one.people],
            "calls": self.calls,
        }

    def asked(self, form: Any) -> list[Professional]:
        keys = {str(getattr(key, "pk", key)) for key in form["professionals"].value() or []}
        return [one for one, _ in self.offered if str(one.pk) in keys]

    def checks(self) -> list[checks.Check]:
        """What stands beside the button."""
        chosen = self.asked(self.form)
        chair = next((one for one in self.able if str(one.pk) == key_of(self.form["chair"])), None)
        forwarded, called = self.forwarded, bool(self.calls)
        found = [
            checks.quorum_check(self.thing, chosen, self.wanted, chair),
            checks.carers_check(self.looked_after, chosen),
            checks.setting_check(self.thing, self.circumstances, self.place_on_form()),
            checks.capacity_check(self.place_on_form(), len(chosen)),
            checks.times_check(self.people, chosen_slot(self.form), self.length_on_form(self.form)),
            checks.Check(
                "Police mailbox",
                forwarded,
                "Forwarded to the police." if forwarded else "Not forwarded yet.",
                reverse("attendees:forward", args=[self.thing.pk]),
                "See the proof" if forwarded else "Forward it",
            ),
            self.needs_call
            and checks.Check(
                "Confirming call",
                called,
                "The requester has telephoned." if called else "The requester has not telephoned yet.",
                reverse("strategy:receipt_call", args=[self.thing.pk]),
                "" if called else "Log the call",
            ),
        ]
        return [one for one in found if one]

    def place_on_form(self) -> Place | None:
        """The room, line or link chosen."""
        return next((one for one in self.places if str(one.pk) == key_of(self.form["place"])), None)

    def act(self, form: BookForm) -> Discussion:
        typed = form.cleaned_data
        return booking.book_and_invite(
            self.thing,
            **form.wanted,
            professionals=typed["professionals"].select_related("agency", "user"),
            newcomers=newcomers(self.cleaned_rows["newcomer"]),
            no_carers_reason=typed.get("no_carers_reason", ""),
            by=self.user,
            at=self.now,
        )

    def next(self, done: Discussion) -> str:
        return reverse("attendees:discussion", args=[done.pk])


class Move(TimesPage):
    """Move a booked discussion to another time, place or chair."""

    form_class = MoveForm
    button = "Move it and tell everybody"
    message = "The discussion is moved. Everybody is told and asked to reply again."
    template_name = "attendees/move.html"
    thing: Discussion

    def fetch(self) -> Discussion:
        found: Discussion = get_object_or_404(
            Discussion.objects.visible_to(self.user).select_related(
                "case__team__manager",
                "request__protocol",
                "request__case__team__manager",
                "request__referral",
                "request__requester",
            ),
            pk=self.kwargs["pk"],
        )
        self.moving, self.request_ = found, found.request
        self.clock = following_up.limit_of(found.request)
        return found

    def refusal(self) -> str | None:
        reason = permissions.lacks_power_to_book(self.user, self.now)
        if reason is None and self.thing.status != "planned":
            reason = (
                f"This discussion is “{self.thing.get_status_display().lower()}” now, so it cannot be moved."
            )
        return reason

    @cached_property
    def said(self) -> list[StatedTime]:
        """When people said that they can or cannot come."""
        return list(self.request_.stated_times.select_related("professional"))

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {"said": self.said}

    @cached_property
    def held(self) -> Booking:
        """The booking that is moved."""
        return booking.booking_in_force(self.thing)

    def get_title(self) -> str:
        return f"Move the strategy discussion {self.thing.case.reference}"

    def get_back(self) -> tuple[str, str] | None:
        return reverse("attendees:discussion", args=[self.thing.pk]), "Back to the discussion"

    def get_initial(self) -> dict[str, Any]:
        held = self.held
        minutes = int((self.thing.planned_end - self.thing.planned_start).total_seconds() // 60)
        return {
            "format": self.thing.format, "length": minutes, "place": held.place_id, "start":
            self.thing.planned_start, "hub": self.thing.hub, "facilitator": self.thing.facilitator,
        "minute_taker": held.minute_taker, }  # fmt: skip

    def first_chair(self, roles: list[str], manager: User | None) -> User | None:
        return self.held.chair

    def asked(self, form: Any) -> list[Professional]:
        return self.invited

    @cached_property
    def invited(self) -> list[Professional]:
        """Who is asked and has not declined, or said when else; one of a deputy and whom they replace."""
        comes = ~Q(reply=Reply.NOT_COMING) | Q(professional__in=[one.professional_id for one in self.said])
        asked = self.thing.invitations.filter(comes, withdrawn_at=None)
        rows = asked.with_deputies().select_related("professional")
        return [one.professional for one in rows if takes_part_themselves(one.reply, one.deputy)]

    def act(self, form: MoveForm) -> Discussion:
        reason = form.cleaned_data["reason"]
        return booking.reschedule(self.thing, **form.wanted, reason=reason, by=self.user, at=self.now)

    def next(self, done: Discussion) -> str:
        return reverse("attendees:discussion", args=[done.pk])


def _hint(person: Professional, wanted: WantedProfessional | None = None) -> str:
    words = [person.agency.name]
    if wanted is not None and wanted.is_referrer:
        words.append("made the referral")
    if person.channel == Channel.BY_HAND or not person.email:
        words.append(f"no email address: by hand or telephone {person.phone}".strip())
    if wanted is not None and wanted.not_invited_reason:
        words.append(f"not to be invited: {wanted.not_invited_reason}")
    return ", ".join(words)
