"""The actions of a discussion: whose they are, how they stand, and what their owners say of them."""

from collections.abc import Callable
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from audit.services import record_read
from minutes import events_after as events
from minutes.enums import ActionStatus, OfferAnswer
from minutes.forms.after import BlockForm, DoneForm
from minutes.models import Action
from minutes.permissions import after as permissions
from minutes.services import follow_through
from minutes.services.reassigning import OFFERS
from minutes.services.reviewing import LATEST
from minutes.views.after.base import RecordPage, heading, record_for, tabs

COLOURS = {
    ActionStatus.OPEN: "blue",
    ActionStatus.BLOCKED: "orange",
    ActionStatus.DONE: "green",
    ActionStatus.STRUCK: "grey",
}


@require_GET
def actions(request: HttpRequest, pk: int) -> HttpResponse:
    """Every action of the discussion, whose it is, by when, and what became of it."""
    minutes = record_for(request, pk)
    record_read(
        events.ACTIONS_READ, minutes.discussion.case, subject=minutes, by=request.user, at=timezone.now()
    )
    named = ("owner__agency", "owner__user", "agreed_owner", "child")
    shown = list(
        minutes.actions.as_shown().select_related(*named, "evidence_file").prefetch_related(OFFERS, LATEST)
    )
    now = timezone.now()
    user: Any = request.user
    chairs = permissions.refusal_to_check(user, minutes.discussion, now) is None
    extends = chairs and bool(shown) and permissions.refusal_to_give_time(user, shown[0], now) is None
    may_all = chairs or permissions.refusal_to_circulate(user, minutes.discussion, now) is None
    may_chase = may_all or permissions.follows_up(user, minutes)
    context = {
        **heading(minutes),
        "tabs": tabs(minutes, "actions"),
        "actions": [
            shown_action(
                one,
                now,
                may_all or one.owner.user_id == user.pk,
                may_chase=may_chase and one.owner.user_id != user.pk,
                may_extend=extends,
                answers=user,
                may_record=may_all,
            )
            for one in shown
        ],
        "open": sum(one.status in (ActionStatus.OPEN, ActionStatus.BLOCKED) for one in shown),
        "now": now,
    }
    return render(request, "minutes/after/actions.html", context)


class ActionPage(RecordPage):
    """A form about one action of this discussion; an action of another discussion is not found."""

    thing: Any
    shows_record = True

    def fetch(self) -> Action:
        self.minutes = record_for(self.request, self.kwargs["pk"])
        found = Action.objects.filter(minutes=self.minutes, agreed_at__isnull=False)
        rows = found.select_related("owner__agency", "owner__user", "minutes__discussion__case")
        return get_object_or_404(
            rows.select_related("minutes__discussion__request__protocol"), pk=self.kwargs["action"]
        )

    def refusal(self) -> str | None:
        return permissions.refusal_to_act(self.user, self.thing, self.now) or self.over()

    def over(self) -> str | None:
        """Say before anything is typed that it is done; what was typed meanwhile comes back in the form."""
        return permissions.why_over(self.thing) if self.request.method == "GET" else None

    def get_back(self) -> tuple[str, str]:
        return reverse("minutes:actions", args=[self.kwargs["pk"]]), "Back to the actions"

    def next(self, done: object) -> str:
        return reverse("minutes:actions", args=[self.kwargs["pk"]])


class DonePage:
    """An action is done: shared by staff and partners."""

    form_class: type[BaseForm] | None = DoneForm
    template_name = "minutes/after/action_form.html"
    button = "Mark as done"
    message: str | Callable[[Any], str] = "The action is marked as done."
    thing: Any
    user: Any
    now: Any

    def get_title(self) -> str:
        """The action's number."""
        return f"Mark action {self.thing.number} as done"

    def get_initial(self) -> dict[str, Any]:
        """Now, unless told otherwise."""
        return {"done_at": self.now}

    def get_form_kwargs(self) -> dict[str, Any]:
        """Whose it is, when it is somebody else's."""
        return whose(self.thing, self.user)

    def act(self, form: DoneForm) -> Action:
        """Say what was done."""
        return follow_through.complete_action(
            self.thing,
            **form.told,
            by=self.user,
            at=self.now,
        )


class BlockPage:
    """An action cannot be done for now: shared by staff and partners."""

    form_class: type[BaseForm] | None = BlockForm
    template_name = "minutes/after/action_form.html"
    button = "Say what blocks it"
    message: str | Callable[[Any], str] = (
        "The chair and business support can see what blocks the action. Its time runs on."
    )
    thing: Any
    user: Any
    now: Any

    def get_title(self) -> str:
        """The action's number."""
        return f"What blocks action {self.thing.number}?"

    def get_form_kwargs(self) -> dict[str, Any]:
        """The question."""
        return {"label": "What keeps it from being done?", **whose(self.thing, self.user)}

    def act(self, form: BlockForm) -> Action:
        """Say what blocks it."""
        return follow_through.block_action(self.thing, **form.cleaned_data, by=self.user, at=self.now)


class Done(DonePage, ActionPage):
    """Staff: an action is done."""

    template_name = "minutes/after/action_done.html"

    def get_context(self) -> dict[str, Any]:
        return {"unseen": follow_through.not_yet_seen(self.thing)}


class Block(BlockPage, ActionPage):
    """Staff: what blocks an action."""


class TakeUpPage:
    """What blocked an action is gone: shared by staff and partners."""

    title = "Take the action up again"
    button = "Take up again"
    message: str | Callable[[Any], str] = "The action is open again."
    template_name = "minutes/after/action_form.html"
    thing: Any
    user: Any
    now: Any

    def act(self, form: Any) -> Action:
        """Take it up."""
        return follow_through.take_up_action(self.thing, by=self.user, at=self.now)


def whose(action: Action, by: Any) -> dict[str, str]:
    """The owner's name, so that the form asks somebody else how they know."""
    return {} if permissions.is_own(by, action.owner) else {"owner": action.owner.name}


class TakeUp(TakeUpPage, ActionPage):
    """Staff: a blocked action is taken up again."""


def shown_action(
    action: Any,
    now: Any,
    may_act: bool,
    *,
    may_chase: bool = False,
    may_extend: bool = False,
    answers: Any = None,
    may_record: bool = False,
) -> dict[str, Any]:
    """One action as a page shows it, with the offer that waits; `answers` is who looks at the page."""
    last = action.offered[-1] if action.offered else None
    offer = last if last is not None and last.answer == OfferAnswer.WAITING else None
    own_offer = offer is not None and permissions.is_own(answers, offer.to)
    open_ = action.status in (ActionStatus.OPEN, ActionStatus.BLOCKED) and action.agreed_at is not None
    return {
        "action": action,
        "status": action.get_status_display(),
        "colour": COLOURS[ActionStatus(action.status)],
        "may_act": may_act and open_,
        "may_chase": may_chase and open_,
        "may_extend": may_extend and open_,
        "offer": offer,
        "review": next(iter(getattr(action, "told_reviews", ())), None),
        "own_offer": own_offer,
        "declined": last if last is not None and last.answer == OfferAnswer.DECLINED and open_ else None,
        "may_answer": own_offer or (may_record and offer is not None),
        "is_open": open_,
        "is_late": open_ and action.expected_at < now,
        "was_late": action.done_at is not None and action.done_at > action.expected_at,
    }


__all__ = [
    "ActionPage", "Block", "BlockPage", "Done", "DonePage", "TakeUp", "TakeUpPage", "actions",
    "shown_action", "whose",
]  # fmt: skip
