"""Whom the facts of a request suggest inviting (rows W03, W04, C13, G01, G05)."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import AgencyKind
from accounts.models import Agency
from attendees.models import Professional
from attendees.rules.suggestions import Facts, alike, suggest
from attendees.services.directory import Newcomer, add_entry, add_professional
from attendees.services.inviting import invite_more
from attendees.services.suggesting import facts_of
from cases.enums import ChildStatus
from cases.models import Child
from minutes.services.content import content_of
from referrals.enums import CircumstanceKind
from referrals.rules import CircumstanceFacts
from strategy.models import StrategyRequest
from strategy.services import tell_circumstance
from strategy.sheet import sheet_of
from tests.builders.booking import a_booked_discussion
from tests.builders.meeting import a_started_discussion
from tests.builders.requests import a_draft_request, an_authorised_request
from tests.people import Cast, cast


def test_each_fact_suggests_its_agency_once() -> None:
    facts = Facts(
        looked_after=True,
        in_hospital=True,
        hospital="Northshire General",
        schools=["Elm Street Primary", "Elm Street  Primary", ""],
        referrer_agency="Harbour Nursery",
        other_areas=["Westmoor", "Westmoor"],
    )
    assert [(one.why, one.name) for one in suggest(facts)] == [
        ("A child is looked after", ""),
        ("A child is in hospital (Northshire General)", "Northshire General"),
        ("Made the referral", "Harbour Nursery"),
        ("A child goes there: Elm Street Primary", "Elm Street Primary"),
        ("The family lived elsewhere: Westmoor", "Westmoor"),
    ]
    assert suggest(Facts()) == []
    elsewhere = suggest(Facts(other_areas=["Westmoor"]))[0]
    assert [elsewhere.fits(kind, "Westmoor Council") for kind in ("social_care", "police", "housing")] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("name", "agency", "same"),
    [
        ("Elm Street Primary", "Elm Street Primary School", True),
        ("elm street", "Elm Street Primary School", True),
        ("Oak Street Primary", "Elm Street Primary School", False),
        ("Primary School", "Elm Street Primary School", False),
        ("", "Elm Street Primary School", False),
        ("St Mary’s", "St Marys Academy", True),
    ],
)
def test_names_that_mean_the_same_body(name: str, agency: str, same: bool) -> None:
    assert alike(name, agency) == same


@pytest.mark.django_db
def test_the_page_offers_them_with_the_reason_and_names_who_was_left_out(client: Client) -> None:
    people: Cast = cast()
    now = timezone.now()
    discussion = a_booked_discussion(people, at=now)
    request = StrategyRequest.objects.get(pk=discussion.request_id)
    child = request.children.all()[0]
    child.status, child.home_authority = ChildStatus.LOOKED_AFTER, "Westmoor"
    child.save()
    there = Agency.objects.create(name="Westmoor Council", kind=AgencyKind.SOCIAL_CARE)
    carer, worker = (
        add_professional(name=name, agency=agency, job_role="Worker", by=people.bea, at=now, **more)
        for name, agency, more in (
            ("Fay Field", people.fostering, {}),
            ("Wes West", there, {"email": "wes.west@westmoor.example"}),
        )
    )
    left_out: Professional = add_professional(
        name="Una Upton", agency=people.school, job_role="Tutor", by=people.bea, at=now
    )
    request.wanted.create(professional=left_out, not_invited_reason="Related to the mother.")
    request.other_areas = "Eastmoor until 2024"
    request.save()
    client.force_login(people.bea)
    page = client.get(f"/discussions/{discussion.pk}/invite/")
    hints = page.context["form"].fields["professionals"].widget.hints
    assert hints[str(carer.pk)] == (
        "Harbour Fostering. A child is looked after. No telephone or email: find one first"
    )
    assert hints[str(worker.pk)] == "Westmoor Council. The home authority of a child: Westmoor"
    assert page.context["to_find"] == ["The family lived elsewhere: Eastmoor until 2024"]
    assert hints[str(left_out.pk)] == (
        "Elm Street Primary School. Known to the family, not invited on purpose: Related to the mother. "
        "No telephone or email: find one first"
    )
    assert "Related to the mother." in page.content.decode()


@pytest.mark.django_db
def test_who_is_known_and_not_invited_stands_on_the_discussion_until_they_are(client: Client) -> None:
    """Row G01: chair and business support see it at once; only who books is led to invite them."""
    people: Cast = cast()
    now = timezone.now()
    discussion = a_booked_discussion(people, at=now)
    request = StrategyRequest.objects.get(pk=discussion.request_id)
    una = add_professional(name="Una Upton", agency=people.school, job_role="Tutor", by=people.bea, at=now)
    request.wanted.create(professional=una, not_invited_reason="Related to the mother")
    told = "Una Upton, Tutor, Elm Street Primary School: Related to the mother"
    for user, leads in ((people.mo, 0), (people.bea, 1)):
        client.force_login(user)
        page = client.get(f"/discussions/{discussion.pk}/").content.decode()
        assert (page.count(told), page.count("Invite one of them after all")) == (1, leads)
    invite_more(discussion, [una], by=people.bea, at=now)
    page = client.get(f"/discussions/{discussion.pk}/").content.decode()
    assert (page.count(told), page.count("Known to the family, not invited")) == (0, 0)


@pytest.mark.django_db
def test_whom_nothing_reaches_is_said_with_what_to_do(client: Client) -> None:
    people: Cast = cast()
    now = timezone.now()
    discussion = a_booked_discussion(people, at=now)
    mute = add_professional(
        name="Fay Field", agency=people.fostering, job_role="Worker", by=people.bea, at=now
    )
    invite_more(discussion, [mute], by=people.bea, at=now)
    client.force_login(people.bea)
    page = client.get(f"/discussions/{discussion.pk}/").content.decode()
    assert page.count("No telephone or email") == 1
    assert page.count("or take them off and invite a colleague.") == 1
    chasing = client.get(f"/discussions/{discussion.pk}/information/remind/")
    assert [one.professional.name for one in chasing.context["by_telephone"]] == ["Fay Field"]


@pytest.mark.django_db
def test_the_request_suggests_them_too(client: Client) -> None:
    """Rows C13, G05: whom the facts suggest is seen where people are named, with the reason."""
    people: Cast = cast()
    now = timezone.now()
    draft = a_draft_request(people)
    child = draft.children.all()[0]
    child.home_authority = "Westmoor"
    child.save()
    there = Agency.objects.create(name="Westmoor Council", kind=AgencyKind.SOCIAL_CARE)
    worker: Professional = add_professional(
        name="Wes West", agency=there, job_role="Worker", email="wes@westmoor.example", by=people.bea, at=now
    )
    client.force_login(people.sam)
    page = client.get(f"/requests/{draft.pk}/professionals/")
    suggested = {one.why: one.people for one in page.context["suggested"]}
    assert suggested["The home authority of a child: Westmoor"] == [worker]
    assert "Wes West, Worker, Westmoor Council" in page.content.decode()


@pytest.mark.django_db
def test_home_and_host_authority_of_a_child_are_thought_of(client: Client) -> None:
    """A child we look after and placed elsewhere, and another authority's child who lives here (row W04)."""
    people: Cast = cast()
    request = a_draft_request(people)
    ruby, jack = request.children.order_by("pk")
    Child.objects.filter(pk=ruby.pk).update(status=ChildStatus.LOOKED_AFTER, host_authority="Eastmoor")
    Child.objects.filter(pk=jack.pk).update(home_authority="Westmoor", placing_authority="Westmoor")
    found = suggest(facts_of(request))
    assert [one.why for one in found if "moor" in one.why] == [
        "The home authority of a child: Westmoor",
        "A child lives in the area of Eastmoor",
    ]
    host = found[-1]
    assert [host.fits(kind, "Eastmoor Council") for kind in ("social_care", "health", "housing")] == [
        True,
        True,
        False,
    ]
    assert host.fits("education", "Eastmoor Primary School")
    asked = sheet_of(request, ())["Children"]
    assert "Lives in the area of Eastmoor" in asked["Ruby Fenwick"].splitlines()
    assert {"Home authority: Westmoor", "Placed by Westmoor"} <= set(asked["Jack Fenwick"].splitlines())
    client.force_login(people.sam)
    page = client.get(f"/requests/{request.pk}/children/").content.decode()
    assert "Lives in the area of Eastmoor" in page
    form = client.get(f"/children/{ruby.pk}/").content.decode()
    assert 'name="host_authority"' in form and 'value="Eastmoor"' in form


