"""Recording what came in: search before a case is opened, then the family and the referral on one page."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.generic import View

from accounts.permissions import refusal_unless
from accounts.roles import Permission
from audit import services as audit
from cases.models import Case, Child
from deadlines.choosing import protocol_in_force
from deadlines.working_days import local_date
from govuk.rows import Rows
from govuk.views import FormPage
from referrals.models import Referral
from referrals.permissions import refusal_to_record
from referrals.services import ConcernFacts, NewCase
from strategy import events, services
from strategy.clocks import protocol_for
from strategy.forms.referrals import (
    FamilyForm,
    NewFamilyForm,
    ReferralForm,
    ReportedChildForm,
    SearchForm,
    TimesForm,
    child_facts,
    family_facts,
)
from strategy.models import StrategyRequest
from strategy.views.pages import police_lines, user_of

SOUGHT = "sought_child"  # in the session, never in an address: names must not reach logs or history
MOST = 20


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
        typed = form.cleaned_data
        alike = Child.objects.alike(typed["given_names"], typed["family_name"], typed["date_of_birth"])
        shown = alike.visible_to(user_of(request))
        mine = list(shown.select_related("case__team")[:MOST])
        born = typed["date_of_birth"]
        request.session[SOUGHT] = {
            "given_names": typed["given_names"],
            "family_name": typed["family_name"],
            "date_of_birth": born.isoformat() if born else None,
        }
        audit.record_read(
            events.CHILD_SOUGHT, by=user_of(request), at=timezone.now(), data={"found": len(mine)}
        )
        return self.page(request, form, mine=mine, elsewhere=self.elsewhere(alike, mine))

    def elsewhere(self, alike: Any, mine: list[Child]) -> list[Any]:
        """Teams with such a child in a case this person may not see: whom to ring, and nothing else."""
        others = alike.filter(case__restricted=False).exclude(pk__in=[child.pk for child in mine])
        found = {one.case.team_id: one.case.team for one in others.select_related("case__team")[:MOST]}
        return list(found.values())

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
            "lines": police_lines(now),
            "now": now,
        }
        return render(request, "strategy/search.html", context | more, status=status)


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


class NewFamily(Records):
    """A referral about a family that has no case yet."""

    title = "Record a referral about a family not known here"
    form_class = NewFamilyForm
    template_name = "strategy/referral.html"
    rows = {
        "children": Rows(ReportedChildForm, "child", least=1, most=12, legend="The children"),
        "family": Rows(FamilyForm, "family member", most=12, legend="The family and household"),
    }

    def get_initial(self) -> dict[str, Any]:
        """It came in now, unless told otherwise."""
        return {"triggered_at": self.now}

    def get_form_kwargs(self) -> dict[str, Any]:
        """The person's own team takes the case, unless told otherwise."""
        return super().get_form_kwargs() | {"user": self.user}

    def get_initial_rows(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """The child who was sought, and somebody with parental responsibility to name."""
        return {"children": [self.request.session.get(SOUGHT) or {}], "family": [{}]}

    def act(self, form: NewFamilyForm) -> StrategyRequest:
        """Open the case, record the referral, begin the request."""
        children = self.cleaned_rows["children"]
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
        done = services.take_referral_and_ask(
            form.facts, new_case=new_case, concerns=concerns, by=self.user, at=self.now
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
