"""Staff's pages: the list, the overview, one escalation, and the forms that move it."""

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.models import User
from audit.errors import refuse
from audit.services import record_read
from cases.models import Case
from escalations import events, permissions
from escalations.enums import Cause, Theme
from escalations.forms import FilterForm
from escalations.models import Escalation, Resolution
from escalations.views.base import Answering, MovingUp, Resolving, Withdrawing, shown, with_stages
from escalations.views.raising import Raising
from govuk.views import FormPage

YEAR = timedelta(days=365)


def user_of(request: HttpRequest) -> User:
    """Who asks: every page of staff's needs a sign-in."""
    assert isinstance(request.user, User)
    return request.user


def escalation_for(user: User, pk: int) -> Escalation:
    """The escalation, if this person may see its case; else 404."""
    found: Escalation = get_object_or_404(Escalation.objects.for_page().visible_to(user), pk=pk)
    found.case.seen_by = user.pk  # type: ignore[attr-defined]
    return found


def escalations(request: HttpRequest) -> HttpResponse:
    """Every escalation this person may see: mine, my team's, by state and cause."""
    user, now = user_of(request), timezone.now()
    refuse(permissions.refusal_to_list(user, now))
    form = FilterForm(request.GET)
    form.is_valid()
    found = _filtered(user, form.cleaned_data)
    page = Paginator(found, 25).get_page(request.GET.get("page"))
    record_read(events.ESCALATIONS_READ, by=user, at=now)
    context = {
        "page": page,
        "rows": with_stages(page.object_list),
        "form": form,
        "may_oversee": permissions.refusal_to_oversee(user) is None,
        "now": now,
    }
    return render(request, "escalations/list.html", context)


def _filtered(user: User, wanted: dict[str, Any]) -> QuerySet[Any]:
    found: Any = Escalation.objects.for_page().visible_to(user)
    if wanted.get("whose") == "mine":
        found = found.mine(user)
    elif wanted.get("whose") == "team":
        found = found.of_team(user)
    if wanted.get("state"):
        found = found.filter(status=wanted["state"])
    if wanted.get("cause"):
        found = found.filter(cause=wanted["cause"])
    filtered: QuerySet[Any] = found
    return filtered


def overview(request: HttpRequest) -> HttpResponse:
    """For heads of service: what is open and for how long, how it ends, and what there is to learn."""
    user, now = user_of(request), timezone.now()
    refuse(permissions.refusal_to_oversee(user))
    record_read(events.ESCALATIONS_READ, by=user, at=now, data={"page": "overview"})
    seen = Escalation.objects.for_page().visible_to(user)
    rows = with_stages(seen.ongoing().by_need(now)[:100])  # type: ignore[attr-defined]
    ended = list(
        Resolution.objects.visible_to(user)
        .filter(at__gte=now - YEAR)
        .select_related("stage", "escalation__case", "escalation__raising_agency", "escalation__against")
        .order_by("-at")[:500]
    )
    context = {
        "rows": rows,
        "causes": _counted(Cause, [one.cause for one in rows]),
        "themes": _counted(Theme, [one.theme for one in ended]),
        "resolved": len(ended),
        "settled": sum(one.stage.is_between_practitioners for one in ended),
        "learnt": [one for one in ended if one.learning][:20],
        "now": now,
    }
    return render(request, "escalations/overview.html", context)


def _counted(words: Any, found: list[str]) -> list[tuple[str, int]]:
    """How often each word occurs, the most frequent first; those that never do are left out."""
    told = [(str(label), found.count(value)) for value, label in words.choices]
    return sorted((one for one in told if one[1]), key=lambda one: -one[1])


@require_GET
def escalation(request: HttpRequest, pk: int) -> HttpResponse:
    """One escalation: what it is about, every rung with its time, what may follow."""
    user, now = user_of(request), timezone.now()
    found = escalation_for(user, pk)
    record_read(events.ESCALATION_READ, found.case, subject=found, by=user, at=now)
    return render(request, "escalations/escalation.html", shown(found, user, now))


class Raise(Raising, FormPage):
    """Raise an escalation about a case."""

    template_name = "escalations/raise.html"

    def fetch(self) -> None:
        visible = Case.objects.visible_to(self.user).select_related("team")
        self.case = get_object_or_404(visible, reference=self.kwargs["reference"])
        self.case.seen_by = self.user.pk  # type: ignore[attr-defined]
        self.prepare()

    def note_reading(self) -> None:
        """The facts that are filled in are of the record."""
        record_read(events.ESCALATION_READ, self.case, subject=self.case, by=self.user, at=self.now)

    def get_back(self) -> tuple[str, str]:
        return reverse("worklist:escalations", args=[self.case.reference]), "Back to the case"

    def next(self, done: Escalation) -> str:
        return done.get_absolute_url()


class StaffPage(FormPage):
    """A form about one escalation that this person may see."""

    template_name = "escalations/form.html"
    thing: Any

    def fetch(self) -> Escalation:
        return self.look(escalation_for(self.user, self.kwargs["pk"]))  # type: ignore[attr-defined, no-any-return]

    def note_reading(self) -> None:
        """What it is about stands above the form."""
        record_read(events.ESCALATION_READ, self.thing.case, subject=self.thing, by=self.user, at=self.now)

    def get_back(self) -> tuple[str, str]:
        return self.thing.get_absolute_url(), "Back to the escalation"


class Answer(Answering, StaffPage):
    """Answer, or write down the other agency's answer."""


class MoveUp(MovingUp, StaffPage):
    """Move up or jump."""


class Resolve(Resolving, StaffPage):
    """Resolve."""


class Withdraw(Withdrawing, StaffPage):
    """Withdraw."""
