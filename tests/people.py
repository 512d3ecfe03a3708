"""The cast: one person per role, colleagues of another team, and a stranger who must see nothing.

All are invented. `cast()` makes the whole authority once per test; each person is an attribute.
"""

from dataclasses import dataclass
from typing import Any

from accounts.enums import AgencyKind, TeamKind
from accounts.models import Agency, Team, User

PASSWORD = "correct horse battery staple"  # for the cast of the tests only


@dataclass(frozen=True)
class Cast:
    """The authority, its partners and their people."""

    council: Agency
    police: Agency
    health: Agency
    school: Agency
    fostering: Agency
    stranger_agency: Agency
    team: Team
    other_team: Team
    support: Team
    area_support: Team
    sam: User  # social worker
    mo: User  # team manager of Sam's team
    ada: User  # advanced practitioner in Sam's team
    asha: User  # assessment practice manager in Sam's team
    bea: User  # business support, front door
    eve: User  # emergency duty
    hal: User  # head of service
    ira: User  # inspector
    adi: User  # administrator
    olga: User  # social worker in the other team
    otto: User  # manager of the other team
    paul: User  # police officer with an account
    hetty: User  # health visitor with an account
    dan: User  # school's designated safeguarding lead with an account
    dee: User  # the safeguarding desk of the health trust
    stranger: User  # partner of an agency that nobody invited

    @property
    def everyone(self) -> dict[str, User]:
        """Name → person, for matrices."""
        return {name: value for name, value in vars(self).items() if isinstance(value, User)}


def person(name: str, *roles: str, agency: Agency, team: Team | None = None, **more: Any) -> User:
    """One person with an account; the number is from the range kept for invented people."""
    address = f"{name.lower().replace(' ', '.')}@ambleford.example"
    number = 960000 + User.objects.count()
    user = User(email=address, name=name, agency=agency, roles=list(roles), phone=f"01632 {number}", **more)
    user.set_unusable_password()  # signing in is by force_login: hashing a password each time is slow
    user.save()
    if team is not None:
        user.teams.add(team)
    return user


def cast() -> Cast:
    """Make everybody. Nobody is invited to anything and no case exists yet."""
    council = Agency.objects.create(
        name="Ambleford Council",
        kind=AgencyKind.SOCIAL_CARE,
        is_authority=True,
        mailbox="front.door@ambleford.example",
    )
    police = _agency("Northshire Police", AgencyKind.POLICE, "mash@northshire-police.example")
    health = _agency("Northshire Health Trust", AgencyKind.HEALTH, "safeguarding@northshire-health.example")
    school = _agency("Elm Street Primary School", AgencyKind.EDUCATION, "office@elm-street.example")
    fostering = _agency("Harbour Fostering", AgencyKind.RESIDENTIAL, "duty@harbour-fostering.example")
    elsewhere = _agency("Far Away Housing", AgencyKind.HOUSING, "office@far-away-housing.example")
    team = _team(council, "Assessment team 1", TeamKind.SOCIAL_WORK)
    other = _team(council, "Assessment team 2", TeamKind.SOCIAL_WORK)
    support = _team(council, "Strategy meeting business support", TeamKind.FRONT_DOOR_SUPPORT)
    area = _team(council, "Area business support", TeamKind.AREA_SUPPORT)
    duty = _team(council, "Emergency duty team", TeamKind.EMERGENCY_DUTY)
    mo = person("Mo Mensah", "team_manager", agency=council, team=team)
    otto = person("Otto Oakes", "team_manager", agency=council, team=other)
    for led, manager in ((team, mo), (other, otto)):
        led.manager = manager
        led.save()
    return Cast(
        council=council,
        police=police,
        health=health,
        school=school,
        fostering=fostering,
        stranger_agency=elsewhere,
        team=team,
        other_team=other,
        support=support,
        area_support=area,
        sam=person("Sam Shah", "social_worker", agency=council, team=team),
        mo=mo,
        ada=person("Ada Arden", "advanced_practitioner", agency=council, team=team),
        asha=person("Asha Price", "assessment_practice_manager", agency=council, team=team),
        bea=person("Bea Bright", "business_support", agency=council, team=support),
        eve=person("Eve Early", "emergency_duty", agency=council, team=duty),
        hal=person("Hal Hart", "head_of_service", agency=council),
        ira=person("Ira Inman", "inspector", agency=council),
        adi=person("Adi Abel", "administrator", agency=council),
        olga=person("Olga Orme", "social_worker", agency=council, team=other),
        otto=otto,
        paul=person("Paul Pike", "partner", agency=police),
        hetty=person("Hetty Hall", "partner", agency=health),
        dan=person("Dan Dale", "partner", agency=school),
        dee=person("Dee Dove", "agency_desk", agency=health),
        stranger=person("Stella Stone", "partner", agency=elsewhere),
    )


def _agency(name: str, kind: AgencyKind, mailbox: str) -> Agency:
    return Agency.objects.create(name=name, kind=kind, mailbox=mailbox)


def _team(agency: Agency, name: str, kind: TeamKind) -> Team:
    mailbox = f"{name.lower().replace(' ', '.')}@ambleford.example"
    return Team.objects.create(agency=agency, name=name, kind=kind, mailbox=mailbox, phone="01632 960999")
