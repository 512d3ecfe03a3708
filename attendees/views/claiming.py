"""A shared mailbox: who of the agency takes over what came to it, and that somebody has."""

from typing import Any
from uuid import uuid4

from attendees import permissions
from attendees.forms.partner import TakeOverForm
from attendees.models import Claim
from attendees.services import claiming
from attendees.services.claiming import Officer
from attendees.views.access import Partner
from attendees.views.partner_pages import PartnerPage
from govuk.numbers import whole_number
from govuk.views import VERSION

BUTTON = "Take this over"


class TakeOver(PartnerPage):
    """Say who deals with it: oneself or a colleague, and somebody else once somebody has it."""

    name = "take_over"
    passed_on = True
    form_class = TakeOverForm
    button = BUTTON
    template_name = "partner/take_over.html"

    def get_title(self) -> str:
        return "Who takes this over instead?" if self.get_version() else "Who are you?"

    def refusal(self) -> str | None:
        return permissions.refusal_to_take_over(self.user, self.partner.invitation)

    def get_version(self) -> int:
        """Return who has it, as a claim's number, 0 for nobody. A form that came too late keeps what it knew,
        so that pressing once more takes nothing from the colleague who was quicker."""
        if self.request.method == "POST":
            return whole_number(self.request.POST.get(VERSION)) or 0
        return self.partner.claim.pk if self.partner.claim else 0

    def act(self, form: TakeOverForm) -> Claim:
        return claiming.take_over(
            self.partner.invitation,
            Officer(**form.cleaned_data),
            instead_of=self.get_version(),
            by=self.partner.professional,
            at=self.now,
        )

    def get_message(self, done: Claim) -> str:
        name = done.taken.professional.name
        return f"{name} has it now. A link of their own is on its way to their address."


def blank_take_over(partner: Partner) -> dict[str, Any] | None:
    """The same form as it stands on a shared mailbox’s own page; None for somebody asked by name."""
    if not partner.professional.is_shared:
        return None
    address = partner.address("take_over")
    return {"form": TakeOverForm(), "address": address, "key": str(uuid4()), "button": BUTTON}
