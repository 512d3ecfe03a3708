"""A discussion that has already happened, entered on its request."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from django.urls import reverse

from accounts.models import User
from accounts.roles import Permission
from attendees.models import Professional, WantedProfessional
from attendees.services.afterwards import formats_held
from cases.models import Child
from govuk.rows import BoundRows, Rows
from minutes.forms.night.held import (
    AgreedForm,
    DecidedForChildForm,
    HeldForm,
    PresentForm,
    TypedPresentForm,
    directory,
    next_time,
    present_of,
    threshold_of,
)
from minutes.rules.afterwards import problems_with_talk
from minutes.rules.answers import needed
from minutes.services.afterwards import Told, needs_word, problems
from minutes.services.decisions import Threshold
from minutes.services.night import enter_held
from protocols.rules.settings import Protocol
from strategy import permissions
from strategy.enums import Format, Status
from strategy.models import Discussion
from strategy.people import by_team, holders
from strategy.rules.afterwards import Order
from strategy.views.pages import RequestPage

BEFORE_BOOKING = (Status.DRAFT, Status.RETURNED, Status.SUBMITTED, Status.AUTHORISED)


class HoldsRows:
    """The rows that tell who took part and what was agreed, for both pages that ask."""

    user: Any
    bound_rows: dict[str, BoundRows]
    cleaned_rows: Any

    @cached_property
    def known(self) -> dict[str, Professional]:
        """The directory, read once."""
        return directory()

    def rows_of_talk(self, protocol: Protocol, people: str = "Who took part") -> dict[str, Rows]:
        """Who took part, in a series of calls with what each said, and what was agreed."""
        known, asks_calls = self.known, Format.SERIES_OF_CALLS in formats_held(protocol)
        return {
            "picked": Rows(
                PresentForm, "professional", most=20, legend=people,
                form_kwargs={"known": known, "asks_calls": asks_calls},
            ),
            "typed": Rows(
                TypedPresentForm, "professional", most=10, legend="Not in the directory",
                form_kwargs={"asks_calls": asks_calls},
            ),
            "agreed": Rows(
                AgreedForm, "action", most=20, legend="What was agreed",
                form_kwargs={"known": known, "user": self.user},
            ),
        }  # fmt: skip

    def asked_beside(self, protocol: Protocol) -> dict[str, Any]:
        """What a decision needs beside it in this procedure, and who may see to a medical."""
        return {"needed": needed(protocol), "known": self.known}

    def told_of_talk(self, form: HeldForm, decided: Sequence[tuple[Child, Threshold]]) -> Told:
        """What both pages tell of a discussion that has been held."""
        rows = self.cleaned_rows
        return Told(
            held=form.held,
            present=present_of(rows["picked"], rows["typed"], form.held.started_at),
            decided=decided,
            agreed=[row.agreed for row in self.bound_rows["agreed"].filled],
            asked=form.asked,
            no_quorum_reason=form.cleaned_data["no_quorum_reason"],
        )

    def order_so_far(self, form: HeldForm, came_in_at: datetime | None) -> Order:
        """The moments of the discussion that could be read, while others could not."""
        said = form.cleaned_data
        started_at = said.get("started_at")
        rows = [
            (f"{name}-{place}-joined_at", row.cleaned_data.get("joined_at"))
            for name in ("picked", "typed")
            for place, row in enumerate(self.bound_rows[name].filled)
        ]
        return Order(
            came_in_at=came_in_at,
            started_at=started_at,
            ended_at=said.get("ended_at"),
            said_at=said.get("said_at"),
            joined_at=[(field, next_time(at, started_at)) for field, at in rows if at and started_at],
        )

    def moments_so_far(self, rows: str, name: str) -> list[tuple[str, datetime]]:
        """The moments of some rows that could be read, each by its field."""
        read = [
            (f"{rows}-{place}-{name}", row.cleaned_data.get(name))
            for place, row in enumerate(self.bound_rows[rows].filled)
        ]
        return [(field, moment) for field, moment in read if moment]


def who_may(protocol: Protocol, user: User, team: int | None, without: list[int]) -> dict[str, Any]:
    """Managers whose word may count (None where the procedure asks for nobody's), and who may chair."""
    authorise = [role.value for role in protocol.request_authoriser_roles.value]
    chair = [role.value for role in protocol.chair_roles.value]
    people = by_team(holders([*authorise, *chair]), team, without=[])
    managers = [one for one in people if one.has_role(*authorise) and one.pk not in {*without, user.pk}]
    chairs = [one for one in people if one.has_role(*chair) and one.pk != user.pk]
    is_chair = user.has_role(*chair) or user.may(Permission.WRITE_NIGHTS)
    return {
        "managers": managers if authorise else None,
        "chairs": [user, *chairs] if is_chair else chairs,
        "formats": formats_held(protocol),
        "asks_complexity": protocol.multi_agency_meeting.value,
    }


class EnterHeld(HoldsRows, RequestPage):
    """A discussion that has been held, with its real times."""

    title = "Enter a discussion that has been held"
    form_class = HeldForm
    template_name = "minutes/night/held.html"
    button = "Put it on record"
    message = "The discussion is on record. Who took part now agree and sign it as any other."

    def refusal(self) -> str | None:
        """Those who ask for discussions, until one is booked."""
        if reason := permissions.refusal_to_request(self.user, self.now):
            return reason
        if self.thing.status in BEFORE_BOOKING:
            return None
        return (
            f"This request is “{self.thing.get_status_display().lower()}”: nothing can be entered on it now."
        )

    @cached_property
    def children(self) -> list[Child]:
        """Whom the request is about."""
        return list(self.thing.children.all())

    def get_rows(self) -> Mapping[str, Rows]:
        """Who took part, a decision for each child, and what was agreed."""
        number = len(self.children)
        decided = Rows(
            DecidedForChildForm, "decision", least=number, most=number, legend="What was decided",
            form_kwargs={"children": self.children} | self.asked_beside(self.thing.protocol.rules),
        )  # fmt: skip
        return self.rows_of_talk(self.thing.protocol.rules) | {"decided": decided}

    def get_initial_rows(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Whom the request names, and each child."""
        named = WantedProfessional.objects.filter(request=self.thing, not_invited_reason="").order_by("pk")
        return {
            "picked": [{"professional": pk} for pk in named.values_list("professional_id", flat=True)]
            or [{}],
            "decided": [{"child": child.pk} for child in self.children],
            "agreed": [{}],
        }

    def get_initial(self) -> dict[str, Any]:
        """Whoever types it facilitated it, unless told otherwise."""
        wanted = self.thing
        return {
            "facilitator": self.user.name,
            "urgent_reason": wanted.urgent_reason,
            "format": wanted.format_wanted or Format.TELEPHONE_CONFERENCE,
        }

    def get_form_kwargs(self) -> dict[str, Any]:
        """Who may have authorised and chaired it."""
        wanted = self.thing
        told = who_may(wanted.protocol.rules, self.user, wanted.case.team_id, wanted.asked_by_ids)
        is_open = wanted.is_open_to_change
        managers = told["managers"] if needs_word(wanted) else None
        return told | {"asks_urgency": is_open, "managers": managers}

    def get_context(self) -> dict[str, Any]:
        """The rows by their name, to stand where they belong."""
        return {"bound": self.bound_rows, "wanted": self.thing}

    def told(self, form: HeldForm) -> Told:
        """All that was typed, as the service takes it."""
        rows = self.cleaned_rows
        decided = [(one["child"], threshold_of(one)) for one in rows["decided"]]
        return self.told_of_talk(form, [(child, said) for child, said in decided if said is not None])

    def problems(self, form: HeldForm) -> Mapping[str, str]:
        """All that cannot be, at once."""
        return problems(self.thing, self.told(form), by=self.user, at=self.now)

    def problems_so_far(self, form: HeldForm) -> Mapping[str, str]:
        """Every moment that cannot be, beside what else is wrong."""
        order = self.order_so_far(form, self.thing.referral.triggered_at)
        return problems_with_talk(order, self.moments_so_far("agreed", "due_at"), self.now)

    def act(self, form: HeldForm) -> Discussion:
        """Enter it."""
        return enter_held(self.thing, self.told(form), by=self.user, at=self.now)

    def next(self, done: Discussion) -> str:
        """To its record."""
        return reverse("minutes:read", args=[done.pk])
