"""A discussion that has been held: who took part, when, what was decided and agreed."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, time, timedelta
from types import MappingProxyType
from typing import Any, ClassVar

from django import forms
from django.utils.timezone import localdate, now

from accounts.models import User
from attendees.forms.wanted import TypedForm
from attendees.models import Professional
from attendees.services.afterwards import AsHeld, is_by_telephone
from attendees.services.wanted import Chosen
from cases.models import Child
from deadlines.working_days import at_local, local_date
from govuk import fields, widgets
from minutes.forms.meeting.answers import AnswerFields, told_beside
from minutes.forms.meeting.choices import child_field
from minutes.rules import decisions as rules
from minutes.rules.answers import Answer
from minutes.services.afterwards import Agreed, Asking, TookPart
from minutes.services.decisions import Threshold
from strategy.enums import Format, Outcome, RiskLevel
from strategy.forms.verbal import WordForm, choose_from
from strategy.services import Verbal

ME = "me"
OF_TALK = ("joined_at", "until_at", "said")


class HeldForm(WordForm):
    """The manager's word, the times, and what is asked of any telephone conference."""

    format = forms.ChoiceField(
        label="How was it held?",
        widget=widgets.Radios(small=True),
        error_messages={"required": "Choose how it was held"},
    )
    urgent_reason = forms.CharField(
        label="By telephone: why could it not wait for a meeting?",
        max_length=300,
        required=False,
        widget=widgets.Textarea(rows=2),
    )
    agencies_plan = fields.YesNo(
        label="Is this complex, with more than one agency a key part of the planning?",
        error_messages={"required": "Choose whether more than one agency is a key part of the planning"},
    )
    chair = forms.ModelChoiceField(
        label="Who chaired it?",
        queryset=User.objects.none(),
        widget=widgets.Select(),
        error_messages={"required": "Choose who chaired it"},
    )
    started_at = fields.DateTimeField(label="When did it start?", what="when it started")
    ended_at = fields.DateTimeField(label="When did it end?", what="when it ended")
    hub = forms.CharField(
        label="Where was it held, or from where was the call facilitated?", max_length=120,
        widget=widgets.Text(width=30), error_messages={"required": "Enter where it was held"},
    )  # fmt: skip
    facilitator = forms.CharField(
        label="By telephone: who facilitated the call?", max_length=120, required=False,
        widget=widgets.Text(width=30),
    )  # fmt: skip
    no_quorum_reason = forms.CharField(
        label="If somebody who must take part was missing, say why you went on",
        help_text="Social worker, police and health at least. The deadline then runs on",
        max_length=300,
        required=False,
        widget=widgets.Textarea(rows=2),
    )
    no_carers_reason = forms.CharField(
        label="If a child is looked after and their carers’ service took no part, say why",
        max_length=300,
        required=False,
        widget=widgets.Textarea(rows=2),
    )
    was_read_back = forms.BooleanField(
        label="Decisions and actions were read back to everybody before the end", required=False
    )
    not_read_back = forms.CharField(
        label="If not, why?", max_length=300, required=False, widget=widgets.Textarea(rows=2)
    )

    WORD = ("manager", "said_at", "words")
    ASKED = ("format", "urgent_reason", "agencies_plan")
    TALK = ("started_at", "ended_at", "chair", "hub", "facilitator", "no_quorum_reason", "no_carers_reason")
    END = ("was_read_back", "not_read_back")
    mark_optional = False

    def __init__(
        self,
        *args: Any,
        managers: list[User] | None,
        chairs: list[User],
        formats: list[Format],
        asks_urgency: bool = True,
        asks_complexity: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self.fields["chair"], chairs)
        self.asks_urgency = asks_urgency
        how: Any = self.fields["format"]
        how.choices = [(one.value, one.label) for one in formats]
        if managers is None:
            self._leave_out(*self.WORD)
        else:
            choose_from(self.fields["manager"], managers)
        self._leave_out(*[] if asks_urgency else ["urgent_reason"])
        self._leave_out(*[] if asks_urgency and asks_complexity else ["agencies_plan"])
        self.order_fields([*self.WORD, *self.ASKED, *self.TALK, *self.END])  # as the page shows them

    def clean(self) -> dict[str, Any]:
        """What only the telephone needs: why it was urgent, and who facilitated it."""
        said = super().clean() or {}
        if is_by_telephone(said.get("format", "")):
            if "urgent_reason" in self.fields and not said.get("urgent_reason"):
                self.add_error("urgent_reason", "Enter why this could not wait for a meeting")
            if self.is_held and not said.get("facilitator"):
                self.add_error("facilitator", "Enter who facilitated the call")
        return said

    @property
    def is_held(self) -> bool:
        """Whether the form tells of one that has been held; a night may have one still to come."""
        return True

    def of_word(self) -> Iterator[forms.BoundField]:
        """The fields of the manager's word, where it is asked for."""
        return self._some(*self.WORD)

    def of_talk(self) -> Iterator[forms.BoundField]:
        """The fields of the discussion itself."""
        return self._some(*self.ASKED, *self.TALK)

    def of_end(self) -> Iterator[forms.BoundField]:
        """What is asked last."""
        return self._some(*self.END)

    @property
    def held(self) -> AsHeld:
        """The discussion, as the service takes it."""
        names = ("format", *self.TALK[:5], "no_carers_reason", *self.END)
        return AsHeld(**{name: self.cleaned_data[name] for name in names})

    @property
    def verbal(self) -> Verbal | None:
        """The manager's word, where it was asked for."""
        if "manager" not in self.fields or not self.cleaned_data["manager"]:
            return None
        return Verbal(**{name: self.cleaned_data[name] for name in self.WORD})

    @property
    def asked(self) -> Asking:
        """What the request says of it."""
        said = {name: self.cleaned_data[name] for name in self.ASKED if name in self.cleaned_data}
        return Asking(**said, verbal=self.verbal)

    def _some(self, *names: str) -> Iterator[forms.BoundField]:
        return (self[name] for name in names if name in self.fields)

    def _leave_out(self, *names: str) -> None:
        for name in names:
            self.fields.pop(name, None)


