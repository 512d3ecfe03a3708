"""The decision for each child, and the Laming arrangements."""

from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import FilteredRelation, OuterRef, Q
from django.shortcuts import get_object_or_404

from accounts.roles import Permission
from minutes.enums import MinutesStatus
from minutes.forms.meeting.answers import told_beside
from minutes.forms.meeting.deciding import ArrangeForm, DecisionForm, RearrangeForm
from minutes.models import Arrangement
from minutes.rules.considering import prompts
from minutes.rules.wording import in_words
from minutes.services import arrangements, decisions
from minutes.services.shown import lacks_of
from minutes.views.meeting.answers import asked_of, initial_answers
from minutes.views.meeting.base import RoomPage, professionals_here
from referrals.models import Concern
from strategy.models import Decision, Enquiry

TOLD = ("risk_level", "risk_text", "outcome", "rationale", "legal_reason", "deferred_to")


class Decide(RoomPage):
    """What is decided for one child."""

    template_name = "minutes/room/decide.html"
    shows_record = True
    form_class = DecisionForm
    button = "Record the decision"
    step = "threshold"
    child: Any  # with the kinds of harm that are feared for it

    def about(self) -> Decision | None:
        children = self.room.discussion.request.children
        feared = Concern.objects.filter(
            child=OuterRef("pk"), referral=self.room.discussion.request.referral_id
        ).order_by("pk")
        here = Q(decisions__discussion=self.room.discussion)
        told = children.annotate(
            feared=ArraySubquery(feared.values("abuse_type")),
            made=FilteredRelation("decisions", condition=here),  # one statement: there is one at most
        ).select_related("made")
        self.child = get_object_or_404(told, pk=self.kwargs["child"])
        found: Decision | None = getattr(self.child, "made", None)
        return found

    def get_version(self) -> int:
        """Return 0 while nothing is decided: two who decide first at once are shown both."""
        return self.thing.version if self.thing else decisions.NONE_YET

    def get_title(self) -> str:
        return f"Decision for {self.child.name}"

    def refusal(self) -> str | None:
        if self.minutes.status == MinutesStatus.OPENED:
            return "Start the discussion first: decisions are made while it is held."
        if self.minutes.status != MinutesStatus.LIVE:
            return (
                "The discussion has ended: its decisions stand. A later discussion can decide again; one "
                "that was recorded wrongly is put right by the chair when they check the minutes. What is "
                "asked beside a decision is answered from the step “Threshold decision” of the record."
            )
        return self.room.refusal

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            "case_id": self.room.discussion.case_id,
            "here": [one.professional_id for one in self.room.here],  # statements are few on this page
            "needed": asked_of(self.room, self.child),
        }

    def get_initial(self) -> dict[str, Any]:
        if self.thing is None:
            return {}
        mine = self._enquiry()
        told = {name: getattr(self.thing, name) for name in TOLD}
        told |= initial_answers(self.thing, self.room)
        return told | {
            "lead": mine.lead_id if mine else None,
            "police_lead": mine.police_lead if mine else "",
        }

    def act(self, form: DecisionForm) -> Decision:
        said = {name: form.cleaned_data[name] for name in (*TOLD, "lead", "police_lead")}
        threshold = decisions.Threshold(**said, **told_beside(form.cleaned_data))
        return decisions.decide(
            self.minutes, self.child, threshold, by=self.user, at=self.now, version=self.version
        )

    def get_message(self, done: Decision) -> str:
        """What was decided, and what is still to be answered beside it."""
        lacks = lacks_of(self.child, done, self.room.rules)
        later = f" Before the minutes can be authorised, say {in_words(lacks)}." if lacks else ""
        return f"{self.child.name}: {done.get_outcome_display()}.{later}"

    def get_context(self) -> dict[str, Any]:
        first = next((one for one in self.enquiries if one.discussion_id != self.minutes.discussion_id), None)
        powers = self.child.powers.filter(ended_at=None).select_related("by")
        return {
            "room": self.room,
            "child": self.child,
            "first": first,
            "powers": list(powers),
            "may_record": not self.child.is_unborn,  # whoever is let in here runs the meeting being held
            "may_end": self.user.may(Permission.RECORD_REFERRAL),
            "prompts": prompts(self.child.name, self.child.feared),
        }

    @cached_property
    def enquiries(self) -> list[Enquiry]:
        """The child's open enquiries: of this discussion, or of another."""
        return list(self.child.enquiries.filter(closed_at__isnull=True).select_related("discussion"))

    def _enquiry(self) -> Enquiry | None:
        here = self.minutes.discussion_id
        return next((one for one in self.enquiries if one.discussion_id == here), None)


class Arrange(RoomPage):
    """Who is seen, where, when and by whom."""

    title = "Arrange who is seen"
    form_class = ArrangeForm
    button = "Save the arrangement"
    message = "It is arranged, and in the action log."
    step = "actions"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            "children": self.room.children,
            "family": list(self.room.discussion.case.family.all()),
            "here": professionals_here(self.room),
        }

    def get_initial(self) -> dict[str, Any]:
        only = self.room.children[0].pk if len(self.room.children) == 1 else None
        told = {name: self.request.GET.get(name) for name in ("about", "child", "member")}
        member = told.pop("member")
        return {**told, "child": told["child"] or only, "family_member": member}

    def act(self, form: ArrangeForm) -> Arrangement:
        return arrangements.arrange(self.minutes, self.seeing(form), by=self.user, at=self.now)

    def seeing(self, form: ArrangeForm) -> arrangements.Seeing:
        """What the form says, as the service wants it."""
        said = form.cleaned_data
        names = ("about", "child", "place", "at", "by_whom", "family_member", "how_known", "forum")
        return arrangements.Seeing(**{name: said[name] for name in names if name in said})


class Rearrange(Arrange):
    """Change an arrangement; its action follows."""

    title = "Change the arrangement"
    form_class = RearrangeForm
    message = "The arrangement and its action are changed."

    def about(self) -> Arrangement:
        made = self.minutes.arrangements.select_related("action")
        found: Arrangement = get_object_or_404(made, pk=self.kwargs["arrangement"])
        return found

    def get_initial(self) -> dict[str, Any]:
        names = ("about", "child_id", "family_member_id", "place", "at", "by_whom_id")
        told = {name.removesuffix("_id"): getattr(self.thing, name) for name in names}
        return told | {name: getattr(self.thing.action, name) for name in ("how_known", "forum")}

    def get_version(self) -> int:
        version: int = self.thing.action.version
        return version

    def act(self, form: ArrangeForm) -> Arrangement:
        seeing = self.seeing(form)
        return arrangements.rearrange(self.thing, seeing, version=self.version, by=self.user, at=self.now)


__all__ = ["Arrange", "Decide", "Rearrange"]
