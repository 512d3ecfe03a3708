"""The buttons that lead from the discussion's page to what its facts let a person escalate."""

from datetime import datetime

from django.urls import reverse

from accounts.models import User
from accounts.roles import Permission
from attendees.discussion_menu import Step
from escalations.offers import offers_for
from strategy.models import Discussion

MOST = 3


def steps(discussion: Discussion, user: User, now: datetime) -> list[Step]:
    """An agency that was absent, or whose information has not come: offered with its facts."""
    if not user.may(Permission.ESCALATE):
        return []
    start = reverse("escalations:raise", args=[discussion.case.reference])
    found = offers_for(discussion.case, user, now, discussion=discussion.pk)
    return [Step(f"Escalate: {one.title}", f"{start}?about={one.about}") for one in found[:MOST]]
