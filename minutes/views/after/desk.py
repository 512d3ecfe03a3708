"""The actions of a partner agency, whoever of its people has them, for the agency's desk (row C28)."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from attendees import permissions as desks
from audit.errors import refuse
from audit.services import record_read
from govuk.views import FormPage
from minutes import events_after as events
from minutes.enums import ActionStatus
from minutes.models import Action
from minutes.permissions import after as permissions
from minutes.services.reassigning import OFFERS
from minutes.views.after.actions import BlockPage, DonePage

A_PAGE = 25
OPEN = (ActionStatus.OPEN, ActionStatus.BLOCKED)
TABS = (("", "To do"), ("done", "Done"))


def actions_of_agency(user: Any) -> QuerySet[Any]:
    """The agreed actions of the people of this desk's agency; nothing of a restricted case."""
    rows = Action.objects.filter(
        owner__agency=user.agency, agreed_at__isnull=False, minutes__discussion__case__restricted=False
    )
    found: QuerySet[Any] = rows.annotate(by=Coalesce("extended_to", "due_at")).select_related(
        "owner__agency", "owner__user", "child", "minutes__discussion__case"
    )
    return found


def actions(request: HttpRequest) -> HttpResponse:
    """Whose, of which discussion and by when, the soonest first; its words are shown when one is opened."""
    user: Any = request.user
    refuse(desks.refusal_to_keep_desk(user))
    now = timezone.now()
    record_read(events.DESK_ACTIONS_READ, by=user, at=now, data={"agency": user.agency_id})
    tab = "done" if request.GET.get("tab") == "done" else ""
    rows = actions_of_agency(user)
    done, left = rows.filter(status=ActionStatus.DONE), rows.filter(status__in=OPEN)
    chosen = done.order_by(F("done_at").desc(), "pk") if tab else left.order_by("by", "pk")
    page = Paginator(chosen.prefetch_related(OFFERS), A_PAGE).get_page(request.GET.get("page"))
    for one in page:
        last = one.offered[-1] if one.offered else None
        one.waits = last if last is not None and last.answered_at is None else None
    counts = {"": left.count(), "done": done.count()}
    context = {
        "agency": user.agency,
        "tab": tab,
        "tabs": [
            {
                "text": text,
                "href": f"?tab={key}" if key else "?",
                "current": key == tab,
                "count": counts[key],
            }
            for key, text in TABS
        ],
        "page": page,
        "now": now,
    }
    return render(request, "partner/desk_actions.html", context)


class DeskActionPage(FormPage):
    """A form about one action of a colleague; what was said is recorded as said by the desk."""

    template_name = "partner/desk_action.html"
    thing: Any

    def fetch(self) -> Action:
        refuse(desks.refusal_to_keep_desk(self.user))
        return get_object_or_404(actions_of_agency(self.user), pk=self.kwargs["pk"])

    def refusal(self) -> str | None:
        return permissions.refusal_to_act(self.user, self.thing, self.now)

    def note_reading(self) -> None:
        case, data = self.thing.minutes.discussion.case, {"number": self.thing.number}
        record_read(events.DESK_ACTIONS_READ, case, subject=self.thing, by=self.user, at=self.now, data=data)

    def get_context(self) -> dict[str, Any]:
        return {"agency": self.user.agency}

    def get_back(self) -> tuple[str, str]:
        return reverse("minutes:desk_actions"), "Actions of the agency"

    def next(self, done: object) -> str:
        return reverse("minutes:desk_actions")


class Done(DonePage, DeskActionPage):
    """A colleague's action is done."""

    template_name = "partner/desk_action.html"


class Block(BlockPage, DeskActionPage):
    """What blocks a colleague's action."""

    template_name = "partner/desk_action.html"


__all__ = ["Block", "Done", "actions"]
