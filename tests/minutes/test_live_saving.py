"""A save whose answer was lost is no clash with oneself; what a poll asks for; who lost access."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import Access
from minutes.models import Minutes, Section, SectionVersion
from minutes.services.sections import Clash, Sent, save_or_merge, save_section
from tests.builders.meeting import a_started_discussion, section_of
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def save(cell: Section, people: Cast, text: str, version: int, page: str = "p", turn: int = 1) -> Section:
    """What one page of Bea's sends."""
    now = timezone.now()
    return save_or_merge(cell, text, version=version, sent=Sent(page, turn), by=people.bea, at=now).cell


def test_a_save_whose_answer_was_lost_is_no_clash_with_itself(people: Cast) -> None:
    cell = section_of(a_started_discussion(people), "worries")
    save(cell, people, "He is", 0, turn=1)  # kept, but the page never heard of it
    save(cell, people, "He is afraid", 0, turn=2)

    assert Section.objects.get(pk=cell.pk).text == "He is afraid"
    assert SectionVersion.objects.filter(section=cell).count() == 2


def test_a_save_that_comes_after_a_later_one_of_its_page_changes_nothing(people: Cast) -> None:
    cell = section_of(a_started_discussion(people), "worries")
    save(cell, people, "He is afraid", 0, turn=2)

    assert save(cell, people, "He is", 0, turn=1).text == "He is afraid"
    assert Section.objects.get(pk=cell.pk).version == 1


@pytest.mark.parametrize(("page", "between"), [("other", False), ("", False), ("p", True)])
def test_another_page_or_somebody_else_between_is_a_clash(people: Cast, page: str, between: bool) -> None:
    cell = section_of(a_started_discussion(people), "worries")
    save(cell, people, "He is", 0)
    if between:
        save_section(cell, "Mo was here", version=1, by=people.mo, at=timezone.now())

    with pytest.raises(Clash):
        save(cell, people, "He is afraid", 0, page=page, turn=2)


def test_typing_leaves_the_side_as_it_is_and_anything_else_moves_it(client: Client, people: Cast) -> None:
    minutes = a_started_discussion(people)
    cell = section_of(minutes, "worries")
    client.force_login(people.bea)
    side = reverse("minutes:side", args=[minutes.discussion_id])
    client.get(side)
    tag = client.get(side)["ETag"]

    save(cell, people, "He is afraid", 0)
    assert client.get(side, headers={"If-None-Match": tag}).status_code == 304
    beside = Minutes.objects.get(pk=minutes.pk).beside
    line = reverse("minutes:add_line", args=[minutes.discussion_id])
    client.post(line, {"line": "@police visit the home by tomorrow 5pm"})
    assert Minutes.objects.get(pk=minutes.pk).beside > beside
    assert client.get(side, headers={"If-None-Match": tag}).status_code == 200


def test_access_that_ends_is_felt_by_the_next_poll_and_the_next_save(client: Client, people: Cast) -> None:
    """Also for the question whose SQL was worked out before: first of somebody who reads all cases."""
    minutes = a_started_discussion(people)
    cell = section_of(minutes, "worries")
    texts = reverse("minutes:texts", args=[minutes.discussion_id])
    box = reverse("minutes:save_section", args=[minutes.discussion_id, cell.pk])
    for who, seen in (("hal", 200), ("olga", 404), ("bea", 200), ("stranger", 404)):
        client.force_login(getattr(people, who))
        assert client.get(texts).status_code == seen, who
    client.force_login(people.bea)
    assert client.post(box, {"text": "Mine", "version": 0}).status_code == 200

    Access.objects.filter(case=minutes.discussion.case).update(until=timezone.now())
    assert client.get(texts).status_code == 404
    assert client.post(box, {"text": "Mine too", "version": 1}).status_code == 404
    assert Section.objects.get(pk=cell.pk).text == "Mine"


def test_a_box_of_another_record_is_not_found_here(client: Client, people: Cast) -> None:
    minutes = a_started_discussion(people)
    cell = section_of(minutes, "worries")
    client.force_login(people.bea)
    wrong = reverse("minutes:save_section", args=[minutes.discussion_id + 1, cell.pk])
    assert client.post(wrong, {"text": "Mine", "version": 0}).status_code == 404


def test_the_blank_form_has_the_agenda_and_nobody_on_it(client: Client, people: Cast) -> None:
    a_started_discussion(people)
    client.force_login(people.bea)
    page = client.get(reverse("minutes:blank_form")).content.decode()

    assert page.count("sheet__box") > 30
    for words in ("Started at", "Interim safety plan for this child", "Who is seen, where, when and by whom"):
        assert words in page, words
    assert "{who}" not in page and "Fenwick" not in page
