"""An adult who is recorded already is shown first: one person may be of two families."""

from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from audit.models import Entry
from cases import services
from cases.errors import AlreadyRecorded
from cases.models import Case, FamilyMember
from cases.rules import FamilyFacts
from tests.builders.requests import a_referral
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
DERREN = FamilyFacts(
    name="Derren Skelton", relationship="Stepfather", date_of_birth=date(1986, 5, 4), phone="01632 960123"
)


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def known(people: Cast) -> Case:
    """Another case of the same team, in which Derren is."""
    case = a_referral(people).case
    services.add_family_member(case, DERREN, by=people.sam, at=timezone.now())
    return case


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ({"name": "Derren Skelton"}, 1),
        ({"name": "Skelton, Derren John", "date_of_birth": date(1986, 5, 4)}, 1),
        ({"name": "Darren Skeltan", "date_of_birth": date(1986, 4, 5)}, 1),  # day and month swapped
        ({"name": "Darren Skeltan"}, 0),  # a name alike alone is too common
        ({"name": "Derren Skelton", "date_of_birth": date(1991, 9, 9)}, 0),
        ({"name": "D", "phone": "+44 1632 960123"}, 1),
        ({"name": "Derren"}, 0),
        ({"name": "not known"}, 0),
    ],
)
def test_who_is_taken_for_the_same_adult(known: Case, told: dict[str, object], found: int) -> None:
    facts = FamilyFacts(**{"relationship": "Uncle", **told})  # type: ignore[arg-type]
    assert FamilyMember.objects.likely(facts).filter(case=known).count() == found


def test_who_is_of_another_family_is_shown_and_recorded_after_a_look(people: Cast, known: Case) -> None:
    other, now = a_referral(people).case, timezone.now()
    with pytest.raises(AlreadyRecorded) as refused:
        services.add_another_member(other, DERREN, has_looked=False, by=people.sam, at=now)
    assert [one.case for one in refused.value.adults] == [known]
    made = services.add_another_member(other, DERREN, has_looked=True, by=people.sam, at=now)
    assert made.case == other
    told = Entry.objects.get(event="case.family_known")
    assert told.data["like"] == [f"familymember:{refused.value.adults[0].pk}"]


def test_of_a_case_one_may_not_see_the_team_alone_and_of_a_restricted_one_nothing(
    people: Cast, known: Case
) -> None:
    now = timezone.now()
    mine = a_referral(people, by=people.olga).case
    with pytest.raises(AlreadyRecorded) as refused:
        services.add_another_member(mine, DERREN, has_looked=False, by=people.olga, at=now)
    assert (refused.value.adults, refused.value.teams) == ([], [known.team])
    Case.objects.filter(pk=known.pk).update(restricted=True)
    services.add_another_member(mine, DERREN, has_looked=False, by=people.olga, at=now)


def test_by_the_pages(people: Cast, known: Case, client: Client) -> None:
    case = a_referral(people).case
    client.force_login(people.sam)
    page, typed = f"/cases/{case.reference}/family/add/", {"name": "derren skelton", "relationship": "Uncle"}
    shown = client.post(page, typed)
    assert (shown.status_code, known.reference in shown.content.decode()) == (409, True)
    assert client.post(page, typed | {"has_looked": "on"}).status_code == 302
    client.post("/referrals/new/", {"words": "zed quillon 27/3/2017"})
    first = client.get("/referrals/new/family/").context["rows"][0].forms[0]
    assert [first[name].value() for name in ("given_names", "family_name", "date_of_birth")] == [
        "Zed", "Quillon", date(2017, 3, 27),
    ]  # fmt: skip
    family = {
        "children-count": "1", "children-0-given_names": "Zed", "children-0-family_name": "Quillon",
        "children-0-birth": "born", "children-0-sex": "U", "children-0-status": "not_known",
        "family-count": "1", "family-0-name": "Derren Skelton", "family-0-relationship": "Father",
        "trigger": "referral", "triggered_at": timezone.now().isoformat(), "narrative": "Told.",
        "source": "2A", "team": people.team.pk,
    }  # fmt: skip
    refused = client.post("/referrals/new/family/", family)
    assert (refused.status_code, "another family" in refused.content.decode()) == (409, True)
    opened = client.post("/referrals/new/family/", family | {"another_because": "A second family of his"})
    assert opened.status_code == 302
