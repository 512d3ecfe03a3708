"""People with an account: added, changed, closed when they leave, opened again. Nobody is ever deleted."""

from collections.abc import Collection
from datetime import datetime

from allauth.account.models import EmailAddress
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Now

from accounts import events, letters, permissions, rules
from accounts.models import ActingFor, Agency, Team, User
from accounts.roles import Permission, permissions_of
from accounts.services import tidy
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, refuse
from outbox import services as outbox


@transaction.atomic
def add_person(
    *,
    name: str,
    email: str,
    agency: Agency | None,
    roles: Collection[str],
    teams: Collection[Team] = (),
    phone: str = "",
    by: User,
    at: datetime,
) -> User:
    """Make an account and tell its person by letter how to choose a password.

    Raises NotAllowed; Refused at `name`, `email` (malformed, or taken), `agency`, `roles` or `teams`.
    """
    refuse(permissions.refusal_to_keep_people(by))
    values = {
        "name": tidy.given(name, "name", "Enter the person’s name"),
        "email": tidy.address(email, "email", needed="Enter the person’s email address"),
        "phone": tidy.number(phone),
    }
    _check_roles(roles, teams, agency)
    person = User(agency=agency, roles=sorted(roles), **values)
    person.set_unusable_password()
    _save_new_address(person)
    person.teams.set(teams)
    letters.account_opened(person, by=by, at=at)
    data = {"roles": sorted(roles), "teams": sorted(team.pk for team in teams)}
    audit.record(events.PERSON_ADDED, subject=person, by=by, at=at, data=data)
    return person


@transaction.atomic
def change_person(
    person: User,
    *,
    name: str,
    email: str,
    agency: Agency | None,
    roles: Collection[str],
    teams: Collection[Team],
    phone: str,
    by: User,
    at: datetime,
) -> User:
    """Change who somebody is and what they may do, from their next click on. Raises as `add_person`.

    The room of professionals calls this, since what it keeps of the person follows.
    """
    kept = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    refuse(permissions.refusal_to_change_account(by, kept))
    values = {
        "name": tidy.given(name, "name", "Enter the person’s name"),
        "email": tidy.address(email, "email", needed="Enter the person’s email address"),
        "phone": tidy.number(phone),
        "agency": agency,
        "roles": sorted(roles),
    }
    _check_roles(roles, teams, agency)
    _keep_its_manager(kept, roles, agency)
    before, teams_before = kept.email, sorted(kept.teams.values_list("pk", flat=True))
    changed = sorted(field for field, value in values.items() if getattr(kept, field) != value)
    for field in changed:
        setattr(kept, field, values[field])
    if "roles" in changed and kept.is_active:
        _keep_an_administrator(kept)
    if changed:
        _save_new_address(kept)
    if kept.email != before:  # the old mailbox opens nothing any more
        EmailAddress.objects.filter(user=kept).delete()
    teams_now = sorted(team.pk for team in teams)
    if teams_now != teams_before:
        kept.teams.set(teams)
        changed = sorted([*changed, "teams"])
    if changed:
        data = {"fields": changed, "roles": kept.roles, "teams": teams_now}
        audit.record(events.PERSON_CHANGED, subject=kept, by=by, at=at, data=data)
    return kept


@transaction.atomic
def close_account(person: User, *, why: str, by: User, at: datetime) -> User:
    """Close an account: sessions and password end at once, deputies too, and unsent letters are taken back.

    Called by the room that can see all that the person holds, once it is in other hands.
    Raises NotAllowed, MoveNotAllowed when it is closed, Refused at `why`.
    """
    kept = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    refuse(permissions.refusal_to_change_account(by, kept))
    if not kept.is_active:
        raise MoveNotAllowed(f"{kept.name}’s account is closed already.")
    reason = tidy.given(why, "why", "Say why the account is closed", 300)
    kept.is_active = False
    kept.set_unusable_password()
    _keep_an_administrator(kept)
    kept.save(update_fields=["is_active", "password"])
    end_sessions(kept)
    standing = ActingFor.objects.standing(at).filter(Q(deputy=kept) | Q(absent=kept))
    standing.update(ended_at=at, ended_by=by)
    outbox.cancel(to_ref=kept, by=by, at=at, why="The account was closed")
    audit.record(events.ACCOUNT_CLOSED, subject=kept, by=by, at=at, data={"why": reason})
    return kept


@transaction.atomic
def reopen_account(person: User, *, by: User, at: datetime) -> User:
    """Open a closed account again; its person chooses a new password. Raises NotAllowed, MoveNotAllowed."""
    kept = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    refuse(permissions.refusal_to_change_account(by, kept))
    if kept.is_active:
        raise MoveNotAllowed(f"{kept.name}’s account is open already.")
    teams = list(kept.teams.all())
    for field, sentence in _problems(kept.roles, teams, kept.agency).items():
        raise Refused(None, f"{sentence}. Change the {field} first.")
    kept.is_active = True
    kept.save(update_fields=["is_active"])
    letters.account_opened(kept, by=by, at=at)
    audit.record(events.ACCOUNT_REOPENED, subject=kept, by=by, at=at, data={"roles": kept.roles})
    return kept


def end_sessions(person: User) -> int:
    """Sign somebody out everywhere, so that no session comes back to life with the account."""
    open_ones = Session.objects.filter(expire_date__gt=Now())
    theirs = [one.pk for one in open_ones.iterator() if one.get_decoded().get(SESSION_KEY) == str(person.pk)]
    return Session.objects.filter(pk__in=theirs).delete()[0]


def _keep_its_manager(person: User, roles: Collection[str], agency: Agency | None) -> None:
    """A team's manager keeps a manager's role, in its agency, until somebody else manages it."""
    managed = person.managed_teams.order_by("pk").first()
    if managed is None:
        return
    if Permission.AUTHORISE_REQUEST not in permissions_of(list(roles)):
        raise Refused("roles", f"{person.name} manages {managed.name}: give it another manager first")
    if agency is None or managed.agency_id != agency.pk:
        raise Refused("agency", f"{person.name} manages {managed.name}: give it another manager first")


def _keep_an_administrator(person: User) -> None:
    """Somebody must be able to open accounts: the last administrator stays one."""
    others = User.objects.filter(is_active=True, roles__contains=["administrator"]).exclude(pk=person.pk)
    if not others.select_for_update().exists():
        raise Refused(None, "This is the last administrator. Make somebody else an administrator first.")


def _save_new_address(person: User) -> None:
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as twice:
        if "email" not in str(twice):
            raise
        other = User.objects.filter(email=person.email).first()
        closed = "" if other is None or other.is_active else ", which is closed"
        whose = f"{other.name}’s account{closed}" if other else "another account"
        raise Refused("email", f"This is the address of {whose}") from twice


def _check_roles(roles: Collection[str], teams: Collection[Team], agency: Agency | None) -> None:
    if agency is None:
        raise Refused("agency", "Choose the agency that the person works for")
    for field, sentence in _problems(roles, teams, agency).items():
        raise Refused(field, sentence)


def _problems(roles: Collection[str], teams: Collection[Team], agency: Agency | None) -> dict[str, str]:
    return rules.problems_with_roles(
        roles,
        [rules.TeamFacts(team.name, team.kind, team.agency_id) for team in teams],
        agency=agency.pk if agency else None,
        is_authority=bool(agency and agency.is_authority),
    )
