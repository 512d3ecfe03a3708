"""What comes next with a record, for this person: one obvious button, and whose turn it is otherwise."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from minutes.enums import MinutesStatus
from minutes.models import Minutes, MinutesVersion
from minutes.permissions import after as permissions
from minutes.permissions.meeting import BEFORE_THE_CHAIR, refusal_to_run, refusal_to_write
from minutes.services.file import signed_since
from minutes.services.times import CORRECTABLE
from minutes.workflow import MINUTES

BEFORE_THE_END = (MinutesStatus.OPENED, MinutesStatus.LIVE)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing this person may do now."""

    text: str
    href: str
    secondary: bool = False


def next_steps(minutes: Minutes, user: Any, now: datetime, version: MinutesVersion | None) -> dict[str, Any]:
    """The steps this person may take, the first as the page's button, and whose turn it is."""
    may_check = (
        permissions.refusal_to_check(user, minutes.discussion, now) is None
    )  # asked once for all steps
    is_over = minutes.status == MinutesStatus.CIRCULATED  # then signatures are recorded on “Agreement”
    may_run = not is_over and refusal_to_run(user, minutes.discussion, now) is None
    found = [step for step in _steps(minutes, user, now, may_check, may_run) if step is not None]
    filing = getattr(version, "filing", None) if version else None
    may_file = version and filing is None and (may_check or _may_circulate(minutes, user, now))
    if may_run if minutes.status in BEFORE_THE_CHAIR else refusal_to_write(user, minutes, now) is None:
        found.append(_to("Write in the record", "room", minutes, secondary=True))
    if may_run and minutes.status not in BEFORE_THE_END:
        found.append(_to("Record signatures", "signing", minutes, secondary=True))
    if may_file:
        found.append(_to("Record the filing", "file", minutes, secondary=True))
    if filing and signed_since(filing) and (may_check or _may_circulate(minutes, user, now)):
        found.append(_to("File the new signatures", "file", minutes, secondary=True))
    may_correct = may_run and minutes.status in CORRECTABLE
    told = {"do": found, "turn": MINUTES.turn[minutes.status], "filing": filing}
    return told | {"may_correct_times": may_correct}


def _may_circulate(minutes: Minutes, user: Any, now: datetime) -> bool:
    return permissions.refusal_to_circulate(user, minutes.discussion, now) is None


def _steps(minutes: Minutes, user: Any, now: datetime, may_check: bool, may_run: bool) -> list[Step | None]:
    match minutes.status:
        case MinutesStatus.AGREED:
            if may_run:
                return [_to("Hand to the chair", "finish", minutes)]
        case MinutesStatus.WITH_CHAIR:
            if may_check:
                return [_to("Check and authorise", "check", minutes)]
        case MinutesStatus.AUTHORISED:
            return [
                _to("Circulate", "circulate", minutes) if _may_circulate(minutes, user, now) else None,
                _to("Mend before it goes out", "correct", minutes, secondary=True) if may_check else None,
            ]
        case MinutesStatus.CIRCULATED:
            if may_check:
                return [_to("Make a corrected version", "correct", minutes, secondary=True)]
    return []


def _to(text: str, name: str, minutes: Minutes, *, secondary: bool = False) -> Step:
    return Step(text, reverse(f"minutes:{name}", args=[minutes.discussion_id]), secondary)
