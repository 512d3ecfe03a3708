"""The family, from its case: every child, everybody of the household, and who is what to whom."""

from dataclasses import replace
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property

from audit.services import record_read
from cases import services as cases
from cases.models import Case, Child, FamilyMember
from cases.permissions import refusal_to_change
from govuk.views import FormPage
from strategy import events, services
from strategy.forms.adults import FAMILY_FIELDS, TiesForm, WholeFamilyForm
from strategy.forms.family import CHILD_FIELDS, BornForm, SafetyForm, SameForAllForm, WhyForm
from strategy.models import StrategyRequest
from strategy.views.kept import AddsChild, AddsMember, ChangesChild
from strategy.views.leaving import TakesChildOff


class OfCase(FormPage):
    """A page about the case's people, for those who keep them; back to its tab."""

    button = "Save"
    case: Case

    def fetch(self) -> Any:
        """The case, if this person may see it; else 404."""
        found = Case.objects.visible_to(self.user).filter(reference=self.kwargs["reference"]).first()
        if found is None or found.merged_into_id:
            raise Http404
        self.case = found
        return found

    def refusal(self) -> str | None:
        """Those who take referrals."""
        return refusal_to_change(self.user, self.case, self.now)

    def note_reading(self) -> None:
        """The details stand on the page."""
        record_read(events.FAMILY_READ, self.case, subject=self.thing, by=self.user, at=self.now)

    @cached_property
    def asked(self) -> StrategyRequest | None:
        """The request of this case from whose section one came, if any."""
        told = self.request.GET.get("request", "")
        if not (told.isascii() and told.isdecimal() and len(told) < 12):
            return None
        mine = StrategyRequest.objects.visible_to(self.user)
        found: StrategyRequest | None = mine.filter(case=self.case, pk=int(told)).first()
        return found

    def get_back(self) -> tuple[str, str]:
        """Back to the people of the case, or to the request’s children."""
        if self.asked is not None:
            return self._of_request(self.asked), "Back to children"
        return reverse("worklist:people", args=[self.case.reference]), "Back to the people of the case"

    def next(self, done: Any) -> str:
        """To the people of the case, or to the request’s children."""
        if self.asked is not None:
            return self._of_request(self.asked)
        return reverse("worklist:people", args=[self.case.reference])

    @staticmethod
    def _of_request(asked: StrategyRequest) -> str:
        """Its children; once it was submitted, where another child joins it."""
        where = "strategy:children" if asked.is_open_to_change else "minutes:add_child"
        return reverse(where, args=[asked.pk])


class OfChild(OfCase):
    """A page about one child."""

    child: Child

    def fetch(self) -> Child:
        """The child, if this person may see the case; else 404."""
        found: Child | None = (
            Child.objects.visible_to(self.user).select_related("case").filter(pk=self.kwargs["pk"]).first()
        )
        if found is None:
            raise Http404
        self.case, self.child = found.case, found
        return found


class OfMember(OfCase):
    """A page about somebody of the family."""

    def fetch(self) -> FamilyMember:
        """The person, if this person may see the case; else 404."""
        found: FamilyMember | None = (
            FamilyMember.objects.visible_to(self.user)
            .select_related("case")
            .filter(pk=self.kwargs["pk"])
            .first()
        )
        if found is None:
            raise Http404
        self.case = found.case
        return found


class AddCaseChild(AddsChild, OfCase):
    """Another child, from the case."""

    def next(self, done: Any) -> str:
        """For a request that was submitted, on to where the child joins it."""
        joins = self.asked is not None and not self.asked.is_open_to_change
        return f"{super().next(done)}?child={done.pk}" if joins else super().next(done)


class ChangeCaseChild(ChangesChild, OfChild):
    """What is known of a child, from the case."""


class Born(OfChild):
    """A child recorded unborn is born."""

    form_class = BornForm
    message = "The birth is recorded. The child keeps one record, and must be seen."

    def refusal(self) -> str | None:
        """Only of a child not born yet."""
        if not self.thing.is_unborn:
            return f"{self.thing} is recorded as born already."
        return super().refusal()

    def get_title(self) -> str:
        """Which child."""
        return f"{self.thing} is born"

    def get_initial(self) -> dict[str, Any]:
        """What is recorded, learnt of now."""
        return {name: getattr(self.thing, name) for name in CHILD_FIELDS} | {"told_at": self.now}

    def act(self, form: BornForm) -> Child:
        """Record the birth; what the form does not ask stays as it is."""
        asked = {*form.fields, "is_unborn", "expected_date"}
        kept = {name: getattr(self.thing, name) for name in CHILD_FIELDS if name not in asked}
        facts, told_at = replace(form.facts, **kept), form.cleaned_data["told_at"]
        return services.record_birth(self.thing, facts, told_at=told_at, by=self.user, at=self.now)


