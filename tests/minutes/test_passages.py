"""What an agency sent stands in the record passage by passage, and a copy leaves out the marked ones alone
(W24, C25, G12, P25)."""

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from attendees.enums import InformationStatus, Marking
from attendees.models import InformationRequest
from attendees.services import information
from attendees.services.information import MOST_PASSAGES, Text
from audit.errors import NotAllowed, Refused
from audit.models import Entry
from minutes.differences import changes_between
from minutes.enums import FamilyIsTold
from minutes.models import FamilySharing, Minutes, MinutesVersion, Section
from minutes.rules.renditions import Cut, left_over, rendered, sections_of
from minutes.services import circulate as circulating
from minutes.services import passages, printing, record, renditions, sections, versions
from minutes.services.content import content_of
from tests.builders.after import a_finished_record, copy_of
from tests.builders.booking import a_booked_discussion
from tests.builders.meeting import a_started_discussion, section_of
from tests.minutes.test_after_circulation import listed, tls  # noqa: F401
from tests.minutes.test_after_pages import by_link, page
from tests.minutes.test_copies import FAMILY, PARTNER, everything_in, file_of
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
OPEN = "Officers attended the home twice in October."
SECRET = "A covert camera is fitted in the hallway since Tuesday evening."
SHARED = "The family may be told that officers will visit on Friday."


@pytest.fixture
def people() -> Cast:
    return cast()


def sent(minutes: Minutes, name: str, *texts: Text) -> InformationRequest:
    """A return that came with these passages, taken into the record as before its end."""
    asked = minutes.discussion.information.get(professional__name=name)
    now = timezone.now()
    for one in texts:
        asked.passages.create(heading=one.heading, place=one.place, text=one.text, marking=one.marking)
    asked.status, asked.answered_at, asked.answered_how = InformationStatus.RETURNED, now, "By link"
    asked.save()
    passages.take_in(minutes, asked, now)
    return asked


def a_version_with_passages(people: Cast) -> MinutesVersion:
    """The police sent three passages under one heading, each marked otherwise; the family is told."""
    minutes = a_finished_record(people)
    sent(
        minutes,
        "Paul Pike",
        Text("Intelligence and crimes", OPEN),
        Text("Intelligence and crimes", SECRET, Marking.POLICE_SENSITIVE, place=1),
        Text("Intelligence and crimes", SHARED, Marking.SHARE, place=2),
    )
    FamilySharing.objects.filter(minutes=minutes).update(told=FamilyIsTold.SHARE, what="That officers visit")
    return versions.authorise_minutes(minutes, by=people.mo, at=timezone.now())


def of_the_police(content: dict[str, object]) -> list[tuple[str, str, str]]:
    return [
        (one["label"], one["text"], one.get("removed", ""))
        for one in sections_of(content)
        if "Intelligence" in one["label"]
    ]


@pytest.mark.usefixtures("tls")
def test_a_copy_leaves_out_the_marked_passage_alone_and_its_file_tells_nothing_of_it(people: Cast) -> None:
    listed("Elm Street Primary School", "elm-street.example")
    version = a_version_with_passages(people)
    label = "Paul Pike, Northshire Police: Intelligence and crimes"
    assert of_the_police(version.content) == [(label, OPEN, ""), (label, SECRET, ""), (label, SHARED, "")]
    removed = "Removed from this copy: police-sensitive"
    assert of_the_police(rendered(version.content, PARTNER)) == [
        (label, OPEN, ""),
        (label, "", removed),
        (label, SHARED, ""),
    ]
    assert of_the_police(rendered(version.content, FAMILY)) == [(label, SHARED, "")]
    now = timezone.now()
    circulation = circulating.circulate(version.minutes, by=people.bea, at=now)
    family = renditions.make_copy(version.minutes, version, FAMILY, by=people.sam, at=now)
    printing.print_waiting()
    files = {one.cut: everything_in(file_of(one)) for one in version.renditions.all()}
    assert copy_of(circulation, "Dan Dale").rendition.cut == PARTNER
    assert all(words in files[Cut()] for words in (OPEN, SECRET, SHARED))
    assert OPEN in files[PARTNER] and SHARED in files[PARTNER] and removed in files[PARTNER]
    assert "covert" not in files[PARTNER] and "hallway" not in files[PARTNER]
    told = everything_in(file_of(family))
    assert SHARED in told
    for kept_back in ("covert", "October", "emoved from", "passage 3"):
        assert kept_back not in told


