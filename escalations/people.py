"""Who is who in an escalation: the agencies of a case, who knows of it, and who lives to own a rung."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.models import Agency, Team, User
from accounts.roles import Permission
from attendees.enums import TAKES_PART
from attendees.models import Attendance, Invitation, Professional, WantedProfessional
from cases.models import Case
from escalations.enums import Level
from protocols.models import LocalProtocol
from referrals.models import Referral
from strategy.enums import Status
from strategy.models import Discussion, StrategyRequest

Actor = User | Professional

TO_COME = (Status.DRAFT, Status.SUBMITTED, Status.RETURNED, Status.AUTHORISED, Status.BOOKED)


def authority() -> Agency | None:
    """The authority itself."""
    return Agency.objects.filter(is_authority=True).order_by("pk").first()


def is_partner(by: Actor) -> bool:
    """Whether somebody acts for an agency other than the authority."""
    return isinstance(by, Professional) or by.agency is None or not by.agency.is_authority


def is_party(by: Actor, agency_id: int) -> bool:
    """Whether somebody belongs to an agency."""
    return by.agency_id is not None and by.agency_id == agency_id


def addresses_of(by: Actor) -> list[str]:
    """The addresses under which a referral may name this person."""
    known = [by.email]
    if isinstance(by, User) and (entry := Professional.objects.filter(user=by).first()):
        known.append(entry.email)
    return [address for address in known if address]


def referrals_by(by: Actor) -> QuerySet[Referral]:
    """What this person referred, by the address they gave or as the request's referring professional."""
    named = Q()
    for address in addresses_of(by):
        named |= Q(referrer_email__iexact=address)
    mine = {"professional": by} if isinstance(by, Professional) else {"professional__user": by}
    asked = WantedProfessional.objects.filter(is_referrer=True, **mine)
    found: QuerySet[Referral] = Referral.objects.filter(
        named | Q(requests__in=asked.values("request")) if named else Q(requests__in=asked.values("request"))
    ).distinct()
    return found


def knows(by: Actor, case: Case) -> bool:
    """Whether a partner took part, was invited, referred or was named for this case (row H15)."""
    mine = {"professional": by} if isinstance(by, Professional) else {"professional__user": by}
    return (
        Invitation.objects.filter(discussion__case=case, withdrawn_at=None, **mine).exists()
        or Attendance.objects.filter(discussion__case=case, **mine).exists()
        or referrals_by(by).filter(case=case).exists()
    )


def discussions_known_to(by: Actor, case: Case) -> QuerySet[Discussion]:
    """The discussions of a case to which a partner is invited or in which they took part."""
    mine = {"professional": by} if isinstance(by, Professional) else {"professional__user": by}
    invited = Invitation.objects.filter(discussion__case=case, withdrawn_at=None, **mine)
    there = Attendance.objects.filter(discussion__case=case, mode__in=TAKES_PART, **mine)
    return Discussion.objects.filter(
        Q(pk__in=invited.values("discussion")) | Q(pk__in=there.values("discussion"))
    )


def agencies_of(case: Case, by: Actor) -> QuerySet[Agency]:
    """Every agency that has to do with a case, as `by` may know it: the authority, who is asked, wanted or
    referred; for a partner the authority and who was asked to the discussions that they know."""
    if is_partner(by):
        known = Invitation.objects.filter(discussion__in=discussions_known_to(by, case))
        return Agency.objects.filter(Q(is_authority=True) | Q(pk__in=known.values("professional__agency")))
    return Agency.objects.filter(
        Q(is_authority=True)
        | Q(pk__in=Invitation.objects.filter(discussion__case=case).values("professional__agency"))
        | Q(pk__in=WantedProfessional.objects.filter(request__case=case).values("professional__agency"))
        | Q(pk__in=Referral.objects.filter(case=case).values("referrer_agency"))
    )


def partners_of(case: Case) -> QuerySet[Professional]:
    """The partners of a case, for whom staff may record what they say by telephone."""
    return Professional.objects.filter(
        Q(pk__in=Invitation.objects.filter(discussion__case=case).values("professional"))
        | Q(pk__in=WantedProfessional.objects.filter(request__case=case).values("professional")),
        agency__is_authority=False,
        is_active=True,
    ).select_related("agency")


def reached_at(agency: Agency, case: Case) -> list[Professional]:
    """Those of an agency who are asked to a case's discussions and whom we can write to, each once."""
    asked = Invitation.objects.filter(discussion__case=case, withdrawn_at=None)
    found = Professional.objects.filter(agency=agency, is_active=True, pk__in=asked.values("professional"))
    return list(found.exclude(email="").select_related("agency", "user").order_by("pk"))


def protocol_of(case: Case, at: datetime) -> LocalProtocol | None:
    """The procedure that a case is under: its latest request's, else the one in force."""
    last = StrategyRequest.objects.filter(case=case).select_related("protocol").order_by("-pk").first()
    return last.protocol if last else LocalProtocol.objects.in_force(at.date())


def owner_for(level: Level, case: Case, first: User | None = None) -> User | None:
    """Who owns a rung: `first` or the practitioner asked, the team's manager, a head of service.

    Whoever has left is passed over, upwards and then downwards, so that there is somebody as long as anybody
    of the service is there.
    """
    order = {
        Level.PRACTITIONER: (_practitioners, _managers, _heads, _anybody),
        Level.MANAGER: (_managers, _heads, _practitioners, _anybody),
        Level.HEAD: (_heads, _managers, _practitioners, _anybody),
    }[level]
    chosen = [first] if first is not None and level == Level.PRACTITIONER else []
    every = (person for source in order for person in source(case))
    return next((one for one in (*chosen, *every) if one.is_active), None)


def _practitioners(case: Case) -> Iterator[User]:
    """Who carries the last request until it is held, then the worker who has the case: what was handed over
    counts, who asked at first does not."""
    asked = StrategyRequest.objects.filter(case=case).select_related("requester", "carried_by")
    last = asked.order_by("-pk").first()
    worker = [case.allocated_worker] if case.allocated_worker is not None else []
    if last is None:
        yield from worker
    elif last.status in TO_COME:
        yield from (last.carrier, *worker)
    else:
        yield from (*worker, last.carrier)


def _managers(case: Case) -> Iterator[User]:
    team: Team = case.team
    if team.manager is not None:
        yield team.manager
    yield from User.objects.filter(is_active=True, teams=team, roles__contains=["team_manager"]).order_by(
        "pk"
    )


def _heads(case: Case) -> Iterator[User]:
    yield from User.objects.filter(is_active=True, roles__contains=["head_of_service"]).order_by("pk")


def _anybody(case: Case) -> Iterator[User]:
    for person in User.objects.filter(is_active=True, teams=case.team).order_by("pk"):
        if person.may(Permission.ESCALATE):
            yield person
