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
    ("A partner agency’s desk (health)", "dora.moss@northshire-health.example"),
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
    night_worker: User
    officer: Professional
    health_visitor: Professional
    school_lead: Professional
    midwife: Professional
    fostering_worker: Professional


K, T = AgencyKind, TeamKind
AGENCIES: tuple[tuple[str, AgencyKind, str, list[str]], ...] = (
    ("Ambleford Council", K.SOCIAL_CARE, "front.door@ambleford.example", ["ambleford.example"]),
    ("Northshire Police", K.POLICE, "mash@northshire-police.example", ["northshire-police.example"]),
    ("Northshire Health Trust", K.HEALTH, "safeguarding@northshire-health.example", []),
    ("Elm Street Primary School", K.EDUCATION, "office@elm-street.example", []),
    ("Harbour Fostering", K.RESIDENTIAL, "duty@harbour-fostering.example", []),
    ("Inspectorate", K.OTHER, "", []),
)
TEAMS = (
    ("Assessment team north", T.SOCIAL_WORK, "north@ambleford.example", "01632 960201"),
    (
        "Strategy meeting business support",
        T.FRONT_DOOR_SUPPORT,
        "strategy.support@ambleford.example",
        "01632 960202",
    ),
    ("Area business support", T.AREA_SUPPORT, "area@ambleford.example", "01632 960203"),
    ("Emergency duty team", T.EMERGENCY_DUTY, "duty@ambleford.example", "01632 960199"),
)
NORTH, SUPPORT, AREA, DUTY = (team[0] for team in TEAMS)
COUNCIL, POLICE, HEALTH, SCHOOL, FOSTERING, INSPECTORATE = (agency[0] for agency in AGENCIES)
STAFF: tuple[tuple[str, str, str, str, list[str], str], ...] = (
    ("sofia.reed@ambleford.example", "Sofia Reed", "01632 960210", COUNCIL, [NORTH], "social_worker"),
    ("tom.hale@ambleford.example", "Tom Hale", "01632 960217", COUNCIL, [NORTH], "social_worker"),
    ("martin.cole@ambleford.example", "Martin Cole", "01632 960211", COUNCIL, [NORTH], "team_manager"),
    (
        "priya.nair@ambleford.example",
        "Priya Nair",
        "01632 960212",
        COUNCIL,
        [NORTH],
        "assessment_practice_manager",
    ),
    (
        "beth.lowe@ambleford.example",
        "Beth Lowe",
        "01632 960213",
        COUNCIL,
        [SUPPORT, AREA],
        "business_support",
    ),
    ("ned.wolfe@ambleford.example", "Ned Wolfe", "01632 960214", COUNCIL, [DUTY], "emergency_duty"),
    ("helen.frost@ambleford.example", "Helen Frost", "01632 960215", COUNCIL, [], "head_of_service"),
    ("alan.pike@ambleford.example", "Alan Pike", "01632 960216", COUNCIL, [], "administrator"),
    ("ines.ford@inspectorate.example", "Ines Ford", "", INSPECTORATE, [], "inspector"),
    ("hannah.voss@northshire-health.example", "Hannah Voss", "01632 960302", HEALTH, [], "partner"),
    ("dora.moss@northshire-health.example", "Dora Moss", "01632 960306", HEALTH, [], "agency_desk"),
)
KNOWN = (
    (
        "Grace Okoro",
        POLICE,
        "Detective sergeant",
        "police",
        "grace.okoro@northshire-police.example",
        "01632 960301",
    ),
    (
        "David Kerr",
        SCHOOL,
        "Designated safeguarding lead",
        "education",
        "david.kerr@elm-street.example",
        "01632 960303",
    ),
    (
        "Mary Tull",
        HEALTH,
        "Safeguarding midwife",
        "health",
        "mary.tull@northshire-health.example",
        "01632 960304",
    ),
    ("Leila Marsh", FOSTERING, "Supervising social worker", "", "", "01632 960305"),
)


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
        buffer_after=15,
        capacity=12,
        joining="Cherry House, second floor. Ask for the strategy room at reception.",
    )
    Place.objects.create(
        name="Room 4, Harbour Centre",
        kind=PlaceKind.ROOM,
        opens_at=time(9),
        closes_at=time(18),
        on_bank_holidays=False,
        capacity=8,
        joining="Harbour Centre, ground floor.",
    )
    Place.objects.create(
        name="Meeting room, Ambleford Infirmary",
        kind=PlaceKind.ROOM,
        is_hospital=True,
        capacity=10,
        joining="Ambleford Infirmary, safeguarding office. Ask at the main desk.",
    )
    Place.objects.create(
        name="Conference line A",
        kind=PlaceKind.CONFERENCE_LINE,
        joining="Telephone 01632 960700; business support gives you the number of the conference.",
    )
    Place.objects.create(
        name="Video link 1",
        kind=PlaceKind.VIDEO_LINK,
        joining="Open https://meet.ambleford.example/strategy in your browser and wait to be let in.",
    )
    DutyLine.objects.create(
        name="Duty sergeant, Northshire Police",
        number="01632 960110",
        opens_at=time(9),
        closes_at=time(17),
        fallback="Call 999 if a child is in danger now. Otherwise ring emergency duty on 01632 960199, "
        "who reach the police duty inspector.",
    )


