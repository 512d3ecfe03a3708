"""Letters to those invited: ask, change, cancel, and what is asked of each agency (rows W20 and W22)."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.models import Team, User
from attendees.letters.calendar import Appointment, Method, calendar_file
from attendees.models import Claim, InformationRequest, Invitation, PartnerLink, Professional
from govuk.moments import clock_time, local, long_date, moment
from outbox.enums import Urgency
from outbox.models import Letter
from outbox.services import queue
from strategy.enums import Format
from strategy.models import Booking, Discussion
from strategy.people import SUPPORT, support_team

CALLED = "We telephone you"
SUMMARY = "Strategy discussion {reference}"
DESCRIPTION = (
    "Reference {reference}. Open the link in our letter to reply and to see what is asked of you. "
    "Please add nothing about the children to this entry."
)


def invitation(
    asked: Invitation, booking: Booking, link: PartnerLink | None, *, by: User, at: datetime
) -> Letter:
    """Ask one professional to a discussion, with the calendar file; a deputy is told in whose place."""
    more = {"in_place_of": asked.deputy_of.professional.name if asked.deputy_of else ""}
    return _send("invitation", asked, booking, link, by=by, at=at, more=more)


def invitation_changed(
    asked: Invitation, booking: Booking, link: PartnerLink | None, *, was: str, by: User, at: datetime
) -> Letter:
    """Tell one professional the new time or place; the calendar file replaces the earlier one."""
    earlier = [f"{asked.subject}:{number}" for number in range(asked.sequence)]
    return _send("invitation_changed", asked, booking, link, by=by, at=at, supersedes=earlier, was=was)


def invitation_cancelled(
    asked: Invitation, booking: Booking, *, by: User, at: datetime, taken_off: bool = False
) -> Letter:
    """Tell one professional that it does not take place, or not with them; their calendar drops the entry."""
    more = {"taken_off": taken_off}
    return _send("invitation_cancelled", asked, booking, None, by=by, at=at, method=Method.CANCEL, more=more)


def invitation_taken_over(
    claim: Claim, booking: Booking, link: PartnerLink | None, *, by: User, at: datetime
) -> Letter:
    """Send whoever took over what came to a shared mailbox their own link and the appointment."""
    asked = claim.taken
    information = asked.discussion.information.filter(professional=asked.professional).first()
    due = moment(information.due_at) if information is not None and not information.is_answered else ""
    more = {"mailbox": claim.shared.professional.name, "due": due}
    return _send("invitation_taken_over", asked, booking, link, by=by, at=at, more=more)


def invitation_passed_on(
    claim: Claim, before: Invitation, booking: Booking, *, by: User, at: datetime
) -> Letter:
    """Tell whoever had it until now who took it over; their calendar drops the entry."""
    return _send(
        "invitation_passed_on", before, booking, None, by=by, at=at, method=Method.CANCEL, more=_who(claim)
    )


def taken_over(claim: Claim, to: Professional | Team, *, by: User, at: datetime) -> Letter:
    """Tell a team or the mailbox who took it over, and the number; no child is named."""
    discussion = claim.taken.discussion
    return queue(
        "taken_over",
        to_email=to.mailbox if isinstance(to, Team) else to.email,
        to_name=to.name,
        to_ref=to,
        context={**_common(to.name, discussion, None, by), **_who(claim)},
        by=by,
        at=at,
        case=discussion.case,
        subject=claim.taken.subject,
        reply_to=mailbox_of(discussion, by),
        urgency=Urgency.URGENT,
    )


def _who(claim: Claim) -> dict[str, Any]:
    person = claim.taken.professional
    return {
        "mailbox": claim.shared.professional.name,
        "officer": f"{person.name}, {person.job_role}, {person.agency.name}",
        "officer_phone": claim.phone,
        "their_reference": claim.reference,
        "taken_at": moment(claim.at),
    }


def information_asked(
    asked: InformationRequest, discussion: Discussion, link: PartnerLink | None, *, by: User, at: datetime
) -> Letter:
    """Ask an agency for what it knows, with when it is needed (row W22)."""
    return _about_information("information_asked", asked, discussion, link, {}, by=by, at=at)


def information_chased(
    asked: InformationRequest,
    discussion: Discussion,
    link: PartnerLink | None,
    *,
    by: User | None,
    at: datetime,
) -> Letter:
    """Remind an agency that has not answered (row W23); nobody sends it when the sweep does."""
    more = {"is_late": asked.due_at < at, "starts": moment(discussion.planned_start)}
    return _about_information("information_chased", asked, discussion, link, more, by=by, at=at)


def _about_information(
    kind: str,
    asked: InformationRequest,
    discussion: Discussion,
    link: PartnerLink | None,
    more: dict[str, Any],
    *,
    by: User | None,
    at: datetime,
) -> Letter:
    person = asked.professional
    rung = by or support_team(discussion.case) or discussion.case.team
    return queue(
        kind,
        to_email=person.email,
        to_name=person.name,
        to_ref=person,
        context={**_common(person.name, discussion, link, rung), "due": moment(asked.due_at), **more},
        by=by,
        at=at,
        case=discussion.case,
        subject=asked.subject,
        reply_to=mailbox_of(discussion, by),
        urgency=Urgency.URGENT,
        important_until=discussion.planned_start,
    )


def when_of(start: datetime, end: datetime) -> str:
    """Return "Thursday 24 December 2026, 4:30pm to 5:30pm"; both dates when it passes midnight."""
    if local(start).date() != local(end).date():
        return f"{moment(start)} to {moment(end)}"
    return f"{long_date(start)}, {clock_time(start)} to {clock_time(end)}"


def where_of(discussion: Discussion, booking: Booking) -> str:
    """Return the place's name, or where else it is held, with the hub of a telephone conference."""
    names = [booking.place.name if booking.place else "", discussion.hub]
    return ", ".join(name for name in names if name)


