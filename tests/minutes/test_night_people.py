"""What else one page of the night asks: circumstances with more than a tick, and who lives there."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.errors import Refused
from audit.models import Entry
from cases import services
from cases.errors import AlreadyRecorded
from cases.models import Child, FamilyMember
from cases.rules import ChildFacts, FamilyFacts
from deadlines.models import Deadline
from minutes.services.night import Joining, Night, write_down_night
from protocols.models import LocalProtocol
from referrals.models import Circumstance, Concern
from strategy.models import Decision, StrategyRequest
from tests.builders.meeting import a_threshold
from tests.builders.night import a_night, minutes_ago, to_come
from tests.builders.requests import a_protocol, a_referral
from tests.minutes.test_night_pages import DECIDED, at, browser, errors, night, row
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
LODGER = FamilyFacts(name="Ottoline Avery", relationship="Lodger", is_alleged_person=True)
ISLA = ChildFacts(
    given_names="Isla", family_name="Fenwick", date_of_birth=timezone.localdate().replace(day=1)
)


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def typed(people: Cast, now: datetime, *kinds: str, **more: str) -> dict[str, Any]:
    """The page of a night with these circumstances ticked."""
    return night(people, now) | {"kinds": list(kinds)} | more


def sent(people: Cast, now: datetime, data: dict[str, Any]) -> str:
    """Eve looks for the child, and sends the page; what came back, or nothing when it was written."""
    a_protocol()
    eve = browser(people.eve)
    eve.post("/referrals/new/", {"words": "Ruby Fenwick"})
    answer = eve.post("/night/new/", data)
    return "" if answer.status_code == 302 else answer.content.decode()


def test_hospital_with_the_planned_discharge_sets_the_limit(people: Cast, now: datetime) -> None:
    leaves = minutes_ago(-300, now)
    data = typed(people, now, "in_hospital", hospital="Northshire General") | at(
        "planned_discharge_at", leaves
    )
    assert sent(people, now, data | {"was_held": "no"} | dict.fromkeys(data_of_talk(data), "")) == ""
    told = Circumstance.objects.get()
    assert (told.hospital, told.planned_discharge_at) == ("Northshire General", leaves)
    assert Deadline.objects.get(duty="convene").due_at == leaves


def data_of_talk(data: dict[str, Any]) -> list[str]:
    """What is asked only of a discussion that was held."""
    rows = ("agreed-0-", "decided-0-outcome", "decided-0-risk", "decided-0-rationale")
    return [name for name in data if name.startswith(rows)]


def test_exploitation_with_its_screening_and_a_missing_episode_are_ticked(
    people: Cast, now: datetime
) -> None:
    day = now.date()
    data = typed(
        people, now, "child_sexual_exploitation", "missing_episode",
        screened_by="Olga Orme", screening_rating="high", screened_on_day=str(day.day),
        screened_on_month=str(day.month), screened_on_year=str(day.year),
    )  # fmt: skip
    assert sent(people, now, data | {"format": "virtual", "urgent_reason": ""}) == ""
    kept = {one.kind: (one.screened_on, one.screened_by) for one in Circumstance.objects.all()}
    assert kept == {
        "child_sexual_exploitation": (day, "Olga Orme"),
        "missing_episode": (None, ""),
    }


def test_something_else_needs_whom_one_asked(people: Cast, now: datetime) -> None:
    page = sent(people, now, typed(people, now, "other"))
    assert errors(page) == ["consulted", "advice"]
    page = sent(people, now, typed(people, now, "other", consulted="Mo Mensah"))
    assert errors(page) == ["advice"]
    whole = typed(people, now, "other", consulted="Mo Mensah", advice="Go ahead.")
    assert sent(people, now, whole) == ""
    assert Circumstance.objects.get().consulted == "Mo Mensah"


def test_what_is_said_to_be_confidential_at_night_is_kept_so(people: Cast, now: datetime) -> None:
    """Of a child and of an adult whose telephone alone is known."""
    told = typed(people, now, "other", consulted="Mo Mensah", advice="Go ahead.") | {
        "decided-0-address": "9 Secret Lane", "decided-0-address_confidential": "on",
        "family-count": "1", "family-0-name": "Carol Fenwick", "family-0-relationship": "Mother",
        "family-0-lives_elsewhere": "on", "family-0-phone": "07700 900145",
        "family-0-address_confidential": "on",
    }  # fmt: skip
    assert sent(people, now, told) == ""
    assert list(Child.objects.values_list("address", "address_confidential")) == [("9 Secret Lane", True)]
    assert list(FamilyMember.objects.values_list("phone", "address_confidential")) == [("07700 900145", True)]


def test_children_and_adults_of_the_household_are_recorded_and_not_discussed(
    people: Cast, now: datetime
) -> None:
    entry = write_down_night(a_night(people, at=now, others=[ISLA], family=[LODGER]), by=people.eve, at=now)
    case = entry.request.case
    assert Child.objects.filter(case=case).count() == 3
    assert {one.given_names for one in entry.request.children.all()} == {"Ruby", "Jack"}
    assert not Deadline.objects.of(f"child:{Child.objects.get(given_names='Isla').pk}", "child_seen").exists()
    lodger = FamilyMember.objects.get(case=case)
    assert lodger.is_alleged_person and lodger.ties.count() == 3


def test_a_child_who_is_new_to_an_open_case_is_decided_for(people: Cast, now: datetime) -> None:
    case = a_referral(people, at=now - timedelta(days=30), by=people.eve).case
    base = a_night(people, at=now)
    about = [(child, a_threshold()) for child in case.children.all()]
    joining = [Joining(facts=ISLA, harm=["NEG"], decided=a_threshold("section_17"))]
    told = replace(base, case=case, new_case=None, concerns=(), about=about, joining=joining)
    entry = write_down_night(told, by=people.eve, at=now)
    isla = entry.request.children.get(given_names="Isla")
    assert Decision.objects.get(child=isla).outcome == "section_17"
    assert Concern.objects.get(child=isla, referral=entry.request.referral).abuse_type == "NEG"


def test_a_child_like_one_on_record_needs_the_reason(people: Cast, now: datetime) -> None:
    twin = ChildFacts(given_names="Ruby", family_name="Fenwick", date_of_birth=ruby_s_birthday(people, now))
    night_: Night = a_night(people, at=now, others=[twin], told=to_come(people))
    with pytest.raises(Refused, match="recorded already"):
        write_down_night(night_, by=people.eve, at=now)
    assert not StrategyRequest.objects.filter(night__isnull=False).exists()


@pytest.mark.parametrize("is_new", [True, False])
def test_an_adult_like_one_on_record_needs_the_reason(people: Cast, now: datetime, is_new: bool) -> None:
    """The lodger lived with another family before: Eve is shown, says why, and it is written down."""
    before = a_referral(people, at=now - timedelta(days=90), by=people.eve).case
    known = services.add_family_member(before, LODGER, by=people.eve, at=now - timedelta(days=90))
    night_ = a_night(people, at=now, family=[LODGER], told=to_come(people))
    if not is_new:
        case = a_referral(people, at=now - timedelta(days=30), by=people.eve).case
        about = [(child, None) for child in case.children.all()]
        night_ = replace(night_, case=case, new_case=None, concerns=(), about=about)
    with pytest.raises(AlreadyRecorded) as refused:
        write_down_night(night_, by=people.eve, at=now)
    assert (refused.value.field, refused.value.adults) == ("another_because", [known])
    assert FamilyMember.objects.filter(name=LODGER.name).count() == 1
    write_down_night(replace(night_, another_because="He lodges here now."), by=people.eve, at=now)
    assert FamilyMember.objects.filter(name=LODGER.name).count() == 2
    told = Entry.objects.get(event="case.match_declined")
    assert told.data["not_of_family_of"] == [f"familymember:{known.pk}"]


def ruby_s_birthday(people: Cast, now: datetime) -> date | None:
    night_ = a_night(people, at=now)
    assert night_.new_case is not None
    return night_.new_case.children[0].date_of_birth


def test_by_the_page_of_an_open_case(people: Cast, now: datetime) -> None:
    case = a_referral(people, at=now - timedelta(days=30), by=people.eve).case
    eve = browser(people.eve)
    where = f"/night/cases/{case.reference}/"
    shown = eve.get(where).content.decode()
    for words in (
        "A child who is not on this case yet",
        "Other children of the household",
        "Add a family member",
    ):
        assert words in shown
    ruby = case.children.get(given_names="Ruby")
    data = {name: value for name, value in night(people, now).items() if not name.startswith("decided-")}
    data |= {"decided-count": "1", **row("decided", 0, child=ruby.pk, **DECIDED)}
    data |= {"joining-count": "1", "others-count": "1", "family-count": "1"}
    data |= row("joining", 0, given_names="Isla", family_name="Fenwick", birth="born", sex="F",
                abuse_types="NEG", **DECIDED)  # fmt: skip
    data |= row("others", 0, given_names="Leo", family_name="Fenwick", birth="born", sex="M")
    data |= row("family", 0, name="Ottoline Avery", relationship="Lodger")
    answer = eve.post(where, data)
    assert answer.status_code == 302, errors(answer.content.decode())
    request = StrategyRequest.objects.latest("pk")
    assert {one.given_names for one in request.children.all()} == {"Ruby", "Isla"}
    assert Child.objects.filter(case=case, given_names="Leo").exists()
    assert FamilyMember.objects.filter(case=case, name="Ottoline Avery").exists()


def test_a_version_published_before_the_settings_came_keeps_what_held_then(
    people: Cast, now: datetime
) -> None:
    version = a_protocol()
    for name in ("countersign_limit", "night_handover_at"):
        del version.data["settings"][name]
    older = LocalProtocol(
        slug="older", version=1, title="Older", data=version.data, effective_from=now.date()
    )
    assert str(older.rules.countersign_limit.value) == "working_days(1)"
    assert older.rules.night_handover_at.value.isoformat() == "09:00:00"
    older.document["settings"]["night_handover_at"]["confirmed"] = True
    assert not older.rules.night_handover_at.confirmed
