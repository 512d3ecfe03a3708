"""Several passages under one heading, each with its own marking, however they are typed (C25, G12, C32)."""

import pytest
from django.test import Client
from django.utils import timezone

from attendees.enums import Holding, Marking
from attendees.models import InformationRequest, Passage
from attendees.services import information
from attendees.services.information import MOST_PASSAGES, Text
from audit.errors import Refused, StaleVersion
from strategy.models import Discussion
from tests.attendees.test_links import enter
from tests.builders.booking import a_booked_discussion, invitation_of
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
KNOWN = Text("Concerns", "He drinks.", Marking.NOT_FAMILY)
SECRET = Text("Concerns", "A warrant is planned.", Marking.POLICE_SENSITIVE, place=1)


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def discussion(people: Cast) -> Discussion:
    return a_booked_discussion(people)


def asked_of(discussion: Discussion, name: str) -> InformationRequest:
    return discussion.information.get(professional__name=name)


def stored(asked: InformationRequest) -> list[tuple[str, int, str, str]]:
    return list(asked.passages.order_by("pk").values_list("heading", "place", "text", "marking"))


def test_a_heading_keeps_several_passages_with_their_own_markings(discussion: Discussion) -> None:
    asked, now = asked_of(discussion, "Paul Pike"), timezone.now()
    information.save_information(asked, [KNOWN, SECRET], by=asked.professional, at=now)
    both = [
        ("Concerns", 0, "He drinks.", Marking.NOT_FAMILY),
        ("Concerns", 1, "A warrant is planned.", Marking.POLICE_SENSITIVE),
    ]
    assert stored(asked) == both
    blank = Text("Concerns", "", version=0, place=2)
    information.answer_information(asked, status="returned", texts=[blank], by=asked.professional, at=now)
    assert stored(asked) == both
    third = Text("Concerns", "His sister told us.", Marking.THIRD_PARTY, version=0, place=1)
    with pytest.raises(StaleVersion):  # a colleague's words are not overwritten by a page that had room there
        information.save_information(asked, [third], by=asked.professional, at=now)
    far = Text("Concerns", "x", place=MOST_PASSAGES)
    with pytest.raises(Refused):
        information.save_information(asked, [far], by=asked.professional, at=now)


def test_nothing_is_held_under_a_heading_only_while_none_of_its_passages_has_words(
    discussion: Discussion,
) -> None:
    """Row C32, and the honest endings: no passage of a heading may contradict what is said of it."""
    asked, now = asked_of(discussion, "Hetty Hall"), timezone.now()
    more = Text("Maternity", "Booked at 12 weeks.", Marking.THIRD_PARTY, place=1)
    information.save_information(asked, [more], by=asked.professional, at=now)
    with pytest.raises(Refused, match="say that you hold nothing"):
        nothing = [Text("Maternity", "", holding=Holding.NONE)]
        information.save_information(asked, nothing, by=asked.professional, at=now)
    with pytest.raises(Refused, match="You have written information below"):
        information.answer_information(asked, status="none_held", by=asked.professional, at=now)
    with pytest.raises(Refused):
        wrong = [Text("Maternity", "x", place=2, holding=Holding.HELD)]
        information.save_information(asked, wrong, by=asked.professional, at=now)
    information.answer_information(asked, status="returned", by=asked.professional, at=now)
    assert [one.text for one in information.said(asked)] == ["Booked at 12 weeks."]


def test_passages_are_added_by_link_without_scripts_and_a_partial_save_keeps_all(
    client: Client, discussion: Discussion
) -> None:
    enter(client, discussion, "Hetty Hall")
    address = f"/partner/{discussion.pk}/information/"
    page = client.get(address).content.decode()
    assert page.count("Add another passage with a different marking") == 12  # two for each of six headings
    assert 'name="text_1_1"' in page and 'name="marking_1_2"' in page and 'name="text_1_3"' not in page
    typed = {
        "text_1": "Known.",
        "marking_1": "share",
        "version_1": "0",
        "text_1_1": "Her sister told us.",
        "marking_1_1": "third_party",
        "version_1_1": "0",
        "text_1_2": "A marker is on the address.",
        "marking_1_2": "police_sensitive",
        "version_1_2": "0",
    }
    assert client.post(address, {**typed, "status": "save"}).status_code == 302
    asked = asked_of(discussion, "Hetty Hall")
    three = [
        ("Maternity", 0, "Known.", "share"),
        ("Maternity", 1, "Her sister told us.", "third_party"),
        ("Maternity", 2, "A marker is on the address.", "police_sensitive"),
    ]
    assert stored(asked) == three
    first = asked.passages.get(place=0)
    assert (first.holding, asked.status) == (Holding.HELD, "started")
    page = client.get(address).content.decode()
    assert "Maternity, passage 3" in page and 'name="text_1_4"' in page
    wrong = client.post(address, {**typed, "text_1_2": "x" * 20_001, "status": "save"})
    assert wrong.status_code == 422
    contradicts = client.post(address, {"text_1_1": "Words", "holding_1": "none", "status": "save"})
    assert contradicts.status_code == 422
    kept = contradicts.content.decode()
    assert "Words</textarea>" in kept
    sent = {"text_1": "Known.", "marking_1": "share", "version_1": "1", "status": "returned"}
    assert client.post(address, sent).status_code == 302
    assert stored(asked) == three  # what was not on the page is not cleared


def test_business_support_types_several_passages_in_the_agencys_name(
    client: Client, discussion: Discussion, people: Cast
) -> None:
    client.force_login(people.bea)
    asked = invitation_of(discussion, "Dan Dale")
    form = f"/discussions/{discussion.pk}/invitations/{asked.pk}/information/"
    typed = {
        "status": "returned",
        "how": "Telephone",
        "from_whom": "Dan Dale, headteacher",
        "told_at": timezone.localtime().isoformat(),
        "text_3": "Late on Mondays.",
        "marking_3": "share",
        "text_3_1": "A neighbour says that he shouts.",
        "marking_3_1": "third_party",
    }
    assert "Add another passage with a different marking" in client.get(form).content.decode()
    assert client.post(form, typed).status_code == 302
    assert stored(asked_of(discussion, "Dan Dale")) == [
        ("Concerns", 0, "Late on Mondays.", "share"),
        ("Concerns", 1, "A neighbour says that he shouts.", "third_party"),
    ]
    told = client.get(f"/discussions/{discussion.pk}/information/").content.decode()
    assert told.index("Late on Mondays.") < told.index("About a third party") < told.index("A neighbour says")


def test_a_spare_passage_with_something_typed_is_shown_unfolded(
    discussion: Discussion, client: Client
) -> None:
    enter(client, discussion)
    address = f"/partner/{discussion.pk}/information/"
    assert 'passage__add" open' not in client.get(address).content.decode()
    wrong = {"text_0_1": "Kept.", "marking_0_1": "nonsense", "status": "save"}
    page = client.post(address, wrong)
    assert page.status_code == 422 and 'passage__add" open' in page.content.decode()
    assert not Passage.objects.exists()
