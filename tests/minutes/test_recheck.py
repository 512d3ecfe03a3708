"""A copy that was made is looked through again when it leaves: an address may have been hidden since."""

from dataclasses import fields
from typing import Any

import pytest
from django.utils import timezone

from audit.errors import MoveNotAllowed, Refused
from audit.models import Entry
from cases.models import FamilyMember
from cases.rules import FamilyFacts
from cases.services.people import change_family_member
from minutes.enums import FamilyIsTold, RenditionKind
from minutes.models import FamilyHanding, FamilySharing, Minutes, MinutesVersion, Section
from minutes.rules.renditions import Cut
from minutes.services import circulate as circulating
from minutes.services import copies, printing, recheck, renditions, versions
from minutes.services.draft_check import look_through
from minutes.services.sections import save_section
from outbox.models import Letter
from tests.builders.after import a_finished_record, copy_of
from tests.builders.meeting import section_of
from tests.builders.requests import siblings
from tests.minutes.test_after_pages import by_link, page, signed_in
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
WHERE = "Carol stays at 4 Larch Avenue with her sister."
WHY = "She asks for it in writing"


def a_version(people: Cast) -> MinutesVersion:
    """An address that nobody hides stands in a passage for the family; the family is told."""
    minutes = a_finished_record(people, children=siblings(2))
    sections = Section.objects.filter(minutes=minutes)
    sections.filter(pk=section_of(minutes, "protective").pk).update(text=WHERE, marking="share")
    FamilySharing.objects.filter(minutes=minutes).update(told=FamilyIsTold.SHARE, what="That we met")
    return versions.authorise_minutes(minutes, by=people.mo, at=timezone.now())


def hide(version: MinutesVersion) -> None:
    mothers = FamilyMember.objects.filter(case=version.minutes.discussion.case, name="Carol Fenwick")
    assert mothers.update(address="4 Larch Avenue", address_confidential=True) == 1


def test_the_familys_copy_goes_out_again_only_with_a_reason() -> None:
    people = cast()
    version, now = a_version(people), timezone.now()
    copy = renditions.make_copy(version.minutes, version, Cut(RenditionKind.FAMILY), by=people.sam, at=now)
    printing.print_waiting()
    copy.refresh_from_db()
    sam, address = signed_in(people.sam), page("copies", version.minutes)
    assert sam.get(f"{address}family/pdf/").status_code == 200
    hide(version)
    shown = sam.get(address).content.decode()
    assert "Found since this copy was made" in shown and f"{address}family/pdf/" not in shown
    refused = sam.get(f"{address}family/pdf/")
    assert (refused.status_code, "confidential address of Carol Fenwick" in refused.content.decode()) == (
        409,
        True,
    )
    given: dict[str, Any] = {"handed_to": "Carol", "how": "At home", "handed_at": now, "by": people.sam}
    with pytest.raises(Refused) as asked:
        renditions.hand_to_family(copy, **given, at=now)
    assert (asked.value.field, FamilyHanding.objects.count()) == ("accept_0", 0)
    assert "Found since this copy was made" in sam.get(f"{address}family/family/").content.decode()
    again = f"{address}family/make/"
    assert "Let it go out" in sam.get(again).content.decode()
    assert sam.post(again, {"accept_0": ""}).status_code == 422
    assert sam.post(again, {"accept_0": WHY}).status_code == 302
    assert f"Let through: {WHY}" in sam.get(address).content.decode()
    assert sam.get(f"{address}family/pdf/").status_code == 200
    copy.refresh_from_db()
    renditions.hand_to_family(copy, **given, at=now)
    assert Entry.objects.filter(event="copy.made").latest("pk").data["let_through"] == [
        one["key"] for one in copy.accepted
    ]


