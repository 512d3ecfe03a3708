"""People, agencies and teams: added, changed, closed, opened again; who may, and what cannot stand."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import AgencyKind, TeamKind
from accounts.models import ActingFor, Agency, User
from accounts.permissions import refusal_to_arrange_cover
from accounts.rules import read_domains
from accounts.services import agencies, people
from audit.errors import MoveNotAllowed, NotAllowed, Refused
from audit.models import Entry
from outbox.models import Letter
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def office() -> Cast:
    return cast()


def add(office: Cast, **other: Any) -> User:
    given: dict[str, Any] = {
        "name": "Nia North", "email": "nia.north@ambleford.example", "agency": office.council,
        "roles": ["social_worker"], "teams": [office.team], "by": office.adi, "at": NOW,
    }  # fmt: skip
    return people.add_person(**{**given, **other})


def change(office: Cast, person: User, **other: Any) -> User:
    given: dict[str, Any] = {
        "name": person.name, "email": person.email, "agency": person.agency, "roles": person.roles,
        "teams": list(person.teams.all()), "phone": person.phone, "by": office.adi, "at": NOW,
    }  # fmt: skip
    return people.change_person(person, **{**given, **other})


def last_entry() -> tuple[str, str, Any]:
    entry = Entry.objects.latest("id")
    return entry.event, entry.subject, entry.data


def test_a_new_person_is_told_by_letter_and_chooses_a_password(office: Cast) -> None:
    """No key is in the letter: the sign-in page sends one, though no password was ever set."""
    nia = add(office, email=" Nia.North@Ambleford.EXAMPLE ")
    assert (nia.email, nia.has_usable_password(), list(nia.teams.all())) == (
        "nia.north@ambleford.example", False, [office.team],
    )  # fmt: skip
    letter = Letter.objects.get(kind="account_opened")
    assert (letter.to_email, "/account/password/reset/" in letter.context["address"]) == (nia.email, True)
    assert last_entry() == (
        "person.added", f"user:{nia.pk}", {"roles": ["social_worker"], "teams": [office.team.pk]},
    )  # fmt: skip
    Client().post(reverse("account_reset_password"), {"email": nia.email})
    assert [one.to for one in mail.outbox] == [[nia.email]]


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("email", {"email": "Ann\r\nBcc: x@evil.example"}),
        ("email", {"email": "a@x.example, b@evil.example"}),
        ("email", {"email": "SAM.SHAH@ambleford.example "}),
        ("email", {"email": "ann@council.gcsx.gov.uk"}),
        ("email", {"email": ""}),
        ("name", {"name": " \n "}),
        ("name", {"name": "x" * 121}),
        ("roles", {"roles": []}),
        ("roles", {"roles": ["emperor"]}),
        ("roles", {"roles": ["administrator", "social_worker"], "teams": []}),
        ("teams", {"roles": ["administrator"]}),
        ("teams", {"roles": ["inspector"]}),
        ("teams", {"roles": ["partner"]}),
        ("roles", {"roles": ["partner", "agency_desk"], "teams": []}),
        ("roles", {"roles": ["agency_desk", "business_support"], "teams": []}),
        ("agency", {"roles": ["agency_desk"], "teams": []}),
    ],
)
def test_what_cannot_stand_is_refused_at_its_field(office: Cast, field: str, other: dict[str, Any]) -> None:
    """An administrator in a team would see the team's cases; so would a partner."""
    number = User.objects.count()
    with pytest.raises(Refused) as refused:
        add(office, **other)
    assert (refused.value.field, User.objects.count()) == (field, number)


def test_staff_are_of_the_authority_and_teams_of_ones_own_agency(office: Cast) -> None:
    for field, other in (
        ("agency", {"agency": office.police, "teams": []}),
        ("teams", {"agency": office.police, "roles": ["partner"]}),
        ("teams", {"agency": office.police, "roles": ["agency_desk"]}),
    ):
        with pytest.raises(Refused) as refused:
            add(office, **other)
        assert refused.value.field == field


