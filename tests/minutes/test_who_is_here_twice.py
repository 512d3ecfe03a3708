"""Two people at the page of who is here: what one recorded is not undone by the other's older page (B04)."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from attendees.enums import Mode
from attendees.models import Attendance, Professional
from attendees.services.attendance import Part
from minutes.enums import About
from minutes.models import Action, Arrangement, Minutes
from minutes.services import arrangements, hold
from strategy.models import Discussion
from tests.builders.meeting import a_started_discussion, person_of
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def bea(client: Client, people: Cast) -> Client:
    client.force_login(people.bea)
    return client


def address(minutes: Minutes) -> str:
    return reverse("minutes:attendance", args=[minutes.discussion_id])


def as_printed(client: Client, minutes: Minutes) -> dict[str, Any]:
    """All that the page would send if nobody touched it."""
    page = client.get(address(minutes)).content.decode()
    told: dict[str, Any] = dict(re.findall(r'name="(was_\d+)" value="([^"]+)"', page))
    assert told
    for name, value in list(told.items()):
        mode, _, can = value.partition(":")
        told[name.replace("was_", "mode_")] = mode
        if can == "1":
            told[name.replace("was_", "can_decide_")] = "on"
    return told


def test_an_older_page_leaves_who_joined_meanwhile(bea: Client, people: Cast) -> None:
    minutes = a_started_discussion(people, without=["Paul Pike"])
    paul, hetty = person_of(minutes, "Paul Pike"), person_of(minutes, "Hetty Hall")
    typed = as_printed(bea, minutes)
    joined = timezone.now() - timedelta(minutes=9)
    hold.arrive_late(minutes, Part(paul, Mode.PHONE, arrived_at=joined), by=people.mo, at=timezone.now())
    quorate_at = Discussion.objects.get(pk=minutes.discussion_id).quorate_at
    assert quorate_at == joined

    answer = bea.post(address(minutes), typed | {f"mode_{hetty.pk}": Mode.PRESENT})

    assert answer.status_code == 302
    row = Attendance.objects.get(professional=paul)
    assert (row.mode, row.arrived_at) == (Mode.PHONE, joined)
    assert Attendance.objects.get(professional=hetty).mode == Mode.PRESENT
    assert Discussion.objects.get(pk=minutes.discussion_id).quorate_at == quorate_at


def test_a_line_that_both_change_is_said_and_nothing_is_lost(bea: Client, people: Cast) -> None:
    minutes = a_started_discussion(people, without=["Paul Pike"])
    paul, hetty = person_of(minutes, "Paul Pike"), person_of(minutes, "Hetty Hall")
    typed = as_printed(bea, minutes) | {f"mode_{paul.pk}": Mode.APOLOGIES, f"mode_{hetty.pk}": Mode.PRESENT}
    hold.arrive_late(minutes, Part(paul, Mode.PHONE), by=people.mo, at=timezone.now())

    answer = bea.post(address(minutes), typed)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert f"Somebody recorded Paul Pike meanwhile as “{Mode.PHONE.label}”" in page
    assert f'<option value="{Mode.APOLOGIES}" selected' in page
    assert f'name="was_{paul.pk}" value="{Mode.PHONE}:1"' in page
    assert Attendance.objects.get(professional=paul).mode == Mode.PHONE
    assert Attendance.objects.get(professional=hetty).mode == Mode.REMOTE  # all or nothing

    again = bea.post(address(minutes), typed | {f"was_{paul.pk}": f"{Mode.PHONE}:1"})
    assert again.status_code == 302
    assert Attendance.objects.get(professional=paul).mode == Mode.APOLOGIES


def test_who_was_added_meanwhile_is_left_alone(bea: Client, people: Cast) -> None:
    minutes = a_started_discussion(people)
    typed = as_printed(bea, minutes)
    rita = Professional.objects.create(name="Rita Roe", job_role="School nurse", agency=people.school)
    part = Part(rita, Mode.PHONE, can_decide=False)
    hold.arrive_late(minutes, part, by=people.mo, at=timezone.now())

    assert bea.post(address(minutes), typed).status_code == 302
    row = Attendance.objects.get(professional=rita)
    assert (row.mode, row.can_decide) == (Mode.PHONE, False)


def test_an_arrangement_changed_meanwhile_is_not_changed_back(bea: Client, people: Cast) -> None:
    minutes = a_started_discussion(people)
    child = minutes.discussion.request.children.all()[0]
    when, sam = timezone.now() + timedelta(hours=3), person_of(minutes, "Sam Shah")
    seeing = arrangements.Seeing(About.CHILD, child, "At school", when, sam)
    made = arrangements.arrange(minutes, seeing, by=people.bea, at=timezone.now())
    url = reverse("minutes:rearrange", args=[minutes.discussion_id, made.pk])
    page = bea.get(url)
    version = re.search(r'name="_version" value="(\d+)"', page.content.decode())
    assert version is not None
    typed = {bound.html_name: bound.value() or "" for bound in page.context["form"]}
    typed |= {"at": (when + timedelta(days=1)).isoformat(), "place": "At the clinic"}
    moved = arrangements.Seeing(About.CHILD, child, "At her grandmother’s", when, sam)
    arrangements.rearrange(made, moved, by=people.mo, at=timezone.now())

    answer = bea.post(url, typed | {"_version": version.group(1)})

    assert answer.status_code == 409
    assert "At the clinic" in answer.content.decode()
    assert Arrangement.objects.get().place == "At her grandmother’s"
    assert Action.objects.get().version == 2
