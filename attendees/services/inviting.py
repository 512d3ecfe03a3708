"""Inviting, telling of changes, taking back: the part that touches each professional."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import uuid4

from django.db import transaction

from accounts.models import Team, User
from attendees import clocks, events, letters, permissions
from attendees.enums import Reply
from attendees.models import InformationRequest, Invitation, PartnerLink, Professional, WantedProfessional
from attendees.services import links
from attendees.services.directory import Newcomer, add_all, add_professional
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, refuse
from cases import services as cases
from cases.enums import AccessPurpose
from cases.models import Case
from outbox import services as outbox
from strategy.enums import DiscussionStatus
from strategy.models import Booking, Discussion
from strategy.people import support_team


def invite(
    discussion: Discussion, booking: Booking, people: Sequence[Professional], *, by: User, at: datetime
) -> list[Invitation]:
    """Invite each to the discussion with a calendar file, and ask agencies outside the authority for
    information.

    Part of a booking's transaction: the ledger's entry is the caller's. Staff may see the case from now on.
    Whoever was taken off has an invitation already: it is in force again, and calendars know it by its UID.
    """
    wanted = {
        one.professional_id: one
        for one in WantedProfessional.objects.filter(
            request_id=discussion.request_id, professional__in=people
        )
    }
    taken_off = {one.professional_id: one for one in discussion.invitations.exclude(withdrawn_at=None)}
    invited = []
    for person in people:
        asked = taken_off.get(person.pk)
        if asked is None:
            asked = _new(discussion, person, wanted.get(person.pk), by, at)
        else:
            asked.discussion, asked.professional = discussion, person
            _put_in_force_again(asked)
        link = links.make_link(person, discussion, at=at)
        if links.is_staff(person) and person.user_id not in (booking.chair_id, booking.minute_taker_id):
            _let_in(discussion.case, person, by, at)
        letters.invitation(asked, booking, link, by=by, at=at)
        if not person.agency.is_authority:
            _ask_for_information(discussion, person, link, by, at)
        invited.append(asked)
    return invited


@transaction.atomic
def invite_more(
    discussion: Discussion,
    professionals: Iterable[Professional],
    *,
    by: User,
    at: datetime,
    newcomers: Iterable[Newcomer] = (),
) -> list[Invitation]:
    """Invite further people to a booked discussion; who was taken off may be invited again.

    Raises NotAllowed, MoveNotAllowed, Refused at `professionals` when all of them are invited already.
    """
    case, discussion = _locked(discussion, by, at)
    booking = _booking(discussion)
    chosen = [*professionals, *add_all(newcomers, by=by, at=at)]
    people = not_yet_invited(discussion, chosen)
    if not people:
        nobody = "Choose somebody to invite" if not chosen else "Everybody you chose is invited already"
        raise Refused("professionals", nobody)
    invited = invite(discussion, booking, people, by=by, at=at)
    audit.record(
        events.INVITED,
        case,
        subject=discussion,
        by=by,
        at=at,
        data={"professionals": [one.professional_id for one in invited]},
    )
    return invited


def not_yet_invited(discussion: Discussion, professionals: Iterable[Professional]) -> list[Professional]:
    """Return those of them who have no invitation in force, each once."""
    invited = set(discussion.invitations.filter(withdrawn_at=None).values_list("professional_id", flat=True))
    return list({one.pk: one for one in professionals if one.pk not in invited}.values())


@transaction.atomic
def invite_deputy(invitation: Invitation, *, by: User, at: datetime) -> Invitation:
    """Invite the deputy whom a partner named: an address named by a partner opens nothing before somebody
    looked.

    The deputy takes over the role in the quorum. Raises NotAllowed, MoveNotAllowed, Refused.
    """
    case, discussion = _locked(invitation.discussion, by, at)
    asked = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("professional__agency")
        .get(pk=invitation.pk)
    )
    if asked.reply != Reply.DEPUTY or not asked.deputy_name:
        raise Refused(None, f"{asked.professional.name} has named no deputy.")
    deputy = add_professional(
        name=asked.deputy_name,
        agency=asked.professional.agency,
        job_role=asked.deputy_job_role or asked.professional.job_role,
        quorum_role=asked.quorum_role,
        email=asked.deputy_email,
        by=by,
        at=at,
    )
    if not not_yet_invited(discussion, [deputy]):
        raise Refused(None, f"{deputy.name} is invited already.")
    made = invite(discussion, _booking(discussion), [deputy], by=by, at=at)[0]
    made.quorum_role = asked.quorum_role
    made.save(update_fields=["quorum_role"])
    audit.record(events.INVITED, case, subject=made, by=by, at=at, data={"deputy_for": asked.professional_id})
    return made


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, reason: str, by: User, at: datetime) -> Invitation:
    """Take somebody off a discussion, at once: link shut, unsent letters stopped, calendar entry taken away.

    Raises NotAllowed, MoveNotAllowed, Refused at `reason`, and for requester, chair or minute-taker.
    """
    case, discussion = _locked(invitation.discussion, by, at)
    if not reason.strip():
        raise Refused("reason", "Say why they are no longer invited")
    asked = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("professional")
        .get(pk=invitation.pk)
    )
    booking = _booking(discussion)
    if asked.professional.user_id in (booking.chair_id, booking.minute_taker_id):
        raise Refused(
            None, "The chair and the minute-taker cannot be taken off. Move the discussion to somebody else."
        )
    if asked.withdrawn_at is not None:
        raise MoveNotAllowed(f"{asked.professional.name} is no longer invited.")
    asked.discussion = discussion
    take_off(asked, booking, reason=reason.strip(), by=by, at=at)
    audit.record(
        events.WITHDRAWN,
        case,
        subject=asked,
        by=by,
        at=at,
        data={"professional": asked.professional_id, "reason": asked.withdrawn_reason},
    )
    return asked


def take_off(asked: Invitation, booking: Booking, *, reason: str, by: User, at: datetime) -> None:
    """Take one invitation back: link shut, unsent letters stopped, calendar entry taken away, access ended.

    Part of the caller's transaction, which has locked the discussion and tells the ledger.
    """
    discussion, person = asked.discussion, asked.professional
    asked.withdrawn_at, asked.withdrawn_reason = at, reason[:300]
    asked.sequence += 1
    asked.save(update_fields=["withdrawn_at", "withdrawn_reason", "sequence"])
    open_links = PartnerLink.objects.filter(discussion=discussion, professional=person, revoked_at=None)
    for link in open_links.select_for_update():
        links.shut(link, by=by, at=at)
    _stop_asking(discussion, person, asked.withdrawn_reason, by, at)
    outbox.cancel(by=by, at=at, why="No longer invited", subject=asked.subject)
    _let_out(discussion.case, person, "No longer invited", by, at)
    letters.invitation_cancelled(asked, booking, taken_off=True, by=by, at=at)


def let_replaced_go(
    discussion: Discussion, old: Booking, new: Booking, *, by: User, at: datetime
) -> list[Invitation]:
    """Take back the invitations of a chair or minute-taker who no longer is: they were asked only as that.

    Whoever asked for the discussion, does the other thing now, or is named on the request stays invited.
    """
    askers = {discussion.request.requester_id, discussion.request.carried_by_id}
    gone = {old.chair_id, old.minute_taker_id} - {new.chair_id, new.minute_taker_id} - askers
    named = WantedProfessional.objects.filter(request=discussion.request_id, not_invited_reason="")
    asked = (
        discussion.invitations.filter(withdrawn_at=None, professional__user__in=gone)
        .exclude(professional__in=named.values("professional"))
        .select_related("professional__agency", "professional__user")
    )
    taken = list(asked.select_for_update(of=("self",)).order_by("pk"))
    for one in taken:
        one.discussion = discussion
        take_off(one, new, reason="Somebody else does it now", by=by, at=at)
    return taken


def tell_change(discussion: Discussion, booking: Booking, *, was: str, by: User, at: datetime) -> None:
    """Ask everybody again for the new time: a reply to the old one says nothing about the new one."""
    rules = discussion.request.protocol.rules
    asked_for = {one.professional_id: one for one in _information(discussion)}
    for asked in _in_force(discussion):
        asked.discussion = discussion
        asked.sequence += 1
        asked.reply, asked.replied_at = Reply.WAITING, None
        asked.replied_by_ref = asked.reply_how = asked.reply_reason = ""
        asked.save(
            update_fields=["sequence", "reply", "replied_at", "replied_by_ref", "reply_how", "reply_reason"]
        )
        link = links.make_link(asked.professional, discussion, at=at)
        letters.invitation_changed(asked, booking, link, was=was, by=by, at=at)
        information = asked_for.get(asked.professional_id)
        if information is not None and not information.is_answered:
            information.discussion = discussion
            information.due_at = clocks.due_before(discussion.planned_start, at, rules)
            information.save(update_fields=["due_at"])
            clocks.expect_information(
                information, rules=rules, team=chasing_team(discussion.case), by=by, at=at
            )


def tell_cancelled(discussion: Discussion, booking: Booking, *, by: User, at: datetime) -> None:
    """Stop what was not yet sent, tell everybody, and no longer expect information."""
    for asked in _in_force(discussion):
        asked.discussion = discussion
        outbox.cancel(by=by, at=at, why="The booking was cancelled", subject=asked.subject)
        asked.sequence += 1
        asked.save(update_fields=["sequence"])
        letters.invitation_cancelled(asked, booking, by=by, at=at)
        _stop_asking(discussion, asked.professional, "The booking was cancelled", by, at)
        _let_out(discussion.case, asked.professional, "The booking was cancelled", by, at)


def chasing_team(case: Case) -> Team:
    """Return the team that chases information: business support, or the case's own where there is none."""
    return support_team(case) or case.team


