"""Who is told and whose turn it is: the manager who authorises, the team that books."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.enums import TeamKind
from accounts.models import ActingFor, Team, User
from accounts.roles import ROLES, Permission
from cases.models import Case
from outbox.rules import BadAddressError
from referrals.models import Referral
from referrals.rules import tidy_address
from strategy.models import Discussion, PickUp, StrategyRequest

NOBODY = "Nobody is recorded as the referrer, so no letter goes to one."
SUPPORT = (TeamKind.FRONT_DOOR_SUPPORT, TeamKind.AREA_SUPPORT)


@dataclass(frozen=True, slots=True)
class Referrer:
    """Whoever referred, as a letter reaches them: at `email`, unless a person must hand it over."""

    name: str
    email: str
    agency: str = ""
    is_by_hand: bool = False

    @property
    def greeted(self) -> str:
        """How the letter begins; in an agency's mailbox it says for whom it is."""
        if self.agency:
            return f"{self.agency}, for {self.name}" if self.name else self.agency
        return self.name or "Sir or Madam"

    @property
    def told(self) -> str:
        """What becomes of their letter, for whoever is about to decide."""
        if self.agency:
            return f"{self.agency}, where the referral came from, is told now at its mailbox."
        if self.is_by_hand:
            who = f"{self.name}, who referred" if self.name else "whoever referred"
            return f"No e-mail address reaches {who}: business support hands the letter over."
        who = f"{self.name}, who referred," if self.name else "Whoever referred"
        return f"{who} is told now by e-mail."

    @property
    def reads(self) -> str:
        """How they learn what the manager says to them."""
        if self.agency or self.is_by_hand:
            return "The letter leaves this out: tell them when they telephone. It stays on the case"
        return "They read this with your name, your number and how to escalate"


def referrer_of(referral: Referral) -> Referrer | None:
    """How whoever referred is told: at their own address, else in their agency's mailbox, else by hand.

    None when nothing is recorded of who they are.
    """
    agency, name = referral.referrer_agency, referral.referrer_name
    if _reaches(referral.referrer_email):
        return Referrer(name, referral.referrer_email)
    if agency is not None and not agency.is_authority and _reaches(agency.mailbox):
        return Referrer(name, agency.mailbox, agency=agency.name)
    if name or agency or referral.referrer_email or referral.referrer_phone:
        return Referrer(name or (agency.name if agency else ""), referral.referrer_email, is_by_hand=True)
    return None


def _reaches(address: str) -> bool:
    try:
        return bool(tidy_address(address))
    except BadAddressError:
        return False


def authorisers_for(wanted: StrategyRequest) -> list[User]:
    """Who may authorise this request in the case's own team, its manager first; else the heads of service."""
    roles = [role.value for role in wanted.protocol.rules.request_authoriser_roles.value]
    team = wanted.case.team
    asked = wanted.asked_by_ids
    able = User.objects.filter(is_active=True, roles__overlap=roles).exclude(pk__in=asked)
    found = list(able.filter(Q(teams=team) | Q(managed_teams=team)).distinct().order_by("pk"))
    found.sort(key=lambda person: person.pk != team.manager_id)
    return found or list(able.filter(roles__contains=["head_of_service"]).order_by("pk"))


def may_have_authorised(wanted: StrategyRequest, *, but: User) -> list[User]:
    """Everybody whose word may have authorised this request, its own team's first; never whoever asked."""
    return by_team(
        holders([role.value for role in wanted.protocol.rules.request_authoriser_roles.value]),
        wanted.case.team_id,
        without=[*wanted.asked_by_ids, but.pk],
    )


def may_decide_no_conference(team: int | None) -> list[User]:
    """The managers who may decide that no conference is required, a team's own first."""
    roles = [name for name, role in ROLES.items() if Permission.AUTHORISE_REQUEST in role.permissions]
    return by_team(holders(roles), team, without=[])


def by_team(people: QuerySet[User], team: int | None, *, without: list[int]) -> list[User]:
    """These people, those of a team first, then by name; some left out."""
    own = Exists(Team.members.through.objects.filter(team=team, user=OuterRef("pk")))
    ours = people.exclude(pk__in=without).annotate(is_own=own)
    return list(ours.order_by("-is_own", "name", "pk"))


