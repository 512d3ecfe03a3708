"""Whoever's copy was revoked, or who was left out on purpose, reads the record nowhere else."""

import pytest
from django.utils import timezone

from minutes.services import circulate as circulating
from minutes.services import copies
from tests.builders.after import a_circulation, a_printed_version, copy_of, professional_named
from tests.minutes.test_after_pages import by_link, page
from tests.people import cast

pytestmark = pytest.mark.django_db


def test_who_is_left_out_reads_neither_the_record_nor_its_action_log() -> None:
    people, now = cast(), timezone.now()
    version = a_printed_version(people)
    minutes, dan = version.minutes, professional_named("Dan Dale")
    school = by_link(minutes, "Dan Dale")
    assert "<h2" in school.get(page("partner_minutes", minutes)).content.decode()
    out = {dan.pk: "Is looked into himself"}
    circulating.circulate(minutes, by=people.bea, at=now, left_out=out)
    told = school.get(page("partner_minutes", minutes)).content.decode()
    assert "record__text" not in told
    assert "The minutes are not open to you" in told
    assert "record__text" not in school.get(page("partner_agree", minutes)).content.decode()
    assert school.get(page("partner_sign", minutes)).status_code == 403
    home = school.get(f"/partner/{minutes.discussion_id}/").content.decode()
    assert "Read the record" not in home and "Sign the action log" not in home


def test_whose_copy_was_revoked_no_longer_reads_the_action_log() -> None:
    people, now = cast(), timezone.now()
    circulation = a_circulation(people)
    minutes = circulation.version.minutes
    police = by_link(minutes, "Hetty Hall")
    assert police.get(page("partner_sign", minutes)).status_code == 200
    copies.revoke(copy_of(circulation, "Hetty Hall"), reason="Wrong person", by=people.bea, at=now)
    assert police.get(page("partner_sign", minutes)).status_code == 403
    assert police.get(page("partner_minutes", minutes)).status_code == 200
