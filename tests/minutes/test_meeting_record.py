"""Opening the record, looking at it, ticking steps and saving text: allowed, refused, wrong state, ledger."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import Agency
from attendees.enums import InformationStatus, Marking
from attendees.models import Passage
from attendees.rules.headings import headings_for
from attendees.services.directory import add_professional
from attendees.services.information import Text, answer_information
from attendees.services.inviting import invite_more
from audit.errors import MoveNotAllowed, NotAllowed, Refused, Taken
from audit.models import Entry
from cases.models import Case
from deadlines.models import Deadline
from minutes import events
from minutes.enums import Answer, MinutesStatus
from minutes.models import Minutes, Section, SectionVersion, StepTick
from minutes.rules import agenda
from minutes.services import agree, allocated, hold, record, saving, sections
from outbox.models import Letter
from tests.builders.booking import a_booked_discussion
from tests.builders.meeting import (
    a_full_record,
    a_held_discussion,
    a_started_discussion,
    an_opened_record,
    section_of,
    taking_part,
)
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
NOW = timezone.now


@pytest.fixture
def people() -> Cast:
    return cast()


def entries(event: str) -> int:
    return Entry.objects.filter(event=event).count()


# --- Opening ----------------------------------------


def test_business_support_opens_it_filled_from_request_and_returns_with_their_source(people: Cast) -> None:
    discussion = a_booked_discussion(people)
    asked = discussion.information.get(professional__name="Paul Pike")
    Passage.objects.create(information=asked, heading="Concerns", text="Called to the home twice in October.")
    asked.status, asked.answered_at, asked.answered_how = InformationStatus.RETURNED, NOW(), "by link"
    asked.save()

    minutes = record.open_record(discussion, by=people.bea, at=NOW())

    reasons, police = (
        section_of(minutes, "reasons"),
        section_of(minutes, "contribution", professional__name="Paul Pike", heading="Concerns"),
    )
    assert (
        reasons.text
        == "A fracture that the explanation does not fit.\n\nInjured arm; frightened of going home."
    )
    assert reasons.source == "From the strategy request of Sam Shah"
    assert police.text == "Called to the home twice in October."
    assert police.source.startswith("Paul Pike, Northshire Police: returned, ")
    assert police.source.endswith(", by link")
    assert (police.version, police.versions.get().text) == (1, police.text)
    assert entries(events.RECORD_OPENED) == 1


@pytest.mark.parametrize("is_open", [False, True])
@pytest.mark.parametrize(
    ("status", "text", "said"),
    [("none_held", "Nothing is held.", "nothing held"), ("at_meeting", "", "will tell at the meeting")],
)
def test_who_holds_nothing_or_will_tell_is_not_like_who_never_answered(
    people: Cast, status: str, text: str, said: str, is_open: bool
) -> None:
    """Row W23: each ending stands in the record with its source, before the opening as after it."""
    discussion = a_booked_discussion(people)
    asked = discussion.information.get(professional__name="Paul Pike")
    if is_open:
        record.open_record(discussion, by=people.bea, at=NOW())
    answer_information(asked, status=status, by=asked.professional, at=NOW())
    if not is_open:
        record.open_record(discussion, by=people.bea, at=NOW())
    minutes = Minutes.objects.get(discussion=discussion)
    cell = section_of(minutes, "contribution", professional__name="Paul Pike")
    assert (cell.text, said in cell.source) == (text, True)


def test_what_comes_from_somebody_invited_later_has_its_place(people: Cast) -> None:
    """Row W24: invited after the record was opened; what they send stands there, and stays when they join."""
    minutes = an_opened_record(people)
    trust = Agency.objects.create(name="Ambleford Hospital", kind=people.health.kind)
    late = add_professional(
        name="Lena Late", agency=trust, job_role="Nurse", email="lena@northshire-health.example",
        by=people.bea, at=NOW(),
    )  # fmt: skip
    invite_more(minutes.discussion, [late], by=people.bea, at=NOW())
    asked = minutes.discussion.information.get(professional=late)
    texts = [Text(headings_for(people.health.kind)[0], "Seen at six weeks.")]
    answer_information(asked, status="returned", texts=texts, by=late, at=NOW())
    theirs = Section.objects.filter(minutes=minutes, professional=late, field="contribution").order_by("pk")
    spoken, sent = theirs
    assert (spoken.heading, spoken.text) == ("", "")
    assert (sent.heading, sent.text) == ("Family", "Seen at six weeks.") and "Lena Late" in sent.source
    record.make_room_to_speak(minutes, late, NOW())
    assert list(theirs) == [spoken, sent]


def test_where_a_child_lived_before_stands_in_the_history(people: Cast) -> None:
    discussion = a_booked_discussion(people)
    discussion.request.children.filter(pk=discussion.request.children.first().pk).update(  # type: ignore[union-attr]
        previous_addresses="14 Mill Lane, Otherton"
    )
    minutes = record.open_record(discussion, by=people.bea, at=NOW())
    assert "lived before at: 14 Mill Lane, Otherton" in section_of(minutes, "other_areas").text


def test_where_a_child_lived_before_is_not_told_of_whoever_hides(people: Cast) -> None:
    discussion = a_booked_discussion(people)
    hidden, other = discussion.request.children.order_by("pk")[:2]
    children = discussion.request.children
    children.filter(pk=hidden.pk).update(
        address="9 Safe Street, Farham",
        address_confidential=True,
        previous_addresses="14 Mill Lane, Otherton",
    )
    children.filter(pk=other.pk).update(address="2 Open Road", previous_addresses="9 Safe Street, Farham")
    minutes = record.open_record(discussion, by=people.bea, at=NOW())
    assert "lived before" not in section_of(minutes, "other_areas").text


def test_the_day_of_a_return_is_the_day_in_london(people: Cast) -> None:
    """Half past midnight in July is still the day before in UTC."""
    assert record._day(datetime(2026, 7, 9, 23, 30, tzinfo=UTC)) == "10 July 2026"


def test_there_is_one_cell_for_each_thing_the_agenda_asks_of_each_child_and_professional(
    people: Cast,
) -> None:
    minutes = an_opened_record(people)
    discussion = minutes.discussion
    children = [child.pk for child in discussion.request.children.all()]
    speakers = list(
        Section.objects.filter(minutes=minutes, field="contribution")
        .order_by("pk")
        .values_list("professional_id", flat=True)
    )
    steps = [step.key for step in discussion.request.protocol.rules.agenda.value]
    wanted = set(agenda.keys(steps, children, [pk for pk in speakers if pk]))

    made = {
        agenda.Key(one.step, one.field, one.child_id, one.professional_id) for one in minutes.sections.all()
    }
    assert made == wanted
    referrer = discussion.invitations.get(is_referrer=True)
    assert speakers[0] == referrer.professional_id  # row B06


def test_only_whom_the_protocol_names_opens_it(people: Cast) -> None:
    discussion = a_booked_discussion(people)

    for name in ("sam", "mo", "ada", "hal", "ira", "olga", "paul", "stranger"):
        with pytest.raises(NotAllowed):
            record.open_record(discussion, by=getattr(people, name), at=NOW())
    assert Minutes.objects.count() == 0


def test_in_birmingham_the_chair_opens_it(people: Cast) -> None:
    """Row B02."""
    discussion = a_booked_discussion(people, protocol="birmingham", circumstances=["immediate_risk"])

    assert record.open_record(discussion, by=people.mo, at=NOW()).opened_by == people.mo


def test_it_is_opened_once_and_the_second_is_told_by_whom(people: Cast) -> None:
    discussion = a_booked_discussion(people)
    record.open_record(discussion, by=people.bea, at=NOW())

    with pytest.raises(Taken, match="Bea Bright has already opened this record"):
        record.open_record(discussion, by=people.bea, at=NOW())


def test_no_record_of_a_discussion_that_was_held(people: Cast) -> None:
    with pytest.raises(MoveNotAllowed):
        record.open_record(a_held_discussion(people), by=people.bea, at=NOW())


# --- Looked at, ticked, allocated ----------------------------------------


def test_only_the_chair_says_that_they_looked_at_it_before(people: Cast) -> None:
    minutes = record.open_record(a_booked_discussion(people), by=people.bea, at=NOW())

    with pytest.raises(NotAllowed, match="Mo Mensah chairs it"):
        record.check_before_start(minutes, by=people.bea, at=NOW())
    checked = record.check_before_start(minutes, by=people.mo, at=NOW())

    assert checked.checked_before_by == people.mo
    assert entries(events.RECORD_CHECKED_BEFORE) == 1


def test_after_the_start_it_is_too_late_to_look_before(people: Cast) -> None:
    with pytest.raises(MoveNotAllowed):
        record.check_before_start(a_started_discussion(people), by=people.mo, at=NOW())


def test_steps_are_ticked_in_any_order_and_the_tick_comes_off_again(people: Cast) -> None:
    minutes = a_started_discussion(people)

    record.tick_step(minutes, "summary", done=True, by=people.mo, at=NOW())
    record.tick_step(minutes, "summary", done=True, by=people.bea, at=NOW())
    assert list(StepTick.objects.values_list("step", "by")) == [("summary", people.mo.pk)]
    record.tick_step(minutes, "summary", done=False, by=people.bea, at=NOW())
    assert not StepTick.objects.exists()
    with pytest.raises(Refused):
        record.tick_step(minutes, "dancing", done=True, by=people.mo, at=NOW())


def test_the_allocated_worker_has_a_number(people: Cast) -> None:
    minutes = a_started_discussion(people)

    with pytest.raises(Refused) as refusal:
        allocated.name_allocated_worker(minutes, people.sam, "soon", by=people.bea, at=NOW())
    named = allocated.name_allocated_worker(minutes, people.sam, " 01632  960002 ", by=people.bea, at=NOW())

    assert refusal.value.field == "number"
    assert (named.allocated_worker, named.allocated_number) == (people.sam, "01632 960002")


def test_at_the_end_the_case_is_the_named_workers_with_its_clocks_and_a_letter(people: Cast) -> None:
    """Somebody of another team, who could not see the case: until the end nothing changes for them."""
    minutes = a_full_record(people)
    allocated.name_allocated_worker(minutes, people.olga, "01632 960002", by=people.bea, at=NOW())
    assert not Case.objects.visible_to(people.olga).exists()
    for one in taking_part(minutes):
        agree.record_agreement(minutes, one, Answer.AGREES, by=people.bea, at=NOW())
    hold.close_discussion(minutes, by=people.mo, at=NOW(), read_back=True)
    case = Case.objects.visible_to(people.olga).get()
    assert case.allocated_worker == people.olga
    seen = Deadline.objects.running().filter(case=case, duty="child_seen")
    assert {one.owner for one in seen} == {people.olga}
    letter = Letter.objects.get(kind="allocated")
    assert (letter.to_email, "Fenwick" in str(letter.context)) == (people.olga.email, False)
    # Named anew after the end: at once, and once.
    allocated.name_allocated_worker(minutes, people.sam, "01632 960321", by=people.bea, at=NOW())
    case.refresh_from_db()
    assert (case.allocated_worker, entries("minutes.took_on")) == (people.sam, 2)


def test_a_restricted_case_is_not_opened_to_the_worker_who_is_named(people: Cast) -> None:
    minutes = a_started_discussion(people)
    Case.objects.update(restricted=True)
    with pytest.raises(Refused, match="is restricted, and Olga") as refusal:
        allocated.name_allocated_worker(minutes, people.olga, "01632 960002", by=people.bea, at=NOW())
    assert refusal.value.field == "worker"


# --- Text ----------------------------------------


def test_every_text_is_kept_and_the_ledger_names_the_cell_and_not_its_words(people: Cast) -> None:
    minutes = a_started_discussion(people)
    cell = section_of(minutes, "worries")
    before = Minutes.objects.get(pk=minutes.pk).change

    for number, words in enumerate(["He is afraid.", "He is afraid of Kit."]):
        saved = sections.save_section(cell, words, version=number, by=people.bea, at=NOW())

    assert (saved.text, saved.version, saved.updated_by) == ("He is afraid of Kit.", 2, people.bea)
    kept = SectionVersion.objects.filter(section=cell).order_by("version").values_list("text", flat=True)
    assert list(kept) == ["He is afraid.", "He is afraid of Kit."]
    assert Minutes.objects.get(pk=minutes.pk).change == before + 2
    last = Entry.objects.filter(event=events.SECTION_SAVED).order_by("-id").first()
    assert last is not None
    assert last.data == {"cell": "summary/worries", "version": 2, "characters": 20}


def test_what_is_pasted_is_kept_as_words(people: Cast) -> None:
    cell = section_of(a_started_discussion(people), "worries")
    pasted = "<script>alert(1)</script>\r\n\x00Bruise\x0b on arm\u2028 ok {{7*7}}  \n\n"

    saved = sections.save_section(cell, pasted, version=0, by=people.bea, at=NOW())

    assert (
        saved.text == "<script>alert(1)</script>\nBruise\n on arm\n ok {{7*7}}"
    )  # no word runs into the next


def test_a_hundred_thousand_characters_are_kept_and_one_more_is_refused_with_a_sentence(people: Cast) -> None:
    cell = section_of(a_started_discussion(people), "worries")

    saved = sections.save_section(cell, "é" * 100_000, version=0, by=people.bea, at=NOW())
    with pytest.raises(Refused, match="100,001 characters"):
        sections.save_section(cell, "é" * 100_001, version=1, by=people.bea, at=NOW())
    assert saved.version == 1


def test_a_newer_text_is_a_clash_that_carries_both(people: Cast) -> None:
    cell = section_of(a_started_discussion(people), "worries")
    sections.save_section(cell, "Hers", version=0, by=people.bea, at=NOW())

    with pytest.raises(sections.Clash) as clash:
        sections.save_section(cell, "His", version=0, by=people.mo, at=NOW())

    assert (clash.value.theirs.text, clash.value.theirs.version, clash.value.mine) == ("Hers", 1, "His")
    assert clash.value.sentence.startswith("Bea Bright changed this at ")
    assert (
        sections.save_section(cell, "Hers", version=0, by=people.mo, at=NOW()).version == 1
    )  # the same is no clash


def test_nobody_else_writes(people: Cast) -> None:
    cell = section_of(a_started_discussion(people), "worries")

    for name in ("sam", "ada", "hal", "ira", "olga", "paul", "hetty", "stranger", "adi"):
        with pytest.raises(NotAllowed):
            sections.save_section(cell, "Mine", version=0, by=getattr(people, name), at=NOW())
    assert entries(events.SECTION_SAVED) == 0


WRITERS = {
    MinutesStatus.OPENED: {"mo", "bea"},
    MinutesStatus.LIVE: {"mo", "bea"},
    MinutesStatus.AGREED: {"mo", "bea"},
    MinutesStatus.WITH_CHAIR: {"mo"},
    MinutesStatus.AUTHORISED: set(),
    MinutesStatus.CIRCULATED: set(),
}


def test_who_writes_when(people: Cast) -> None:
    minutes = a_started_discussion(people)
    wrote: dict[str, set[str]] = {status: set() for status in WRITERS}

    for status in WRITERS:
        Minutes.objects.filter(pk=minutes.pk).update(status=status)
        for name in ("mo", "bea"):
            cell, words = section_of(minutes, "worries"), f"{name} while {status}"
            try:
                sections.save_section(cell, words, version=cell.version, by=getattr(people, name), at=NOW())
            except NotAllowed:
                continue
            wrote[status].add(name)

    assert wrote == WRITERS


def test_marking_says_who_may_read(people: Cast) -> None:
    cell = section_of(a_started_discussion(people), "contribution")

    marked = sections.mark_section(cell, Marking.POLICE_SENSITIVE, by=people.bea, at=NOW())
    with pytest.raises(Refused):
        sections.mark_section(cell, "everybody", by=people.bea, at=NOW())

    assert marked.marking == Marking.POLICE_SENSITIVE
    assert entries(events.SECTION_MARKED) == 1


def test_a_step_saved_whole_touches_only_what_its_writer_changed(people: Cast) -> None:
    minutes = a_started_discussion(people)
    worries, grey = section_of(minutes, "worries"), section_of(minutes, "grey")
    sections.save_section(worries, "Hers, later", version=0, by=people.bea, at=NOW())
    posted = {
        f"text-{worries.pk}": "", f"version-{worries.pk}": "0",
        f"text-{grey.pk}": "His", f"version-{grey.pk}": "0",
    }  # fmt: skip

    kept = saving.save_step(minutes, "summary", saving.Typed.read(posted), by=people.mo, at=NOW())

    assert (kept.clashes, kept.stricter) == ([], [])
    assert (section_of(minutes, "worries").text, section_of(minutes, "grey").text) == ("Hers, later", "His")


def test_a_cell_of_another_record_cannot_be_saved_through_this_one(people: Cast) -> None:
    minutes, other = a_started_discussion(people), an_opened_record(people, ago=timedelta(hours=5))
    foreign = section_of(other, "worries")

    saving.save_step(
        minutes, "summary", saving.Typed.read({f"text-{foreign.pk}": "Mine"}), by=people.mo, at=NOW()
    )

    assert section_of(other, "worries").text == ""