class SameForAll(OfChild):
    """What of one child is the same for its brothers and sisters."""

    form_class = SameForAllForm
    button = "Copy to the other children"
    steps_say = (
        "What is recorded of the other children there is replaced. Each may be changed again afterwards."
    )

    def get_title(self) -> str:
        """From which child."""
        return f"The same as {self.thing}"

    def act(self, form: SameForAllForm) -> list[Child]:
        """Copy it."""
        chosen = form.cleaned_data["fields_same"]
        return cases.copy_to_all(self.thing, chosen, by=self.user, at=self.now)

    def get_message(self, done: list[Child]) -> str:
        """Who changed."""
        return f"Copied to {', '.join(map(str, done))}." if done else "The other children had it already."


class RemoveChild(TakesChildOff, OfChild):
    """A child is taken off the family."""

    form_class = WhyForm
    button, danger = "Take the child off the case", True
    message = "The child is taken off the case."
    steps_say = (
        "The child leaves every list and page of this case. The record and what was decided are kept; it "
        "can’t be undone here."
    )

    def get_title(self) -> str:
        """Whom."""
        return f"Take {self.thing} off this case"

    def act(self, form: WhyForm) -> Child:
        """Take the child off."""
        return services.take_child_off(self.thing, **form.cleaned_data, by=self.user, at=self.now)


class AddCaseMember(AddsMember, OfCase):
    """Somebody of the family, from the case."""

    def next(self, done: Any) -> str:
        """Who they are to each child, when there are several."""
        return reverse("family:ties", args=[done.pk]) if done.ties.count() > 1 else super().next(done)


class ChangeMember(OfMember):
    """What is known of somebody of the family."""

    form_class = WholeFamilyForm
    message = "The details are saved."

    def get_title(self) -> str:
        """Whose."""
        return f"What is known of {self.thing.name}"

    def get_form_kwargs(self) -> dict[str, Any]:
        """For whom they have parental responsibility is asked child by child."""
        return {"by_child": True}

    def get_initial(self) -> dict[str, Any]:
        """What is recorded."""
        known = {name: getattr(self.thing, name) for name in FAMILY_FIELDS}
        return known | {"lives_elsewhere": not self.thing.in_household}

    def act(self, form: WholeFamilyForm) -> FamilyMember:
        """Replace what is recorded."""
        facts = replace(form.facts, has_parental_responsibility=self.thing.has_parental_responsibility)
        return cases.change_family_member(self.thing, facts, by=self.user, at=self.now)


class Ties(OfMember):
    """Who somebody is to each child, and for whom they have parental responsibility."""

    form_class = TiesForm
    message = "Saved for each child."

    def get_title(self) -> str:
        """Whose."""
        return f"{self.thing.name} and each child"

    def get_form_kwargs(self) -> dict[str, Any]:
        """The case's children."""
        return {"children": list(Child.objects.filter(case=self.case))}

    def get_initial(self) -> dict[str, Any]:
        """What is recorded of each."""
        known = {}
        for tie in self.thing.ties.all():
            known[f"relationship_{tie.child_id}"] = tie.relationship
            known[f"responsible_{tie.child_id}"] = tie.has_parental_responsibility
        return known

    def act(self, form: TiesForm) -> FamilyMember:
        """Save them."""
        return cases.set_ties(self.thing, form.ties, by=self.user, at=self.now)


class RemoveMember(OfMember):
    """Somebody is taken off the family."""

    form_class = WhyForm
    button, danger = "Take them off the case", True
    message = "They are taken off the case."
    steps_say = "They leave every list and page of this case. The record is kept; it can’t be undone here."

    def get_title(self) -> str:
        """Whom."""
        return f"Take {self.thing.name} off this case"

    def act(self, form: WhyForm) -> FamilyMember:
        """Take them off."""
        return cases.remove_family_member(self.thing, **form.cleaned_data, by=self.user, at=self.now)


class WorkerSafety(OfCase):
    """What a visiting worker must know to be safe."""

    title = "Safety of a visiting worker"
    form_class = SafetyForm
    message = "Saved. It stands on top of every page of the case."

    def get_initial(self) -> dict[str, Any]:
        """What is recorded."""
        return {"words": self.case.worker_safety}

    def act(self, form: SafetyForm) -> Case:
        """Save it."""
        return cases.change_worker_safety(self.case, **form.cleaned_data, by=self.user, at=self.now)
