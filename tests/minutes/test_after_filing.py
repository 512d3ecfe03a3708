"""What is said before a record leaves, and after it is filed: other parents, later signatures."""

import pytest
from django.urls import reverse
from django.utils import timezone

from attendees.enums import SignatureMethod
from attendees.models import Signature
from audit.models import Entry
from cases.models import Child, FamilyMember, Tie
from deadlines.enums import ClockState
from deadlines.models import Deadline
from minutes.services import turns, versions
from minutes.services.agree import sign
from minutes.services.file import record_filing, signed_since
from minutes.services.siblings import with_other_parents
from tests.builders.after import a_circulation, a_finished_record, a_printed_version, professional_named
from tests.builders.requests import siblings
from tests.minutes.test_after_pages import page, signed_in
from tests.people import cast

pytestmark = pytest.mark.django_db


def test_whoever_signs_after_the_filing_is_named_for_who_files() -> None:
    people = cast()
    version = a_printed_version(people)
    row = version.minutes.discussion.attendance.get(professional=professional_named("Paul Pike"))
    Signature.objects.filter(attendance=row).delete()
    filing = record_filing(version, reference="LCS-1", by=people.bea, at=timezone.now())
    assert signed_since(filing) == []
    sign(
        row, version.action_log, method=SignatureMethod.RECORDED, how="By telephone",
        by=people.bea, at=timezone.now(),
    )  # fmt: skip
    assert signed_since(filing) == ["Paul Pike"]
    told = signed_in(people.bea).get(page("file", version.minutes)).content.decode()
    assert "Filed before 1 signature." in told


def test_signatures_that_come_in_after_the_filing_are_filed_too() -> None:
    people = cast()
    version = a_circulation(people).version
    minutes, bea = version.minutes, signed_in(people.bea)
    record_filing(version, reference="LCS-1", by=people.bea, at=timezone.now())
    late = Deadline.objects.of(minutes.subject, turns.FILE_SIGNATURES)
    assert not late.exists()
    opened = bea.get(page("file", minutes)).content.decode()
    assert "LCS has every signature that there is." in opened and "Record the filing" not in opened
    row = minutes.discussion.attendance.get(professional=professional_named("Hetty Hall"))
    sign(
        row, version.action_log, method=SignatureMethod.RECORDED, how="By telephone",
        by=people.bea, at=timezone.now(),
    )  # fmt: skip
    clock = late.get()
    assert (clock.state, clock.owner_team, clock.verb) == (
        ClockState.RUNNING, version.circulation.routed_to, "File the new signatures",
    )  # fmt: skip
    assert bea.get(reverse("worklist:go", args=[clock.subject]) + f"?duty={clock.duty}")["Location"] == page(
        "file", minutes
    )
    held = Signature.objects.filter(document=version.action_log.document).count()
    assert "File the new signatures" in bea.get(page("read", minutes)).content.decode()
    told = bea.get(page("file", minutes)).content.decode()
    assert "Hetty Hall" in told and f'name="held" value="{held}"' in told
    assert bea.get(reverse("minutes:bundle", args=[minutes.discussion_id, 1]))[
        "Content-Disposition"
    ].endswith(' signatures 1.zip"')
    assert bea.post(page("file", minutes), {"reference": "LCS-0", "held": held - 1}).status_code == 409
    assert bea.post(page("file", minutes), {"reference": "LCS-2", "held": held}).status_code == 302
    assert bea.post(page("file", minutes), {"reference": "LCS-3", "held": held}).status_code == 409
    assert late.get().state == ClockState.MET
    kept = version.filing
    assert [(one.number, one.reference, one.signatures) for one in kept.supplements.all()] == [
        (1, "LCS-2", held)
    ]
    assert (kept.reference, kept.signatures) == ("LCS-1", held - 1)
    told = bea.get(page("file", minutes)).content.decode()
    assert "LCS-1" in told and "LCS-2" in told and "LCS has every signature" in told
    entry = Entry.objects.get(event="minutes.supplement_filed")
    assert (entry.data["first_reference"], entry.data["signatures"]) == ("LCS-1", held)


def test_children_with_other_parents_are_named_where_copies_are_chosen() -> None:
    people = cast()
    minutes = a_finished_record(people, children=siblings(2))
    version = versions.authorise_minutes(minutes, by=people.mo, at=timezone.now())
    case, bea = minutes.discussion.case, signed_in(people.bea)
    ruby, jack = Child.objects.filter(case=case).order_by("pk")
    Tie.objects.filter(child__case=case).delete()
    mother = FamilyMember.objects.filter(case=case).first()
    father = FamilyMember.objects.create(case=case, name="Ivo Marsh", relationship="Father")
    for child in (ruby, jack):
        Tie.objects.create(child=child, member=mother, relationship="Mother")
    assert with_other_parents(version.content) == []
    assert "do not have the same parents" not in bea.get(page("circulate", minutes)).content.decode()
    Tie.objects.create(child=jack, member=father, relationship="Father")
    assert sorted(with_other_parents(version.content)) == sorted([ruby.name, jack.name])
    assert "do not have the same parents" in bea.get(page("circulate", minutes)).content.decode()