@pytest.mark.django_db
def test_home_and_host_authority_stand_on_the_record() -> None:
    minutes = a_started_discussion()
    ruby = minutes.discussion.request.children.get(given_names="Ruby")
    before = {one["name"]: one for one in content_of(minutes)["children"]}
    assert "authorities" not in before["Ruby Fenwick"]
    Child.objects.filter(pk=ruby.pk).update(home_authority="Westmoor", host_authority="Eastmoor")
    told = {one["name"]: one for one in content_of(minutes)["children"]}
    assert told["Ruby Fenwick"]["authorities"] == "Home authority: Westmoor. Lives in the area of Eastmoor"


@pytest.mark.django_db
def test_a_child_in_hospital_is_read_from_the_circumstances() -> None:
    people: Cast = cast()
    draft = a_draft_request(people)
    assert not facts_of(draft).in_hospital
    told = CircumstanceFacts(kind=CircumstanceKind.IN_HOSPITAL, hospital="Northshire General")
    tell_circumstance(draft.referral, told, by=people.sam, at=timezone.now())
    assert facts_of(draft).in_hospital


@pytest.mark.django_db
def test_where_a_child_lived_before_is_thought_of() -> None:
    """Row G07: the form says that it is asked for so that the other authority can be asked."""
    people: Cast = cast()
    draft = a_draft_request(people)
    draft.children.update(previous_addresses="14 Mill Lane, Otherton Council")
    assert "14 Mill Lane, Otherton Council" in facts_of(draft).other_areas


