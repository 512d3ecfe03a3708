"""Who takes part in a discussion, and whether that is a quorum.

Called within the transaction of whoever runs the meeting (`minutes/services/hold.py`), who has asked
whether they may, and tells the ledger.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime

from attendees.enums import TAKES_PART, Mode, QuorumRole, Reply
from attendees.models import Attendance, Invitation, Professional
from attendees.quorum import Quorum, Seat, check, check_at, first_complete
from attendees.services.directory import professional_for
from audit.errors import Refused
from protocols.rules.settings import Protocol
from strategy.enums import MEETINGS, Format
from strategy.models import Booking, Discussion


@dataclass(frozen=True, slots=True)
class Part:
    """What is recorded of one person: how they took part, as whom, from when until when (row G20)."""

    professional: Professional
    mode: str
    name: str = ""
    job_role: str = ""
    quorum_role: str | None = None
    can_decide: bool = True
    deputy_for: str = ""
    arrived_at: datetime | None = None
    left_at: datetime | None = None


def put(discussion: Discussion, part: Part, *, at: datetime) -> Attendance:
    """Record one person's part; recorded again it replaces what was said before. Raises Refused.

    Name, role and agency are kept as they were that day. Somebody who takes part is here from `at`
    on unless an earlier moment is told.
    """
    here = part.mode in TAKES_PART
    arrived_at = (part.arrived_at or at) if here else None
    if arrived_at is not None and arrived_at > at:
        raise Refused("arrived_at", "Nobody has arrived in the future. Check the time")
    if part.left_at and (arrived_at is None or not arrived_at <= part.left_at <= at):
        raise Refused("left_at", "The time somebody left must be after they arrived, and not in the future")
    person = part.professional
    attendance, _ = Attendance.objects.update_or_create(
        discussion=discussion,
        professional=person,
        defaults={
            "name": part.name or person.name,
            "job_role": part.job_role or person.job_role,
            "agency_name": person.agency.name,
            "quorum_role": person.quorum_role if part.quorum_role is None else part.quorum_role,
            "mode": part.mode,
            "can_decide": part.can_decide,
            "deputy_for": part.deputy_for,
            "arrived_at": arrived_at,
            "left_at": part.left_at if here else None,
        },
    )
    return attendance


def expected(discussion: Discussion, booking: Booking | None) -> list[Part]:
    """Whom to expect, from replies to the invitations, with chair, requester and minute-taker.

    The referrer comes first where the procedure begins with them (row B06), else people come as they were
    invited. Nobody is recorded by this: it fills the form.
    """
    usual = usual_mode(discussion.format)
    invited = discussion.invitations.filter(withdrawn_at__isnull=True).select_related("professional__agency")
    first = ("-is_referrer",) if discussion.request.protocol.rules.referrer_first.value else ()
    parts = {one.professional_id: _reply(one, usual) for one in invited.order_by(*first, "pk")}
    staff = [discussion.request.carrier]
    if booking is not None:
        staff = [booking.chair, discussion.request.carrier, booking.minute_taker]
    entries = Professional.objects.filter(user__in=staff).select_related("agency", "user")
    known = {one.user_id: one for one in entries}
    for user in staff:
        person = known.get(user.pk) or professional_for(user)
        told = parts.get(person.pk)
        if told is None or told.mode == Mode.ABSENT:  # they need not reply: it is their own discussion
            parts[person.pk] = Part(person, usual, quorum_role=person.quorum_role)
    return list(parts.values())


def usual_mode(format: str) -> Mode:
    """How people take part in a discussion of this format when nothing else is said."""
    if format == Format.VIRTUAL:
        return Mode.REMOTE
    return Mode.PRESENT if format in MEETINGS else Mode.PHONE


def _reply(invitation: Invitation, usual: Mode) -> Part:
    role = invitation.quorum_role or invitation.professional.quorum_role
    if invitation.reply == Reply.NOT_COMING:
        return Part(invitation.professional, Mode.APOLOGIES, quorum_role=role)
    if invitation.reply == Reply.DEPUTY:
        return Part(
            invitation.professional,
            usual,
            name=invitation.deputy_name,
            job_role=invitation.deputy_job_role,
            quorum_role=role,
            can_decide=invitation.deputy_can_decide,
            deputy_for=invitation.professional.name,
        )
    mode = usual if invitation.reply == Reply.COMING else Mode.ABSENT
    return Part(invitation.professional, mode, quorum_role=role)


# --- Quorum --------------------------------------------------------------------------------------------


def quorum_of(rows: Iterable[Attendance], discussion: Discussion, rules: Protocol, at: datetime) -> Quorum:
    """Quorum at a moment, from the attendance recorded so far (rows W10, C12, G04)."""
    return check_at(
        rules.quorum_roles.value,
        _seats(rows),
        at,
        distinct=rules.quorum_distinct.value,
        series=discussion.format == Format.SERIES_OF_CALLS,
    )


def quorum_since(
    rows: Iterable[Attendance], discussion: Discussion, rules: Protocol, started_at: datetime
) -> datetime | None:
    """When quorum was first complete in a discussion that started then, or None."""
    return first_complete(
        rules.quorum_roles.value,
        _seats(rows),
        started_at,
        distinct=rules.quorum_distinct.value,
        series=discussion.format == Format.SERIES_OF_CALLS,
    )


def quorum_expected(parts: Iterable[Part], rules: Protocol) -> Quorum:
    """Quorum as the replies promise it: at booking, and before the start."""
    people: dict[Hashable, frozenset[str]] = {
        _person(part.professional): frozenset({part.quorum_role or ""})
        for part in parts
        if part.mode in TAKES_PART
    }
    return check(rules.quorum_roles.value, people, distinct=rules.quorum_distinct.value)


def role_words(role: str) -> str:
    """A role of quorum as a sentence says it: “a social worker”, “the police”."""
    words = {QuorumRole.POLICE: "the police", QuorumRole.HEALTH: "health", QuorumRole.EDUCATION: "education"}
    return words.get(QuorumRole(role), f"a {QuorumRole(role).label.lower()}")


def _seats(rows: Iterable[Attendance]) -> list[Seat]:
    return [
        Seat(_person(row.professional), frozenset({row.quorum_role}), row.arrived_at, row.left_at)
        for row in rows
        if row.mode in TAKES_PART and row.arrived_at is not None and row.quorum_role
    ]


def _person(professional: Professional) -> str:
    """One human being: two entries of the directory for one account are one person."""
    return f"user:{professional.user_id}" if professional.user_id else f"professional:{professional.pk}"
