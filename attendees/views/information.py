"""What agencies told, for staff: read it, record what came another way, open and take away files, chase."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from attendees import events
from attendees.enums import InformationStatus
from attendees.forms.information import RecordInformationForm
from attendees.models import InformationFile, InformationRequest, Passage
from attendees.services import chasing, information
from attendees.views.answering import OVER, TakesFileAway, download
from attendees.views.discussion import find
from attendees.views.recording import DiscussionPage, InvitationPage
from audit.services import record_read
from strategy.models import Discussion


@dataclass(frozen=True, slots=True)
class Told:
    """What one agency told: its passages with words or an answer, and its files."""

    asked: InformationRequest
    passages: list[Passage]
    files: list[InformationFile]


def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that agencies told before this discussion, with its source and who may read it."""
    found = find(request, pk)
    now = timezone.now()
    record_read(events.INFORMATION_READ, found.case, subject=found, by=request.user, at=now)
    context = {"discussion": found, "told": told_of(found), "now": now}
    return render(request, "attendees/told.html", context)


def told_of(discussion: Discussion) -> list[Told]:
    """What each agency told, those that answered first; what is not sent yet is nobody's to read."""
    asked = (
        discussion.information.select_related("professional__agency")
        .prefetch_related("passages", "files")
        .order_by("answered_at", "pk")
    )
    return [
        Told(
            one,
            information.said(one) if one.is_answered else [],
            [part for part in one.files.all() if part.removed_at is None] if one.is_answered else [],
        )
        for one in asked
    ]


def file(request: HttpRequest, pk: int, file: UUID) -> HttpResponse:
    """A file that an agency sent, as an attachment, for those who may see the case."""
    found = find(request, pk)
    return download(file_of(found, file, answered_only=True), request.user)


def file_of(discussion: Discussion, token: UUID, *, answered_only: bool = False) -> InformationFile:
    """A file of this discussion and of no other; before it is sent it is the agency's own."""
    rows = InformationFile.objects.filter(
        information__discussion=discussion, token=token, removed_at=None
    ).select_related("information__discussion__case", "information__professional__agency")
    found = rows.first()
    if found is None or (answered_only and not found.information.is_answered):
        raise Http404("no such file of this discussion")
    return found


class RecordInformation(InvitationPage):
    """Type in what an agency sent or told in another way."""

    form_class = RecordInformationForm
    button = "Save the information"
    message = "The information is recorded."
    template_name = "attendees/information.html"

    def note_reading(self) -> None:
        """What the agency sent stands in the form."""
        record_read(
            events.INFORMATION_READ, self.discussion.case, subject=self.discussion, by=self.user, at=self.now
        )

    def get_title(self) -> str:
        return f"Information of {self.thing.professional.name}, {self.thing.professional.agency.name}"

    @cached_property
    def asked(self) -> InformationRequest:
        """What this person was asked for."""
        found = InformationRequest.objects.filter(
            discussion=self.discussion, professional=self.thing.professional_id
        ).select_related("professional__agency", "discussion__case")
        if (asked := found.first()) is None:
            raise Http404
        return asked

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"information": self.asked}

    def get_initial(self) -> dict[str, Any]:
        return {"told_at": self.now}

    def get_context(self) -> dict[str, Any]:
        kept = InformationFile.objects.filter(
            information__discussion=self.discussion,
            information__professional=self.thing.professional_id,
            removed_at=None,
        )
        unsent = self.asked.status == InformationStatus.STARTED
        return {"discussion": self.discussion, "files": list(kept), "unsent": unsent}

    def act(self, form: RecordInformationForm) -> Any:
        return information.answer_information(
            self.asked,
            status=form.cleaned_data["status"],
            texts=form.texts,
            files=form.uploads,
            told=form.told,
            by=self.user,
            at=self.now,
        )


class RemoveFile(TakesFileAway, DiscussionPage):
    """Take a file away: it came to the wrong discussion, or the agency asks for it."""

    def fetch(self) -> InformationFile:
        super().fetch()
        return file_of(self.discussion, self.kwargs["file"])

    def next(self, done: Any) -> str:
        return reverse("attendees:told", args=[self.discussion.pk])


class Chase(DiscussionPage):
    """Remind those agencies that have not answered, and nobody else."""

    title = "Remind those who have not answered"
    button = "Send the reminders"
    template_name = "attendees/chase.html"
    message = "The reminders are on their way."

    def refusal(self) -> str | None:
        if reason := super().refusal():
            return reason
        if self.discussion.status in OVER:
            return "This discussion is over: nothing is awaited any more."
        return None

    def get_context(self) -> dict[str, Any]:
        waiting = chasing.still_waiting(self.discussion)
        return {
            "by_letter": [one for one in waiting if one.professional.email],
            "by_telephone": [one for one in waiting if not one.professional.email],
        }

    def act(self, form: Any) -> Any:
        return chasing.chase(self.discussion, by=self.user, at=self.now)
