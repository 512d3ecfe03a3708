"""Hand-over in one step, with a note, of everything that a leaver or somebody away holds."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts import events as account_events
from accounts.models import Team, User
from accounts.permissions import refusal_to_change_account
from accounts.services import people
from accounts.services.tidy import given
from attendees import hooks
from attendees.models import Professional
from attendees.services.booking import refusal_of_chair
from attendees.services.directory import professional_for
from attendees.services.standing_in import invite_instead
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, Taken, refuse
from cases import services as access
from cases.enums import AccessPurpose
from cases.models import Access, Case
from deadlines import services as deadlines
from minutes.models import Action, Reassignment
from minutes.models.actions import PASSED
from minutes.services.reassigning import end_offer, end_offers_to
from minutes.services.record import changed
from outbox import services as outbox
from strategy.clocks.keeping import AUTHORISE_REQUEST
from strategy.models import StrategyRequest
from strategy.services import booking as places
from strategy.services import passing_on
from worklist import events, letters, permissions
from worklist.enums import Kind
from worklist.services.holdings import Holdings, Item, colleagues_of, kind_of, kinds_of, who_may_take

PURPOSES = {
    Kind.WORK: AccessPurpose.ALLOCATED,
    Kind.CHAIRS: AccessPurpose.MANAGES,
    Kind.MINUTES: AccessPurpose.SUPPORTS,
}
Takers = Mapping[Kind, User]


@transaction.atomic
def hand_over_everything(person: User, *, to: Takers, note: str, by: User, at: datetime) -> int:
    """Hand over all that waits for somebody, to one colleague for each kind; returns how many things.

    1. Lock the cases, in their order, and then the people; read anew what the leaver holds.
    2. May this person; does every kind have a taker who can do it and may see the cases.
    3. Each taker sees the cases; cases, requests, enquiries, actions, bookings, teams and clocks move.
    4. What was offered to them stays its owners'. One letter to each taker, without anything about a child;
       an entry on each case, with the note.

    All or nothing. Raises NotAllowed; Refused or Taken at the kind, or at `note`.
    """
    _lock_cases(Holdings(person))
    leaver = _lock_people(person, to)
    refuse(permissions.refusal_to_hand_over(by, leaver))
    reason = given(note, "note", "Write a note for whoever takes over", 300)
    end_offers_to(leaver, by=by, at=at)
    holdings = Holdings(leaver)
    items = holdings.items()
    if not items:
        return 0
    holdings.read()
    takers = _checked(leaver, holdings, items, to)
    for kind, purpose in PURPOSES.items():
        for case in holdings.cases_of(kind).values():
            _let_in(case, takers[kind], kind, purpose, by, at)
    _pass_on_work(holdings, takers, by, at)
    _pass_on_bookings(holdings, takers, by, at)
    _pass_on_invitations(holdings, takers, reason, by, at)
    for team in holdings.teams:
        _pass_on_team(team, takers[Kind.TEAMS], by, at)
    for clock in holdings.clocks:
        taker = takers[kind_of(clock.duty, clock.verb)]
        deadlines.hand_over(clock, owner=taker, owner_team=clock.owner_team, by=by, at=at)
    _tell(leaver, holdings, items, takers, reason, by, at)
    return len(items)


@transaction.atomic
def close_account(person: User, *, why: str, to: Takers, note: str = "", by: User, at: datetime) -> User:
    """Close a leaver's account once all they hold is in other hands, in the same step: nothing is nobody's.

    Their access to cases ends, their sessions end, letters to them that were not sent are taken back, and
    they are no longer offered in the directory. Raises as `hand_over_everything`, and MoveNotAllowed.
    """
    refuse(refusal_to_change_account(by, person))
    if not person.is_active:
        raise MoveNotAllowed(f"{person.name}’s account is closed already.")
    _lock_cases(Holdings(person))
    for entry in Professional.objects.filter(user=person, is_active=True):
        hooks.tell_unreachable(entry, "The account was closed", at)
    if Holdings(person).items():
        hand_over_everything(person, to=to, note=note or why, by=by, at=at)
    leaver = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if Holdings(leaver).items():
        raise Refused(None, f"{person.name} was given something meanwhile. Look at the list again.")
    end_offers_to(leaver, by=by, at=at)
    for case in Case.objects.filter(access__in=Access.objects.current().filter(user=person)).distinct():
        access.revoke(case, user=person, why="The account was closed", by=by, at=at)
    closed = people.close_account(person, why=why, by=by, at=at)
    for entry in Professional.objects.filter(user=closed, is_active=True):
        entry.is_active = False
        entry.save(update_fields=["is_active"])
        outbox.cancel(to_ref=entry, by=by, at=at, why="The account was closed")
    return closed


@transaction.atomic
def reopen_account(person: User, *, by: User, at: datetime) -> User:
    """Open an account again; what was handed over stays where it is. Raises as accounts' own."""
    opened = people.reopen_account(person, by=by, at=at)
    for entry in Professional.objects.filter(user=opened, is_active=False, merged_into=None):
        entry.is_active = True
        entry.save(update_fields=["is_active"])
    return opened


def _lock_cases(holdings: Holdings) -> None:
    pks = {pk for kind in PURPOSES for pk in holdings.cases_of(kind)}
    offered = Reassignment.objects.waiting().filter(to__user=holdings.person)
    pks |= set(offered.values_list("action__minutes__discussion__case", flat=True))
    locked = Case.objects.select_for_update(no_key=True).filter(pk__in=pks)
    list(locked.order_by("pk").values_list("pk"))


def _lock_people(person: User, to: Takers) -> User:
    """The leaver, with those who take over: in their order, as two may hand over to each other at once."""
    pks = {person.pk, *(taker.pk for taker in to.values())}
    locked = User.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk")
    return next(one for one in locked if one.pk == person.pk)


