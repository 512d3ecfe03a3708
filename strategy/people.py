"""Who is told and whose turn it is: the manager who authorises, the team that books."""

from datetime import datetime

from django.db.models import Q

from accounts.enums import TeamKind
from accounts.models import ActingFor, Team, User
from cases.models import Case
from strategy.models import StrategyRequest

SUPPORT = (TeamKind.FRONT_DOOR_SUPPORT, TeamKind.AREA_SUPPORT)


def authorisers_for(wanted: StrategyRequest) -> list[User]:
    """Who may authorise this request in the case's own team, its manager first; else the heads of service."""
    roles = [role.value for role in wanted.protocol.rules.request_authoriser_roles.value]
    team = wanted.case.team
    asked = wanted.asked_by_ids
    able = User.objects.filter(is_active=True, roles__overlap=roles).exclude(pk__in=asked)
    found = list(able.filter(Q(teams=team) | Q(managed_teams=team)).distinct().order_by("pk"))
    found.sort(key=lambda person: person.pk != team.manager_id)
    return found or list(able.filter(roles__contains=["head_of_service"]).order_by("pk"))


def deputies_of(people: list[User], at: datetime) -> list[User]:
    """Who stands in for any of them at the moment."""
    acting = ActingFor.objects.current(at).filter(absent__in=people, deputy__is_active=True)
    return [one.deputy for one in acting.select_related("deputy").order_by("pk")]


def support_team(case: Case) -> Team | None:
    """Row B15: business support of the front door, or of the area when the family was known before."""
    wanted = TeamKind.AREA_SUPPORT if case.known_before else TeamKind.FRONT_DOOR_SUPPORT
    teams = {team.kind: team for team in Team.objects.filter(kind__in=SUPPORT).order_by("-pk")}
    return teams.get(wanted) or next(iter(teams.values()), None)


def protection_owner(case: Case, role: str) -> User | None:
    """Who decides on immediate protection: somebody of the role in the case's team, else anybody of it."""
    able = User.objects.filter(is_active=True, roles__contains=[role]).order_by("pk")
    return able.filter(Q(teams=case.team) | Q(managed_teams=case.team)).first() or able.first()
