"""Two records of one child, or two cases of one family, side by side before they become one."""

from typing import Any

from django.http import Http404
from django.urls import reverse

from audit.errors import Refused
from audit.services import record_read
from cases.models import Case, Child
from cases.permissions import refusal_to_merge
from cases.rules import ChildFacts
from strategy import events, services
from strategy.forms.merging import MergeCaseForm, MergeChildForm, WhichCaseForm, WhichChildForm
from strategy.services.merging import BIRTH, Plan, who_may_see
from strategy.views.family import OfCase, OfChild

LABELS = {
    "nhs_number": "NHS number",
    "upn": "Unique pupil number",
    "gp": "GP",
    "disability": "Needs, in words",
}
ONCE = "This can’t be undone. "


class WhichChild(OfChild):
    """Which other record of the case is the same child."""

    title = "The same child twice"
    form_class = WhichChildForm
    button = "Compare the two records"

    def refusal(self) -> str | None:
        """A manager's work."""
        return refusal_to_merge(self.user, self.case, self.now)

    def get_title(self) -> str:
        """Whose record stays."""
        return f"{self.thing} is recorded twice"

    def get_form_kwargs(self) -> dict[str, Any]:
        """The others of the case."""
        return {"others": Child.objects.filter(case=self.case).exclude(pk=self.thing.pk)}

    def act(self, form: WhichChildForm) -> Child:
        """Nothing yet: the next page shows both."""
        other: Child = form.cleaned_data["other"]
        return other

    def next(self, done: Child) -> str:
        """Side by side."""
        return reverse("family:merge_child", args=[self.thing.pk, done.pk])


class MergeChild(OfChild):
    """Of each difference, which is right."""

    form_class = MergeChildForm
    button, danger = "Merge the two records", True
    message = "The two records are one."
    other: Child

    def fetch(self) -> Child:
        """Both records, of one case."""
        kept = super().fetch()
        others = Child.objects.filter(case=kept.case_id).exclude(pk=kept.pk)
        other = others.filter(pk=self.kwargs["other"]).first()
        if other is None:
            raise Http404
        self.other = other
        self.steps_say = (
            f"{ONCE}What was decided and recorded for the other becomes this one’s. The earlier of two "
            "running deadlines stands."
        )
        return kept

    def refusal(self) -> str | None:
        """A manager's work."""
        return refusal_to_merge(self.user, self.case, self.now)

    def get_title(self) -> str:
        """Who is merged."""
        return f"Merge two records of {self.thing}"

    def get_form_kwargs(self) -> dict[str, Any]:
        """On what they differ."""
        return {"differences": differences(self.thing, self.other)}

    def act(self, form: MergeChildForm) -> Child:
        """Merge them."""
        chosen = form.from_other
        return services.merge_children(self.other, self.thing, from_other=chosen, by=self.user, at=self.now)


class WhichCase(OfCase):
    """Into which case this one goes."""

    form_class = WhichCaseForm
    button = "Compare the two cases"

    def refusal(self) -> str | None:
        """A manager's work."""
        return refusal_to_merge(self.user, self.case, self.now)

    def get_title(self) -> str:
        """Which case goes."""
        return f"Merge {self.case.reference} into another case"

    def act(self, form: WhichCaseForm) -> Case:
        """Nothing yet: the next page shows both."""
        wanted = form.cleaned_data["reference"]
        found = Case.objects.visible_to(self.user).filter(reference=wanted, merged_into=None).first()
        if found is None or found.pk == self.case.pk:
            raise Refused("reference", "There is no other case with this reference that you may see")
        return found

    def next(self, done: Case) -> str:
        """Side by side."""
        return reverse("family:merge_case", args=[self.case.reference, done.reference])


class MergeCase(OfCase):
    """Which children are the same, and who may see the merged case."""

    form_class = MergeCaseForm
    template_name = "strategy/merge_case.html"
    button, danger = "Merge the two cases", True
    message = "The two cases are one."
    stays: Case
    plan: Plan

    def fetch(self) -> Case:
        """Both cases, if this person may see both; else 404."""
        goes = super().fetch()
        seen = Case.objects.visible_to(self.user).filter(merged_into=None).exclude(pk=goes.pk)
        stays = seen.filter(reference=self.kwargs["other"]).first()
        if stays is None:
            raise Http404
        self.stays, self.plan = stays, who_may_see(goes, stays)
        self.steps_say = (
            f"{ONCE}Children, family, requests, discussions and deadlines of {goes.reference} become part of "
            f"{stays.reference}; its discussions are numbered after those there."
        )
        return goes

    def refusal(self) -> str | None:
        """A manager's work."""
        return refusal_to_merge(self.user, self.case, self.now)

    def note_reading(self) -> None:
        """Both cases are read."""
        for one in (self.case, self.stays):
            record_read(events.FAMILY_READ, one, subject=one, by=self.user, at=self.now)

    def get_title(self) -> str:
        """Which goes into which."""
        return f"Merge {self.case.reference} into {self.stays.reference}"

    def get_form_kwargs(self) -> dict[str, Any]:
        """The children of both, and whose access must be chosen."""
        self.going, self.staying = list(self.case.children.all()), list(self.stays.children.all())
        return {"going": self.going, "staying": self.staying, "choose": self.plan.choose}

    def get_context(self) -> dict[str, Any]:
        """Both cases beside each other."""
        return {
            "goes": self.case,
            "stays": self.stays,
            "going": self.going,
            "staying": self.staying,
            "plan": self.plan,
        }

    def act(self, form: MergeCaseForm) -> Case:
        """Merge them."""
        return services.merge_cases(
            self.case,
            self.stays,
            same=form.same,
            may_see=form.may_see,
            why=form.cleaned_data["why"],
            by=self.user,
            at=self.now,
        )

    def next(self, done: Case) -> str:
        """To the case that stays."""
        return reverse("worklist:people", args=[done.reference])


def differences(kept: Child, other: Child) -> list[tuple[str, str, str, str]]:
    """Name, label and both values of each thing on which two records differ; the birth is one thing."""
    found = []
    for name in ChildFacts.__dataclass_fields__:
        if name in BIRTH[1:]:
            continue
        pair = (_birth(kept), _birth(other)) if name == BIRTH[0] else (_said(kept, name), _said(other, name))
        if pair[0] != pair[1]:
            label = "Birth" if name == BIRTH[0] else LABELS.get(name, name.replace("_", " ").capitalize())
            found.append((name, label, *pair))
    return found


def _birth(child: Child) -> str:
    if child.is_unborn:
        return f"Expected {child.expected_date:%d/%m/%Y}"
    return f"Born {child.date_of_birth:%d/%m/%Y}" if child.date_of_birth else "Born, date not known"


def _said(child: Child, name: str) -> str:
    display = getattr(child, f"get_{name}_display", None)
    value = display() if display is not None else getattr(child, name)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return ", ".join(value) if isinstance(value, list) else str(value) or "Not recorded"
