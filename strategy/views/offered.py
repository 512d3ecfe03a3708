"""What the page of a request offers to its reader: nobody is led to a page that would refuse them."""

from collections.abc import Sequence
from datetime import datetime

from accounts.models import User
from accounts.roles import Permission
from deadlines.models import Deadline
from strategy import permissions
from strategy.clocks import HIGH_RATING
from strategy.enums import DiscussionStatus, Status
from strategy.models import Discussion, StrategyRequest

BEFORE_BOOKING = (Status.DRAFT, Status.RETURNED, Status.SUBMITTED, Status.AUTHORISED)


def may_decide_protection(
    wanted: StrategyRequest, discussion: Discussion | None, user: User, mine: Sequence[User], now: datetime
) -> bool:
    """Whether this person records the decision; while it is held, whoever chairs does too."""
    if discussion is None or discussion.status != DiscussionStatus.STARTED:
        return any(one.may(Permission.DECIDE_PROTECTION) for one in mine)
    return permissions.refusal_to_decide_protection(user, wanted, now) is None


def may_withdraw(wanted: StrategyRequest, user: User, mine: Sequence[User], now: datetime) -> bool:
    """Whether this person may take it back; who neither asked nor authorises anything is not looked into."""
    if wanted.status not in BEFORE_BOOKING:
        return False
    if user.pk in wanted.asked_by_ids:
        return True
    authorises = any(one.may(Permission.AUTHORISE_REQUEST) for one in mine)
    return authorises and permissions.refusal_to_withdraw(user, wanted, now) is None


def may_answer_rating(wanted: StrategyRequest, clocks: list[Deadline], user: User, now: datetime) -> bool:
    """Whether a HIGH rating waits for this manager's answer while the request is only begun (row H12)."""
    mine = f"referral:{wanted.referral_id}"
    waits = any(one.duty == HIGH_RATING and one.subject == mine for one in clocks)
    return waits and permissions.refusal_to_decide_not_needed(user, wanted, now) is None
