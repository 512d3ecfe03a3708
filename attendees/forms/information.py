"""What an agency knows: passages with what is held and who may read them, files, and how it reached us."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxLengthValidator

from attendees.enums import Holding, InformationStatus, Marking, ToldBy
from attendees.models import InformationRequest, Passage
from attendees.rules import files as rules
from attendees.rules.headings import HINTS, asks_what_is_held, headings_for
from attendees.services.files import Upload
from attendees.services.information import LONGEST, Text, Told
from govuk import fields, widgets

SAVE = "save"
ONE_PRESS = (InformationStatus.NONE_HELD, InformationStatus.AT_MEETING)


class FilesInput(forms.FileInput):
    """One box for several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; each is looked into by the service, which knows what may be kept."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list["UploadedFile[Any]"]:
        """Return the files that were chosen; an empty one too, so that it can be told by its name."""
        return [one for one in data or [] if isinstance(one, UploadedFile)]


class PassageFields(NamedTuple):
    """The fields of one heading, for the template."""

    text: forms.BoundField
    holding: forms.BoundField | None
    marking: forms.BoundField
    version: forms.BoundField


class InformationForm(forms.Form):
    """What an agency knows, under the headings of its kind, each with who may read it; and its files."""

    mark_optional = False  # every heading may be left empty, and the page says so once

    def __init__(self, *args: Any, information: InformationRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.information = information
        kind = information.professional.agency.kind
        stored: dict[str, Passage] = {one.heading: one for one in information.passages.all()}
        asked = headings_for(kind)
        self.headings = (*asked, *(one for one in stored if one not in asked))
        self.asks_what_is_held = asks_what_is_held(kind)
        for place, heading in enumerate(self.headings):
            self._add_passage(place, heading, stored.get(heading))
        self.fields["files"] = FilesField(
            label="Add files",
            required=False,
            help_text=f"At most {rules.MOST_FILES}, of 10 MB each: {rules.ACCEPTED}",
            widget=FilesInput(attrs={"multiple": True, "accept": rules.ENDINGS}),
        )
        self.fields["files_marking"] = _marking(Marking.NOT_FAMILY, "Who may read these files?")

    def _add_passage(self, place: int, heading: str, passage: Passage | None) -> None:
        if self.asks_what_is_held:
            self.fields[f"holding_{place}"] = forms.ChoiceField(
                label=f"What do you hold: {heading.lower()}?",
                choices=Holding.choices,
                required=False,
                initial=passage.holding if passage else "",
                widget=widgets.Radios(inline=True, small=True, label_hidden=True),
            )
        self.fields[f"text_{place}"] = forms.CharField(
            label=heading,
            help_text=HINTS.get(heading, ""),
            required=False,
            strip=False,
            validators=[MaxLengthValidator(LONGEST)],
            widget=widgets.Textarea(rows=4, label_size="m", count=None),
            initial=passage.text if passage else "",
        )
        self.fields[f"marking_{place}"] = _marking(
            passage.marking if passage else Marking.NOT_FAMILY, "Who may read this?"
        )
        self.fields[f"version_{place}"] = forms.IntegerField(
            required=False, widget=forms.HiddenInput, initial=passage.version if passage else 0
        )

    def clean(self) -> dict[str, Any]:
        """Words and “we hold nothing” under one heading contradict each other."""
        cleaned: dict[str, Any] = super().clean() or {}
        for place in range(len(self.headings)):
            says = cleaned.get(f"holding_{place}")
            if says == Holding.NONE and (cleaned.get(f"text_{place}") or "").strip():
                sentence = "You wrote something here and say that you hold nothing. Clear one of the two"
                self.add_error(f"text_{place}", sentence)
        return cleaned

    @property
    def passages(self) -> list[PassageFields]:
        """The fields of each heading."""
        return [
            PassageFields(
                self[f"text_{place}"],
                self[f"holding_{place}"] if self.asks_what_is_held else None,
                self[f"marking_{place}"],
                self[f"version_{place}"],
            )
            for place in range(len(self.headings))
        ]

    @property
    def texts(self) -> list[Text]:
        """What was typed, for the service; words without an answer mean that something is held."""
        return [
            Text(
                heading=heading,
                text=self.cleaned_data[f"text_{place}"],
                marking=self.cleaned_data[f"marking_{place}"] or Marking.NOT_FAMILY,
                version=self.cleaned_data[f"version_{place}"] or None,
                holding=self._holding(place),
            )
            for place, heading in enumerate(self.headings)
        ]

    def _holding(self, place: int) -> str:
        said = str(self.cleaned_data.get(f"holding_{place}") or "")
        written = self.asks_what_is_held and self.cleaned_data[f"text_{place}"].strip()
        return said or (Holding.HELD if written else "")

    @property
    def uploads(self) -> Sequence[Upload]:
        """The files that were chosen, each read no further than its size may be."""
        marking = self.cleaned_data.get("files_marking") or Marking.NOT_FAMILY
        chosen: list[UploadedFile[Any]] = self.cleaned_data.get("files") or []
        return [Upload(one.name or "", one.read(rules.MOST_BYTES + 1), marking) for one in chosen]


class SendInformationForm(InformationForm):
    """The same with what is to become of it: its buttons say so."""

    status = forms.ChoiceField(
        choices=[
            (SAVE, "Save and finish later"),
            (InformationStatus.RETURNED, "Send it now"),
            (InformationStatus.AT_MEETING, "We will tell it at the discussion"),
            (InformationStatus.NONE_HELD, "We hold nothing about this family"),
        ],
        widget=forms.HiddenInput,
        error_messages={"required": "Choose what to do with it: one of the buttons"},
    )


class RecordInformationForm(InformationForm):
    """Information that reached business support in another way."""

    how = forms.ChoiceField(
        label="How did it reach you?",
        choices=ToldBy.choices,
        widget=widgets.Radios(label_size="m"),
        error_messages={"required": "Choose how it reached you"},
    )
    from_whom = forms.CharField(
        label="Who told or sent it?",
        max_length=120,
        help_text="Name and role",
        error_messages={"required": "Enter who told or sent it"},
    )
    told_at = fields.DateTimeField(
        label="When did it reach you?",
        help_text="The deadline counts this moment, not when you type it",
        what="when it reached you",
    )
    status = forms.ChoiceField(
        label="What did they say?",
        choices=[
            (InformationStatus.RETURNED, "They sent or told what is written below"),
            (InformationStatus.AT_MEETING, "They will tell it at the discussion"),
            (InformationStatus.NONE_HELD, "They hold nothing about this family"),
        ],
        widget=widgets.Radios(label_size="m"),
        error_messages={"required": "Choose what they said"},
    )

    @property
    def told(self) -> Told:
        """From whom, how and when, for the service."""
        return Told(
            how=self.cleaned_data["how"],
            by_whom=self.cleaned_data["from_whom"],
            at=self.cleaned_data["told_at"],
        )


def _marking(initial: str, label: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=Marking.choices, required=False, initial=initial, widget=widgets.Select()
    )
