"""The button that leads from the discussion's page to what its facts let a person escalate."""

from datetime import datetime, timedelta

from django.urls import reverse

from accounts.models import User
from accounts.roles import Permission
from attendees.discussion_menu import Step
from strategy.models import Discussion


def steps(discussion: Discussion, user: User, now: datetime) -> list[Step]:
    """Offered without quorum, and from when information is due; the case's page has each offer's facts."""
    if not user.may(Permission.ESCALATE):
        return []
    href = reverse("worklist:escalations", args=[discussion.case.reference])
    if discussion.started_at is not None and discussion.quorate_at is None:
        return [Step("Escalate that an agency was absent", href)]
    lead = timedelta(hours=float(discussion.request.protocol.rules.information_lead.value.n))
    return [Step("Escalations", href)] if now >= discussion.planned_start - lead else []
