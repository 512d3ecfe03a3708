"""What business support fills in to book, move, invite and record."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms

from accounts.models import Agency, User
from attendees.enums import QuorumRole
from attendees.models import Professional
from attendees.services.availability import Window
from attendees.services.directory import Newcomer
from govuk import fields, widgets
from outbox.rules import BadAddressError, normalise_address
from strategy.enums import MEETINGS, Format
from strategy.models import Place

LENGTHS = [
    (30, "30 minutes"),
    (45, "45 minutes"),
    (60, "1 hour"),
    (90, "1 hour 30 minutes"),
    (120, "2 hours"),
    (180, "3 hours"),
]


def _said(row: Any) -> str:
    """A place with how many it holds; a person by name."""
    holds = getattr(row, "capacity", None)
    hospital = ", in hospital" if getattr(row, "is_hospital", False) else ""
    return f"{row}{f', holds {holds}' if holds else ''}{hospital}"


class PlaceAndTimeForm(forms.Form):
    """Format, place, time, chair and minute-taker; the times of the grid fill place and start."""

    format = forms.ChoiceField(label="How will it be held?", widget=widgets.Radios(small=True))
    length = forms.TypedChoiceField(label="How long?", choices=LENGTHS, coerce=int, initial=60)
    place = forms.ModelChoiceField(
        label="Room, line or video link",
        queryset=Place.objects.none(),
        required=False,
        empty_label="Somewhere else",
    )
    start = fields.DateTimeField(
        label="When will it start?", what="the start", help_text="For example, 24 12 2026 at 4:30pm"
    )
    hub = forms.CharField(
        label="Where is it held, or facilitated from?",
        required=False,
        max_length=120,
        help_text="For a telephone conference the strategy room; for a meeting elsewhere the place. "
        "Not needed for a series of calls",
    )
    facilitator = forms.CharField(
        label="Who facilitates the call?", required=False, max_length=120, help_text="Telephone only"
    )
    chair = forms.ModelChoiceField(label="Chair", queryset=User.objects.none(), empty_label="Choose")
    minute_taker = forms.ModelChoiceField(
        label="Minute-taker", queryset=User.objects.none(), empty_label="Choose"
    )
    late_reason = forms.CharField(
        label="Why can it not be held within the legal limit?",
        required=False,
        max_length=300,
        widget=widgets.Textarea(rows=2),
        help_text="Only when it starts after the limit",
    )

    def __init__(
        self,
        *args: Any,
        formats: list[str],
        places: list[Place],
        chairs: list[User],
        minute_takers: list[User],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["format"].choices = [(one, Format(one).label) for one in formats]  # type: ignore[attr-defined]
        if MEETINGS.issuperset(formats):
            self.ask_of_a_meeting_only()
        self.offer("place", places, "Somewhere else")
        self.offer("chair", chairs, "Choose")
        self.offer("minute_taker", minute_takers, "Choose")
        for name in ("format", "start", "chair", "minute_taker"):
            self.fields[name].error_messages["required"] = {
                "format": "Choose how it will be held",
                "start": "Choose a free time above, or enter the start",
                "chair": "Choose who chairs",
                "minute_taker": "Choose who takes the minutes",
            }[name]

    def offer(self, name: str, rows: Sequence[Any], nothing: str) -> None:
        """Offer rows that are read already, instead of reading them once more."""
        field: Any = self.fields[name]
        field.queryset = field.queryset.model.objects.filter(pk__in=[one.pk for one in rows])
        field.choices = [("", nothing), *[(one.pk, _said(one)) for one in rows]]

    def ask_of_a_meeting_only(self) -> None:
        """Ask nothing of a telephone call where none can be chosen."""
        del self.fields["facilitator"]
        hub = self.fields["hub"]
        hub.label, hub.help_text = "Where is it held?", "For a meeting in none of the places above"

    @property
    def wanted(self) -> dict[str, Any]:
        """Place, times and people as the service takes them."""
        typed = {"facilitator": "", **self.cleaned_data}
        if typed["format"] == Format.SERIES_OF_CALLS:
            typed["place"] = None  # whatever was chosen for another format: nobody else goes without it
        return {
            **{
                name: typed[name]
                for name in ("format", "place", "start", "hub", "facilitator", "chair", "minute_taker")
            },
            "end": typed["start"] + timedelta(minutes=typed["length"]),
            "late_reason": typed["late_reason"],
        }


class MoveForm(PlaceAndTimeForm):
    """The same, and why it is moved."""

    reason = forms.CharField(
        label="Why is it moved?", max_length=250, widget=widgets.Textarea(rows=2),
        help_text="Do not name a child", error_messages={"required": "Say why it is moved"},
    )  # fmt: skip


class ReplaceChairForm(forms.Form):
    """Who chairs instead, and why."""

    chair = forms.ModelChoiceField(
        label="Who chairs now?", queryset=User.objects.none(), empty_label="Choose",
        error_messages={"required": "Choose who chairs"},
    )  # fmt: skip
    reason = forms.CharField(
        label="Why?", max_length=250, widget=widgets.Textarea(rows=2),
        error_messages={"required": "Say why the chair is replaced"},
    )  # fmt: skip

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = next(iter(self.fields.values()))
        field.queryset = User.objects.filter(pk__in=[one.pk for one in people])
        field.choices = [("", "Choose"), *[(one.pk, str(one)) for one in people]]


class ReplaceMinuteTakerForm(ReplaceChairForm):
    """Who takes the minutes instead, and why."""

    chair = None  # type: ignore[assignment]
    minute_taker = forms.ModelChoiceField(
        label="Who takes the minutes now?", queryset=User.objects.none(), empty_label="Choose",
        error_messages={"required": "Choose who takes the minutes"},
    )  # fmt: skip
    reason = forms.CharField(
        label="Why?", max_length=250, widget=widgets.Textarea(rows=2),
        error_messages={"required": "Say why the minute-taker is replaced"},
    )  # fmt: skip
    field_order = ("minute_taker", "reason")


class StatedTimeForm(forms.Form):
    """One time at which somebody can or cannot come."""

    professional = forms.ModelChoiceField(
        label="Who?", queryset=Professional.objects.none(), empty_label="Choose",
        error_messages={"required": "Choose who"},
    )  # fmt: skip
    can_come = forms.TypedChoiceField(
        label="Can they come?",
        choices=[("no", "Cannot come"), ("yes", "Can come, and at no other time than they said")],
        coerce=lambda text: text == "yes",
        widget=widgets.Radios(small=True),
        error_messages={"required": "Choose whether they can come"},
    )
    start = fields.DateTimeField(label="From", what="when it begins")
    end = fields.DateTimeField(label="Until", what="when it ends")
    how = forms.CharField(
        label="How do you know?", required=False, max_length=120, help_text="For example, by telephone"
    )

    def __init__(self, *args: Any, people: list[Professional] = [], **kwargs: Any) -> None:  # noqa: B006  read only
        super().__init__(*args, **kwargs)
        field: Any = self.fields["professional"]
        field.queryset = Professional.objects.filter(pk__in=[one.pk for one in people])
        field.choices = [("", "Choose"), *[(one.pk, f"{one.name}, {one.job_role}") for one in people]]

    def clean(self) -> dict[str, Any]:
        """It ends after it begins."""
        cleaned: dict[str, Any] = super().clean() or {}
        start, end = cleaned.get("start"), cleaned.get("end")
        if start and end and end <= start:
            self.add_error("end", "It must end after it begins")
        return cleaned


class OwnTimeForm(StatedTimeForm):
    """One time at which whoever answers could come, or could not."""

    professional = None  # type: ignore[assignment]  # whoever is invited
    how = None  # type: ignore[assignment]
    mark_optional = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        forms.Form.__init__(self, *args, **kwargs)
        can_come: Any = self.fields["can_come"]
        can_come.label = "Then"
        can_come.choices = [("yes", "I could come"), ("no", "I cannot come")]
        self.order_fields(["can_come", "start", "end"])

    @property
    def window(self) -> Window:
        """What was typed, as the service takes it."""
        typed = self.cleaned_data
        return Window(typed["can_come"], typed["start"], typed["end"])


class TheirTimeForm(OwnTimeForm):
    """The same, typed for somebody."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        can_come: Any = self.fields["can_come"]
        can_come.choices = [("yes", "They could come"), ("no", "They cannot come")]