def _locked(discussion: Discussion, by: User, at: datetime) -> tuple[Case, Discussion]:
    case = Case.objects.lock(discussion.case)
    discussion = (
        Discussion.objects.select_for_update(of=("self",))
        .select_related("case__team", "request__protocol")
        .get(pk=discussion.pk)
    )
    refuse(permissions.refusal_to_book(by, case, at))
    if discussion.status not in (DiscussionStatus.PLANNED, DiscussionStatus.STARTED):
        state = DiscussionStatus(discussion.status).label.lower()
        raise MoveNotAllowed(f"This discussion is “{state}” now, so its invitations stay as they are.")
    return case, discussion


def _booking(discussion: Discussion) -> Booking:
    return discussion.bookings.select_related("place", "chair", "minute_taker").get(cancelled_at=None)


def _let_in(case: Case, person: Professional, by: User, at: datetime) -> None:
    cases.grant(
        case,
        user=person.user,
        purpose=AccessPurpose.TAKES_PART,
        why="Invited to the discussion",
        by=by,
        at=at,
    )


def _let_out(case: Case, person: Professional, why: str, by: User, at: datetime) -> None:
    """Staff no longer invited lose the case, unless another discussion of it still invites them."""
    if person.user is None:
        return
    elsewhere = Invitation.objects.filter(discussion__case=case, professional=person, withdrawn_at=None)
    if not elsewhere.exclude(discussion__status=DiscussionStatus.CANCELLED).exists():
        cases.revoke(case, user=person.user, purpose=AccessPurpose.TAKES_PART, why=why, by=by, at=at)


