"""The buttons that lead from the discussion's page to its record."""

from datetime import datetime

from django.urls import reverse

from accounts.models import User
from attendees.discussion_menu import Step
from minutes.enums import MinutesStatus
from strategy.enums import DiscussionStatus
from strategy.models import Discussion

IN_THE_ROOM = (MinutesStatus.OPENED, MinutesStatus.LIVE)


def steps(discussion: Discussion, user: User, now: datetime) -> list[Step]:
    """Open the record, go to it, or read the minutes; whether this person may is asked again there."""
    status = record.status if (record := getattr(discussion, "minutes", None)) else None
    if status is None:
        openers = [role.value for role in discussion.request.protocol.rules.minute_opener_roles.value]
        if discussion.status != DiscussionStatus.PLANNED or not user.has_role(*openers):
            return []
        return [Step("Open the record", reverse("minutes:open_record", args=[discussion.pk]), main=True)]
    if status in IN_THE_ROOM:
        room = Step("Go to the record", reverse("minutes:room", args=[discussion.pk]), main=True)
        dial = Step("Dial list", reverse("minutes:dial", args=[discussion.pk]))
        return [room] if discussion.is_meeting else [room, dial]
    return [Step("Read the minutes", reverse("minutes:read", args=[discussion.pk]), main=True)]