class Invitees(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    """Professionals with agency, role and how a letter reaches them."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}, {obj.job_role}"


class BookForm(PlaceAndTimeForm):
    """Book and invite."""

    professionals = Invitees(
        label="Whom do you invite?",
        queryset=Professional.objects.none(),
        required=False,
        widget=widgets.Checkboxes(small=True, label_size="m"),
        help_text="The requester, the chair and the minute-taker are always invited",
    )
    no_carers_reason = forms.CharField(
        label="Why is no residential or fostering service invited?",
        required=False,
        max_length=300,
        widget=widgets.Textarea(rows=2),
        help_text="A child is looked after: invite their service, or say why not",
    )

    def __init__(
        self, *args: Any, professionals: list[tuple[Professional, str]], looked_after: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["professionals"]
        field.queryset = Professional.objects.filter(
            pk__in=[one.pk for one, _ in professionals]
        ).select_related("agency")
        field.choices = [(one.pk, f"{one.name}, {one.job_role}") for one, _ in professionals]
        field.widget.hints = {str(one.pk): hint for one, hint in professionals}
        if not looked_after:
            del self.fields["no_carers_reason"]


class InviteMoreForm(forms.Form):
    """Further people from the directory."""

    professionals = Invitees(
        label="Whom do you invite?", queryset=Professional.objects.none(), required=False,
        widget=widgets.Checkboxes(small=True, label_size="m"),
    )  # fmt: skip

    def __init__(self, *args: Any, professionals: list[tuple[Professional, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["professionals"]
        field.queryset = Professional.objects.filter(
            pk__in=[one.pk for one, _ in professionals]
        ).select_related("agency")
        field.choices = [(one.pk, f"{one.name}, {one.job_role}") for one, _ in professionals]
        field.widget.hints = {str(one.pk): hint for one, hint in professionals}
        if not professionals:
            del self.fields["professionals"]


class NewcomerForm(forms.Form):
    """Somebody who is not in the directory yet."""

    name = forms.CharField(label="Name", max_length=120, error_messages={"required": "Enter their name"})
    agency = forms.ModelChoiceField(
        label="Agency",
        queryset=Agency.objects.all(),
        empty_label="Choose",
        error_messages={"required": "Choose their agency"},
    )
    job_role = forms.CharField(
        label="Role",
        max_length=120,
        error_messages={"required": "Enter what they do, such as detective sergeant"},
    )
    quorum_role = forms.ChoiceField(
        label="Counts towards quorum as",
        required=False,
        choices=[("", "Nobody in particular"), *QuorumRole.choices],
    )
    phone = forms.CharField(label="Telephone", required=False, max_length=40, widget=widgets.Tel(width=20))
    email = forms.CharField(
        label="Email address", required=False, max_length=254, widget=widgets.Email(),
        help_text="Without one their letters are delivered by hand",
    )  # fmt: skip

    def clean_email(self) -> str:
        """One address that still exists."""
        typed = self.cleaned_data["email"]
        if not typed.strip():
            return ""
        try:
            return normalise_address(typed)
        except BadAddressError as fault:
            raise forms.ValidationError(str(fault)) from None

    def clean(self) -> dict[str, Any]:
        """Somebody without address and number could not be told."""
        cleaned: dict[str, Any] = super().clean() or {}
        if (
            cleaned.get("name")
            and not cleaned.get("email")
            and not cleaned.get("phone")
            and "email" not in self.errors
        ):
            self.add_error("phone", "Enter an email address or a telephone number")
        return cleaned


def newcomers(rows: list[dict[str, Any]]) -> list[Newcomer]:
    """The rows as the service takes them."""
    return [Newcomer(**row) for row in rows]


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label="Why?", max_length=300, widget=widgets.Textarea(rows=3), error_messages={"required": "Say why"}
    )


class CancelForm(ReasonForm):
    """Why a booking is cancelled; everybody reads it in their letter's place, so no child's name."""

    reason = forms.CharField(
        label="Why is it cancelled?", max_length=300, widget=widgets.Textarea(rows=3),
        help_text="Do not name a child", error_messages={"required": "Say why the booking is cancelled"},
    )  # fmt: skip
