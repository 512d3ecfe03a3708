"""Differing views and professional challenge (rows G16, G20)."""

from typing import Any

from django.shortcuts import get_object_or_404

from minutes.forms.meeting.dissent import DissentForm
from minutes.models import Dissent
from minutes.services.dissent import View, change_dissent, record_dissent
from minutes.views.meeting.base import RoomPage

TOLD = ("attendance", "child", "view", "settled", "resolution")


class AddDissent(RoomPage):
    """Who thinks otherwise, and how it was resolved."""

    title = "Differing view or challenge"
    form_class = DissentForm
    button = "Save the view"
    message = "It is in the record."
    step = "threshold"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"people": self.room.attendance, "children": self.room.children}

    def act(self, form: DissentForm) -> Dissent:
        return record_dissent(self.minutes, self.said(form), by=self.user, at=self.now)

    def said(self, form: DissentForm) -> View:
        """What the form says, as the service wants it."""
        return View(**{name: form.cleaned_data[name] for name in TOLD})


class ChangeDissent(AddDissent):
    """Change it, or say how it was resolved."""

    shows_record = True

    def about(self) -> Dissent:
        found: Dissent = get_object_or_404(self.minutes.dissents.all(), pk=self.kwargs["dissent"])
        return found

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.thing, name) for name in TOLD}

    def act(self, form: DissentForm) -> Dissent:
        return change_dissent(self.thing, self.said(form), by=self.user, at=self.now, version=self.version)


__all__ = ["AddDissent", "ChangeDissent"]
