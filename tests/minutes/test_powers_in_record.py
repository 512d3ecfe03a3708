"""The record tells which emergency power was in force for whom while it was decided (rows C20, C26)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from minutes.enums import RenditionKind
from minutes.pdf import page_of
from minutes.rules.renditions import Cut, rendered
from minutes.services.content import content_of
from strategy.rules.powers import PowerFacts
from strategy.services import end_power, record_power
from tests.builders.meeting import a_held_discussion
from tests.people import cast

pytestmark = pytest.mark.django_db


def test_a_power_in_force_is_told_with_its_end_and_only_in_the_copies_that_may_tell_it() -> None:
    people, now = cast(), timezone.now()
    held = a_held_discussion(people, at=now)
    [first, second] = held.request.children.order_by("pk")[:2]
    before = content_of(held.minutes)
    facts = PowerFacts(
        kind="police_protection",
        started_at=now - timedelta(hours=3),
        expires_at=None,
        authority="Inspector Iris Ingham, Northshire Police",
        told="Carol Fenwick at 11:15am",
    )
    power = record_power(first, facts, by=people.sam, at=now)

    content = content_of(held.minutes)
    [told] = content["powers"]
    assert (told["child"], told["kind"]) == (first.name, "Police protection")
    assert "Inspector Iris Ingham" in page_of(content, {"version": {"number": 1}})
    assert rendered(content, Cut(child_id=first.pk))["powers"] == [told]
    assert rendered(content, Cut(child_id=second.pk))["powers"] == []
    assert "powers" not in rendered(content, Cut(RenditionKind.FAMILY))
    assert "powers" not in before  # a record without keeps the digest that it had

    end_power(power, ended_how="discharged", ended_at=now - timedelta(hours=2), by=people.sam, at=now)
    assert "powers" not in content_of(held.minutes)