def test_a_copy_about_one_child_is_looked_through_when_it_is_made_and_when_it_is_fetched() -> None:
    people, now = cast(), timezone.now()
    version = a_version(people)
    ruby = Cut(RenditionKind.WHOLE, version.content["children"][0]["id"])
    made = renditions.make_copy(version.minutes, version, ruby, by=people.bea, at=now)
    printing.print_waiting()
    hide(version)
    bea, address = signed_in(people.bea), f"{page('copies', version.minutes)}{ruby.code}/"
    assert bea.get(f"{address}pdf/").status_code == 409
    jack = Cut(RenditionKind.WHOLE, version.content["children"][1]["id"])
    with pytest.raises(Refused, match="confidential address of Carol Fenwick"):
        renditions.make_copy(version.minutes, version, jack, by=people.bea, at=now)
    found = recheck.found_since(made)
    circulating.circulate(version.minutes, by=people.bea, at=now, accepted={found[0].key: WHY})
    assert bea.get(f"{address}pdf/").status_code == 200  # let through for professionals
    family = Cut(RenditionKind.FAMILY)
    with pytest.raises(Refused):  # and not for the family
        renditions.make_copy(version.minutes, version, family, by=people.bea, at=now)


def test_a_copy_that_is_sent_again_or_handed_over_is_looked_through_again() -> None:
    people, now = cast(), timezone.now()
    version = a_version(people)
    circulation = circulating.circulate(version.minutes, by=people.bea, at=now)
    circulating.on_sent(copy_of(circulation, "Paul Pike").letter, now)  # type: ignore[arg-type]
    bea = signed_in(people.bea)
    assert "Found since" not in bea.get(page("proof", version.minutes)).content.decode()
    hide(version)
    assert (
        "Found since these minutes were circulated"
        in bea.get(page("proof", version.minutes)).content.decode()
    )
    paul, hetty = copy_of(circulation, "Paul Pike"), copy_of(circulation, "Hetty Hall")
    with pytest.raises(Refused, match="confidential address of Carol Fenwick"):
        copies.send_again(paul, by=people.bea, at=now)
    with pytest.raises(Refused, match="confidential address of Carol Fenwick"):
        copies.record_handed(hetty, how="At reception", handed_at=now, by=people.bea, at=now)
    address = f"/discussions/{version.minutes.discussion_id}/copies/{paul.pk}/again/"
    assert "Found since this copy was made" in bea.get(address).content.decode()
    answer = bea.post(address, {"email": paul.professional.email})
    assert (answer.status_code, "Have it mended, or say why" in answer.content.decode()) == (422, True)
    assert bea.post(address, {"email": paul.professional.email, "accept_0": WHY}).status_code == 302
    paul.rendition.refresh_from_db()
    assert [one["reason"] for one in paul.rendition.accepted] == [WHY]
    copies.record_handed(hetty, how="At reception", handed_at=now, by=people.bea, at=now)  # the same copy


def test_a_file_is_refused_with_what_was_found() -> None:
    recheck.refuse_found([])
    people = cast()
    version = a_version(people)
    hide(version)
    looked = recheck.looked_for_in(version)
    with pytest.raises(MoveNotAllowed, match="Since this copy was made"):
        recheck.refuse_found(looked.found_in(Cut(RenditionKind.FAMILY)))


def test_what_is_written_in_the_draft_afterwards_is_looked_through_before_partners_read_on() -> None:
    people, now = cast(), timezone.now()
    minutes = a_finished_record(people)
    paul, address = by_link(minutes, "Paul Pike"), page("partner_minutes", minutes)
    mothers = FamilyMember.objects.filter(case=minutes.discussion.case, name="Carol Fenwick")
    mothers.update(address="4 Larch Avenue", address_confidential=True)
    assert "being looked through" not in paul.get(address).content.decode()
    cell = section_of(minutes, "protective")
    save_section(cell, WHERE, version=cell.version, by=people.mo, at=now)
    told = paul.get(address).content.decode()
    assert "being looked through" in told and "Larch" not in told
    assert "Larch" not in paul.get(page("partner_agree", minutes)).content.decode()
    mo, look = signed_in(people.mo), page("look_through", minutes)
    cell.refresh_from_db()
    amend = page("check", minutes) + f"{cell.pk}/"
    assert mo.post(amend, {"text": "Nothing.", "_version": cell.version}).status_code == 302
    assert "cannot read this record now" not in mo.get(page("check", minutes)).content.decode()
    assert mo.post(amend, {"text": WHERE, "_version": cell.version + 1}).status_code == 302
    assert f'href="{amend}"' in mo.get(look).content.decode()  # mended in its own box
    for name in ("read", "check"):
        assert "cannot read this record now" in mo.get(page(name, minutes)).content.decode()
    assert signed_in(people.sam).get(look).status_code == 403
    assert mo.post(look, {}).status_code == 422
    assert mo.post(look, {"accept_0": WHY}).status_code == 302
    assert "Larch" in paul.get(address).content.decode()
    assert "cannot read this record now" not in mo.get(page("check", minutes)).content.decode()
    entry = Entry.objects.get(event="minutes.looked_through")
    assert entry.data["let_through"] == [{"what": "address", "reason": WHY}]
    version = versions.authorise_minutes(minutes, by=people.mo, at=now)  # and it holds nothing up
    with pytest.raises(MoveNotAllowed):
        look_through(version.minutes, by=people.mo, at=now)


