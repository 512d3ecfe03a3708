"""What the pages of one record share: they are found through the case, and know where they stand."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from attendees.enums import TAKES_PART
from attendees.models import Attendance
from audit.services import record_read
from govuk.views import FormPage
from minutes.enums import MinutesStatus
from minutes.events_after import VERSION_READ
from minutes.models import Minutes
from minutes.permissions import after as permissions
from minutes.services.draft_check import found_now

RELATED = (
    "discussion__case__team",
    "discussion__request__protocol",
    "allocated_worker",
    "family_sharing",
)


def records() -> QuerySet[Minutes]:
    """Records with what every page of them names."""
    return Minutes.objects.select_related(*RELATED)


def record_for(request: HttpRequest, pk: int) -> Minutes:
    """The record of a discussion whose case this person may see; 404 for everybody else.

    It says whether they took part (`took_part`), in the same statement.
    """
    seen = Minutes.objects.visible_to(request.user)  # type: ignore[arg-type]
    mine = Attendance.objects.filter(
        discussion=OuterRef("discussion"), professional__user=request.user.pk, mode__in=TAKES_PART
    )
    rows = seen.select_related(*RELATED).annotate(took_part=Exists(mine))
    found: Minutes = get_object_or_404(rows, discussion_id=pk)
    found.discussion.case.seen_by = request.user.pk  # type: ignore[attr-defined]
    return found


class RecordPage(FormPage):
    """A form page about the record of one discussion."""

    thing: Any
    shows_record = False  # whether words of the record stand beside the form

    def fetch(self) -> Any:
        """Find the record through its case."""
        return record_for(self.request, self.kwargs["pk"])

    def note_reading(self) -> None:
        """Words of the record are read here, as on the page of the minutes."""
        if self.shows_record:
            record = getattr(self, "minutes", self.thing)
            record_read(VERSION_READ, record.discussion.case, subject=record, by=self.user, at=self.now)

    def act_once(self, form: Any) -> HttpResponse:
        """Act, and look a draft through anew: partners may not read what was just written in it."""
        answer = super().act_once(form)
        record = records().filter(discussion=self.kwargs["pk"]).first()
        if record is not None:
            found_now(record)
        return answer

    def get_back(self) -> tuple[str, str]:
        """Back to the minutes."""
        return reverse("minutes:read", args=[self.kwargs["pk"]]), "Back to the minutes"

    def next(self, done: object) -> str:
        """On to the minutes."""
        return reverse("minutes:read", args=[self.kwargs["pk"]])


def tabs(minutes: Minutes, current: str) -> list[dict[str, Any]]:
    """The sub-navigation of one record: each tab its own address."""
    pk = minutes.discussion_id
    told = [
        ("read", "Minutes"),
        ("round", "Agreement"),
        ("changes", "Changes"),
        ("actions", "Actions"),
        ("proof", "Circulation"),
        ("copies", "Copies"),
    ]
    return [
        {"text": text, "href": reverse(f"minutes:{name}", args=[pk]), "current": name == current}
        for name, text in told
    ]


def heading(minutes: Minutes) -> dict[str, Any]:
    """What the top of each page says of the record."""
    discussion = minutes.discussion
    kind = "Strategy meeting" if discussion.is_meeting else "Strategy discussion"
    return {
        "minutes": minutes,
        "discussion": discussion,
        "heading": f"{kind} {discussion.case.reference}",
        "status": minutes.get_status_display(),
        "status_colour": COLOURS[MinutesStatus(minutes.status)],
    }


COLOURS = {
    MinutesStatus.OPENED: "grey",
    MinutesStatus.LIVE: "light-blue",
    MinutesStatus.AGREED: "yellow",
    MinutesStatus.WITH_CHAIR: "orange",
    MinutesStatus.AUTHORISED: "blue",
    MinutesStatus.CIRCULATED: "green",
}

__all__ = ["RecordPage", "heading", "permissions", "record_for", "records", "tabs"]
