"""Two texts of one box: parted by who wrote them and when, and every wording found again before the close."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from minutes.models import Section, SectionVersion
from minutes.services.sections import Clash, save_section, set_aside
from tests.builders.meeting import a_started_discussion, section_of
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def box(people: Cast) -> Section:
    """A box that the chair wrote in while somebody else had it open empty."""
    record = a_started_discussion(people)
    return save_section(
        section_of(record, "worries"), "His words", version=0, by=people.mo, at=timezone.now()
    )


def test_without_scripts_both_are_kept_with_who_and_when(client: Client, people: Cast, box: Section) -> None:
    client.force_login(people.bea)
    address = reverse("minutes:save_step", args=[box.minutes.discussion_id, "summary"])
    typed = {f"text-{box.pk}": "Her words", f"version-{box.pk}": "0"}

    shown = client.post(address, typed)
    assert shown.status_code == 409 and "Keep both" in shown.content.decode()
    kept = client.post(address, typed | {f"version-{box.pk}": "1", f"both-{box.pk}": "1"})

    assert kept.status_code == 302
    above, parting, below = Section.objects.get(pk=box.pk).text.replace("\n\n", "\n").split("\n")
    assert (above, below) == ("His words", "Her words")
    assert parting.startswith("(Bea Bright wrote at ")
    assert f"while {people.mo.name} at " in parting and parting.endswith(" wrote what stands above:)")


def test_who_takes_the_other_text_finds_their_own_again(people: Cast, box: Section) -> None:
    now = timezone.now()
    kept = set_aside(box, "Her words", version=1, by=people.bea, at=now)

    stands = Section.objects.get(pk=box.pk)
    assert (stands.text, stands.version, stands.updated_by) == ("His words", 3, people.mo)
    assert kept.version == 3
    texts = SectionVersion.objects.filter(section=box).order_by("version").values_list("text", "by__name")
    assert list(texts) == [
        ("His words", people.mo.name), ("Her words", "Bea Bright"), ("His words", "Bea Bright"),
    ]  # fmt: skip
    with pytest.raises(Clash):
        set_aside(box, "Again", version=1, by=people.bea, at=now)
    assert set_aside(stands, "His words", version=3, by=people.bea, at=now).version == 3


def test_every_version_is_reached_and_put_back(client: Client, people: Cast, box: Section) -> None:
    """Typing leaves a version each second: the first of many stands on a later page."""
    for number in range(1, 61):
        box = save_section(box, f"Text {number}", version=box.version, by=people.bea, at=timezone.now())
    client.force_login(people.bea)
    address = reverse("minutes:section_versions", args=[box.minutes.discussion_id, box.pk])

    first, last = (client.get(address, {"page": page}).content.decode() for page in (1, 2))
    assert "Version 61," in first and "Version 11," not in first
    assert "Version 11," in last and "Version 1," in last
    assert "Now in the record" in first and "Now in the record" not in last
    assert client.post(f"{address}?page=2", {"number": 1, "_version": box.version}).status_code == 302
    assert Section.objects.get(pk=box.pk).text == "His words"
