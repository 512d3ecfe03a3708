"""What is asked when an escalation is raised, answered, moved up or ended; the filters of the list."""

from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.models import Agency
from attendees.models import Professional
from escalations.enums import Cause, EscalationStatus, Theme
from govuk import fields, widgets
from protocols.rules.settings import LadderStage
from strategy.forms.protecting import LateForm

LONGEST = 5000
Rungs = Sequence[tuple[int, LadderStage]]


def _text(label: str, empty: str, *, rows: int = 5, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=LONGEST,
        widget=widgets.Textarea(rows=rows),
        error_messages={"required": empty},
        **more,
    )


class RiskForm(LateForm):
    """Whether the risk is immediate: then, and only then, a rung may be jumped."""

    is_immediate = fields.YesNo(
        label="Is a child at immediate risk?",
        help_text="In danger now: call 999 first. An immediate risk lets you jump a rung of the ladder",
        reveals={"yes": ["risk_reason", "rung"]},
        error_messages={"required": "Answer whether a child is at immediate risk"},
    )
    risk_reason = _text("What is the immediate risk?", "", rows=3, required=False)
    rung = forms.TypedChoiceField(
        label="On which rung is it to stand?",
        coerce=int,
        empty_value=None,
        required=False,
        widget=widgets.Radios(),
    )
    contact = forms.CharField(
        label="Who takes it up for the other agency?",
        help_text="Name and telephone, if you know",
        max_length=200,
        required=False,
        widget=widgets.Text(),
    )

    def __init__(self, *args: Any, rungs: Rungs, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.first = rungs[0][0] if rungs else 1
        field = self.fields["rung"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [(number, f"{number}. {rung.name}") for number, rung in rungs]
        field.initial = self.first

    def clean(self) -> dict[str, Any] | None:
        """Without an immediate risk it is the next rung, whatever else was chosen."""
        found = super().clean() or self.cleaned_data
        if not found.get("is_immediate"):
            found["risk_reason"], found["rung"] = "", self.first
        else:
            found["rung"] = found.get("rung") or self.first
            if not found.get("risk_reason", "").strip():
                self.add_error("risk_reason", "Say what the immediate risk is")
        return found


class RaiseForm(RiskForm):
    """What happened, what is asked for, and with whom."""

    cause = forms.ChoiceField(
        label="What is this about?",
        choices=Cause.choices,
        widget=widgets.Radios(),
        error_messages={"required": "Choose what this is about"},
    )
    against = forms.ModelChoiceField(
        Agency.objects.none(),
        label="Which agency do you take it up with?",
        empty_label=None,
        widget=widgets.Radios(),
        error_messages={"required": "Choose an agency"},
    )
    facts = _text(
        "What happened?", "Enter what happened", help_text="Facts, with when. What is known is filled in"
    )
    wanted = _text("What do you ask for?", "Enter what you ask for", rows=3)
    on_behalf_of = forms.ModelChoiceField(
        Professional.objects.none(),
        label="Do you write this down for a partner who telephoned?",
        empty_label="No, I raise it myself",
        required=False,
        widget=widgets.Select(),
    )
    field_order = (
        "cause", "against", "facts", "wanted", "is_immediate", "risk_reason", "rung", "contact",
        "on_behalf_of",
    )  # fmt: skip

    def __init__(
        self, *args: Any, agencies: Any, own: int | None = None, partners: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["against"]
        field.queryset = agencies  # type: ignore[attr-defined]
        if own is not None:  # not offered; sent all the same, the service says why it cannot be
            field.choices = [(one.pk, one.name) for one in agencies if one.pk != own]  # type: ignore[attr-defined]
        if partners is None:
            del self.fields["on_behalf_of"]
        else:
            self.fields["on_behalf_of"].queryset = partners  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """What the agency says it will do."""

    response = _text("What is the answer?", "Enter the answer")
    how = forms.CharField(
        label="Who answered, and how were you told?",
        help_text="For example, Inspector Ives, by telephone",
        max_length=200,
        widget=widgets.Text(),
        error_messages={"required": "Say who answered, and how you were told"},
    )

    def __init__(self, *args: Any, for_another: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not for_another:
            del self.fields["how"]


class MoveUpForm(RiskForm):
    """Why it could not be resolved here."""

    why = _text("Why was it not resolved on this rung?", "Say why it was not resolved", rows=4)
    field_order = ("why", "is_immediate", "risk_reason", "rung", "contact")


class ResolveForm(LateForm):
    """The outcome that both agencies agree, and what there is to learn."""

    outcome = _text(
        "What was agreed?",
        "Enter what was agreed",
        help_text="This statement goes on the child’s record. Both agencies read it",
    )
    agreed_with = forms.CharField(
        label="Who in the other agency agreed?",
        help_text="Name and role",
        max_length=200,
        widget=widgets.Text(),
        error_messages={"required": "Enter who in the other agency agreed"},
    )
    theme = forms.ChoiceField(
        label="What is there to learn?",
        choices=Theme.choices,
        widget=widgets.Radios(small=True),
        error_messages={"required": "Choose what there is to learn"},
    )
    learning = _text("What should be done differently?", "", rows=3, required=False)
    field_order = ("outcome", "agreed_with", "theme", "learning")


class WithdrawForm(forms.Form):
    """Why the agency no longer asks."""

    reason = _text("Why is it withdrawn?", "Say why it is withdrawn", rows=3)


class FilterForm(forms.Form):
    """Whose, in which state, about what."""

    whose = forms.ChoiceField(
        label="Whose",
        required=False,
        choices=[("", "Every case I may see"), ("mine", "Mine"), ("team", "My team’s")],
    )
    state = forms.ChoiceField(label="State", required=False, choices=[("", "Any"), *EscalationStatus.choices])
    cause = forms.ChoiceField(label="About", required=False, choices=[("", "Anything"), *Cause.choices])
