"""Inviting, telling of changes, taking back: the part that touches each professional."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import uuid4

from django.db import transaction

from accounts.models import User
from attendees import clocks, events, letters, permissions
from attendees.enums import Reply
from attendees.models import InformationRequest, Invitation, PartnerLink, Professional, WantedProfessional
from attendees.services import asking, deputies, links
from attendees.services.directory import Newcomer, add_all
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, refuse
from cases import services as cases
from cases.enums import AccessPurpose
from cases.models import Case
from outbox import services as outbox
from strategy.enums import DiscussionStatus
from strategy.models import Booking, Discussion


def invite(
    discussion: Discussion,
    booking: Booking,
    people: Sequence[Professional],
    *,
    by: User,
    at: datetime,
    absent: Invitation | None = None,
) -> list[Invitation]:
    """Invite each to the discussion with a calendar file, and ask agencies outside the authority for
    information.

    Part of a booking's transaction: the ledger's entry is the caller's. Staff may see the case from now on.
    Whoever was taken off has an invitation already: it is in force again, and calendars know it by its UID.
    A deputy of somebody `absent` has their role and the seniority told, and is asked what they were asked.
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
            asked = _new(discussion, person, wanted.get(person.pk), absent, by, at)
        else:
            asked.discussion, asked.professional = discussion, person
            _put_in_force_again(asked, absent)
        link = links.make_link(person, discussion, at=at)
        if links.is_staff(person) and person.user_id not in (booking.chair_id, booking.minute_taker_id):
            _let_in(discussion.case, person, by, at)
        letters.invitation(asked, booking, link, by=by, at=at)
        if not person.agency.is_authority:
            _ask_for_information(asked, link, by, at)
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

    1. Lock discussion and invitation; one deputy for one person (row C14).
    2. The directory has an entry of the deputy, with the number told.
    3. They are invited, or stand in with the invitation they have: with the role in the quorum and the
       seniority told (row G06). What the absent person was asked is asked of them.
    Raises NotAllowed, MoveNotAllowed, Refused.
    """
    case, discussion = _locked(invitation.discussion, by, at)
    asked = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("professional__agency")
        .get(pk=invitation.pk)
    )
    asked.discussion = discussion
    if asked.reply != Reply.DEPUTY or not asked.deputy_name:
        raise Refused(None, f"{asked.professional.name} has named no deputy.")
    deputy = deputies.entry_of(asked, by=by, at=at)
    deputies.check_stands_in(asked, deputy)
    own = discussion.invitations.filter(professional=deputy, withdrawn_at=None).first()
    if own is None:
        made = invite(discussion, _booking(discussion), [deputy], absent=asked, by=by, at=at)[0]
    else:
        made = _stands_in_too(own, asked, deputy, by, at)
    deputies.pass_on_attendance(asked, deputy)
    audit.record(events.INVITED, case, subject=made, by=by, at=at, data={"deputy_for": asked.professional_id})
    return made


def _stands_in_too(
    own: Invitation, absent: Invitation, deputy: Professional, by: User, at: datetime
) -> Invitation:
    """Somebody invited in their own right stands in for a colleague as well: one invitation, one seat."""
    if own.deputy_of_id is not None:
        raise Refused(None, f"{deputy.name} is invited already, in place of somebody else.")
    own.discussion, own.professional = absent.discussion, deputy
    own.deputy_of, own.can_decide = absent, absent.deputy_can_decide
    own.quorum_role = own.quorum_role or absent.quorum_role
    own.save(update_fields=["deputy_of", "can_decide", "quorum_role"])
    _ask_for_information(own, links.make_link(deputy, own.discussion, at=at), by, at)
    return own


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
    if not (_give_back(asked, by, at) or asking.leave_to_colleague(discussion, person, by=by, at=at)):
        asking.stop_asking(discussion, person, asked.withdrawn_reason, by=by, at=at)
    outbox.cancel(by=by, at=at, why="No longer invited", subject=asked.subject)
    _let_out(discussion.case, person, "No longer invited", by, at)
    if person.user is None or person.user.is_active:  # whose account is closed is not written to
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
        if information is not None and asked.deputy is None:  # type: ignore[attr-defined]  # else the deputy is
            information.discussion = discussion
            information.due_at = clocks.due_before(discussion.planned_start, at, rules)
            information.save(update_fields=["due_at"])
            clocks.expect_information(
                information, rules=rules, team=asking.chasing_team(discussion.case), by=by, at=at
            )


def tell_cancelled(discussion: Discussion, booking: Booking, *, by: User, at: datetime) -> None:
    """Stop what was not yet sent, tell everybody, and no longer expect information."""
    for asked in _in_force(discussion):
        asked.discussion = discussion
        outbox.cancel(by=by, at=at, why="The booking was cancelled", subject=asked.subject)
        asked.sequence += 1
        asked.save(update_fields=["sequence"])
        letters.invitation_cancelled(asked, booking, by=by, at=at)
        asking.stop_asking(discussion, asked.professional, "The booking was cancelled", by=by, at=at)
        _let_out(discussion.case, asked.professional, "The booking was cancelled", by, at)


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


def _new(
    discussion: Discussion,
    person: Professional,
    hint: WantedProfessional | None,
    absent: Invitation | None,
    by: User,
    at: datetime,
) -> Invitation:
    role = (hint.quorum_role if hint else "") or person.quorum_role
    return Invitation.objects.create(
        discussion=discussion,
        professional=person,
        quorum_role=absent.quorum_role if absent else role,
        deputy_of=absent,
        can_decide=absent.deputy_can_decide if absent else True,
        is_referrer=hint.is_referrer if hint else False,
        uid=f"{uuid4()}@threshold",
        invited_at=at,
        invited_by=by,
    )


def _put_in_force_again(asked: Invitation, absent: Invitation | None) -> None:
    asked.withdrawn_at, asked.withdrawn_reason = None, ""
    asked.reply, asked.replied_at = Reply.WAITING, None
    asked.sequence += 1
    asked.deputy_of, asked.can_decide = absent, absent.deputy_can_decide if absent else True
    asked.quorum_role = absent.quorum_role if absent else asked.quorum_role
    asked.save()


def _ask_for_information(asked: Invitation, link: PartnerLink | None, by: User, at: datetime) -> None:
    """Ask the person; a deputy is asked what the absent person was, who is then asked no more."""
    discussion, person, absent = asked.discussion, asked.professional, asked.deputy_of
    if absent is not None and asking.pass_on(discussion, absent.professional, person, link, by=by, at=at):
        return
    if not asked.deputies.filter(withdrawn_at=None).exists():
        asking.ask(discussion, person, link, by=by, at=at)


def _give_back(asked: Invitation, by: User, at: datetime) -> bool:
    """What a deputy was asked is asked again of the person they stood in for, while that one is invited."""
    absent = asked.deputy_of
    if absent is None or absent.withdrawn_at is not None:
        return False
    link = links.make_link(absent.professional, asked.discussion, at=at)
    return asking.pass_on(asked.discussion, asked.professional, absent.professional, link, by=by, at=at)


def _in_force(discussion: Discussion) -> list[Invitation]:
    people = discussion.invitations.filter(withdrawn_at=None).with_deputies()
    return list(people.select_related("professional__agency", "professional__user").order_by("pk"))


def _information(discussion: Discussion) -> list[InformationRequest]:
    return list(discussion.information.filter(answered_at=None).select_related("professional"))
