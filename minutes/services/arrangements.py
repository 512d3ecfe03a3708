"""Laming arrangements: who sees child, carers and home; typed once, then an action (B09a to B09c)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from attendees.models import Professional
from audit import services as audit
from audit.errors import Refused, refuse
from cases.models import Child, FamilyMember
from minutes import events
from minutes.enums import About, ActionOrigin, Forum
from minutes.models import Arrangement, Minutes
from minutes.permissions import meeting as permissions
from minutes.rules.actions import seen_text
from minutes.rules.text import one_line
from minutes.services.actions import Task, agreed_since, edit_action, put_action
from minutes.services.record import changed, lock_record

HOW_KNOWN = "The case record says who was seen, where and when"
FIELDS = {"due_at": "at", "owner": "by_whom"}


@dataclass(frozen=True, slots=True)
class Seeing:
    """Where, when and by whom somebody is seen and spoken to, or the home is visited."""

    about: str
    child: Child
    place: str
    at: datetime
    by_whom: Professional
    family_member: FamilyMember | None = None
    how_known: str = HOW_KNOWN
    forum: str = Forum.SUPERVISION


@transaction.atomic
def arrange(minutes: Minutes, seeing: Seeing, *, by: User, at: datetime) -> Arrangement:
    """Arrange that a child, a carer or the home is seen; it becomes an action that is never typed again.

    It may be due since the discussion: where that is typed in afterwards, the visit may have been made.
    """
    record = lock_record(minutes)
    refuse(permissions.refusal_to_write(by, record, at))
    task, since = _task(record, seeing), agreed_since(record)
    action = put_action(record, task, by=by, at=at, since=since, fields=FIELDS)
    arrangement = Arrangement.objects.create(
        minutes=record,
        about=seeing.about,
        child=seeing.child,
        family_member=seeing.family_member,
        place=one_line(seeing.place),
        at=seeing.at,
        by_whom=seeing.by_whom,
        action=action,
    )
    changed(record)
    data = {"about": seeing.about, "child": seeing.child.pk, "action": action.pk}
    audit.record(events.ARRANGED, record.discussion.case, subject=arrangement, by=by, at=at, data=data)
    return arrangement


@transaction.atomic
def rearrange(
    arrangement: Arrangement, seeing: Seeing, *, version: int | None = None, by: User, at: datetime
) -> Arrangement:
    """Change where, when or by whom; the action follows, and its version is the arrangement's.

    Raises NotAllowed, Refused, also when somebody changed it since that version.
    """
    record = lock_record(arrangement.minutes)
    refuse(permissions.refusal_to_write(by, record, at))
    task = _task(record, seeing)
    edit_action(arrangement.action, task, by=by, at=at, version=version, fields=FIELDS, with_part=True)
    arrangement.about, arrangement.child = seeing.about, seeing.child
    arrangement.family_member, arrangement.place = seeing.family_member, one_line(seeing.place)
    arrangement.at, arrangement.by_whom = seeing.at, seeing.by_whom
    arrangement.save()
    data = {"about": seeing.about, "child": seeing.child.pk, "action": arrangement.action_id}
    audit.record(events.ARRANGED, record.discussion.case, subject=arrangement, by=by, at=at, data=data)
    return arrangement


def _task(record: Minutes, seeing: Seeing) -> Task:
    discussion = record.discussion
    if seeing.about not in About.values:
        raise Refused("about", "Choose who is seen")
    if not discussion.request.children.filter(pk=seeing.child.pk).exists():
        raise Refused("child", "This child is not part of the discussion.")
    if seeing.family_member is not None and seeing.family_member.case_id != discussion.case_id:
        raise Refused("family_member", "This person is not part of the family.")
    place = one_line(seeing.place)
    if not place:
        raise Refused("place", "Enter where")
    if len(place) > 200:
        raise Refused("place", "Use 200 characters or fewer")
    who = seeing.family_member.name if seeing.family_member else ""
    return Task(
        text=seen_text(about=seeing.about, child=seeing.child.name, who=who, place=place),
        owner=seeing.by_whom,
        due_at=seeing.at,
        child=seeing.child,
        how_known=seeing.how_known,
        forum=seeing.forum,
        origin=ActionOrigin.LAMING,
    )
