"""The section “children”: whom it is about, and what is known of each and of the family."""

from typing import Any

from django.http import Http404
from django.urls import reverse

from cases.models import Case, Child, FamilyMember
from strategy import services
from strategy.enums import Section
from strategy.forms.requests import ChildrenForm
from strategy.models import StrategyRequest
from strategy.views.kept import AddsChild, AddsMember, ChangesChild
from strategy.views.pages import OpenRequestPage
from strategy.views.saving import SelfSaving


class Children(SelfSaving):
    """Which of the family's children the discussion is about."""

    title = "Children"
    section = Section.CHILDREN
    form_class = ChildrenForm
    template_name = "strategy/children.html"
    message = "Saved."

    def get_initial(self) -> dict[str, Any]:
        """Those chosen so far."""
        return {"children": [child.pk for child in self.thing.children.all()]}

    def get_form_kwargs(self) -> dict[str, Any]:
        """Only this case's children can be chosen."""
        return {"case_pk": self.thing.case_id}

    def get_context(self) -> dict[str, Any]:
        """What is known of each; somebody in a position of trust makes a circumstance."""
        family = list(FamilyMember.objects.filter(case=self.thing.case_id))
        trusted = [one for one in family if one.is_alleged_person and one.position_of_trust]
        children = list(Child.objects.filter(case=self.thing.case_id))
        known = {"children": children, "family": family, "trusted": trusted}
        return super().get_context() | known

    def act(self, form: ChildrenForm) -> StrategyRequest:
        """Save whom it is about."""
        chosen = {"children": list(form.cleaned_data["children"])}
        return services.save_section(
            self.thing, Section.CHILDREN, chosen, by=self.user, at=self.now, seen=self.seen
        )

    def keep(self, form: ChildrenForm, is_whole: bool) -> StrategyRequest:
        """Keep whom it is about; of nobody it can't be."""
        return self.act(form) if is_whole else self.thing


class OfChildren(OpenRequestPage):
    """A page reached from the section, and back to it."""

    button = "Save"

    @property
    def case(self) -> Case:
        """The request's case."""
        found: Case = self.thing.case
        return found

    def get_back(self) -> tuple[str, str]:
        """Back to the section."""
        return reverse("strategy:children", args=[self.thing.pk]), "Back to children"

    def next(self, done: Any) -> str:
        """To the section."""
        return reverse("strategy:children", args=[self.thing.pk])


class AddChild(AddsChild, OfChildren):
    """Another child of the family."""

    message = "The child is added. Tick the child if the discussion is about them too."


class ChangeChild(ChangesChild, OfChildren):
    """What is known of a child."""

    def fetch(self) -> StrategyRequest:
        """The request, and one of its case's own children."""
        wanted = super().fetch()
        child = Child.objects.filter(case=wanted.case_id, pk=self.kwargs["child_pk"]).first()
        if child is None:
            raise Http404
        self.child = child
        return wanted


class AddFamily(AddsMember, OfChildren):
    """Somebody of the family or household."""
