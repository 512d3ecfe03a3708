"""The style page (development only): every piece of the look, with its states, made of invented things."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView

from audit.errors import MoveNotAllowed, NotAllowed, Refused
from govuk import fields, widgets
from govuk.live import fragment
from govuk.rows import Rows
from govuk.views import FormPage

FORMATS = [
    ("meeting", "Meeting"),
    ("telephone", "Telephone"),
    ("video", "Video"),
    ("other", "Something else"),
]
HARMS = [
    ("injury", "Serious physical injury"),
    ("sexual", "Sexual harm"),
    ("neglect", "Neglect"),
    ("none", "None of these"),
]


class EveryField(forms.Form):
    """One of each kind."""

    name = forms.CharField(
        label="Name", widget=widgets.Text(width=20), help_text="First name and family name"
    )
    number = forms.IntegerField(label="How many children", min_value=1)
    email = fields.Address(label="Email address")
    telephone = fields.TelField(label="Direct number", help_text="Where you can be reached today")
    account = forms.CharField(label="Plain text field", max_length=10)
    price = forms.CharField(
        label="Line cost", required=False, widget=widgets.Text(width=5, prefix="£", suffix="a minute")
    )
    born = fields.DateField(
        label="Date of birth", what="the date of birth", help_text="For example, 24 12 2014"
    )
    starts_at = fields.DateTimeField(
        label="When will it start?", what="the start", help_text="For example, 24 12 2026, 4:30pm"
    )
    ends = fields.TimeField(label="End time", help_text="For example, 4:30pm")
    reason = forms.CharField(label="Reason", widget=forms.Textarea, max_length=200, help_text="What changed")
    notes = forms.CharField(label="Notes", widget=widgets.Textarea(rows=3), required=False)
    team = forms.ChoiceField(label="Team", choices=[("", ""), ("a", "Assessment"), ("b", "Duty")])
    format = forms.ChoiceField(
        label="Format",
        choices=FORMATS,
        widget=widgets.Radios(
            hints={"telephone": "Only when nobody can travel"},
            divider_before="other",
            reveals={"other": ["which"]},
        ),
    )
    which = forms.CharField(label="Which format?", required=False, widget=widgets.Text(width=20))
    urgent = fields.YesNo(label="Is a child in danger now?")
    harms = forms.MultipleChoiceField(
        label="Circumstances",
        choices=HARMS,
        help_text="Choose all that apply",
        widget=widgets.Checkboxes(
            divider_before="none", exclusive="none", hints={"neglect": "Needs not met"}
        ),
    )
    agreed = forms.BooleanField(
        label="The family have been told", help_text="Or it was decided that they should not be"
    )
    letter = forms.FileField(label="Letter")
    password = forms.CharField(label="Password", widget=widgets.Password(width=20))

    fieldsets = [
        ("Text", ["name", "number", "email", "telephone", "account", "price", "reason", "notes", "password"]),
        ("Dates and times", ["born", "starts_at", "ends"]),
    ]

    def clean(self) -> dict[str, Any]:
        """Ask for the format that "something else" opens."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("format") == "other" and not cleaned.get("which"):
            self.add_error("which", "Enter which format")
        return cleaned


class Person(forms.Form):
    """One row."""

    name = forms.CharField(label="Name", widget=widgets.Text(width=20))
    born = fields.DateField(label="Date of birth", what="the date of birth", required=False)


class FilterForm(forms.Form):
    """A list's filters."""

    q = forms.CharField(label="Search", required=False, widget=widgets.Search())
    state = forms.ChoiceField(
        label="State", required=False, choices=[("", "Any"), ("late", "Overdue"), ("soon", "Today")]
    )


def clocks(now: datetime) -> list[SimpleNamespace]:
    """Return invented clocks, one for each shade."""
    hour = timedelta(hours=1)
    return [
        SimpleNamespace(
            label="Hold the discussion",
            due_at=now + 3.2 * hour,
            reason="24 hours from the referral",
            owner="Dee Ford",
        ),
        SimpleNamespace(
            label="See the children", due_at=now - 2 * hour, reason="The same day", owner="Sam Reed"
        ),
        SimpleNamespace(
            label="Circulate the minutes", due_at=now + 50 * hour, reason="One working day after", owner=""
        ),
        SimpleNamespace(label="Authorise", due_at=now, met_at=now - hour, reason="", owner=""),
        SimpleNamespace(
            label="Conference", due_at=now, stopped_at=now - hour, reason="Section 17 instead", owner=""
        ),
    ]


