"""The search that stands before every new record: who may be the child, ranked, as far as one may see."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.generic import View

from accounts.models import Team, User
from accounts.permissions import refusal_unless
from accounts.roles import Permission
from audit import services as audit
from cases.models import Case, Child
from cases.rules import Sought
from strategy import events
from strategy.forms.family import SearchForm
from strategy.permissions import refusal_to_write_nights
from strategy.views.pages import police_lines, user_of

SOUGHT = "sought_child"  # in the session, never in an address: names must not reach logs or history
MOST = 20
VERY_LIKE = 1.2  # a name and a date of birth, or a number: declined with a reason when a case is opened
SAME_NAME = 1.0


@dataclass(frozen=True)
class Searched:
    """What the last search of this session looked for, and whom it showed as very like."""

    was_shown: bool = False
    child: dict[str, Any] = field(default_factory=dict)
    very_like: tuple[int, ...] = ()


def sought_of(request: HttpRequest) -> Searched:
    """The last search of this session."""
    kept = request.session.get(SOUGHT)
    if kept is None:
        return Searched()
    child = dict(kept.get("child", {}))
    if born := child.get("date_of_birth"):
        child["date_of_birth"] = date.fromisoformat(born)  # a session keeps texts alone
    return Searched(True, child, tuple(kept.get("very_like", ())))


class Search(View):
    """Is the child known? Nobody opens a second case for a family by mistake."""

    title = "Record a referral"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The search."""
        return self.page(request, SearchForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """What was found; the search itself is written down, since it shows names."""
        form = SearchForm(request.POST)
        if not form.is_valid() or self.refusal(request):
            return self.page(request, form, status=403 if self.refusal(request) else 422)
        user, sought = user_of(request), form.sought
        found = Child.objects.seek(sought)
        mine = list(found.visible_to(user).select_related("case__team")[: MOST + 1])
        request.session[SOUGHT] = {"child": as_typed(sought), "very_like": very_like(mine, sought)}
        now = timezone.now()
        audit.record_read(events.CHILD_SOUGHT, by=user, at=now, data={"found": len(mine[:MOST])})
        shown: dict[str, Any] = {"mine": mine[:MOST], "more": len(mine) > MOST}
        return self.page(request, form, **shown, elsewhere=elsewhere(found, user))

    def refusal(self, request: HttpRequest) -> str | None:
        """Those who take referrals."""
        return refusal_unless(
            user_of(request), Permission.RECORD_REFERRAL, "record a referral", timezone.now()
        )

    def page(self, request: HttpRequest, form: SearchForm, status: int = 200, **more: Any) -> HttpResponse:
        """Print the page."""
        if reason := self.refusal(request):
            refused = {"title": self.title, "reason": reason}
            return render(request, "govuk/refusal_page.html", refused, status=403)
        now = timezone.now()
        context = {
            "title": self.title,
            "form": form,
            "searched": bool(more),
            "writes_nights": refusal_to_write_nights(user_of(request), now) is None,
            "lines": police_lines(now),
            "now": now,
        }
        return render(request, "strategy/search.html", context | more, status=status)


def elsewhere(found: Any, user: User) -> list[Team]:
    """Teams with such a child in a case this person may not see: whom to ring, and nothing else."""
    others = found.filter(case__restricted=False)
    others = others.exclude(case__in=Case.objects.visible_to(user)).select_related("case__team")
    return list({one.case.team_id: one.case.team for one in others[:MOST]}.values())


def very_like(found: list[Any], sought: Sought) -> list[int]:
    """Those found whom somebody who records a new child must decline with a reason."""
    least = SAME_NAME if len(sought.names.split()) > 1 and sought.born is None else VERY_LIKE
    return [child.pk for child in found if child.likeness >= least]


def as_typed(sought: Sought) -> dict[str, Any]:
    """The child's names and date of birth for the page that records it: the last word is the family's."""
    names = sought.names.title() if sought.names.islower() else sought.names
    given, _, family = names.rpartition(" ")
    born: date | None = sought.born
    known = {"given_names": given, "family_name": family, "date_of_birth": born.isoformat() if born else None}
    return {name: value for name, value in known.items() if value}
