"""Booking the meeting that follows a telephone discussion, with everything of the first chosen already."""

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import User
from accounts.roles import Permission
from attendees.models import Professional
from attendees.services import following_up
from attendees.services.following_up import Asked
from attendees.views.booking import Book
from deadlines.enums import Duty
from deadlines.models import Deadline
from strategy.enums import MEETINGS, Format
from strategy.models import Discussion, StrategyRequest


class FollowUp(Book):
    """Lawful times within the limit, the same people and chair, a meeting: one press books it (row W14)."""

    button = "Book the follow-up meeting"
    needs_call = False  # its request was confirmed, or answered at night, before the first
    message = (
        "The follow-up meeting is booked. Everybody is invited, and each agency is asked for what it knows."
    )

    def refusal(self) -> str | None:
        return following_up.lacks_power(self.user, self.now) or following_up.why_not(
            self.thing, self.running, self.series
        )

    @property
    def running(self) -> Deadline | None:
        """The clock of the meeting to follow, as far as it was read with the page."""
        clock = self.clock
        return clock if clock is not None and clock.duty == Duty.FOLLOW_UP_MEETING else None

    def get_title(self) -> str:
        return f"Book the follow-up meeting {self.thing.case.reference}"

    def get_back(self) -> tuple[str, str] | None:
        if self.first is None:
            return super().get_back()
        return reverse("attendees:discussion", args=[self.first.pk]), "Back to the discussion"

    @cached_property
    def first(self) -> Discussion | None:
        """The discussion that it follows."""
        return following_up.first_in(self.series, self.request_)

    @cached_property
    def series(self) -> list[Discussion]:
        """Every discussion of the referral."""
        return following_up.series_read(self.request_)

    def rows_to_book(self) -> QuerySet[StrategyRequest]:
        return following_up.with_series(super().rows_to_book())

    def one_of_able(self, number: int | None) -> User | None:
        """Who chaired or minuted that one, as long as they may chair or minute at all."""
        return next((one for one in self.able if one.pk == number), None)

    def by_day(self, person: User | None) -> User | None:
        """Nobody who works at night only: the meeting is held by day, and they have gone home."""
        return None if person is None or following_up.works_at_night(person) else person

    def is_by_day(self, asked: Asked) -> bool:
        """Whether somebody whom the first had is chosen at once for this one."""
        user = asked.professional.user
        return user is None or not following_up.works_at_night(user)

    @cached_property
    def directory(self) -> list[Professional]:
        """Whom that one had, and whom the directory has besides, read once."""
        return following_up.directory_with(self.first) if self.first else []

    @cached_property
    def again(self) -> list[Asked]:
        """Whom that one had."""
        return following_up.people_in(self.directory)

    def outside(self, named: set[int]) -> list[Professional]:
        if self.first is None:
            return super().outside(named)
        others = (one for one in self.directory if one.is_active and not one.agency.is_authority)
        free = [one for one in others if one.pk not in named]
        return sorted(free, key=lambda one: (not one.is_duty_contact, one.agency.name, one.name, one.pk))

    def offer(self) -> list[tuple[Professional, str]]:
        known = {one.professional.pk for one in self.again}
        others = [(one, hint) for one, hint in super().offer() if one.pk not in known]
        return [(one.professional, one.hint) for one in self.again] + others

    def first_chair(self, roles: list[str], manager: User | None) -> User | None:
        chair = self.by_day(self.one_of_able(getattr(self.first, "chaired_by", None)))
        return chair if chair is not None and chair.has_role(*roles) else super().first_chair(roles, manager)

    def get_initial(self) -> dict[str, Any]:
        taker = self.by_day(self.one_of_able(getattr(self.first, "minuted_by", None)))
        wanted = self.thing.format_wanted
        return {
            **super().get_initial(),
            "format": wanted if wanted in MEETINGS else Format.VIRTUAL,
            "minute_taker": taker if taker is not None and taker.may(Permission.MINUTE) else self.user,
            "professionals": [one.professional.pk for one in self.again if self.is_by_day(one)],
            "hub": "",
        }

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        return {**kwargs, "formats": [one for one in kwargs["formats"] if one in MEETINGS]}

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "follows": self.first, "now": self.now, "night": self.night}

    @property
    def night(self) -> str:
        """Who chaired or minuted the first at night, and is not proposed for this one."""
        held = [getattr(self.first, name, None) for name in ("chaired_by", "minuted_by")]
        found = [one for one in map(self.one_of_able, held) if one and following_up.works_at_night(one)]
        return found[0].name if found else ""

    def telephone_allowed(self) -> str:
        return ""
