"""Recording what came in: search before a case is opened, then the family and the referral on one page."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from cases.models import Case
from deadlines.choosing import protocol_in_force
from deadlines.working_days import local_date
from govuk.rows import Rows
from govuk.views import FormPage
from referrals.models import Referral
from referrals.permissions import refusal_to_record
from referrals.services import ConcernFacts, NewCase
from strategy import services
from strategy.clocks import protocol_for
from strategy.forms.adults import FamilyForm, family_facts
from strategy.forms.family import ReportedChildForm, child_facts
from strategy.forms.referrals import NewFamilyForm, ReferralForm, TimesForm
from strategy.models import StrategyRequest
from strategy.views.matches import ShowsMatches
from strategy.views.pages import police_lines
from strategy.views.seeking import SOUGHT, sought_of


class Records(FormPage):
    """What the two pages that record a referral share."""

    button = "Record and ask for a discussion"
    message = "Recorded. The clock runs from when it came in: go on with the request."

    def refusal(self) -> str | None:
        """Those who take referrals."""
        return refusal_to_record(self.user, self.thing, self.now)

    def get_form_kwargs(self) -> dict[str, Any]:
        """What the procedure in force counts from."""
        return {"meaning": protocol_in_force(local_date(self.now)).trigger_meaning.value}

    def get_back(self) -> tuple[str, str]:
        """Back to the search."""
        return reverse("referrals:new"), "Back to the search"

    def get_context(self) -> dict[str, Any]:
        """Whom to call first."""
        return {"lines": police_lines(self.now), "case": self.thing}

    def next(self, done: StrategyRequest) -> str:
        """To the request's task list."""
        return done.get_absolute_url()


class NewFamily(ShowsMatches, Records):
    """A referral about a family that has no case yet: only after a search."""

    title = "Record a referral about a family not known here"
    form_class = NewFamilyForm
    template_name = "strategy/referral.html"
    rows = {
        "children": Rows(ReportedChildForm, "child", least=1, most=12, legend="The children"),
        "family": Rows(FamilyForm, "family member", most=12, legend="The family and household"),
    }

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Whoever comes without a search is led to it; what was typed already is not lost for it."""
        if request.method == "GET" and SOUGHT not in request.session and self.refusal() is None:
            messages.info(request, "First look whether the child is known.")
            return HttpResponseRedirect(reverse("referrals:new"))
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        """It came in now, unless told otherwise."""
        return {"triggered_at": self.now}

    def get_form_kwargs(self) -> dict[str, Any]:
        """The person's own team takes the case, unless told otherwise."""
        return super().get_form_kwargs() | {"user": self.user}

    def get_initial_rows(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """The child who was sought, and somebody with parental responsibility to name."""
        return {"children": [sought_of(self.request).child], "family": [{}]}

    def act(self, form: NewFamilyForm) -> StrategyRequest:
        """Open the case, record the referral, begin the request."""
        children, searched = self.cleaned_rows["children"], sought_of(self.request)
        new_case = NewCase(
            team=form.cleaned_data["team"],
            children=[child_facts(typed) for typed in children],
            family=[family_facts(typed) for typed in self.cleaned_rows["family"]],
            known_before=form.cleaned_data["known_before"],
            worker_safety=form.cleaned_data["worker_safety"],
        )
        concerns = [
            ConcernFacts(child=place, abuse_type=kind)
            for place, typed in enumerate(children)
            for kind in typed["abuse_types"]
        ]
        done = services.take_new_family(
            form.facts,
            new_case=new_case,
            concerns=concerns,
            another_because=form.cleaned_data["another_because"],
            seen=searched.very_like if searched.was_shown else None,
            by=self.user,
            at=self.now,
        )
        self.request.session.pop(SOUGHT, None)
        return done


class OnCase(Records):
    """A referral or new information about a family whose case is open."""

    form_class = ReferralForm
    template_name = "strategy/referral.html"

    def fetch(self) -> Case:
        """The case, if this person may see it; else 404."""
        found = Case.objects.visible_to(self.user).filter(reference=self.kwargs["reference"]).first()
        if found is None:
            raise Http404
        return found

    def get_title(self) -> str:
        """Which case."""
        return f"Record a referral or new information on {self.thing.reference}"

    def get_initial(self) -> dict[str, Any]:
        """New information, now, unless told otherwise."""
        return {"triggered_at": self.now, "trigger": "new_information"}

    def act(self, form: ReferralForm) -> StrategyRequest:
        """Record it and begin the request."""
        return services.take_referral_and_ask(form.facts, case=self.thing, by=self.user, at=self.now)


class CorrectTimes(FormPage):
    """Correct when it happened or came in, with the reason."""

    title = "Correct when it came in"
    form_class = TimesForm
    button = "Save the times"
    message = "The times are corrected, and every deadline with them."
    thing: Referral

    def fetch(self) -> Referral:
        """The referral, if this person may see its case; else 404."""
        found: Referral | None = (
            Referral.objects.visible_to(self.user).select_related("case").filter(pk=self.kwargs["pk"]).first()
        )
        if found is None:
            raise Http404
        return found

    def refusal(self) -> str | None:
        """Those who take referrals."""
        return refusal_to_record(self.user, self.thing.case, self.now)

    def get_initial(self) -> dict[str, Any]:
        """As recorded."""
        return {"triggered_at": self.thing.triggered_at, "received_at": self.thing.received_at}

    def get_form_kwargs(self) -> dict[str, Any]:
        """What the referral's own procedure counts from."""
        return {"meaning": protocol_for(self.thing, self.now).rules.trigger_meaning.value}

    def get_back(self) -> tuple[str, str]:
        """Back to the case."""
        return reverse("worklist:case", args=[self.thing.case.reference]), "Back to the case"

    def act(self, form: TimesForm) -> Referral:
        """Correct them."""
        return services.correct_moments(self.thing, **form.cleaned_data, by=self.user, at=self.now)

    def next(self, done: Any) -> str:
        """To the case."""
        return reverse("worklist:case", args=[self.thing.case.reference])
