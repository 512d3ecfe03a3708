"""Adding a child to a request that was submitted, and taking one off."""

from functools import cached_property
from typing import Any

from django.http import Http404
from django.urls import reverse

from accounts.roles import Permission
from cases.models import Child
from govuk.numbers import whole_number
from minutes.forms.concerned import SAME, AddChildForm, TakeOffForm
from minutes.permissions import concerned as permissions
from minutes.services import concerned
from strategy.enums import DiscussionStatus
from strategy.models import Discussion, StrategyRequest
from strategy.views.leaving import TakesChildOff
from strategy.views.pages import RequestPage


class OfSubmitted(RequestPage):
    """A page about the children of a request that was submitted."""

    @cached_property
    def discussion(self) -> Discussion | None:
        """The discussion that is planned or being held."""
        return permissions.under_way(self.thing)

    @property
    def is_being_held(self) -> bool:
        """Whether the meeting goes on."""
        return self.discussion is not None and self.discussion.status == DiscussionStatus.STARTED

    def next(self, done: Any) -> str:
        """Back to the meeting, else to the request."""
        if self.is_being_held and self.discussion is not None:
            return reverse("minutes:room", args=[self.discussion.pk])
        return super().next(done)


class AddChild(OfSubmitted):
    """A child who turns out to be concerned."""

    title = "Another child is concerned"
    form_class = AddChildForm
    template_name = "minutes/add_child.html"
    button = "Add the child"

    def refusal(self) -> str | None:
        """Until the discussion has ended."""
        return permissions.why_not_now(self.thing) or permissions.refusal_to_add_child(
            self.user, self.thing, self.discussion, self.now
        )

    @cached_property
    def others(self) -> list[Child]:
        """The case's children who are no part of it yet."""
        return list(Child.objects.filter(case=self.thing.case_id).exclude(requests=self.thing))

    def get_form_kwargs(self) -> dict[str, Any]:
        """Whom to choose from, and which circumstances are known already."""
        known = list(self.thing.referral.circumstances.values_list("kind", flat=True))
        may_tell = self.user.may(Permission.RECORD_REFERRAL)
        return {"children": self.others, "known": known, "may_tell": may_tell}

    def get_initial(self) -> dict[str, Any]:
        """The child who was added to the case just now; else the only one there is."""
        asked = whole_number(self.request.GET.get("child", ""))
        only = self.others[0].pk if len(self.others) == 1 else None
        return {"child": asked or only, "same_harm": SAME}

    def get_context(self) -> dict[str, Any]:
        """Whether there is anybody to choose, and whether this person may record another child."""
        may_record = self.user.may(Permission.RECORD_REFERRAL)
        return {"others": self.others, "may_record": may_record, "wanted": self.thing}

    def act(self, form: AddChildForm) -> StrategyRequest:
        """Add the child."""
        typed = form.cleaned_data
        told = concerned.Concerned(
            child=typed["child"],
            reason=typed["reason"],
            harm=None if typed["same_harm"] == SAME else typed["harm"],
            circumstances=typed.get("kinds", []),
        )
        return concerned.add_child(self.thing, told, by=self.user, at=self.now)

    def get_message(self, done: StrategyRequest) -> str:
        """What is to be looked at again."""
        return "The child is added, and the manager is told. Look again at who is invited."


class TakeOff(TakesChildOff, OfSubmitted):
    """A child who turns out not to be concerned."""

    form_class = TakeOffForm
    button, danger = "Take the child off the request", True
    message = "The child is taken off the request, and the manager is told."
    steps_say = "The discussion will not be about this child. The child stays on the case."

    def fetch(self) -> StrategyRequest:
        """The request, and one of its own children."""
        wanted = super().fetch()
        child: Child | None = wanted.children.filter(pk=self.kwargs["child"]).first()
        if child is None:
            raise Http404
        self.child = child
        return wanted

    def refusal(self) -> str | None:
        """Before the discussion."""
        return permissions.why_not_now(self.thing) or permissions.refusal_to_take_child_off(
            self.user, self.thing, self.discussion, self.now
        )

    def get_title(self) -> str:
        """Whom."""
        return f"Take {self.child} off this request"

    def act(self, form: TakeOffForm) -> StrategyRequest:
        """Take the child off."""
        return concerned.take_child_off(
            self.thing, self.child, **form.cleaned_data, by=self.user, at=self.now
        )
