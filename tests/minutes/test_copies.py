"""Who gets which copy, and that no file tells what it leaves out (C25, P25)."""

import re
import zlib
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone
from pypdf import PdfReader

from audit.errors import MoveNotAllowed, NotAllowed, Refused
from audit.models import Entry
from cases.models import FamilyMember
from govuk.moments import long_date
from minutes.canonical import hash_of
from minutes.enums import FamilyIsTold, RenditionKind
from minutes.models import FamilyHanding, FamilySharing, MinutesVersion, Rendition, Section
from minutes.rules.renditions import NOT_SAID, WHOLE, Cut, rendered
from minutes.services import circulate as circulating
from minutes.services import printing, renditions, versions
from minutes.services.recipients import planned_for, release_findings
from minutes.services.round import answer_record
from outbox.models import Letter
from tests.builders.after import a_finished_record, copy_of, professional_named
from tests.builders.meeting import section_of
from tests.builders.requests import siblings
from tests.minutes.test_after_circulation import listed, tls  # noqa: F401
from tests.minutes.test_after_pages import by_link, page, signed_in
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
SECRET = "A covert camera is fitted in the hallway since Tuesday evening."
SHARED = "Ruby may be told that everybody wants her to be safe."
PARTNER = Cut(RenditionKind.PARTNER)
FAMILY = Cut(RenditionKind.FAMILY)


def a_marked_version(people: Cast) -> MinutesVersion:
    """Two children; one passage police-sensitive, one for the family; the family is told."""
    minutes = a_finished_record(people, children=siblings(2))
    sections = Section.objects.filter(minutes=minutes)
    sections.filter(pk=section_of(minutes, "worries").pk).update(text=SECRET, marking="police_sensitive")
    sections.filter(pk=section_of(minutes, "protective").pk).update(text=SHARED, marking="share")
    FamilySharing.objects.filter(minutes=minutes).update(
        told=FamilyIsTold.SHARE, what="That an enquiry began"
    )
    return versions.authorise_minutes(minutes, by=people.mo, at=timezone.now())


def everything_in(file: bytes) -> str:
    """All that can be got out of a file: text of its pages, attachments, metadata, every stream unpacked."""
    reader = PdfReader(BytesIO(file))
    told = [one.extract_text() for one in reader.pages]
    told += [data.decode() for files in reader.attachments.values() for data in files]
    told += [str(reader.metadata), file.decode("latin-1")]
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", file, re.DOTALL):
        try:
            told.append(zlib.decompress(packed).decode("latin-1"))
        except zlib.error:
            continue
    return " ".join(" ".join(told).split())


def file_of(rendition: Rendition) -> bytes:
    rendition.refresh_from_db()
    assert rendition.enclosure is not None, rendition.failed_why
    return bytes(rendition.enclosure.content)


@pytest.mark.usefixtures("tls")
def test_each_agency_gets_its_copy_and_nothing_marked_leaves_in_another() -> None:
    people = cast()
    listed("Elm Street Primary School", "elm-street.example")
    listed("Northshire Police", "northshire-police.example")
    version = a_marked_version(people)
    circulation = circulating.circulate(version.minutes, by=people.bea, at=timezone.now())
    given = {one.professional.name: one.rendition.cut for one in circulation.recipients.all()}
    assert given["Dan Dale"] == PARTNER
    assert {cut for name, cut in given.items() if name != "Dan Dale"} == {WHOLE}
    assert printing.print_waiting() == 2
    files = {one.cut: one for one in version.renditions.select_related("enclosure")}
    assert SECRET in everything_in(file_of(files[WHOLE]))
    school = everything_in(file_of(files[PARTNER]))
    assert "covert" not in school and "Removed from this copy: police-sensitive" in school
    assert files[PARTNER].sha256 == hash_of(rendered(version.content, PARTNER)) != version.sha256
    assert files[WHOLE].sha256 == version.sha256
    assert version.sha256[:16] not in school  # a short removed word could be guessed and tried against it
    sent = Letter.objects.filter(key__startswith="copy:", enclosures__isnull=False)
    for letter in sent:
        assert letter.enclosures.get().pk == files[given[letter.to_name]].enclosure_id
    assert {one.to_name for one in sent} >= {"Dan Dale", "Paul Pike"}


