"""The manager's other answers: return with reasons, or no discussion needed."""

from typing import Any

from strategy import permissions, services
from strategy.enums import Status
from strategy.forms.requests import NotNeededForm, ReturnForm
from strategy.models import StrategyRequest
from strategy.people import NOBODY, referrer_of
from strategy.views.pages import RequestPage


class ReturnRequest(RequestPage):
    """Send the request back with a reason for each section."""

    title = "Return with reasons"
    form_class = ReturnForm
    template_name = "strategy/return.html"
    button = "Return to the requester"
    message = "The request is returned. The requester is told now."

    def refusal(self) -> str | None:
        """Whoever may authorise, while it waits for that."""
        if self.thing.status != Status.SUBMITTED:
            return (
                f"This request is “{self.thing.get_status_display().lower()}” now: it does not wait for you."
            )
        return permissions.refusal_to_return(self.user, self.thing, self.now)

    def act(self, form: Any) -> StrategyRequest:
        """Return it."""
        return services.return_to_requester(self.thing, reasons=form.cleaned_data, by=self.user, at=self.now)


class DecideNotNeeded(RequestPage):
    """No discussion is needed."""

    title = "Decide that no discussion is needed"
    form_class = NotNeededForm
    button = "No discussion is needed"
    danger = True
    message = "It is recorded that no discussion is needed."

    def refusal(self) -> str | None:
        """Whoever may authorise."""
        return permissions.refusal_to_decide_not_needed(self.user, self.thing, self.now)

    @property
    def steps_say(self) -> str:  # type: ignore[override]
        """What ends, and who is told how."""
        referrer = referrer_of(self.thing.referral)
        return f"This ends the deadline. The requester is told now. {referrer.told if referrer else NOBODY}"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Whether there is anybody to say it to."""
        return {"referrer": referrer_of(self.thing.referral)}

    def act(self, form: NotNeededForm) -> StrategyRequest:
        """Decide."""
        return services.decide_not_needed(self.thing, **form.cleaned_data, by=self.user, at=self.now)
