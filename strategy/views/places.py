"""Times in which a room, line or link is out of use: said by whoever finds it so, and what must be moved."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.errors import refuse
from govuk.moments import moment
from govuk.views import FormPage
from strategy import permissions
from strategy.forms.keeping import BlockForm
from strategy.models import Booking, Place, PlaceBlock
from strategy.rules.places import hours_in_words
from strategy.services import places
from strategy.views.pages import user_of


def out_of_use(request: HttpRequest) -> HttpResponse:
    """Every place that can be booked, and when it is out of use."""
    user, now = user_of(request), timezone.now()
    refuse(permissions.refusal_to_block_place(user, now))
    kept = places.with_blocks(now).filter(is_active=True).order_by("kind", "name")
    rows = [(place, hours_in_words(place.opening())) for place in kept]
    return render(
        request,
        "strategy/keeping/out_of_use.html",
        {"rows": rows, "now": now, "back_to": _whence(user)},
    )


class PlaceInUse(FormPage):
    """A page about one place, for whoever may take it out of use."""

    thing: Place

    def fetch(self) -> Place:
        found: Place = get_object_or_404(places.with_blocks(self.now), pk=self.kwargs["pk"])
        return found

    def refusal(self) -> str | None:
        return permissions.refusal_to_block_place(self.user, self.now)

    def next(self, done: Any) -> str:
        return reverse("strategy:block_place", args=[self.thing.pk])


class BlockPlace(PlaceInUse):
    """Take it out of use; when it is so already, and which bookings must be moved."""

    form_class = BlockForm
    template_name = "strategy/keeping/block_form.html"
    button = "Take it out of use"

    def get_title(self) -> str:
        return f"Out of use: {self.thing.name}"

    def get_back(self) -> tuple[str, str]:
        return reverse("strategy:out_of_use"), "Rooms and lines out of use"

    def get_initial(self) -> dict[str, Any]:
        return {"start": self.now}

    def get_context(self) -> dict[str, Any]:
        return {
            "to_come": self.thing.to_come,  # type: ignore[attr-defined]
            "waiting": list(places.must_be_moved(self.thing, by=self.user, at=self.now)),
            "hours": hours_in_words(self.thing.opening()),
        }

    def act(self, form: BlockForm) -> list[Booking]:
        return places.block_place(self.thing, **form.cleaned_data, by=self.user, at=self.now)

    def get_message(self, done: Any) -> str:
        number = len(done)
        if not number:
            return f"{self.thing.name} is out of use. Nothing is booked there then."
        must = "1 booking must" if number == 1 else f"{number} bookings must"
        return f"{self.thing.name} is out of use. {must} be moved."


class LiftBlock(PlaceInUse):
    """Put it back into use earlier than planned."""

    button = "Put back into use"

    def block(self) -> PlaceBlock:
        """The time out of use; of this place only."""
        return get_object_or_404(self.thing.blocks, pk=self.kwargs["block_pk"])

    def fetch(self) -> Place:
        self.thing = super().fetch()
        self.block()
        return self.thing

    def get_title(self) -> str:
        return f"Put {self.thing.name} back into use"

    def get_back(self) -> tuple[str, str]:
        return reverse("strategy:block_place", args=[self.thing.pk]), "Out of use"

    @property
    def steps_say(self) -> str:  # type: ignore[override]
        """Which time it is, and why."""
        during, why = self.block().during, self.block().reason
        return (
            f"It is out of use from {moment(during.lower)} until {moment(during.upper)}: {why}. "
            "Everybody can book it again from now on."
        )

    def act(self, form: Any) -> PlaceBlock:
        return places.lift_block(self.block(), by=self.user, at=self.now)

    def get_message(self, done: Any) -> str:
        return f"{self.thing.name} is back in use."


def _whence(user: User) -> tuple[str, str]:
    if user.keeps_system:
        return reverse("strategy:places"), "Rooms and links"
    return reverse("worklist:queue"), "Queue"
