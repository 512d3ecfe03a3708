"""The pages of the meeting room: what they show, who may, how few statements, and without scripts."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from attendees.models import Signature
from audit.models import Entry
from minutes import events
from minutes.enums import Answer, MinutesStatus
from minutes.models import Action, ActionLog, Agreement, Minutes, Section, StepTick
from strategy.enums import Outcome
from strategy.models import Decision, Discussion
from tests.builders.booking import a_booked_discussion
from tests.builders.meeting import (
    a_full_record,
    a_held_discussion,
    a_started_discussion,
    decide_protection,
    section_of,
)
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
# What each step needs beside the frame: literal, so that one more statement is seen.
STATEMENTS = {
    "children": 11, "introductions": 10, "reasons": 10, "information": 10, "summary": 10,
    "threshold": 11, "actions": 11, "allocated": 10, "all": 12,
}  # fmt: skip


EVERY_FIELD = (
    "text what whom how place reason rationale risk_text number name job_role worker owner child "
    "professional outcome risk_level due_at at by_whom about ended_at arrived_at mode agency"
)


def page_of(minutes: Minutes, name: str = "room", *more: object) -> str:
    """The address of a page of the room."""
    return reverse(f"minutes:{name}", args=[minutes.discussion_id, *more])


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def bea(client: Client, people: Cast) -> Client:
    client.force_login(people.bea)
    return client


def text_of(answer: HttpResponse) -> str:
    return answer.content.decode()


def test_every_step_is_one_page_of_few_statements(
    bea: Client, people: Cast, django_assert_max_num_queries: Any
) -> None:
    minutes = a_full_record(people)
    bea.get(page_of(minutes))

    for step, statements in STATEMENTS.items():
        with django_assert_max_num_queries(statements):
            answer = bea.get(page_of(minutes), {"step": step})
        assert answer.status_code == 200, step
    assert Entry.objects.filter(event=events.RECORD_READ).count() == 1 + len(STATEMENTS)


def test_a_poll_is_one_statement_and_nothing_new_is_304(
    bea: Client, people: Cast, django_assert_num_queries: Any
) -> None:
    minutes = a_full_record(people)
    for name in ("texts", "side"):
        first = bea.get(page_of(minutes, name))
        with django_assert_num_queries(3):  # the session, the person, and the pulse
            again = bea.get(page_of(minutes, name), headers={"If-None-Match": first["ETag"]})
        assert (first.status_code, again.status_code) == (200, 304)
    cell = section_of(minutes, "grey")
    bea.post(page_of(minutes, "save_section", cell.pk), {"text": "New", "version": cell.version})
    assert bea.get(page_of(minutes, "texts"), headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_who_gets_in(client: Client, people: Cast) -> None:
    """A stranger and a partner get 404; a colleague reads, and is told why they cannot write."""
    minutes = a_full_record(people)
    cell = section_of(minutes, "grey")
    before = Section.objects.get(pk=cell.pk).text

    for name in ("olga", "otto", "paul", "hetty", "dan", "stranger", "adi"):
        client.force_login(getattr(people, name))
        for where in ("room", "side", "texts", "attendance", "close", "signing", "add_action"):
            assert client.get(page_of(minutes, where)).status_code == 404, (name, where)
        assert (
            client.post(page_of(minutes, "save_section", cell.pk), {"text": "x", "version": 1}).status_code
            == 404
        )
    for name in ("sam", "hal", "ira"):
        client.force_login(getattr(people, name))
        answer = client.get(page_of(minutes), {"step": "summary"})
        assert (answer.status_code, "<textarea" in text_of(answer)) == (200, False), name
        saved = client.post(page_of(minutes, "save_section", cell.pk), {"text": "x", "version": 1})
        assert (saved.status_code, "You cannot write in this record" in saved.json()["sentence"]) == (
            403,
            True,
        )
        for where in ("attendance", "start", "close", "add_action", "arrange", "share", "allocate"):
            assert client.post(page_of(minutes, where), {}).status_code == 403, (name, where)
    client.logout()
    assert client.get(page_of(minutes)).status_code == 302
    assert Section.objects.get(pk=cell.pk).text == before


def test_another_records_cell_action_and_child_are_404_in_this_room(bea: Client, people: Cast) -> None:
    minutes, other = a_full_record(people), a_full_record(people, ago=timedelta(hours=5))
    action, cell = other.actions.first(), section_of(other, "grey")
    child = other.discussion.request.children.first()
    assert action is not None and child is not None

    for where, pk in (
        ("save_section", cell.pk),
        ("section_versions", cell.pk),
        ("edit_action", action.pk),
        ("strike_action", action.pk),
        ("decide", child.pk),
        ("rearrange", other.arrangements.get(about="home").pk),
        ("leave", other.discussion.attendance.get(name="Paul Pike").pk),
    ):
        assert bea.post(page_of(minutes, where, pk), {"text": "x", "version": 1}).status_code == 404, where


def test_saving_by_itself(bea: Client, people: Cast) -> None:
    minutes = a_started_discussion(people)
    cell = section_of(minutes, "grey")
    url = page_of(minutes, "save_section", cell.pk)

    first = bea.post(url, {"text": "One", "version": "0"})
    clash = bea.post(url, {"text": "Two", "version": "0"})
    long = bea.post(url, {"text": "x" * 100_001, "version": "1"})

    assert (first.status_code, first.json()["version"]) == (200, 1)
    assert (clash.status_code, clash.json()["text"], clash.json()["by"]) == (409, "One", "Bea Bright")
    assert (long.status_code, "100,000 is the most" in long.json()["sentence"]) == (422, True)


def test_a_step_without_scripts_saves_ticks_and_goes_on(bea: Client, people: Cast) -> None:
    minutes = a_started_discussion(people)
    worries, grey = section_of(minutes, "worries"), section_of(minutes, "grey")
    url = page_of(minutes, "save_step", "summary")
    typed = {f"text-{worries.pk}": "He is afraid", f"version-{worries.pk}": "0", f"text-{grey.pk}": ""}

    onward = bea.post(url, typed | {"go": "next"})
    clash = bea.post(url, {f"text-{worries.pk}": "She is afraid", f"version-{worries.pk}": "0"})

    assert onward.headers["Location"] == page_of(minutes) + "?step=threshold"
    assert StepTick.objects.get().step == "summary"
    assert clash.status_code == 409
    assert "He is afraid" in text_of(clash) and "She is afraid</textarea>" in text_of(clash)
    again = bea.post(url, {f"text-{worries.pk}": "She is afraid", f"version-{worries.pk}": "1"})
    assert again.status_code == 302
    assert section_of(minutes, "worries").text == "She is afraid"


def test_earlier_texts_are_read_and_put_back(bea: Client, people: Cast) -> None:
    minutes = a_started_discussion(people)
    cell = section_of(minutes, "grey")
    for version, words in enumerate(["First words", "Second words"]):
        bea.post(page_of(minutes, "save_section", cell.pk), {"text": words, "version": version})

    page = bea.get(page_of(minutes, "section_versions", cell.pk))
    bea.post(page_of(minutes, "section_versions", cell.pk), {"number": 1, "_version": 2})

    assert "Version 2" in text_of(page)
    assert (section_of(minutes, "grey").text, section_of(minutes, "grey").version) == ("First words", 3)


def test_an_action_in_one_line_or_asked_for_what_is_missing(bea: Client, people: Cast) -> None:
    minutes = a_started_discussion(people)
    url = page_of(minutes, "add_line")

    bea.post(url, {"line": "@police visit the home within 24 hours"})
    asked = bea.post(url, {"line": "@nobody <b>ring</b> the school"})
    live = bea.post(url, {"line": "ring the school by tomorrow"}, headers={"HX-Request": "true"})

    action = Action.objects.get()
    assert (action.text, action.owner.name) == ("Visit the home", "Paul Pike")
    assert asked.status_code == 422
    assert "Nobody is known as “@nobody”" in text_of(asked) and "&lt;b&gt;ring" in text_of(asked)
    assert (live.status_code, "every action needs an owner" in text_of(live)) == (422, True)


def test_the_way_through_by_plain_forms(bea: Client, people: Cast) -> None:
    """Open, record who is here, start, decide, allocate, close, sign: by plain forms alone."""
    now = timezone.now()
    discussion = a_booked_discussion(people, start=now - timedelta(minutes=30), at=now - timedelta(hours=3))
    room = reverse("minutes:room", args=[discussion.pk])
    assert "Open the record" in text_of(bea.get(room, follow=True))
    bea.post(reverse("minutes:open_record", args=[discussion.pk]))
    minutes = Minutes.objects.get(discussion=discussion)
    asked = bea.get(page_of(minutes, "attendance"))
    names = [field.html_name for _, mode, can, _ in asked.context["form"].lines() for field in (mode, can)]
    bea.post(page_of(minutes, "attendance"), {name: "remote" if "mode" in name else "on" for name in names})
    began = now - timedelta(minutes=20)
    bea.post(page_of(minutes, "start"), {"started_at": began.isoformat()})
    assert Discussion.objects.get(pk=discussion.pk).quorate_at == began

    decide_protection(minutes, people, at=began)
    sam = people.sam
    bea.post(page_of(minutes, "allocate"), {"worker": sam.pk, "number": ""})
    for place, child in enumerate(discussion.request.children.all()):
        outcome = Outcome.SECTION_17 if place else Outcome.SECTION_47_JOINT
        said = {"risk_level": "high", "risk_text": "Injury", "outcome": outcome, "rationale": "Because"}
        assert bea.post(page_of(minutes, "decide", child.pk), said).status_code == 302
    bea.post(page_of(minutes, "add_line"), {"line": "@sw see Ruby by tomorrow 9am"})
    closing = bea.get(page_of(minutes, "close"))
    answers: dict[str, str] = {one.html_name: Answer.AGREES for _, one, _ in closing.context["form"].lines()}
    answers |= {"ended_at": timezone.now().isoformat()}
    unread = bea.post(page_of(minutes, "close"), answers)
    closed = bea.post(page_of(minutes, "close"), answers | {"read_back": "on"})

    assert (unread.status_code, closed.status_code) == (409, 302)
    minutes = Minutes.objects.select_related("allocated_worker").get(pk=minutes.pk)
    assert minutes.status == MinutesStatus.AGREED
    assert (minutes.allocated_worker, minutes.allocated_number) == (sam, sam.phone)
    assert Decision.objects.filter(discussion=discussion).count() == 2
    assert Agreement.objects.filter(answer=Answer.AGREES).count() == len(answers) - 1
    log = ActionLog.objects.get()
    paul = discussion.attendance.get(name="Paul Pike")
    signing = page_of(minutes, "sign_for", log.pk, paul.pk)
    assert f"{signing}?told" in text_of(bea.get(page_of(minutes, "round")))
    assert bea.get(f"{signing}?told").context["form"].initial["method"] == "recorded"
    assert bea.post(signing, {"method": "recorded"}).status_code == 422
    assert bea.post(signing, {"method": "recorded", "how": "By telephone"}).status_code == 302
    assert Signature.objects.get().attendance == paul
    assert "Witness: Bea Bright" in text_of(bea.get(page_of(minutes, "signing")))


def test_every_form_of_the_room_answers_rubbish_with_a_sentence(bea: Client, people: Cast) -> None:
    minutes = a_full_record(people)
    child = minutes.discussion.request.children.first()
    action = minutes.actions.first()
    assert child is not None and action is not None
    pages = [
        page_of(minutes, name)
        for name in ("arrive", "close", "allocate", "arrange", "share", "need_information")
    ]
    pages += [page_of(minutes, "add_action"), page_of(minutes, "decide", child.pk)]
    pages += [page_of(minutes, name, action.pk) for name in ("edit_action", "strike_action")]
    rubbish = dict.fromkeys(EVERY_FIELD.split(), "x" * 30_000)

    for page in pages:
        for typed in ({}, rubbish):
            answer = bea.post(page, typed)
            assert answer.status_code == 422, (page, answer.status_code)
            assert "There is a problem" in text_of(answer), page


def test_after_the_close_the_room_shows_what_is_next(bea: Client, people: Cast) -> None:
    discussion = a_held_discussion(people)

    page = text_of(bea.get(page_of(discussion.minutes)))

    assert "Sign the action log" in page and "Read back and close" not in page