def _where(discussion: Discussion, booking: Booking) -> str:
    """The same for who is asked: a series of calls is nowhere, and they are rung."""
    called = CALLED if discussion.format == Format.SERIES_OF_CALLS else ""
    return where_of(discussion, booking) or called


def mailbox_of(discussion: Discussion, by: User | None) -> str:
    """Return the mailbox that replies reach: that of business support, else of the case's team."""
    own = Team.objects.exclude(mailbox="").filter(members=by, kind__in=SUPPORT).first() if by else None
    team = own or support_team(discussion.case) or discussion.case.team
    return team.mailbox or discussion.case.team.mailbox


def _common(name: str, discussion: Discussion, link: PartnerLink | None, by: User | Team) -> dict[str, Any]:
    return {
        "name": name,
        "reference": discussion.case.reference,
        "number": discussion.number,
        "authority": settings.AUTHORITY_NAME,
        "link": link.pk if link else None,
        "path": reverse("attendees:discussion", args=[discussion.pk]),
        "booked_by": by.name,
        "booked_by_phone": by.phone,
    }


def _send(
    kind: str,
    asked: Invitation,
    booking: Booking,
    link: PartnerLink | None,
    *,
    by: User,
    at: datetime,
    method: Method = Method.REQUEST,
    supersedes: list[str] | None = None,
    was: str = "",
    more: dict[str, Any] | None = None,
) -> Letter:
    discussion, person = asked.discussion, asked.professional
    start, end = booking.during.lower, booking.during.upper
    reply_to = mailbox_of(discussion, by)
    appointment = Appointment(
        uid=asked.uid,
        sequence=asked.sequence,
        start=start,
        end=end,
        summary=SUMMARY.format(reference=discussion.case.reference),
        description=DESCRIPTION.format(reference=discussion.case.reference),
        location=_where(discussion, booking),
        organiser=reply_to or settings.DEFAULT_FROM_EMAIL,
        organiser_name=settings.AUTHORITY_NAME,
        attendee=person.email,
        attendee_name=person.name,
        written_at=at,
    )
    context = {
        **_common(person.name, discussion, link, by),
        "when": when_of(start, end),
        "where": _where(discussion, booking),
        "format": discussion.get_format_display(),
        "was": was,
        "by_hand": not person.email,
        **(more or {}),
    }
    return queue(
        kind,
        to_email=person.email,
        to_name=person.name,
        to_ref=person,
        context=context,
        by=by,
        at=at,
        case=discussion.case,
        subject=asked.subject,
        key=f"{asked.subject}:{asked.sequence}",
        reply_to=reply_to,
        enclosures=[calendar_file(appointment, method)] if person.email else [],
        urgency=Urgency.URGENT,
        important_until=start,
        supersedes=supersedes or [],
    )
