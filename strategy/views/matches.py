"""Showing who is recorded already, when a child to be recorded is like them."""

from typing import Any

from django.http import HttpResponse

from audit.errors import Refused
from cases.errors import AlreadyRecorded
from govuk.views import FormPage


class ShowsMatches(FormPage):
    """A page that records a child: likely matches are shown above the form, to open or to decline."""

    matches: AlreadyRecorded | None = None

    def bring_back(self, form: Any, refusal: Refused) -> HttpResponse:
        """Keep the matches for the page."""
        if isinstance(refusal, AlreadyRecorded):
            self.matches = refusal
        return super().bring_back(form, refusal)

    def get_context(self) -> dict[str, Any]:
        """The matches, when there are any."""
        return super().get_context() | {"already": self.matches}
