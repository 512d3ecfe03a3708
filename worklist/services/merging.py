"""Two entries of the directory for one person become one; what either took part in stays where it is."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.services.tidy import change
from attendees import events, hooks, permissions
from attendees.models import Professional
from attendees.services.directory import to_come
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, refuse
from minutes.services.follow_through import still_owes

MERGED = "Their entry of the directory was merged with another"


@transaction.atomic
def merge_professionals(keep: Professional, other: Professional, *, by: User, at: datetime) -> Professional:
    """Keep one entry of an address and take the other off; what only the other knew is taken over.

    Refused while the other still has something open, since its links and letters would end: keep that one.
    Raises NotAllowed, MoveNotAllowed, Refused.
    """
    hooks.tell_unreachable(other, MERGED, at)
    rows = Professional.objects.select_for_update(of=("self",)).filter(pk__in=[keep.pk, other.pk])
    locked = {one.pk: one for one in rows.order_by("pk")}
    refuse(permissions.refusal_to_keep_lists(by, at))
    if len(locked) != 2:
        raise Refused("keep", "Choose two different entries")
    kept, gone = locked[keep.pk], locked[other.pk]
    if not (kept.is_active and gone.is_active):
        raise MoveNotAllowed("One of these entries is no longer in use; somebody may have been quicker.")
    if not kept.email or kept.email != gone.email:
        raise Refused("keep", "Only entries with the same address can be merged")
    if gone.user_id is not None:
        raise Refused("keep", f"{gone.name}’s entry belongs to an account: keep that one")
    if to_come(gone) or still_owes(gone):
        raise Refused(
            "keep",
            f"{gone.name}, {gone.job_role} is invited to a discussion or has open actions: keep that one",
        )
    values = {
        name: getattr(kept, name) or getattr(gone, name)
        for name in ("phone", "quorum_role", "is_duty_contact")
        if kept.user_id is None or name == "is_duty_contact"
    }
    changed = change(kept, values)
    change(gone, {"is_active": False, "merged_into": kept})
    data = {"kept": kept.pk, "fields": changed}
    audit.record(events.PROFESSIONALS_MERGED, subject=gone, by=by, at=at, data=data)
    return kept
