"""Copies of a version that a corrected one has replaced: they leave no more, and hold no clock up."""

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from attendees.views.access import Partner
from audit.errors import MoveNotAllowed
from deadlines.enums import ClockState
from minutes.enums import RecipientStatus
from minutes.models import Circulation
from minutes.services import circulate as circulating
from minutes.services import copies, versions
from minutes.views.after import partner as partners
from outbox.enums import Status
from outbox.models import Letter
from tests.builders.after import World, a_circulation, copy_of, finished
from tests.minutes.test_after_circulation import clock_of, dispatch
from tests.people import Cast

pytestmark = pytest.mark.django_db
build = finished
S = RecipientStatus


def corrected(first: Circulation, people: Cast, at: datetime) -> None:
    """Version 2 is authorised, not circulated."""
    minutes = first.version.minutes
    versions.begin_correction(minutes, reason="It named the new street", by=people.mo, at=at)
    versions.authorise_minutes(minutes, by=people.mo, at=at)


def bounce(circulation: Circulation, name: str, at: datetime) -> None:
    """The mail server sends somebody's copy back."""
    copy = copy_of(circulation, name)
    Letter.objects.filter(pk=copy.letter_id).update(status=Status.BOUNCED)
    circulating.on_bounced(Letter.objects.get(pk=copy.letter_id), at)


def test_what_has_not_left_of_the_old_version_never_leaves_once_the_new_one_is_circulated(
    world: World,
) -> None:
    people, now = world[0], timezone.now()
    first = a_circulation(people, begun=world[1])
    dispatch(first, "Paul Pike", "Mo Mensah", "Sam Shah", "Bea Bright")
    corrected(first, people, now)
    second = circulating.circulate(first.version.minutes, by=people.bea, at=now)
    for name in ("Hetty Hall", "Dan Dale"):
        old, new = copy_of(first, name), copy_of(second, name)
        assert (old.status, Letter.objects.get(pk=old.letter_id).status) == (S.REVOKED, Status.CANCELLED)
        assert "Version 2 took its place" in old.revoked_reason
        assert (new.status, Letter.objects.get(pk=new.letter_id).status) == (S.QUEUED, Status.QUEUED)
    assert copy_of(first, "Paul Pike").status == S.SENT
    circulating.settle(first)
    assert clock_of(first).state == ClockState.RUNNING  # two people have nothing yet
    dispatch(second)
    assert clock_of(first).state == ClockState.MET


def test_an_old_copy_that_comes_back_holds_no_clock_up_when_the_new_one_has_gone(world: World) -> None:
    people, now = world[0], timezone.now()
    first = a_circulation(people, begun=world[1])
    dispatch(first)
    corrected(first, people, now)
    second = circulating.circulate(first.version.minutes, by=people.bea, at=now)
    dispatch(second)
    bounce(first, "Paul Pike", now)
    assert copy_of(first, "Paul Pike").status == S.BOUNCED
    assert clock_of(first).state == ClockState.MET
    bounce(second, "Paul Pike", now)
    assert clock_of(first).state == ClockState.RUNNING


def test_an_old_version_is_not_sent_again_once_another_is_authorised(world: World) -> None:
    people, now = world[0], timezone.now()
    first = a_circulation(people, begun=world[1])
    dispatch(first)
    corrected(first, people, now)
    with pytest.raises(MoveNotAllowed, match="Version 2 took its place"):
        copies.send_again(copy_of(first, "Paul Pike"), by=people.bea, at=now)
    assert copy_of(first, "Paul Pike").status == S.SENT


def test_what_somebody_has_of_the_old_version_can_still_be_revoked_from_the_page(
    world: World, client: Client
) -> None:
    people, now = world[0], timezone.now()
    first = a_circulation(people, begun=world[1])
    dispatch(first)
    corrected(first, people, now)
    minutes = first.version.minutes
    paul = copy_of(first, "Paul Pike")
    out = {paul.professional_id: "Was in the wrong meeting"}
    circulating.circulate(minutes, by=people.bea, at=now, left_out=out)
    client.force_login(people.bea)
    page = client.get(reverse("minutes:proof", args=[minutes.discussion_id])).content.decode()
    assert reverse("minutes:revoke", args=[minutes.discussion_id, paul.pk]) in page
    assert reverse("minutes:again", args=[minutes.discussion_id, paul.pk]) not in page


def test_a_copy_that_left_while_it_was_revoked_says_that_it_left(world: World) -> None:
    people, now = world[0], timezone.now()
    first = a_circulation(people, begun=world[1])
    copy = copy_of(first, "Paul Pike")
    copies.revoke(copy, reason="Sent to the wrong officer", by=people.bea, at=now)
    dispatch(first, "Paul Pike", at=now)
    copy.refresh_from_db()
    assert (copy.status, copy.dispatched_at) == (S.REVOKED, now)


def test_what_has_not_left_is_taken_back_as_soon_as_the_corrected_version_is_authorised(
    world: World,
    client: Client,
) -> None:
    people, now = world[0], timezone.now()
    first = a_circulation(people, begun=world[1])
    dispatch(first, "Paul Pike", "Mo Mensah", "Sam Shah", "Bea Bright")
    corrected(first, people, now)
    minutes = first.version.minutes
    for name in ("Hetty Hall", "Dan Dale"):
        old = copy_of(first, name)
        letter = Letter.objects.get(pk=old.letter_id)
        assert (old.status, old.revoked_at, letter.status) == (S.TAKEN_BACK, None, Status.CANCELLED)
        assert letter.reason == "Taken back: version 2 was authorised before it left"
    assert copy_of(first, "Paul Pike").status == S.SENT
    clock = clock_of(first)
    told = "Circulate version 2: 2 old copies were taken back"
    assert (clock.state, clock.verb, clock.owner_team) == (ClockState.RUNNING, told, people.support)
    client.force_login(people.bea)
    page = client.get(reverse("minutes:proof", args=[minutes.discussion_id])).content.decode()
    assert "2 copies of an old version were taken back." in page
    assert reverse("minutes:again", args=[minutes.discussion_id, copy_of(first, "Paul Pike").pk]) not in page
    second = circulating.circulate(minutes, by=people.bea, at=now)
    assert {"Hetty Hall", "Dan Dale"} <= set(second.recipients.values_list("professional__name", flat=True))
    assert second.left_out == []


def test_an_old_copy_that_leaves_while_the_corrected_version_waits_does_not_end_the_clock(
    world: World,
) -> None:
    people, now = world[0], timezone.now()
    first = a_circulation(people, begun=world[1])
    corrected(first, people, now)
    dispatch(first)  # the mail server had them all in hand
    assert copy_of(first, "Paul Pike").status == S.SENT
    assert clock_of(first).state == ClockState.RUNNING
    dispatch(circulating.circulate(first.version.minutes, by=people.bea, at=now))
    assert clock_of(first).state == ClockState.MET


def test_whose_copy_was_taken_back_reads_nothing_of_the_old_version_online(world: World) -> None:
    people, now = world[0], timezone.now()
    first = a_circulation(people, begun=world[1])
    version, paul = first.version, copy_of(first, "Paul Pike")
    partner = Partner(paul.professional, version.minutes.discussion, None)
    assert partners.copy_of(partner) == (paul, False)
    corrected(first, people, now)
    assert partners.copy_of(partner) == (None, False)
