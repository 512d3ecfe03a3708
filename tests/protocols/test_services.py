"""Drafting and publishing; a published version never changes."""

import copy
from datetime import UTC, date, datetime

import pytest
from django.db import Error, transaction

from audit.errors import MoveNotAllowed, Refused
from audit.models import Entry
from protocols import services
from protocols.models import LocalProtocol
from protocols.presets import SLUGS, preset, preset_data

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("slug", SLUGS)
def test_a_preset_is_installed_and_reads_back_the_same(slug: str) -> None:
    version = services.install_preset(slug, by=None, at=NOW)
    version = LocalProtocol.objects.get(pk=version.pk)
    assert (version.version, version.effective_from, version.published_by_ref) == (1, TODAY, "system")
    for name in ("routine_limit", "complex_types", "agenda", "escalation_stages", "routing", "signoff"):
        assert getattr(version.rules, name) == getattr(preset(slug), name)
    assert LocalProtocol.objects.in_force(TODAY) == version


def test_the_version_in_force_is_the_newest_published_one_in_effect() -> None:
    first = services.install_preset("wirral", by=None, at=NOW, effective_from=date(2026, 1, 1))
    second = services.install_preset("wirral", by=None, at=NOW, effective_from=date(2027, 1, 1))
    services.draft(preset_data("halton"), by=None, at=NOW, effective_from=TODAY)
    assert [(one.slug, one.version) for one in (first, second)] == [("wirral", 1), ("wirral", 2)]
    assert second.rules.version == 2
    in_force = LocalProtocol.objects.in_force
    assert in_force(date(2025, 12, 31)) is None
    assert (in_force(TODAY), in_force(date(2027, 1, 1))) == (first, second)


def test_publishing_names_the_local_defaults() -> None:
    services.install_preset("halton", by=None, at=NOW)
    entry = Entry.objects.get(event="protocol.published")
    assert "complex_limit" in entry.data["local_defaults"]
    assert "routine_limit" not in entry.data["local_defaults"]


def test_a_published_version_is_never_edited() -> None:
    version = services.install_preset("wirral", by=None, at=NOW)
    with pytest.raises(MoveNotAllowed):
        services.publish(version, by=None, at=NOW)
    version.title = "Something else"
    with pytest.raises(Error), transaction.atomic():
        version.save()
    with pytest.raises(Error), transaction.atomic():
        LocalProtocol.objects.all().delete()


def test_weaker_than_the_floor_is_refused_with_the_clause() -> None:
    data = copy.deepcopy(preset_data("wirral"))
    data["settings"]["icpc_limit"]["value"] = "working_days(20)"
    with pytest.raises(Refused) as refused:
        services.draft(data, by=None, at=NOW, effective_from=TODAY)
    assert refused.value.field == "settings.icpc_limit"
    assert "Working Together to Safeguard Children" in refused.value.sentence
    assert not LocalProtocol.objects.exists()


def test_past_its_review_date() -> None:
    old = services.install_preset("centre-for-professional-practice", by=None, at=NOW)
    services.install_preset("wirral", by=None, at=NOW)
    assert list(LocalProtocol.objects.past_review(TODAY)) == [old]
