"""The invented authority of the demonstration, its partners and their people."""

from dataclasses import dataclass
from datetime import datetime, time
from functools import cache

from django.contrib.auth.hashers import make_password

from accounts.enums import AgencyKind, TeamKind
from accounts.models import Agency, Team, User
from attendees.models import Professional
from attendees.services.directory import add_professional, professional_for
from strategy.enums import PlaceKind
from strategy.models import DutyLine, Place

PASSWORD = "threshold-demonstration"  # for invented people only; the demonstration never runs on real data
LOG_INS = (
    ("Social worker", "sofia.reed@ambleford.example"),
    ("Team manager (authorises and chairs)", "martin.cole@ambleford.example"),
    ("Assessment practice manager", "priya.nair@ambleford.example"),
    ("Business support", "beth.lowe@ambleford.example"),
    ("Emergency duty", "ned.wolfe@ambleford.example"),
    ("Head of service", "helen.frost@ambleford.example"),
    ("Administrator", "alan.pike@ambleford.example"),
    ("Inspector", "ines.ford@inspectorate.example"),
    ("Partner with an account (health)", "hannah.voss@northshire-health.example"),
)


@dataclass(frozen=True)
class Town:
    """Everybody the families of the demonstration meet."""

    team: Team
    support: Team
    social_worker: User
    second_worker: User
    manager: User
    practice_manager: User
    business_support: User
    head: User
    officer: Professional
    health_visitor: Professional
    school_lead: Professional
    midwife: Professional
    fostering_worker: Professional


def _agency(
    name: str, kind: AgencyKind, mailbox: str = "", domains: tuple[str, ...] = (), **more: bool
) -> Agency:
    return Agency.objects.create(name=name, kind=kind, mailbox=mailbox, secure_domains=list(domains), **more)


def _team(agency: Agency, name: str, kind: TeamKind, mailbox: str, phone: str) -> Team:
    return Team.objects.create(agency=agency, name=name, kind=kind, mailbox=mailbox, phone=phone)


def _user(email: str, name: str, phone: str, agency: Agency, team: Team | None, *roles: str) -> User:
    user = User(email=email, name=name, phone=phone, agency=agency, roles=list(roles), password=_hashed())
    user.save()
    if team is not None:
        user.teams.add(team)
    return user


@cache
def _hashed() -> str:
    """Hashed once for all: argon2 takes its time, and the demonstration's people share one password."""
    return make_password(PASSWORD)


def _places() -> None:
    Place.objects.create(
        name="Strategy room, Cherry House",
        kind=PlaceKind.ROOM,
        opens_at=time(8),
        closes_at=time(20),
        joining="Cherry House, second floor. Ask for the strategy room at reception.",
    )
    Place.objects.create(
        name="Room 4, Harbour Centre",
        kind=PlaceKind.ROOM,
        opens_at=time(9),
        closes_at=time(18),
        joining="Harbour Centre, ground floor.",
    )
    Place.objects.create(
        name="Conference line A",
        kind=PlaceKind.CONFERENCE_LINE,
        joining="Telephone 01632 960700; business support gives you the number of the conference.",
    )
    Place.objects.create(
        name="Video link 1",
        kind=PlaceKind.VIDEO_LINK,
        joining="The link is on the page of your invitation.",
    )
    DutyLine.objects.create(
        name="Duty sergeant, Northshire Police",
        number="01632 960110",
        opens_at=time(9),
        closes_at=time(17),
        fallback="Call 999 if a child is in danger now. Otherwise ring emergency duty on 01632 960199, "
        "who reach the police duty inspector.",
    )


