"""The desk of a partner agency: sees what is asked of its people, answers for them, and nothing else."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from attendees.enums import InformationStatus, Reply
from attendees.models import Invitation
from attendees.services import information, inviting, replies
from attendees.services.directory import add_professional
from audit.errors import NotAllowed
from audit.models import Entry
from cases.models import Case
from minutes.models import Action, Reassignment
from minutes.services.reassigning import accept_offer
from strategy.models import Discussion
from tests.builders.booking import a_booked_discussion, invitation_of
from tests.builders.meeting import a_held_discussion
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def discussion(people: Cast) -> Discussion:
    return a_booked_discussion(people)


def three(people: Cast, first: Discussion) -> list[Discussion]:
    """Two more after the first."""
    later = [first.planned_end + timedelta(hours=hours) for hours in (1, 3)]
    return [first, *(a_booked_discussion(people, start=start) for start in later)]


def test_the_list_is_the_agencys_own_the_soonest_first(
    client: Client, people: Cast, discussion: Discussion
) -> None:
    client.force_login(people.dee)
    client.get("/stay/")  # the session's own first writes
    counted = []
    for rows in (1, 3):
        found = three(people, discussion) if rows == 3 else [discussion]
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/partner/desk/")
        counted.append(len(queries))
        shown = [one.discussion_id for one in page.context["rows"]]
        assert shown == [one.pk for one in found]
        assert {one.professional.name for one in page.context["rows"]} == {"Hetty Hall"}
        assert "Ruby" not in page.content.decode()
    assert counted[0] == counted[1] <= 11
    assert Entry.objects.filter(event="agency_desk.read").count() == 2
    assert client.get("/", follow=True).redirect_chain[-1][0] == "/partner/desk/"


def test_the_desk_answers_for_a_colleague_and_is_named(
    client: Client, people: Cast, discussion: Discussion
) -> None:
    asked = invitation_of(discussion, "Hetty Hall")
    client.force_login(people.dee)
    at = f"/partner/desk/{asked.pk}/"
    assert "Ruby" in client.get(f"{at}information/").content.decode()
    assert "What is asked of Hetty Hall" in client.get(at).content.decode()
    form = client.get(f"{at}reply/").context["form"]
    assert [form["answer"].label, *(str(words) for _, words in form.fields["answer"].choices)] == [
        "Will they come?",
        "Yes",
        "No, but somebody comes in their place",
        "No",
    ]
    assert client.post(f"{at}reply/", {"answer": "coming"}).url == at  # type: ignore[attr-defined]
    asked.refresh_from_db()
    assert (asked.reply, asked.replied_by_ref, asked.reply_how) == (
        Reply.COMING,
        f"user:{people.dee.pk}",
        "Signed in, Dee Dove of the agency’s desk",
    )
    assert client.post(f"{at}information/", {"status": "none_held"}).status_code == 302
    wanted = discussion.information.get(professional=asked.professional)
    assert (wanted.status, wanted.answered_by_ref) == (InformationStatus.NONE_HELD, f"user:{people.dee.pk}")
    assert wanted.answered_how == "Signed in, Dee Dove of the agency’s desk"
    assert list(client.get("/partner/desk/").context["rows"]) == []
    answered = client.get("/partner/desk/?tab=answered").context
    assert [one.pk for one in answered["rows"]] == [asked.pk]
    assert [tab["count"] for tab in answered["tabs"]] == [0, 1, 0]
    assert Entry.objects.filter(event="information.answered", by_ref=f"user:{people.dee.pk}").count() == 1


def test_other_agencies_restricted_cases_and_who_was_taken_off_are_not_there(
    client: Client, people: Cast, discussion: Discussion
) -> None:
    client.force_login(people.dee)
    asked, police = invitation_of(discussion, "Hetty Hall"), invitation_of(discussion, "Paul Pike")
    pages = ("", "reply/", "information/")
    assert [client.get(f"/partner/desk/{police.pk}/{page}").status_code for page in pages] == [404] * 3
    assert client.get(f"/partner/{discussion.pk}/").status_code == 404
    discussion.case.restricted = True
    discussion.case.save()
    assert [client.get(f"/partner/desk/{asked.pk}/{page}").status_code for page in pages] == [404] * 3
    assert list(client.get("/partner/desk/").context["rows"]) == []
    with pytest.raises(NotAllowed):
        replies.reply_to_invitation(asked, answer=Reply.COMING, by=people.dee, at=timezone.now())
    discussion.case.restricted = False
    discussion.case.save()
    inviting.withdraw_invitation(asked, reason="Wrong trust", by=people.bea, at=timezone.now())
    assert client.get(f"/partner/desk/{asked.pk}/").status_code == 404


def test_only_a_desk_has_a_desk(client: Client, people: Cast, discussion: Discussion) -> None:
    asked = invitation_of(discussion, "Hetty Hall")
    for somebody in (people.hetty, people.paul, people.bea, people.adi):
        client.force_login(somebody)
        assert client.get("/partner/desk/").status_code == 403
        assert client.get(f"/partner/desk/{asked.pk}/").status_code == 404
        with pytest.raises(NotAllowed):
            wanted = discussion.information.get(professional=asked.professional)
            information.answer_information(wanted, status="none_held", by=people.hetty, at=timezone.now())
    people.dee.agency = people.council
    people.dee.save()
    client.force_login(people.dee)
    assert client.get("/partner/desk/").status_code == 403


def test_the_desk_neither_signs_nor_reads_the_minutes(
    client: Client, people: Cast, discussion: Discussion
) -> None:
    asked = invitation_of(discussion, "Hetty Hall")
    client.force_login(people.dee)
    page = client.get(f"/partner/desk/{asked.pk}/").content.decode()
    assert "minutes" not in page.partition("<main")[2].partition("Whom to telephone")[0].lower()
    for name in ("sign", "minutes", "actions", "agree"):
        assert client.get(f"/partner/{discussion.pk}/{name}/").status_code == 404


def test_finding_by_reference_and_name_takes_odd_words(
    client: Client, people: Cast, discussion: Discussion
) -> None:
    client.force_login(people.dee)
    for words, found in (
        (discussion.case.reference.lower(), 1),
        ("hetty", 1),
        ("%", 0),
        ("_", 0),
        ("\x00", 0),
    ):
        page = client.get("/partner/desk/", {"words": words})
        assert (page.status_code, len(page.context["rows"])) == (200, found if words != "\x00" else 1)
    assert client.get("/partner/desk/?page=99&tab=%27").status_code == 200
    assert Invitation.objects.count() > 1


def test_the_desk_sees_the_actions_of_its_agency_and_marks_them_done(client: Client, people: Cast) -> None:
    """No child is named in the list; another agency's and a restricted case's are not there."""
    held = a_held_discussion(people)
    hetty = held.invitations.get(professional__name="Hetty Hall").professional
    mine, other = held.minutes.actions.order_by("number")[:2]
    Action.objects.filter(pk=mine.pk).update(owner=hetty, text="Weigh Ruby Fenwick at the clinic")
    client.force_login(people.dee)
    page = client.get("/partner/desk/actions/")
    assert [one.pk for one in page.context["page"]] == [mine.pk]
    assert "Fenwick" not in page.content.decode()
    done = reverse("minutes:desk_action_done", args=[mine.pk])
    assert "Weigh Ruby Fenwick" in client.get(done).content.decode()
    assert client.post(done, {"what_was_done": "", "done_at": ""}).status_code == 422
    said = {"what_was_done": "Weighed.", "told_how": "She rang", "done_at": timezone.now().isoformat()}
    assert client.post(done, said).status_code == 302
    mine.refresh_from_db()
    assert (mine.status, mine.done_by_ref) == ("done", f"user:{people.dee.pk}")
    assert client.get(reverse("minutes:desk_action_done", args=[other.pk])).status_code == 404
    Action.objects.filter(pk=other.pk).update(owner=hetty)
    Case.objects.update(restricted=True)
    assert client.get(reverse("minutes:desk_action_done", args=[other.pk])).status_code == 404
    assert not client.get("/partner/desk/actions/").context["page"].object_list
    client.force_login(people.paul)
    assert client.get("/partner/desk/actions/").status_code == 403


def test_the_desk_hands_an_action_to_a_colleague_who_accepts(client: Client, people: Cast) -> None:
    """Only to its own agency's people; until it is accepted it is its owner's, and can be taken back."""
    held = a_held_discussion(people)
    hetty = held.invitations.get(professional__name="Hetty Hall").professional
    action = held.minutes.actions.order_by("number")[0]
    Action.objects.filter(pk=action.pk).update(owner=hetty)
    nia = add_professional(
        name="Nia Nash", agency=hetty.agency, job_role="Nurse", email="nia@nhs.example", by=people.bea,
        at=timezone.now(),
    )  # fmt: skip
    client.force_login(people.dee)
    offer = reverse("minutes:desk_action_offer", args=[action.pk])
    listed = client.get(f"{offer}?find=nash").context["form"].people
    assert {one.agency_id for one in listed.values()} == {hetty.agency_id}
    paul = held.invitations.get(professional__name="Paul Pike").professional
    other = client.post(offer, {"to": f"professional-{paul.pk}", "why": "He is nearer"})
    assert other.status_code == 422 and "He is nearer" in other.content.decode()
    said = {"to": f"professional-{nia.pk}", "why": "She has the list"}
    assert client.post(offer, said).status_code == 302
    assert "Offered to Nia Nash" in client.get("/partner/desk/actions/").content.decode()
    assert client.get(offer).status_code == 403
    action.refresh_from_db()
    assert action.owner == hetty
    assert client.post(reverse("minutes:desk_action_take_back", args=[action.pk])).status_code == 302
    client.post(offer, said)
    accept_offer(Reassignment.objects.waiting().get(action=action), by=nia, at=timezone.now())
    action.refresh_from_db()
    assert (action.owner, action.agreed_owner) == (nia, hetty)
