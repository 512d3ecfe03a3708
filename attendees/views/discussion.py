"""The discussion's page for staff: who is asked, who answered, what came in, and what can be done about
it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from attendees import discussion_menu, events, permissions
from attendees.enums import Reply
from attendees.models import Claim, InformationRequest, Invitation, NotInvited, WantedProfessional
from attendees.rules import expected
from attendees.rules.booking import TELEPHONES
from attendees.services import following_up
from attendees.services import replies as replying
from attendees.services.availability import Window
from attendees.services.forwarded import changed_since
from attendees.services.links import is_staff
from attendees.services.suggesting import known_not_invited
from audit.services import record_read
from govuk.live import fragment
from govuk.views import FormPage
from outbox.models import Letter
from strategy.enums import DiscussionStatus
from strategy.models import Booking, Discussion, PoliceForward, ReceiptCall

MOST_TIMES = 6
WHEN = "If not then: when could you come?"
WHEN_THEY = "If not then: when could they come?"


@dataclass(frozen=True, slots=True)
class Line:
    """One person asked: invitation, information, the last letter, and their link."""

    asked: Invitation
    information: InformationRequest | None
    letter: Letter | None
    has_link: bool
    is_staff: bool
    may_take_off: bool
    deputy: str | None = None

    @property
    def counts(self) -> bool:
        """Whether somebody of their role is expected to be there; a deputy takes the one seat of two."""
        themselves = expected.takes_part_themselves(self.asked.reply, self.deputy)
        return themselves and self.asked.withdrawn_at is None and self.asked.reply != Reply.NOT_COMING

    @property
    def comes(self) -> bool:
        """Whether somebody is said to come: by them, or for a deputy by the person they stand in for."""
        absent = self.asked.deputy_of
        word = expected.word_of(self.asked.reply, absent.reply if absent else None)
        return self.counts and word in (Reply.COMING, Reply.DEPUTY)


def discussion(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one discussion before it starts; reading it is written down."""
    now = timezone.now()
    found = find(request, pk)
    record_read(events.DISCUSSION_READ, found.case, subject=found, by=request.user, at=now)
    held = found.bookings.with_block().select_related("place", "chair", "minute_taker", "by").last()
    lines = lines_of(found, held)
    context = {
        **replies_context(found, lines),
        "booking": held,
        "clock": following_up.limit_of(found.request),
        "may_book": permissions.lacks_power_to_book(request.user, now) is None,  # type: ignore[arg-type]
        "not_invited": list(found.not_invited.all()) if found.lacks_somebody else [],  # type: ignore[attr-defined]
        "left_out": list(known_not_invited(found)) if found.leaves_out else [],  # type: ignore[attr-defined]
        "next_steps": discussion_menu.steps_for(found, request.user, now),  # type: ignore[arg-type]
        "own": next((one for one in lines if one.asked.professional.user_id == request.user.pk), None),
        "now": now,
    }
    return render(request, "attendees/discussion.html", context)


