"""Filing: what the case system has, what is on its way there, the bundle by hand, and the reference."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.confirming import confirm
from audit.errors import refuse
from audit.services import record_read
from govuk.numbers import whole_number
from minutes import events_after as events
from minutes.enums import DeliveryStatus
from minutes.forms.after import FileForm
from minutes.models import Delivery, Minutes, MinutesVersion
from minutes.permissions import after as permissions
from minutes.services import delivering, untouched, versions
from minutes.services.bundle import ZIP, bundle_of, whole_rendition
from minutes.services.file import (
    Filed,
    record_filing,
    signatures_of,
    signed_since,
    supplement_of,
    system_of,
)
from minutes.views.after.base import RecordPage, heading, record_for
from minutes.views.after.read import whole_of


class File(RecordPage):
    """Where the minutes stand on their way to the case system, and the reference that they got there."""

    form_class = FileForm
    template_name = "minutes/after/file.html"
    button = "Record the filing"
    message = "The minutes are filed."

    def fetch(self) -> Minutes:
        minutes = record_for(self.request, self.kwargs["pk"])
        self.release: MinutesVersion | None = versions.latest_authorised(minutes)
        return minutes

    def refusal(self) -> str | None:
        if self.release is None:
            return "Only authorised minutes are filed."
        return permissions.refusal_to_file(self.user, self.thing.discussion, self.now)

    def get_title(self) -> str:
        what = "new signatures" if self.late_signers else "minutes"
        return f"File the {what} in {system_of(self.thing.discussion)}"

    @cached_property
    def late_signers(self) -> list[str]:
        """Who signed after the version was filed, and is not filed yet."""
        filing = getattr(self.release, "filing", None)
        return signed_since(filing) if filing else []

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"system": system_of(self.thing.discussion)}

    def get_context(self) -> dict[str, Any]:
        assert self.release is not None
        rendition = whole_of(self.release).defer("enclosure__content").first()
        filing = getattr(self.release, "filing", None)
        supplements = list(filing.supplements.select_related("by")) if filing else []
        number = len(supplements) + 1 if filing else 0
        delivery = Delivery.objects.filter(version=self.release, supplement=number).first()
        return {
            **heading(self.thing),
            "release": self.release,
            "signed_since": self.late_signers,
            "held": signatures_of(self.release),
            "filed": [filing, *supplements] if filing else [],
            "rendition": rendition,
            "filing": filing,
            "delivery": delivery,
            "age": self.now - delivery.asked_at if delivery else None,
            "under_way": delivery is not None and delivery.is_under_way(self.now),
            "may_try": delivery is not None and delivery.status != DeliveryStatus.DELIVERED,
            "delivers": delivering.is_configured(),
            "system": system_of(self.thing.discussion),
        }

    def act(self, form: FileForm) -> Filed:
        assert self.release is not None
        held = whole_number(self.request.POST.get("held"))
        reference = form.cleaned_data["reference"]
        return record_filing(self.release, reference=reference, by=self.user, at=self.now, held=held)


@require_POST
def try_now(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the delivery to the case system tried at once."""
    return _deliver(request, pk, delivering.try_now, "The delivery is tried now.")


@require_POST
def deliver_signatures(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the signatures that came in since the filing delivered to the case system."""
    return _deliver(request, pk, delivering.ask_for_supplement, "The new signatures are delivered now.")


def _deliver(request: HttpRequest, pk: int, ask: Callable[..., object], told: str) -> HttpResponse:
    version = versions.latest_authorised(record_for(request, pk))
    if version is None:
        raise Http404("Only authorised minutes are filed.")
    ask(version, by=request.user, at=timezone.now())
    messages.info(request, f"{told} Look again in a minute.")
    return redirect(reverse("minutes:file", args=[pk]))


@require_GET
def bundle(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """All of one authorised version in one file, for the case system; 404 while the PDF is not made."""
    minutes = record_for(request, pk)
    now = timezone.now()
    refuse(permissions.refusal_to_file(request.user, minutes.discussion, now))  # type: ignore[arg-type]
    kept = minutes.versions.filter(authorised_at__isnull=False)
    version = get_object_or_404(kept.select_related("action_log", "authorised_by"), number=number)
    confirm(request)
    if (whole := whole_rendition(version)) is not None:
        untouched.bytes_of(whole, by=request.user, at=now)  # type: ignore[arg-type]
    made = bundle_of(version, supplement_of(version))
    if made is None:
        raise Http404("The PDF is being made; try again in a minute.")
    record_read(events.BUNDLE_FETCHED, minutes.discussion.case, subject=version, by=request.user, at=now)
    response = HttpResponse(made.content, content_type=ZIP)
    response["Content-Disposition"] = f'attachment; filename="{made.name}"'
    response["Cache-Control"] = "no-store"
    return response