def hide_by_service(told: MinutesVersion | Minutes, people: Cast, **more: Any) -> None:
    """Sam learns that where Carol stays must not be known."""
    record = told.minutes if isinstance(told, MinutesVersion) else told
    mother = FamilyMember.objects.get(case=record.discussion.case, name="Carol Fenwick")
    kept = {one.name: getattr(mother, one.name) for one in fields(FamilyFacts) if hasattr(mother, one.name)}
    facts = FamilyFacts(
        **kept | {"relationship": "Mother", "address": "4 Larch Avenue", "address_confidential": True} | more
    )
    change_family_member(mother, facts, by=people.sam, at=timezone.now())


def test_who_circulated_is_told_at_once_that_copies_say_what_is_hidden_now() -> None:
    people = cast()
    version = a_version(people)
    printing.print_waiting()
    circulation = circulating.circulate(version.minutes, by=people.bea, at=timezone.now())
    told = Letter.objects.filter(kind="copies_found_since")
    hide_by_service(version, people, address_confidential=False)
    assert not told.exists()

    hide_by_service(version, people)
    letter = told.get()
    assert letter.to_email == circulation.routed_to.mailbox
    assert page("proof", version.minutes) in letter.context["path"]
    assert "Larch" not in str(letter.context) and "Carol" not in str(letter.context)
    hide_by_service(version, people, phone="01632 960177")  # nothing more was found: not told again
    assert told.count() == 1


def test_nobody_is_told_where_no_copy_is_left_or_nothing_of_it_is_said() -> None:
    people = cast()
    version = a_version(people)
    printing.print_waiting()
    circulation = circulating.circulate(version.minutes, by=people.bea, at=timezone.now())
    told = Letter.objects.filter(kind="copies_found_since")
    hide_by_service(version, people, address="9 Other Street")
    assert not told.exists()
    for copy in circulation.recipients.all():
        copies.revoke(copy, reason="Sent by mistake", by=people.bea, at=timezone.now())
    hide_by_service(version, people)
    assert not told.exists()


def test_who_writes_in_the_draft_sees_at_once_what_partners_cannot_read_it_for() -> None:
    """In the room beside the box that saves itself, and on the pages of the minutes when they come there."""
    people, now = cast(), timezone.now()
    minutes = a_finished_record(people)
    mo, cell, told = signed_in(people.mo), section_of(minutes, "protective"), "cannot read this record now"
    mother = FamilyMember.objects.get(case=minutes.discussion.case, name="Carol Fenwick")
    FamilyMember.objects.filter(pk=mother.pk).update(address="4 Larch Avenue", address_confidential=True)
    room = [page("room", minutes), page("side", minutes)]
    assert told not in "".join(mo.get(one).content.decode() for one in room)

    saved = mo.post(page("save_section", minutes, cell.pk), {"text": WHERE, "version": cell.version})
    assert saved.status_code == 200
    pages = [*room, page("check", minutes), page("read", minutes)]
    assert [told in mo.get(one).content.decode() for one in pages] == [True] * 4
    cell.refresh_from_db()
    save_section(cell, "Nothing.", version=cell.version, by=people.mo, at=now)
    assert [told in mo.get(one).content.decode() for one in pages] == [False] * 4


def test_hiding_an_address_looks_the_draft_through_before_anybody_opens_it() -> None:
    people, now = cast(), timezone.now()
    minutes = a_finished_record(people)
    cell = section_of(minutes, "protective")
    save_section(cell, WHERE, version=cell.version, by=people.mo, at=now)
    mo, told = signed_in(people.mo), "cannot read this record now"
    assert told not in mo.get(page("check", minutes)).content.decode()
    hide_by_service(minutes, people)
    assert told in mo.get(page("check", minutes)).content.decode()
