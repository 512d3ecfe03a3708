"""Differing views are rows: who, what, and how each was resolved or was not (rows G16, G20)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.errors import NotAllowed, Refused, StaleVersion
from audit.models import Entry
from escalations.offers import offers_for
from minutes import events
from minutes.differences import changes_between
from minutes.enums import RenditionKind, Settled
from minutes.models import Dissent, Minutes
from minutes.pdf import page_of
from minutes.rules.complete import boxes_asked, missing_from
from minutes.rules.renditions import NOT_SAID, Cut, rendered
from minutes.services.content import content_of
from minutes.services.dissent import View, change_dissent, record_dissent
from protocols.enums import RecordPart, Severity
from protocols.presets import SLUGS, preset
from tests.builders.meeting import a_held_discussion, a_started_discussion
from tests.minutes.test_after_complete_rules import WHOLE
from tests.people import Cast, cast
from tests.worklist.test_desk import signed_in

NOW = timezone.now
TEXT = "The threshold for section 47 was met on Saturday."
HOW = "Hetty Hall accepts it after the paediatrician’s call."
NEW = (RecordPart.DISSENT, RecordPart.POLICE_PLAN, RecordPart.LEGAL, RecordPart.CONFERENCE)


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def minutes(people: Cast) -> Minutes:
    return a_started_discussion(people)


def view(minutes: Minutes, **facts: Any) -> View:
    said = View(minutes.discussion.attendance.get(name="Hetty Hall"), TEXT)
    return replace(said, **facts)


def dissent(minutes: Minutes, people: Cast, **facts: Any) -> Dissent:
    return record_dissent(minutes, view(minutes, **facts), by=people.bea, at=NOW())


@pytest.mark.django_db
def test_a_view_stands_in_record_and_pdf_and_what_became_of_it_is_added(
    people: Cast, minutes: Minutes
) -> None:
    made = dissent(minutes, people)
    [told] = content_of(minutes)["dissents"]
    assert (told["name"], told["view"], told["settled"]) == ("Hetty Hall", TEXT, "Not resolved")
    before = content_of(minutes)

    resolved = view(minutes, settled=Settled.RESOLVED, resolution=HOW)
    with pytest.raises(StaleVersion):
        change_dissent(made, resolved, by=people.mo, at=NOW(), version=9)
    assert change_dissent(made, resolved, by=people.mo, at=NOW(), version=1).version == 2
    after = content_of(minutes)
    assert page_of(after, {"version": {}}).count(HOW) == 1
    [change] = changes_between(before, after)
    assert (change.where, change.old) == ("Differing view: Hetty Hall: how it was resolved", "Not resolved.")
    told_of = Entry.objects.filter(event__in=[events.DISSENT_RECORDED, events.DISSENT_CHANGED])
    assert told_of.count() == 2 and not any(TEXT in str(one.data) for one in told_of)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"view": " "}, "view"),
        ({"settled": Settled.RESOLVED}, "resolution"),
        ({"settled": Settled.WITHDRAWN}, "resolution"),
        ({"settled": "perhaps"}, "settled"),
        ({"view": "x" * 5001}, "view"),
    ],
)
def test_what_cannot_stand_is_said_at_its_field(
    people: Cast, minutes: Minutes, facts: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        dissent(minutes, people, **facts)
    assert refused.value.field == field and not Dissent.objects.exists()


@pytest.mark.django_db
def test_only_who_writes_the_record_writes_a_view_and_only_of_somebody_of_this_discussion(
    people: Cast, minutes: Minutes
) -> None:
    with pytest.raises(NotAllowed):
        record_dissent(minutes, view(minutes), by=people.sam, at=NOW())
    other = a_started_discussion(people, at=NOW() - timedelta(hours=4))
    with pytest.raises(Refused) as refused:
        record_dissent(minutes, view(other), by=people.bea, at=NOW())
    assert refused.value.field == "attendance"


@pytest.mark.django_db
def test_it_is_typed_in_the_room_and_shown_there_with_the_escalation_of_what_is_open(
    people: Cast, minutes: Minutes
) -> None:
    bea = signed_in(people.bea)
    add = reverse("minutes:add_dissent", args=[minutes.discussion_id])
    room = f"{reverse('minutes:room', args=[minutes.discussion_id])}?step=threshold"
    assert add in bea.get(room).content.decode()
    hetty = minutes.discussion.attendance.get(name="Hetty Hall")
    typed = {"attendance": hetty.pk, "view": TEXT, "settled": "resolved", "resolution": ""}
    wrong = bea.post(add, typed)
    assert wrong.status_code == 422 and TEXT in wrong.content.decode()
    assert bea.post(add, typed | {"settled": "open"}).headers["Location"] == room

    made = Dissent.objects.get()
    page = signed_in(people.mo).get(room).content.decode()
    escalate = reverse("escalations:raise", args=[minutes.discussion.case.reference])
    assert TEXT in page and f"{escalate}?about=dissent:{made.pk}" in page
    [offer] = [one for one in offers_for(minutes.discussion.case, people.mo, NOW()) if one.kind == "dissent"]
    assert (offer.agency, offer.title) == (
        people.health.pk,
        f"Hetty Hall, {hetty.agency_name} differed in discussion 1, and it was not resolved",
    )
    form = signed_in(people.mo).get(f"{escalate}?about=dissent:{made.pk}").context["form"]
    assert "took another view" in form.initial["facts"]

    change = reverse("minutes:change_dissent", args=[minutes.discussion_id, made.pk])
    assert bea.post(change, typed | {"resolution": HOW}).status_code == 302
    assert (Dissent.objects.get().settled, Dissent.objects.get().resolution) == ("resolved", HOW)
    page = signed_in(people.mo).get(room).content.decode()
    assert HOW in page and "about=dissent:" not in page
    assert not [one for one in offers_for(minutes.discussion.case, people.mo, NOW()) if one.kind == "dissent"]


@pytest.mark.django_db
def test_a_view_added_after_the_end_is_read_as_a_change(people: Cast) -> None:
    minutes = a_held_discussion(people).minutes
    dissent(minutes, people)
    [change] = changes_between(minutes.versions.get(number=0).content, content_of(minutes))[:1]
    assert (change.where, change.new, change.kind) == ("Differing view: Hetty Hall", TEXT, "Added")


@pytest.mark.django_db
def test_copies_hold_no_more_of_a_view_than_they_may(people: Cast, minutes: Minutes) -> None:
    ruby, jack = minutes.discussion.request.children.order_by("pk")
    dissent(minutes, people, child=jack)
    dissent(minutes, people, view="Jack Fenwick must be seen first.")
    minutes.sections.filter(field="contribution").update(text="Secret.", marking="police_sensitive")
    content = content_of(minutes)
    assert "dissents" not in rendered(content, Cut(RenditionKind.FAMILY))
    partner = rendered(content, Cut(RenditionKind.PARTNER))["dissents"]
    assert [(one["name"], one["view"], one["settled"]) for one in partner] == [
        ("Hetty Hall", NOT_SAID, "Not resolved")
    ] * 2
    [about_ruby] = rendered(content, Cut(RenditionKind.WHOLE, ruby.pk))["dissents"]
    assert about_ruby["view"] == "[another child] must be seen first."


# --- What a procedure may ask for ----------------------------------------------------------


def sentences(content: dict[str, Any], force: Severity, *parts: RecordPart) -> list[tuple[str, Severity]]:
    rules = preset("wirral")
    asked = replace(rules.required_record, value=parts, severity=force)
    found = missing_from(content, replace(rules, required_record=asked))
    return [(one.sentence, one.severity) for one in found if one.place.name in {str(part) for part in NEW}]


@pytest.mark.parametrize("force", [Severity.BLOCK, Severity.WARN])
def test_a_procedure_may_ask_for_views_police_plan_legal_advice_and_conference(force: Severity) -> None:
    assert sentences(WHOLE, force, *NEW) == [
        ("It is not said whether anybody took another view, and how it was resolved.", force),
        ("It is not said how any criminal investigation is conducted. If there is none, say why.", force),
        ("It is not said whether legal action is needed.", force),
        ("The view on an initial child protection conference is not recorded.", force),
    ]
    assert sentences(WHOLE, force) == []
    sections = [{"field": str(part), "child_id": None, "text": "Said."} for part in NEW]
    assert sentences(WHOLE | {"steps": [{"sections": sections}]}, force, *NEW) == []


def test_a_row_and_advice_beside_a_decision_say_it_as_well_as_the_box() -> None:
    advised = {"decisions": [{**WHOLE["decisions"][0], "legal_reason": "Counsel advises."}]}
    said = WHOLE | advised | {"dissents": [{"view": TEXT}]}
    assert sentences(said, Severity.BLOCK, RecordPart.DISSENT, RecordPart.LEGAL) == []


@pytest.mark.parametrize("slug", SLUGS)
def test_no_preset_asks_for_them(slug: str) -> None:
    assert not set(preset(slug).required_record.value) & set(NEW)


def test_boxes_that_should_be_filled_say_so_as_those_that_must() -> None:
    rules = preset("wirral")
    asked = replace(rules.required_record, value=(RecordPart.CONTINGENCY_PLAN,), severity=Severity.WARN)
    assert boxes_asked(replace(rules, required_record=asked)) == {
        "contingency": "Should be there when these minutes are authorised"
    }
    must = replace(rules, required_record=replace(asked, severity=Severity.BLOCK))
    assert boxes_asked(must) == {"contingency": "Must be there before these minutes can be authorised"}
    says = replace(rules, required_record=replace(asked, severity=Severity.INFO))
    assert boxes_asked(says) == {}
