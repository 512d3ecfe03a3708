"""Files of the minutes are named as the case system wants them (row X16)."""

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.utils import timezone
from pytest_django import Settings

from minutes.enums import RenditionKind
from minutes.rules.file_names import fault_of_pattern, named
from minutes.rules.renditions import Cut
from minutes.services.printing import file_name_of
from tests.builders.after import an_authorised_version
from tests.people import cast

USUAL = "Strategy discussion {reference}-{discussion} minutes v{version}"


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        (USUAL, None),
        ("{date} s47 {reference} {discussion} v{version}", None),
        ("{reference} {discussion}", "lacks {version}"),
        ("minutes", "lacks {reference}, {discussion}, {version}"),
        ("{reference} {discussion} {version} {child}", "has {child}"),
        ("{reference.case} {discussion} {version}", "has {reference.case}"),
        ("{reference!r} {discussion} {version}", "stand alone"),
        ("{reference:>9} {discussion} {version}", "stand alone"),
        ("{reference {discussion} {version}", "brace"),
        ("{} {reference} {discussion} {version}", "has {}"),
        ("in/{reference} {discussion} {version}", "has a mark or letter"),
        ("{reference} {discussion}\r\n{version}", "has a mark or letter"),
        ("Cofnodion ŵ {reference} {discussion} {version}", "has a mark or letter"),
        ("..{reference} {discussion} {version}", "begins with a full stop"),
        ("{reference} {discussion} {version}" + "x" * 60, "longer than 70"),
    ],
)
def test_a_pattern_is_one_we_can_use(pattern: str, fault: str | None) -> None:
    said = fault_of_pattern(pattern)
    assert said is None if fault is None else fault in str(said)


def test_marks_of_a_path_never_reach_a_name() -> None:
    told = named(USUAL, reference="A/1\\..:2", discussion=1, version=2, date="", copy=" family")
    assert told == "Strategy discussion A-1-..-2-1 minutes v2 family"


@pytest.mark.django_db
def test_a_file_has_the_authoritys_name_and_the_usual_one_without(settings: Settings) -> None:
    version = an_authorised_version(cast())
    discussion = version.minutes.discussion
    reference = discussion.case.reference
    assert file_name_of(version) == f"Strategy discussion {reference}-1 minutes v1.pdf"
    settings.MINUTES_FILE_NAME = "{date} {reference} S47 {discussion}.{version}"
    day = timezone.localtime(discussion.started_at).date().isoformat()
    assert file_name_of(version) == f"{day} {reference} S47 1.1.pdf"
    assert file_name_of(version, Cut(RenditionKind.FAMILY)) == f"{day} {reference} S47 1.1 family.pdf"


def test_a_pattern_that_cannot_work_stops_the_start(settings: Settings) -> None:
    settings.MINUTES_FILE_NAME = "{reference}"
    with pytest.raises(SystemCheckError, match=r"lacks \{discussion\}, \{version\}"):
        call_command("check")
