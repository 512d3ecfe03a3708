"""Reading: the minutes as they stand or as authorised, what changed, and the file. Each reading is
recorded."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from audit.errors import refuse
from audit.services import record_read
from govuk.numbers import whole_number
from minutes import events_after as events
from minutes.canonical import in_groups
from minutes.differences import changes_between
from minutes.enums import RenditionKind
from minutes.models import Delivery, Minutes, MinutesVersion, Recipient, Rendition
from minutes.permissions import after as permissions
from minutes.rules.renditions import WHOLE
from minutes.services import copies, printing, turns, untouched, versions
from minutes.services.content import content_of
from minutes.services.draft_check import READ_AS_A_DRAFT
from minutes.services.file import system_of
from minutes.services.round import OPEN
from minutes.views.after.base import heading, record_for, tabs
from minutes.views.after.steps import next_steps

NOW = "now"


@require_GET
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """The minutes: the authorised version in force, or the record as it stands until there is one."""
    minutes = record_for(request, pk)
    version = _wanted(minutes, request.GET.get("version"))
    record_read(
        events.VERSION_READ,
        minutes.discussion.case,
        subject=version or minutes,
        by=request.user,
        at=timezone.now(),
    )
    mine = _own_copy(version, request)
    is_current = "version" not in request.GET and minutes.status in OPEN
    if mine is not None and mine.opened_at is None:
        copies.mark_opened(mine, at=timezone.now())
    content = version.content if version else content_of(minutes)
    is_draft = version is None and minutes.status in READ_AS_A_DRAFT
    context = {
        **heading(minutes),
        "tabs": tabs(minutes, "read"),
        "record": content,
        "found": minutes.draft_found if is_draft else [],
        **shown_version(version),
        "steps": next_steps(minutes, request.user, timezone.now(), version),
        "system": system_of(minutes.discussion),
        "mine": mine,
        "propose": reverse("minutes:agree", args=[pk])
        if is_current and minutes.took_part  # type: ignore[attr-defined]
        else "",
        "returned": turns.why_returned(minutes),
    }
    return render(request, "minutes/after/read.html", context)


@require_GET
def changes(request: HttpRequest, pk: int) -> HttpResponse:
    """What differs between any two versions, or between a version and the record as it stands."""
    minutes = record_for(request, pk)
    kept = list(minutes.versions.select_related("made_by", "authorised_by").order_by("number"))
    numbers = [str(one.number) for one in kept]
    old = _choice(request.GET.get("from"), numbers, numbers[0] if numbers else "")
    new = _choice(request.GET.get("to"), [*numbers, NOW], NOW)
    record_read(
        events.CHANGES_READ, minutes.discussion.case, subject=minutes, by=request.user, at=timezone.now()
    )
    contents = {str(one.number): one.content for one in kept}
    found = []
    if old:
        newer = content_of(minutes) if new == NOW else contents[new]
        found = changes_between(contents[old], newer)
    context = {
        **heading(minutes),
        "tabs": tabs(minutes, "changes"),
        "versions": kept,
        "choices": [(str(one.number), name_of(one)) for one in kept],
        "old": old,
        "new": new,
        "changes": found,
    }
    return render(request, "minutes/after/changes.html", context)


@require_GET
def pdf(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The file of one version, as an attachment under the name the case system wants."""
    minutes = record_for(request, pk)
    version = get_object_or_404(minutes.versions.filter(authorised_at__isnull=False), number=number)
    now = timezone.now()
    record_read(events.FILE_FETCHED, minutes.discussion.case, subject=version, by=request.user, at=now)
    if (copy := _own_copy(version, request)) is not None:
        copies.mark_opened(copy, at=now, downloaded=True)
    return file_of(whole_of(version).select_related("enclosure").first(), by=request.user, at=now)


@require_POST
def print_again(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Have a file that could not be made tried once more."""
    minutes = record_for(request, pk)
    reason = permissions.refusal_to_file(request.user, minutes.discussion, timezone.now())  # type: ignore[arg-type]
    refuse(reason)
    version = get_object_or_404(minutes.versions, number=number)
    for rendition in version.renditions.filter(enclosure=None):
        printing.ask_again(rendition)
    messages.info(request, "The PDF is being made again.")
    return redirect("minutes:read", pk)


def file_of(rendition: Rendition | None, *, by: Any, at: datetime) -> HttpResponse:
    """The made file of one copy as a download; 404 while it is not made, 409 when its bytes were altered."""
    if rendition is None or rendition.enclosure is None:
        raise Http404("The PDF is being made; try again in a minute.")
    response = HttpResponse(untouched.bytes_of(rendition, by=by, at=at), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{rendition.filename}"'
    response["Cache-Control"] = "no-store"
    return response


def shown_version(version: MinutesVersion | None, rendition: Rendition | None = None) -> dict[str, object]:
    """What a page says of a version: its number, hash, soundness and file; nothing for a record not
    authorised. `rendition`: the reader's own copy, when it is not the whole record."""
    if version is None:
        return {"version": None}
    made = rendition or whole_of(version).defer("enclosure__content").first()
    digest = made.sha256 if made and made.sha256 else version.sha256
    is_whole = made is None or made.cut.is_whole
    return {
        "delivery": None if hasattr(version, "filing") else Delivery.objects.filter(version=version).first(),
        "version": version,
        "is_sound": versions.is_sound(version),
        "hash_groups": in_groups(digest),
        "log_groups": in_groups(version.action_log.sha256) if is_whole else "",
        "ledger_groups": in_groups(version.content["ledger_head"]["hash"]),
        "rendition": made,
        "is_whole": is_whole,
        "reason_told": printing.reason_told(version, made.cut if made else WHOLE),
    }


def whole_of(version: MinutesVersion) -> QuerySet[Rendition]:
    """The file of the whole record of a version, or none yet."""
    return version.renditions.filter(kind=RenditionKind.WHOLE, child=None)


def name_of(version: MinutesVersion) -> str:
    """How a version is called in a list."""
    if version.number == versions.AS_AGREED:
        return "As it stood when the discussion ended"
    return f"Version {version.number}" + (f": {version.reason}" if version.reason else "")


def _wanted(minutes: Minutes, number: str | None) -> MinutesVersion | None:
    if number and number.isdecimal():
        kept = minutes.versions.filter(authorised_at__isnull=False)
        joined = versions.with_cover(kept.select_related("action_log", "authorised_by", "filing"))
        return get_object_or_404(joined, number=whole_number(number))
    return versions.latest_authorised(minutes)


def _choice(asked: str | None, known: list[str], otherwise: str) -> str:
    return asked if asked in known else otherwise


def _own_copy(version: MinutesVersion | None, request: HttpRequest) -> Recipient | None:
    if version is None:
        return None
    mine = Recipient.objects.filter(
        circulation__version=version,
        professional__user=request.user,
        revoked_at=None,  # type: ignore[misc]
    )
    return mine.select_related("circulation__version__minutes__discussion__case").first()


__all__ = ["changes", "file_of", "name_of", "pdf", "print_again", "read", "shown_version", "whole_of"]
