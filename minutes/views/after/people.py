"""What each person who took part does, signed in or by link: agree, sign, acknowledge."""

from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from attendees.enums import SignatureMethod
from attendees.models import Attendance, Signature
from audit.services import record_read
from minutes import events_after as events
from minutes.canonical import in_groups, is_unchanged
from minutes.enums import Answer
from minutes.forms.after import AnswerForm, SignForm
from minutes.models import ActionLog, Agreement, Minutes, Recipient
from minutes.permissions import after as permissions
from minutes.permissions.meeting import booking_of, refusal_to_run
from minutes.services import asking, copies, turns
from minutes.services.agree import sign
from minutes.services.round import OPEN, answer_record
from minutes.services.said import answers_of
from minutes.views.after.base import RecordPage, heading, record_for, tabs
from minutes.views.after.proposing import ProposesPage, takes_part
from strategy.models import Discussion

SIGNED = "You have signed this action log. Thank you."


@require_GET
def round_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Who agreed, who proposed a correction, who objected, who said nothing; who signed and who did not."""
    minutes = record_for(request, pk)
    record_read(
        events.VERSION_READ, minutes.discussion.case, subject=minutes, by=request.user, at=timezone.now()
    )
    now, user = timezone.now(), request.user
    assert isinstance(user, User)
    discussion = minutes.discussion
    said = round_of(minutes)
    me = next(
        (row["who"] for row in said["people"] if row["who"].professional.user_id == request.user.pk), None
    )
    context = {
        **heading(minutes),
        "tabs": tabs(minutes, "round"),
        **said,
        "has_signed": any(row["who"] == me and row["signed"] for row in said["people"]),
        "may_check": permissions.refusal_to_check(user, discussion, now) is None,
        "may_record": _may_record(user, discussion, now),
        "me": me,
        "can_answer": minutes.status in OPEN,
        "round_clock": turns.round_clock(minutes),
        "now": now,
    }
    return render(request, "minutes/after/round.html", context)


def _may_record(user: User, discussion: Discussion, now: datetime) -> bool:
    """As `refusal_to_record_told`, with what costs no statement asked first."""
    if permissions.refusal_to_circulate(user, discussion, now) is None:
        return True
    return refusal_to_run(user, discussion, now, booking=booking_of(discussion)) is None


def round_of(minutes: Minutes) -> dict[str, Any]:
    """What everybody who took part said and signed; silence is shown as silence."""
    people = asking.took_part(minutes)
    said = {one.attendance_id: one for one in answers_of(minutes)}
    log = minutes.action_logs.order_by("-number").first()
    signed = signatures_of(log)
    late = since_the_round(minutes)
    return {
        "log": log,
        "log_groups": in_groups(log.sha256) if log else "",
        "log_sound": log is None or is_unchanged(log.content, log.sha256),
        "people": [
            {
                "who": one,
                "said": said.get(one.pk),
                "signed": signed.get(one.pk),
                "unreached": asking.why_not_by_letter(one),
                "is_late": f"{one.name}, {one.agency_name}" in late,
            }
            for one in people
        ],
        "unsigned": sum(one.pk not in signed for one in people),
        "silent": sum(one.pk not in said for one in people),
        "waiting": sum(_waits(one) for one in said.values()),
    }


def since_the_round(minutes: Minutes) -> set[str]:
    """Whose part was put right after the round ended, by name and agency: they are not called silent."""
    if minutes.round_ended_at is None:
        return set()
    later = minutes.put_right.filter(child=None, at__gt=minutes.round_ended_at)
    return set(later.values_list("name", flat=True))


def signatures_of(log: ActionLog | None) -> dict[int, Signature]:
    """Signatures of one action log by attendance; nothing when there is no log."""
    if log is None:
        return {}
    found = Signature.objects.filter(document=log.document).select_related("witness")
    return {one.attendance_id: one for one in found}


class Agree(ProposesPage, RecordPage):
    """A signed-in attendee says what they think of the record."""

    title = "What do you say of this record?"
    form_class = AnswerForm
    template_name = "minutes/after/agree.html"
    shows_record = True
    button = "Send my answer"
    message = "Your answer is in the record."

    def fetch(self) -> Minutes:
        minutes = super().fetch()
        self.me = takes_part(minutes, self.user)
        return minutes

    def refusal(self) -> str | None:
        return (
            None if self.me else "You did not take part in this discussion, so you do not agree its record."
        )

    def record(self) -> Minutes:
        found: Minutes = self.thing
        return found

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"passages": self.passages}

    @cached_property
    def said(self) -> Agreement | None:
        """What they said before."""
        return said_by(self.thing, self.me)

    def get_initial(self) -> dict[str, Any]:
        return self.from_passage(initial_answer(self.said))

    def get_context(self) -> dict[str, Any]:
        read_at = reverse("minutes:read", args=[self.kwargs["pk"]])
        told = {"about": self.about, "round_due": self.round_due(), "said": self.said}
        return told | {"read_at": read_at}

    def act(self, form: AnswerForm) -> Agreement:
        assert self.me is not None
        typed, about = form.cleaned_data, self.chosen(form.cleaned_data["passage"])
        return answer_record(
            self.thing, self.me, typed["answer"], text=typed["text"], about=about, by=self.user, at=self.now
        )

    def next(self, done: object) -> str:
        return reverse("minutes:round", args=[self.kwargs["pk"]])


class Sign(RecordPage):
    """A signed-in attendee signs the action log, which stands on the page with its hash."""

    title = "Sign the action log"
    form_class = SignForm
    template_name = "minutes/after/sign.html"
    shows_record = True
    button = "Sign"
    message = "You have signed the action log."
    done_already = (SIGNED,)

    def fetch(self) -> Minutes:
        minutes = super().fetch()
        self.me = takes_part(minutes, self.user)
        self.log = minutes.action_logs.order_by("-number").first()
        return minutes

    def refusal(self) -> str | None:
        return why_not_sign(self.me, self.log)

    def get_context(self) -> dict[str, Any]:
        return {**heading(self.thing), **shown_log(self.log)}

    def act(self, form: SignForm) -> Signature:
        assert self.me is not None and self.log is not None
        return sign(self.me, self.log, method=SignatureMethod.OWN, by=self.user, at=self.now)

    def next(self, done: object) -> str:
        return reverse("minutes:round", args=[self.kwargs["pk"]])


@require_POST
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """A signed-in reader says that they have the minutes."""
    minutes = record_for(request, pk)
    mine = Recipient.objects.filter(
        circulation__version__minutes=minutes,
        professional__user=request.user,  # type: ignore[misc]
    )
    copy = mine.order_by("-circulation__version__number").first()
    if copy is not None:
        copies.acknowledge(copy, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    return redirect("minutes:read", pk)


def shown_log(log: ActionLog | None) -> dict[str, Any]:
    """The action log as it stands on the signing page: its words, its hash, and whether they belong
    together."""
    return {
        "log": log,
        "log_groups": in_groups(log.sha256) if log else "",
        "log_sound": log is None or is_unchanged(log.content, log.sha256),
    }


def why_not_sign(me: Attendance | None, log: ActionLog | None) -> str | None:
    """Why this person cannot sign now, or None."""
    if me is None:
        return "You did not take part in this discussion, so you have nothing to sign."
    if log is None:
        return "The action log can be signed when the discussion has ended."
    if Signature.objects.filter(attendance=me, document=log.document).exists():
        return SIGNED
    return None


def said_by(minutes: Minutes, me: Attendance | None) -> Agreement | None:
    """What this attendee said before, with whoever answered it."""
    found = minutes.agreements.select_related("resolved_by")
    said: Agreement | None = found.filter(attendance=me).first() if me else None
    return said


def initial_answer(said: Agreement | None) -> dict[str, Any]:
    """What an attendee said before, as the form shows it."""
    if said is None:
        return {}
    key = {Answer.CORRECTS: "correction", Answer.OBJECTS: "objection"}.get(Answer(said.answer))
    return {"answer": said.answer, "passage": said.passage, **({key: said.text} if key else {})}


def _waits(said: Agreement) -> bool:
    return said.answer != Answer.AGREES and not said.resolution


__all__ = [
    "SIGNED", "Agree", "Sign", "acknowledge", "initial_answer", "round_of", "round_page", "said_by",
    "shown_log", "signatures_of", "why_not_sign",
]  # fmt: skip
