"""The demonstration's mailbox pages: no sign-in, since everybody in them is invented."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from config.demomail import mailboxes


@login_not_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Every mailbox that got a letter."""
    return render(request, "demomail/index.html", {"mailboxes": mailboxes.mailboxes()})


@login_not_required
@require_GET
def mailbox(request: HttpRequest, address: str) -> HttpResponse:
    """One mailbox, the newest letter first."""
    found = list(mailboxes.letters(address))
    return render(request, "demomail/mailbox.html", {"address": address, "letters": found})


@login_not_required
@require_GET
def letter(request: HttpRequest, address: str, name: str) -> HttpResponse:
    """One letter with its text and files."""
    return render(request, "demomail/letter.html", {"address": address, "letter": find(address, name)})


@login_not_required
@require_GET
def formatted(request: HttpRequest, address: str, name: str) -> HttpResponse:
    """The letter's formatted text by itself."""
    return HttpResponse(find(address, name).html)


@login_not_required
@require_GET
def file(request: HttpRequest, address: str, name: str, number: int) -> HttpResponse:
    """One attachment, to keep."""
    files = find(address, name).files
    if number >= len(files):
        raise Http404
    part = files[number]
    content = part.get_payload(decode=True)
    kept = part.get_filename() or "invitation.ics"
    return HttpResponse(
        content,
        content_type=part.get_content_type(),
        headers={"Content-Disposition": f'attachment; filename="{kept}"'},
    )


def find(address: str, name: str) -> mailboxes.Letter:
    """The letter, or 404."""
    found = mailboxes.letter(address, name)
    if found is None:
        raise Http404
    return found
