"""A named person takes over what came to a shared mailbox, such as a referral desk (rows W19, W20)."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from django.db import transaction

from accounts.enums import AgencyKind
from accounts.models import Team, User
from accounts.services.tidy import change
from attendees import events, hooks, letters, permissions
from attendees.enums import Reply
from attendees.models import Claim, InformationRequest, Invitation, PartnerLink, Professional
from attendees.rules.mailboxes import domain_of, why_not_theirs
from attendees.services import links
from attendees.services.directory import Newcomer, check_address, find_or_make, professional_for
from attendees.services.replies import check_open
from audit import services as audit
from audit.errors import Refused, Taken, refuse
from cases.models import Case
from govuk.moments import moment
from outbox import services as outbox
from outbox.rules import one_line
from strategy.models import Booking, Discussion
from strategy.people import support_team
from strategy.services import police

OF_THE_MAILBOX = ("reply", "reply_reason", "replied_at", "replied_by_ref", "reply_how")


@dataclass(frozen=True, slots=True)
class Officer:
    """Who takes it over, as typed by whoever reads the mailbox."""

    name: str
    job_role: str
    phone: str
    email: str
    reference: str = ""


@transaction.atomic
def take_over(
    shared: Invitation, officer: Officer, *, instead_of: int, by: Professional, at: datetime
) -> Claim:
    """Say who of the agency deals with what came to its shared mailbox; everything asked passes to them.

    1. Lock case, discussion and invitation; only by the mailbox's own link, while the discussion is to come.
    2. Who has it is who the form knew: `instead_of` is the claim it would end, 0 for nobody. Of two who press
       at once one has it, and the other is told who.
    3. Find or make the person at the mailbox's own domain. Invitation, role in the quorum and information
       with all that was saved and its clock pass to them; an earlier person's link is shut.
    4. The unit's reference and named officer, where the request was forwarded and nobody typed them.
    5. Letters: their own link; mailbox, business support and an earlier person are told who. The ledger.

    Raises NotAllowed, MoveNotAllowed, Taken, and Refused at a field.
    """
    case, asked = _locked(shared)
    refuse(permissions.refusal_to_take_over(by, asked))
    held = claim_in_force(asked)
    current = held.taken if held else asked
    current.discussion = asked.discussion
    check_open(current)
    if instead_of != (held.pk if held else 0):
        asked_again = "The mailbox was asked again meanwhile. Go back, and look who has it"
        raise Taken(None, who_has_it(held) if held else asked_again)
    told = _checked(officer)
    person = _person(asked.professional, told, by=by, at=at)
    made = _pass_on(current, person, at=at)
    _pass_information(current, person, by=by, at=at)
    Claim.objects.filter(shared=asked, ended_at=None).update(ended_at=at)
    claim = Claim.objects.create(
        shared=asked, taken=made, phone=told.phone[:40], reference=told.reference[:60], at=at
    )
    _let_go(current, made, by=by, at=at)
    _tell(claim, current, at=at)
    if asked.professional.agency.kind == AgencyKind.POLICE:
        _name_officer(claim, held, by=by, at=at)
    data = {"shared": asked.pk, "professional": person.pk, "instead_of": current.professional_id}
    audit.record(events.TAKEN_OVER, case, subject=made, by=by, at=at, data=data)
    return claim


def claim_in_force(shared: Invitation) -> Claim | None:
    """Return who has what came to this shared mailbox, or None."""
    found: Claim | None = Claim.objects.in_force().filter(shared=shared).last()
    return found


def who_has_it(claim: Claim) -> str:
    """Who took it over, when, and whom to ring: for a colleague who comes later."""
    person = claim.taken.professional
    return (
        f"{person.name}, {person.job_role}, took this over on {moment(claim.at)}. "
        f"Telephone them on {claim.phone}"
    )


def _locked(shared: Invitation) -> tuple[Case, Invitation]:
    case = Case.objects.lock(shared.discussion.case)
    discussion = (
        Discussion.objects.select_for_update(of=("self",))
        .select_related("case__team", "request")
        .get(pk=shared.discussion_id)
    )
    asked = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("professional__agency", "invited_by")
        .get(pk=shared.pk)
    )
    asked.discussion = discussion
    return case, asked


def _checked(officer: Officer) -> Officer:
    """As typed, on one line each; what is missing is said at its field."""
    told = Officer(*(one_line(getattr(officer, name)) for name in Officer.__slots__))
    if not told.phone:
        raise Refused("phone", "Enter a direct telephone number")
    return replace(told, email=check_address(told.email))


def _person(shared: Professional, told: Officer, *, by: Professional, at: datetime) -> Professional:
    """The person's entry in the same agency, known by their address; a closed account opens nothing."""
    wrong = why_not_theirs(told.email, shared.email)
    others = Professional.objects.filter(email=told.email, is_active=True)
    if not wrong and (told.email == shared.agency.mailbox or others.filter(is_shared=True).exists()):
        wrong = "This is a shared mailbox too. Enter the person’s own address"
    if wrong:
        raise Refused("email", wrong)
    account = User.objects.filter(email__iexact=told.email).first()
    if account is not None:
        if not account.is_active or account.agency_id != shared.agency_id:
            raise Refused("email", "This address cannot take anything over. Telephone business support")
        return professional_for(account)
    known = list(others.filter(agency=shared.agency_id)[:2])
    person = known[0] if len(known) == 1 else None
    if person is None:
        one = Newcomer(told.name, shared.agency, told.job_role, shared.quorum_role, told.phone, told.email)
        person = find_or_make(one, by=by, at=at)
    if not person.phone and (changed := change(person, {"phone": told.phone[:40]})):
        audit.record(events.PROFESSIONAL_CORRECTED, subject=person, by=by, at=at, data={"fields": changed})
    return person


