"""What an agency knows: passages with what is held and who may read them, files, and how it reached us."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxLengthValidator

from attendees.enums import Holding, InformationStatus, Marking, ToldBy
from attendees.models import InformationRequest, Passage
from attendees.rules import files as rules
from attendees.rules.headings import HINTS, asks_what_is_held, headings_for
from attendees.services.files import Upload
from attendees.services.information import LONGEST, MOST_PASSAGES, Text, Told
from govuk import fields, widgets

SAVE = "save"
SPARE = 2  # further passages that a heading has room for until they are saved, when it has more
FURTHER = re.compile(r"text_(\d{1,3})_(\d{1,3})")
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


@dataclass(frozen=True, slots=True)
class PassageFields:
    """The fields of one passage, for the template; `is_spare` is one that nothing stands in."""

    text: forms.BoundField
    marking: forms.BoundField
    version: forms.BoundField
    is_spare: bool = False

    @property
    def is_open(self) -> bool:
        """Whether a spare one is shown unfolded: something was typed in it, or is wrong with it."""
        return bool(self.text.value() or self.text.errors or self.marking.errors)


@dataclass(frozen=True, slots=True)
class HeadingFields:
    """The fields of one heading: its passages, those to be added last, and what is held."""

    first: PassageFields
    holding: forms.BoundField | None
    further: list[PassageFields]
    spare: list[PassageFields]


class InformationForm(forms.Form):
    """What an agency knows, under the headings of its kind; and its files.

    A heading has one passage, and further ones with a marking of their own. Room for two more is folded away
    on the page, so that adding one needs neither a script nor a round trip in which a chosen file is lost.
    """

    mark_optional = False  # every heading may be left empty, and the page says so once

    def __init__(self, *args: Any, information: InformationRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.information = information
        kind = information.professional.agency.kind
        stored = {(one.heading, one.place): one for one in information.passages.all()}
        asked = headings_for(kind)
        self.headings = (*asked, *dict.fromkeys(name for name, _ in stored if name not in asked))
        self.asks_what_is_held = asks_what_is_held(kind)
        self.written = {name: _written(name, stored) for name in self.headings}
        self.places = [
            _places(number, self.written[name], self.data) for number, name in enumerate(self.headings)
        ]
        for number, heading in enumerate(self.headings):
            if self.asks_what_is_held:
                self._add_holding(number, heading, stored.get((heading, 0)))
            for place in range(self.places[number]):
                self._add_passage(number, place, stored.get((heading, place)))
        self.fields["files"] = FilesField(
            label="Add files",
            required=False,
            help_text=f"At most {rules.MOST_FILES}, of 10 MB each: {rules.ACCEPTED}",
            widget=FilesInput(attrs={"multiple": True, "accept": rules.ENDINGS}),
        )
        self.fields["files_marking"] = _marking(Marking.NOT_FAMILY, "Who may read these files?")

    def _add_holding(self, number: int, heading: str, passage: Passage | None) -> None:
        self.fields[f"holding_{number}"] = forms.ChoiceField(
            label=f"What do you hold: {heading.lower()}?",
            choices=Holding.choices,
            required=False,
            initial=passage.holding if passage else "",
            widget=widgets.Radios(inline=True, small=True, label_hidden=True),
        )

    def _add_passage(self, number: int, place: int, passage: Passage | None) -> None:
        heading, name = self.headings[number], _name(number, place)
        self.fields[f"text_{name}"] = forms.CharField(
            label=f"{heading}, passage {place + 1}" if place else heading,
            help_text="" if place else HINTS.get(heading, ""),
            required=False,
            strip=False,
            validators=[MaxLengthValidator(LONGEST)],
            widget=widgets.Textarea(rows=4, label_size="s" if place else "m", count=None),
            initial=passage.text if passage else "",
        )
        self.fields[f"marking_{name}"] = _marking(
            passage.marking if passage else Marking.NOT_FAMILY,
            f"Who may read passage {place + 1}?" if place else "Who may read this?",
        )
        self.fields[f"version_{name}"] = forms.IntegerField(
            required=False, widget=forms.HiddenInput, initial=passage.version if passage else 0
        )

    def clean(self) -> dict[str, Any]:
        """Words and “we hold nothing” under one heading contradict each other."""
        cleaned: dict[str, Any] = super().clean() or {}
        for number, places in enumerate(self.places):
            names = [_name(number, place) for place in range(places)]
            if cleaned.get(f"holding_{number}") != Holding.NONE:
                continue
            for name in names:
                if (cleaned.get(f"text_{name}") or "").strip():
                    sentence = "You wrote something here and say that you hold nothing. Clear one of the two"
                    self.add_error(f"text_{name}", sentence)
        return cleaned

    @property
    def passages(self) -> list[HeadingFields]:
        """The fields of each heading."""
        found = []
        for number, heading in enumerate(self.headings):
            written = self.written[heading]
            first, *more = [self._fields(number, place, written) for place in range(self.places[number])]
            holding = self[f"holding_{number}"] if self.asks_what_is_held else None
            further = [one for one in more if not one.is_spare]
            found.append(HeadingFields(first, holding, further, [one for one in more if one.is_spare]))
        return found

    def _fields(self, number: int, place: int, written: int) -> PassageFields:
        name = _name(number, place)
        text, marking, version = self[f"text_{name}"], self[f"marking_{name}"], self[f"version_{name}"]
        return PassageFields(text, marking, version, is_spare=place > 0 and place >= written)

    @property
    def texts(self) -> list[Text]:
        """What was typed, for the service; words without an answer mean that something is held.

        A passage that was not on their page, since a colleague added it meanwhile, is not theirs to clear.
        """
        return [
            self._text(number, place, heading)
            for number, heading in enumerate(self.headings)
            for place in range(self.places[number])
            if f"text_{_name(number, place)}" in self.data or f"holding_{_name(number, place)}" in self.data
        ]

    def _text(self, number: int, place: int, heading: str) -> Text:
        name = _name(number, place)
        return Text(
            heading=heading,
            text=self.cleaned_data[f"text_{name}"],
            marking=self.cleaned_data[f"marking_{name}"] or Marking.NOT_FAMILY,
            version=self.cleaned_data[f"version_{name}"],
            holding="" if place else self._holding(number),
            place=place,
        )

    def _holding(self, number: int) -> str:
        said = str(self.cleaned_data.get(f"holding_{number}") or "")
        texts = (self.cleaned_data[f"text_{_name(number, place)}"] for place in range(self.places[number]))
        written = self.asks_what_is_held and any(text.strip() for text in texts)
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


def _name(number: int, place: int) -> str:
    """How the fields of a passage are called: `0` is the first under the first heading, `0_1` its second."""
    return f"{number}_{place}" if place else str(number)


def _written(heading: str, stored: Mapping[tuple[str, int], Passage]) -> int:
    """How many passages stand under a heading: up to the last that has words."""
    places = [place for (name, place), one in stored.items() if name == heading and one.text.strip()]
    return max(places, default=0) + 1


def _places(number: int, written: int, data: Mapping[str, Any]) -> int:
    """How many passages of a heading the page has: those written, those posted, and some to be added."""
    found = [FURTHER.fullmatch(name) for name in data]
    posted = [int(one[2]) for one in found if one and int(one[1]) == number]
    return min(max(written + SPARE, max(posted, default=0) + 1), MOST_PASSAGES)


def _marking(initial: str, label: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=Marking.choices, required=False, initial=initial, widget=widgets.Select()
    )