def build(at: datetime) -> Town:
    """Make the authority, its partners, places and duty line; `at` is when the directory was filled."""
    council = _agency(
        "Ambleford Council",
        AgencyKind.SOCIAL_CARE,
        "front.door@ambleford.example",
        ("ambleford.example",),
        is_authority=True,
    )
    police = _agency(
        "Northshire Police",
        AgencyKind.POLICE,
        "mash@northshire-police.example",
        ("northshire-police.example",),
    )
    health = _agency("Northshire Health Trust", AgencyKind.HEALTH, "safeguarding@northshire-health.example")
    school = _agency("Elm Street Primary School", AgencyKind.EDUCATION, "office@elm-street.example")
    fostering = _agency("Harbour Fostering", AgencyKind.RESIDENTIAL, "duty@harbour-fostering.example")
    inspectorate = _agency("Inspectorate", AgencyKind.OTHER)
    team = _team(
        council, "Assessment team north", TeamKind.SOCIAL_WORK, "north@ambleford.example", "01632 960201"
    )
    support = _team(
        council,
        "Strategy meeting business support",
        TeamKind.FRONT_DOOR_SUPPORT,
        "strategy.support@ambleford.example",
        "01632 960202",
    )
    area = _team(
        council, "Area business support", TeamKind.AREA_SUPPORT, "area@ambleford.example", "01632 960203"
    )
    duty = _team(
        council, "Emergency duty team", TeamKind.EMERGENCY_DUTY, "duty@ambleford.example", "01632 960199"
    )
    emails = dict(LOG_INS)
    manager = _user(
        emails["Team manager (authorises and chairs)"],
        "Martin Cole",
        "01632 960211",
        council,
        team,
        "team_manager",
    )
    team.manager = manager
    team.save(update_fields=["manager"])
    beth = _user(
        emails["Business support"], "Beth Lowe", "01632 960213", council, support, "business_support"
    )
    beth.teams.add(area)
    hannah = _user(
        emails["Partner with an account (health)"], "Hannah Voss", "01632 960302", health, None, "partner"
    )
    _user(emails["Emergency duty"], "Ned Wolfe", "01632 960214", council, duty, "emergency_duty")
    _user(emails["Administrator"], "Alan Pike", "01632 960216", council, None, "administrator")
    _user(emails["Inspector"], "Ines Ford", "", inspectorate, None, "inspector")
    _places()

    def known(name: str, agency: Agency, job: str, quorum: str, email: str, phone: str) -> Professional:
        return add_professional(
            name=name,
            agency=agency,
            job_role=job,
            quorum_role=quorum,
            email=email,
            phone=phone,
            by=beth,
            at=at,
        )

    visitor = professional_for(hannah)
    visitor.job_role, visitor.quorum_role = "Health visitor", "health"
    visitor.save(update_fields=["job_role", "quorum_role"])
    return Town(
        team=team,
        support=support,
        social_worker=_user(
            emails["Social worker"], "Sofia Reed", "01632 960210", council, team, "social_worker"
        ),
        second_worker=_user(
            "tom.hale@ambleford.example", "Tom Hale", "01632 960217", council, team, "social_worker"
        ),
        manager=manager,
        practice_manager=_user(
            emails["Assessment practice manager"],
            "Priya Nair",
            "01632 960212",
            council,
            team,
            "assessment_practice_manager",
        ),
        business_support=beth,
        head=_user(
            emails["Head of service"], "Helen Frost", "01632 960215", council, None, "head_of_service"
        ),
        officer=known(
            "Grace Okoro",
            police,
            "Detective sergeant",
            "police",
            "grace.okoro@northshire-police.example",
            "01632 960301",
        ),
        health_visitor=visitor,
        school_lead=known(
            "David Kerr",
            school,
            "Designated safeguarding lead",
            "education",
            "david.kerr@elm-street.example",
            "01632 960303",
        ),
        midwife=known(
            "Mary Tull",
            health,
            "Safeguarding midwife",
            "health",
            "mary.tull@northshire-health.example",
            "01632 960304",
        ),
        fostering_worker=known("Leila Marsh", fostering, "Supervising social worker", "", "", "01632 960305"),
    )
