"""What is said before a record leaves, and after it is filed: other parents, later signatures."""

import pytest
from django.utils import timezone

from attendees.enums import SignatureMethod
from attendees.models import Signature
from cases.models import Child, FamilyMember, Tie
from minutes.services import versions
from minutes.services.agree import sign
from minutes.services.file import record_filing, signed_since
from minutes.services.siblings import with_other_parents
from tests.builders.after import a_finished_record, a_printed_version, professional_named
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
