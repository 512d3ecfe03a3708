"""Telling the police of a request, what became of it, and what of it no longer stands (row W19)."""

from typing import Any

from django.urls import reverse

from attendees.services.forwarded import no_longer_stands
from strategy.forms.booking import ForwardForm
from strategy.models import PoliceForward
from strategy.services import police
from strategy.views.booking import SupportPage

SHOWN = 5


class Forward(SupportPage):
    """Send the police unit word of the request, and see what became of it."""

    title = "Forward to the police"
    form_class = ForwardForm
    button = "Send to the police"
    message = "The letter to the police is on its way. Its proof is shown here."
    template_name = "attendees/forward.html"

    def get_context(self) -> dict[str, Any]:
        """The letters so far with their proof, and what has changed since."""
        sent = self.thing.police_forwards.select_related("by", "request__case", "request__requester")
        forwards = list(sent.order_by("-pk")[:SHOWN])
        letters = police.letters_of(forwards)
        old = no_longer_stands(forwards, letters)
        rows = []
        for one in forwards:
            proof, called_off = letters[one.subject]
            rows.append((one, proof, old.get(one.pk, []), called_off))
        return {
            "forwards": rows,
            "old": [row for row in rows if row[2]],
            "may_send": self.thing.status in police.AUTHORISED,
        }

    def act(self, form: ForwardForm) -> PoliceForward:
        """Send it."""
        return police.forward_to_police(
            self.thing, agency=form.cleaned_data["agency"], by=self.user, at=self.now
        )

    def next(self, done: Any) -> str:
        """Here, where its proof is."""
        return reverse("attendees:forward", args=[self.thing.pk])
