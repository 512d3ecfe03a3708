"""What to look for, and who takes over what somebody holds."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms

from accounts.models import Agency, User
from cases.models import Child
from cases.rules import Sought, sought_in
from govuk import fields, widgets
from minutes.enums import Forum
from strategy.models import Discussion
from worklist.enums import Kind, Repair
from worklist.timeline import GROUPS, Wanted
from worklist.tracking import Narrowed


class SearchForm(forms.Form):
    """A name, a date of birth, a number, a postcode. Posted: names never reach an address."""

    words = forms.CharField(
        label="Child, family or case",
        help_text="Name, date of birth, number, postcode or telephone. Spelling need not be right",
        min_length=2,
        max_length=300,
    )

    @property
    def sought(self) -> Sought:
        """What was typed, taken apart."""
        return sought_in(self.cleaned_data["words"])


class RepairForm(forms.Form):
    """What is done for a letter that did not arrive."""

    repair = forms.ChoiceField(label="What shall be done?")
    how = forms.CharField(
        label="How did it reach them?",
        help_text="For example, “Read out on the telephone at 4pm”",
        max_length=200,
        required=False,
    )

    def __init__(self, *args: Any, to_email: str, address: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(Repair.BY_HAND, "Nothing: it reached them another way")]
        if address and address != to_email:
            choices.insert(0, (Repair.DIRECTORY, f"Send it to {address}, the address that we have now"))
        if to_email:
            choices.insert(0, (Repair.AGAIN, f"Send it again to {to_email}"))
        field = self.fields["repair"]
        assert isinstance(field, forms.ChoiceField)
        field.widget = widgets.Radios(reveals={Repair.BY_HAND: ["how"]})
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        """Ask how, where nothing is sent."""
        typed = super().clean() or {}
        if typed.get("repair") == Repair.BY_HAND and not typed.get("how", "").strip():
            self.add_error("how", "Say how it reached them")
        return typed


class Days(forms.Form):
    """A filter from one day to another: `since` and `until`, both of them fields of whoever narrows by it."""

    def clean(self) -> dict[str, Any]:
        """A range that ends before it begins shows nothing, and nobody would know why."""
        cleaned: dict[str, Any] = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "The last day must be the first day or after it")
        return cleaned


class TimelineForm(Days):
    """What of a case's timeline is wanted. In the address: it holds numbers and days, and no name."""

    kind = forms.MultipleChoiceField(
        label="What",
        required=False,
        choices=[(key, title) for key, (title, _) in GROUPS.items()],
        widget=widgets.Checkboxes(small=True),
    )
    child = forms.TypedChoiceField(
        label="Child",
        help_text="Only what names this child",
        required=False,
        coerce=int,
        empty_value=None,
    )
    discussion = forms.TypedChoiceField(
        label="Discussion",
        required=False,
        coerce=int,
        empty_value=None,
    )
    since = fields.DateField(label="From", required=False, what="the first day")
    until = fields.DateField(label="To", required=False, what="the last day")

    def __init__(
        self, *args: Any, children: Sequence[Child], discussions: Sequence[Discussion], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.children, self.discussions = children, discussions
        named = [(one.pk, one.name) for one in children]
        self.fields["child"].choices = [("", "Every child"), *named]  # type: ignore[attr-defined]
        held = [(one.pk, f"Discussion {one.number}") for one in discussions]
        self.fields["discussion"].choices = [("", "Every discussion"), *held]  # type: ignore[attr-defined]

    @property
    def wanted(self) -> Wanted:
        """What could be understood; a filter with an error does not narrow, and says so beside its field."""
        self.is_valid()
        clean = self.cleaned_data
        return Wanted(
            kinds=tuple(clean.get("kind", ())),
            child=next((one for one in self.children if one.pk == clean.get("child")), None),
            discussion=next((one for one in self.discussions if one.pk == clean.get("discussion")), None),
            since=clean.get("since"),
            until=clean.get("until"),
        )


class NarrowForm(Days):
    """What of the action tracker is wanted. In the address: an owner's name is a professional's."""

    agency = forms.TypedChoiceField(
        label="Agency", required=False, coerce=int, empty_value=None, widget=widgets.Select()
    )
    owner = forms.CharField(label="Whose, by name", required=False, max_length=100)
    forum = forms.ChoiceField(
        label="Reviewed at",
        required=False,
        choices=[("", "Every meeting"), *Forum.choices],
        widget=widgets.Select(),
    )
    since = fields.DateField(label="Due from", required=False, what="the first day")
    until = fields.DateField(label="Due to", required=False, what="the last day")

    def __init__(self, *args: Any, agencies: Iterable[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(one.pk, one.name) for one in agencies]
        self.fields["agency"].choices = [("", "Every agency"), *named]  # type: ignore[attr-defined]
        self.mark_optional = False

    @property
    def narrowed(self) -> Narrowed:
        """What could be understood; a field with an error narrows nothing, and says so beside it."""
        self.is_valid()
        return Narrowed(**{name: value for name, value in self.cleaned_data.items() if value})


class Takers(forms.Form):
    """Who takes over each kind of thing that somebody holds; only what is held is asked."""

    def __init__(self, *args: Any, able: Mapping[Kind, Sequence[User]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = {}
        for kind, people in able.items():
            field: Any = forms.ModelChoiceField(
                label=f"Who takes over {kind.label}?",
                queryset=User.objects.filter(pk__in=[one.pk for one in people]),
                widget=widgets.Select(),
                error_messages={"required": f"Choose who takes over {kind.label}"},
            )
            told = [(one.pk, f"{one.name}, {one.role_titles.lower()}") for one in people]
            field.choices = [("", "Choose"), *told]
            asked[str(kind)] = field
        self.fields = {**asked, **self.fields}

    @property
    def takers(self) -> dict[Kind, User]:
        """As the service takes them."""
        return {kind: self.cleaned_data[kind] for kind in Kind if self.cleaned_data.get(kind)}


class AllocateForm(forms.Form):
    """Name somebody for what nobody has."""

    to = forms.ModelChoiceField(
        label="Who?",
        queryset=User.objects.none(),
        widget=widgets.Select(),
        error_messages={"required": "Choose who"},
    )
    note = forms.CharField(
        label="Note for them",
        max_length=300,
        widget=widgets.Textarea(rows=3),
        help_text="It stands in the case, for those who may see it",
        error_messages={"required": "Write a note for whoever takes it"},
    )

    def __init__(self, *args: Any, able: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        who: Any = self.fields["to"]
        who.queryset = User.objects.filter(pk__in=[one.pk for one in able])
        who.choices = [("", "Choose"), *((one.pk, f"{one.name}, {one.role_titles.lower()}") for one in able)]


class HandOverForm(Takers):
    """Hand over everything, with a note."""

    note = forms.CharField(
        label="Note for whoever takes over",
        max_length=300,
        widget=widgets.Textarea(rows=3),
        help_text="It stands in each case, for those who may see it",
        error_messages={"required": "Write a note for whoever takes over"},
    )


class CloseForm(Takers):
    """Close an account, handing over what is held in the same step."""

    why = forms.CharField(
        label="Why is the account closed?",
        max_length=300,
        help_text="For instance: left on 30 November",
        error_messages={"required": "Say why the account is closed"},
    )
    note = forms.CharField(
        label="Note for whoever takes over",
        max_length=300,
        required=False,
        widget=widgets.Textarea(rows=3),
        help_text="It stands in each case, for those who may see it",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(self.fields) == 2:  # nothing is held, so nobody takes over
            del self.fields["note"]
        else:
            self.fields["note"].required = True
            self.fields["note"].error_messages["required"] = "Write a note for whoever takes over"
