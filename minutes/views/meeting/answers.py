"""What is asked beside a child's decision, answered or put right once the discussion has ended."""

from typing import Any

from django.shortcuts import get_object_or_404

from cases.models import Child
from minutes.forms.meeting.answers import AnswersForm, told_beside
from minutes.rules.answers import Answer, is_asked, needed
from minutes.rules.decisions import YES
from minutes.services.amending import AMENDED, amend_answers
from minutes.services.answers import Answers, medical_action
from minutes.services.room import Room
from minutes.views.meeting.base import RoomPage, professionals_here
from strategy.models import Decision

KEPT = (*Answer, "pressure_note", "medical_why", "medical_kind", "medical_place", "legal_reason")


class AmendAnswers(RoomPage):
    """The plan, the medical and the voice of one child; what was decided stands above them."""

    template_name = "minutes/room/answers.html"
    shows_record = True
    form_class = AnswersForm
    button = "Save the answers"
    step = "threshold"

    def about(self) -> Decision:
        decided = self.room.discussion.decisions.select_related("child", "by")
        found: Decision = get_object_or_404(decided, child=self.kwargs["child"])
        return found

    def get_title(self) -> str:
        return f"Plan, medical and voice: {self.thing.child.name}"

    def refusal(self) -> str | None:
        if self.minutes.status not in AMENDED and not self.room.refusal:
            return "The discussion has not ended: these are asked with the decision itself."
        return self.room.refusal

    def get_form_kwargs(self) -> dict[str, Any]:
        asked = asked_of(self.room, self.thing.child, self.thing.outcome)
        return {"here": professionals_here(self.room), "needed": asked}

    def get_initial(self) -> dict[str, Any]:
        return initial_answers(self.thing, self.room)

    def act(self, form: AnswersForm) -> Decision:
        typed = form.cleaned_data
        said = Answers(**told_beside(typed), legal_reason=typed["legal_reason"])
        return amend_answers(
            self.minutes, self.thing.child, said, by=self.user, at=self.now, version=self.version
        )

    def get_message(self, done: Decision) -> str:
        return f"{done.child.name}: the answers are in the record."

    def get_context(self) -> dict[str, Any]:
        return {"room": self.room, "decision": self.thing}


def asked_of(room: Room, child: Child, outcome: str = "") -> list[Answer]:
    """The answers that this child needs before the minutes can be authorised."""
    asked = needed(room.rules)
    return [one for one in Answer if one in asked and is_asked(one, unborn=child.is_unborn, outcome=outcome)]


def initial_answers(decision: Decision, room: Room) -> dict[str, Any]:
    """What was answered; when and by whom a medical is made stands in its action."""
    told = {str(name): getattr(decision, name) for name in KEPT}
    action = medical_action(room.minutes, decision.child) if decision.medical == YES else None
    return told | ({"medical_at": action.due_at, "medical_owner": action.owner_id} if action else {})


__all__ = ["AmendAnswers", "asked_of", "initial_answers"]