def _pass_on(current: Invitation, person: Professional, *, at: datetime) -> Invitation:
    """The person's own invitation, with the role in the quorum. What the mailbox answered stands until they
    answer; the answer of a colleague who had it before does not.

    Raises Refused for an address that is asked already, or that business support took off.
    """
    same = current.discussion.invitations.filter(professional__email=person.email).exclude(pk=current.pk)
    for one in same.select_related("professional"):
        if one.withdrawn_at is None:
            raise Refused("email", f"{one.professional.name} is asked already and has a link of their own")
        if not one.claimed.exclude(ended_at=None).filter(ended_at=one.withdrawn_at).exists():
            raise Refused(
                "email", f"{one.professional.name} was taken off this discussion. Telephone business support"
            )
    if current.professional_id == person.pk:
        raise Refused("email", f"{person.name} has it already")
    made = current.discussion.invitations.filter(professional=person).first()
    if made is None:
        made = Invitation(
            discussion=current.discussion, uid=f"{uuid4()}@threshold", invited_at=at,
            invited_by=current.invited_by,
        )  # fmt: skip
    else:
        made.sequence += 1
    made.discussion, made.professional = current.discussion, person
    made.withdrawn_at, made.withdrawn_reason = None, ""
    made.quorum_role, made.is_referrer = current.quorum_role, current.is_referrer
    made.reply, made.replied_at = Reply.WAITING, None
    made.reply_reason = made.replied_by_ref = made.reply_how = ""
    if current.professional.is_shared and current.reply in (Reply.COMING, Reply.NOT_COMING):
        for name in OF_THE_MAILBOX:
            setattr(made, name, getattr(current, name))
    made.save()
    return made


def _pass_information(current: Invitation, person: Professional, *, by: Professional, at: datetime) -> None:
    """The request itself changes hands: passages, files, status and clock hang on it and stay."""
    information = (
        InformationRequest.objects.select_for_update(of=("self",))
        .filter(discussion=current.discussion_id, professional=current.professional_id)
        .first()
    )
    if information is not None:
        information.professional = person
        information.save(update_fields=["professional"])
        outbox.cancel(by=by, at=at, why="Somebody took it over", subject=information.subject)
    hooks.tell_passed_on(current.discussion, current.professional, person)


def _let_go(current: Invitation, made: Invitation, *, by: Professional, at: datetime) -> None:
    """Who had it is asked no more. The mailbox's link stays, and shows who has it; a person's is shut."""
    new = made.professional
    current.withdrawn_at = at
    current.withdrawn_reason = f"{new.name}, {new.job_role}, took it over on {moment(at)}"[:300]
    current.sequence += 1
    current.save(update_fields=["withdrawn_at", "withdrawn_reason", "sequence"])
    outbox.cancel(by=by, at=at, why="Somebody took it over", subject=current.subject)
    if not current.professional.is_shared:
        theirs = PartnerLink.objects.filter(
            discussion=current.discussion, professional=current.professional, revoked_at=None
        )
        for link in theirs.select_for_update():
            links.shut(link, by=by, at=at)


def _tell(claim: Claim, current: Invitation, *, at: datetime) -> None:
    """The person gets their link; mailbox, business support and who had it before are told who has it."""
    discussion, staff = claim.taken.discussion, claim.taken.invited_by
    booking: Booking = discussion.bookings.select_related("place").get(cancelled_at=None)
    link = links.make_link(claim.taken.professional, discussion, at=at)
    letters.invitation_taken_over(claim, booking, link, by=staff, at=at)
    letters.invitation_passed_on(claim, current, booking, by=staff, at=at)
    to: list[Professional | Team] = [] if current.pk == claim.shared_id else [claim.shared.professional]
    team = support_team(discussion.case) or discussion.case.team
    for one in [*to, team]:
        letters.taken_over(claim, one, by=staff, at=at)


def _name_officer(claim: Claim, held: Claim | None, *, by: Professional, at: datetime) -> None:
    """The request's forwarding says which officer has it."""
    person, before = claim.taken.professional, held.taken.professional if held else None
    police.name_officer(
        claim.shared.discussion.request,
        domain=domain_of(claim.shared.professional.email),
        officer=f"{person.name}, {person.job_role}",
        was=f"{before.name}, {before.job_role}" if before else "",
        reference=claim.reference,
        by=by,
        at=at,
    )
