"""Two records of one child, and two cases of one family, become one; and nothing is lost on the way."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.errors import NotAllowed, Refused
from audit.models import Entry
from cases import services as cases
from cases.enums import AccessPurpose
from cases.models import Access, Case, Child, FamilyMember
from cases.rules import ChildFacts, FamilyFacts, TieFacts
from deadlines.models import Deadline
from strategy import services
from strategy.models import Discussion, Enquiry
from tests.builders.booking import a_booked_discussion
from tests.builders.requests import a_draft_request, a_referral, siblings
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def people() -> Cast:
    """The cast."""
    return cast()


def seeing(case: Case, people: Cast) -> set[str]:
    """Who of the cast may see a case, those who read every case apart."""
    who = people.everyone.items()
    return {name for name, user in who if Case.objects.visible_to(user).filter(pk=case.pk)} - {"hal", "ira"}


def an_enquiry(child: Child, discussion: Discussion, people: Cast) -> Enquiry:
    """An open enquiry."""
    return Enquiry.objects.create(
        child=child, discussion=discussion, kind="single", started_at=NOW, lead=people.sam
    )


# A child's two records


def test_one_child_recorded_twice_becomes_one(people: Cast) -> None:
    """Concerns, requests, sightings and ties point at the record that stays; one clock runs."""
    request = a_draft_request(people, children=siblings(1))
    kept = request.case.children.get()
    gone = cases.add_child(
        request.case,
        replace(siblings(1)[0], nhs_number="9434765919", school="Oak Road"),
        by=people.sam,
        at=NOW,
    )
    merged = services.merge_children(gone, kept, from_other=["nhs_number"], by=people.mo, at=NOW)
    assert (merged.pk, merged.nhs_number, merged.school) == (
        kept.pk,
        "9434765919",
        "Elm Street Primary School",
    )
    assert list(request.case.children.all()) == [kept]
    gone = Child.everyone.get(pk=gone.pk)
    assert (gone.merged_into_id, gone.removed_by_id) == (kept.pk, people.mo.pk)
    entry = Entry.objects.get(event="case.child_merged")
    assert entry.data == {"from": f"child:{gone.pk}", "fields": ["nhs_number"]}


def test_who_turned_18_is_still_merged_and_changed_on_the_page(people: Cast) -> None:
    """Neither date of birth is new: a birthday reached since keeps nobody from putting the record right."""
    case = a_draft_request(people, children=siblings(2)).case
    kept, gone = case.children.order_by("pk")
    grown = timezone.localdate(NOW).replace(day=1) - timedelta(days=18 * 366)
    Child.objects.filter(case=case).update(date_of_birth=grown)
    services.merge_children(gone, kept, from_other=["given_names"], by=people.mo, at=NOW)
    client = Client()
    client.force_login(people.sam)
    typed = {
        "given_names": "Jack", "family_name": "Fenwick", "birth": "born", "sex": "M", "status": "not_known",
        "date_of_birth": grown.isoformat(), "school": "Oak Road", "postcode": "zz993aa",
    }  # fmt: skip
    address = reverse("family:child", args=[kept.pk])
    assert client.post(address, typed).status_code == 302
    kept.refresh_from_db()
    assert (kept.school, kept.postcode, kept.date_of_birth) == ("Oak Road", "ZZ99 3AA", grown)
    younger = typed | {"date_of_birth": (grown - timedelta(days=1)).isoformat()}
    assert client.post(address, younger).status_code == 422


def test_the_earlier_of_two_running_clocks_stands(people: Cast) -> None:
    """Both records are in the request as a draft: each had its clock, one runs on."""
    request = a_draft_request(people, children=siblings(2))
    kept, gone = request.case.children.order_by("pk")
    mine = Deadline.objects.get(subject=f"child:{kept.pk}")
    Deadline.objects.filter(subject=f"child:{gone.pk}").update(due_at=mine.due_at - timedelta(hours=2))  # type: ignore[operator]
    services.merge_children(gone, kept, by=people.mo, at=NOW)
    clocks = Deadline.objects.filter(subject=f"child:{kept.pk}", duty="child_seen")
    assert clocks.filter(state="running").count() == 1
    assert not Deadline.objects.filter(subject=f"child:{gone.pk}").exists()
    assert [child.pk for child in request.children.all()] == [kept.pk]
    assert kept.concerns.count() == 1


def test_a_child_seen_under_one_record_was_seen(people: Cast) -> None:
    """The clock of the other record is met by it."""
    request = a_draft_request(people, children=siblings(2))
    kept, gone = request.case.children.order_by("pk")
    services.record_child_seen(
        gone, seen_at=NOW, seen_by="Sam Shah", how="spoken", alone="yes", by=people.sam, at=NOW
    )
    services.merge_children(gone, kept, by=people.mo, at=NOW)
    states = Deadline.objects.filter(subject=f"child:{kept.pk}", duty="child_seen").values_list(
        "state", flat=True
    )
    assert (set(states), kept.sightings.count()) == ({"met"}, 1)


def test_two_open_enquiries_are_not_merged(people: Cast) -> None:
    """The reason says what to do, and nothing has changed."""
    discussion = a_booked_discussion(people, children=siblings(1))
    kept = discussion.case.children.get()
    gone = cases.add_child(discussion.case, siblings(1)[0], by=people.sam, at=NOW)
    for child in (kept, gone):
        an_enquiry(child, discussion, people)
    with pytest.raises(Refused, match="A section 47 enquiry is open on each"):
        services.merge_children(gone, kept, by=people.mo, at=NOW)
    assert (discussion.case.children.count(), gone.enquiries.count()) == (2, 1)


def test_both_in_one_discussion_stay_two(people: Cast) -> None:
    discussion = a_booked_discussion(people, children=siblings(2))
    gone, kept = discussion.case.children.all()
    with pytest.raises(Refused, match="Both records are in discussion 1"):
        services.merge_children(gone, kept, by=people.mo, at=NOW)


def test_who_merges(people: Cast) -> None:
    """A manager who sees the case; and two records of one case only."""
    request, other = a_draft_request(people), a_draft_request(people)
    gone, kept = request.case.children.all()
    for who in (people.sam, people.otto, people.bea):
        with pytest.raises(NotAllowed):
            services.merge_children(gone, kept, by=who, at=NOW)
    with pytest.raises(Refused, match="merge the two cases first"):
        services.merge_children(other.case.children.all()[0], kept, by=people.mo, at=NOW)


# Two cases


def test_two_cases_of_one_family_become_one(people: Cast) -> None:
    """Children, family, requests, discussions and clocks are the other's; the same children are one."""
    first = a_booked_discussion(people, children=siblings(1))
    second = a_draft_request(people, children=siblings(2))
    stays, goes = first.case, second.case
    kept = stays.children.get()
    ruby, jack = goes.children.order_by("pk")
    services.merge_cases(goes, stays, same={ruby.pk: kept.pk}, why="One mother", by=people.mo, at=NOW)
    goes.refresh_from_db()
    assert (goes.merged_into_id, goes.status) == (stays.pk, "closed")
    assert set(stays.children.all()) == {kept, jack}
    assert (stays.requests.count(), stays.referrals.count(), stays.family.count()) == (2, 2, 4)
    assert set(second.children.all()) == {kept, jack}
    for relation in Case._meta.related_objects:
        if (
            relation.one_to_many
            and relation.related_model is not Access
            and relation.related_model is not Case
        ):
            left = relation.related_model._base_manager.filter(**{relation.field.name: goes})
            assert not left.exists(), relation.related_model
    running = Deadline.objects.filter(state="running").values_list("case", "subject", "duty")
    assert len(set(running)) == len(running) > 3
    assert {case for case, _, _ in running} == {stays.pk}
    assert [entry.case_ref for entry in Entry.objects.filter(event="case.merged").order_by("id")] == [
        goes.reference,
        stays.reference,
    ]


