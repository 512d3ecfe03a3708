"""The navigation at the top of every page, and the banner when no sweep has finished."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Permission
from deadlines.services import is_late
from escalations import permissions as ladder
from protocols import permissions as protocols
from worklist import permissions, querysets

STALE = (
    "Warnings about deadlines have not been checked for more than five minutes. "
    "The times on these pages are still right; letters may be late. Tell your administrator."
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Return `navigation` (text, href, count, current) and `banner` for a signed-in person's pages."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or request.headers.get("HX-Request"):
        return {}
    turns, swept_at = querysets.turns_and_heartbeat(user)
    items = [{"text": "Worklist", "href": reverse("worklist:home"), "count": turns}]
    if permissions.refusal_to_see_queue(user) is None:
        items.append({"text": "Queue", "href": reverse("worklist:queue")})
    if permissions.refusal_to_see_team(user) is None:
        items.append({"text": "Team", "href": reverse("worklist:team")})
    if not user.has_role("partner", "administrator"):
        items.append({"text": "Cases", "href": reverse("worklist:cases")})
    if user.may(Permission.RECORD_REFERRAL):
        items.append({"text": "Record a referral", "href": reverse("referrals:new")})
    if ladder.may_list(user):
        items.append({"text": "Escalations", "href": reverse("escalations:escalations")})
    items.append({"text": "Deadline calculator", "href": reverse("deadlines:calculator")})
    if permissions.refusal_to_see_system(user) is None:
        items.append({"text": "Letters", "href": reverse("worklist:letters")})
    if protocols.refusal_to_read(user) is None:
        items.append({"text": "Protocol", "href": reverse("protocols:protocols")})
    for item in items:
        item["current"] = request.path == item["href"]
    return {"navigation": items, "banner": STALE if is_late(swept_at, timezone.now()) else ""}