def _agencies() -> dict[str, Agency]:
    return {
        name: Agency.objects.create(
            name=name, kind=kind, mailbox=mailbox, secure_domains=domains, is_authority=name == COUNCIL
        )
        for name, kind, mailbox, domains in AGENCIES
    }


def _staff(agencies: dict[str, Agency], teams: dict[str, Team]) -> dict[str, User]:
    people: dict[str, User] = {}
    for email, name, phone, agency, member_of, role in STAFF:
        person = User(email=email, name=name, phone=phone, agency=agencies[agency], roles=[role])
        person.password = _hashed()
        person.save()
        person.teams.set([teams[team] for team in member_of])
        people[name] = person
    return people


def build(at: datetime) -> Town:
    """Make the authority, its partners, places and duty line; `at` is when the directory was filled."""
    agencies = _agencies()
    teams = {
        name: Team.objects.create(
            agency=agencies[COUNCIL], name=name, kind=kind, mailbox=mailbox, phone=phone
        )
        for name, kind, mailbox, phone in TEAMS
    }
    staff = _staff(agencies, teams)
    teams[NORTH].manager = staff["Martin Cole"]
    teams[NORTH].save(update_fields=["manager"])
    _places()
    beth = staff["Beth Lowe"]
    known = {
        name: add_professional(
            name=name, agency=agencies[agency], job_role=job, quorum_role=role, email=email, phone=phone,
            by=beth, at=at,
        )
        for name, agency, job, role, email, phone in KNOWN
    }  # fmt: skip
    visitor = professional_for(staff["Hannah Voss"])
    visitor.job_role, visitor.quorum_role = "Health visitor", "health"
    visitor.save(update_fields=["job_role", "quorum_role"])
    for one in (visitor, known["Grace Okoro"]):
        one.is_duty_contact = True
        one.save(update_fields=["is_duty_contact"])
    return Town(
        team=teams[NORTH],
        support=teams[SUPPORT],
        social_worker=staff["Sofia Reed"],
        second_worker=staff["Tom Hale"],
        manager=staff["Martin Cole"],
        practice_manager=staff["Priya Nair"],
        business_support=beth,
        head=staff["Helen Frost"],
        night_worker=staff["Ned Wolfe"],
        officer=known["Grace Okoro"],
        health_visitor=visitor,
        school_lead=known["David Kerr"],
        midwife=known["Mary Tull"],
        fostering_worker=known["Leila Marsh"],
    )
