"""A HIGH screening that came in, and the answer to what came in while nobody asks for a discussion."""

from typing import Any

from django.http import Http404
from django.urls import reverse

from audit.services import record_read
from cases.models import Case
from deadlines.models import Deadline
from govuk.views import FormPage
from referrals.models import Referral
from referrals.permissions import refusal_to_record
from strategy import permissions, services
from strategy.enums import Status
from strategy.events import REFERRAL_READ
from strategy.forms.unasked import AnswerForm, HighRatingForm
from strategy.models import StrategyRequest
from strategy.people import referrer_of


class RecordHighRating(FormPage):
    """An exploitation screening rated HIGH, on an open case."""

    title = "Record an exploitation screening rated HIGH"
    form_class = HighRatingForm
    button = "Record the rating"
    message = "The rating is recorded. Say now whether a discussion is needed, or leave it to the manager."
    thing: Case

    def fetch(self) -> Case:
        """The case, if this person may see it; else 404."""
        found = Case.objects.visible_to(self.user).filter(reference=self.kwargs["reference"]).first()
        if found is None:
            raise Http404
        return found

    def refusal(self) -> str | None:
        """Those who take referrals."""
        return refusal_to_record(self.user, self.thing, self.now)

    def get_initial(self) -> dict[str, Any]:
        """Now, unless told otherwise."""
        return {"came_in_at": self.now}

    def get_back(self) -> tuple[str, str]:
        """Back to what else may have come in."""
        return reverse("referrals:on_case", args=[self.thing.reference]), "Back"

    def act(self, form: HighRatingForm) -> Referral:
        """Record it; its clocks start."""
        return services.record_high_rating(self.thing, **form.cleaned_data, by=self.user, at=self.now)

    def next(self, done: Referral) -> str:
        """To its answer."""
        return reverse("referrals:answer", args=[done.pk])


class AnswerReferral(FormPage):
    """Nobody asks for a discussion: begin the request, or a manager says why none is needed."""

    title = "Is a discussion needed?"
    form_class = AnswerForm
    template_name = "strategy/answer.html"
    button = "Continue"
    thing: Referral

    def fetch(self) -> Referral:
        """The referral, if this person may see its case; else 404."""
        found: Referral | None = (
            Referral.objects.visible_to(self.user)
            .select_related("case__team", "referrer_agency")
            .filter(pk=self.kwargs["pk"])
            .first()
        )
        if found is None:
            raise Http404
        return found

    def note_reading(self) -> None:
        """It shows what came in."""
        subject = f"referral:{self.thing.pk}"
        record_read(REFERRAL_READ, self.thing.case, subject=subject, by=self.user, at=self.now)

    def refusal(self) -> str | None:
        """Those who ask and managers; and only while nobody asks."""
        if reason := permissions.refusal_to_answer(self.user, self.now):
            return reason
        ended = [Status.WITHDRAWN, Status.NOT_NEEDED]
        if self.thing.requests.exclude(status__in=ended).exists():
            return "A discussion has been asked for: this waits for nobody’s answer."
        return None if self.clocks() else "This was answered: no discussion is needed."

    def clocks(self) -> list[Deadline]:
        """The referral's running clocks that wait for this answer."""
        if not hasattr(self, "_clocks"):
            duties = ["convene", "answer_high_rating"]
            running = Deadline.objects.running().filter(subject=f"referral:{self.thing.pk}")
            self._clocks = list(
                running.filter(duty__in=duties).select_related("owner", "owner_team").order_by("due_at")
            )
        return self._clocks

    def get_form_kwargs(self) -> dict[str, Any]:
        """Which answers this person may give."""
        return {
            "may_ask": permissions.refusal_to_request(self.user, self.now) is None,
            "may_refuse": permissions.refusal_to_decide_unasked(self.user, self.now) is None,
            "referrer": referrer_of(self.thing),
        }

    def get_back(self) -> tuple[str, str]:
        """Back to the case."""
        return reverse("worklist:case", args=[self.thing.case.reference]), "Back to the case"

    def get_context(self) -> dict[str, Any]:
        """What came in, what makes it urgent, and the clocks that wait."""
        return {
            "referral": self.thing,
            "may_correct": refusal_to_record(self.user, None, self.now) is None,
            "circumstances": list(self.thing.circumstances.all()),
            "clocks": self.clocks(),
            "now": self.now,
        }

    def act(self, form: AnswerForm) -> StrategyRequest | Referral:
        """Begin the request, or end the deadline."""
        told = form.cleaned_data
        if told["needed"]:
            return services.start_request(self.thing, by=self.user, at=self.now)
        why = {"rationale": told["rationale"], "for_referrer": told.get("for_referrer", "")}
        return services.decide_none_needed(self.thing, **why, by=self.user, at=self.now)

    def get_message(self, done: StrategyRequest | Referral) -> str:
        """What was done."""
        if isinstance(done, StrategyRequest):
            return "The request is begun: go on with it."
        return "It is recorded that no discussion is needed."

    def next(self, done: StrategyRequest | Referral) -> str:
        """To the request's task list, or to the case."""
        if isinstance(done, StrategyRequest):
            return done.get_absolute_url()
        return reverse("worklist:case", args=[self.thing.case.reference])
