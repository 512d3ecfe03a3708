"""Differing views and professional challenge, written down with how each was resolved (rows G16, G20)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from attendees.models import Attendance
from audit import services as audit
from audit.errors import Refused, StaleVersion, refuse
from cases.models import Child
from minutes import events
from minutes.enums import MinutesStatus, Settled
from minutes.models import Dissent, Minutes
from minutes.permissions import meeting as permissions
from minutes.rules.text import clean
from minutes.services.record import changed, lock_record
from minutes.services.versions import keep_as_agreed

AFTER_THE_END = frozenset({MinutesStatus.AGREED, MinutesStatus.WITH_CHAIR})
LONGEST = 5000


@dataclass(frozen=True, slots=True)
class View:
    """What somebody thinks, about one child or all of them, and what became of it."""

    attendance: Attendance
    view: str
    settled: str = Settled.OPEN
    resolution: str = ""
    child: Child | None = None


@transaction.atomic
def record_dissent(minutes: Minutes, said: View, *, by: User, at: datetime) -> Dissent:
    """Write a differing view down. Raises NotAllowed, Refused at the field."""
    record = lock_record(minutes)
    refuse(permissions.refusal_to_write(by, record, at))
    _check(record, said)
    return _kept(record, Dissent(minutes=record, version=0), said, events.DISSENT_RECORDED, by, at)


@transaction.atomic
def change_dissent(
    dissent: Dissent, said: View, *, by: User, at: datetime, version: int | None = None
) -> Dissent:
    """Change a view, or say how it was resolved. Raises NotAllowed, StaleVersion, Refused at the field."""
    record = lock_record(dissent.minutes)
    refuse(permissions.refusal_to_write(by, record, at))
    kept = Dissent.objects.select_for_update(of=("self",)).get(pk=dissent.pk)
    if version is not None and version != kept.version:
        raise StaleVersion(None, "Somebody changed this view while you were writing. Both are shown.")
    _check(record, said)
    return _kept(record, kept, said, events.DISSENT_CHANGED, by, at)


def _kept(record: Minutes, kept: Dissent, said: View, event: str, by: User, at: datetime) -> Dissent:
    if record.status in AFTER_THE_END:
        keep_as_agreed(record, by, at)
    kept.attendance, kept.child, kept.view = said.attendance, said.child, clean(said.view)
    kept.settled = said.settled
    kept.resolution = "" if said.settled == Settled.OPEN else clean(said.resolution)
    kept.by, kept.at, kept.version = by, at, kept.version + 1
    kept.save()
    changed(record)
    data = {"attendance": said.attendance.pk, "settled": said.settled}
    audit.record(event, record.discussion.case, subject=kept, by=by, at=at, data=data)
    return kept


def _check(record: Minutes, said: View) -> None:
    if said.attendance.discussion_id != record.discussion_id:
        raise Refused("attendance", "Choose somebody of this discussion")
    if said.child is not None and not record.discussion.request.children.filter(pk=said.child.pk).exists():
        raise Refused("child", "This child is not part of the discussion.")
    if not said.view.strip():
        raise Refused("view", "Say what they think, and why")
    if said.settled not in Settled.values:
        raise Refused("settled", "Choose whether it was resolved")
    if said.settled != Settled.OPEN and not said.resolution.strip():
        raise Refused("resolution", "Say how it was resolved, or why it was withdrawn")
    for field, text in (("view", said.view), ("resolution", said.resolution)):
        if len(text) > LONGEST:
            raise Refused(field, f"Use {LONGEST:,} characters or fewer")
