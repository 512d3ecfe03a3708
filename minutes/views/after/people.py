"""What each person who took part does, signed in or by link: agree, sign, acknowledge, follow their
actions."""

from collections.abc import Callable
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from attendees.enums import TAKES_PART, SignatureMethod
from attendees.models import Attendance, Signature
from audit.services import record_read
from minutes import events_after as events
from minutes.canonical import in_groups, is_unchanged
from minutes.enums import ActionStatus, Answer, OfferAnswer
from minutes.forms.after import AnswerForm, DoneForm, ReasonForm, SignForm
from minutes.models import Action, ActionLog, Agreement, Minutes, Recipient
from minutes.permissions import after as permissions
from minutes.services import copies, follow_through, turns
from minutes.services.agree import sign
from minutes.services.reassigning import OFFERS
from minutes.services.round import OPEN, answer_record
from minutes.views.after.base import RecordPage, heading, record_for, tabs

COLOURS = {
    ActionStatus.OPEN: "blue",
    ActionStatus.BLOCKED: "orange",
    ActionStatus.DONE: "green",
    ActionStatus.STRUCK: "grey",
}


@require_GET
def round_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Who agreed, who proposed a correction, who objected, who said nothing; who signed and who did not."""
    minutes = record_for(request, pk)
    record_read(
        events.VERSION_READ, minutes.discussion.case, subject=minutes, by=request.user, at=timezone.now()
    )
    may_check = permissions.refusal_to_check(request.user, minutes.discussion, timezone.now()) is None  # type: ignore[arg-type]
    said = round_of(minutes)
    me = next(
        (row["who"] for row in said["people"] if row["who"].professional.user_id == request.user.pk), None
    )
    context = {
        **heading(minutes),
        "tabs": tabs(minutes, "round"),
        **said,
        "has_signed": any(row["who"] == me and row["signed"] for row in said["people"]),
        "may_check": may_check,
        "me": me,
        "can_answer": minutes.status in OPEN,
        "round_clock": turns.round_clock(minutes),
        "now": timezone.now(),
    }
    return render(request, "minutes/after/round.html", context)


def round_of(minutes: Minutes) -> dict[str, Any]:
    """What everybody who took part said and signed; silence is shown as silence."""
    people = list(
        Attendance.objects.filter(discussion=minutes.discussion, mode__in=TAKES_PART).select_related(
            "professional"
        )
    )
    said = {one.attendance_id: one for one in minutes.agreements.select_related("resolved_by")}
    log = minutes.action_logs.order_by("-number").first()
    signed = signatures_of(log)
    return {
        "log": log,
        "log_groups": in_groups(log.sha256) if log else "",
        "log_sound": log is None or is_unchanged(log.content, log.sha256),
        "people": [{"who": one, "said": said.get(one.pk), "signed": signed.get(one.pk)} for one in people],
        "unsigned": sum(one.pk not in signed for one in people),
        "silent": sum(one.pk not in said for one in people),
        "waiting": sum(_waits(one) for one in said.values()),
    }


def signatures_of(log: ActionLog | None) -> dict[int, Signature]:
    """Signatures of one action log by attendance; nothing when there is no log."""
    if log is None:
        return {}
    found = Signature.objects.filter(document=log.document).select_related("witness")
    return {one.attendance_id: one for one in found}


class Agree(RecordPage):
    """A signed-in attendee says what they think of the record."""

    title = "What do you say of this record?"
    form_class = AnswerForm
    button = "Send my answer"
    message = "Your answer is in the record."

    def fetch(self) -> Minutes:
        minutes = super().fetch()
        self.me = _mine(minutes, self.user)
        return minutes

    def refusal(self) -> str | None:
        return (
            None if self.me else "You did not take part in this discussion, so you do not agree its record."
        )

    def get_initial(self) -> dict[str, Any]:
        return initial_answer(self.thing, self.me)

    def act(self, form: AnswerForm) -> Agreement:
        assert self.me is not None
        typed = form.cleaned_data
        return answer_record(
            self.thing, self.me, typed["answer"], text=typed["text"], by=self.user, at=self.now
        )

    def next(self, done: object) -> str:
        return reverse("minutes:round", args=[self.kwargs["pk"]])


class Sign(RecordPage):
    """A signed-in attendee signs the action log, which stands on the page with its hash."""

    title = "Sign the action log"
    form_class = SignForm
    template_name = "minutes/after/sign.html"
    shows_record = True
    button = "Sign"
    message = "You have signed the action log."

    def fetch(self) -> Minutes:
        minutes = super().fetch()
        self.me = _mine(minutes, self.user)
        self.log = minutes.action_logs.order_by("-number").first()
        return minutes

    def refusal(self) -> str | None:
        return why_not_sign(self.me, self.log)

    def get_context(self) -> dict[str, Any]:
        return {**heading(self.thing), **shown_log(self.log)}

    def act(self, form: SignForm) -> Signature:
        assert self.me is not None and self.log is not None
        return sign(self.me, self.log, method=SignatureMethod.OWN, by=self.user, at=self.now)

    def next(self, done: object) -> str:
        return reverse("minutes:round", args=[self.kwargs["pk"]])


@require_POST
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """A signed-in reader says that they have the minutes."""
    minutes = record_for(request, pk)
    mine = Recipient.objects.filter(
        circulation__version__minutes=minutes,
        professional__user=request.user,  # type: ignore[misc]
    )
    copy = mine.order_by("-circulation__version__number").first()
    if copy is not None:
        copies.acknowledge(copy, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    return redirect("minutes:read", pk)


@require_GET
def actions(request: HttpRequest, pk: int) -> HttpResponse:
    """Every action of the discussion, whose it is, by when, and what became of it."""
    minutes = record_for(request, pk)
    record_read(
        events.ACTIONS_READ, minutes.discussion.case, subject=minutes, by=request.user, at=timezone.now()
    )
    named = ("owner__agency", "owner__user", "agreed_owner", "child")
    shown = list(minutes.actions.select_related(*named).prefetch_related(OFFERS))
    now = timezone.now()
    user: Any = request.user
    chairs = permissions.refusal_to_check(user, minutes.discussion, now) is None
    may_all = chairs or permissions.refusal_to_circulate(user, minutes.discussion, now) is None
    context = {
        **heading(minutes),
        "tabs": tabs(minutes, "actions"),
        "actions": [
            shown_action(
                one,
                now,
                may_all or one.owner.user_id == user.pk,
                may_chase=may_all and one.owner.user_id != user.pk,
                may_extend=chairs,
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
        return permissions.refusal_to_act(self.user, self.thing, self.now)

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
        return f"Action {self.thing.number} is done"

    def get_initial(self) -> dict[str, Any]:
        """Now, unless told otherwise."""
        return {"done_at": self.now}

    def act(self, form: DoneForm) -> Action:
        """Say what was done."""
        typed = form.cleaned_data
        return follow_through.complete_action(
            self.thing,
            what_was_done=typed["what_was_done"],
            done_at=typed["done_at"],
            by=self.user,
            at=self.now,
        )


class BlockPage:
    """An action cannot be done for now: shared by staff and partners."""

    form_class: type[BaseForm] | None = ReasonForm
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
        return {"label": "What keeps it from being done?"}

    def act(self, form: ReasonForm) -> Action:
        """Say what blocks it."""
        reason = form.cleaned_data["reason"]
        return follow_through.block_action(self.thing, reason=reason, by=self.user, at=self.now)


class Done(DonePage, ActionPage):
    """Staff: an action is done."""


class Block(BlockPage, ActionPage):
    """Staff: what blocks an action."""


class TakeUp(ActionPage):
    """Staff: a blocked action is taken up again."""

    title = "Take the action up again"
    button = "Take up again"
    message = "The action is open again."

    def act(self, form: Any) -> Action:
        return follow_through.take_up_action(self.thing, by=self.user, at=self.now)


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
        "own_offer": own_offer,
        "declined": last if last is not None and last.answer == OfferAnswer.DECLINED and open_ else None,
        "may_answer": own_offer or (may_record and offer is not None),
        "is_open": open_,
        "is_late": open_ and action.expected_at < now,
        "was_late": action.done_at is not None and action.done_at > action.expected_at,
    }


def shown_log(log: ActionLog | None) -> dict[str, Any]:
    """The action log as it stands on the signing page: its words, its hash, and whether they belong
    together."""
    return {
        "log": log,
        "log_groups": in_groups(log.sha256) if log else "",
        "log_sound": log is None or is_unchanged(log.content, log.sha256),
    }


def why_not_sign(me: Attendance | None, log: ActionLog | None) -> str | None:
    """Why this person cannot sign now, or None."""
    if me is None:
        return "You did not take part in this discussion, so you have nothing to sign."
    if log is None:
        return "The action log can be signed when the discussion has ended."
    if Signature.objects.filter(attendance=me, document=log.document).exists():
        return "You have signed this action log. Thank you."
    return None


def initial_answer(minutes: Minutes, me: Attendance | None) -> dict[str, Any]:
    """What this attendee said before."""
    said = minutes.agreements.filter(attendance=me).first() if me else None
    if said is None:
        return {}
    key = {Answer.CORRECTS: "correction", Answer.OBJECTS: "objection"}.get(Answer(said.answer))
    return {"answer": said.answer, **({key: said.text} if key else {})}


def _mine(minutes: Minutes, user: Any) -> Attendance | None:
    mine = Attendance.objects.filter(
        discussion=minutes.discussion, professional__user=user, mode__in=TAKES_PART
    )
    return mine.select_related("professional").first()


def _waits(said: Agreement) -> bool:
    return said.answer != Answer.AGREES and not said.resolution


__all__ = [
    "ActionPage", "Agree", "Block", "BlockPage", "Done", "DonePage", "Sign", "TakeUp",
    "acknowledge", "actions", "initial_answer", "round_of", "round_page", "shown_action", "shown_log",
    "signatures_of", "why_not_sign",
]  # fmt: skip
