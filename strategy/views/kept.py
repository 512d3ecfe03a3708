"""Keeping a child and the family: what is alike on the pages of the request and of the case."""

from dataclasses import replace
from typing import Any

from cases import services as cases
from cases.models import Case, Child, FamilyMember
from strategy.forms.adults import AnotherMemberForm
from strategy.forms.family import BORN, CHILD_FIELDS, UNBORN, AnotherChildForm, WholeChildForm
from strategy.views.matches import ShowsMatches


class AddsChild(ShowsMatches):
    """Another child of the family: who is like them is shown first."""

    title = "Add a child"
    form_class = AnotherChildForm
    template_name = "strategy/child.html"
    message = "The child is added."
    case: Case

    def act(self, form: AnotherChildForm) -> Child:
        """Add the child to the case."""
        because = form.cleaned_data["another_because"]
        return cases.add_another_child(self.case, form.facts, because=because, by=self.user, at=self.now)


class ChangesChild(ShowsMatches):
    """What is known of a child."""

    form_class = WholeChildForm
    message = "The child’s details are saved."
    child: Child

    def get_title(self) -> str:
        """The child's name."""
        return f"What is known of {self.child}"

    def get_initial(self) -> dict[str, Any]:
        """What is recorded."""
        birth = UNBORN if self.child.is_unborn else BORN
        return {"birth": birth} | {name: getattr(self.child, name) for name in CHILD_FIELDS}

    def get_form_kwargs(self) -> dict[str, Any]:
        """The date of birth on record, which is not judged anew."""
        return super().get_form_kwargs() | {"known_birth": self.child.date_of_birth}

    def act(self, form: WholeChildForm) -> Child:
        """Replace what is recorded; fields that the form does not show stay as they are."""
        unshown = {name: getattr(self.child, name) for name in CHILD_FIELDS if name not in form.fields}
        unshown.pop("is_unborn")
        return cases.change_child(self.child, replace(form.facts, **unshown), by=self.user, at=self.now)


class AddsMember(ShowsMatches):
    """Somebody of the family or household."""

    title = "Add somebody of the family or household"
    form_class = AnotherMemberForm
    template_name = "strategy/child.html"
    message = "Added, as the same to every child: change who they are to each on the case’s page of people."
    case: Case

    def act(self, form: AnotherMemberForm) -> FamilyMember:
        """Add the person to the case."""
        has_looked = form.cleaned_data["has_looked"]
        return cases.add_another_member(
            self.case, form.facts, has_looked=has_looked, by=self.user, at=self.now
        )
