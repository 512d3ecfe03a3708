"""The desk of a partner agency hands a colleague's action to another colleague, who accepts it (row C28)."""

from django.utils.functional import cached_property

from accounts.models import User
from attendees.models import Professional
from minutes.models import Action
from minutes.services.candidates import candidates, found_in_directory
from minutes.views.after.desk import DeskActionPage
from minutes.views.after.reassigning import OfferPage, TakeBackPage, with_offer

HINT = (
    "Your agency’s own people. It stays its owner’s until they accept it by their own link. Is it for one "
    "of another agency? Telephone business support"
)


class DeskOffer(OfferPage, DeskActionPage):
    """A colleague is asked to do it; nobody of another agency can be chosen here."""

    template_name = "partner/desk_offer.html"
    hint = HINT
    find_hint = "By name or job: your own agency’s people in the directory"

    @cached_property
    def usual(self) -> list[Professional | User]:
        """Colleagues who were invited or took part."""
        agency = self.user.agency_id
        return [one for one in candidates(self.thing, self.user) if one.agency_id == agency]

    @cached_property
    def found(self) -> list[Professional]:
        """Colleagues who were found; the service finds a desk nobody else."""
        words = self.finding["find"].value() or ""
        return [one for one in found_in_directory(self.thing, self.user, words) if one not in self.usual]

    def _sent(self) -> list[Professional]:
        return [one for one in super()._sent() if one.agency_id == self.user.agency_id]

    def refusal(self) -> str | None:
        """Not while it is offered to somebody already."""
        waits = self.thing.offers.filter(answer="").select_related("to").first()
        return super().refusal() or (f"It is offered to {waits.to.name} already." if waits else None)


class DeskTakeBack(TakeBackPage, DeskActionPage):
    """What was offered is taken back."""

    template_name = "partner/desk_take_back.html"

    def fetch(self) -> Action:
        return with_offer(super().fetch())
