"""What people tell business support instead of saying it by link: what they think, that a copy came."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse

from attendees.enums import TAKES_PART
from attendees.models import Attendance
from minutes.forms.after import AnswerForForm, ToldForm
from minutes.models import Agreement, Minutes, Recipient
from minutes.permissions import after as permissions
from minutes.services import copies
from minutes.services.round import OPEN, record_answer
from minutes.views.after.base import RecordPage, record_for
from minutes.views.after.circulate import CopyPage
from minutes.views.after.proposing import ProposesPage


class AnswerFor(ProposesPage, RecordPage):
    """Somebody tells what they think of the record: it is written down with how, when and to whom."""

    form_class = AnswerForForm
    template_name = "minutes/after/agree.html"
    shows_record = True
    button = "Record the answer"
    thing: Any

    def fetch(self) -> Attendance:
        self.minutes = record_for(self.request, self.kwargs["pk"])
        rows = Attendance.objects.filter(discussion=self.minutes.discussion, mode__in=TAKES_PART)
        return get_object_or_404(rows.select_related("professional"), pk=self.kwargs["attendance"])

    def refusal(self) -> str | None:
        if self.minutes.status not in OPEN:
            return "The record can be agreed when the discussion has ended."
        return permissions.refusal_to_record_told(self.user, self.minutes.discussion, self.now)

    def get_title(self) -> str:
        return f"Answer of {self.thing.name}"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"name": self.thing.name, "passages": self.passages}

    def record(self) -> Minutes:
        return self.minutes

    def get_initial(self) -> dict[str, Any]:
        return self.from_passage({}) | {"told_at": self.now}

    def get_context(self) -> dict[str, Any]:
        return {"about": self.about}

    def get_message(self, done: Agreement) -> str:
        return f"The answer of {self.thing.name} is in the record, and that you were told."

    def get_back(self) -> tuple[str, str]:
        return reverse("minutes:round", args=[self.kwargs["pk"]]), "Back to what was said"

    def act(self, form: AnswerForForm) -> Agreement:
        said = form.cleaned_data
        told = {name: said[name] for name in ("answer", "text", "how", "told_at")}
        about = self.chosen(said["passage"])
        return record_answer(self.minutes, self.thing, **told, about=about, by=self.user, at=self.now)

    def next(self, done: object) -> str:
        return reverse("minutes:round", args=[self.kwargs["pk"]])


class AcknowledgedFor(CopyPage):
    """Somebody tells that they have the minutes."""

    form_class = ToldForm
    button = "Record"

    def get_title(self) -> str:
        return f"{self.thing.professional.name} has the minutes"

    def get_initial(self) -> dict[str, Any]:
        return {"told_at": self.now}

    def get_message(self, done: Recipient) -> str:
        return f"{done.professional.name} has the minutes, as you were told."

    def act(self, form: ToldForm) -> Recipient:
        return copies.record_acknowledged(self.thing, **form.cleaned_data, by=self.user, at=self.now)


__all__ = ["AcknowledgedFor", "AnswerFor"]
