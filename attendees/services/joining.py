"""Whoever took part has their own way to the record, invited or not (rows W26 to W28)."""

from datetime import datetime
from uuid import uuid4

from accounts.models import User
from attendees.enums import TAKES_PART, Reply
from attendees.models import Invitation, PartnerLink
from attendees.services import links
from audit.refs import by_ref
from strategy.models import Discussion

JOINED = "Took part in the discussion"


def admit_all(discussion: Discussion, *, by: User, at: datetime) -> None:
    """Give each partner who took part uninvited an invitation in force, so that a link of theirs opens.

    They agree, sign, read and do their actions as anybody who was asked. Taken back from somebody who was
    recorded as here by mistake. Called inside the transaction that records the attendance; nothing is sent.
    """
    here = discussion.attendance.filter(mode__in=TAKES_PART)
    asked = discussion.invitations.filter(withdrawn_at=None)
    uninvited = here.exclude(professional__in=asked.values("professional"))
    for row in uninvited.select_related("professional__user", "professional__agency").order_by("pk"):
        if not links.is_staff(row.professional):
            Invitation.objects.update_or_create(
                discussion=discussion,
                professional=row.professional,
                defaults={
                    "withdrawn_at": None, "withdrawn_reason": "", "reply": Reply.COMING, "replied_at": at,
                    "replied_by_ref": by_ref(by), "reply_how": JOINED,
                },
                create_defaults={
                    "quorum_role": row.quorum_role, "uid": f"{uuid4()}@threshold", "invited_at": at,
                    "invited_by": by, "reply": Reply.COMING, "replied_at": at,
                    "replied_by_ref": by_ref(by), "reply_how": JOINED,
                },
            )  # fmt: skip
    mistaken = asked.filter(reply_how=JOINED).exclude(professional__in=here.values("professional"))
    for invitation in mistaken:
        invitation.withdrawn_at, invitation.withdrawn_reason = at, "Did not take part after all"
        invitation.save(update_fields=["withdrawn_at", "withdrawn_reason"])
        for link in PartnerLink.objects.filter(
            professional=invitation.professional_id, discussion=discussion, revoked_at=None
        ):
            links.shut(link, by=by, at=at)