def directory() -> dict[str, Professional]:
    """Everybody who may be chosen, by number as a form sends it: read once for all rows of a page."""
    found = Professional.objects.filter(is_active=True).select_related("agency").order_by("agency", "name")
    return {str(one.pk): one for one in found[:500]}


class JoinedForm(forms.Form):
    """When somebody joined who was not there from the start: a clock time of that night."""

    joined_at = fields.TimeField(label="If they joined or were called later, at what time?", required=False)
    until_at = fields.TimeField(
        label="In a series of calls: when did the call with them end?", required=False
    )
    said = forms.CharField(
        label="In a series of calls: what did they say?",
        max_length=20_000,
        required=False,
        widget=widgets.Textarea(rows=2, count=None),
    )
    mark_optional = False

    def __init__(self, *args: Any, asks_calls: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in () if asks_calls else ("until_at", "said"):
            del self.fields[name]


class TypedPresentForm(TypedForm, JoinedForm):
    """Somebody who is not in the directory and took part."""

    agreed_way = None  # type: ignore[assignment]  # they were reached


class PresentForm(JoinedForm):
    """Somebody of the directory who took part."""

    professional = forms.ChoiceField(
        label="Who took part?",
        widget=widgets.Select(),
        error_messages={"required": "Choose somebody of the directory, or remove this row"},
    )

    def __init__(self, *args: Any, known: dict[str, Professional], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        self.order_fields(["professional"])
        field: Any = self.fields["professional"]
        field.choices = [("", "Choose"), *[(pk, str(one)) for pk, one in known.items()]]

    def clean_professional(self) -> Professional:
        """The entry of the directory."""
        return self.known[self.cleaned_data["professional"]]


class DecidedForm(AnswerFields):
    """What was decided for one child, with its reasons, and the answers that the local procedure needs."""

    outcome = forms.ChoiceField(
        label="What was decided?",
        choices=Outcome.choices,
        widget=widgets.Radios(small=True, reveals={Outcome.DEFERRED: ["deferred_to"]}),
        error_messages={"required": "Choose what was decided for this child"},
    )
    deferred_to = fields.DateField(label="Decided by", what="the date", required=False)
    risk_level = forms.ChoiceField(
        label="Level of risk",
        choices=RiskLevel.choices,
        widget=widgets.Radios(inline=True, small=True),
        error_messages={"required": "Choose the level of risk"},
    )
    risk_text = forms.CharField(
        label="What the risk is",
        max_length=10000,
        widget=widgets.Textarea(rows=2, count=None),
        error_messages={"required": "Say what the risk is"},
    )
    rationale = forms.CharField(
        label="Why was this decided?",
        max_length=10000,
        widget=widgets.Textarea(rows=3, count=None),
        error_messages={"required": "Enter why this was decided: every outcome needs its reasons"},
    )
    legal_reason = forms.CharField(
        label="Legal advice, if an emergency power was used and there is no section 47 enquiry",
        required=False,
        max_length=5000,
        widget=widgets.Textarea(rows=2, count=None),
    )
    medical_owner = forms.ChoiceField(label="Who sees to it?", required=False, widget=widgets.Select())
    medical_owner_name = forms.CharField(
        label="Or somebody who took part and is not in the directory: their name",
        max_length=120,
        required=False,
        widget=widgets.Text(width=20),
    )
    mark_optional = False
    DECIDED = ("outcome", "deferred_to", "risk_level", "risk_text", "rationale", "legal_reason")
    MEDICAL = ("medical", "medical_kind", "medical_place", "medical_at", "medical_owner",
               "medical_owner_name", "medical_why")  # fmt: skip
    ANSWERS: ClassVar[Mapping[Answer, tuple[str, ...]]] = {
        Answer.PLAN: ("plan",),
        Answer.MEDICAL: MEDICAL,
        Answer.UNDER_PRESSURE: ("under_pressure", "pressure_note"),
    }
    LATER = ". If it was not said, it can be filled in afterwards"

    def __init__(
        self,
        *args: Any,
        is_held: bool = True,
        needed: Collection[Answer] = (),
        known: Mapping[str, Professional] = MappingProxyType({}),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.is_held, self.known = is_held, known
        for name in self.DECIDED:
            self.fields[name].required &= is_held
        for name in {name for names in self.ANSWERS.values() for name in names} - set(self.asked(needed)):
            del self.fields[name]
        self.mark_needed(needed, self.LATER)
        if Answer.MEDICAL in needed:
            owner: Any = self.fields["medical_owner"]
            owner.choices = [("", "Choose"), *[(pk, str(one)) for pk, one in known.items()]]
            radios: Any = self.fields["medical"].widget
            radios.reveals = {rules.YES: list(self.MEDICAL[1:-1])}
        self.order_fields([*self.DECIDED, *self.asked(needed)])

    def asked(self, needed: Collection[Answer]) -> list[str]:
        """The fields of the answers that are needed, in their order."""
        return [name for answer, names in self.ANSWERS.items() if answer in needed for name in names]

    def clean_medical_owner(self) -> Professional | None:
        """Somebody of the directory."""
        return self.known.get(self.cleaned_data["medical_owner"])

    def clean(self) -> dict[str, Any]:
        """Judge by the rule that the service uses too; an emergency power is the service's to know."""
        said = super().clean() or {}
        if not self.errors and self.is_held:
            found = rules.problems(
                **{name: said[name] for name in self.DECIDED if name != "risk_level"},
                emergency_power=False,
                today=localdate(now()),
            )
            for name, sentence in found.items():
                self.add_error(name, sentence)
        if "medical" in self.fields:
            self.judge_medical(said)
        return said


class DecidedForChildForm(DecidedForm):
    """The same, of a child who is on record; a child who was not discussed is removed."""

    field_order = ["child"]

    def __init__(self, *args: Any, children: list[Child], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["child"] = child_field(children, label="Which child?")
        self.order_fields(["child"])


class AgreedForm(forms.Form):
    """An action that was agreed."""

    text = forms.CharField(
        label="What is to be done?",
        max_length=2000,
        widget=widgets.Textarea(rows=2, count=None),
        error_messages={"required": "Say what is to be done, or remove this row"},
    )
    owner = forms.ChoiceField(label="Who does it?", required=False, widget=widgets.Select())
    owner_name = forms.CharField(
        label="Or somebody you typed in above: their name",
        max_length=120,
        required=False,
        widget=widgets.Text(width=20),
    )
    due_at = fields.DateTimeField(label="By when?", what="by when it is done")
    mark_optional = False

    def __init__(self, *args: Any, known: dict[str, Professional], user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known, self.user = known, user
        field: Any = self.fields["owner"]
        field.choices = [
            ("", "Choose"), (ME, f"You, {user.name}"), *[(pk, str(one)) for pk, one in known.items()]
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Somebody does it."""
        said = super().clean() or {}
        if not said.get("owner") and not said.get("owner_name") and "owner" not in self.errors:
            self.add_error("owner", "Choose who does it: every action needs an owner")
        return said

    @property
    def agreed(self) -> Agreed:
        """What was typed, as the service takes it."""
        said = self.cleaned_data
        owner = self.user if said["owner"] == ME else self.known.get(said["owner"])
        return Agreed(text=said["text"], due_at=said["due_at"], owner=owner, owner_name=said["owner_name"])


def threshold_of(typed: dict[str, Any]) -> Threshold | None:
    """What was decided, as the service takes it; None where nothing was decided yet."""
    if not typed["outcome"]:
        return None
    return Threshold(**{name: typed[name] for name in DecidedForm.DECIDED}, **told_beside(typed))


def present_of(
    picked: list[dict[str, Any]], typed: list[dict[str, Any]], since: datetime | None
) -> list[TookPart]:
    """Everybody named in the rows of those who took part; a clock time is the first one `since` the start."""
    found = []
    for one in (*picked, *typed):
        chosen = Chosen(**{name: value for name, value in one.items() if name not in OF_TALK})
        joined = next_time(one["joined_at"], since) if one["joined_at"] and since else None
        ended = next_time(one["until_at"], joined) if one.get("until_at") and joined else None
        told = TookPart(chosen=chosen, joined_at=joined, until_at=ended, said=one.get("said", ""))
        found.append(told)
    return found


def next_time(clock: time, since: datetime) -> datetime:
    """The first moment from `since` on at which the clocks in London show that time."""
    day = local_date(since)
    today = at_local(day, clock)
    return today if today >= since else at_local(day + timedelta(days=1), clock)