def _checked(person: User, holdings: Holdings, items: list[Item], to: Takers) -> dict[Kind, User]:
    takers, colleagues = {}, colleagues_of(person)
    for kind in kinds_of(items):
        taker = to.get(kind)
        if taker is None:
            raise Refused(kind, f"Choose who takes over {kind.label}")
        if taker not in who_may_take(kind, person, items, colleagues):
            raise Refused(kind, f"{taker.name} cannot take over {kind.label}. Choose somebody else")
        takers[kind] = taker
    for booking in holdings.chairs:
        if reason := refusal_of_chair(booking.discussion.request, takers[Kind.CHAIRS], booking.during.lower):
            raise Refused(Kind.CHAIRS, reason)
    asked = [clock.subject for clock in holdings.clocks if clock.duty == AUTHORISE_REQUEST]
    for subject in asked:
        wanted = StrategyRequest.objects.select_related("case").get(pk=int(subject.partition(":")[2]))
        if takers[Kind.CHAIRS].pk in wanted.asked_by_ids:
            raise Refused(
                Kind.CHAIRS,
                f"{takers[Kind.CHAIRS].name} asked for the discussion of {wanted.case.reference}, and nobody "
                "authorises their own request. Choose somebody else",
            )
    return takers


def _let_in(case: Case, taker: User, kind: Kind, purpose: AccessPurpose, by: User, at: datetime) -> None:
    """A restricted case is never opened to somebody by a hand-over: its own people decide who sees it."""
    if Case.objects.visible_to(taker).filter(pk=case.pk).exists() or taker.is_partner:
        return
    if case.restricted:
        raise Refused(
            kind,
            f"{case.reference} is restricted and {taker.name} may not see it. Choose somebody who may, "
            "or ask its manager to let them in first",
        )
    access.grant(case, user=taker, purpose=purpose, why="Took it over from a colleague", by=by, at=at)


def _pass_on_work(holdings: Holdings, takers: Takers, by: User, at: datetime) -> None:
    taker = takers.get(Kind.WORK)
    if taker is None:
        return
    unallocated = {
        clock.case_id
        for clock in holdings.clocks
        if kind_of(clock.duty, clock.verb) == Kind.WORK and clock.subject.startswith(("referral:", "child:"))
    }
    mine = [case.pk for case in holdings.cases]
    Case.objects.filter(pk__in=mine).update(allocated_worker=taker)
    Case.objects.filter(pk__in=unallocated, allocated_worker=None).update(allocated_worker=taker)
    for wanted in holdings.requests:
        passing_on.pass_on_request(wanted, to=taker)
    for enquiry in holdings.enquiries:
        passing_on.pass_on_enquiry(enquiry, to=taker)
    for stage in holdings.stages:
        stage.owner = taker
        stage.save(update_fields=["owner"])
    if holdings.actions:
        owner = professional_for(taker)
        for action in holdings.actions:
            _pass_on_action(action, owner, by, at)


def _pass_on_action(action: Action, owner: Professional, by: User, at: datetime) -> None:
    """What was signed stays as it was signed; an offer to somebody else is taken back."""
    end_offer(action, by=by, at=at)
    action.pass_to(owner)
    action.save(update_fields=PASSED)
    changed(action.minutes)


def _pass_on_bookings(holdings: Holdings, takers: Takers, by: User, at: datetime) -> None:
    for kind, role, bookings in (
        (Kind.CHAIRS, "chair", holdings.chairs),
        (Kind.MINUTES, "minute_taker", holdings.minutes),
    ):
        for booking in bookings:
            try:
                places.pass_on(booking, role, takers[kind], by=by, at=at)
            except Taken as taken:
                raise Taken(kind, taken.sentence) from taken


def _pass_on_invitations(holdings: Holdings, takers: Takers, reason: str, by: User, at: datetime) -> None:
    chairs = {booking.discussion_id for booking in holdings.chairs}
    minutes = {booking.discussion_id for booking in holdings.minutes}
    for asked in holdings.invitations:
        kind = Kind.WORK
        if asked.discussion_id in chairs | minutes:
            kind = Kind.CHAIRS if asked.discussion_id in chairs else Kind.MINUTES
        invite_instead(asked, takers[kind], why="A colleague takes their place", by=by, at=at)


def _pass_on_team(team: Team, manager: User, by: User, at: datetime) -> None:
    team.manager = manager
    team.save(update_fields=["manager"])
    data = {"fields": ["manager"], "manager": manager.pk}
    audit.record(account_events.TEAM_CHANGED, subject=team, by=by, at=at, data=data)


def _tell(
    person: User,
    holdings: Holdings,
    items: list[Item],
    takers: dict[Kind, User],
    reason: str,
    by: User,
    at: datetime,
) -> None:
    numbers: dict[User, int] = {}
    for item in items:
        taker = takers[item.kind]
        numbers[taker] = numbers.get(taker, 0) + 1
    for taker, number in numbers.items():
        letters.handed_over(person, taker, number, by=by, at=at)
    notes = []
    for kind in PURPOSES:
        for case in holdings.cases_of(kind).values():
            data = {"from": person.pk, "to": takers[kind].pk, "what": str(kind), "why": reason}
            notes.append(audit.Note(events.HANDED_OVER, case, case, by, at, data))
    counts = {str(kind): sum(1 for one in items if one.kind == kind) for kind in takers}
    data = {"to": {str(kind): taker.pk for kind, taker in takers.items()}, "counts": counts, "why": reason}
    notes.append(audit.Note(events.EVERYTHING_HANDED_OVER, None, person, by, at, data))
    audit.record_many(notes)
