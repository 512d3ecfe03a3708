"""The copies of the minutes: what each holds, its file, who has it, and the family's."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.http import require_GET

from audit.services import record_read
from minutes import events_after as events
from minutes.enums import RenditionKind
from minutes.forms.releasing import HandFamilyCopyForm, MakeCopyForm
from minutes.models import FamilyHanding, Minutes, MinutesVersion, Rendition
from minutes.permissions import after as permissions
from minutes.rules.renditions import Cut, rendered, title_of
from minutes.services import printing, recheck, renditions, versions
from minutes.views.after.base import RecordPage, heading, record_for, tabs
from minutes.views.after.read import file_of, shown_version


@require_GET
def copies_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Every copy of the version in force: what it leaves out, its file, and who has it."""
    minutes = record_for(request, pk)
    version, now = versions.latest_authorised(minutes), timezone.now()
    record_read(events.COPY_READ, minutes.discussion.case, subject=minutes, by=request.user, at=now)
    reason = permissions.refusal_to_make_copy(request.user, minutes, now)  # type: ignore[arg-type]
    context = {
        **heading(minutes),
        "tabs": tabs(minutes, "copies"),
        "version": version,
        "copies": renditions.copies_of(version, looked_through=True) if version else None,
        "may_make": reason is None,
    }
    return render(request, "minutes/after/copies.html", context)


@require_GET
def copy_page(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """What a copy holds, as its reader sees it."""
    minutes, version, held = _found(request, pk, code)
    _note(events.COPY_READ, request, minutes, version, held.cut)
    context = {
        **heading(minutes),
        "tabs": tabs(minutes, "copies"),
        "held": held,
        "record": rendered(version.content, held.cut),
        **shown_version(version, held.rendition),
        "is_whole": held.cut.is_whole,
        "reason_told": printing.reason_told(version, held.cut),
    }
    return render(request, "minutes/after/copy.html", context)


@require_GET
def copy_pdf(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """The file of a copy, as an attachment."""
    minutes, version, held = _found(request, pk, code)
    if held.rendition is not None and not held.cut.is_whole:
        held.rendition.version = version
        recheck.refuse_found(recheck.found_since(held.rendition))
    answer = file_of(held.rendition, by=request.user, at=timezone.now())
    _note(events.FILE_FETCHED, request, minutes, version, held.cut)
    return answer


class MakeCopy(RecordPage):
    """Have the file of a copy made; the family's after the check of its own words."""

    form_class = MakeCopyForm
    template_name = "minutes/after/make_copy.html"
    button = "Make the PDF"
    shows_record = True

    def fetch(self) -> MinutesVersion:
        self.minutes = record_for(self.request, self.kwargs["pk"])
        version = versions.latest_authorised(self.minutes)
        offered = {one.code: one for one in renditions.cuts_of(version)} if version else {}
        if version is None or self.kwargs["code"] not in offered:
            raise Http404("no such copy")
        self.cut = offered[self.kwargs["code"]]
        return version

    def get_version(self) -> None:
        """A copy does not change."""

    def refusal(self) -> str | None:
        return permissions.refusal_to_make_copy(self.user, self.minutes, self.now)

    @property
    def copy_title(self) -> str:
        """What the copy is called."""
        return title_of(self.thing.content, self.cut)

    @cached_property
    def made(self) -> Rendition | None:
        """The file that was made before: then only what was found since is asked."""
        found: Rendition | None = self.thing.renditions.filter(
            kind=self.cut.kind, child=self.cut.child_id
        ).first()
        return found

    def get_button(self) -> str:
        return "Let it go out" if self.made else "Make the PDF"

    def get_title(self) -> str:
        return f"{'Found since it was made' if self.made else 'Make the PDF'}: {self.copy_title}"

    def get_message(self, done: object) -> str:
        if isinstance(done, Rendition) and done.enclosure_id:
            return f"“{self.copy_title}” may go out. Your reasons are kept with it."
        return f"“{self.copy_title}” is being made. It is here in a minute."

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"findings": recheck.looked_for_in(self.thing).found_in(self.cut, self.made)}

    def get_context(self) -> dict[str, Any]:
        return {
            **heading(self.minutes),
            "is_family": self.cut.kind == RenditionKind.FAMILY,
            "made": self.made,
        }

    def get_back(self) -> tuple[str, str]:
        return reverse("minutes:copies", args=[self.kwargs["pk"]]), "Back to the copies"

    def next(self, done: object) -> str:
        return reverse("minutes:copies", args=[self.kwargs["pk"]])

    def act(self, form: MakeCopyForm) -> Rendition:
        return renditions.make_copy(
            self.minutes, self.thing, self.cut, accepted=form.accepted, by=self.user, at=self.now
        )


class HandFamily(RecordPage):
    """Record that somebody of the family was given their copy."""

    title = "Copy given to the family"
    form_class = HandFamilyCopyForm
    template_name = "minutes/after/leaving.html"
    button = "Record"
    message = "It is recorded that the family has their copy."
    thing: Rendition

    def fetch(self) -> Rendition:
        self.minutes, version, held = _found(self.request, self.kwargs["pk"], self.kwargs["code"])
        if not held.is_family or held.rendition is None:
            raise Http404("no such copy for the family")
        held.rendition.version = version
        self.found = recheck.found_since(held.rendition)
        return held.rendition

    def get_version(self) -> None:
        """A copy does not change; its `version` is that of the minutes."""

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"findings": self.found}

    def get_context(self) -> dict[str, Any]:
        return heading(self.minutes)

    def refusal(self) -> str | None:
        return permissions.refusal_to_make_copy(self.user, self.minutes, self.now)

    def get_back(self) -> tuple[str, str]:
        return reverse("minutes:copies", args=[self.kwargs["pk"]]), "Back to the copies"

    def next(self, done: object) -> str:
        return reverse("minutes:copies", args=[self.kwargs["pk"]])

    def act(self, form: HandFamilyCopyForm) -> FamilyHanding:
        typed = {name: form.cleaned_data[name] for name in ("handed_to", "how", "handed_at")}
        return renditions.hand_to_family(
            self.thing, **typed, accepted=form.accepted, by=self.user, at=self.now
        )


def _found(request: HttpRequest, pk: int, code: str) -> tuple[Minutes, MinutesVersion, renditions.Held]:
    minutes = record_for(request, pk)
    version = versions.latest_authorised(minutes)
    if version is None:
        raise Http404("no authorised minutes")
    for held in renditions.copies_of(version).all:
        if held.code == code:
            return minutes, version, held
    raise Http404("no such copy")


def _note(event: str, request: HttpRequest, minutes: Minutes, version: MinutesVersion, cut: Cut) -> None:
    record_read(
        event, minutes.discussion.case, subject=version, by=request.user, at=timezone.now(),
        data={"copy": cut.code},
    )  # fmt: skip


__all__ = ["HandFamily", "MakeCopy", "copies_page", "copy_page", "copy_pdf"]