def test_a_desk_is_of_a_partner_agency_and_stands_in_for_nobody(office: Cast) -> None:
    desk = add(office, agency=office.police, roles=["agency_desk"], teams=[])
    assert (desk.is_partner, desk.agency) == (True, office.police)
    assert refusal_to_arrange_cover(desk, desk) is not None


def test_a_long_name_of_sixty_letters_stands(office: Cast) -> None:
    assert add(office, name="Ŵ" * 60).name == "Ŵ" * 60


@pytest.mark.parametrize("name", ["sam", "mo", "hal", "bea", "ira", "paul"])
def test_only_an_administrator_keeps_people(office: Cast, name: str) -> None:
    with pytest.raises(NotAllowed):
        add(office, by=getattr(office, name))


def test_nobody_changes_their_own_account(office: Cast) -> None:
    with pytest.raises(NotAllowed):
        change(office, office.adi, roles=["social_worker"])


def test_a_deputy_is_not_lent_the_keeping_of_people(office: Cast) -> None:
    end = NOW + timedelta(days=1)
    ActingFor.objects.create(deputy=office.sam, absent=office.adi, starts_at=NOW, ends_at=end, reason="Leave")
    with pytest.raises(NotAllowed):
        add(office, by=office.sam)


def test_a_change_says_which_fields_and_which_roles(office: Cast) -> None:
    change(office, office.sam, roles=["team_manager"], phone="01632 960777", teams=[office.other_team])
    sam = User.objects.get(pk=office.sam.pk)
    assert (sam.roles, sam.phone, list(sam.teams.all())) == (
        ["team_manager"], "01632 960777", [office.other_team],
    )  # fmt: skip
    fields = {"fields": ["phone", "roles", "teams"], "roles": sam.roles, "teams": [office.other_team.pk]}
    assert last_entry() == ("person.changed", f"user:{sam.pk}", fields)


def test_a_teams_manager_stays_a_manager_until_somebody_else_is(office: Cast) -> None:
    with pytest.raises(Refused) as refused:
        change(office, office.mo, roles=["social_worker"])
    assert (refused.value.field, "manages Assessment team 1" in refused.value.sentence) == ("roles", True)
    assert change(office, office.mo, roles=["advanced_practitioner"]).roles == ["advanced_practitioner"]


