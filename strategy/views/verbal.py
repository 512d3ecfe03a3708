"""Writing down a manager's word, and the manager's countersignature."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404

from strategy import permissions, services
from strategy.enums import Status
from strategy.forms.verbal import YES, CountersignForm, SettleForm, VerbalForm
from strategy.models import StrategyRequest, VerbalAuthorisation
from strategy.people import may_have_authorised
from strategy.views.pages import RequestPage


class WriteDownWord(RequestPage):
    """A manager authorised by telephone: written down now, countersigned later."""

    title = "Authorised by word of mouth"
    form_class = VerbalForm
    template_name = "strategy/verbal.html"
    button = "Write down the authorisation"
    message = "Written down. The manager is asked to countersign it."

    def refusal(self) -> str | None:
        """Those who ask for discussions, while the request waits for its manager."""
        if reason := permissions.refusal_to_request(self.user, self.now):
            return reason
        if self.thing.status == Status.SUBMITTED:
            return None
        return f"This request is “{self.thing.get_status_display().lower()}”: it does not wait for a manager."

    def get_form_kwargs(self) -> dict[str, Any]:
        """Whoever may authorise this request, but for whoever asked or writes."""
        return {"managers": may_have_authorised(self.thing, but=self.user)}

    def problems(self, form: VerbalForm) -> Mapping[str, str]:
        """All that cannot stand of it, at once."""
        told = services.Verbal(**form.cleaned_data)
        return services.problems_with_word(self.thing, told, by=self.user, at=self.now)

    def act(self, form: VerbalForm) -> StrategyRequest:
        """Write it down."""
        told = services.Verbal(**form.cleaned_data)
        return services.authorise_verbally(self.thing, told, by=self.user, at=self.now)


class OfWord(RequestPage):
    """A page about what was written down of a manager's word."""

    word: VerbalAuthorisation

    def fetch(self) -> StrategyRequest:
        """The request, if a manager's word was written down for it."""
        found = super().fetch()
        word = services.word_of(found)
        if word is None:
            raise Http404
        self.word = word
        return found

    def get_context(self) -> dict[str, Any]:
        """What was written down."""
        return {"word": self.word, "wanted": self.thing}


class Countersign(OfWord):
    """What was written down of the manager's word, to confirm or deny."""

    title = "Countersign your verbal authorisation"
    form_class = CountersignForm
    template_name = "strategy/countersign.html"
    button = "Send your answer"
    message = "Thank you. What you say stands on the record."

    def refusal(self) -> str | None:
        """Only the manager whose word it is, once."""
        if not self.word.is_open:
            return "This has been answered already."
        return permissions.refusal_to_countersign(self.user, self.thing, self.word, self.now)

    def act(self, form: CountersignForm) -> VerbalAuthorisation:
        """Confirm or deny."""
        said = form.cleaned_data
        was_given = said["was_given"] == YES
        return services.countersign(
            self.thing, was_given=was_given, reason=said["reason"], by=self.user, at=self.now
        )


class Settle(OfWord):
    """A discussion went ahead though nobody had authorised it: another manager decides on that."""

    title = "Decide on a discussion that nobody authorised"
    form_class = SettleForm
    template_name = "strategy/settle.html"
    button = "Record the decision"
    message = "Recorded. It stands beside what was written down."

    def refusal(self) -> str | None:
        """Whoever might have authorised it, while nobody has decided."""
        if not services.is_unsettled(self.thing, self.word):
            return "There is nothing to decide on here."
        return permissions.refusal_to_settle(self.user, self.thing, self.now)

    def act(self, form: SettleForm) -> VerbalAuthorisation:
        """Decide."""
        said = form.cleaned_data
        authorises = said["authorises"] == YES
        return services.settle(
            self.thing, authorises=authorises, note=said["note"], by=self.user, at=self.now
        )
