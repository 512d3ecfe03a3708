"""Form pages made for tests, acting on real rows."""

from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator

from accounts.enums import AgencyKind
from accounts.models import Agency
from audit.errors import MoveNotAllowed, NotAllowed, Refused
from govuk.rows import Rows
from govuk.style import Person
from govuk.views import FormPage, page_for

NOTE = SimpleNamespace(text="Before", version=1)


class AgencyForm(forms.Form):
    """An agency's name."""

    name = forms.CharField(label="Name")


@method_decorator(login_not_required, name="dispatch")
class AddAgency(FormPage):
    """Makes an agency; some names are refused."""

    title = "Add an agency"
    form_class = AgencyForm
    message = "Added."

    def act(self, form: AgencyForm) -> Agency:
        """Write it, then perhaps refuse: nothing may be left of it."""
        made = Agency.objects.create(name=form.cleaned_data["name"], kind=AgencyKind.POLICE)
        if made.name == "At its field":
            raise Refused("name", "That name is taken")
        if made.name == "Moved on":
            raise MoveNotAllowed("It was closed yesterday")
        if made.name == "Not you":
            raise NotAllowed("Only an administrator adds agencies")
        return made

    def next(self, done: Agency) -> str:
        """Go to it."""
        return f"/agencies/{done.pk}/"


class NoteForm(forms.Form):
    """A note's text."""

    text = forms.CharField(label="Note", widget=forms.Textarea)


@method_decorator(login_not_required, name="dispatch")
class EditNote(FormPage):
    """Changes the note."""

    title = "Change the note"
    form_class = NoteForm

    def fetch(self) -> SimpleNamespace:
        """The only one."""
        return NOTE

    def get_initial(self) -> dict[str, Any]:
        """What it says now."""
        return {"text": NOTE.text}

    def act(self, form: NoteForm) -> None:
        """Change it."""
        NOTE.text, NOTE.version = form.cleaned_data["text"], NOTE.version + 1

    def next(self, done: None) -> str:
        """Go home."""
        return "/"


@method_decorator(login_not_required, name="dispatch")
class NamePeople(FormPage):
    """Rows."""

    title = "Name the people"
    rows = {"people": Rows(Person, "person", least=1, most=3)}

    def act(self, form: forms.Form) -> str:
        """Join their names."""
        return "-".join(row["name"] for row in self.cleaned_rows["people"])

    def next(self, done: str) -> str:
        """Show them in the address."""
        return f"/named/{done}/"


@login_not_required
def close(request: HttpRequest) -> HttpResponseBase:
    """A page of one button."""
    return page_for(
        request, title="Close it", act=lambda form: "closed", next=lambda done: f"/{done}/", button="Close"
    )


@login_not_required
def shut(request: HttpRequest) -> HttpResponseBase:
    """A page that says why not."""
    return page_for(
        request, title="Close it", refusal="It is closed already.", act=lambda form: None, next="/"
    )
