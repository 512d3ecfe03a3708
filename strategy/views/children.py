"""The section “children”: whom it is about, and what is known of each and of the family."""

from dataclasses import replace
from typing import Any

from django.http import Http404
from django.urls import reverse

from cases import services as cases
from cases.models import Child, FamilyMember
from strategy import services
from strategy.enums import Section
from strategy.forms.referrals import BORN, CHILD_FIELDS, UNBORN, ChildForm, FamilyForm
from strategy.forms.requests import ChildrenForm
from strategy.models import StrategyRequest
from strategy.views.pages import OpenRequestPage


class Children(OpenRequestPage):
    """Which of the family's children the discussion is about."""

    title = "Children"
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
        """What is known of each."""
        children = list(Child.objects.filter(case=self.thing.case_id))
        return {"children": children, "family": list(FamilyMember.objects.filter(case=self.thing.case_id))}

    def act(self, form: ChildrenForm) -> StrategyRequest:
        """Save whom it is about."""
        chosen = {"children": list(form.cleaned_data["children"])}
        return services.save_section(
            self.thing, Section.CHILDREN, chosen, version=self.version, by=self.user, at=self.now
        )


class OfChildren(OpenRequestPage):
    """A page reached from the section, and back to it."""

    button = "Save"

    def get_back(self) -> tuple[str, str]:
        """Back to the section."""
        return reverse("strategy:children", args=[self.thing.pk]), "Back to children"

    def next(self, done: Any) -> str:
        """To the section."""
        return reverse("strategy:children", args=[self.thing.pk])


class AddChild(OfChildren):
    """Another child of the family."""

    title = "Add a child"
    form_class = ChildForm
    message = "The child is added. Tick the child if the discussion is about them too."

    def act(self, form: ChildForm) -> Child:
        """Add the child to the case."""
        return cases.add_child(self.thing.case, form.facts, by=self.user, at=self.now)


class ChangeChild(OfChildren):
    """What is known of a child."""

    form_class = ChildForm
    message = "The child’s details are saved."

    def fetch(self) -> StrategyRequest:
        """The request, and one of its case's own children."""
        wanted = super().fetch()
        self.child = Child.objects.filter(case=wanted.case_id, pk=self.kwargs["child_pk"]).first()
        if self.child is None:
            raise Http404
        return wanted

    def get_title(self) -> str:
        """The child's name."""
        return f"What is known of {self.child}"

    def get_initial(self) -> dict[str, Any]:
        """What is recorded."""
        birth = UNBORN if self.child and self.child.is_unborn else BORN
        return {"birth": birth} | {name: getattr(self.child, name) for name in CHILD_FIELDS}

    def act(self, form: ChildForm) -> Child:
        """Replace what is recorded; fields that the form does not show stay as they are."""
        assert self.child is not None
        unshown = {name: getattr(self.child, name) for name in CHILD_FIELDS if name not in form.fields}
        unshown.pop("is_unborn")
        facts = replace(form.facts, **unshown)
        return cases.change_child(self.child, facts, by=self.user, at=self.now)


class AddFamily(OfChildren):
    """Somebody of the family or household."""

    title = "Add somebody of the family or household"
    form_class = FamilyForm
    message = "Added."

    def act(self, form: FamilyForm) -> FamilyMember:
        """Add the person to the case."""
        return cases.add_family_member(self.thing.case, form.facts, by=self.user, at=self.now)
