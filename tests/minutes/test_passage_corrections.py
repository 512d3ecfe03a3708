"""A correction is proposed to a passage as it was read; the chair sees how it stood and stands (W26)."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from attendees.enums import Marking
from govuk.moments import moment
from minutes.enums import Answer, RenditionKind
from minutes.models import Agreement, Minutes, Section
from minutes.rules.passages import passage_of, passages
from minutes.rules.renditions import Cut, rendered
from minutes.services import versions
from minutes.services.content import content_of
from minutes.services.round import answer_record
from minutes.services.sections import save_section
from minutes.services.turns import round_due
from tests.builders.after import a_finished_record
from tests.builders.meeting import section_of
from tests.minutes.test_after_pages import by_link
from tests.minutes.test_answers import when
from tests.people import Cast, cast
from tests.worklist.test_desk import page, signed_in

pytestmark = pytest.mark.django_db
LINK = "Propose a correction to this"


def build() -> tuple[Cast, Minutes]:
    people = cast()
    return people, a_finished_record(people)


@pytest.fixture
def people(world: tuple[Cast, Minutes]) -> Cast:
    return world[0]


@pytest.fixture
def minutes(world: tuple[Cast, Minutes]) -> Minutes:
    """With the chair, to check."""
    return world[1]


def at(name: str, minutes: Minutes, *more: int) -> str:
    """A page of the record."""
    return reverse(f"minutes:{name}", args=[minutes.discussion_id, *more])


def worries(minutes: Minutes) -> Section:
    """The passage that is corrected here."""
    return section_of(minutes, "worries")


def reword(minutes: Minutes, people: Cast, text: str) -> None:
    """The chair amends it."""
    cell = worries(minutes)
    save_section(cell, text, version=cell.version, by=people.mo, at=timezone.now())


def links(client: Any, address: str) -> list[str]:
    """The keys of the passages that can be corrected on a page."""
    told = client.get(address).content.decode()
    return [one.partition('"')[0] for one in told.split("?passage=")[1:]]


def test_beside_every_passage_that_is_read_a_correction_can_be_proposed(
    people: Cast, minutes: Minutes
) -> None:
    """By link and signed in, of what each reads; not by who took no part, nor of a passage kept from them."""
    marked = section_of(minutes, "police_plan")
    Section.objects.filter(pk=marked.pk).update(marking=Marking.POLICE_SENSITIVE)
    all_of_it = {one.key for one in passages(content_of(minutes))}
    assert {"worker", "held", "people", "arrangements", "family", "action-1", f"text-{marked.pk}"} < all_of_it
    assert set(links(by_link(minutes, "Paul Pike"), at("partner_minutes", minutes))) == all_of_it
    assert set(links(signed_in(people.mo), at("read", minutes))) == all_of_it
    school = links(by_link(minutes, "Dan Dale"), at("partner_minutes", minutes))
    assert set(school) == all_of_it - {f"text-{marked.pk}"} and len(school) == len(set(school))
    assert LINK not in page(people.ada, "minutes:read", minutes.discussion_id)
    shut = by_link(minutes, "Dan Dale").get(f"{at('partner_agree', minutes)}?passage=text-{marked.pk}")
    assert "Achieving Best Evidence" not in shut.content.decode()


def test_the_form_names_the_passage_and_shows_it_and_it_is_kept_as_it_was_read(
    people: Cast, minutes: Minutes
) -> None:
    """Sent back when the passage changed meanwhile, with what was typed, and as it stands now."""
    paul, cell = by_link(minutes, "Paul Pike"), worries(minutes)
    address = f"{at('partner_agree', minutes)}?passage=text-{cell.pk}"
    shown = paul.get(address)
    about, form = shown.context["about"], shown.context["form"]
    assert (about.text, about.name.endswith(": Worries")) == (cell.text, True)
    assert (form["answer"].value(), form["passage"].value()) == ("corrects", about.key)
    typed = {"answer": "corrects", "passage": about.key, "correction": "Two injuries.", "seen": about.digest}
    reword(minutes, people, "Another text.")
    clash = paul.post(address, typed)
    body = clash.content.decode()
    assert (clash.status_code, "was changed while you were writing" in body) == (409, True)
    assert "Two injuries." in body and "Another text." in body
    assert not Agreement.objects.exclude(answer="agrees").exists()
    again = typed | {"seen": clash.context["about"].digest}
    assert paul.post(address, again).status_code == 302
    said = Agreement.objects.get(attendance__name="Paul Pike")
    assert (said.passage, said.passage_name, said.passage_text, said.text) == (
        about.key,
        about.name,
        "Another text.",
        "Two injuries.",
    )
    assert paul.post(address, typed | {"passage": "text-0"}).status_code == 422


def test_a_correction_to_no_passage_stays_possible_and_an_agreement_is_to_none(
    people: Cast, minutes: Minutes
) -> None:
    paul = by_link(minutes, "Paul Pike")
    address = at("partner_agree", minutes)
    assert paul.post(address, {"answer": "corrects", "correction": "It was the left arm."}).status_code == 302
    assert Agreement.objects.get(attendance__name="Paul Pike").passage == ""
    assert paul.post(address, {"answer": "agrees", "passage": "people"}).status_code == 302
    assert Agreement.objects.get(attendance__name="Paul Pike").passage == ""


def test_the_chair_sees_it_as_it_stood_and_as_it_stands_with_the_way_to_amend_it(
    people: Cast, minutes: Minutes
) -> None:
    hetty = minutes.discussion.attendance.select_related("professional").get(name="Hetty Hall")
    cell = worries(minutes)
    found = passage_of(content_of(minutes), f"text-{cell.pk}")
    said = answer_record(
        minutes, hetty, Answer.CORRECTS, text="Two.", about=found, by=hetty.professional, at=timezone.now()
    )
    assert found is not None
    for name in ("check", "round"):
        assert found.name in page(people.mo, f"minutes:{name}", minutes.discussion_id)
    resolve = at("resolve", minutes, said.pk)
    mo = signed_in(people.mo)
    first = mo.get(resolve).content.decode()
    assert "As it was read, and as it stands now:" in first and at("amend", minutes, cell.pk) in first
    assert signed_in(people.ada).get(resolve).content.decode().count("Amend this passage") == 0
    reword(minutes, people, "Two injuries that the explanation does not fit.")
    second = mo.get(resolve)
    assert (second.context["stood"], second.context["stands"]) == (
        cell.text,
        "Two injuries that the explanation does not fit.",
    )
    assert second.context["is_same"] is False
    reword(minutes, people, "")
    assert "in the record no more" in mo.get(resolve).content.decode()
    assert mo.post(resolve, {"accepted": "yes", "reason": "He is right."}).status_code == 302


def test_the_name_of_the_passage_goes_with_the_record_and_its_history_the_text_does_not(
    people: Cast, minutes: Minutes
) -> None:
    """In the next version and its copies; what was said before keeps the passage it was about."""
    hetty = minutes.discussion.attendance.select_related("professional").get(name="Hetty Hall")
    me, now = hetty.professional, timezone.now()
    content = content_of(minutes)
    child = content["children"][0]
    first = passage_of(content, f"text-{worries(minutes).pk}")
    second = passage_of(content, f"decision-{child['id']}")
    assert first is not None and second is not None
    for about in (first, second):
        answer_record(minutes, hetty, Answer.CORRECTS, text="No.", about=about, by=me, at=now)
    reword(minutes, people, "Nothing of it.")
    version = versions.authorise_minutes(minutes, by=people.mo, at=now)
    told = next(one for one in version.content["agreements"] if one["name"] == "Hetty Hall")
    assert (told["passage"], told["earlier"][-1]["passage"]) == (second.name, first.name)
    assert first.text not in str(version.content)
    partner = rendered(version.content, Cut(RenditionKind.PARTNER))
    assert next(one for one in partner["agreements"] if one["name"] == "Hetty Hall")["passage"] == second.name
    other = rendered(version.content, Cut(RenditionKind.WHOLE, content["children"][1]["id"]))
    masked = next(one for one in other["agreements"] if one["name"] == "Hetty Hall")["passage"]
    assert child["name"].split()[0] not in masked
    assert f"To: {second.name}" in page(people.mo, "minutes:round", minutes.discussion_id)


def test_business_support_chooses_the_passage_for_whom_they_hear_on_the_telephone(
    people: Cast, minutes: Minutes
) -> None:
    hetty = minutes.discussion.attendance.get(name="Hetty Hall")
    typed = {
        "answer": "corrects",
        "passage": "people",
        "correction": "I left at three.",
        "how": "By telephone",
        **when(timezone.now()),
    }
    assert signed_in(people.bea).post(at("answer_for", minutes, hetty.pk), typed).status_code == 302
    said = Agreement.objects.get(attendance=hetty)
    assert (said.passage_name, said.told_to) == ("Who took part", people.bea)
    assert "Hetty Hall" in said.passage_text


def test_who_is_asked_reads_the_record_first_and_knows_by_when_and_what_silence_means(
    people: Cast, minutes: Minutes
) -> None:
    """By link with the bar that says who they are; nothing of a time once the round is over."""
    due = round_due(minutes)
    assert due is not None
    for client, name, read in (
        (by_link(minutes, "Hetty Hall"), "partner_agree", "partner_minutes"),
        (signed_in(people.mo), "agree", "read"),
    ):
        told = client.get(at(name, minutes)).content.decode()
        assert f'href="{at(read, minutes)}">Read the record</a>' in told
        assert moment(due) in told and "is recorded as silent" in told
        empty = client.post(at(name, minutes), {}).content.decode()
        assert "Choose whether you agree, propose a correction or object" in empty
    shown = by_link(minutes, "Hetty Hall").get(at("partner_agree", minutes)).content.decode()
    assert "Hetty Hall, " in shown and f"Strategy discussion {minutes.discussion.case.reference}" in shown
    Minutes.objects.filter(pk=minutes.pk).update(round_ended_at=timezone.now())
    assert "Please answer by" not in client.get(at("agree", minutes)).content.decode()
