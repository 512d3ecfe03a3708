"""Every text that one cell has had, and putting one of them back."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404

from minutes.models import Section, SectionVersion
from minutes.rules import agenda
from minutes.services.sections import save_section
from minutes.views.meeting.base import RoomPage

ON_A_PAGE = 50


class Restore(forms.Form):
    """Which of the earlier texts is put back."""

    number = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class History(RoomPage):
    """The versions of one cell, the latest first; putting one back is a version of its own."""

    template_name = "minutes/room/history.html"
    shows_record = True
    form_class = Restore
    button = "Put this text back"
    message = "The earlier text is back. What stood there before is kept too."

    def about(self) -> Section:
        cells = self.minutes.sections.select_related("child", "professional")
        found: Section = get_object_or_404(cells, pk=self.kwargs["section"])
        self.step = found.step
        return found

    def refusal(self) -> str | None:
        """Everybody who may see the record may read what it said before."""
        return self.room.refusal if self.request.method == "POST" else None

    def get_title(self) -> str:
        found = self.thing
        whose = found.child or found.professional
        who = getattr(whose, "name", "")
        return f"Earlier texts of: {agenda.label_of(found.step, found.field, who, found.heading)}"

    def act(self, form: Restore) -> Section:
        earlier = get_object_or_404(self.thing.versions.all(), version=form.cleaned_data["number"])
        current = self.version or self.thing.version
        return save_section(self.thing, earlier.text, version=current, by=self.user, at=self.now)

    def get_context(self) -> dict[str, Any]:
        every = SectionVersion.objects.filter(section=self.thing).select_related("by")
        page = Paginator(every.order_by("-version"), ON_A_PAGE).get_page(self.request.GET.get("page"))
        kept = list(page)
        older = every.filter(version__lt=kept[-1].version).order_by("-version").first() if kept else None
        before = [*[one.text for one in kept[1:]], older.text if older else ""]
        return {"room": self.room, "page": page, "versions": list(zip(kept, before, strict=False))}
