"""The settings that an authority commonly changes; everything else comes from the version before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from accounts.roles import ROLES
from govuk import fields, widgets
from protocols import enums
from protocols.models import LocalProtocol
from protocols.rules.drafting import limit_from_words
from protocols.rules.files import FileProblem, LineProblem
from protocols.rules.limits import LimitError
from protocols.rules.reading import SETTINGS
from protocols.rules.settings import Protocol, Setting
from protocols.rules.words import ASKS, NAMES, in_words
from protocols.services import check_file, open_defaults

LIMITS = (
    "routine_limit",
    "complex_limit",
    "child_seen_limit",
    "followup_limit",
    "distribution_limit",
    "icpc_limit",
    "assessment_limit",
    "authorise_limit",
    "authorise_limit_same_day",
    "information_lead",
    "undecided_limit",
    "countersign_limit",
)
MAY_BE_OFF = ("complex_limit", "child_seen_limit", "followup_limit")
LISTS = ("complex_types", "quorum_roles", "chair_roles", "request_authoriser_roles", "allowed_formats")
ONES = ("followup_rule", "recipients")
TEXTS = ("external_system",)
PERCENTS = ("agree_record_percent", "chair_check_percent")
TIMES = ("night_handover_at",)
ASKED_HERE = (*LIMITS, *LISTS, *ONES, *TEXTS, *PERCENTS, *TIMES)
LARGEST = 200_000
ASK_FOR_ONE = "Upload a file, or paste its text"
CHAIRS = ("social_worker", "advanced_practitioner", "assessment_practice_manager", "team_manager")
AUTHORISERS = (*CHAIRS[1:], "emergency_duty", "head_of_service")


class LimitField(forms.CharField):
    """A limit as people write it; gives the text a protocol keeps, "off" when it is left empty."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, widget=widgets.Text(width=20), **kwargs)

    def clean(self, value: Any) -> str:
        """Read the words; a sentence when they cannot be counted."""
        text: str = super().clean(value)
        try:
            return str(limit_from_words(text)) if text else "off"
        except LimitError as wrong:
            raise forms.ValidationError(str(wrong)) from wrong


class PercentField(forms.IntegerField):
    """A whole number of per cent."""

    def __init__(self, **kwargs: Any) -> None:
        said = "Enter a whole number from 1 to 100"
        messages = dict.fromkeys(("required", "invalid"), said)
        super().__init__(widget=widgets.Number(width=3, suffix="%"), error_messages=messages, **kwargs)
        self.validators += [MinValueValidator(1, said), MaxValueValidator(100, said)]


def _several(label: str, choices: Iterable[tuple[str, str]], **kwargs: Any) -> forms.MultipleChoiceField:
    small = widgets.Checkboxes(small=True)
    return forms.MultipleChoiceField(label=label, choices=list(choices), widget=small, **kwargs)


def _words(members: Iterable[Any]) -> list[tuple[str, str]]:
    return [(one.value, in_words(one).capitalize()) for one in members]


def _titles(names: Iterable[str]) -> list[tuple[str, str]]:
    return [(name, ROLES[name].title) for name in names]


