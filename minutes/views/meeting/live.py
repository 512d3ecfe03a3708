"""What keeps the room alive: boxes that save themselves, and who writes where. Each poll is one statement."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from audit.errors import Refused
from govuk.numbers import whole_number
from minutes.models import Section
from minutes.services.draft_check import found_now
from minutes.services.room import room_for
from minutes.services.saving import STRICTER
from minutes.services.sections import (
    Clash,
    Saved,
    Sent,
    mark_section,
    note_present,
    note_typing,
    save_or_merge,
    set_aside,
)
from minutes.services.watching import pulse, seen_box, texts_of


@require_POST
def save(request: HttpRequest, pk: int, section: int) -> JsonResponse:
    """Save one box; a clash answers with the other text. `aside`: the typed one is only kept.

    `own` is the version that is the text as it was sent, where more was merged into `version`.
    """
    user = _user(request)
    box = seen_box(user, pk, section)
    number = whole_number(request.POST.get("version"))
    text, version, now = request.POST.get("text", ""), -1 if number is None else number, timezone.now()
    sent = Sent(request.POST.get("page", "")[:40], whole_number(request.POST.get("turn")) or 0)
    try:
        if request.POST.get("aside"):
            kept = set_aside(box, text, version=version, by=user, at=now)
            saved = Saved(kept, kept.version)
        else:
            saved = save_or_merge(box, text, version=version, sent=sent, by=user, at=now)
    except Clash as clash:
        return JsonResponse(_told(clash.theirs), status=409)
    except Refused as refusal:
        return _said(refusal)
    cell, own = saved.cell, saved.own
    told = {"version": cell.version, "own": own, "saved_at": cell.updated_at, "text": cell.text}
    return JsonResponse(told | {"merged": saved.merged_with})


@require_POST
def mark(request: HttpRequest, pk: int, section: int) -> JsonResponse:
    """Say who may read one passage; where somebody else said otherwise too, the stricter is answered."""
    user = _user(request)
    wanted, was = request.POST.get("marking", ""), request.POST.get("was", "")
    try:
        marked = mark_section(seen_box(user, pk, section), wanted, was=was, by=user, at=timezone.now())
    except Refused as refusal:
        return _said(refusal)
    told = {"version": 0, "saved_at": timezone.now(), "text": marked.marking}
    if marked.marking != wanted:
        told["sentence"] = STRICTER.format(marked.get_marking_display())
    return JsonResponse(told)


@require_POST
def typing(request: HttpRequest, pk: int, section: int) -> HttpResponse:
    """Somebody types in this box just now."""
    user = _user(request)
    try:
        note_typing(_cell(user, pk, section), by=user, at=timezone.now())
    except Refused as refusal:
        return _said(refusal)
    return HttpResponse(status=204)


@require_GET
def texts(request: HttpRequest, pk: int) -> HttpResponse:
    """The boxes of a step as they now stand, or 304."""
    user, now = _user(request), timezone.now()
    step = request.GET.get("step", "")
    told = pulse(user, pk, at=now)
    tag = told.tag_of_texts(step)
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag})
    fields = {
        reverse("minutes:save_section", args=[pk, cell.pk]): _told(cell)
        | {"typing": told.typing.get(cell.pk, "")}
        for cell in texts_of(told.minutes, step)
    }
    return JsonResponse({"fields": fields}, headers={"ETag": tag})


@require_GET
def side(request: HttpRequest, pk: int) -> HttpResponse:
    """All of the room but its boxes: head, agenda, what stands in the step, who is here and clocks; or 304.

    It changes with whatever happens but typing, and with the minute that the clocks show.
    """
    user, now = _user(request), timezone.now()
    told = pulse(user, pk, at=now)
    tag = told.tag_of_side(now)
    if not told.noted:
        note_present(told.minutes, by=user, at=now)
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag})
    shown = room_for(user, pk, at=now, step=request.GET.get("step", ""))
    if shown is None:
        raise Http404("The record of this discussion is not open.")
    told_now = {"room": shown, "now": now, "found": found_now(shown.minutes)}
    response = render(request, "minutes/room/_live.html", told_now)
    response["ETag"] = tag
    return response


def _said(refusal: Refused) -> JsonResponse:
    """A refusal as the box shows it; 409 is kept for clashes, which carry the other text."""
    status = 422 if refusal.status == 409 else refusal.status
    return JsonResponse({"sentence": refusal.sentence}, status=status)


def _cell(user: User, pk: int, section: int) -> Section:
    found: Section = get_object_or_404(
        Section.objects.visible_to(user)
        .filter(minutes__discussion_id=pk)
        .select_related("minutes__discussion__case"),
        pk=section,
    )
    return found


def _told(cell: Section) -> dict[str, Any]:
    return {
        "version": cell.version,
        "text": cell.text,
        "by": cell.updated_by.name if cell.updated_by else "",
        "saved_at": cell.updated_at,
        "marking": cell.marking,
        "merged": cell.merged_with,
    }


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
