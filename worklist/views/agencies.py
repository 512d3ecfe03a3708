"""Agencies and their teams."""

from typing import Any

from django.db.models import Count, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.enums import TeamKind
from accounts.forms import AgencyForm, TeamForm
from accounts.models import Agency, Team, User
from accounts.permissions import refusal_to_keep_people
from accounts.services import agencies as services
from attendees.services.staff import change_agency
from audit.errors import refuse
from govuk.views import FormPage


def agencies(request: HttpRequest) -> HttpResponse:
    """Every agency with its mailbox, secure domains and teams; the authority first."""
    user = request.user
    assert isinstance(user, User)
    refuse(refusal_to_keep_people(user))
    open_accounts = Count("members", filter=Q(members__is_active=True), distinct=True)
    teams = Team.objects.select_related("manager").annotate(people=open_accounts)
    found = Agency.objects.prefetch_related(Prefetch("teams", queryset=teams)).order_by(
        "-is_authority", "name"
    )
    return render(request, "worklist/system/agencies.html", {"agencies": found})


class AgencyPage(FormPage):
    """A form of an administrator about agencies and teams."""

    thing: Any = None

    def refusal(self) -> str | None:
        return refusal_to_keep_people(self.user)

    def get_back(self) -> tuple[str, str]:
        return reverse("worklist:agencies"), "Agencies and teams"

    def next(self, done: Any) -> str:
        return reverse("worklist:agencies")


class AddAgency(AgencyPage):
    """Another body that takes part."""

    title = "Add an agency"
    form_class = AgencyForm
    button = "Add the agency"

    def act(self, form: AgencyForm) -> Agency:
        return services.add_agency(**values_of(form), by=self.user, at=self.now)

    def get_message(self, done: Agency) -> str:
        return f"{done} is added."


class ChangeAgency(AgencyPage):
    """Its name, mailbox, domains."""

    form_class = AgencyForm
    button = "Save the agency"
    message = "Saved. Who gets attachments follows the domains from now on."
    thing: Agency

    def fetch(self) -> Agency:
        return get_object_or_404(Agency, pk=self.kwargs["pk"])

    def get_title(self) -> str:
        return f"Change {self.thing}"

    def get_initial(self) -> dict[str, Any]:
        names = ("name", "kind", "mailbox", "phone", "is_authority")
        values = {name: getattr(self.thing, name) for name in names}
        return values | {"secure_domains": "\n".join(self.thing.secure_domains)}

    def act(self, form: AgencyForm) -> Agency:
        return change_agency(self.thing, **values_of(form), by=self.user, at=self.now)


class AddTeam(AgencyPage):
    """A team of this agency."""

    title = "Add a team"
    form_class = TeamForm
    button = "Add the team"
    thing: Agency

    def fetch(self) -> Agency:
        return get_object_or_404(Agency, pk=self.kwargs["pk"])

    def get_title(self) -> str:
        return f"Add a team of {self.thing}"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"agency": self.thing}

    def get_initial(self) -> dict[str, Any]:
        return {"kind": TeamKind.SOCIAL_WORK if self.thing.is_authority else TeamKind.PARTNER}

    def act(self, form: TeamForm) -> Team:
        return services.add_team(agency=self.thing, **form.cleaned_data, by=self.user, at=self.now)

    def get_message(self, done: Team) -> str:
        return f"{done} is added."


class ChangeTeam(AgencyPage):
    """Its name, kind, manager, mailbox."""

    form_class = TeamForm
    button = "Save the team"
    message = "Saved."
    thing: Team

    def fetch(self) -> Team:
        return get_object_or_404(Team.objects.select_related("agency", "manager"), pk=self.kwargs["pk"])

    def get_title(self) -> str:
        return f"Change {self.thing}, {self.thing.agency}"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"agency": self.thing.agency}

    def get_initial(self) -> dict[str, Any]:
        names = ("name", "kind", "area", "manager", "mailbox", "phone")
        return {name: getattr(self.thing, name) for name in names}

    def act(self, form: TeamForm) -> Team:
        return services.change_team(self.thing, **form.cleaned_data, by=self.user, at=self.now)


def values_of(form: AgencyForm) -> dict[str, Any]:
    """As the services take them."""
    return {**form.cleaned_data, "is_authority": bool(form.cleaned_data["is_authority"])}