def test_the_school_reads_and_fetches_its_own_copy_online() -> None:
    people = cast()
    version = a_marked_version(people)
    school = by_link(version.minutes, "Dan Dale")
    police = by_link(version.minutes, "Paul Pike")
    circulation = circulating.circulate(version.minutes, by=people.bea, at=timezone.now())
    printing.print_waiting()
    told = school.get(page("partner_minutes", version.minutes)).content.decode()
    assert SECRET not in told and "Removed from this copy: police-sensitive" in told
    assert version.sha256[:8] not in told
    assert "covert" not in everything_in(school.get(page("partner_pdf", version.minutes)).content)
    assert SECRET in police.get(page("partner_minutes", version.minutes)).content.decode()
    assert copy_of(circulation, "Dan Dale").opened_at is not None


def test_before_it_is_authorised_the_school_reads_nothing_marked_either() -> None:
    people = cast()
    minutes = a_finished_record(people)
    Section.objects.filter(pk=section_of(minutes, "worries").pk).update(text=SECRET, marking="third_party")
    told = {
        name: by_link(minutes, name).get(page("partner_minutes", minutes)).content.decode()
        for name in ("Dan Dale", "Paul Pike")
    }
    assert (
        SECRET not in told["Dan Dale"] and "Removed from this copy: about a third party" in told["Dan Dale"]
    )
    assert SECRET in told["Paul Pike"]


def test_what_somebody_said_of_the_record_themselves_is_not_kept_from_them() -> None:
    """A correction may repeat a removed passage, so copies leave it out; its author reads it online."""
    people, now = cast(), timezone.now()
    minutes = a_finished_record(people)
    Section.objects.filter(pk=section_of(minutes, "worries").pk).update(text=SECRET, marking="third_party")
    for name, text in (("Dan Dale", "It was in May."), ("Hetty Hall", "She rang twice.")):
        row = minutes.discussion.attendance.select_related("professional").get(name=name)
        answer_record(minutes, row, "corrects", text=text, by=row.professional, at=now)
    told = by_link(minutes, "Dan Dale").get(page("partner_minutes", minutes)).content.decode()
    assert "It was in May." in told and "She rang twice." not in told and SECRET not in told
    assert NOT_SAID in told


def test_business_support_chooses_a_copy_about_one_child() -> None:
    people = cast()
    version = a_marked_version(people)
    ruby, jack = version.content["children"]
    bea, dan = signed_in(people.bea), professional_named("Dan Dale")
    shown = bea.get(page("circulate", version.minutes)).content.decode()
    assert (
        f'name="copy_{dan.pk}"' in shown and "Copy without marked passages, about Jack Fenwick only" in shown
    )
    code = Cut(RenditionKind.PARTNER, ruby["id"]).code
    answer = bea.post(page("circulate", version.minutes), {f"copy_{dan.pk}": code})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    printing.print_waiting()
    copy = Rendition.objects.select_related("enclosure").get(copies__professional=dan)
    told = everything_in(file_of(copy))
    assert (copy.child_id, "Ruby" in told, "Jack" in told) == (ruby["id"], True, False)
    assert jack["date_of_birth"] not in told and "covert" not in told
    proof = bea.get(page("proof", version.minutes)).content.decode()
    assert "Copy without marked passages, about Ruby Fenwick only" in proof


def test_a_copy_that_is_not_offered_is_not_taken() -> None:
    people = cast()
    version = a_marked_version(people)
    dan = professional_named("Dan Dale")
    for code in ("family", "whole-999999", "nonsense"):
        answer = signed_in(people.bea).post(page("circulate", version.minutes), {f"copy_{dan.pk}": code})
        assert (answer.status_code, "Choose one of the copies" in answer.content.decode()) == (422, True)


def test_removed_words_that_stand_elsewhere_stop_the_circulation() -> None:
    people = cast()
    minutes = a_finished_record(people)
    Section.objects.filter(pk=section_of(minutes, "worries").pk).update(
        text=SECRET, marking="police_sensitive"
    )
    Section.objects.filter(pk=section_of(minutes, "protective").pk).update(text=f"But: {SECRET.lower()}")
    version = versions.authorise_minutes(minutes, by=people.mo, at=timezone.now())
    with pytest.raises(Refused, match="is removed from a copy as marked, but stands unmarked in"):
        circulating.circulate(version.minutes, by=people.bea, at=timezone.now())


