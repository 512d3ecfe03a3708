"""What staff's and partners' pages of an escalation share: what is shown of it, and the four forms."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.forms import BaseForm

from accounts.models import ActingFor
from cases.models import Case
from deadlines.enums import Duty
from deadlines.models import Deadline
from escalations import permissions, services
from escalations.enums import EscalationStatus, StageStatus
from escalations.forms import AnswerForm, MoveUpForm, ResolveForm, WithdrawForm
from escalations.models import Escalation, Resolution, Stage, Withdrawal
from escalations.people import Actor, is_party
from escalations.rules import rungs_above

COLOURS = {
    EscalationStatus.OPEN: "yellow",
    EscalationStatus.RESOLVED: "green",
    EscalationStatus.WITHDRAWN: "grey",
}
STAGE_COLOURS = {
    StageStatus.WAITING: "yellow",
    StageStatus.ANSWERED: "blue",
    StageStatus.MOVED_UP: "purple",
    StageStatus.RESOLVED: "green",
    StageStatus.WITHDRAWN: "grey",
}


def of_case(case: Case, clocks: Iterable[Deadline]) -> list[Escalation]:
    """A case's escalations with their outcomes, part of the child's record: one statement, the newest first.

    `clocks` are the case's, which its page has read already.
    """
    joined = Stage.objects.filter(escalation__case=case).select_related(
        "owner", "escalation__raised_by", "escalation__raising_agency", "escalation__against",
        "escalation__resolution",
    )  # fmt: skip
    stages = list(joined.order_by("escalation", "number"))
    rows = {stage.escalation_id: stage.escalation for stage in stages}
    for stage in stages:
        stage.escalation = rows[stage.escalation_id]
    _join(rows.values(), stages, clocks)
    return sorted(rows.values(), key=lambda one: (one.raised_at, one.pk), reverse=True)


def with_stages(escalations: Iterable[Escalation]) -> list[Escalation]:
    """Give each its rungs with their clocks, and the one it stands or last stood on: two statements."""
    rows = list(escalations)
    stages = Stage.objects.filter(escalation__in=rows).select_related(
        "owner", "opened_by__agency", "answered_by__agency", "ended_by__agency"
    )
    names = ActingFor.objects.names
    told = stages.annotate(
        opened_for=names("opened_by__user", "opened_at"),
        answered_for=names("answered_by__user", "answered_at"),
        ended_for=names("ended_by__user", "ended_at"),
    )
    found = list(told.order_by("escalation", "number"))
    subjects = [one.subject for one in found]
    clocks = Deadline.objects.filter(duty=Duty.ESCALATION_STAGE, subject__in=subjects).order_by("pk")
    _join(rows, found, clocks if rows else ())
    return rows


def _join(rows: Iterable[Escalation], stages: list[Stage], clocks: Iterable[Deadline]) -> None:
    by_subject = {clock.subject: clock for clock in clocks}
    for stage in stages:
        stage.clock = by_subject.get(stage.subject)  # type: ignore[attr-defined]
        stage.colour = STAGE_COLOURS[StageStatus(stage.status)]  # type: ignore[attr-defined]
    for one in rows:
        one.rungs = [stage for stage in stages if stage.escalation_id == one.pk]  # type: ignore[attr-defined]
        one.last = one.rungs[-1] if one.rungs else None  # type: ignore[attr-defined]
        one.colour = COLOURS[EscalationStatus(one.status)]  # type: ignore[attr-defined]


def shown(escalation: Escalation, by: Actor, now: datetime) -> dict[str, Any]:
    """One escalation as its page shows it, with what this person may do next."""
    with_stages([escalation])
    last: Stage = escalation.last  # type: ignore[attr-defined]
    above = rungs_above(escalation.protocol.rules.escalation_stages.value, last.number)
    is_open = escalation.is_open
    carries = is_open and permissions.refusal_to_carry_on(by, escalation, now) is None
    answers = permissions.refusal_to_answer(by, escalation, now) is None
    withdraws = permissions.refusal_to_withdraw(by, escalation, now) is None
    return {
        "escalation": escalation,
        "last": last,
        "next_rung": above[0][1] if above and is_open else None,
        "resolution": getattr(escalation, "resolution", None),
        "may_answer": is_open and last.status == StageStatus.WAITING and answers,
        "may_move": carries and bool(above),
        "may_resolve": carries,
        "may_withdraw": is_open and withdraws,
        "now": now,
    }


class ActingPage:
    """A form about one open escalation: shared by staff and partners, who differ in how they are found."""

    permission: Callable[[Actor, Escalation, datetime], str | None]
    thing: Any
    user: Any
    now: datetime
    stage: Stage

    def refusal(self) -> str | None:
        """Why this person may not, or why it is too late."""
        if reason := type(self).permission(self.user, self.thing, self.now):
            return reason
        if self.thing.is_open:
            return None
        status = self.thing.get_status_display().lower()
        return (
            f"This escalation is “{status}” now, so it can no longer change. Somebody may have been quicker."
        )

    def look(self, escalation: Escalation) -> Escalation:
        """The escalation with its rungs."""
        with_stages([escalation])
        self.stage = escalation.last  # type: ignore[attr-defined]
        return escalation

    def get_context(self) -> dict[str, Any]:
        """What the form is about stands above it."""
        return {"escalation": self.thing, "last": self.stage, **super().get_context()}  # type: ignore[misc]

    @property
    def is_late(self) -> bool:
        """Whether the rung's time has passed, so that a reason is owed."""
        clock: Deadline | None = self.stage.clock  # type: ignore[attr-defined]
        return bool(clock and clock.due_at and clock.met_at is None and clock.due_at < self.now)


