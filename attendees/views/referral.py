"""Correcting who referred and what they said."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from django.urls import reverse

from accounts.models import Agency
from attendees.services.wanted import correct_referral
from audit.models import Entry
from audit.services import record_read
from govuk.views import FormPage
from referrals.enums import ReferralSource
from referrals.events import FROM_WHOM_CORRECTED
from referrals.models import Referral
from referrals.permissions import refusal_to_record
from strategy.events import REFERRAL_READ
from strategy.forms.referrals import FROM_WHOM_FIELDS, CorrectForm


class CorrectReferral(FormPage):
    """Who referred, how they are reached and what they said, with the reason."""

    title = "Correct who referred and what they said"
    form_class = CorrectForm
    template_name = "attendees/correct_referral.html"
    button = "Save the correction"
    message = "The referral is corrected. What stood there before is kept in the ledger."
    thing: Referral

    def fetch(self) -> Referral:
        """The referral, if this person may see its case; else 404."""
        found: Referral | None = (
            Referral.objects.visible_to(self.user).select_related("case").filter(pk=self.kwargs["pk"]).first()
        )
        if found is None:
            raise Http404
        return found

    def note_reading(self) -> None:
        """It shows what came in."""
        subject = f"referral:{self.thing.pk}"
        record_read(REFERRAL_READ, self.thing.case, subject=subject, by=self.user, at=self.now)

    def refusal(self) -> str | None:
        """Those who take referrals."""
        return refusal_to_record(self.user, self.thing.case, self.now)

    def get_initial(self) -> dict[str, Any]:
        """As recorded."""
        recorded = {name: getattr(self.thing, name) for name in FROM_WHOM_FIELDS}
        return recorded | {"referrer_agency": self.thing.referrer_agency_id}

    def get_back(self) -> tuple[str, str]:
        """Back to the case."""
        return reverse("worklist:case", args=[self.thing.case.reference]), "Back to the case"

    def get_context(self) -> dict[str, Any]:
        """What stood there before each correction, the latest first."""
        entries = Entry.objects.about(self.thing).filter(event=FROM_WHOM_CORRECTED).order_by("-pk")
        return {"earlier": [{"entry": one, "rows": _in_words(one.data["before"])} for one in entries]}

    def act(self, form: CorrectForm) -> Referral:
        """Correct it."""
        reason = form.cleaned_data["reason"]
        return correct_referral(self.thing, form.facts, reason=reason, by=self.user, at=self.now)

    def next(self, done: Any) -> str:
        """To the case."""
        return reverse("worklist:case", args=[self.thing.case.reference])


def _in_words(before: Mapping[str, Any]) -> list[dict[str, str]]:
    """Fields and what stood in them, as the form calls them."""
    rows = []
    for name, value in before.items():
        said = str(value or "")
        if name == "source":
            said = ReferralSource(value).label if value in ReferralSource.values else said
        elif name == "referrer_agency_id":
            said = Agency.objects.filter(pk=value).values_list("name", flat=True).first() or ""
        label = str(CorrectForm.base_fields[name.removesuffix("_id")].label)
        rows.append({"key": label, "value": said or "Nothing"})
    return rows