def test_the_agency_sees_of_each_of_its_passages_who_has_it(people: Cast) -> None:
    version = a_version_with_passages(people)
    circulation = circulating.circulate(version.minutes, by=people.bea, at=timezone.now())
    for name in ("Dan Dale", "Hetty Hall"):
        circulating.on_sent(copy_of(circulation, name).letter, timezone.now())  # type: ignore[arg-type]
    told = by_link(version.minutes, "Paul Pike").get(page("partner_given", version.minutes)).content.decode()
    of_each = {words: told.split(words)[1].split("</section>")[0] for words in (OPEN, SECRET, SHARED)}
    has = {
        words: [
            name for name in ("Dan Dale", "Hetty Hall") if name in part.split("Has a copy without it:")[0]
        ]
        for words, part in of_each.items()
    }
    both = ["Dan Dale", "Hetty Hall"]
    assert has == {OPEN: both, SECRET: ["Hetty Hall"], SHARED: both}
    assert "Dan Dale" in of_each[SECRET].split("Has a copy without it:")[1]


def test_words_of_a_marked_passage_that_stand_in_an_open_one_are_found(people: Cast) -> None:
    minutes = a_finished_record(people)
    sent(
        minutes,
        "Paul Pike",
        Text("Who lives there", f"As said: {SECRET}"),
        Text("Who lives there", SECRET, Marking.POLICE_SENSITIVE, place=1),
    )
    assert [said for _, said in left_over(content_of(minutes), PARTNER)] == [SECRET.rstrip(".")]


def test_passages_stand_speaker_by_speaker_under_their_headings_in_the_order_sent(people: Cast) -> None:
    minutes = a_started_discussion(people)
    spoken = section_of(minutes, "contribution", professional__name="Hetty Hall")
    sections.save_section(spoken, "She adds this.", version=0, by=people.bea, at=timezone.now())
    sent(minutes, "Paul Pike", Text("Who lives there", "Four people."))
    sent(minutes, "Hetty Hall", Text("Family", "One."), Text("Maternity", "Two."))
    late = Text("Family", "Three.", Marking.THIRD_PARTY, place=1)
    sent(minutes, "Hetty Hall", late)
    step = next(one for one in content_of(minutes)["steps"] if one["key"] == "information")
    told = [(one["label"], one["text"]) for one in step["sections"] if "Hall" in one["label"]]
    who = "Hetty Hall, Northshire Health Trust"
    assert told == [
        (f"{who}: Family", "One."),
        (f"{who}: Family", "Three."),
        (f"{who}: Maternity", "Two."),
        (who, "She adds this."),
    ]
    names = [one["label"].split(",")[0] for one in step["sections"]]
    assert names == sorted(names, key=names.index)  # nobody's words stand apart from the rest of theirs


def test_a_passage_taken_out_of_the_return_leaves_the_record_and_one_reworded_here_stays(
    people: Cast,
) -> None:
    discussion = a_booked_discussion(people)
    asked = discussion.information.get(professional__name="Paul Pike")
    now = timezone.now()
    minutes = record.open_record(discussion, by=people.bea, at=now)
    both = [Text("Concerns", "One."), Text("Concerns", "Two.", Marking.SHARE, place=1)]
    information.answer_information(asked, status="returned", texts=both, by=asked.professional, at=now)
    first = section_of(minutes, "contribution", heading="Concerns", place=0)
    second = section_of(minutes, "contribution", heading="Concerns", place=1)
    sections.mark_section(second, Marking.THIRD_PARTY, by=people.bea, at=now)
    gone = [Text("Concerns", ""), Text("Concerns", "Two, put better.", Marking.SHARE, place=1)]
    information.answer_information(asked, status="returned", texts=gone, by=asked.professional, at=now)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.text, first.is_gone) == ("", True)
    assert (second.text, second.marking) == ("Two, put better.", Marking.THIRD_PARTY)
    tighter = [Text("Concerns", "Two, put better.", Marking.POLICE_SENSITIVE, place=1)]
    information.answer_information(asked, status="returned", texts=tighter, by=asked.professional, at=now)
    second.refresh_from_db()
    assert second.marking == Marking.POLICE_SENSITIVE  # the marking alone changed


