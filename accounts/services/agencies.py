"""Agencies and teams: how they are reached, which of their domains are secure, who manages a team."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models.functions import Lower

from accounts import events, permissions, rules
from accounts.enums import AgencyKind, TeamKind
from accounts.models import Agency, Team, User
from accounts.roles import PARTNERS, Permission
from accounts.services import tidy
from audit import services as audit
from audit.errors import Refused, Taken, refuse


@transaction.atomic
def add_agency(
    *,
    name: str,
    kind: str,
    mailbox: str = "",
    phone: str = "",
    secure_domains: str = "",
    is_authority: bool = False,
    by: User,
    at: datetime,
) -> Agency:
    """Add a body that takes part. Raises NotAllowed; Taken or Refused at the field."""
    refuse(permissions.refusal_to_keep_people(by))
    values = _values_of_agency(None, name, kind, mailbox, phone, secure_domains, is_authority)
    agency = Agency.objects.create(**values)
    data = {"domains": agency.secure_domains}
    audit.record(events.AGENCY_ADDED, subject=agency, by=by, at=at, data=data)
    return agency


@transaction.atomic
def change_agency(
    agency: Agency,
    *,
    name: str,
    kind: str,
    mailbox: str,
    phone: str,
    secure_domains: str,
    is_authority: bool,
    by: User,
    at: datetime,
) -> Agency:
    """Change an agency. The room of professionals calls this, since how their copies go follows the domains.

    Raises as `add_agency`.
    """
    kept = Agency.objects.select_for_update().get(pk=agency.pk)
    refuse(permissions.refusal_to_keep_people(by))
    values = _values_of_agency(kept, name, kind, mailbox, phone, secure_domains, is_authority)
    changed = tidy.change(kept, values)
    if changed:
        data = {"fields": changed, "domains": kept.secure_domains}
        audit.record(events.AGENCY_CHANGED, subject=kept, by=by, at=at, data=data)
    return kept


@transaction.atomic
def add_team(
    *,
    agency: Agency,
    name: str,
    kind: str,
    mailbox: str = "",
    phone: str = "",
    area: str = "",
    manager: User | None = None,
    by: User,
    at: datetime,
) -> Team:
    """Add a team to an agency. Raises NotAllowed; Taken or Refused at the field."""
    refuse(permissions.refusal_to_keep_people(by))
    team = Team.objects.create(
        agency=agency, **_values_of_team(None, agency, name, kind, mailbox, phone, area, manager)
    )
    audit.record(events.TEAM_ADDED, subject=team, by=by, at=at, data={"agency": agency.pk})
    return team


@transaction.atomic
def change_team(
    team: Team,
    *,
    name: str,
    kind: str,
    mailbox: str,
    phone: str,
    manager: User | None,
    by: User,
    at: datetime,
    area: str | None = None,
) -> Team:
    """Change a team; a new manager is told of its deadlines from now on. Raises as `add_team`."""
    kept = Team.objects.select_for_update(of=("self",)).select_related("agency").get(pk=team.pk)
    refuse(permissions.refusal_to_keep_people(by))
    changed = tidy.change(
        kept,
        _values_of_team(
            kept, kept.agency, name, kind, mailbox, phone, kept.area if area is None else area, manager
        ),
    )
    if changed:
        data = {"fields": changed, "manager": manager.pk if manager else None}
        audit.record(events.TEAM_CHANGED, subject=kept, by=by, at=at, data=data)
    return kept


def _values_of_agency(
    kept: Agency | None,
    name: str,
    kind: str,
    mailbox: str,
    phone: str,
    secure_domains: str,
    is_authority: bool,
) -> dict[str, Any]:
    tidied = tidy.given(name, "name", "Enter the agency’s name")
    others = Agency.objects.exclude(pk=kept.pk if kept else 0)
    if others.annotate(lower=Lower("name")).filter(lower=tidied.lower()).exists():
        raise Taken("name", f"There is an agency called {tidied} already")
    if kind not in AgencyKind.values:
        raise Refused("kind", "Choose what kind of agency it is")
    domains, problem = rules.read_domains(secure_domains)
    if problem:
        raise Refused("secure_domains", problem)
    authority = others.filter(is_authority=True).first() if is_authority else None
    if authority is not None:
        raise Taken("is_authority", f"{authority.name} is the authority: one installation serves one")
    return {
        "name": tidied,
        "kind": kind,
        "mailbox": tidy.address(mailbox, "mailbox"),
        "phone": tidy.number(phone),
        "secure_domains": domains,
        "is_authority": is_authority,
    }


def _values_of_team(
    kept: Team | None,
    agency: Agency,
    name: str,
    kind: str,
    mailbox: str,
    phone: str,
    area: str,
    manager: User | None,
) -> dict[str, Any]:
    tidied = tidy.given(name, "name", "Enter the team’s name")
    others = Team.objects.filter(agency=agency).exclude(pk=kept.pk if kept else 0)
    if others.annotate(lower=Lower("name")).filter(lower=tidied.lower()).exists():
        raise Taken("name", f"{agency} has a team called {tidied} already")
    if kind not in TeamKind.values:
        raise Refused("kind", "Choose what the team is for")
    if (
        kept is not None
        and kind != TeamKind.PARTNER
        and kept.members.filter(roles__overlap=[*PARTNERS]).exists()
    ):
        raise Refused("kind", "There are partners in this team, and its people would see whole cases")
    if manager is not None and not _can_manage(manager, agency):
        raise Refused("manager", f"{manager.name} cannot manage this team: choose a manager of its agency")
    return {
        "name": tidied,
        "kind": kind,
        "mailbox": tidy.address(mailbox, "mailbox"),
        "phone": tidy.number(phone),
        "area": " ".join(area.split()),
        "manager": manager,
    }


def _can_manage(person: User, agency: Agency) -> bool:
    return person.agency_id == agency.pk and person.may(Permission.AUTHORISE_REQUEST)
