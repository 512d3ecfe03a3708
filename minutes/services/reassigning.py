"""An action handed on: offered to somebody else, whose it is once they accept it (rows C28, G15)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Prefetch
from django.urls import reverse

from accounts.models import User
from attendees.models import PartnerLink, Professional
from attendees.services.admitting import admit, end_admission
from attendees.services.directory import professional_for
from attendees.services.links import is_staff, make_link
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, refuse
from audit.refs import by_ref, ref
from cases.models import Case
from govuk.moments import moment
from minutes import events_after as events
from minutes import letters
from minutes.enums import ActionStatus, OfferAnswer
from minutes.models import Action, Reassignment
from minutes.models.actions import PASSED
from minutes.permissions import after as permissions
from minutes.rules.text import one_line
from minutes.services import turns
from minutes.services.candidates import is_let_in, may_take
from minutes.services.record import changed, lock_record
from outbox import services as outbox

Actor = User | Professional
OFFERS = Prefetch(  # an action's offers, the latest last, as `offered`
    "offers", Reassignment.objects.select_related("to__agency"), to_attr="offered"
)


@transaction.atomic
def offer_action(
    action: Action, to: Professional | User | None, *, why: str, by: Actor, at: datetime
) -> Reassignment:
    """Offer an action to somebody else; its owner keeps it, and its clock, until they accept it.

    Raises NotAllowed; MoveNotAllowed when it is done or struck out; Refused at `to` when they cannot have it
    or it is offered already, and at `why`.
    """
    held = _locked(action)
    refuse(permissions.refusal_to_act(by, held, at))
    if held.status not in (ActionStatus.OPEN, ActionStatus.BLOCKED) or held.agreed_at is None:
        state = held.get_status_display().lower()
        raise MoveNotAllowed(f"Action {held.number} is “{state}”, so nobody else can be asked to do it.")
    if waits := waiting_offer(held):
        raise Refused("to", f"It is offered to {waits.to.name} already, since {moment(waits.at)}")
    person = _checked(held, to, by)
    reason = _given(why, "why", "Say why somebody else is to do it")
    offer = Reassignment.objects.create(action=held, to=person, why=reason, by_ref=by_ref(by), at=at)
    admit(person, held.minutes.discussion, why=f"Action {held.number}", by=by, at=at)
    letters.action_offered(offer, *way_to(held, person, at), by=by, at=at)
    _record(events.ACTION_OFFERED, offer, by, at)
    return offer


@transaction.atomic
def accept_offer(offer: Reassignment, *, by: Actor, at: datetime, how: str = "") -> Action:
    """The action is theirs from now on, with its running clock; when it is due stays as it was.

    1. Lock case, record, action and offer. Whoever it is offered to says so, or business support and the
       chair record it and `how` they were told.
    2. Refused when it was answered or taken back meanwhile, or they are no longer there to do it.
    3. The owner changes; the agreed log keeps who owned it then. Tell whoever owned it.

    Raises NotAllowed, MoveNotAllowed, Refused at `how`.
    """
    kept = _answering(offer, by, at)
    action, former = kept.action, kept.action.owner
    if not may_take(action, kept.to):
        raise MoveNotAllowed(f"{kept.to.name} cannot take this action on any longer: offer it to another.")
    _answer(kept, OfferAnswer.ACCEPTED, by, at, how=_told(kept, how, by))
    action.pass_to(kept.to)
    action.save(update_fields=PASSED)
    why = "Somebody else does it now"
    outbox.cancel(by=by, at=at, why=why, subject=action.subject, kind=letters.CHASED)
    # Of what is left to them they are reminded again.
    outbox.cancel(by=by, at=at, why=why, to_ref=former, kind=letters.REMINDED)
    turns.hand_action_on(action, by=by, at=at)
    changed(action.minutes)
    _tell(kept, former, by, at)
    _let_go(action, former, by, at)
    _record(events.ACTION_ACCEPTED, kept, by, at)
    return action


@transaction.atomic
def decline_offer(offer: Reassignment, *, why: str, by: Actor, at: datetime, how: str = "") -> Action:
    """They do not take it on, and say why: it stays its owner's. Raises as `accept_offer`, and at `why`."""
    kept = _answering(offer, by, at)
    reason = _given(why, "why", "Say why not")
    _answer(kept, OfferAnswer.DECLINED, by, at, why=reason, how=_told(kept, how, by))
    _tell(kept, kept.action.owner, by, at)
    _record(events.ACTION_DECLINED, kept, by, at)
    _let_go(kept.action, kept.to, by, at)
    return kept.action


@transaction.atomic
def take_back_offer(offer: Reassignment, *, by: Actor, at: datetime) -> Action:
    """The owner, the chair or business support takes an offer back. Raises NotAllowed, MoveNotAllowed."""
    kept = _lock_offer(offer)
    refuse(permissions.refusal_to_act(by, kept.action, at))
    _check_waits(kept)
    _take_back(kept, by, at)
    return kept.action


def waiting_offer(action: Action) -> Reassignment | None:
    """The offer of an action that waits for an answer, or None."""
    return Reassignment.objects.waiting().filter(action=action).select_related("to").first()


def settled(offer: Reassignment) -> str | None:
    """Why an offer can neither be answered nor taken back any longer, or None while it waits."""
    if offer.answered_at is None:
        return None
    what, when = offer.get_answer_display().lower(), moment(offer.answered_at)
    return f"The offer to {offer.to.name} was {what} on {when}. Look at the action again."


