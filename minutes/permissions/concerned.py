"""Who may add a child to a request that was submitted, or take one off it."""

from datetime import datetime

from accounts.models import User
from accounts.permissions import refusal_unless
from accounts.roles import Permission
from minutes.permissions.meeting import refusal_to_run
from strategy.enums import DiscussionStatus, Status
from strategy.models import Discussion, StrategyRequest
from strategy.permissions import refusal_to_see

OVER = (Status.HELD, Status.WITHDRAWN, Status.NOT_NEEDED)
BOOKS = (Status.AUTHORISED, Status.BOOKED)


def under_way(wanted: StrategyRequest) -> Discussion | None:
    """The request's discussion that is planned or being held."""
    live = (DiscussionStatus.PLANNED, DiscussionStatus.STARTED)
    found: Discussion | None = wanted.discussions.filter(status__in=live).order_by("number").last()
    return found


def why_not_now(wanted: StrategyRequest) -> str | None:
    """Why no child can join or leave a request as it stands; None while one can."""
    status = wanted.get_status_display().lower()
    if wanted.is_open_to_change:
        return f"This request is “{status}”: choose its children under “Children”."
    if wanted.status in OVER:
        return f"This request is “{status}”: ask for another discussion about the child."
    return None


def refusal_to_add_child(
    user: User, wanted: StrategyRequest, discussion: Discussion | None, at: datetime
) -> str | None:
    """Who asks, answers or (once it is authorised) books; while it is held, who runs it (row G03)."""
    if discussion is not None and discussion.status == DiscussionStatus.STARTED:
        return refusal_to_run(user, discussion, at)
    return refusal_to_see(user, wanted.case) or lacks_power(user, wanted, at)


def lacks_power(user: User, wanted: StrategyRequest, at: datetime) -> str | None:
    """The same before the start, for a page that was fetched through the person's access already."""
    reason = refusal_unless(user, Permission.REQUEST_DISCUSSION, "change whom this request is about", at)
    others = [Permission.AUTHORISE_REQUEST, *([Permission.BOOK] if wanted.status in BOOKS else [])]
    if reason is None or any(refusal_unless(user, one, "", at) is None for one in others):
        return None
    return reason


def refusal_to_take_child_off(
    user: User, wanted: StrategyRequest, discussion: Discussion | None, at: datetime
) -> str | None:
    """The same people, until the discussion starts: from then on there is a decision for each child."""
    if discussion is not None and discussion.status == DiscussionStatus.STARTED:
        return "The discussion has started, so a decision is owed for each child: nobody can be taken off."
    return refusal_to_add_child(user, wanted, discussion, at)