def test_who_saw_one_case_sees_the_merged_one(people: Cast) -> None:
    stays, goes = a_draft_request(people).case, a_draft_request(people).case
    cases.grant(
        goes, user=people.olga, purpose=AccessPurpose.TAKES_PART, why="Knows them", by=people.mo, at=NOW
    )
    services.merge_cases(goes, stays, why="One family", by=people.mo, at=NOW)
    assert seeing(stays, people) == {"sam", "mo", "ada", "asha", "olga"}
    assert seeing(goes, people) == set()


@pytest.mark.parametrize("restricted", ["stays", "goes"])
@pytest.mark.parametrize("chosen", [False, True])
def test_a_restricted_case_is_seen_by_who_saw_both_or_was_chosen(
    people: Cast, restricted: str, chosen: bool
) -> None:
    """Neither the restricted case's content nor its existence reaches somebody by a merge."""
    both = {"stays": a_draft_request(people).case, "goes": a_draft_request(people).case}
    open_one = both["goes" if restricted == "stays" else "stays"]
    grants = [
        cases.grant(
            open_one, user=user, purpose=AccessPurpose.TAKES_PART, why="Knows them", by=people.mo, at=NOW
        )
        for user in (people.olga, people.otto)
    ]
    Case.objects.filter(pk=both[restricted].pk).update(restricted=True)
    services.merge_cases(
        both["goes"],
        both["stays"],
        may_see=[grants[0].pk] if chosen else [],
        why="One family",
        by=people.mo,
        at=NOW,
    )
    merged = Case.objects.get(pk=both["stays"].pk)
    assert merged.restricted
    assert seeing(merged, people) == {"sam", "mo", "ada", "asha"} | ({"olga"} if chosen else set())
    assert not Case.objects.visible_to(people.hal).exists()


