"""What an attendee says of the record: written down, and kept when they say something else (W26, G16)."""

from datetime import datetime

from django.db.models import Exists, OuterRef, prefetch_related_objects

from accounts.models import User
from attendees.models import Attendance, Professional
from audit.refs import by_ref
from minutes.models import Agreement, EarlierAnswer, Minutes
from minutes.rules.passages import Passage
from minutes.services import asking

KEPT = (
    "answer", "text", "passage", "passage_name", "passage_text", "how", "told_to_id",
    "resolution", "accepted", "resolved_by_id", "resolved_at",
    "recorded_by_ref", "at",
)  # fmt: skip


def put_answer(
    record: Minutes,
    attendance: Attendance,
    answer: str,
    text: str,
    *,
    by: User | Professional,
    at: datetime,
    how: str = "",
    told_to: User | None = None,
    about: Passage | None = None,
) -> Agreement:
    """Write what somebody says; what they said before is kept, with what the chair answered to it.

    Called with the record locked. The new answer waits for the chair anew. The same words again, which nobody
    has answered, are no other answer. `how` and `told_to`: how it was told, and to whom, who writes it down.
    `about`: the passage it corrects, as it was read. A letter that asks for the answer and has not left is
    taken back.
    """
    former = Agreement.objects.filter(minutes=record, attendance=attendance).first()
    now = (answer, text, about.key if about else "", told_to.pk if told_to else None)
    if former is not None and (former.resolution or _as_said(former) != now):
        EarlierAnswer.objects.create(agreement=former, **{name: getattr(former, name) for name in KEPT})
    said, _ = Agreement.objects.update_or_create(
        minutes=record,
        attendance=attendance,
        defaults={
            "answer": answer,
            "text": text,
            "passage": about.key if about else "",
            "passage_name": about.name if about else "",
            "passage_text": about.text if about else "",
            "how": how,
            "told_to": told_to,
            "resolution": "",
            "accepted": None,
            "resolved_by": None,
            "resolved_at": None,
            "recorded_by_ref": by_ref(by),
            "at": at,
        },
    )
    asking.note_done(record, attendance, by=by, at=at)
    return said


def _as_said(former: Agreement) -> tuple[str, str, str, int | None]:
    return former.answer, former.text, former.passage, former.told_to_id


def answers_of(minutes: Minutes) -> list[Agreement]:
    """What everybody says of the record; those who said something else before have it read with it."""
    before = EarlierAnswer.objects.filter(agreement=OuterRef("pk"))
    rows = minutes.agreements.select_related("resolved_by", "told_to").annotate(said_before=Exists(before))
    found = list(rows)
    prefetch_related_objects([one for one in found if one.said_before], "earlier__resolved_by")
    return found