@pytest.mark.django_db
def test_booking_offers_them_too_and_says_whom_nobody_stands_for(client: Client) -> None:
    """Rows W04, C13, G05: business support need not have read the request to think of them."""
    people: Cast = cast()
    now = timezone.now()
    request = an_authorised_request(people)
    child = request.children.all()[0]
    child.status, child.home_authority = ChildStatus.LOOKED_AFTER, "Westmoor"
    child.save()
    carer: Professional = add_professional(
        name="Fay Field",
        agency=people.fostering,
        job_role="Worker",
        email="fay@fostering.example",
        by=people.bea,
        at=now,
    )
    client.force_login(people.bea)
    client.get(f"/requests/{request.pk}/book/")  # the first of a session also writes when it was last used
    with CaptureQueriesContext(connection) as asked:
        page = client.get(f"/requests/{request.pk}/book/")
    statements = [one["sql"] for one in asked.captured_queries if "SAVEPOINT" not in one["sql"]]
    assert len(statements) <= 12, statements
    hints = page.context["form"].fields["professionals"].widget.hints
    assert hints[str(carer.pk)] == "Harbour Fostering. Suggested: a child is looked after"
    assert carer.pk not in page.context["form"]["professionals"].value()
    assert page.context["to_find"] == ["The home authority of a child: Westmoor"]
    assert "The home authority of a child: Westmoor" in page.content.decode()


@pytest.mark.django_db
def test_police_and_health_are_filled_in_where_each_has_one_duty_contact(client: Client) -> None:
    """Row W03: the requester sees whom, and nothing is saved before they save."""
    people: Cast = cast()
    now = timezone.now()
    draft = a_draft_request(people)
    desk, nurse = (
        add_entry(
            Newcomer(name=name, agency=agency, job_role=job, email=f"{role}@duty.example", quorum_role=role),
            is_duty_contact=True,
            by=people.adi,
            at=now,
        )
        for name, agency, job, role in (
            ("Referral desk", people.police, "Desk sergeant", "police"),
            ("Duty nurse", people.health, "Named nurse", "health"),
        )
    )
    client.force_login(people.sam)
    address = f"/requests/{draft.pk}/professionals/"
    page = client.get(address)
    rows = next(one for one in page.context["rows"] if one.prefix == "picked")
    assert [row["professional"].value() for row in rows.forms] == [desk.pk, nurse.pk]
    assert "Filled in below from the directory, as duty contact" in page.content.decode()
    assert not draft.wanted.exists()
    add_entry(
        Newcomer(
            name="Second desk",
            agency=people.police,
            job_role="Desk sergeant",
            email="second@duty.example",
            quorum_role="police",
        ),
        is_duty_contact=True,
        by=people.adi,
        at=now,
    )
    rows = next(one for one in client.get(address).context["rows"] if one.prefix == "picked")
    assert [row["professional"].value() for row in rows.forms] == [nurse.pk]


@pytest.mark.django_db
def test_a_referrer_whom_the_directory_knows_is_not_typed_in_again(client: Client) -> None:
    people: Cast = cast()
    draft = a_draft_request(people)
    known: Professional = add_professional(
        name="Rita Rowe",
        agency=people.school,
        job_role="Head",
        email="rita.rowe@elm.example",
        by=people.bea,
        at=timezone.now(),
    )
    draft.referral.referrer_name, draft.referral.referrer_email = "R. Rowe", "Rita.Rowe@elm.example"
    draft.referral.save()
    client.force_login(people.sam)
    picked, typed = client.get(f"/requests/{draft.pk}/professionals/").context["rows"]
    assert [row["professional"].value() for row in picked.forms] == [known.pk]
    assert typed.forms == []
