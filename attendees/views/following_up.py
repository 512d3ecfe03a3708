"""Booking the meeting that follows a telephone discussion, with everything of the first chosen already."""

from functools import cached_property
from typing import Any

from django.urls import reverse

from accounts.models import User
from attendees.models import Professional
from attendees.services import following_up
from attendees.services.following_up import Asked
from attendees.views.booking import Book
from deadlines.enums import Duty
from deadlines.models import Deadline
from strategy.enums import MEETINGS, Format
from strategy.models import Booking, Discussion


class FollowUp(Book):
    """Lawful times within the limit, the same people and chair, a meeting: one press books it (row W14)."""

    button = "Book the follow-up meeting"
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
        return list(following_up.series_of(self.request_))

    @cached_property
    def before(self) -> Booking | None:
        """Who chaired and minuted that one."""
        return following_up.booking_of(self.first) if self.first else None

    @cached_property
    def again(self) -> list[Asked]:
        """Whom that one had."""
        return following_up.people_of(self.first) if self.first else []

    def offer(self) -> list[tuple[Professional, str]]:
        known = {one.professional.pk for one in self.again}
        others = [(one, hint) for one, hint in super().offer() if one.pk not in known]
        return [(one.professional, one.hint) for one in self.again] + others

    def first_chair(self, roles: list[str], manager: User | None) -> User | None:
        chair = self.before.chair if self.before else None
        return chair if chair is not None and chair.has_role(*roles) else super().first_chair(roles, manager)

    def get_initial(self) -> dict[str, Any]:
        taker = self.before.minute_taker if self.before else None
        wanted = self.thing.format_wanted
        return {
            **super().get_initial(),
            "format": wanted if wanted in MEETINGS else Format.VIRTUAL,
            "minute_taker": taker if taker is not None and taker.is_active else self.user,
            "professionals": [one.professional.pk for one in self.again],
            "hub": "",
        }

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        return {**kwargs, "formats": [one for one in kwargs["formats"] if one in MEETINGS]}

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "follows": self.first, "now": self.now}

    def telephone_allowed(self) -> str:
        return ""
