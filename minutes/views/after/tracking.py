"""What the chair and business support do about an action that is not done: remind, and give more time."""

from functools import cached_property
from typing import Any

from minutes.forms.after import GiveTimeForm, ReviewForm
from minutes.models import Action, ReviewHandover
from minutes.permissions import after as permissions
from minutes.services import reviewing, tracking
from minutes.views.after.actions import ActionPage


class Chase(ActionPage):
    """Staff: the owner is reminded."""

    button = "Send the reminder"

    def refusal(self) -> str | None:
        return permissions.refusal_to_chase(self.user, self.thing, self.now) or self.over()

    def get_title(self) -> str:
        return f"Remind {self.thing.owner.name} of action {self.thing.number}"

    def get_message(self, done: Action) -> str:
        return f"{done.owner.name} is reminded of action {done.number} by letter."

    def act(self, form: Any) -> Action:
        return tracking.chase_action(self.thing, by=self.user, at=self.now)


class Review(ActionPage):
    """To which meeting it is handed over."""

    form_class = ReviewForm
    template_name = "minutes/after/review.html"
    button = "Record the hand-over"
    message = "The hand-over is recorded. The action stays with its owner until it is done."

    def over(self) -> str | None:
        """A meeting reviews what was done as well; what was struck out the service refuses."""
        return None

    def get_title(self) -> str:
        return f"Hand action {self.thing.number} over to a review"

    @cached_property
    def earlier(self) -> list[ReviewHandover]:
        """To which meetings it was handed over already, the latest first."""
        return list(self.thing.handovers.all())

    def get_initial(self) -> dict[str, Any]:
        return {"forum": self.earlier[0].forum if self.earlier else self.thing.forum}

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {"earlier": self.earlier}

    def get_message(self, done: ReviewHandover) -> str:
        told = (
            ""
            if permissions.is_own(self.user, self.thing.owner) or not self.thing.owner.email
            else f" {self.thing.owner.name} is told."
        )
        return f"{self.message}{told}"

    def act(self, form: Any) -> ReviewHandover:
        return reviewing.hand_to_review(self.thing, **form.cleaned_data, by=self.user, at=self.now)


class GiveTime(ActionPage):
    """The chair: it may take longer."""

    form_class = GiveTimeForm
    template_name = "minutes/after/action_form.html"
    button = "Give it more time"
    message = "The action has more time. What was agreed and signed stays as it is."

    def refusal(self) -> str | None:
        return permissions.refusal_to_give_time(self.user, self.thing, self.now) or self.over()

    def get_title(self) -> str:
        return f"Give action {self.thing.number} more time"

    def act(self, form: Any) -> Action:
        return tracking.give_time(self.thing, **form.cleaned_data, by=self.user, at=self.now)
