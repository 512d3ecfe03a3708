"""The form on which an escalation is raised, its facts filled in: shared by staff and partners."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.forms import BaseForm

from accounts.models import Agency
from cases.models import Case
from escalations import offers, people, permissions, services
from escalations.forms import RaiseForm
from escalations.models import Escalation
from escalations.rules import Offer, facts_of, rungs_above
from protocols.models import LocalProtocol
from strategy.models import Discussion

NO_LADDER = "No local procedure is in force, so there is no ladder. Tell your administrator."


class Raising:
    """`case` says for which case; `?about=` names the row that it was offered for."""

    title = "Raise an escalation"
    form_class: type[BaseForm] | None = RaiseForm
    button = "Raise the escalation"
    message: str | Callable[[Any], str] = (
        "The escalation is raised, and both agencies are told. The safeguarding deadlines run on."
    )
    request: Any
    user: Any
    now: datetime
    case: Case
    discussion: Discussion | None = None
    offer: Offer | None = None
    protocol: LocalProtocol | None = None

    def prepare(self) -> None:
        """The procedure of the case, and the offer when the address names one."""
        self.protocol = people.protocol_of(self.case, self.now)
        about = self.request.GET.get("about", "")
        self.offer = offers.offer_for(self.case, self.user, about, self.now) if about else None

    def refusal(self) -> str | None:
        """Whether this person may at all."""
        if self.protocol is None:
            return NO_LADDER
        return permissions.refusal_to_raise(self.user, self.case, self.protocol.rules, self.now)

    def get_form_kwargs(self) -> dict[str, Any]:
        """The rungs, the other agencies, and the partners whose call staff may write down."""
        assert self.protocol is not None
        kwargs: dict[str, Any] = {
            "rungs": rungs_above(self.protocol.rules.escalation_stages.value, 0),
            "agencies": self.agencies(),
        }
        if people.is_partner(self.user):
            kwargs["own"] = self.user.agency_id
        else:
            kwargs["partners"] = people.partners_of(self.case)
        return kwargs

    def agencies(self) -> Any:
        """Those that have to do with the case, and the one that the offer names."""
        named = Agency.objects.filter(pk=self.offer.agency if self.offer else 0)
        return people.agencies_of(self.case, self.user) | named

    def get_initial(self) -> dict[str, Any]:
        """The facts, filled in."""
        if self.offer is None:
            return {"rung": 1}
        return {
            "cause": self.offer.cause,
            "against": self.offer.agency,
            "facts": facts_of(self.offer, self.now),
            "rung": 1,
        }

    def get_context(self) -> dict[str, Any]:
        """What was offered, and the ladder."""
        assert self.protocol is not None
        setting = self.protocol.rules.escalation_stages
        return {
            "offer": self.offer,
            "ladder": setting.value,
            "ladder_source": setting.source,
            "case": self.case,
        }

    def act(self, form: RaiseForm) -> Escalation:
        """Raise it."""
        typed = dict(form.cleaned_data)
        on_behalf_of = typed.pop("on_behalf_of", None)
        about = self.offer.about if self.offer and self._is_offered(typed) else ""
        matter = services.Matter(**typed, about=about, discussion=self._of())
        return services.raise_escalation(
            self.case, matter, by=self.user, at=self.now, on_behalf_of=on_behalf_of
        )

    def _is_offered(self, typed: dict[str, Any]) -> bool:
        """Whether what was typed is still what was offered: another cause or agency is another matter."""
        offer = self.offer
        return offer is not None and (typed["cause"], typed["against"].pk) == (offer.cause, offer.agency)

    def _of(self) -> Discussion | None:
        if self.discussion is not None or self.offer is None or self.offer.discussion is None:
            return self.discussion
        return Discussion.objects.filter(case=self.case, pk=self.offer.discussion).first()
