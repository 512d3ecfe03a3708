"""Looking somebody up in the directory inside a form: no press loses what was typed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property

from attendees.forms.directory import FindForm
from attendees.models import Professional
from govuk.numbers import whole_number
from govuk.views import FormPage

WORDS, LOOK, LOOKED = "_find", "_look", "_looked_for"
OTHER_BUTTONS = frozenset({"_slot", "_show", "_whole", "_add", "_remove", "_pick"})
MOST_FOUND = 20  # more are found by more words
MOST_CHOSEN = 60


class FindsPeople(FormPage):
    """A form with a line to look for people by name, job or agency, and a button that only shows them."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Looking somebody up judges nothing and keeps what is typed; the page's own button acts."""
        if self.is_looking:
            return self.page_with_other_rows(request.POST)
        return super().post(request, *args, **kwargs)

    @property
    def is_looking(self) -> bool:
        """Whether somebody is looked for: by the button, or by Enter in the line, which must not act."""
        if LOOK in self.request.POST:
            return True
        asked_before = self.request.POST.get(LOOKED, "").strip()
        return bool(self.words) and self.words != asked_before and not OTHER_BUTTONS & set(self.request.POST)

    @cached_property
    def words(self) -> str:
        """What is looked for."""
        return self.request.POST.get(WORDS, "").replace("\x00", "")[:100].strip()

    @cached_property
    def found(self) -> list[Professional]:
        """Who fits every word; nobody without words, or while nobody looks."""
        if not self.words or not self.is_looking:
            return []
        people = Professional.objects.search(self.words).filter(is_active=True)
        return list(people.select_related("agency").order_by("name", "pk")[:MOST_FOUND])

    def chosen_before(self, name: str) -> list[Professional]:
        """Those ticked in what was sent: whom a search found stays in the list when another follows."""
        sent = [whole_number(one) for one in self.request.POST.getlist(name)[:MOST_CHOSEN]]
        numbers = [one for one in sent if one is not None]
        if not numbers:
            return []
        return list(Professional.objects.filter(pk__in=numbers, is_active=True).select_related("agency"))

    def looked_up(self, name: str, listed: set[int]) -> list[tuple[Professional, str]]:
        """Whom the list of a page has besides: found now or chosen before, each with why they stand there."""
        found = {one.pk: (one, f"{one.agency.name}. Found in the directory") for one in self.found}
        others = [one for one in self.chosen_before(name) if one.pk not in found]
        told = [*found.values(), *((one, f"{one.agency.name}. Found in the directory") for one in others)]
        return [(one, why) for one, why in told if one.pk not in listed]

    def get_context(self) -> dict[str, Any]:
        """The line, and what came of looking."""
        return super().get_context() | {
            "finding": FindForm({WORDS: self.words}),
            "words": self.words,
            "found": self.found,
            "looked": self.is_looking and bool(self.words),
        }