class Answering(ActingPage):
    """The agency answers."""

    title = "Answer this escalation"
    form_class: type[BaseForm] | None = AnswerForm
    button = "Send the answer"
    message: str | Callable[[Any], str] = (
        "The answer is recorded, and both agencies are told. The rung’s time runs on."
    )
    permission = staticmethod(permissions.refusal_to_answer)

    def refusal(self) -> str | None:
        """An answer is given once on each rung."""
        if reason := super().refusal():
            return reason
        if self.stage.status == StageStatus.ANSWERED:
            return f"This rung is answered already. {self.thing.raising_agency} resolves it or moves it up."
        return None

    def get_form_kwargs(self) -> dict[str, Any]:
        """Whether it is written down for another agency."""
        return {"for_another": not is_party(self.user, self.thing.against_id)}

    def act(self, form: AnswerForm) -> Stage:
        """Record the answer."""
        return services.record_response(self.thing, **form.cleaned_data, by=self.user, at=self.now)


class MovingUp(ActingPage):
    """To the next rung, or past it at immediate risk."""

    title = "Move this escalation up"
    form_class: type[BaseForm] | None = MoveUpForm
    button = "Move it up"
    message: str | Callable[[Any], str] = (
        "The escalation is moved up, and both agencies are told. The safeguarding deadlines run on."
    )
    permission = staticmethod(permissions.refusal_to_carry_on)

    @property
    def above(self) -> Any:
        """The rungs that can follow."""
        ladder = self.thing.protocol.rules.escalation_stages.value
        return rungs_above(ladder, self.stage.number)

    def refusal(self) -> str | None:
        """Not from the last rung."""
        if reason := super().refusal():
            return reason
        if self.above:
            return None
        return "This is the last rung of the ladder: it can only be resolved or withdrawn."

    def get_form_kwargs(self) -> dict[str, Any]:
        """The rungs above, and whether lateness must be explained."""
        return {"rungs": self.above, "is_late": self.is_late}

    def get_context(self) -> dict[str, Any]:
        """The next rung's name, limit and form."""
        return super().get_context() | {"next_rung": self.above[0][1]}

    def act(self, form: MoveUpForm) -> Stage:
        """Move up, or jump."""
        typed = dict(form.cleaned_data)
        if typed.pop("is_immediate"):
            return services.jump_to(self.thing, **typed, by=self.user, at=self.now)
        del typed["rung"], typed["risk_reason"]
        return services.move_up(self.thing, **typed, by=self.user, at=self.now)


class Resolving(ActingPage):
    """Both agencies agree."""

    title = "Resolve this escalation"
    form_class: type[BaseForm] | None = ResolveForm
    button = "Record the outcome"
    message: str | Callable[[Any], str] = (
        "The escalation is resolved. The outcome is on the child’s record, and both agencies are told."
    )
    permission = staticmethod(permissions.refusal_to_carry_on)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Whether lateness must be explained."""
        return {"is_late": self.is_late}

    def act(self, form: ResolveForm) -> Resolution:
        """Resolve."""
        return services.resolve(self.thing, **form.cleaned_data, by=self.user, at=self.now)


class Withdrawing(ActingPage):
    """The raising agency no longer asks."""

    title = "Withdraw this escalation"
    form_class: type[BaseForm] | None = WithdrawForm
    button = "Withdraw it"
    message: str | Callable[[Any], str] = "The escalation is withdrawn, and both agencies are told."
    steps_say = "The escalation ends here. It stays on the child’s record as withdrawn."
    permission = staticmethod(permissions.refusal_to_withdraw)

    def act(self, form: WithdrawForm) -> Withdrawal:
        """Withdraw."""
        return services.withdraw(self.thing, **form.cleaned_data, by=self.user, at=self.now)
