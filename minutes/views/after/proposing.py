"""What a correction is about: the passage as its reader had it before them, and where it is amended (W26)."""

from datetime import datetime
from functools import cached_property
from typing import Any

from django.urls import reverse

from attendees.enums import TAKES_PART
from attendees.models import Attendance
from audit.errors import Refused
from minutes.enums import Answer, MinutesStatus
from minutes.models import Agreement, Minutes
from minutes.permissions.meeting import refusal_to_write
from minutes.rules.passages import Passage, passage_of, passages
from minutes.services import versions
from minutes.services.content import content_of
from minutes.services.turns import round_due

CHANGED = "This passage was changed while you were writing. Read it as it stands now, then send your answer"
PAGES = {"held": "correct_times", "worker": "allocate", "family": "family_sharing", "arrangements": "room"}


class ProposesPage:
    """A form in which somebody answers to the record, and may name the passage that they would correct."""

    request: Any

    def record(self) -> Minutes:
        """The record that is answered to."""
        raise NotImplementedError

    def what_is_read(self) -> Any:
        """The record as whoever answers reads it."""
        return content_read(self.record())

    @cached_property
    def passages(self) -> list[Passage]:
        """Those that can be chosen."""
        return passages(self.what_is_read())

    @cached_property
    def about(self) -> Passage | None:
        """The passage that somebody came from, as it stands now."""
        key = self.request.GET.get("passage", "")
        return next((one for one in self.passages if one.key == key), None)

    def from_passage(self, initial: dict[str, Any]) -> dict[str, Any]:
        """What the form shows at first: a correction to that passage, else what was said before."""
        if self.about is None:
            return initial
        kept = initial.get("correction") if initial.get("passage") == self.about.key else ""
        return {"answer": Answer.CORRECTS, "passage": self.about.key, "correction": kept}

    def round_due(self) -> datetime | None:
        """By when the answer is wanted; nothing once the round is over."""
        return None if self.record().round_ended_at else round_due(self.record())

    def chosen(self, key: str) -> Passage | None:
        """The passage that was chosen. Raises Refused when what was shown beside the form is another now."""
        found = next((one for one in self.passages if one.key == key), None)
        if found is not None and found == self.about and self.request.POST.get("seen") != found.digest:
            raise Refused("correction", CHANGED)
        return found


def content_read(minutes: Minutes) -> dict[str, Any]:
    """The record as those who see its case read it: the version in force, else as it stands."""
    version = versions.latest_authorised(minutes)
    return dict(version.content) if version else content_of(minutes)


def takes_part(minutes: Minutes, user: Any) -> Attendance | None:
    """How somebody signed in took part, or None."""
    mine = Attendance.objects.filter(
        discussion=minutes.discussion, professional__user=user, mode__in=TAKES_PART
    )
    return mine.select_related("professional").first()


def shown_passage(said: Agreement, minutes: Minutes, user: Any, now: Any) -> dict[str, Any]:
    """For the chair: the passage as it stood when somebody answered, as it stands now, where to amend it."""
    if not said.passage:
        return {}
    found = passage_of(content_of(minutes), said.passage)
    return {
        "stood": said.passage_text,
        "stands": found.text if found else "",
        "is_same": found is not None and found.text == said.passage_text,
        "amend": _where(said.passage, minutes, user, now) if found else "",
    }


def _where(key: str, minutes: Minutes, user: Any, now: Any) -> str:
    """The page on which the chair amends it, while the record is with them; nothing where they cannot."""
    pk, (kind, _, number) = minutes.discussion_id, key.partition("-")
    if minutes.status != MinutesStatus.WITH_CHAIR:
        return ""
    if kind == "decision":
        return reverse("minutes:correct_decision", args=[pk, number])
    if kind == "people":
        return f"{reverse('minutes:check', args=[pk])}#people"
    if refusal_to_write(user, minutes, now):
        return ""
    if kind == "text":
        return reverse("minutes:amend", args=[pk, number])
    if kind == "action":
        action = minutes.actions.filter(number=number).first()
        return reverse("minutes:edit_action", args=[pk, action.pk]) if action else ""
    if kind not in PAGES:
        return ""
    query = "?step=actions" if kind == "arrangements" else "?from=check"
    return reverse(f"minutes:{PAGES[kind]}", args=[pk]) + query
