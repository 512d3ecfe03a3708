"""What the chair and business support do about an action that is not done: remind, and give more time."""

from typing import Any

from minutes.forms.after import GiveTimeForm
from minutes.models import Action
from minutes.permissions import after as permissions
from minutes.services import tracking
from minutes.views.after.people import ActionPage


class Chase(ActionPage):
    """Staff: the owner is reminded."""

    button = "Send the reminder"

    def refusal(self) -> str | None:
        return permissions.refusal_to_chase(self.user, self.thing, self.now)

    def get_title(self) -> str:
        return f"Remind {self.thing.owner.name} of action {self.thing.number}"

    def get_message(self, done: Action) -> str:
        return f"{done.owner.name} is reminded of action {done.number} by letter."

    def act(self, form: Any) -> Action:
        return tracking.chase_action(self.thing, by=self.user, at=self.now)


class GiveTime(ActionPage):
    """The chair: it may take longer."""

    form_class = GiveTimeForm
    button = "Give it more time"
    message = "The action has more time. What was agreed and signed stays as it is."

    def refusal(self) -> str | None:
        return permissions.refusal_to_give_time(self.user, self.thing, self.now)

    def get_title(self) -> str:
        return f"Give action {self.thing.number} more time"

    def act(self, form: Any) -> Action:
        return tracking.give_time(self.thing, **form.cleaned_data, by=self.user, at=self.now)
