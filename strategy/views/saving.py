"""Sections that save themselves: what is typed is kept while it is typed, with the button or without it."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse

from audit.errors import Refused, StaleVersion
from govuk.clash import clashes
from strategy import services
from strategy.enums import Section
from strategy.models import StrategyRequest
from strategy.permissions import refusal_to_write
from strategy.rules.asking import problems_with_format
from strategy.services import Seen
from strategy.views.pages import OpenRequestPage

BLANK: dict[str, Any] = {"agencies_plan": None, "is_urgent": False}  # every other field is a text
PAUSE = 900  # milliseconds without typing after which a section saves itself


class SelfSaving(OpenRequestPage):
    """A section. Its script sends the same form, saying so in a header; the answer is JSON.

    A form that is half filled keeps what can stand. The version is the section's own, so that two people in
    two sections don't disturb each other.
    """

    section = Section.AVAILABILITY
    template_name = "strategy/section.html"
    pause = PAUSE

    def refusal(self) -> str | None:
        """Some of it may follow after it was submitted, until the record is authorised."""
        return refusal_to_write(self.user, self.thing, self.section, self.now)

    @property
    def seen(self) -> Seen:
        """The section as this person had it before them."""
        return Seen(self.version, self.key)

    @property
    def is_self_saving(self) -> bool:
        """Whether the page's script sent it, not the button."""
        return self.request.method == "POST" and "X-Self-Save" in self.request.headers

    def get_version(self) -> int:
        """How often this section was saved."""
        return self.thing.version_of(self.section)

    def is_stale(self) -> bool:
        """Whether somebody else saved this section since."""
        return self.seen.is_stale(self.thing, self.section)

    def get_context(self) -> dict[str, Any]:
        """Whether and how the section saves itself."""
        return {"saves_itself": True, "pause": self.pause}

    def answer_again(self) -> HttpResponse | None:
        """Only the button acts once: keeping the same again changes nothing."""
        return None if self.is_self_saving else super().answer_again()

    def say_refusal(self, reason: str) -> HttpResponse:
        """To the script in a sentence; what was typed stays in the page."""
        if self.is_self_saving:
            return JsonResponse({"sentence": reason}, status=403)
        return super().say_refusal(reason)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Keep what is typed so far, or act as every form page does."""
        if not self.is_self_saving:
            return super().post(request, *args, **kwargs)
        form = self.make_form(request.POST)
        is_whole = form.is_valid()
        try:
            self.thing = self.keep(form, is_whole)
        except StaleVersion as refusal:
            return self.say_clash(form, refusal)
        except Refused as refusal:
            return JsonResponse({"sentence": refusal.sentence}, status=refusal.status)
        return self.say_saved(form)

    def values(self, form: Any) -> dict[str, Any]:
        """What of the form can be kept."""
        return worth_keeping(form, services.FIELDS[self.section])

    def keep(self, form: Any, is_whole: bool) -> StrategyRequest:
        """Keep what can stand of this section: one service call."""
        return services.keep_section(
            self.thing,
            self.section,
            self.values(form),
            is_whole=is_whole,
            by=self.user,
            at=self.now,
            seen=self.seen,
        )

    def say_saved(self, form: Any) -> JsonResponse:
        """When it was saved, what of it was not, and what the local procedure says against it."""
        answer = {
            "version": self.get_version(),
            "saved_at": self.now,
            "finished": self.section in self.thing.finished_sections,
            "unsaved": unsaved(form),
            "warnings": self.warnings(),
        }
        return JsonResponse(answer)

    def warnings(self) -> list[str]:
        """What the local procedure says against what is kept, each with its clause."""
        return []

    def say_clash(self, form: Any, refusal: StaleVersion) -> JsonResponse:
        """Both texts, field by field; where they are the same there is none."""
        self.thing = self.fetch()
        found = clashes(typed=form, theirs=self.make_form())
        if not found:
            return self.say_saved(form)
        told = [{"label": one.label, "theirs": one.theirs, "yours": one.yours} for one in found]
        answer = {"version": self.get_version(), "clashes": told, "sentence": refusal.sentence}
        return JsonResponse(answer, status=409)


def worth_keeping(form: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """What can be kept of a form: what is right, and what was emptied; nothing that is wrong."""
    kept = {}
    for name in names:
        if name in form.cleaned_data:
            kept[name] = form.cleaned_data[name]
        elif name in form.fields and is_empty(form, name):
            kept[name] = BLANK.get(name, "")
    return kept


def unsaved(form: forms.BaseForm) -> list[dict[str, Any]]:
    """What was typed and cannot stand: a required field that is still empty is none of it.

    `final` is what no better typing would save: it is said at once.
    """
    back: dict[str, str] = getattr(form, "given_back", {})
    shut = [{"name": name, "sentence": sentence, "final": True} for name, sentence in back.items()]
    return shut + [
        {"name": name, "sentence": form[name].sentences[0]}  # type: ignore[attr-defined]
        for name in form.errors
        if name in form.fields and not is_empty(form, name)
    ]


def is_empty(form: forms.BaseForm, name: str) -> bool:
    """Whether nothing was typed in a field."""
    return form[name].data in (None, "", [])


def warnings_of_format(wanted: StrategyRequest) -> list[str]:
    """What the procedure says against the format, with its clause, while it is chosen."""
    found = problems_with_format(services.asked_of(wanted, ()), wanted.protocol.rules)
    return [f"{one.sentence} ({one.source})" if one.source else one.sentence for one in found]