def test_a_case_is_merged_once_and_not_into_itself(people: Cast) -> None:
    stays, goes = a_draft_request(people).case, a_draft_request(people).case
    with pytest.raises(Refused, match="one and the same"):
        services.merge_cases(stays, stays, why="?", by=people.mo, at=NOW)
    with pytest.raises(Refused, match="how you know"):
        services.merge_cases(goes, stays, why=" ", by=people.mo, at=NOW)
    services.merge_cases(goes, stays, why="One family", by=people.mo, at=NOW)
    with pytest.raises(NotAllowed):
        services.merge_cases(goes, stays, why="Again", by=people.mo, at=NOW)
    for who in (people.sam, people.otto):
        with pytest.raises(NotAllowed):
            services.merge_cases(stays, a_draft_request(people).case, why="?", by=who, at=NOW)


# Births, removals, ties


def test_an_unborn_child_is_born_and_must_be_seen_from_then_on(people: Cast) -> None:
    """One record; the clock starts when the birth became known, not at the referral."""
    due = timezone.localdate() + timedelta(days=3)
    unborn = ChildFacts(family_name="Fenwick", is_unborn=True, expected_date=due)
    referral = a_referral(people, children=[unborn], triggered_at=NOW - timedelta(hours=30))
    child = referral.case.children.get()
    assert not Deadline.objects.filter(subject=f"child:{child.pk}").exists()
    told = NOW - timedelta(hours=1)
    facts = ChildFacts(
        given_names="Isla", family_name="Fenwick", date_of_birth=timezone.localdate(told), sex="F"
    )
    born = services.record_birth(child, facts, told_at=told, by=people.sam, at=NOW)
    clock = Deadline.objects.get(subject=f"child:{born.pk}", duty="child_seen")
    assert (born.pk, born.name, clock.starts_at, clock.due_at) == (
        child.pk,
        "Isla Fenwick",
        told,
        told + timedelta(hours=24),
    )
    with pytest.raises(Refused, match="born already"):
        services.record_birth(child, facts, told_at=told, by=people.sam, at=NOW)