def holders(roles: list[str]) -> QuerySet[User]:
    """Everybody with an account in use who holds one of these roles."""
    found: QuerySet[User] = User.objects.filter(is_active=True, roles__overlap=roles)
    return found


def whose_answer(wanted: StrategyRequest) -> User | None:
    """Who has the turn to authorise: the first who may, or the second who picked this submission up."""
    picked_up = PickUp.objects.filter(submission__request=wanted).select_related("second", "submission")
    last, latest = picked_up.order_by("-pk").first(), wanted.submissions.last()
    if last is not None and last.submission_id == getattr(latest, "pk", None) and last.second.is_active:
        return last.second
    return next(iter(authorisers_for(wanted)), None)


def second_authoriser(wanted: StrategyRequest, first: User | None) -> User | None:
    """Who is asked when the first does not answer: another of the team, else who manages another team.

    A restricted case stays in its team; nobody who asked for the discussion is asked to authorise it.
    """
    others = [person for person in authorisers_for(wanted) if first is None or person.pk != first.pk]
    if others or wanted.case.restricted:
        return next(iter(others), None)
    roles = [role.value for role in wanted.protocol.rules.request_authoriser_roles.value]
    away = [*wanted.asked_by_ids, *([first.pk] if first else [])]
    able = User.objects.filter(is_active=True, roles__overlap=roles).exclude(pk__in=away)
    return able.filter(managed_teams__isnull=False).order_by("pk").first()


def who_may_ask() -> QuerySet[User]:
    """Everybody who may ask for a discussion, and so may be asked for."""
    roles = [name for name, role in ROLES.items() if Permission.REQUEST_DISCUSSION in role.permissions]
    return User.objects.filter(is_active=True, roles__overlap=roles).order_by("name")


def deputies_of(people: list[User], at: datetime) -> list[User]:
    """Who stands in for any of them at the moment."""
    acting = ActingFor.objects.current(at).filter(absent__in=people, deputy__is_active=True)
    return [one.deputy for one in acting.select_related("deputy").order_by("pk")]


def support_team(case: Case) -> Team | None:
    """Row B15: business support of the front door, or of the area when the family was known before.

    Where teams have areas it is that of the area of the case's own team, else one that works for all.
    """
    return next(iter(_support(case)), None)


def circulating_team(discussion: Discussion) -> Team | None:
    """The team that circulates: named by the protocol by open or not open case, of the case's area (B15)."""
    case, routing = discussion.case, discussion.request.protocol.rules.routing.value
    if routing is None:
        return support_team(case)
    name = routing.open_case if case.known_before else routing.not_open
    found = _support(case, name)
    of_area = [team for team in found if team.serves and team.kind == _kind_for(case)]
    named = [team for team in found if team.name.lower() == name.lower()]
    return next(iter([*of_area, *named, *found]), None)


def _kind_for(case: Case) -> TeamKind:
    return TeamKind.AREA_SUPPORT if case.known_before else TeamKind.FRONT_DOOR_SUPPORT


def _support(case: Case, name: str = "") -> list[Any]:
    """Teams of business support and any called `name`, the best first: kind, area, then those of no area.

    Each says whether it is of the case's own area (`serves`). One statement.
    """
    own = Team.objects.filter(pk=case.team_id, area__iexact=OuterRef("area")).exclude(area="")
    teams = Team.objects.filter(Q(kind__in=SUPPORT) | Q(name__iexact=name)).annotate(serves=Exists(own))
    kind = _kind_for(case)
    return sorted(teams, key=lambda team: (team.kind != kind, not team.serves, bool(team.area), team.pk))


def protection_owner(case: Case, role: str) -> User | None:
    """Who decides on immediate protection: somebody of the role in the case's team, else anybody of it."""
    able = User.objects.filter(is_active=True, roles__contains=[role]).order_by("pk")
    return able.filter(Q(teams=case.team) | Q(managed_teams=case.team)).first() or able.first()
