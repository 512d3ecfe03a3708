"""An agency is asked once for what it knows, whoever of it is invited (row W22)."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from attendees.enums import InformationStatus
from attendees.models import InformationRequest, Professional
from attendees.services import information, inviting
from attendees.services.directory import add_professional
from attendees.services.information import Text
from audit.errors import NotAllowed
from deadlines.models import Deadline
from outbox.models import Letter
from strategy.models import Discussion
from tests.builders.booking import a_booked_discussion, invitation_of
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
WORDS = Text("Involvement", "Known since 2019.")


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def discussion(people: Cast) -> Discussion:
    return a_booked_discussion(people)


@pytest.fixture
def midwife(people: Cast) -> Professional:
    """A colleague of Hetty, the health visitor."""
    return add_professional(
        name="Mary Tull", agency=people.health, job_role="Midwife", quorum_role="health",
        email=f"mary.tull@{people.health.mailbox.partition('@')[2]}", by=people.bea, at=timezone.now(),
    )  # fmt: skip


def of_health(discussion: Discussion) -> list[tuple[str, str]]:
    """Who of the trust is asked, and how it stands."""
    asked = InformationRequest.objects.filter(discussion=discussion, professional__agency__kind="health")
    return list(asked.values_list("professional__name", "status"))


def take_off(discussion: Discussion, name: str, people: Cast) -> None:
    inviting.withdraw_invitation(
        invitation_of(discussion, name), reason="On leave", by=people.bea, at=timezone.now()
    )


def test_a_colleague_is_invited_and_not_asked_again(
    people: Cast, discussion: Discussion, midwife: Professional
) -> None:
    inviting.invite_more(discussion, [midwife], by=people.bea, at=timezone.now())
    assert of_health(discussion) == [("Hetty Hall", "asked")]
    assert not Letter.objects.filter(kind="information_asked", to_name="Mary Tull").exists()


def test_a_colleague_answers_for_the_agency_and_nobody_else_does(
    people: Cast, discussion: Discussion, midwife: Professional
) -> None:
    asked, now = discussion.information.get(professional__name="Hetty Hall"), timezone.now()
    with pytest.raises(NotAllowed):  # not invited
        information.save_information(asked, [WORDS], by=midwife, at=now)
    inviting.invite_more(discussion, [midwife], by=people.bea, at=now)
    for other in ("Paul Pike", "Dan Dale"):
        with pytest.raises(NotAllowed):
            information.save_information(
                asked, [WORDS], by=invitation_of(discussion, other).professional, at=now
            )
    asked = information.answer_information(
        asked, status=InformationStatus.RETURNED, texts=[WORDS], by=midwife, at=now
    )
    assert (asked.answered_from, asked.answered_by_ref) == ("Mary Tull", f"professional:{midwife.pk}")
    assert Deadline.objects.get(subject=asked.subject).met_at == now


def test_it_passes_on_to_the_next_of_the_agency_and_back(
    people: Cast, discussion: Discussion, midwife: Professional
) -> None:
    """With all that was typed; who is invited again is not asked a second time."""
    inviting.invite_more(discussion, [midwife], by=people.bea, at=timezone.now())
    asked = discussion.information.get(professional__name="Hetty Hall")
    information.save_information(asked, [WORDS], by=asked.professional, at=timezone.now())
    take_off(discussion, "Hetty Hall", people)
    assert of_health(discussion) == [("Mary Tull", "started")]
    assert Deadline.objects.running().filter(subject=asked.subject).count() == 1
    assert Letter.objects.filter(kind="information_asked", to_name="Mary Tull").count() == 1
    hetty = Professional.objects.get(name="Hetty Hall")
    inviting.invite_more(discussion, [hetty], by=people.bea, at=timezone.now())
    assert of_health(discussion) == [("Mary Tull", "started")]
    take_off(discussion, "Hetty Hall", people)
    take_off(discussion, "Mary Tull", people)  # nobody of the trust is left
    assert not Deadline.objects.running().filter(subject=asked.subject).exists()
    inviting.invite_more(discussion, [hetty], by=people.bea, at=timezone.now())
    assert of_health(discussion) == [("Hetty Hall", "started")]
    assert Deadline.objects.running().filter(subject=asked.subject).count() == 1


def test_by_the_pages_a_colleague_sees_whom_it_was_asked_of(
    client: Client, people: Cast, discussion: Discussion, midwife: Professional
) -> None:
    """Signed in or by link alike; of what was answered by somebody taken off too."""
    inviting.invite_more(discussion, [midwife], by=people.bea, at=timezone.now())
    Professional.objects.filter(pk=midwife.pk).update(user=people.hetty)
    User.objects.filter(pk=people.hetty.pk).update(name="Mary Tull")
    client.force_login(people.hetty)
    page = f"/partner/{discussion.pk}/"
    assert "Hetty Hall is asked; you may answer for your agency" in client.get(page).content.decode()
    assert client.post(f"{page}information/", {"status": "none_held"}).status_code == 302
    asked = discussion.information.get(professional__name="Hetty Hall")
    assert (asked.status, asked.answered_from) == ("none_held", "Mary Tull")
    take_off(discussion, "Hetty Hall", people)
    assert of_health(discussion) == [("Hetty Hall", "none_held")]
    assert client.get(f"{page}information/").status_code == 200
