"""An action handed on: offered to somebody else, answered by them, taken back; by staff and by partners."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.forms import BaseForm
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property

from accounts.models import User
from attendees.models import Professional
from minutes.enums import OfferAnswer
from minutes.forms.after import AnswerOfferForm, FindForm, OfferForm
from minutes.models import Action, Reassignment
from minutes.permissions import after as permissions
from minutes.services import reassigning
from minutes.services.candidates import candidates, found_in_directory, may_take
from minutes.views.after import actions, partner

STAFF_HINT = "Those who were invited or took part, colleagues who may see the case, and whom you found"
PARTNER_HINT = (
    "Those who were invited or took part, and whom you found of your agency. Is it to be somebody else? "
    "Telephone business support"
)
STAFF_FIND = "By name, job or agency: anybody of any agency in the directory"
PARTNER_FIND = "By name or job: your own agency’s people in the directory"


def by_hand(person: Professional) -> str:
    """How somebody without an e-mail address hears of it: business support, or who telephones them."""
    ring = f", or telephone {person.phone}" if person.phone else ""
    return f"{person.name} has no email address: business support hands the letter over{ring}"


class OfferPage:
    """Somebody else is asked to do an action: shared by staff and partners."""

    form_class: type[BaseForm] | None = OfferForm
    template_name = "minutes/after/offer_to.html"
    button = "Offer it"
    thing: Any
    user: Any
    now: Any
    request: Any
    hint = STAFF_HINT
    find_hint = STAFF_FIND

    def get_title(self) -> str:
        """The action's number."""
        return f"Hand action {self.thing.number} to somebody else"

    @cached_property
    def finding(self) -> FindForm:
        """Who is looked for in the directory."""
        words = self.request.GET.get("find", "").replace("\x00", "")[:100]
        return FindForm({"find": words}, hint=self.find_hint)

    @cached_property
    def usual(self) -> list[Professional | User]:
        """Who can be asked without a search."""
        return candidates(self.thing, self.user)

    @cached_property
    def found(self) -> list[Professional]:
        """Who was found; nobody without words."""
        words = self.finding["find"].value() or ""
        return [one for one in found_in_directory(self.thing, self.user, words) if one not in self.usual]

    def get_form_kwargs(self) -> dict[str, Any]:
        """Who can be asked, whom they found first."""
        return {"people": [*self.found, *self._sent(), *self.usual], "hint": self.hint}

    def _sent(self) -> list[Professional]:
        """Whom they chose of what they found before: the form they send need not carry the search."""
        kind, _, number = self.request.POST.get("to", "").partition("-")
        if kind != "professional" or not number.isdecimal() or len(number) > 12:
            return []
        chosen = Professional.objects.filter(pk=number).select_related("agency", "user").first()
        if chosen is None or chosen in self.found or chosen in self.usual:
            return []
        return [chosen] if may_take(self.thing, chosen, self.user) else []

    def get_initial(self) -> dict[str, Any]:
        """Whom they found, when it is one person."""
        return {"to": f"professional-{self.found[0].pk}"} if len(self.found) == 1 else {}

    def get_context(self) -> dict[str, Any]:
        """The search above the form, and what came of it."""
        return {
            **super().get_context(),  # type: ignore[misc]  # of the page it is mixed into
            "finding": self.finding,
            "found": self.found,
            "looked": bool(self.finding["find"].value()),
        }

    def get_message(self, done: Reassignment) -> str:
        """Whose it stays; and that nothing is sent to who has no address."""
        said = "The action is offered. It stays with its owner, and its time runs on, until it is accepted."
        return said if done.to.email else f"{said} {by_hand(done.to)}."

    def act(self, form: OfferForm) -> Reassignment:
        """Offer it."""
        why = form.cleaned_data["why"]
        return reassigning.offer_action(self.thing, form.chosen, why=why, by=self.user, at=self.now)


