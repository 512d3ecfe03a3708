"""A child found to be concerned after the request was submitted joins it: no second request (row G03)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from attendees.services.suggesting import facts_of
from audit.errors import MoveNotAllowed, NotAllowed, Refused
from audit.models import Entry
from cases.models import Child
from cases.rules import ChildFacts
from cases.services import add_child as add_to_case
from deadlines.models import Deadline
from minutes.models import Section
from minutes.services.concerned import Concerned, add_child, take_child_off
from minutes.services.decisions import decide
from minutes.services.record import open_record
from outbox.models import Letter
from referrals.models import Concern
from strategy.models import ChildChange, StrategyRequest
from strategy.services import withdraw
from strategy.sheet import as_it_stands, sheet_in
from tests.builders.booking import a_booked_discussion
from tests.builders.meeting import a_started_discussion, a_threshold
from tests.builders.requests import a_draft_request, a_submitted_request, an_authorised_request
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
WHY = "The grandmother says that Isla was in the car too."


@pytest.fixture
def people() -> Cast:
    return cast()


def a_sister(people: Cast, request: StrategyRequest, **facts: object) -> Child:
    """Isla, who is on the case and was not asked about."""
    told = {"given_names": "Isla", "family_name": "Fenwick", "school": "Harbour Nursery"} | facts
    return add_to_case(request.case, ChildFacts(**told), by=people.sam, at=timezone.now())  # type: ignore[arg-type]


def joins(people: Cast, request: StrategyRequest, child: Child, by: object = None, **more: object) -> None:
    told = Concerned(child=child, reason=WHY, **more)  # type: ignore[arg-type]
    add_child(request, told, by=by or people.sam, at=timezone.now())  # type: ignore[arg-type]


def browser(user: object) -> Client:
    found = Client()
    found.force_login(user)  # type: ignore[arg-type]
    return found


def test_a_child_joins_with_the_same_harm_as_the_others_or_its_own(people: Cast) -> None:
    request = a_submitted_request(people)
    isla, leo = a_sister(people, request), a_sister(people, request, given_names="Leo")
    joins(people, request, isla)
    joins(people, request, leo, harm=["NEG"])
    assert {child.given_names for child in request.children.all()} == {"Ruby", "Jack", "Isla", "Leo"}
    feared = Concern.objects.filter(referral=request.referral, child__in=[isla, leo])
    assert set(feared.values_list("child__given_names", "abuse_type")) == {("Isla", "PHY"), ("Leo", "NEG")}
    entry = Entry.objects.filter(event="request.child_joined").first()
    assert entry is not None and entry.data == {"child": isla.pk, "reason": WHY}


def test_the_deadline_becomes_shorter_by_itself_and_the_child_must_be_seen(people: Cast) -> None:
    request = a_submitted_request(people, circumstances=())
    isla = a_sister(people, request)
    before = Deadline.objects.get(duty="convene")
    joins(people, request, isla, circumstances=["immediate_risk"])
    after = Deadline.objects.get(pk=before.pk)
    assert after.limit == "same_day" and after.due_at is not None and before.due_at is not None
    assert after.due_at < before.due_at
    assert Deadline.objects.running().of(f"child:{isla.pk}", "child_seen").exists()


def test_the_deadline_stays_when_nothing_new_is_known(people: Cast) -> None:
    request = a_submitted_request(people)
    before = Deadline.objects.get(duty="convene").due_at
    joins(people, request, a_sister(people, request))
    assert Deadline.objects.get(duty="convene").due_at == before


def test_manager_chair_and_business_support_are_told_without_a_name(people: Cast) -> None:
    discussion = a_booked_discussion(people)
    joins(people, discussion.request, a_sister(people, discussion.request))
    letters = Letter.objects.filter(kind="children_changed")
    assert {letter.to_email for letter in letters} == {people.mo.email, people.support.mailbox}
    assert all("Isla" not in str(letter.context) for letter in letters)


def test_who_is_suggested_to_be_invited_follows(people: Cast) -> None:
    discussion = a_booked_discussion(people)
    joins(people, discussion.request, a_sister(people, discussion.request, school="Harbour Nursery"))
    assert "Harbour Nursery" in facts_of(StrategyRequest.objects.get(pk=discussion.request_id)).schools


def test_the_sheet_says_when_and_why_the_child_was_added_or_taken_off(people: Cast) -> None:
    request = a_submitted_request(people)
    isla = a_sister(people, request)
    joins(people, request, isla)

    def children() -> dict[str, str]:
        wanted = StrategyRequest.objects.get(pk=request.pk)
        last = wanted.submissions.last()
        assert last is not None
        return as_it_stands(wanted, sheet_in(last.snapshot), ())["Children"]

    told = children()["Isla Fenwick"].splitlines()
    assert told[0].startswith("Date of birth not known") and "Harbour Nursery" in told
    assert told[-1].startswith("Added to this request ") and told[-1].endswith(f"by Sam Shah: {WHY}")
    take_child_off(request, isla, reason="Another Isla.", by=people.mo, at=timezone.now())
    assert children()["Isla Fenwick"].endswith("by Mo Mensah: Another Isla.")
    assert children()["Isla Fenwick"].startswith("Taken off this request ")
    page = browser(people.mo).get(f"/requests/{request.pk}/sheet/").content.decode()
    assert "Taken off this request" in page


def test_a_record_that_is_open_has_room_for_the_child(people: Cast) -> None:
    discussion = a_booked_discussion(people)
    minutes = open_record(discussion, by=people.bea, at=timezone.now())
    isla = a_sister(people, discussion.request, previous_addresses="1 Old Road, Eastport")
    joins(people, discussion.request, isla, by=people.bea)
    fields = Section.objects.filter(minutes=minutes, child=isla).values_list("field", flat=True)
    assert sorted(fields) == ["lived_experience", "safety_plan", "voice"]
    areas = Section.objects.get(minutes=minutes, field="other_areas")
    assert "Isla Fenwick lived before at: 1 Old Road, Eastport" in areas.text
    take_child_off(discussion.request, isla, reason="Not there", by=people.bea, at=timezone.now())
    assert not Section.objects.filter(minutes=minutes, child=isla).exists()


def test_what_somebody_wrote_in_the_record_is_not_replaced(people: Cast) -> None:
    minutes = a_started_discussion(people)
    areas = Section.objects.get(minutes=minutes, field="other_areas")
    Section.objects.filter(pk=areas.pk).update(text="Eastport will be asked.", updated_by=people.bea)
    request = minutes.discussion.request
    joins(people, request, a_sister(people, request, previous_addresses="1 Old Road"), by=people.mo)
    areas.refresh_from_db()
    assert areas.text == "Eastport will be asked."


def test_during_the_discussion_only_those_who_run_it_add_a_child_and_nobody_leaves(people: Cast) -> None:
    minutes = a_started_discussion(people)
    request = minutes.discussion.request
    isla = a_sister(people, request)
    with pytest.raises(NotAllowed):
        joins(people, request, isla, by=people.sam)
    joins(people, request, isla, by=people.bea)
    decide(minutes, isla, a_threshold(), by=people.mo, at=timezone.now())
    with pytest.raises(NotAllowed, match="decision is owed for each child"):
        take_child_off(request, isla, reason="No", by=people.mo, at=timezone.now())


def test_who_may_before_the_start(people: Cast) -> None:
    """Business support from the authorisation on; a partner, a stranger or an administrator never."""
    waiting = a_submitted_request(people)
    with pytest.raises(NotAllowed):
        joins(people, waiting, a_sister(people, waiting), by=people.bea)
    request = an_authorised_request(people)
    for number, name in enumerate(("sam", "mo", "hal", "bea")):
        joins(people, request, a_sister(people, request, given_names=f"N{number}"), by=getattr(people, name))
    for name in ("paul", "stranger", "adi", "ira", "olga"):
        with pytest.raises(NotAllowed):
            joins(people, request, a_sister(people, request), by=getattr(people, name))


def test_not_in_a_draft_and_not_once_it_is_over(people: Cast) -> None:
    draft = a_draft_request(people)
    with pytest.raises(MoveNotAllowed, match="choose its children under"):
        joins(people, draft, a_sister(people, draft))
    gone = withdraw(a_submitted_request(people), reason="Asked twice", by=people.sam, at=timezone.now())
    with pytest.raises(MoveNotAllowed, match="ask for another discussion"):
        joins(people, gone, a_sister(people, gone))


@pytest.mark.parametrize("reason", ["", "  "])
def test_never_without_a_reason_twice_or_of_another_family(people: Cast, reason: str) -> None:
    request, other = a_submitted_request(people), a_submitted_request(people)
    isla = a_sister(people, request)
    with pytest.raises(Refused, match="Enter how the child is concerned"):
        add_child(request, Concerned(child=isla, reason=reason), by=people.sam, at=timezone.now())
    with pytest.raises(Refused, match="a child of this case"):
        joins(people, request, a_sister(people, other))
    joins(people, request, isla)
    with pytest.raises(Refused, match="part of this request already"):
        joins(people, request, isla)
    with pytest.raises(Refused, match="Enter why the child is not concerned"):
        take_child_off(request, isla, reason=reason, by=people.sam, at=timezone.now())
    assert ChildChange.objects.count() == 1


def test_the_clock_of_a_child_who_joined_ends_with_it_and_of_one_asked_about_first_runs_on(
    people: Cast,
) -> None:
    """A child of the referral must still be seen: only a manager says that it need not."""
    request = a_submitted_request(people)
    isla, ruby = a_sister(people, request), request.children.get(given_names="Ruby")
    joins(people, request, isla)
    take_child_off(request, isla, reason="Abroad", by=people.sam, at=timezone.now())
    take_child_off(request, ruby, reason="Abroad", by=people.sam, at=timezone.now())
    assert not Deadline.objects.running().of(f"child:{isla.pk}", "child_seen").exists()
    assert Deadline.objects.running().of(f"child:{ruby.pk}", "child_seen").exists()
    with pytest.raises(Refused, match="only child of this request"):
        take_child_off(request, request.children.get(), reason="Abroad", by=people.sam, at=timezone.now())


def test_words_of_the_record_about_a_child_keep_it_in(people: Cast) -> None:
    discussion = a_booked_discussion(people)
    minutes = open_record(discussion, by=people.bea, at=timezone.now())
    jack = discussion.request.children.get(given_names="Jack")
    Section.objects.filter(minutes=minutes, child=jack, field="voice").update(text="He is afraid.", version=1)
    with pytest.raises(Refused, match="has words about Jack"):
        take_child_off(discussion.request, jack, reason="No", by=people.bea, at=timezone.now())


def test_by_its_pages_with_a_child_who_is_new_to_the_case(people: Cast) -> None:
    """From the request to the case's own page for a child, and back with the child chosen."""
    request = a_submitted_request(people, at=timezone.now() - timedelta(minutes=5))
    sam, where = browser(people.sam), f"/requests/{request.pk}/concerned/"
    page = sam.get(f"/requests/{request.pk}/").content.decode()
    assert where in page and "Another child is concerned" in page
    empty = sam.get(where).content.decode()
    adding = f"/cases/{request.case.reference}/children/add/?request={request.pk}"
    assert adding in empty and "<textarea" not in empty
    typed = {"family_name": "Fenwick", "given_names": "Isla", "birth": "born", "sex": "F", "status": "open"}
    added = sam.post(adding, typed)
    isla = Child.objects.get(given_names="Isla")
    assert added["Location"] == f"{where}?child={isla.pk}"
    assert f'value="{isla.pk}" checked' in sam.get(added["Location"]).content.decode()
    lacking = sam.post(where, {"child": isla.pk, "reason": "", "same_harm": "no"})
    assert lacking.status_code == 422 and "Choose what harm is feared" in lacking.content.decode()
    done = sam.post(where, {"child": isla.pk, "reason": WHY, "same_harm": "no", "harm": ["NEG"]})
    assert done["Location"] == f"/requests/{request.pk}/"
    off = sam.post(f"{where}{isla.pk}/", {"reason": "Not hers"})
    assert off.status_code == 302 and not request.children.filter(pk=isla.pk).exists()


def test_from_the_meeting_s_page_and_back_to_it(people: Cast) -> None:
    minutes = a_started_discussion(people)
    request = minutes.discussion.request
    isla = a_sister(people, request)
    mo, where = browser(people.mo), f"/requests/{request.pk}/concerned/"
    assert where in mo.get(f"/discussions/{minutes.discussion_id}/record/").content.decode()
    done = mo.post(where, {"child": isla.pk, "reason": WHY, "same_harm": "yes"})
    assert done["Location"] == f"/discussions/{minutes.discussion_id}/record/"
    assert "Isla" in mo.get(done["Location"]).content.decode()
