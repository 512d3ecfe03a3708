"""Managers name somebody for what nobody has (rows C28, G15)."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.errors import refuse
from audit.services import record_read
from cases.models import Case
from deadlines.models import Deadline
from govuk.views import FormPage
from worklist import events, permissions, querysets
from worklist.forms import AllocateForm
from worklist.services import allocating


def unallocated(request: HttpRequest) -> HttpResponse:
    """Cases without a worker, and deadlines that are only a team's."""
    user = request.user
    assert isinstance(user, User)
    refuse(permissions.refusal_to_see_team(user))
    now = timezone.now()
    cases = list(allocating.cases_without_worker(user))
    clocks = querysets.name_things(allocating.clocks_without_owner(user))
    read = sorted({one.reference for one in cases} | {one.case.reference for one in clocks})
    record_read(events.UNALLOCATED_READ, by=user, at=now, data={"cases": read})
    return render(request, "worklist/unallocated.html", {"cases": cases, "clocks": clocks, "now": now})


class _Allocates(FormPage):
    """Who, and a note for them."""

    form_class = AllocateForm
    button = "Name them"
    case: Case

    def get_back(self) -> tuple[str, str]:
        return reverse("worklist:unallocated"), "What has no named person"

    def next(self, done: Any) -> str:
        return reverse("worklist:unallocated")

    def refusal(self) -> str | None:
        return permissions.refusal_to_allocate(self.user, self.case) or self.somebody_has_it()

    def somebody_has_it(self) -> str | None:
        """Why nobody need be named any more."""
        raise NotImplementedError


class AllocateCase(_Allocates):
    """Who works with a family."""

    def fetch(self) -> Case:
        seen = Case.objects.visible_to(self.user).select_related("team", "allocated_worker")
        found: Case | None = seen.filter(reference=self.kwargs["reference"], merged_into=None).first()
        if found is None:
            raise Http404
        self.case = found
        return found

    def somebody_has_it(self) -> str | None:
        worker = self.case.allocated_worker
        return f"{worker.name} works on {self.case.reference}." if worker and worker.is_active else None

    def get_title(self) -> str:
        return f"Who works on {self.case.reference}?"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"able": allocating.who_may_work(self.case)}

    def act(self, form: AllocateForm) -> Case:
        return allocating.allocate_case(self.thing, **form.cleaned_data, by=self.user, at=self.now)

    def get_message(self, done: Case) -> str:
        assert done.allocated_worker is not None
        return f"{done.allocated_worker.name} works on {done.reference} now, and is told by letter."


class AllocateClock(_Allocates):
    """Who does one thing."""

    def fetch(self) -> Deadline:
        seen = Deadline.objects.filter(case__in=Case.objects.visible_to(self.user))
        found: Deadline | None = (
            seen.select_related("case__team", "owner").filter(pk=self.kwargs["pk"]).first()
        )
        if found is None:
            raise Http404
        self.case = found.case
        return found

    def somebody_has_it(self) -> str | None:
        if self.thing.state != "running":
            return "This deadline is no longer running."
        owner = self.thing.owner
        return f"{owner.name} has this already." if owner and owner.is_active else None

    def get_title(self) -> str:
        return f"{self.case.reference}: who will {self.thing.verb[:1].lower()}{self.thing.verb[1:]}?"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"able": allocating.who_may_own(self.thing)}

    def act(self, form: AllocateForm) -> Deadline:
        return allocating.allocate_clock(self.thing, **form.cleaned_data, by=self.user, at=self.now)

    def get_message(self, done: Deadline) -> str:
        assert done.owner is not None
        return f"{done.owner.name} has it now, and is told by letter."
