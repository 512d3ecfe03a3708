"""Pages of the system that this room keeps: duty lines with their hours; rooms, lines and video links."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from audit.errors import refuse
from deadlines.working_days import england
from govuk.paste import PastePage
from govuk.pasting import Checked
from govuk.views import FormPage
from strategy import permissions
from strategy.forms.keeping import LineForm, PlaceForm
from strategy.models import Booking, DutyLine, Place
from strategy.rules import pasting
from strategy.rules.lines import is_answered
from strategy.rules.places import PlaceFacts, hours_in_words
from strategy.services import keeping
from strategy.services.places import with_blocks
from strategy.views.pages import user_of


def duty_lines(request: HttpRequest) -> HttpResponse:
    """Every line with its hours and what to do outside them, as requests show it now."""
    now = timezone.now()
    refuse(permissions.refusal_to_keep_lines(user_of(request), now))
    calendar = england()
    rows = [(line, is_answered(line.hours, now, calendar)) for line in DutyLine.objects.all()]
    return render(request, "strategy/keeping/lines.html", {"rows": rows, "now": now})


class LinePage(FormPage):
    """What adding and changing a line share."""

    form_class: Any = LineForm
    template_name = "strategy/keeping/line_form.html"
    thing: DutyLine | None = None

    def refusal(self) -> str | None:
        return permissions.refusal_to_keep_lines(self.user, self.now)

    def get_back(self) -> tuple[str, str]:
        return reverse("strategy:duty_lines"), "Duty lines"

    def get_initial(self) -> dict[str, Any]:
        return LineForm.first_values(self.thing)

    def next(self, done: Any) -> str:
        return reverse("strategy:duty_lines")


class AddLine(LinePage):
    """A new line."""

    title = "Add a duty line"
    button = "Add the line"
    message = "The line is added. Requests show it from now on."

    def make_form(self, data: Any = None, files: Any = None) -> Any:
        form = super().make_form(data, files)
        del form.fields["is_active"]
        return form

    def act(self, form: LineForm) -> DutyLine:
        return keeping.add_line(form.facts, by=self.user, at=self.now)


class ChangeLine(LinePage):
    """Another number, other hours, another fallback; or no longer in use."""

    button = "Save the line"
    message = "Saved. Requests show it from now on."
    thing: DutyLine

    def fetch(self) -> DutyLine:
        return get_object_or_404(DutyLine, pk=self.kwargs["pk"])

    def get_title(self) -> str:
        return f"Change {self.thing.name}"

    def act(self, form: LineForm) -> DutyLine:
        told = form.cleaned_data
        return keeping.change_line(
            self.thing, form.facts, is_active=bool(told["is_active"]), by=self.user, at=self.now
        )


def places(request: HttpRequest) -> HttpResponse:
    """Every room, conference line and video link; the retired ones last."""
    now = timezone.now()
    refuse(permissions.refusal_to_keep_places(user_of(request), now))
    kept = with_blocks(now).order_by("-is_active", "kind", "name")
    rows = [(place, hours_in_words(place.opening())) for place in kept]
    return render(request, "strategy/keeping/places.html", {"rows": rows, "now": now})


class PlacePage(FormPage):
    """What adding and changing a place share."""

    form_class: Any = PlaceForm
    template_name = "strategy/keeping/place_form.html"
    thing: Any = None

    def refusal(self) -> str | None:
        return permissions.refusal_to_keep_places(self.user, self.now)

    def get_back(self) -> tuple[str, str]:
        return reverse("strategy:places"), "Rooms and links"

    def next(self, done: Any) -> str:
        return reverse("strategy:places")


class AddPlace(PlacePage):
    """Another room, line or link."""

    title = "Add a room, line or link"
    button = "Add it"
    message = "Added. It can be booked from now on."

    def act(self, form: PlaceForm) -> Place:
        return keeping.add_place(form.facts, by=self.user, at=self.now)


class KnownPlace(PlacePage):
    """A page about one place."""

    thing: Place

    def fetch(self) -> Place:
        return get_object_or_404(Place, pk=self.kwargs["pk"])


class ChangePlace(KnownPlace):
    """Its name, how to get there, its hours, what it needs around a booking."""

    button = "Save it"
    message = "Saved. What is booked stays booked."

    def get_title(self) -> str:
        return f"Change {self.thing.name}"

    def get_initial(self) -> dict[str, Any]:
        return PlaceForm.first_values(self.thing)

    def act(self, form: PlaceForm) -> Place:
        return keeping.change_place(self.thing, form.facts, by=self.user, at=self.now)


class RetirePlace(KnownPlace):
    """It is no longer offered; what is booked stays."""

    form_class = None
    template_name = "govuk/form_page.html"
    button = "Retire it"
    danger = True
    message = "Retired. It is no longer offered when somebody books."

    def get_title(self) -> str:
        return f"Retire {self.thing.name}"

    @property
    def steps_say(self) -> str:  # type: ignore[override]
        """What stays booked there."""
        ahead = Booking.objects.filter(place=self.thing, cancelled_at=None, during__endswith__gt=self.now)
        number = ahead.count()
        booked = (
            f"{number} discussion{' stays' if number == 1 else 's stay'} booked there: move them one by one"
        )
        return (
            "It will no longer be offered when somebody books. "
            f"{booked if number else 'Nothing is booked there from now on'}. You can bring it back."
        )

    def act(self, form: Any) -> Place:
        return keeping.retire_place(self.thing, by=self.user, at=self.now)


class BringBackPlace(KnownPlace):
    """It is offered again."""

    form_class = None
    template_name = "govuk/form_page.html"
    button = "Bring it back"
    message = "It can be booked again."

    def get_title(self) -> str:
        return f"Bring back {self.thing.name}"

    def act(self, form: Any) -> Place:
        return keeping.bring_back_place(self.thing, by=self.user, at=self.now)


class PastePlaces(PastePage):
    """Rooms, lines and links from a list."""

    title = "Paste a list of rooms, lines and links"
    columns = pasting.COLUMNS
    heads = pasting.COLUMNS
    example = (
        '"Room 2, Cherry House", room, "Second floor, ask at reception", 8am, 6pm, '
        "Friday 8am to 4pm; Saturday closed; Sunday closed, no, 0, 15, 12, no\n"
        "Conference line B, conference line, Telephone 01632 960701"
    )
    noun = ("place", "places")

    def refusal(self) -> str | None:
        return permissions.refusal_to_keep_places(self.user, self.now)

    def get_back(self) -> tuple[str, str]:
        return reverse("strategy:places"), "Rooms and links"

    def check_lines(self, lines: list[Any]) -> list[Checked]:
        return pasting.check(lines, list(Place.objects.values_list("name", flat=True)))

    def add(self, made: list[Any]) -> list[Place]:
        return keeping.add_places([PlaceFacts(**one) for one in made], by=self.user, at=self.now)

    def next(self, done: Any) -> str:
        return reverse("strategy:places")