def test_the_family_is_given_what_is_marked_for_them_when_the_chair_decided_so() -> None:
    people = cast()
    version = a_marked_version(people)
    now = timezone.now()
    copy = renditions.make_copy(version.minutes, version, FAMILY, by=people.sam, at=now)
    assert renditions.make_copy(version.minutes, version, FAMILY, by=people.bea, at=now).pk == copy.pk
    with pytest.raises(MoveNotAllowed):
        renditions.hand_to_family(copy, handed_to="Carol", how="x", handed_at=now, by=people.sam, at=now)
    printing.print_waiting()
    told = everything_in(file_of(copy))
    assert SHARED in told
    for kept_back in ("covert", "emoved from", "Action log", "rationale", version.sha256[:16]):
        assert kept_back not in told
    sam = signed_in(people.sam)
    later = timezone.localtime(now + timedelta(minutes=10))
    typed = {
        "handed_to": "Carol Fenwick, mother", "how": "At home", "handed_at_day": later.day,
        "handed_at_month": later.month, "handed_at_year": later.year, "handed_at_time": f"{later:%H:%M}",
    }  # fmt: skip
    address = page("copies", version.minutes)
    refused = sam.post(f"{address}family/family/", typed)
    assert (refused.status_code, "This time is in the future" in refused.content.decode()) == (409, True)
    assert "Carol Fenwick, mother" in refused.content.decode()
    given = renditions.hand_to_family(
        copy, handed_to=" Carol  Fenwick ", how="At home", handed_at=now, by=people.sam, at=now
    )
    assert (FamilyHanding.objects.get(), given.handed_to) == (given, "Carol Fenwick")
    assert Entry.objects.filter(event="copy.family_handed").count() == 1
    shown = sam.get(address).content.decode()
    assert "Carol Fenwick" in shown and "Recorded by Sam Shah" in shown


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"handed_to": " "}, "handed_to"),
        ({"how": ""}, "how"),
        ({"minutes": 1}, "handed_at"),
        ({"minutes": -9}, "handed_at"),
    ],
)
def test_what_is_missing_is_asked_beside_its_field(more: dict[str, Any], field: str) -> None:
    people = cast()
    version = a_marked_version(people)
    now = timezone.now()
    copy = renditions.make_copy(version.minutes, version, FAMILY, by=people.sam, at=now)
    printing.print_waiting()
    copy.refresh_from_db()
    handed_at = now + timedelta(minutes=more.pop("minutes", 0))
    typed = {"handed_to": "Carol Fenwick", "how": "At home", "handed_at": handed_at} | more
    with pytest.raises(Refused) as refused:
        renditions.hand_to_family(copy, **typed, by=people.sam, at=now)
    assert refused.value.field == field and FamilyHanding.objects.count() == 0


@pytest.mark.parametrize("told", [FamilyIsTold.WITHHOLD, FamilyIsTold.DELAY, None])
def test_a_family_that_is_not_told_has_no_copy(told: str | None) -> None:
    people = cast()
    version = a_marked_version(people)
    rows = FamilySharing.objects.filter(minutes=version.minutes)
    if told is None:
        rows.delete()
    else:
        rows.update(told=told, until=timezone.now())
    with pytest.raises(MoveNotAllowed):
        renditions.make_copy(version.minutes, version, FAMILY, by=people.mo, at=timezone.now())
    sam = signed_in(people.sam)
    assert "so there is no copy for them" in sam.get(page("copies", version.minutes)).content.decode()
    assert sam.get(f"{page('copies', version.minutes)}family/").status_code == 404


def test_who_has_a_copy_made() -> None:
    """Business support, the chair, the allocated worker; nobody else, and strangers find nothing."""
    people = cast()
    version = a_marked_version(people)
    for name in ("hal", "otto", "stranger"):
        with pytest.raises(NotAllowed):
            renditions.make_copy(
                version.minutes, version, PARTNER, by=getattr(people, name), at=timezone.now()
            )
    assert signed_in(people.stranger).get(page("copies", version.minutes)).status_code == 404
    for name in ("bea", "mo", "sam"):
        answer = signed_in(getattr(people, name)).post(f"{page('copies', version.minutes)}partner/make/")
        assert answer.status_code == 302
    assert version.renditions.filter(kind="partner").count() == 1


