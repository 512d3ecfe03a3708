"""A deputy is one person throughout: one entry of the directory, one seat for the person they stand in for.

Part of `inviting.invite_deputy`, which has locked the discussion and tells the ledger.
"""

from datetime import datetime

from accounts.models import User
from attendees import events
from attendees.models import Attendance, Invitation, Professional
from attendees.services.directory import add_professional
from audit import services as audit
from audit.errors import Refused


def entry_of(asked: Invitation, *, by: User, at: datetime) -> Professional:
    """Return the directory's entry of the deputy named, made on first need, with the number told where it
    has none. Raises as `add_professional`."""
    deputy = add_professional(
        name=asked.deputy_name,
        agency=asked.professional.agency,
        job_role=asked.deputy_job_role or asked.professional.job_role,
        quorum_role=asked.quorum_role,
        email=asked.deputy_email,
        phone=asked.deputy_phone,
        by=by,
        at=at,
    )
    if asked.deputy_phone and not deputy.phone and deputy.user_id is None:
        deputy.phone = asked.deputy_phone
        deputy.save(update_fields=["phone"])
        data = {"fields": ["phone"]}
        audit.record(events.PROFESSIONAL_CORRECTED, subject=deputy, by=by, at=at, data=data)
    return deputy


def check_stands_in(asked: Invitation, deputy: Professional) -> None:
    """One deputy for one person, who is somebody else. Raises Refused."""
    absent = asked.professional.name
    if deputy.pk == asked.professional_id:
        raise Refused(None, f"{absent} cannot stand in for themselves.")
    standing = asked.deputies.filter(withdrawn_at=None).select_related("professional").first()
    if standing is None:
        return
    other = standing.professional.name
    if standing.professional_id == deputy.pk:
        raise Refused(None, f"{other} is invited already.")
    raise Refused(
        None, f"{other} is invited in place of {absent}. Take {other} off, then invite {deputy.name}."
    )


def correct_seniority(asked: Invitation) -> None:
    """Who says again that the deputy invited already comes has the last word on whether they can decide."""
    same = asked.deputies.filter(withdrawn_at=None, professional__name__iexact=asked.deputy_name)
    same.update(can_decide=asked.deputy_can_decide)


def pass_on_attendance(asked: Invitation, deputy: Professional) -> None:
    """A deputy who was recorded as here before they were invited has that row for their own."""
    rows = Attendance.objects.filter(discussion=asked.discussion_id)
    if not rows.filter(professional=deputy).exists():
        absent = asked.professional
        rows.filter(professional=absent, deputy_for=absent.name, name__iexact=deputy.name).update(
            professional=deputy
        )