@method_decorator(login_not_required, name="dispatch")
class StylePage(TemplateView):
    """Every piece."""

    template_name = "govuk/style.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return invented examples."""
        now = timezone.now()
        return super().get_context_data(**kwargs) | {
            "title": "Style page",
            "clocks": clocks(now),
            "now": now,
            "page": Paginator(range(200), 10).get_page(self.request.GET.get("page")),
            "filter": FilterForm(self.request.GET),
            "tasks": [
                {"title": "Children", "href": "#", "status": "Completed"},
                {
                    "title": "What happened",
                    "href": "#",
                    "status": "In progress",
                    "colour": "light-blue",
                    "hint": "Saved 2:02pm",
                },
                {"title": "Check answers", "status": "Cannot start yet"},
            ],
            "facts": [
                {"key": "Children", "value": "Ann and Ben Okoro", "href": "#", "hidden": "children"},
                {"key": "What happened", "value": "Two lines\nof text"},
            ],
            "events": [
                {"title": "Authorised", "at": now, "by": "Dee Ford", "text": "With one condition."},
                {"title": "Requested", "at": now - timedelta(hours=2), "by": "Sam Reed", "href": "#"},
            ],
            "head": ["Recipient", "How", {"text": "Tries", "numeric": True}],
            "cells": [
                ["PC Hale", {"text": "Secure link", "href": "#"}, {"text": 1, "numeric": True}],
                ["Dr Iqbal", "Email", {"text": 3, "numeric": True}],
            ],
            "tabs": [
                {"text": "People", "href": "#", "current": True},
                {"text": "Actions", "href": "#", "count": 3},
            ],
            "old": "Sam will visit on Monday with the school nurse.",
            "new": "Sam will visit on Tuesday with the school nurse and police.",
            "days": ["Mon 21", "Tue 22", "Wed 23", "Thu 24", "Fri 25"],
            "navigation": [
                {"text": "Worklist", "href": "/style/", "count": 4, "current": True},
                {"text": "Cases", "href": "#", "count": 0},
                {"text": "Deadline calculator", "href": "#"},
            ],
        }


@method_decorator(login_not_required, name="dispatch")
class StyleForm(FormPage):
    """A form with one of each field; some names are refused, to show how a refusal comes back."""

    title = "One of each field"
    form_class = EveryField
    button = "Save and continue"
    message = "Saved."
    back = ("/style/", "Style page")

    def act(self, form: EveryField) -> None:
        """Refuse three names."""
        name = form.cleaned_data["name"]
        if name == "Refused":
            raise Refused("born", "The child was not born yet on the day of the referral")
        if name == "Moved":
            raise MoveNotAllowed("Dee Ford authorised this at 4:30pm")
        if name == "Forbidden":
            raise NotAllowed("Only a team manager may do this")

    def next(self, done: object) -> str:
        """Return to the style page."""
        return "/style/"


@method_decorator(login_not_required, name="dispatch")
class StyleRows(FormPage):
    """Rows to add to."""

    title = "Who should come"
    rows = {"people": Rows(Person, "person", least=1, most=5, legend="People")}
    message = "Saved."

    def act(self, form: forms.Form) -> int:
        """Count them."""
        return len(self.cleaned_rows["people"])

    def next(self, done: object) -> str:
        """Return to the style page."""
        return f"/style/?people={done}"


@login_not_required
def save(request: HttpRequest) -> JsonResponse:
    """Answer an autosave; the word "clash" clashes, the word "refuse" is refused."""
    text, version = request.POST.get("text", ""), int(request.POST.get("version") or 0)
    at = datetime.now(UTC).isoformat()
    if "refuse" in text:
        return JsonResponse({"sentence": "The chair has locked this record."}, status=403)
    if "clash" in text and version < 100:
        return JsonResponse(
            {"version": 100, "text": "Ann wrote this.", "by": "Ann Lee", "saved_at": at}, status=409
        )
    return JsonResponse({"version": version + 1, "saved_at": at})


@login_not_required
def now(request: HttpRequest) -> HttpResponse:
    """Answer a live fragment that changes every minute."""
    return fragment(request, "govuk/style_now.html", {"now": timezone.now().replace(second=0, microsecond=0)})