def test_a_cut_copy_does_not_say_why_the_version_was_made() -> None:
    """The reason may name what was removed: a whole copy prints it, others say that it was corrected."""
    people, reason = cast(), "The covert camera is in the kitchen, not in the hallway"
    version = a_marked_version(people)
    now = timezone.now()
    circulating.circulate(version.minutes, by=people.bea, at=now)
    versions.begin_correction(version.minutes, reason=reason, by=people.mo, at=now)
    version = versions.authorise_minutes(version.minutes, by=people.mo, at=now)
    circulating.circulate(version.minutes, by=people.bea, at=now)
    ruby = version.content["children"][0]["id"]
    cuts = [PARTNER, FAMILY, Cut(RenditionKind.WHOLE, ruby)]
    for cut in cuts:
        renditions.make_copy(version.minutes, version, cut, by=people.bea, at=now)
    printing.print_waiting()
    files = {one.cut: everything_in(file_of(one)) for one in version.renditions.select_related("enclosure")}
    assert "in the kitchen" in files[WHOLE]
    for cut in cuts:
        assert "kitchen" not in files[cut]
        # the family was given no version before: there is nothing that this one replaces
        assert (f"Corrected version 2, {long_date(now)}" in files[cut]) is (cut != FAMILY)
        assert ("This version replaces" in files[cut]) is (cut != FAMILY)
    read = {
        name: by_link(version.minutes, name).get(page("partner_minutes", version.minutes)).content.decode()
        for name in ("Dan Dale", "Paul Pike")
    }
    assert "kitchen" not in read["Dan Dale"] and "Corrected version 2" in read["Dan Dale"]
    assert "kitchen" in read["Paul Pike"]


def test_a_familys_copy_replaces_the_last_that_they_were_given() -> None:
    people, now = cast(), timezone.now()
    first = a_marked_version(people)
    copy = renditions.make_copy(first.minutes, first, FAMILY, by=people.bea, at=now)
    printing.print_waiting()
    copy.refresh_from_db()
    renditions.hand_to_family(copy, handed_to="Carol", how="At home", handed_at=now, by=people.sam, at=now)
    circulating.circulate(first.minutes, by=people.bea, at=now)
    for _ in range(2):
        versions.begin_correction(first.minutes, reason="Wrong date", by=people.mo, at=now)
        version = versions.authorise_minutes(first.minutes, by=people.mo, at=now)
    assert (version.number, printing.replaced_by(version, FAMILY)) == (3, 1)
    assert printing.replaced_by(version, PARTNER) == 2
    assert printing.reason_told(version, FAMILY).startswith("Corrected version 3")


def test_the_familys_copy_is_looked_through_before_it_is_made() -> None:
    """What it holds by itself: a hidden address among what is shared, and a removed sentence told again."""
    people = cast()
    minutes = a_finished_record(people, children=siblings(2))
    sections = Section.objects.filter(minutes=minutes)
    sections.filter(pk=section_of(minutes, "worries").pk).update(text=SECRET, marking="not_family")
    told = f"{SHARED} Carol is at 4 Larch Avenue. {SECRET}"
    sections.filter(pk=section_of(minutes, "protective").pk).update(text=told, marking="share")
    FamilySharing.objects.filter(minutes=minutes).update(told=FamilyIsTold.SHARE)
    FamilyMember.objects.filter(case=minutes.discussion.case, name="Carol Fenwick").update(
        address="4 Larch Avenue", address_confidential=True
    )
    version = versions.authorise_minutes(minutes, by=people.mo, at=timezone.now())
    found = renditions.findings_of(version, FAMILY)
    assert [one.title for one in found] == ["Confidential address", "Marked words stand elsewhere"]
    sent = {one.key for one in release_findings(version, planned_for(version))}
    assert {one.key for one in found} <= sent  # professionals' circulation says so as well
    with pytest.raises(Refused, match="confidential address of Carol Fenwick"):
        renditions.make_copy(minutes, version, FAMILY, by=people.sam, at=timezone.now())
    sam, address = signed_in(people.sam), f"{page('copies', minutes)}family/make/"
    assert "Carol Fenwick is in" in sam.get(address).content.decode()
    answer = sam.post(address, {"accept_0": "Carol lives there and asks for it"})
    assert (answer.status_code, version.renditions.filter(kind="family").count()) == (422, 0)
    assert "Carol lives there and asks for it" in answer.content.decode()
    typed = {"accept_0": "Carol lives there and asks for it", "accept_1": "It was taken down"}
    assert sam.post(address, typed).status_code == 302
    kept = version.renditions.get(kind="family").accepted
    assert [one["reason"] for one in kept] == list(typed.values())
    assert Entry.objects.get(event="copy.made").data["let_through"] == [one.key for one in found]
    assert "Let through: It was taken down" in sam.get(page("copies", minutes)).content.decode()


