"""The professional directory, by agency: for who asks for and books discussions."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from accounts.models import Agency, User
from attendees import permissions
from attendees.forms.directory import CorrectForm, DirectoryFilter, ProfessionalForm
from attendees.models import Professional
from attendees.rules import pasting
from attendees.services import directory as services
from attendees.services.directory import Newcomer
from audit.errors import refuse
from govuk.paste import PastePage
from govuk.pasting import Checked
from govuk.views import FormPage


def directory(request: HttpRequest) -> HttpResponse:
    """Everybody who may be invited, by agency: duty contacts first."""
    user, now = request.user, timezone.now()
    assert isinstance(user, User)
    refuse(permissions.refusal_to_keep_directory(user, now))
    form = DirectoryFilter(request.GET or None)
    told = form.cleaned_data if form.is_valid() else {}
    found = Professional.objects.search(told.get("words", ""), told.get("agency"))
    show = told.get("show", "")
    found = found.filter(is_active=show != "retired")
    if show == "duty":
        found = found.filter(is_duty_contact=True)
    found = found.select_related("agency").order_by("agency__name", "-is_duty_contact", "name", "pk")
    keeps = permissions.refusal_to_keep_lists(user, now) is None
    context = {
        "form": form,
        "page": Paginator(found, 25).get_page(request.GET.get("page")),
        "narrowed": form.is_bound,
        "keeps": keeps,
        "doubled": Professional.objects.twice().exists() if keeps else False,
    }
    return render(request, "attendees/directory/directory.html", context)


class DirectoryPage(FormPage):
    """A form of the directory."""

    def refusal(self) -> str | None:
        return permissions.refusal_to_keep_directory(self.user, self.now)

    def get_back(self) -> tuple[str, str]:
        return reverse("attendees:directory"), "Directory"

    def next(self, done: Any) -> str:
        return reverse("attendees:directory")


class AddProfessional(DirectoryPage):
    """Somebody who may be invited from now on."""

    title = "Add a professional"
    form_class = ProfessionalForm
    button = "Add to the directory"

    def act(self, form: ProfessionalForm) -> Professional:
        told = dict(form.cleaned_data)
        return services.add_entry(
            Newcomer(**{name: told[name] for name in Newcomer.__slots__}),
            is_duty_contact=told["is_duty_contact"],
            by=self.user,
            at=self.now,
        )

    def get_message(self, done: Professional) -> str:
        return f"{done.name} is in the directory."


class KnownProfessional(DirectoryPage):
    """A page about one entry."""

    thing: Professional

    def fetch(self) -> Professional:
        return get_object_or_404(
            Professional.objects.select_related("agency", "user"), pk=self.kwargs["pk"], merged_into=None
        )


class ChangeProfessional(KnownProfessional):
    """What somebody does and how they are reached."""

    form_class = CorrectForm
    template_name = "attendees/directory/change.html"
    button = "Save"
    message = "Saved."

    def get_title(self) -> str:
        return f"Change {self.thing.name}"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"person": self.thing}

    def get_initial(self) -> dict[str, Any]:
        names = ("name", "job_role", "quorum_role", "phone", "email", "is_duty_contact", "is_shared")
        return {name: getattr(self.thing, name) for name in names}

    def get_context(self) -> dict[str, Any]:
        return {"keeps": permissions.refusal_to_keep_lists(self.user, self.now) is None}

    def act(self, form: CorrectForm) -> Professional:
        return services.correct_professional(self.thing, **form.values, by=self.user, at=self.now)


class RetireProfessional(KnownProfessional):
    """Somebody who has left, or will not be invited any more."""

    button = "Take off the directory"
    danger = True
    steps_say = "They are no longer offered when somebody is invited. What they took part in stays as it was."
    message = "Taken off the directory."

    def refusal(self) -> str | None:
        return permissions.refusal_to_keep_lists(self.user, self.now)

    def get_title(self) -> str:
        return f"Take {self.thing.name} off the directory"

    def act(self, form: Any) -> Professional:
        return services.retire_professional(self.thing, by=self.user, at=self.now)


class BringBackProfessional(KnownProfessional):
    """Somebody who is back."""

    button = "Put back"
    message = "Back in the directory."

    def refusal(self) -> str | None:
        return permissions.refusal_to_keep_lists(self.user, self.now)

    def get_title(self) -> str:
        return f"Put {self.thing.name} back in the directory"

    def act(self, form: Any) -> Professional:
        return services.bring_back_professional(self.thing, by=self.user, at=self.now)


class PasteProfessionals(PastePage):
    """An agency's list, pasted."""

    title = "Paste a list of professionals"
    columns = pasting.COLUMNS
    example = (
        "Ann Lee, Sergeant, Northshire Police, 01632 960310, ann.lee@northshire-police.example, Police, yes\n"
        '"Lee, Bob", Head teacher, Elm Street Primary School, 01632 960311'
    )
    noun = ("professional", "professionals")

    def refusal(self) -> str | None:
        return permissions.refusal_to_keep_lists(self.user, self.now)

    def get_back(self) -> tuple[str, str]:
        return reverse("attendees:directory"), "Directory"

    def check_lines(self, lines: list[Any]) -> list[Checked]:
        entries = Professional.objects.filter(is_active=True).exclude(email="")
        known = pasting.Known(
            agencies={agency.name.lower(): agency for agency in Agency.objects.all()},
            people={
                (agency, email, name.lower())
                for agency, email, name in entries.values_list("agency_id", "email", "name")
            },
        )
        return pasting.check(lines, known)

    def add(self, made: list[Any]) -> list[Professional]:
        return services.add_list([Newcomer(**one) for one in made], by=self.user, at=self.now)

    def next(self, done: Any) -> str:
        return reverse("attendees:directory")