def test_the_last_administrator_stays_one(office: Cast) -> None:
    other = add(office, roles=["administrator"], teams=[], email="second@ambleford.example")
    User.objects.filter(pk=office.adi.pk).update(is_active=False)
    office.adi.is_active = True  # as a request that was under way still has it
    for act in (
        lambda: change(office, other, roles=["social_worker"]),
        lambda: people.close_account(other, why="Left", by=office.adi, at=NOW),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert "last administrator" in refused.value.sentence
    assert User.objects.get(pk=other.pk).is_active


def test_closing_ends_sessions_password_deputies_and_letters_at_once(office: Cast) -> None:
    sam = office.sam
    sam.set_password("correct horse battery staple")
    sam.save()
    client, other = Client(), Client()
    client.force_login(sam)
    other.force_login(office.mo)
    end = NOW + timedelta(days=1)
    acting = ActingFor.objects.create(
        deputy=sam, absent=office.mo, starts_at=NOW, ends_at=end, reason="Leave"
    )
    add(office)
    Letter.objects.update(to_ref=f"user:{sam.pk}")
    assert client.get("/cases/").status_code == 200
    people.close_account(sam, why="Left", by=office.adi, at=NOW)
    assert (client.get("/cases/").status_code, other.get("/cases/").status_code) == (302, 200)
    acting.refresh_from_db()
    assert (acting.ended_at, acting.ended_by) == (NOW, office.adi)
    assert set(Letter.objects.values_list("status", flat=True)) == {"cancelled"}
    assert not User.objects.get(pk=sam.pk).has_usable_password()
    people.reopen_account(sam, by=office.adi, at=NOW)
    assert client.get("/cases/").status_code == 302  # the old session does not come back to life


def test_closing_and_opening_are_done_once(office: Cast) -> None:
    people.close_account(office.sam, why="Left", by=office.adi, at=NOW)
    with pytest.raises(MoveNotAllowed):
        people.close_account(office.sam, why="Left", by=office.adi, at=NOW)
    people.reopen_account(office.sam, by=office.adi, at=NOW)
    with pytest.raises(MoveNotAllowed):
        people.reopen_account(office.sam, by=office.adi, at=NOW)
    assert last_entry()[:2] == ("person.account_reopened", f"user:{office.sam.pk}")


def test_searching_takes_signs_for_themselves(office: Cast) -> None:
    """`%` and `_` are no wildcards."""
    add(office, name="Per Cent", email="100%_sure@ambleford.example")
    found = lambda words: [one.name for one in User.objects.search(words)]  # noqa: E731
    assert (found("%_"), found("sam shah"), found("_h_h")) == (["Per Cent"], ["Sam Shah"], [])
    assert [one.name for one in User.objects.search(team=office.team, role="team_manager")] == ["Mo Mensah"]


# Agencies and teams


@pytest.mark.parametrize(
    ("typed", "domains", "is_wrong"),
    [
        (
            "Ambleford.EXAMPLE\n@north.example, ambleford.example.",
            ["ambleford.example", "north.example"],
            False,
        ),
        ("", [], False),
        ("council.gsi.gov.uk", [], True),
        ("gcsx.gov.uk", [], True),
        ("gov.uk", [], True),
        ("a@b.example", [], True),
        ("*.example", [], True),
        ("localhost", [], True),
        ("-a.example", [], True),
        ("x" * 200 + ".example", [], True),
    ],
)
def test_domains(typed: str, domains: list[str], is_wrong: bool) -> None:
    """Whole domains that still exist: no suffix, no wildcard, no address, none that was closed down."""
    found, problem = read_domains(typed)
    assert (found, bool(problem)) == (domains, is_wrong)


def agency(office: Cast, **other: Any) -> Agency:
    given: dict[str, Any] = {"name": "Hill School", "kind": AgencyKind.EDUCATION, "by": office.adi, "at": NOW}
    return agencies.add_agency(**{**given, **other})


def test_an_agency_is_added_once_and_there_is_one_authority(office: Cast) -> None:
    assert agency(office, mailbox=" Office@HILL.example ").mailbox == "office@hill.example"
    for field, other in (
        ("name", {"name": "hill school"}),
        ("is_authority", {"name": "Other council", "is_authority": True}),
        ("kind", {"name": "Other", "kind": "circus"}),
        ("secure_domains", {"name": "Other", "secure_domains": "nhs.uk"}),
        ("mailbox", {"name": "Other", "mailbox": "a@x.example, b@evil.example"}),
    ):
        with pytest.raises(Refused) as refused:
            agency(office, **other)
        assert refused.value.field == field


def test_a_team_is_managed_by_a_manager_of_its_agency(office: Cast) -> None:
    given: dict[str, Any] = {"kind": TeamKind.SOCIAL_WORK, "by": office.adi, "at": NOW}
    team = agencies.add_team(agency=office.council, name="Team 3", manager=office.ada, **given)
    assert team.manager == office.ada
    for field, other in (
        ("manager", {"name": "Team 4", "manager": office.sam}),
        ("manager", {"name": "Team 4", "manager": office.paul}),
        ("name", {"name": "TEAM 3"}),
    ):
        with pytest.raises(Refused) as refused:
            agencies.add_team(agency=office.council, **given, **other)
        assert refused.value.field == field
    with pytest.raises(NotAllowed):
        agencies.add_team(agency=office.council, name="Team 5", **{**given, "by": office.mo})
