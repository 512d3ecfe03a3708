"""The calculator and the live limit as pages."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from deadlines.explaining import explain

CASE = {
    "protocol": "preset:wirral",
    "other": "preset:halton",
    "trigger": "referral",
    "triggered_at": "2026-12-24T16:30",
    "requested_at": "2026-12-25T09:00",
    "circumstances": ["position_of_trust"],
}


@pytest.fixture
def signed_in(client: Client, worker: User) -> Client:
    client.force_login(worker)
    return client


def test_the_empty_form(signed_in: Client) -> None:
    page = signed_in.get(reverse("deadlines:calculator"))
    assert page.status_code == 200
    assert b"Deadline calculator" in page.content


def test_two_procedures_side_by_side(signed_in: Client) -> None:
    page = signed_in.get(reverse("deadlines:calculator"), CASE)
    assert page.status_code == 200
    text = page.content.decode()
    assert text.count("<strong>Friday 25 December 2026 at 4:30pm</strong>") == 2  # convene and child seen
    assert text.count("<strong>Tuesday 5 January 2027 at 11:59pm</strong>") == 1
    assert "local default" in text and "is set aside" in text


SAME: list[tuple[str, dict[str, Any]]] = [
    ("wirral", {"circumstances": ["organised_or_multiple_abuse"]}),
    ("halton", {"circumstances": ["missing_episode"], "requested_at": "2026-12-25T09:00"}),
    ("halton", {"circumstances": ["position_of_trust", "in_hospital"]}),
    ("birmingham", {"trigger": "incident", "triggered_at": "2026-10-25T01:30"}),
    ("greater-manchester", {"trigger": "incident", "referral_received_at": "2027-03-25T10:00"}),
    (
        "centre-for-professional-practice",
        {"circumstances": ["penetrative_sexual_abuse"], "forensic_evidence_needed": "no"},
    ),
    (
        "working-together",
        {
            "circumstances": ["in_hospital", "emergency_action"],
            "planned_discharge_at": "2026-12-24T20:00",
            "trigger": "emergency_action",
        },
    ),
]
HELD: list[dict[str, Any]] = [
    {
        "started_at": "2026-12-29T10:00",
        "ended_at": "2026-12-29T11:00",
        "format": "virtual",
        "quorate": True,
        "quorate_at": "2026-12-29T10:20",
    },
    {
        "started_at": "2026-12-24T18:00",
        "ended_at": "2026-12-24T19:00",
        "format": "telephone_conference",
        "initiated_s47": True,
    },
]


@pytest.mark.parametrize(("slug", "more"), SAME)
def test_the_page_says_what_the_command_says(signed_in: Client, slug: str, more: dict[str, Any]) -> None:
    told = {"trigger": "referral", "triggered_at": "2026-12-24T16:30", **more}
    fields = {f"d{place}-{name}": value for place, held in enumerate(HELD) for name, value in held.items()}
    page = signed_in.get(reverse("deadlines:calculator"), {"protocol": f"preset:{slug}", **told, **fields})
    said = explain({"protocol": slug, **told, "discussions": HELD}, timezone.now())["deadlines"]
    shown = [row.cells[0].answer for row in page.context["rows"]]
    assert [
        (one.duty, one.starts_at, one.due_at, one.limit, one.because, one.met_at, one.discussion, one.source)
        for one in shown
    ] == [
        (
            row["duty"], moment(row["starts_at"]), moment(row["due_at"]), row["limit"], row["because"],
            moment(row["met_at"]), row.get("discussion"), row["source"],
        )
        for row in said
    ]  # fmt: skip
    assert [row.cells[0].standing for row in page.context["rows"]] == [row["state"] for row in said]


def moment(told: str | None) -> datetime | None:
    return None if told is None else datetime.fromisoformat(told)


def test_with_a_discussion_that_was_held(signed_in: Client) -> None:
    told = {
        **CASE,
        "other": "",
        "d0-started_at": "2026-12-25T10:00",
        "d0-ended_at": "2026-12-25T11:00",
        "d0-format": "telephone_conference",
        "d0-quorate": "on",
        "d0-initiated_s47": "on",
    }
    text = signed_in.get(reverse("deadlines:calculator"), told).content.decode()
    assert "Hold the follow-up meeting" in text and "Hold the child protection conference" in text
    assert "Circulate the minutes (1)" in text


def test_what_became_known_later_counts_from_then(signed_in: Client) -> None:
    """And a moment typed for what is not ticked counts for nothing."""
    told = {
        **CASE,
        "other": "",
        "circumstances": ["serious_injury_or_neglect"],
        "learned_serious_injury_or_neglect": "2026-12-25T08:00",
        "learned_immediate_risk": "2026-12-24T17:00",
    }
    page = signed_in.get(reverse("deadlines:calculator"), told)
    (convene, *_) = page.context["rows"]
    (line,) = convene.cells
    assert [one.due_at.isoformat() for one in line.answer.candidates] == [
        "2026-12-25T16:30:00+00:00",
        "2026-12-25T23:59:59+00:00",
    ]


def test_another_discussion_can_always_be_added_up_to_eight(signed_in: Client) -> None:
    """Below those that were entered stands an empty one."""
    page = signed_in.get(reverse("deadlines:calculator"))
    assert len(page.context["discussions"]) == 1
    told = {**CASE, "other": ""}
    for place in range(8):
        told |= {f"d{place}-started_at": f"2026-12-2{place + 1}T10:00", f"d{place}-format": "virtual"}
        page = signed_in.get(reverse("deadlines:calculator"), told)
        assert page.status_code == 200
        assert len(page.context["discussions"]) == min(place + 2, 8)


FACTS = {
    "protocol": "wirral",
    "trigger": "referral",
    "triggered_at": "2026-12-24T16:30",
    "requested_at": "2026-12-24T17:00",
    "circumstances": ["in_hospital", "serious_injury_or_neglect"],
    "learned_at": {"serious_injury_or_neglect": "2026-12-25T08:00"},
    "planned_discharge_at": "2026-12-25T12:00",
    "discussions": [
        {
            "started_at": "2026-12-25T10:00",
            "ended_at": "2026-12-25T11:00",
            "format": "telephone_conference",
            "quorate": True,
            "initiated_s47": True,
        },
        {"started_at": "2026-12-28T10:00", "ended_at": "2026-12-28T11:00", "format": "virtual"},
    ],
}
TYPED = {
    "protocol": "preset:wirral",
    "trigger": "referral",
    "triggered_at": "2026-12-24T16:30",
    "requested_at": "2026-12-24T17:00",
    "circumstances": ["in_hospital", "serious_injury_or_neglect"],
    "learned_serious_injury_or_neglect": "2026-12-25T08:00",
    "planned_discharge_at": "2026-12-25T12:00",
    "d0-started_at": "2026-12-25T10:00",
    "d0-ended_at": "2026-12-25T11:00",
    "d0-format": "telephone_conference",
    "d0-quorate": "on",
    "d0-initiated_s47": "on",
    "d1-started_at": "2026-12-28T10:00",
    "d1-ended_at": "2026-12-28T11:00",
    "d1-format": "virtual",
}


def test_the_page_answers_as_explain_deadlines_does(signed_in: Client) -> None:
    """The same facts, told to the one as JSON and typed into the other: the same rows."""
    now = timezone.now()
    told = explain(FACTS, now)["deadlines"]
    rows = signed_in.get(reverse("deadlines:calculator"), TYPED).context["rows"]
    shown = [line.answer for row in rows for line in row.cells]
    assert [
        (one.duty.value, one.due_at, one.because, [two.because for two in one.candidates], one.discussion)
        for one in shown
    ] == [
        (
            one["duty"],
            datetime.fromisoformat(one["due_at"]),
            one["because"],
            [two["because"] for two in one["candidates"]],
            one.get("discussion"),
        )
        for one in told
    ]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"learned_immediate_risk": "2026-02-31T10:00"}, "must be a real date"),
        ({"triggered_at": ""}, "Enter the date it happened"),
        ({"triggered_at": "2027-03-28T01:30"}, "clocks go forward"),
        ({"triggered_at": "9999-12-31T23:00"}, "must be a real date"),
        ({"trigger": "gossip"}, "Choose one of the answers listed"),
        ({"protocol": "version:99"}, "Choose one of the answers listed"),
        ({"circumstances": ["bad_weather"]}, "Choose one of the answers listed"),
        ({"d0-started_at": "2026-12-25T10:00"}, "Choose how it was held"),
        ({"d0-format": "virtual"}, "Enter when the discussion started"),
        (
            {"d0-format": "virtual", "d0-started_at": "2026-12-25T10:00", "d0-ended_at": "2026-12-25T09:00"},
            "The end must be after the start",
        ),
    ],
)
def test_bad_input_is_a_sentence_at_the_field(
    signed_in: Client, changed: dict[str, str | list[str]], says: str
) -> None:
    page = signed_in.get(reverse("deadlines:calculator"), {**CASE, **changed})
    assert page.status_code == 422
    assert says in page.content.decode()


def test_the_live_limit_under_the_protocol_in_force(signed_in: Client) -> None:
    told = {"trigger": "referral", "triggered_at": "2026-12-24T16:30", "circumstances": ["immediate_risk"]}
    text = signed_in.get(reverse("deadlines:live_limit"), told).content.decode()
    assert "This must be held by Thursday 24 December 2026 at 11:59pm." in text
    nothing = signed_in.get(reverse("deadlines:live_limit"), {"trigger": "x"})
    assert (nothing.status_code, b"Say what started it" in nothing.content) == (200, True)


def test_only_for_those_who_are_signed_in(client: Client, db: None) -> None:
    assert client.get(reverse("deadlines:calculator")).status_code == 302
