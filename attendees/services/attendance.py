"""Who takes part in a discussion, and whether that is a quorum.

Called within the transaction of whoever runs the meeting (`minutes/services/hold.py`), who has asked
whether they may, and tells the ledger.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models.functions import Coalesce

from attendees.enums import TAKES_PART, Mode, QuorumRole, Reply
from attendees.models import Attendance, Invitation, Professional
from attendees.quorum import Quorum, Seat, check, check_at, first_complete
from attendees.rules.expected import takes_part_themselves, word_of
from attendees.services.directory import professional_for
from audit.errors import Refused
from govuk.moments import clock_time
from protocols.rules.settings import Protocol
from strategy.enums import MEETINGS, Format
from strategy.models import Booking, Discussion


@dataclass(frozen=True, slots=True)
class Part:
    """What is recorded of one person: how they took part, as whom, from when until when (row G20).

    `phone` is the number told of a deputy whom nobody invited yet; None is the professional's own.
    """

    professional: Professional
    mode: str
    name: str = ""
    job_role: str = ""
    quorum_role: str | None = None
    can_decide: bool = True
    deputy_for: str = ""
    arrived_at: datetime | None = None
    left_at: datetime | None = None
    away: Sequence[Sequence[datetime]] = ()
    phone: str | None = None

    @property
    def number(self) -> str:
        """Where to ring whoever takes part."""
        return self.professional.phone if self.phone is None else self.phone

    @property
    def is_invited_deputy(self) -> bool:
        """Whether they come in somebody's place with an invitation of their own."""
        return bool(self.deputy_for) and not self.name


@dataclass(frozen=True, slots=True)
class Printed:
    """How somebody took part when a page showed it: what is sent back is measured against it."""

    mode: str
    can_decide: bool
    deputy_for: str = ""


class Overtaken(Refused):
    """Somebody else recorded other things of these people meanwhile; `lines` says what, by professional."""

    def __init__(self, lines: Mapping[int, str]) -> None:
        super().__init__(
            None, "Somebody else changed who is here while you had this page open. Nothing is saved yet"
        )
        self.lines = lines


def told_anew(discussion: Discussion, parts: Iterable[Part], printed: Mapping[int, Printed]) -> list[Part]:
    """What of these parts is written down: all but what its page left as it showed it.

    Called with the discussion locked. Raises Overtaken where somebody else changed a line meanwhile that
    this page changes too; a line without a print replaces what there is.
    """
    rows = {row.professional_id: row for row in discussion.attendance.all()}
    wanted, lines = [], {}
    for part in parts:
        pk = part.professional.pk
        row, was = rows.get(pk), printed.get(pk)
        if row is None or was is None:
            wanted.append(part)
            continue
        now = Printed(row.mode, row.can_decide, row.deputy_for)
        told = Printed(part.mode, part.can_decide, part.deputy_for)
        if told in (now, was):
            continue
        if now != was:
            lines[pk] = _now_recorded(row)
        here = part.mode in TAKES_PART
        arrived_at, left_at = (row.arrived_at, row.left_at) if here else (None, None)
        wanted.append(replace(part, arrived_at=arrived_at, left_at=left_at, away=row.away if here else ()))
    if lines:
        raise Overtaken(lines)
    return wanted


def _now_recorded(row: Attendance) -> str:
    decides = "" if row.can_decide else ", cannot decide"
    return (
        f"Somebody recorded {row.name} meanwhile as “{row.get_mode_display()}{decides}”. "
        "Save again to replace that, or choose it here too"
    )


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
            "away": [list(gap) for gap in part.away] if here else [],
        },
    )
    return attendance


def once_more(part: Part, row: Attendance | None, *, at: datetime, replaces: bool = False) -> Part:
    """The part of somebody who joins; of whoever was here and left, with the time between: they came back.

    Back within the minute they were never away. `replaces`: somebody who is here joined at another time than
    was recorded. Raises Refused for somebody who is here otherwise, or left later.
    """
    if row is None or row.arrived_at is None:
        return part
    came, left = row.spans[-1]
    if left is None and replaces:
        return _joined_at(part, row, part.arrived_at or at)
    if left is None:
        raise Refused(
            "professional",
            f"{row.name} is here already, since {clock_time(came)}. If they had left, record that first; if "
            "the time is wrong, tick that this one replaces it",
        )
    back = part.arrived_at or at
    if back.replace(second=0, microsecond=0) < left.replace(second=0, microsecond=0):
        raise Refused("arrived_at", f"{row.name} left at {clock_time(left)}. Enter when they came back")
    is_gap = back - left >= timedelta(minutes=1)
    away = [*row.away, [left, back]] if is_gap else row.away
    return replace(part, arrived_at=row.arrived_at, left_at=None, away=away)


