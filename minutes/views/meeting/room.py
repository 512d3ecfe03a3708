"""The room itself: one step of the record, with everybody who is here."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from attendees.enums import Marking
from audit.errors import refuse
from audit.services import record_read
from govuk.numbers import whole_number
from govuk.views import page_for
from minutes import events
from minutes.permissions import meeting as permissions
from minutes.services import record
from minutes.services.draft_check import found_now
from minutes.services.room import Room, discussion_for, room_for
from minutes.services.saving import Typed, save_step
from minutes.services.sections import add_passage
from minutes.services.watching import tag_beside

FILLED = "The record is open. It is filled with what the request and the agencies have said."
EMPTY = "The record is open. Its boxes are empty: the local procedure does not fill them."


@require_GET
def room(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show the record at one step, or the page that opens it."""
    now, user = timezone.now(), _user(request)
    shown = room_for(user, pk, at=now, step=request.GET.get("step", ""))
    if shown is None:
        discussion_for(user, pk)
        return redirect("minutes:open_record", pk)
    record_read(events.RECORD_READ, shown.discussion.case, subject=shown.minutes, by=user, at=now)
    return show(request, shown)


def show(request: HttpRequest, shown: Room, status: int = 200, **more: Any) -> HttpResponse:
    """Print the room."""
    tag = tag_beside(shown.minutes.beside, shown.looking, shown.now)
    found = found_now(shown.minutes)
    context = {
        "room": shown,
        "now": shown.now,
        "markings": Marking.choices,
        "tag": tag,
        "found": found,
        **more,
    }
    return render(request, "minutes/room/room.html", context, status=status)


def open_record(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Open the record before the meeting, pre-filled from the request and the agencies' answers."""
    now, user = timezone.now(), _user(request)
    discussion = discussion_for(user, pk)
    rules = discussion.request.protocol.rules
    return page_for(
        request,
        title="Open the record",
        template_name="minutes/room/open.html",
        button="Open the record",
        message=FILLED if rules.prefill_record.value else EMPTY,
        act=lambda form: record.open_record(discussion, by=user, at=now),
        next=reverse("minutes:room", args=[pk]),
        back=(reverse("attendees:discussion", args=[pk]), "Back to the discussion"),
        refusal=lambda: permissions.refusal_to_open(user, discussion, rules, now),
        context={
            "discussion": discussion,
            "is_filled": rules.prefill_record.value,
            "information": discussion.information.select_related("professional__agency"),
        },
    )


@require_POST
def step(request: HttpRequest, pk: int, step: str) -> HttpResponseBase:
    """Save every box of a step at once, as a page without scripts does; a clash shows both texts."""
    now, user = timezone.now(), _user(request)
    shown = _found(user, pk, step)
    refuse(shown.refusal)
    typed = Typed.read(request.POST.dict())
    kept = save_step(shown.minutes, step, typed, by=user, at=now)
    if kept.words:
        messages.warning(request, kept.words)
    if kept.clashes:
        again = _found(user, pk, step)
        again.typed = {one.theirs.pk: one.mine for one in kept.clashes}
        return show(request, again, 409, clashed=list(again.typed))
    if more := whole_number(request.POST.get("more")):
        added = add_passage(get_object_or_404(shown.minutes.sections, pk=more), by=user, at=now)
        return redirect(f"{reverse('minutes:room', args=[pk])}?step={step}#text-{added.pk}")
    go = request.POST.get("go", "")
    if go == "next":
        record.tick_step(shown.minutes, step, done=True, by=user, at=now)
    onward = shown.next_step.key if go == "next" and shown.next_step else step
    return redirect(f"{reverse('minutes:room', args=[pk])}?step={onward}")


@require_POST
def tick(request: HttpRequest, pk: int, step: str) -> HttpResponseBase:
    """Tick a step, or take the tick off."""
    now, user = timezone.now(), _user(request)
    shown = _found(user, pk, step)
    record.tick_step(shown.minutes, step, done=request.POST.get("done") == "1", by=user, at=now)
    return redirect(f"{reverse('minutes:room', args=[pk])}?step={step}")


@require_POST
def checked(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The chair looked at the record before the start."""
    now, user = timezone.now(), _user(request)
    record.check_before_start(_found(user, pk).minutes, by=user, at=now)
    return redirect("minutes:room", pk)


def _found(user: User, pk: int, step: str = "") -> Room:
    found = room_for(user, pk, at=timezone.now(), step=step)
    if found is None:
        raise Http404("The record of this discussion is not open.")
    return found


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