class DraftForm(forms.Form):
    """A new version from an old one."""

    title = forms.CharField(
        label="What is it called?",
        max_length=200,
        error_messages={"required": "Enter what this version is called"},
    )
    effective_from = fields.DateField(
        label="From which day should it apply?",
        what="the day it takes effect",
        help_text="You can change this when you publish",
    )
    review_on = fields.DateField(label="When is it to be reviewed?", what="the review date", required=False)
    routine_limit = LimitField(
        label="Routine limit", help_text="For example, 24 hours, 3 calendar days or 5 working days"
    )
    routine_start = forms.ChoiceField(
        label="Where does the routine limit begin?",
        choices=[
            ("trigger", "When it came in or happened"),
            ("request", "When the discussion was asked for"),
        ],
        widget=widgets.Radios(small=True),
    )
    complex_types = _several("What is complex?", _words(enums.COMPLEX_CIRCUMSTANCES), required=False)
    complex_limit = LimitField(
        label="Limit for complex matters", required=False, help_text="It replaces the routine limit"
    )
    child_seen_limit = LimitField(
        label="How soon must the child be seen and spoken to?",
        required=False,
        help_text="Leave empty for no limit",
    )
    allowed_formats = _several(ASKS["allowed_formats"], _words(enums.Format))
    quorum_roles = _several(ASKS["quorum_roles"], _words(enums.QuorumRole))
    chair_roles = _several(ASKS["chair_roles"], _titles(CHAIRS))
    request_authoriser_roles = _several(
        ASKS["request_authoriser_roles"],
        _titles(AUTHORISERS),
        required=False,
        help_text="With none ticked, a request goes straight to booking",
    )
    followup_rule = forms.ChoiceField(
        label="Must a meeting follow a discussion that was not one?",
        choices=[
            ("off", "No"),
            ("optional", "Where appropriate"),
            ("required", "Yes, unless a manager gives a reason"),
        ],
        widget=widgets.Radios(small=True),
    )
    followup_limit = LimitField(label="By when must it follow?", required=False)
    distribution_limit = LimitField(label="How soon must the minutes reach the last recipient?")
    recipients = forms.ChoiceField(
        label="Who receives the minutes?",
        choices=[
            ("attendees", "Those who took part"),
            ("all_parties", "All parties, absent contributors included"),
        ],
        widget=widgets.Radios(small=True),
    )
    external_system = forms.CharField(
        label="What is the case system called?", required=False, max_length=60, widget=widgets.Text(width=20)
    )
    icpc_limit = LimitField(
        label="Limit for the child protection conference",
        help_text="No more than 15 working days (Working Together)",
    )
    assessment_limit = LimitField(
        label="Limit for the assessment", help_text="No more than 45 working days (Working Together)"
    )
    authorise_limit = LimitField(label=ASKS["authorise_limit"])
    authorise_limit_same_day = LimitField(label="How soon is a request answered when it is due the same day?")
    information_lead = LimitField(label=ASKS["information_lead"])
    undecided_limit = LimitField(label=ASKS["undecided_limit"])
    countersign_limit = LimitField(label=ASKS["countersign_limit"])
    night_handover_at = fields.TimeField(
        label=ASKS["night_handover_at"], error_messages={"required": "Enter the time like 9am or 09:00"}
    )
    agree_record_percent = PercentField(label=ASKS["agree_record_percent"])
    chair_check_percent = PercentField(label=ASKS["chair_check_percent"])
    confirmed = _several("Which local defaults does the authority confirm as they are?", [], required=False)

    fieldsets = [
        ("The version", ["title", "effective_from", "review_on"]),
        ("By when", ["routine_limit", "routine_start", "complex_types", "complex_limit", "child_seen_limit"]),
        ("Who and how", ["quorum_roles", "chair_roles", "request_authoriser_roles", "allowed_formats"]),
        (
            "Afterwards",
            ["followup_rule", "followup_limit", "distribution_limit", "recipients", "external_system"],
        ),
        ("National limits", ["icpc_limit", "assessment_limit"]),
        (
            "Inner clocks",
            [
                "authorise_limit",
                "authorise_limit_same_day",
                "information_lead",
                "undecided_limit",
                "countersign_limit",
                "night_handover_at",
                "agree_record_percent",
                "chair_check_percent",
            ],
        ),
        ("Local defaults", ["confirmed"]),
    ]

    def __init__(self, *args: Any, version: LocalProtocol, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version = version
        _ask_to_confirm(self, version)

    def clean(self) -> dict[str, Any]:
        """A complex type, or a follow-up meeting, needs its limit."""
        told: dict[str, Any] = super().clean() or {}
        if told.get("complex_types") and told.get("complex_limit") == "off":
            self.add_error("complex_limit", "Enter a limit for complex matters, or untick every type")
        if told.get("followup_rule") in ("optional", "required") and told.get("followup_limit") == "off":
            self.add_error("followup_limit", "Enter by when the meeting must follow")
        return told

    @property
    def values(self) -> dict[str, Any]:
        """The settings as a protocol writes them; only when valid."""
        told = self.cleaned_data
        kept = self.version.document["settings"]
        starts = dict(kept["clock_start"]["value"])
        found = {name: told[name] for name in ASKED_HERE}
        found |= {name: f"{found[name]:%H:%M}" for name in TIMES}
        for name in LISTS:  # the same roles in another order are no change
            if set(found[name]) == set(kept[name]["value"]):
                found[name] = kept[name]["value"]
        return {**found, "clock_start": starts | {"routine": told["routine_start"]}}


class FileForm(forms.Form):
    """A procedure as a file, or pasted; every line that will not do is told."""

    file = forms.FileField(
        label="Upload a file",
        required=False,
        help_text="A .toml file, such as another authority downloads from here",
    )
    text = forms.CharField(
        label="Or paste it",
        required=False,
        max_length=LARGEST,
        strip=False,
        widget=forms.Textarea({"rows": 12, "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.told = today, ""
        self.mark_optional = False

    def clean(self) -> dict[str, Any]:
        """One of the two, which can be read and is no weaker than the national floor."""
        given: dict[str, Any] = super().clean() or {}
        if self.errors:
            return given
        file, pasted = given.get("file"), given.get("text", "")
        if bool(file) == bool(pasted.strip()):
            self.add_error("file", "Upload a file or paste its text, not both" if file else ASK_FOR_ONE)
            return given
        where = "file" if file else "text"
        try:
            self.told = _decoded(file) if file else pasted
            check_file(self.told, self.today)
        except FileProblem as wrong:
            self.add_error(where, [str(one) for one in wrong.problems])
        return given


def _decoded(file: Any) -> str:
    if file.size > LARGEST:
        raise FileProblem([LineProblem(None, "The file is larger than 200 kilobytes: is it the right one?")])
    try:
        return str(file.read().decode("utf-8"))
    except UnicodeDecodeError as wrong:
        said = "The file is not text in UTF-8: save it as TOML, not as a document."
        raise FileProblem([LineProblem(None, said)]) from wrong


class PublishForm(forms.Form):
    """From which day, and each local default that is left."""

    effective_from = fields.DateField(label="From which day does it apply?", what="the day it takes effect")
    confirmed = _several("The authority confirms each of these local defaults", [], required=False)

    def __init__(self, *args: Any, version: LocalProtocol, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_to_confirm(self, version)


def first_values(rules: Protocol) -> dict[str, Any]:
    """What the draft form shows at first: the settings of the version before."""
    found: dict[str, Any] = {name: getattr(rules, name).value for name in ASKED_HERE}
    found |= {name: found[name].in_words if found[name] else "" for name in LIMITS}
    found |= {name: [one.value for one in found[name]] for name in LISTS}
    found |= {name: f"{found[name]:%H:%M}" for name in TIMES}
    return found | {"title": rules.heading.title, "routine_start": rules.clock_start.value.routine.value}


def _ask_to_confirm(form: forms.Form, version: LocalProtocol) -> None:
    names = set(open_defaults(version))
    if not names:
        del form.fields["confirmed"]
        return
    settings: list[Setting[Any]] = [getattr(version.rules, name) for name in SETTINGS if name in names]
    field = form.fields["confirmed"]
    assert isinstance(field, forms.MultipleChoiceField)
    field.choices = [(one.name, _as_it_is(one)) for one in settings]
    field.help_text = "The source leaves these open, and the values are ours"


def _as_it_is(setting: Setting[Any]) -> str:
    noun = NAMES.get(setting.name)
    return f"{noun}: {in_words(setting.value)}" if noun else f"{ASKS[setting.name]} {in_words(setting.value)}"