def _joined_at(part: Part, row: Attendance, joined_at: datetime) -> Part:
    """The part of somebody who is here, who joined last at this moment."""
    if not row.away:
        return replace(part, arrived_at=joined_at, left_at=None)
    *before, (left, _) = row.away
    if joined_at <= left:
        raise Refused("arrived_at", f"{row.name} left at {clock_time(left)}. Enter when they came back")
    return replace(part, arrived_at=row.arrived_at, left_at=None, away=[*before, [left, joined_at]])


def expected(discussion: Discussion, booking: Booking | None) -> list[Part]:
    """Whom to expect, from replies to the invitations, with chair, requester and minute-taker.

    The referrer comes first where the procedure begins with them (row B06), else people come as they were
    invited; a deputy has the one place of the person they stand in for (rows C14, G06). Nobody is recorded
    by this: it fills the form.
    """
    usual = usual_mode(discussion.format)
    invited = discussion.invitations.filter(withdrawn_at__isnull=True).select_related("professional__agency")
    asked = list(invited.with_deputies().order_by(Coalesce("deputy_of", "pk"), "pk"))
    if discussion.request.protocol.rules.referrer_first.value:
        asked.sort(key=lambda one: not (one.is_referrer or (one.deputy_of and one.deputy_of.is_referrer)))
    seated = [one for one in asked if takes_part_themselves(one.reply, one.deputy)]
    parts = {one.professional_id: told_by(one, usual) for one in seated}
    replaced = {one.professional_id for one in asked} - parts.keys()
    staff = [discussion.request.carrier]
    if booking is not None:
        staff = [booking.chair, discussion.request.carrier, booking.minute_taker]
    entries = Professional.objects.filter(user__in=staff).select_related("agency", "user")
    known = {one.user_id: one for one in entries}
    for user in staff:
        person = known.get(user.pk) or professional_for(user)
        if person.pk in replaced:
            continue
        told = parts.get(person.pk)
        if told is None or told.mode == Mode.ABSENT:  # they need not reply: it is their own discussion
            parts[person.pk] = Part(person, usual, quorum_role=person.quorum_role)
    return list(parts.values())


def to_ring(discussion: Discussion, booking: Booking | None) -> list[Part]:
    """Everybody expected whom one may ring: who was asked and does not decline, with the staff."""
    return [part for part in expected(discussion, booking) if part.mode != Mode.APOLOGIES]


def usual_mode(format: str) -> Mode:
    """How people take part in a discussion of this format when nothing else is said."""
    if format == Format.VIRTUAL:
        return Mode.REMOTE
    return Mode.PRESENT if format in MEETINGS else Mode.PHONE


def told_by(invitation: Invitation, usual: Mode) -> Part:
    """How somebody invited takes part by the replies so far, usually in this mode; a deputy for whom, and
    whether they can decide as was told."""
    person, absent = invitation.professional, invitation.deputy_of
    role = invitation.quorum_role or person.quorum_role
    if invitation.reply == Reply.DEPUTY:
        return Part(
            person,
            usual,
            name=invitation.deputy_name,
            job_role=invitation.deputy_job_role,
            quorum_role=role,
            can_decide=invitation.deputy_can_decide,
            deputy_for=person.name,
            phone=invitation.deputy_phone,
        )
    word = word_of(invitation.reply, absent.reply if absent else None)
    mode = {Reply.COMING: usual, Reply.NOT_COMING: Mode.APOLOGIES}.get(word, Mode.ABSENT)
    stands_in = absent is not None and absent.reply != Reply.COMING
    return Part(
        person,
        mode,
        quorum_role=role,
        can_decide=invitation.can_decide,
        deputy_for=absent.professional.name if absent is not None and stands_in else "",
    )


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
        Seat(_person(row.professional), frozenset({row.quorum_role}), came, left)
        for row in rows
        if row.mode in TAKES_PART and row.quorum_role
        for came, left in row.spans
    ]


def _person(professional: Professional) -> str:
    """One human being: two entries of the directory for one account are one person."""
    return f"user:{professional.user_id}" if professional.user_id else f"professional:{professional.pk}"
