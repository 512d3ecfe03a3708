"""People with an account: the list, adding, changing, closing with a hand-over, opening again."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property

from accounts import permissions as accounts
from accounts.forms import PeopleFilter, PersonForm
from accounts.models import ActingFor, Team, User
from accounts.services import people
from audit.errors import refuse
from govuk.views import FormPage
from worklist import permissions
from worklist.forms import CloseForm, HandOverForm
from worklist.services import handover
from worklist.services.changing import change_person
from worklist.services.holdings import Holdings, Item, colleagues_of, kinds_of, who_may_take

ACTIVE: dict[str, bool | None] = {"": True, "closed": False, "all": None}


def staff(request: HttpRequest) -> HttpResponse:
    """Everybody with an account, by name."""
    user = request.user
    assert isinstance(user, User)
    refuse(accounts.refusal_to_keep_people(user))
    form = PeopleFilter(request.GET or None)
    told = form.cleaned_data if form.is_valid() else {}
    found = User.objects.search(
        told.get("words", ""), told.get("role", ""), told.get("team"), ACTIVE[told.get("active", "")]
    )
    found = found.select_related("agency").prefetch_related(Prefetch("teams", queryset=Team.objects.all()))
    page = Paginator(found.order_by("name", "pk"), 25).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "narrowed": form.is_bound}
    return render(request, "worklist/system/staff.html", context)


class StaffPage(FormPage):
    """A form of an administrator about people."""

    thing: Any = None

    def refusal(self) -> str | None:
        return accounts.refusal_to_keep_people(self.user)

    def get_back(self) -> tuple[str, str] | None:
        return reverse("worklist:staff"), "People"

    def next(self, done: Any) -> str:
        return reverse("worklist:staff")


class AddPerson(StaffPage):
    """A new colleague, or a partner who gets an account."""

    title = "Add a person"
    form_class = PersonForm
    button = "Add the person"

    def act(self, form: PersonForm) -> User:
        return people.add_person(**form.cleaned_data, by=self.user, at=self.now)

    def get_message(self, done: User) -> str:
        return f"{done.name} has an account. A letter tells them how to choose a password."


class KnownPerson(StaffPage):
    """A page about one person."""

    thing: User

    def fetch(self) -> User:
        return get_object_or_404(User.objects.select_related("agency"), pk=self.kwargs["pk"])


class ChangePerson(KnownPerson):
    """Details, roles and teams; from their next click on."""

    form_class = PersonForm
    template_name = "worklist/system/person.html"
    button = "Save"
    message = "Saved. It applies from their next click."

    def get_title(self) -> str:
        return f"Change {self.thing.name}"

    def get_initial(self) -> dict[str, Any]:
        names = ("name", "email", "phone", "agency", "roles")
        values = {name: getattr(self.thing, name) for name in names}
        return values | {"teams": list(self.thing.teams.values_list("pk", flat=True))}

    def get_context(self) -> dict[str, Any]:
        cover = ActingFor.objects.standing(self.now).about(self.thing)
        return {"person": self.thing, "cover": list(cover), "is_me": self.thing.pk == self.user.pk}

    def act(self, form: PersonForm) -> User:
        return change_person(self.thing, **form.cleaned_data, by=self.user, at=self.now)


class HoldingPage(KnownPerson):
    """What closing and handing over share: the list of what is held, and who takes each kind."""

    template_name = "worklist/system/hand_over.html"

    @cached_property
    def items(self) -> list[Item]:
        """What they hold, read once a page."""
        return Holdings(self.thing).items()

    def get_form_kwargs(self) -> dict[str, Any]:
        colleagues = colleagues_of(self.thing) if self.items else []
        kinds = kinds_of(self.items)
        return {"able": {kind: who_may_take(kind, self.thing, self.items, colleagues) for kind in kinds}}

    def get_context(self) -> dict[str, Any]:
        return {"person": self.thing, "items": self.items}


class CloseAccount(HoldingPage):
    """Somebody leaves: what they hold goes to others in the same step."""

    form_class = CloseForm
    danger = True
    button = "Close the account"
    steps_say = (
        "They are signed out everywhere at once, see no case any more, and letters to them that were not "
        "sent are taken back. What they did stays under their name."
    )

    def refusal(self) -> str | None:
        if reason := accounts.refusal_to_change_account(self.user, self.thing):
            return reason
        return None if self.thing.is_active else f"{self.thing.name}’s account is closed already."

    def get_title(self) -> str:
        return f"Close the account of {self.thing.name}"

    def get_button(self) -> str:
        return "Hand over and close the account" if self.items else self.button

    def act(self, form: CloseForm) -> User:
        told = form.cleaned_data
        return handover.close_account(
            self.thing, why=told["why"], to=form.takers, note=told.get("note", ""), by=self.user, at=self.now
        )

    def get_message(self, done: User) -> str:
        return f"{done.name}’s account is closed."


class ReopenAccount(KnownPerson):
    """Somebody is back."""

    button = "Open the account again"
    steps_say = (
        "They get a letter and choose a new password. They have the roles and teams that they had: look at "
        "them first. What was handed over stays where it is."
    )

    def refusal(self) -> str | None:
        if reason := accounts.refusal_to_change_account(self.user, self.thing):
            return reason
        return f"{self.thing.name}’s account is open already." if self.thing.is_active else None

    def get_title(self) -> str:
        return f"Open the account of {self.thing.name} again"

    def act(self, form: Any) -> User:
        return handover.reopen_account(self.thing, by=self.user, at=self.now)

    def get_message(self, done: User) -> str:
        return f"{done.name}’s account is open again."


class HandOver(HoldingPage):
    """Somebody is away: all that waits for them goes to others, in one step, with a note."""

    form_class = HandOverForm
    button = "Hand over"

    def refusal(self) -> str | None:
        return permissions.refusal_to_hand_over(self.user, self.thing)

    def get_back(self) -> tuple[str, str] | None:
        if self.user.keeps_system:
            return reverse("worklist:change_person", args=[self.thing.pk]), self.thing.name
        return reverse("worklist:absences"), "Absences"

    def get_title(self) -> str:
        return f"Hand over what {self.thing.name} holds"

    def act(self, form: HandOverForm) -> int:
        return handover.hand_over_everything(
            self.thing, to=form.takers, note=form.cleaned_data["note"], by=self.user, at=self.now
        )

    def get_message(self, done: int) -> str:
        return (
            f"{done} thing{'' if done == 1 else 's'} handed over."
            if done
            else "There was nothing to hand over."
        )

    def next(self, done: Any) -> str:
        return reverse("worklist:staff" if self.user.keeps_system else "worklist:absences")
