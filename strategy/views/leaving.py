"""A child leaves a case or a discussion: while something runs for it, the page says what, and where."""

from typing import Any

from django.utils.functional import cached_property

from cases.models import Child
from govuk.views import FormPage
from strategy.hooks import Running
from strategy.services.running import running_for


class TakesChildOff(FormPage):
    """A page that takes `child` off something; names what runs for the child instead of its form."""

    template_name = "strategy/take_off.html"
    child: Child

    @cached_property
    def running(self) -> list[Running]:
        """What keeps the child here."""
        return running_for(self.child)

    def get_context(self) -> dict[str, Any]:
        """Said before the form is filled in."""
        return {**super().get_context(), "running": self.running, "child": self.child} | (
            {"steps_say": ""} if self.running else {}
        )
