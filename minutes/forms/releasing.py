"""What is asked before a copy leaves: who else gets one, which, and why each finding may go out."""

from collections.abc import Sequence
from typing import Any

from django import forms

from attendees.models import Professional
from govuk import widgets
from minutes.enums import LawfulBasis
from minutes.forms.after import AgainForm, HandFamilyForm, HandForm
from minutes.rules.release import Finding
from minutes.services.recipients import Planned

SPECIAL = (
    "Nobody’s consent is needed where a child may be at risk of harm. Health and other special category data "
    "go with it under the Data Protection Act 2018, Schedule 1, paragraph 18"
)


class LetThrough(forms.Form):
    """Why each finding of the safe-release check may go out, if it is not mended."""

    findings: list[Finding]

    def ask_of(self, findings: list[Finding]) -> None:
        """Put a field for the reason beside each finding."""
        self.findings = findings
        for place in range(len(findings)):
            self.fields[f"accept_{place}"] = forms.CharField(
                label="If it may go out all the same, say why",
                widget=widgets.Textarea(rows=2),
                max_length=300,
                error_messages={"required": "Have it mended, or say why it may go out"},
            )

    def __init__(self, *args: Any, findings: Sequence[Finding] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ask_of(list(findings))

    @property
    def accept_fields(self) -> list[tuple[Finding, forms.BoundField]]:
        """Each finding with the field beside it."""
        return [(one, self[f"accept_{place}"]) for place, one in enumerate(self.findings)]

    @property
    def asked(self) -> list[forms.BoundField]:
        """Everything else that the form asks, in order."""
        return [self[name] for name in self.fields if not name.startswith("accept_")]

    @property
    def accepted(self) -> dict[str, str]:
        """The reasons typed, by the finding's key."""
        return {
            one.key: self.cleaned_data.get(f"accept_{place}", "") for place, one in enumerate(self.findings)
        }


class MakeCopyForm(LetThrough):
    """Nothing but the findings of one copy."""


class HandCopyForm(LetThrough, HandForm):
    """A printed copy handed over, and what was found in it since it was made."""


class HandFamilyCopyForm(LetThrough, HandFamilyForm):
    """The family's copy handed over, and what was found in it since it was made."""


class SendAgainForm(LetThrough, AgainForm):
    """Where a copy goes now, and what was found in it since the minutes were circulated."""


class CirculateForm(LetThrough):
    """Who else gets a copy, who does not, and why each finding of the safe-release check may go out."""

    def __init__(
        self,
        *args: Any,
        findings: list[Finding],
        others: list[Professional],
        planned: list[Planned],
        copies: list[tuple[str, str]],
        shown: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.planned, self.copies, self.shown = planned, copies, shown
        for one in planned if len(copies) > 1 else []:
            self.fields[f"copy_{one.professional.pk}"] = forms.ChoiceField(
                label=f"Which copy does {one.professional.name} get?",
                choices=copies,
                initial=one.cut.code,
                widget=widgets.Select(),
                required=False,
                error_messages={"invalid_choice": "Choose one of the copies in the list"},
            )
            self._choose(f"copy_{one.professional.pk}", one.cut.code)
        if others:
            self.fields["extra"] = forms.MultipleChoiceField(
                label="Does anybody else need a copy?",
                help_text="They were invited or are known to this discussion",
                choices=[(str(one.pk), f"{one.name}, {one.agency.name}") for one in others],
                widget=widgets.Checkboxes(),
                required=False,
            )
        self._ask_whom_not(planned)
        self._ask_basis()
        self.ask_of(findings)

    def _ask_basis(self) -> None:
        self.fields["lawful_basis"] = forms.ChoiceField(
            label="Why may the record be shared?",
            help_text=SPECIAL,
            choices=LawfulBasis.choices,
            initial=LawfulBasis.PUBLIC_TASK,
            widget=widgets.Radios(),
            error_messages={"required": "Say why the record may be shared"},
        )
        self._choose("lawful_basis", LawfulBasis.PUBLIC_TASK)

    def _choose(self, name: str, code: str) -> None:
        """What was not in the form that was sent stands as offered: somebody ticked since, an older page."""
        if self.is_bound and name not in self.data:
            sent = self.data.copy()  # type: ignore[attr-defined]  # what was sent, as a QueryDict
            sent[name] = code
            self.data = sent

    def _ask_whom_not(self, planned: list[Planned]) -> None:
        """Who of the list gets no copy, each with its reason; those whose copy was revoked are ticked."""
        people = [
            (str(one.professional.pk), f"{one.professional.name}, {one.professional.agency.name}", one)
            for one in planned
        ]
        self.fields["leave_out"] = forms.MultipleChoiceField(
            label="Is anybody on this list not to have a copy?",
            help_text="Whoever had a copy that was revoked is left out unless you untick them",
            choices=[(pk, name) for pk, name, _ in people],
            initial=[pk for pk, _, one in people if one.revoked],
            widget=widgets.Checkboxes(reveals={pk: [f"why_out_{pk}"] for pk, _, _ in people}, small=True),
            required=False,
        )
        for pk, _, one in people:
            self.fields[f"why_out_{pk}"] = forms.CharField(
                label=f"Why does {one.professional.name} get no copy?",
                initial=one.revoked,
                widget=widgets.Text(),
                max_length=300,
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        """Ask why for each who is left out."""
        typed = super().clean() or {}
        names = {str(one.professional.pk): one.professional.name for one in self.planned}
        for pk in typed.get("leave_out", []):
            if not typed.get(f"why_out_{pk}") and f"why_out_{pk}" not in self.errors:
                self.add_error(f"why_out_{pk}", f"Say why {names[pk]} gets no copy")
        return typed

    @property
    def recipients(self) -> list[tuple[Planned, forms.BoundField | None]]:
        """Each recipient with the choice of a copy, where there is more than one to choose from."""
        names = [f"copy_{one.professional.pk}" for one in self.planned]
        return [
            (one, self[name] if name in self.fields else None)
            for one, name in zip(self.planned, names, strict=True)
        ]
