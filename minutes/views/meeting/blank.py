"""The empty form to be printed beforehand; nothing about anybody stands on it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from deadlines.choosing import protocol_in_force
from deadlines.working_days import local_date
from minutes.services.blank import blank_form


@require_GET
def blank(request: HttpRequest) -> HttpResponse:
    """The agenda of the procedure in force today, to be filled in by hand."""
    today = local_date(timezone.now())
    form = blank_form(protocol_in_force(today))
    return render(request, "minutes/room/blank.html", {"form_on_paper": form, "today": today})
