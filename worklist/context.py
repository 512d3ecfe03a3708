"""The navigation at the top of every page, and the banner when no sweep has finished."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts import permissions as accounts
from accounts.roles import PARTNERS, Permission
from deadlines.services import is_late
from escalations import permissions as ladder
from protocols import permissions as protocols
from worklist import drift, permissions, querysets

STALE = (
    "Warnings about deadlines have not been checked for more than five minutes. "
    "The times on these pages are still right; letters may be late. Tell your administrator."
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Return `navigation` (text, href, count, current) and `banner` for a signed-in person's pages.

    On a manager's desk also `left`, how many children nothing moves on, as their page of them counts (G03).

    A page that refuses has neither count nor banner, so it asks the database nothing.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or request.headers.get("HX-Request"):
        return {}
    if getattr(request, "is_refused", False):
        return {"navigation": pages_for(user, 0), "banner": ""}
    is_desk = request.path == reverse("worklist:home") and user.may(Permission.AUTHORISE_REQUEST)
    left = drift.left_of(user, timezone.now()) if is_desk else None
    turns, swept_at, number = querysets.turns_and_heartbeat(user, left)
    items = pages_for(user, turns)
    for item in items:
        item["current"] = request.path == item["href"]
    banner = STALE if is_late(swept_at, timezone.now()) else ""
    return {"navigation": items, "banner": banner, "left": number}


def pages_for(user: Any, turns: int) -> list[dict[str, Any]]:
    """The pages that this person may open from anywhere, without a statement of their own."""
    shown = {
        "worklist:queue": ("Queue", permissions.refusal_to_see_queue(user) is None),
        "minutes:night": ("The night", user.may(Permission.WRITE_NIGHTS)),
        "worklist:team": ("Team", permissions.refusal_to_see_team(user) is None),
        "worklist:tracker": ("Actions", permissions.refusal_to_track(user) is None),
        "worklist:cases": ("Cases", not user.has_role(*PARTNERS, "administrator")),
        "referrals:new": ("Record a referral", user.may(Permission.RECORD_REFERRAL)),
        "escalations:escalations": ("Escalations", ladder.may_list(user)),
        "deadlines:calculator": ("Deadline calculator", True),
        "worklist:letters": ("Letters", permissions.refusal_to_see_system(user) is None),
        "attendees:directory": ("Directory", user.may(Permission.BOOK)),
        "protocols:protocols": ("Protocol", protocols.refusal_to_read(user) is None),
        "worklist:system": ("System", user.keeps_system),
        "worklist:absences": ("Absences", _is_staff(user)),
    }
    items: list[dict[str, Any]] = [{"text": "Worklist", "href": reverse("worklist:home"), "count": turns}]
    return items + [{"text": text, "href": reverse(name)} for name, (text, may) in shown.items() if may]


def _is_staff(user: Any) -> bool:
    return not user.keeps_system and accounts.refusal_to_arrange_cover(user, user) is None