def replies(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that keeps itself fresh: replies, information, proof of letters, quorum."""
    found = find(request, pk)
    may_book = permissions.lacks_power_to_book(request.user, timezone.now()) is None  # type: ignore[arg-type]
    context = {**replies_context(found, lines_of(found, found.bookings.last())), "may_book": may_book}
    return fragment(request, "attendees/_replies.html", context)


def find(request: HttpRequest, pk: int) -> Discussion:
    """The discussion, for those who may see its case."""
    visible = Discussion.objects.visible_to(request.user)  # type: ignore[arg-type]
    calls = ReceiptCall.objects.filter(request=OuterRef("request"))
    forwards = PoliceForward.objects.filter(request=OuterRef("request"))
    left_out = WantedProfessional.objects.filter(request=OuterRef("request")).exclude(not_invited_reason="")
    found: Discussion = get_object_or_404(
        visible.select_related(
            "case__team",
            "request__protocol",
            "request__requester",
            "request__authorisation__by",
            "request__authorisation__acting_for",
            *discussion_menu.relations(),
        ).annotate(
            has_call=Exists(calls),
            is_forwarded=Exists(forwards),
            is_forward_old=changed_since(),
            lacks_somebody=Exists(NotInvited.objects.filter(discussion=OuterRef("pk"))),
            leaves_out=Exists(left_out),
        ),
        pk=pk,
    )
    return found


def lines_of(discussion: Discussion, held: Booking | None) -> list[Line]:
    """One line for each person ever asked, those still asked first: three queries, however many people."""
    in_force = discussion.links.filter(professional=OuterRef("professional"), revoked_at=None)
    claims = Claim.objects.filter(taken=OuterRef("pk"), ended_at=None)
    people = discussion.invitations.with_deputies().annotate(  # type: ignore[attr-defined]
        has_link=Exists(in_force),
        from_mailbox=Subquery(claims.values("shared__professional__name")[:1]),
        their_reference=Subquery(claims.values("reference")[:1]),
        is_taken_over=Exists(Claim.objects.filter(shared=OuterRef("pk"), ended_at=None)),
    )
    asked: list[Any] = list(
        people.select_related("professional__agency", "professional__user").order_by("pk")
    )
    information = {one.professional_id: one for one in discussion.information.all()}
    letters: dict[str, Letter] = {}
    for letter in Letter.objects.filter(
        subject_ref__in=[one.subject for one in asked], kind__startswith="invitation"
    ).order_by("pk"):
        letters[letter.subject_ref] = letter
    needed = (held.chair_id, held.minute_taker_id) if held else ()
    lines = [
        Line(
            one,
            information.get(one.professional_id),
            letters.get(one.subject),
            one.has_link,
            is_staff(one.professional),
            one.professional.user_id is None or one.professional.user_id not in needed,
            one.deputy,
        )
        for one in asked
    ]
    return sorted(lines, key=lambda line: line.asked.withdrawn_at is not None)


def replies_context(discussion: Discussion, lines: list[Line]) -> dict[str, Any]:
    """What the live part prints: the lines, and who is missing for a quorum."""
    setting = discussion.request.protocol.rules.quorum_roles
    required = [role.value for role in setting.value]
    invited = {line.asked.pk: line.asked.quorum_role for line in lines if line.counts}
    coming = {line.asked.pk: line.asked.quorum_role for line in lines if line.comes}
    asked_for = [
        line.information
        for line in lines
        if line.information
        and not line.asked.withdrawn_at
        and (line.deputy is None or line.information.is_answered)
    ]
    return {
        "discussion": discussion,
        "lines": lines,
        "missing": expected.in_words(expected.missing_roles(required, invited)),
        "unconfirmed": expected.in_words(expected.missing_roles(required, coming)),
        "quorum_source": setting.source,
        "information_in": sum(one.is_answered for one in asked_for),
        "information_asked": len(asked_for),
        "by_telephone": discussion.format in TELEPHONES,
        "is_open": discussion.status in (DiscussionStatus.PLANNED, DiscussionStatus.STARTED),
        "is_off": discussion.status == DiscussionStatus.CANCELLED,
        "is_planned": discussion.status == DiscussionStatus.PLANNED,
    }


def invitation_of(discussion: Discussion, number: int) -> Invitation:
    """An invitation of this discussion and of no other."""
    found = (
        Invitation.objects.filter(discussion=discussion, pk=number)
        .select_related("professional__agency", "professional__user", "discussion__case")
        .first()
    )
    if found is None:
        raise Http404
    return found


def times_so_far(asked: Invitation) -> list[dict[str, Any]]:
    """What whoever is asked said of when they can come, as the rows show it."""
    return [
        {"can_come": "yes" if one.can_come else "no", "start": one.during.lower, "end": one.during.upper}
        for one in replying.stated_by(asked)
    ]


def windows_of(page: FormPage) -> list[Window] | None:
    """What was typed in the rows of times, as the service takes it; None where a page had none."""
    if "times-count" not in page.request.POST:
        return None
    return [row.window for row in page.bound_rows["times"].filled]


def reply_so_far(asked: Invitation) -> dict[str, Any]:
    """What the form of a reply shows at first: the answer already given."""
    if asked.reply == Reply.WAITING:
        return {}
    names = ("deputy_name", "deputy_job_role", "deputy_email", "deputy_phone", "deputy_can_decide")
    return {
        "answer": asked.reply,
        "reason": asked.reply_reason,
        **{name: getattr(asked, name) for name in names},
    }


def address(discussion: Discussion) -> str:
    """The discussion's page."""
    return reverse("attendees:discussion", args=[discussion.pk])