def end_offer(action: Action, *, by: Actor, at: datetime) -> None:
    """Take a waiting offer back by itself: the action is done, struck out, or given to somebody.

    Part of the caller's transaction, which has locked the action.
    """
    waits = Reassignment.objects.waiting().filter(action=action).select_for_update(of=("self",))
    for offer in waits.select_related("to", "action__minutes__discussion__case"):
        _take_back(offer, by, at)


def end_offers_to(person: User, *, by: User, at: datetime) -> None:
    """Take back what waits for the answer of somebody who leaves or is away; it stays its owners'.

    Part of the caller's transaction, which has locked the cases.
    """
    waits = Reassignment.objects.waiting().filter(to__user=person).select_for_update(of=("self",))
    for offer in waits.select_related("to", "action__minutes__discussion__case").order_by("pk"):
        _take_back(offer, by, at)


# --- Beats that several of them share ---------------------------------------------------------


def _locked(action: Action) -> Action:
    Case.objects.lock(action.minutes.discussion.case)
    record = lock_record(action.minutes)
    rows = Action.objects.select_related("owner__agency", "owner__user", "agreed_owner")
    held: Action = rows.select_for_update(of=("self",)).get(pk=action.pk)
    held.minutes = record
    return held


def _lock_offer(offer: Reassignment) -> Reassignment:
    held = _locked(offer.action)
    rows = Reassignment.objects.select_related("to__agency", "to__user").select_for_update(of=("self",))
    kept: Reassignment = rows.get(pk=offer.pk)
    kept.action = held
    return kept


def _answering(offer: Reassignment, by: Actor, at: datetime) -> Reassignment:
    kept = _lock_offer(offer)
    refuse(permissions.refusal_to_answer(by, kept, at))
    _check_waits(kept)
    return kept


def _check_waits(offer: Reassignment) -> None:
    if reason := settled(offer):
        raise MoveNotAllowed(reason)


def _checked(action: Action, to: Professional | User | None, by: Actor) -> Professional:
    if to is None:
        raise Refused("to", "Choose who is asked to do it")
    person = professional_for(to) if isinstance(to, User) else to
    if person == action.owner:
        raise Refused("to", f"It is {to.name}’s already")
    if not may_take(action, person, by):
        raise Refused("to", f"{to.name} cannot be asked: they may not see this, or have left")
    return person


def _given(typed: str, field: str, sentence: str) -> str:
    reason = one_line(typed)
    if not reason:
        raise Refused(field, sentence)
    if len(reason) > 300:
        raise Refused(field, "Use 300 characters or fewer")
    return reason


def _told(offer: Reassignment, how: str, by: Actor) -> str:
    """How whoever records it for somebody else knows; nothing of those who answer for themselves."""
    if permissions.is_own(by, offer.to):
        return ""
    told = one_line(how)[:200]
    if not told:
        raise Refused("how", f"Say how {offer.to.name} told you, such as by telephone at 4pm")
    return told


def _answer(
    offer: Reassignment, answer: str, by: Actor, at: datetime, *, why: str = "", how: str = ""
) -> None:
    offer.answer, offer.answer_why, offer.answer_how = answer, why, how
    offer.answered_by_ref, offer.answered_at = by_ref(by), at
    offer.save(update_fields=["answer", "answer_why", "answer_how", "answered_by_ref", "answered_at"])
    subject, kind = offer.action.subject, letters.OFFERED
    outbox.cancel(by=by, at=at, why="The offer is answered or taken back", subject=subject, kind=kind)


def _take_back(offer: Reassignment, by: Actor, at: datetime) -> None:
    _answer(offer, OfferAnswer.TAKEN_BACK, by, at)
    _record(events.ACTION_OFFER_TAKEN_BACK, offer, by, at)
    _let_go(offer.action, offer.to, by, at)


def _let_go(action: Action, person: Professional, by: Actor, at: datetime) -> None:
    """Who was let in for actions alone, and has and is offered none any more, is out again."""
    discussion = action.minutes.discussion
    theirs = Action.objects.filter(minutes__discussion=discussion, owner=person)
    offered = Reassignment.objects.waiting().filter(to=person, action__minutes__discussion=discussion)
    if not theirs.exists() and not offered.exists():
        end_admission(person, discussion, by=by, at=at)


def _tell(offer: Reassignment, owner: Professional, by: Actor, at: datetime) -> None:
    """Whoever owned it until now, unless they recorded the answer themselves."""
    if permissions.is_own(by, owner):
        return
    letters.action_answered(offer, owner, *way_to(offer.action, owner, at), by=by, at=at)


def way_to(action: Action, person: Professional, at: datetime) -> tuple[PartnerLink | None, str]:
    """By which link or on which page a letter's reader finds the action; neither where no page is theirs."""
    discussion = action.minutes.discussion
    if is_staff(person):
        return None, reverse("minutes:actions", args=[discussion.pk])
    if not is_let_in(action, person):
        return None, ""
    page = reverse("minutes:partner_actions", args=[discussion.pk])
    return make_link(person, discussion, at=at), page


def _record(event: str, offer: Reassignment, by: Actor, at: datetime) -> None:
    action = offer.action
    data = {"number": action.number, "to": ref(offer.to)}
    audit.record(event, action.minutes.discussion.case, subject=action, by=by, at=at, data=data)