def _ask_for_information(
    discussion: Discussion, person: Professional, link: PartnerLink | None, by: User, at: datetime
) -> InformationRequest:
    rules = discussion.request.protocol.rules
    due_at = clocks.due_before(discussion.planned_start, at, rules)
    asked, _ = InformationRequest.objects.update_or_create(
        discussion=discussion,
        professional=person,
        defaults={"due_at": due_at},
        create_defaults={"due_at": due_at, "asked_at": at},
    )
    if not asked.is_answered:
        clocks.expect_information(asked, rules=rules, team=chasing_team(discussion.case), by=by, at=at)
        letters.information_asked(asked, discussion, link, by=by, at=at)
    return asked


def _new(
    discussion: Discussion, person: Professional, hint: WantedProfessional | None, by: User, at: datetime
) -> Invitation:
    return Invitation.objects.create(
        discussion=discussion,
        professional=person,
        quorum_role=(hint.quorum_role if hint else "") or person.quorum_role,
        is_referrer=hint.is_referrer if hint else False,
        uid=f"{uuid4()}@threshold",
        invited_at=at,
        invited_by=by,
    )


def _put_in_force_again(asked: Invitation) -> None:
    asked.withdrawn_at, asked.withdrawn_reason = None, ""
    asked.reply, asked.replied_at = Reply.WAITING, None
    asked.sequence += 1
    asked.save(update_fields=["withdrawn_at", "withdrawn_reason", "reply", "replied_at", "sequence"])


def _stop_asking(discussion: Discussion, person: Professional, reason: str, by: User, at: datetime) -> None:
    asked = discussion.information.filter(professional=person).first()
    if asked is not None:
        clocks.information_not_needed(asked, reason, by=by, at=at)
        outbox.cancel(by=by, at=at, why=reason, subject=asked.subject)


def _in_force(discussion: Discussion) -> list[Invitation]:
    people = discussion.invitations.filter(withdrawn_at=None)
    return list(people.select_related("professional__agency", "professional__user").order_by("pk"))


def _information(discussion: Discussion) -> list[InformationRequest]:
    return list(discussion.information.filter(answered_at=None).select_related("professional"))