def test_a_birth_is_not_learnt_of_before_it_or_in_the_future(people: Cast) -> None:
    unborn = ChildFacts(family_name="Fenwick", is_unborn=True, expected_date=timezone.localdate())
    child = a_referral(people, children=[unborn]).case.children.get()
    facts = ChildFacts(given_names="Isla", family_name="Fenwick", date_of_birth=timezone.localdate())
    for told, says in ((NOW + timedelta(hours=1), "future"), (NOW - timedelta(days=2), "before the child")):
        with pytest.raises(Refused, match=says):
            services.record_birth(child, facts, told_at=told, by=people.sam, at=NOW)


def test_a_child_with_an_open_enquiry_stays(people: Cast) -> None:
    discussion = a_booked_discussion(people)
    first = discussion.case.children.all()[0]
    with pytest.raises(Refused, match="is in a strategy request that is “booked”"):
        services.take_child_off(first, why="Another family", by=people.sam, at=NOW)
    an_enquiry(first, discussion, people)
    with pytest.raises(Refused, match="stays: a section 47 enquiry is open since"):
        services.take_child_off(first, why="Another family", by=people.sam, at=NOW)
    assert discussion.case.children.count() == 2


def test_a_child_is_taken_off_with_a_reason_and_its_clock_ends(people: Cast) -> None:
    """Kept, but on no page; the only child of a case stays."""
    request = a_draft_request(people)
    first, second = request.case.children.all()
    request.children.set([second])
    with pytest.raises(Refused, match="Enter why"):
        services.take_child_off(first, why=" ", by=people.sam, at=NOW)
    services.take_child_off(first, why="A cousin", by=people.sam, at=NOW)
    assert list(request.case.children.all()) == [second]
    assert Child.everyone.get(pk=first.pk).removed_why == "A cousin"
    states = Deadline.objects.filter(subject=f"child:{first.pk}").values_list("state", flat=True)
    assert set(states) == {"void"}
    request.children.clear()
    with pytest.raises(Refused, match="the only child"):
        services.take_child_off(second, why="?", by=people.sam, at=NOW)


def test_responsibility_is_said_child_by_child(people: Cast) -> None:
    """The same to all at first; then each may differ."""
    case = a_draft_request(people).case
    first, second = case.children.order_by("pk")
    facts = FamilyFacts(name="Lee Fenwick", relationship="Father", has_parental_responsibility=True)
    member = cases.add_family_member(case, facts, by=people.sam, at=NOW)
    assert [tie.has_parental_responsibility for tie in member.ties.all()] == [True, True]
    told = [
        TieFacts(child=first.pk, relationship="Father", has_parental_responsibility=True),
        TieFacts(child=second.pk, relationship="Stepfather"),
    ]
    cases.set_ties(member, told, by=people.sam, at=NOW)
    said = [(tie.child_id, tie.relationship, tie.has_parental_responsibility) for tie in member.ties.all()]
    assert sorted(said) == [(first.pk, "Father", True), (second.pk, "Stepfather", False)]
    with pytest.raises(Refused, match="Say who this is"):
        cases.set_ties(
            member, [TieFacts(child=first.pk, has_parental_responsibility=True)], by=people.sam, at=NOW
        )
    cases.remove_family_member(member, why="By mistake", by=people.sam, at=NOW)
    assert not FamilyMember.objects.filter(pk=member.pk).exists()


def test_what_is_the_same_for_all_is_copied_and_may_differ_again(people: Cast) -> None:
    case = a_draft_request(people).case
    first, second = case.children.all()
    facts = {"address": "9 Secret Lane", "postcode": "ZZ99 3AA", "address_confidential": True}
    Child.objects.filter(pk=first.pk).update(**facts, school="Oak Road")
    changed = cases.copy_to_all(first, ["address"], by=people.sam, at=NOW)
    second.refresh_from_db()
    assert [child.pk for child in changed] == [second.pk]
    assert (second.address, second.address_confidential, second.school) == (
        "9 Secret Lane",
        True,
        "Elm Street Primary School",
    )
    assert cases.copy_to_all(first, ["address"], by=people.sam, at=NOW) == []
