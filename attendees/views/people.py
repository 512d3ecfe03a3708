"""Who chairs and who takes the minutes instead, when people can come, and telling the manager that none can
in time."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property

from accounts.models import User
from accounts.roles import ROLES, Permission
from attendees import permissions
from attendees.forms.booking import ReplaceChairForm, ReplaceMinuteTakerForm, StatedTimeForm
from attendees.models import Professional, StatedTime
from attendees.services import availability, booking, replacing
from attendees.services.availability import Said
from attendees.views.recording import DiscussionPage
from govuk.rows import Rows
from govuk.views import FormPage
from strategy.enums import DiscussionStatus
from strategy.models import Booking, StrategyRequest


class ReplaceChair(DiscussionPage):
    """Somebody else chairs."""

    title = "Replace the chair"
    form_class: Any = ReplaceChairForm
    button = "Replace the chair"
    message = "The chair is replaced. Both are told, and the clocks are the new chair’s."
    template_name = "attendees/replace.html"

    def refusal(self) -> str | None:
        reason = permissions.lacks_power_to_book(self.user, self.now)
        if reason is None and self.discussion.status not in replacing.BEFORE_THE_CLOSE:
            state = DiscussionStatus(self.discussion.status).label.lower()
            reason = f"This discussion is “{state}” now, so nobody is replaced any more."
        return reason

    @cached_property
    def held(self) -> Booking:
        """The booking in force."""
        return booking.booking_in_force(self.discussion)

    def now_is(self) -> User:
        """Who does it now."""
        return self.held.chair

    def roles(self) -> list[str]:
        """Who may."""
        return [role.value for role in self.discussion.request.protocol.rules.chair_roles.value]

    def get_form_kwargs(self) -> dict[str, Any]:
        able = User.objects.filter(is_active=True, roles__overlap=self.roles()).exclude(pk=self.now_is().pk)
        return {"people": list(able.order_by("name"))}

    def get_context(self) -> dict[str, Any]:
        return {"held": self.held, "now_is": self.now_is()}

    def act(self, form: Any) -> Booking:
        return replacing.replace_chair(self.discussion, **form.cleaned_data, by=self.user, at=self.now)


class ReplaceMinuteTaker(ReplaceChair):
    """Somebody else takes the minutes."""

    title = "Replace the minute-taker"
    form_class = ReplaceMinuteTakerForm
    button = "Replace the minute-taker"
    message = "The minute-taker is replaced. Both are told."

    def now_is(self) -> User:
        return self.held.minute_taker

    def roles(self) -> list[str]:
        return [name for name, role in ROLES.items() if Permission.MINUTE in role.permissions]

    def act(self, form: Any) -> Booking:
        return replacing.replace_minute_taker(self.discussion, **form.cleaned_data, by=self.user, at=self.now)


class RequestPage(FormPage):
    """A page of business support about one request that is being booked."""

    thing: StrategyRequest

    def fetch(self) -> StrategyRequest:
        return get_object_or_404(
            StrategyRequest.objects.visible_to(self.user).select_related("case__team__manager", "requester"),
            pk=self.kwargs["pk"],
        )

    def get_back(self) -> tuple[str, str] | None:
        return self.next(None), "Back"

    def next(self, done: Any) -> str:
        if permissions.lacks_power_to_book(self.user, self.now) is not None:
            return self.thing.get_absolute_url()
        last = self.thing.discussions.exclude(status=DiscussionStatus.CANCELLED).last()
        name = "attendees:discussion" if last else "attendees:book"
        return reverse(name, args=[last.pk if last else self.thing.pk])


class StateTimes(RequestPage):
    """When people can come."""

    title = "When people can come"
    form_class = None
    button = "Save the times"
    message = "The times are saved. The free times heed them."
    template_name = "attendees/times.html"

    def refusal(self) -> str | None:
        return permissions.lacks_power_to_state_times(self.user, self.thing, self.now)

    @cached_property
    def people(self) -> list[Professional]:
        """Whoever the request names, the requester, and who is invited."""
        named = Professional.objects.filter(wanted_for__request=self.thing)
        invited = Professional.objects.filter(invitations__discussion__request=self.thing)
        asker = Professional.objects.filter(user=self.thing.carrier)
        found = (named | invited | asker).filter(is_active=True)
        return list(found.select_related("agency").distinct().order_by("name"))

    def get_rows(self) -> dict[str, Rows]:
        return {"times": Rows(StatedTimeForm, "time", least=1, most=40, form_kwargs={"people": self.people})}

    def get_initial_rows(self) -> dict[str, list[dict[str, object]]]:
        known = StatedTime.objects.filter(request=self.thing)
        return {
            "times": [
                {
                    "professional": one.professional_id,
                    "can_come": "yes" if one.can_come else "no",
                    "start": one.during.lower,
                    "end": one.during.upper,
                    "how": one.how,
                }
                for one in known
            ]
        }

    def act(self, form: Any) -> list[StatedTime]:
        said = [Said(**row) for row in self.cleaned_rows["times"]]
        return availability.state_times(self.thing, said, by=self.user, at=self.now)


class NoLawfulTime(RequestPage):
    """Tell the manager that no time within the legal limit is left."""

    title = "Tell the manager that no lawful time is left"
    form_class = None
    button = "Tell the manager now"
    message = "The manager’s letter is on its way. Telephone them too."
    steps_say = (
        "The case’s manager gets an urgent letter: which discussion, the legal limit, and whom to telephone. "
        "The limit does not move."
    )

    def refusal(self) -> str | None:
        return permissions.lacks_power_to_book(self.user, self.now)

    def act(self, form: Any) -> Any:
        return availability.tell_no_lawful_time(self.thing, by=self.user, at=self.now)