def test_what_health_holds_without_words_is_one_list_and_files_stand_by_their_marking(people: Cast) -> None:
    """Row C32: held, none, asked."""
    discussion = a_booked_discussion(people)
    asked = discussion.information.get(professional__name="Hetty Hall")
    now = timezone.now()
    texts = [
        Text("Family", "Known.", holding="held"),
        Text("Maternity", "", holding="none"),
        Text("Mental health", "", holding="asked"),
    ]
    file_of_return(asked, "scan.pdf", Marking.THIRD_PARTY, now)
    file_of_return(asked, "letter.pdf", Marking.NOT_FAMILY, now)
    information.answer_information(asked, status="returned", texts=texts, by=asked.professional, at=now)
    minutes = record.open_record(discussion, by=people.bea, at=now)
    cells = Section.objects.filter(minutes=minutes, field="contribution", professional=asked.professional)
    assert {(one.heading, one.text, one.marking) for one in cells if one.text} == {
        ("Family", "Known.", Marking.NOT_FAMILY),
        ("What is held", "Maternity: nothing held\nMental health: asked, no answer yet", Marking.NOT_FAMILY),
        ("Files", "scan.pdf", Marking.THIRD_PARTY),
        ("Files", "letter.pdf", Marking.NOT_FAMILY),
    }


def file_of_return(asked: InformationRequest, name: str, marking: str, at: datetime) -> None:
    asked.files.create(
        name=name, content_type="application/pdf", size=1, sha256="0" * 64, marking=marking, scan="clean",
        added_at=at, added_by_ref="professional:1",
    )  # fmt: skip


def test_what_a_person_says_has_passages_of_its_own_each_with_a_marking(people: Cast) -> None:
    minutes = a_started_discussion(people)
    cell = section_of(minutes, "contribution", professional__name="Paul Pike")
    now = timezone.now()
    more = sections.add_passage(cell, by=people.bea, at=now)
    assert sections.add_passage(cell, by=people.bea, at=now).pk == more.pk  # while it is empty
    sections.save_section(cell, "Open.", version=0, by=people.bea, at=now)
    sections.save_section(more, "Secret.", version=0, by=people.bea, at=now)
    sections.mark_section(more, Marking.POLICE_SENSITIVE, by=people.bea, at=now)
    assert Entry.objects.filter(event="minutes.passage_added").count() == 1
    copy = rendered(content_of(minutes), PARTNER)
    who = "Paul Pike, Northshire Police"
    mine = [(one["text"], one.get("removed", "")) for one in sections_of(copy) if one["label"] == who]
    assert mine == [("Open.", ""), ("", "Removed from this copy: police-sensitive")]
    with pytest.raises(Refused):
        sections.add_passage(section_of(minutes, "worries"), by=people.bea, at=now)
    with pytest.raises(NotAllowed):
        sections.add_passage(cell, by=people.sam, at=now)
    for _ in range(MOST_PASSAGES - 2):
        last = sections.add_passage(cell, by=people.bea, at=now)
        sections.save_section(last, "More.", version=0, by=people.bea, at=now)
    with pytest.raises(Refused):
        sections.add_passage(cell, by=people.bea, at=now)


def test_the_room_adds_a_passage_without_scripts_and_saves_what_was_typed(
    client: Client, people: Cast
) -> None:
    minutes = a_started_discussion(people)
    cell = section_of(minutes, "contribution", professional__name="Paul Pike")
    client.force_login(people.bea)
    room = reverse("minutes:room", args=[minutes.discussion_id])
    shown = client.get(f"{room}?step=information").content.decode()
    assert shown.count("Add a passage with a different marking") == len(
        minutes.sections.filter(field="contribution")
    )
    typed = {f"text-{cell.pk}": "He said this.", f"version-{cell.pk}": "0", "more": str(cell.pk)}
    answer = client.post(page_of_step(minutes), typed)
    added = Section.objects.get(minutes=minutes, place=1)
    assert answer.url.endswith(f"#text-{added.pk}")  # type: ignore[attr-defined]
    cell.refresh_from_db()
    assert cell.text == "He said this."
    again = client.get(f"{room}?step=information").content.decode()
    assert f'id="text-{added.pk}"' in again and "Northshire Police, passage 2" in again


def page_of_step(minutes: Minutes) -> str:
    from django.urls import reverse

    return reverse("minutes:save_step", args=[minutes.discussion_id, "information"])


def test_a_change_of_a_passage_since_the_discussion_is_read_beside_its_heading(people: Cast) -> None:
    minutes = a_started_discussion(people)
    sent(minutes, "Paul Pike", Text("Concerns", "One."), Text("Concerns", "Two.", Marking.SHARE, place=1))
    before = content_of(minutes)
    second = section_of(minutes, "contribution", heading="Concerns", place=1)
    sections.save_section(second, "Two, amended.", version=1, by=people.mo, at=timezone.now())
    changes = [(one.old, one.new) for one in changes_between(before, content_of(minutes))]
    assert ("Two.", "Two, amended.") in changes
