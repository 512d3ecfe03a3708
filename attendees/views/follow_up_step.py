"""The button that leads from a telephone discussion that was held to booking the meeting to follow."""

from datetime import datetime

from django.urls import reverse

from accounts.models import User
from attendees.discussion_menu import Step
from attendees.services import following_up
from strategy.enums import DiscussionStatus
from strategy.models import Discussion


def steps(discussion: Discussion, user: User, now: datetime) -> list[Step]:
    """Offer it to those who book, while a meeting may still follow (row W14)."""
    if discussion.is_meeting or discussion.status != DiscussionStatus.ENDED:
        return []
    if following_up.lacks_power(user, now) or following_up.why_not(discussion.request):
        return []
    href = reverse("attendees:follow_up", args=[discussion.request_id])
    return [Step("Book the follow-up meeting", href, main=True)]