def test_the_page_of_a_copy_shows_what_its_reader_sees_and_its_file() -> None:
    people = cast()
    version = a_marked_version(people)
    bea, address = signed_in(people.bea), page("copies", version.minutes)
    assert SECRET not in bea.get(f"{address}partner/").content.decode()
    assert bea.get(f"{address}partner/pdf/").status_code == 404
    bea.post(f"{address}partner/make/")
    printing.print_waiting()
    answer = bea.get(f"{address}partner/pdf/")
    assert "without marked passages" in answer["Content-Disposition"]
    assert "covert" not in everything_in(answer.content)
    assert Entry.objects.filter(event="version.fetched", data__copy="partner").count() == 1


def test_an_agency_sees_which_of_its_passages_went_to_whom() -> None:
    people = cast()
    minutes = a_finished_record(people)
    paul = professional_named("Paul Pike")
    section = section_of(minutes, "contribution", professional=paul)
    Section.objects.filter(pk=section.pk).update(text=SECRET, marking="police_sensitive")
    version = versions.authorise_minutes(minutes, by=people.mo, at=timezone.now())
    circulation = circulating.circulate(version.minutes, by=people.bea, at=timezone.now())
    printing.print_waiting()
    police = by_link(version.minutes, "Paul Pike")
    address = page("partner_given", version.minutes)
    before = police.get(address).content.decode()
    assert SECRET in before and "nobody yet" in before
    for name in ("Dan Dale", "Hetty Hall"):
        circulating.on_sent(copy_of(circulation, name).letter, timezone.now())  # type: ignore[arg-type]
    told = police.get(address).content.decode()
    has, without = told.split("Has it:")[1].split("Has a copy without it:")
    assert "Hetty Hall" in has and "Dan Dale" not in has and "Dan Dale" in without
    school = by_link(version.minutes, "Dan Dale")
    assert SECRET not in school.get(address).content.decode()
    assert 'href="' + address in police.get(f"/partner/{version.minutes.discussion_id}/").content.decode()


def test_that_page_tells_no_more_than_the_readers_own_copy() -> None:
    """The chair may have written in their box what must not be read by them, or of another child."""
    people = cast()
    minutes = a_finished_record(people, children=siblings(2))
    dan = professional_named("Dan Dale")
    section = section_of(minutes, "contribution", professional=dan)
    Section.objects.filter(pk=section.pk).update(text=SECRET, marking="police_sensitive")
    version = versions.authorise_minutes(minutes, by=people.mo, at=timezone.now())
    circulating.circulate(version.minutes, by=people.bea, at=timezone.now())
    school = by_link(version.minutes, "Dan Dale")
    told = school.get(page("partner_given", version.minutes)).content.decode()
    assert SECRET not in told and "Your copy leaves this out" in told


def test_nor_of_another_child_than_their_copy_is_about() -> None:
    people = cast()
    minutes = a_finished_record(people, children=siblings(2))
    dan = professional_named("Dan Dale")
    section = section_of(minutes, "contribution", professional=dan)
    Section.objects.filter(pk=section.pk).update(text="Jack came in late with Ruby.", marking="not_family")
    version = versions.authorise_minutes(minutes, by=people.mo, at=timezone.now())
    ruby = version.content["children"][0]
    chosen = {dan.pk: Cut(RenditionKind.WHOLE, ruby["id"])}
    circulating.circulate(version.minutes, by=people.bea, at=timezone.now(), chosen=chosen)
    school = by_link(version.minutes, "Dan Dale")
    told = school.get(page("partner_given", version.minutes)).content.decode()
    assert "[another child] came in late with Ruby." in told and "Jack" not in told
