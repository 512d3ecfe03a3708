"""A way in for somebody who was never asked to the discussion, to do one of its actions (rows C28, G15)."""

from datetime import datetime

from accounts.models import User
from attendees import events
from attendees.models import Admission, Invitation, PartnerLink, Professional
from attendees.services.links import is_staff, shut
from audit import services as audit
from audit.refs import by_ref
from strategy.models import Discussion


def admit(
    person: Professional, discussion: Discussion, *, why: str, by: User | Professional, at: datetime
) -> None:
    """Let a partner in to what they are to do of a discussion; nothing is sent, and nothing changes for who
    was ever asked: whose invitation was taken back stays out.

    Called inside the transaction of the offer, which has locked the case.
    """
    if is_staff(person) or Invitation.objects.filter(discussion=discussion, professional=person).exists():
        return
    _, is_new = Admission.objects.get_or_create(
        discussion=discussion,
        professional=person,
        ended_at=None,
        defaults={"why": why, "by_ref": by_ref(by), "at": at},
    )
    if is_new:
        audit.record(events.ADMITTED, discussion.case, subject=person, by=by, at=at)


def end_admission(
    person: Professional, discussion: Discussion, *, by: User | Professional, at: datetime
) -> None:
    """Shut their way in, its link and its unsent letters; nothing happens for who was asked."""
    mine = Admission.objects.filter(discussion=discussion, professional=person, ended_at=None)
    if not mine.update(ended_at=at):
        return
    links = PartnerLink.objects.filter(discussion=discussion, professional=person, revoked_at=None)
    for link in links.select_for_update():
        shut(link, by=by, at=at)
    audit.record(events.ADMISSION_ENDED, discussion.case, subject=person, by=by, at=at)
