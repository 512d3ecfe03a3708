"""Under every procedure a discussion can be ended with what the close demands, and its minutes authorised."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone

from attendees.services.directory import professional_for
from cases.rules import ChildFacts
from deadlines.enums import ClockState
from deadlines.models import Deadline
from minutes.enums import MinutesStatus
from minutes.models import Minutes, Section
from protocols.presets import SLUGS
from strategy.models import Discussion
from strategy.services import record_protection_decision
from tests.builders.meeting import a_held_discussion, a_started_discussion, section_of
from tests.builders.night import minutes_ago
from tests.builders.requests import a_draft_request, siblings
from tests.minutes.test_night_pages import held
from tests.people import Cast, cast
from tests.worklist.test_desk import signed_in

pytestmark = pytest.mark.django_db
DECIDED = {
    "risk_level": "high",
    "risk_text": "A further injury is likely.",
    "outcome": "section_47_single",
    "rationale": "Nobody can explain the fracture.",
}
ANSWERED = {
    "plan": "child_protection",
    "medical": "no",
    "medical_why": "The ward has examined her.",
    "under_pressure": "unknown",
}
# What blocks under each, beside the boxes of the record: each has to be filled in on a page of its own.
ASKED = {
    "birmingham": {"amend", "arrange", "allocate"},
    "centre-for-professional-practice": {"answers", "family_sharing"},
    "greater-manchester": {"amend", "answers", "family_sharing"},
    "halton": {"answers"},
    "wirral": set(),
    "working-together": set(),
}


@pytest.fixture
def people() -> Cast:
    return cast()


def page(name: str, minutes: Minutes, *more: int) -> str:
    return reverse(f"minutes:{name}", args=[minutes.discussion_id, *more])


def named(href: str) -> str:
    """The name of the page that an address leads to."""
    return str(resolve(urlsplit(href).path).url_name)


def blocking(client: Client, address: str) -> list[Any]:
    """What a page lists as needed before the minutes can be authorised."""
    answer = client.get(address)
    assert answer.status_code == 200
    found = [one for one in answer.context["missing"] if one.blocks]
    assert all(one.sentence in answer.content.decode() for one in found)
    return found


def filling(href: str, minutes: Minutes, people: Cast) -> dict[str, Any]:
    """What somebody types on the page that a link leads to."""
    asked = {key: value for key, [value] in parse_qs(urlsplit(href).query).items()}
    first = minutes.discussion.request.children.order_by("pk")[0]
    typed: dict[str, Callable[[], dict[str, Any]]] = {
        "amend": lambda: {"text": "Said by her teacher."},
        "answers": lambda: ANSWERED,
        "allocate": lambda: {"worker": people.sam.pk, "number": "01632 960123"},
        "family_sharing": lambda: {"told": "withhold", "reason": "The police interview him first."},
        "arrange": lambda: {
            "about": asked["about"],
            "child": asked.get("child", first.pk),
            "place": "At school",
            "at": timezone.now().isoformat(),  # seen already, and only written down now
            "by_whom": professional_for(people.sam).pk,
        },
    }
    return typed[named(href)]()


def bring_to_authorised(minutes: Minutes, people: Cast, slug: str) -> None:
    """Business support hands it over; the chair follows each link of what is missing, then authorises."""
    mo, check = signed_in(people.mo), page("check", minutes)
    assert signed_in(people.bea).post(page("finish", minutes)).status_code == 302
    first = blocking(mo, check)
    assert {named(one.href) for one in first} == ASKED[slug]
    if first:
        assert mo.post(check).status_code == 409
    for href in dict.fromkeys(one.href for one in first):  # one page may answer several
        assert mo.get(href).status_code == 200
        done = mo.post(href, filling(href, minutes, people))
        assert (done.status_code, done.headers.get("Location")) == (302, check), href
    assert blocking(mo, check) == []
    assert mo.post(check).status_code == 302
    assert Minutes.objects.get(pk=minutes.pk).status == MinutesStatus.AUTHORISED


def hold_with_the_least(minutes: Minutes, people: Cast, slug: str) -> None:
    """Decide for each child and close, by the pages; the close lists what is missing and never stops."""
    bea, children = signed_in(people.bea), list(minutes.discussion.request.children.all())
    for child in children:
        assert bea.post(page("decide", minutes, child.pk), DECIDED).status_code == 302
    shown = blocking(bea, page("close", minutes))
    inside = {"room" if name == "amend" else "decide" if name == "answers" else name for name in ASKED[slug]}
    assert {named(one.href) for one in shown} == inside
    assert [one.href for one in shown if bea.get(one.href).status_code != 200] == []
    everybody = {f"answer_{one.pk}": "silent" for one in minutes.discussion.attendance.all()}
    closed = bea.post(
        page("close", minutes), everybody | {"ended_at": timezone.now().isoformat(), "read_back": "on"}
    )
    assert closed.status_code == 302


@pytest.mark.parametrize("slug", SLUGS)
def test_held_with_what_the_close_demands_it_can_be_authorised(people: Cast, slug: str) -> None:
    minutes = a_started_discussion(people, protocol=slug, circumstances=(), children=siblings(1))
    hold_with_the_least(minutes, people, slug)
    bring_to_authorised(minutes, people, slug)


def test_so_can_that_of_a_child_who_is_not_born(people: Cast) -> None:
    unborn = ChildFacts(
        family_name="Fenwick", is_unborn=True, expected_date=timezone.localdate() + timedelta(days=60)
    )
    minutes = a_started_discussion(people, protocol="halton", circumstances=(), children=[unborn])
    hold_with_the_least(minutes, people, "halton")
    bring_to_authorised(minutes, people, "halton")


@pytest.mark.parametrize("slug", SLUGS)
def test_entered_afterwards_it_can_be_authorised(people: Cast, slug: str) -> None:
    now: datetime = timezone.now()
    request = a_draft_request(people, at=now, protocol=slug, children=siblings(1))
    record_protection_decision(
        request, decision="She stays on the ward.", police_contact="DS Pike",
        decided_at=minutes_ago(36, now), by=people.mo, at=now,
    )  # fmt: skip
    told = held(people, request, now) | {"agencies_plan": "no", "no_quorum_reason": "Nobody else answered."}
    entered = signed_in(people.sam).post(f"/requests/{request.pk}/held/", told)
    assert entered.status_code == 302, entered.context["form"].errors
    bring_to_authorised(Discussion.objects.get().minutes, people, slug)


def test_a_form_of_the_night_asks_what_blocks_and_it_is_answered_there(people: Cast) -> None:
    """A paediatrician typed in on the same page sees to the medical."""
    now = timezone.now()
    slug = "centre-for-professional-practice"
    request = a_draft_request(people, at=now, protocol=slug, children=siblings(1))
    record_protection_decision(
        request, decision="She stays on the ward.", police_contact="DS Pike",
        decided_at=minutes_ago(36, now), by=people.mo, at=now,
    )  # fmt: skip
    sam, address = signed_in(people.sam), f"/requests/{request.pk}/held/"
    asked = sam.get(address).context["bound"]["decided"].forms[0]
    assert {"plan", "under_pressure"}.isdisjoint(asked.fields)
    assert "Must be there before these minutes can be authorised" in asked.fields["medical"].help_text
    told = held(people, request, now) | {"decided-0-medical": "yes", "agencies_plan": "no"}
    lacks = sam.post(address, told)
    assert lacks.status_code == 422
    assert set(lacks.context["bound"]["decided"].forms[0].errors) == {
        "medical_why", "medical_kind", "medical_place", "medical_at", "medical_owner"
    }  # fmt: skip
    whole = told | {
        "decided-0-medical_why": "A second fracture is suspected.",
        "decided-0-medical_kind": "Skeletal survey",
        "decided-0-medical_place": "Cherry ward",
        "decided-0-medical_at": minutes_ago(5, now).isoformat(),
        "decided-0-medical_owner_name": "Hetty Hall",
    }
    nobody = sam.post(address, whole | {"decided-0-medical_owner_name": "Nobody Known"})
    assert "somebody who took part" in nobody.content.decode()
    assert sam.post(address, whole).status_code == 302
    action = Discussion.objects.get().minutes.actions.get(origin="medical")
    assert (action.owner.name, action.due_at) == ("Hetty Hall", minutes_ago(5, now))


def test_a_box_that_is_needed_says_so_in_the_room(people: Cast) -> None:
    minutes = a_started_discussion(people, protocol="greater-manchester", circumstances=())
    shown = signed_in(people.bea).get(page("room", minutes), {"step": "all"}).content.decode()
    needed = Section.objects.filter(minutes=minutes, field__in=["voice", "lived_experience"]).count() + 2
    assert shown.count("Must be there before these minutes can be authorised") == needed


def test_the_record_goes_from_business_support_to_the_chair_to_everybody_and_is_filed(people: Cast) -> None:
    minutes = a_held_discussion(people).minutes
    bea, mo = signed_in(people.bea), signed_in(people.mo)
    shown = bea.get(page("read", minutes)).content.decode()
    assert "Hand to the chair" in shown
    for name in ("room", "signing"):  # what is still to be written or signed is reached from here
        assert f'href="{page(name, minutes)}"' in shown
    assert reverse("attendees:told", args=[minutes.discussion_id]) in shown
    assert bea.post(page("finish", minutes)).status_code == 302
    worries = section_of(minutes, "worries")
    amend = page("amend", minutes, worries.pk)
    assert (
        mo.post(amend, {"text": "The bruise is on the left arm.", "_version": worries.version}).status_code
        == 302
    )
    shown = mo.get(page("check", minutes)).content.decode()
    assert "<ins" in shown and "<del" in shown
    assert mo.post(page("check", minutes)).status_code == 302
    minutes.refresh_from_db()
    assert minutes.status == MinutesStatus.AUTHORISED
    assert bea.post(page("circulate", minutes)).headers["Location"] == page("proof", minutes)
    minutes.refresh_from_db()
    assert minutes.status == MinutesStatus.CIRCULATED
    assert "Not yet filed" in bea.get(page("read", minutes)).content.decode()
    assert bea.post(page("file", minutes), {"reference": ""}).status_code == 422
    assert bea.post(page("file", minutes), {"reference": "LCS-55812"}).status_code == 302
    filing = Deadline.objects.get(subject=minutes.subject, duty="file_minutes")
    assert (filing.state, filing.owner_team) == (ClockState.MET, people.support)
    assert "LCS LCS-55812" in bea.get(page("read", minutes)).content.decode()
    assert bea.post(page("file", minutes), {"reference": "LCS-2"}).status_code == 409