class AnswerPage:
    """Accept or decline what was offered: shared by staff and partners."""

    form_class: type[BaseForm] | None = AnswerOfferForm
    template_name = "minutes/after/offer_form.html"
    button = "Send the answer"
    thing: Any
    user: Any
    now: Any

    @property
    def offer(self) -> Reassignment:
        """The latest offer of the action; the service says so when it waits no more."""
        return self.thing.offer  # type: ignore[no-any-return]

    def refusal(self) -> str | None:
        """Whoever it is offered to, or who records it for them; nobody once it is answered."""
        reason = permissions.refusal_to_answer(self.user, self.offer, self.now)
        return reason or reassigning.settled(self.offer)

    def get_version(self) -> int:
        """Which offer it is: another may have been made meanwhile."""
        return self.offer.pk

    def get_title(self) -> str:
        """The action's number, and whose answer it is."""
        if permissions.is_own(self.user, self.offer.to):
            return f"Accept or decline action {self.thing.number}"
        return f"Record what {self.offer.to.name} says of action {self.thing.number}"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Whose answer it is, when somebody else records it."""
        own = permissions.is_own(self.user, self.offer.to)
        return {"for_whom": "" if own else self.offer.to.name}

    def act(self, form: AnswerOfferForm) -> Action:
        """Accept or decline."""
        typed = form.cleaned_data
        told = {"how": typed.get("how", ""), "by": self.user, "at": self.now}
        if typed["answer"] == OfferAnswer.ACCEPTED:
            return reassigning.accept_offer(self.offer, **told)
        return reassigning.decline_offer(self.offer, why=typed["why"], **told)

    def get_message(self, done: Action) -> str:
        """Whose it is now: nobody’s but its owner’s where it was declined."""
        offered_to = self.offer.to
        if done.owner != offered_to:
            who = "You have" if permissions.is_own(self.user, offered_to) else f"{offered_to.name} has"
            return f"{who} declined action {done.number}. It stays with {done.owner.name}."
        return f"Action {done.number} is now {done.owner.name}’s."


class TakeBackPage:
    """An offer is taken back: shared by staff and partners."""

    template_name = "minutes/after/offer_form.html"
    button = "Take the offer back"
    message: str | Callable[[Any], str] = "The offer is taken back. The action stays with its owner."
    thing: Any
    user: Any
    now: Any

    def get_title(self) -> str:
        """To whom it is offered."""
        return f"Take back the offer to {self.thing.offer.to.name}"

    def refusal(self) -> str | None:
        """Whoever could have offered it; nobody once it is answered."""
        reason = permissions.refusal_to_act(self.user, self.thing, self.now)
        return reassigning.settled(self.thing.offer) or reason

    def get_version(self) -> int:
        """Which offer it is: another may have been made meanwhile."""
        return self.thing.offer.pk  # type: ignore[no-any-return]

    def act(self, form: Any) -> Action:
        """Take it back."""
        return reassigning.take_back_offer(self.thing.offer, by=self.user, at=self.now)


def with_offer(action: Action) -> Action:
    """The action with its latest `offer`; 404 when nobody was ever asked to do it."""
    offers = action.offers.select_related("to__agency", "to__user").order_by("-pk")
    found = offers.first()
    if found is None:
        raise Http404("never offered to anybody")
    found.action = action
    action.offer = found  # type: ignore[attr-defined]
    return action


class Offer(OfferPage, actions.ActionPage):
    """Staff: somebody else is asked."""


class AnswerOffer(AnswerPage, actions.ActionPage):
    """Staff: accepted or declined, for themselves or as told."""

    def fetch(self) -> Action:
        return with_offer(super().fetch())


class TakeBack(TakeBackPage, actions.ActionPage):
    """Staff: the offer is taken back."""

    def fetch(self) -> Action:
        return with_offer(super().fetch())


class PartnerOffer(OfferPage, partner.ActionPage):
    """My action is handed on."""

    template_name = "partner/offer_to.html"
    hint = PARTNER_HINT
    find_hint = PARTNER_FIND


class PartnerOfferPage(partner.ActionPage):
    """A form about an offer that concerns me."""

    def found(self, mine: Q) -> Action:
        """The action of this discussion with its latest offer; another's is not found."""
        rows = Action.objects.filter(mine, minutes__discussion=self.partner.discussion).distinct()
        rows = rows.select_related("owner__agency", "owner__user", "minutes__discussion__case", "child")
        return with_offer(get_object_or_404(rows, pk=self.kwargs["action"]))


class PartnerTakeBack(TakeBackPage, PartnerOfferPage):
    """My offer is taken back; once it was accepted, the page of what was mine says so."""

    template_name = "partner/offer_form.html"

    def fetch(self) -> Action:
        me = self.partner.professional
        return self.found(Q(owner=me) | Q(agreed_owner=me))


class PartnerAnswerOffer(AnswerPage, PartnerOfferPage):
    """What was offered to me."""

    template_name = "partner/offer_form.html"

    def fetch(self) -> Action:
        return self.found(Q(offers__in=Reassignment.objects.filter(to=self.partner.professional)))
