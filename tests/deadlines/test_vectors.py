"""Further vectors, counted by hand on a printed calendar: each start with the end of every limit, each clause
with the limit it names, and every pair of the two put to the engine as another program would."""

from datetime import datetime
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from deadlines.explaining import explain, explain_each
from deadlines.rules.told import BadFactError

LONDON = ZoneInfo("Europe/London")
NOW = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
LIMITS = (
    "hours(24)", "same_day", "calendar_days(3)", "working_days(1)", "working_days(5)", "working_days(15)",
    "working_days(45)",
)  # fmt: skip
W, H, WT = "wirral", "halton", "working-together"
GM, CPP, B = "greater-manchester", "centre-for-professional-practice", "birmingham"

# start; then the due moment of each limit, days alone meaning 23:59:59 in London
STARTS = [
    # clocks.md, vectors: Christmas Day Friday, Boxing Day observed Monday 28, New Year's Day Friday
    ("2026-12-24T16:30:00+00:00", "2026-12-25T16:30:00+00:00",
     "2026-12-24", "2026-12-27", "2026-12-29", "2027-01-05", "2027-01-19", "2027-03-02"),
    ("2026-12-23T23:59:59+00:00", "2026-12-24T23:59:59+00:00",
     "2026-12-23", "2026-12-26", "2026-12-24", "2027-01-04", "2027-01-18", "2027-03-01"),
    # the first instant of a day belongs to that day
    ("2026-12-24T00:00:00+00:00", "2026-12-25T00:00:00+00:00",
     "2026-12-24", "2026-12-27", "2026-12-29", "2027-01-05", "2027-01-19", "2027-03-02"),
    # an ordinary Monday
    ("2026-11-23T09:00:00+00:00", "2026-11-24T09:00:00+00:00",
     "2026-11-23", "2026-11-26", "2026-11-24", "2026-11-30", "2026-12-14", "2027-01-28"),
    # Good Friday 3 April, Easter Monday 6 April, then both May holidays
    ("2026-04-02T10:00:00+01:00", "2026-04-03T10:00:00+01:00",
     "2026-04-02", "2026-04-05", "2026-04-07", "2026-04-13", "2026-04-27", "2026-06-10"),
    # early May and spring bank holidays
    ("2026-05-01T17:00:00+01:00", "2026-05-02T17:00:00+01:00",
     "2026-05-01", "2026-05-04", "2026-05-05", "2026-05-11", "2026-05-26", "2026-07-07"),
    # the day before clocks go back: 24 elapsed hours are an hour less by the clock
    ("2026-10-24T12:00:00+01:00", "2026-10-25T11:00:00+00:00",
     "2026-10-24", "2026-10-27", "2026-10-26", "2026-10-30", "2026-11-13", "2026-12-29"),
    # in the night in which they go back
    ("2026-10-25T00:30:00+01:00", "2026-10-25T23:30:00+00:00",
     "2026-10-25", "2026-10-28", "2026-10-26", "2026-10-30", "2026-11-13", "2026-12-29"),
    # the day before they go forward, inside the Easter weekend
    ("2027-03-27T12:00:00+00:00", "2027-03-28T13:00:00+01:00",
     "2027-03-27", "2027-03-30", "2027-03-30", "2027-04-05", "2027-04-19", "2027-06-02"),
    ("2027-03-28T00:30:00+00:00", "2027-03-29T01:30:00+01:00",
     "2027-03-28", "2027-03-31", "2027-03-30", "2027-04-05", "2027-04-19", "2027-06-02"),
    ("2027-03-25T08:00:00+00:00", "2027-03-26T08:00:00+00:00",
     "2027-03-25", "2027-03-28", "2027-03-30", "2027-04-05", "2027-04-19", "2027-06-02"),
    # Christmas Saturday and Boxing Sunday observed Monday and Tuesday; New Year 2028 observed 3 January
    ("2027-12-24T12:00:00+00:00", "2027-12-25T12:00:00+00:00",
     "2027-12-24", "2027-12-27", "2027-12-29", "2028-01-05", "2028-01-19", "2028-03-01"),
    # 29 February, then Easter and early May by rule
    ("2028-02-29T13:00:00+00:00", "2028-03-01T13:00:00+00:00",
     "2028-02-29", "2028-03-03", "2028-03-01", "2028-03-07", "2028-03-21", "2028-05-05"),
]  # fmt: skip

CLAUSES = [
    (W, (), "hours(24)"),  # 3.2 within 24 hours of the referral
    (W, ("immediate_risk",), "same_day"),  # W31
    (W, ("serious_injury_or_neglect",), "same_day"),  # W31
    (W, ("penetrative_sexual_abuse",), "same_day"),  # W34, forensic evidence unknown
    (W, ("emergency_action",), "same_day"),  # W35
    (W, ("organised_or_multiple_abuse", "serious_injury_or_neglect"), "same_day"),  # W37 sooner
    (W, ("organised_or_multiple_abuse",), "working_days(5)"),  # W37
    (W, ("child_sexual_exploitation",), "hours(24)"),  # not complex in Wirral
    (W, ("missing_episode", "cin_plan_not_meeting_needs", "exploitation_rated_high", "other"), "hours(24)"),
    (W, ("in_hospital",), "hours(24)"),  # W36: discharge unknown, the earliest known candidate
    (H, (), "calendar_days(3)"),  # H: no longer than 3 days after making the request
    (H, ("immediate_risk",), "same_day"),  # H03
    (H, ("penetrative_sexual_abuse",), "same_day"),  # H04
    (H, ("emergency_action",), "same_day"),
    (H, ("fabricated_or_induced_illness",), "working_days(5)"),
    (H, ("child_sexual_exploitation",), "working_days(5)"),
    (H, ("position_of_trust",), "working_days(5)"),
    (H, ("organised_or_multiple_abuse",), "working_days(5)"),
    (H, ("exploitation_rated_high",), "calendar_days(3)"),  # the routine limit stands
    (WT, (), "hours(24)"),  # local default
    (WT, ("organised_or_multiple_abuse",), "working_days(5)"),
    (WT, ("position_of_trust",), "hours(24)"),
    (GM, (), "hours(24)"),
    (GM, ("immediate_risk",), "same_day"),
    (CPP, ("position_of_trust",), "hours(24)"),  # a format, not a longer limit
    (CPP, ("organised_or_multiple_abuse",), "working_days(5)"),  # X8: of these only this one is complex there
    (CPP, ("fabricated_or_induced_illness",), "hours(24)"),
    (B, (), "hours(24)"),
    (B, ("serious_injury_or_neglect",), "same_day"),
]


def moment(told: str) -> str:
    """A day alone ends at its last second in London."""
    return (
        told if "T" in told else datetime.fromisoformat(f"{told}T23:59:59").replace(tzinfo=LONDON).isoformat()
    )


def facts(**more: Any) -> dict[str, Any]:
    return {"protocol": W, "trigger": "referral", "triggered_at": "2026-12-24T16:30:00+00:00", **more}


def rows(told: dict[str, Any], now: datetime = NOW) -> dict[str, dict[str, Any]]:
    """The answer by duty; a second row of a duty would hide the first, so tests of several do without."""
    return {row["duty"]: row for row in explain(told, now)["deadlines"]}


@pytest.mark.parametrize(("start", "clause"), list(product(STARTS, CLAUSES)))
def test_the_convene_limit_of_each_clause_from_each_start(
    start: tuple[str, ...], clause: tuple[str, tuple[str, ...], str]
) -> None:
    slug, circumstances, limit = clause
    told = facts(protocol=slug, triggered_at=start[0], circumstances=list(circumstances))
    row = rows(told)["convene"]
    if limit == "same_day" and circumstances[0] != "organised_or_multiple_abuse" and slug != H:
        # the day on which clocks go back has 25 hours: 24 from half past midnight end before it does
        limit = "hours(24)" if start[0] == "2026-10-25T00:30:00+01:00" else limit
    assert (row["starts_at"], row["limit"], row["due_at"]) == (
        moment(start[0]), limit, moment(start[1 + LIMITS.index(limit)])
    )  # fmt: skip


DUTIES = [
    ("child_seen", {}, "hours(24)"),  # W33
    ("assessment", {}, "working_days(45)"),  # C21
    ("circulate_minutes", {"ended_at": True}, "working_days(1)"),  # W28
    ("follow_up_meeting", {"ended_at": True, "format": "telephone"}, "working_days(5)"),  # W14
    ("icpc", {"initiated_s47": True, "quorate": False}, "working_days(15)"),  # quorate or not
    ("immediate_protection_decision", {"risk": True}, "same_day"),  # W32
]


@pytest.mark.parametrize(("start", "duty"), list(product(STARTS, DUTIES)))
def test_every_other_duty_from_each_start(
    start: tuple[str, ...], duty: tuple[str, dict[str, Any], str]
) -> None:
    name, held, limit = duty
    told: dict[str, Any] = {"started_at": start[0], **held}
    risk = ["immediate_risk"] if told.pop("risk", False) else []
    if "ended_at" in told:
        told |= {"ended_at": start[0], "started_at": "2026-01-05T09:00:00"}
    row = rows(facts(triggered_at=start[0], circumstances=risk, discussions=[told]))[name]
    assert (row["limit"], row["due_at"]) == (limit, moment(start[1 + LIMITS.index(limit)]))
    assert ("by rule, not yet published" in row["because"]) == (limit[0] == "w" and row["due_at"] >= "2028")


STATES = [
    # clocks.md: overdue "past due, from the first instant after it"; due soon from a fifth of the time left
    ("2026-12-25T11:41:59+00:00", "running"),
    ("2026-12-25T11:42:00+00:00", "due_soon"),
    ("2026-12-25T16:30:00+00:00", "due_soon"),
    ("2026-12-25T16:30:00.000001+00:00", "overdue"),
    ("2026-12-25T16:30:01+00:00", "overdue"),
    ("2020-01-01T00:00:00+00:00", "running"),
]


@pytest.mark.parametrize(("now", "state"), STATES)
def test_where_it_stands_around_the_due_moment(now: str, state: str) -> None:
    assert rows(facts(), datetime.fromisoformat(now))["convene"]["state"] == state


@pytest.mark.parametrize(
    ("now", "state"),
    [("2026-12-24T23:59:59+00:00", "due_soon"), ("2026-12-24T23:59:59.000001+00:00", "overdue"),
     ("2026-12-25T00:00:00+00:00", "overdue")],
)  # fmt: skip
def test_the_last_second_of_the_day_is_on_time(now: str, state: str) -> None:
    told = facts(circumstances=["immediate_risk"])
    assert rows(told, datetime.fromisoformat(now))["convene"]["state"] == state


@pytest.mark.parametrize(
    ("held", "met", "state"),
    [
        ([{"started_at": "2026-12-25T16:30:00Z", "quorate": True}], "2026-12-25T16:30:00+00:00", "met"),
        ([{"started_at": "2026-12-25T16:30:01Z", "quorate": True}], "2026-12-25T16:30:01+00:00", "met_late"),
        # never quorate does not stop it
        ([{"started_at": "2026-12-25T10:00:00Z", "quorate": False}], None, "running"),
        # a late arrival completes it: that moment counts, not the start
        ([{"started_at": "2026-12-25T16:00:00Z", "quorate": True, "quorate_at": "2026-12-25T16:31:00Z"}],
         "2026-12-25T16:31:00+00:00", "met_late"),
        # the first of several, whatever their order in the list
        ([{"started_at": "2026-12-26T10:00:00Z", "quorate": True},
          {"started_at": "2026-12-25T10:00:00Z", "quorate": True}], "2026-12-25T10:00:00+00:00", "met"),
        ([{"started_at": "2026-12-25T10:00:00Z"},
          {"started_at": "2026-12-26T10:00:00Z", "quorate": True}], "2026-12-26T10:00:00+00:00", "met_late"),
        # met_at carries the local offset
        ([{"started_at": "2027-07-01T10:00:00Z", "quorate": True}], "2027-07-01T11:00:00+01:00", "met_late"),
    ],
)  # fmt: skip
def test_the_first_moment_of_quorum(held: list[dict[str, Any]], met: str | None, state: str) -> None:
    row = rows(facts(discussions=held))["convene"]
    assert (row["met_at"], row["state"]) == (met, state)


LEARNT = [
    # "its candidate starts there"
    (["immediate_risk"], {"learned_at": {"immediate_risk": "2026-12-25T08:00"}}, "2026-12-25T16:30:00+00:00"),
    (["organised_or_multiple_abuse", "immediate_risk"],
     {"learned_at": {"immediate_risk": "2026-12-26T08:00"}}, "2026-12-26T23:59:59+00:00"),
    (["organised_or_multiple_abuse"],
     {"learned_at": {"organised_or_multiple_abuse": "2026-12-30T08:00"}}, "2027-01-07T23:59:59+00:00"),
    (["emergency_action"], {"learned_at": {"emergency_action": "2026-12-24T18:00"}},
     "2026-12-24T23:59:59+00:00"),
    # not ticked: ignored
    ([], {"learned_at": {"immediate_risk": "2026-12-24T17:00"}}, "2026-12-25T16:30:00+00:00"),
    # W34: "no" adds nothing, yes and unknown do
    (["penetrative_sexual_abuse"], {"forensic_evidence_needed": "no"}, "2026-12-25T16:30:00+00:00"),
    (["penetrative_sexual_abuse"], {"forensic_evidence_needed": "yes"}, "2026-12-24T23:59:59+00:00"),
    (["penetrative_sexual_abuse"], {}, "2026-12-24T23:59:59+00:00"),
    # W36: before the discharge, either way; without the circumstance it is nothing
    (["in_hospital"], {"planned_discharge_at": "2026-12-25T09:00"}, "2026-12-25T09:00:00+00:00"),
    (["in_hospital"], {"planned_discharge_at": "2026-12-27T09:00"}, "2026-12-25T16:30:00+00:00"),
    ([], {"planned_discharge_at": "2026-12-24T20:00"}, "2026-12-25T16:30:00+00:00"),
    (["in_hospital", "organised_or_multiple_abuse"],
     {"planned_discharge_at": "2026-12-30T09:00"}, "2026-12-30T09:00:00+00:00"),
    # the trigger emergency_action does not by itself tick the circumstance
    ([], {"trigger": "emergency_action"}, "2026-12-25T16:30:00+00:00"),
    # Halton's routine limit counts from the request
    ([], {"protocol": H, "requested_at": "2026-12-25T09:00"}, "2026-12-28T23:59:59+00:00"),
    (["position_of_trust"], {"protocol": H, "requested_at": "2026-12-29T09:00"}, "2027-01-05T23:59:59+00:00"),
]  # fmt: skip


@pytest.mark.parametrize(("circumstances", "more", "due"), LEARNT)
def test_what_is_learnt_and_told_beside(circumstances: list[str], more: dict[str, Any], due: str) -> None:
    assert rows(facts(circumstances=circumstances, **more))["convene"]["due_at"] == due


@pytest.mark.parametrize(
    "trigger",
    [
        "incident",
        "network_decision",
        "new_information",
        "during_assessment",
        "increased_risk",
        "emergency_action",
    ],
)
def test_child_seen_and_assessment_need_a_referral_moment(trigger: str) -> None:
    assert list(rows(facts(trigger=trigger))) == ["convene"]
    told = rows(facts(trigger=trigger, referral_received_at="2026-12-29T10:00"))
    assert list(told) == ["convene", "child_seen", "assessment"]
    assert told["child_seen"]["due_at"] == "2026-12-30T10:00:00+00:00"


FORMS = [
    ("2026-12-24T16:30", "2026-12-25T16:30:00+00:00"),
    ("2026-12-24T16:30:00", "2026-12-25T16:30:00+00:00"),
    ("2026-12-24T16:30:00Z", "2026-12-25T16:30:00+00:00"),
    ("2026-12-24T17:30:00+01:00", "2026-12-25T16:30:00+00:00"),
    ("2026-12-24T11:30:00-05:00", "2026-12-25T16:30:00+00:00"),
    ("2026-07-01T16:30", "2026-07-02T16:30:00+01:00"),
    ("2026-07-01T16:30Z", "2026-07-02T17:30:00+01:00"),
    ("2026-10-25T01:30", "2026-10-26T00:30:00+00:00"),  # comes twice: the first
    ("2026-10-25T01:30:00+00:00", "2026-10-26T01:30:00+00:00"),  # the second, by its offset
    ("2028-02-28T12:00", "2028-02-29T12:00:00+00:00"),
]


@pytest.mark.parametrize(("told", "due"), FORMS)
def test_the_forms_of_a_time(told: str, due: str) -> None:
    assert rows(facts(triggered_at=told))["convene"]["due_at"] == due


@pytest.mark.parametrize(
    "told", ["2027-03-28T01:00", "2027-03-28T01:59:59", "2027-02-29T10:00", "2026-12-24"]
)
def test_an_impossible_time_is_an_error_in_its_place(told: str) -> None:
    with pytest.raises(BadFactError) as bad:
        explain(facts(triggered_at=told), NOW)
    assert bad.value.field == "triggered_at"
    answers = explain_each([facts(), facts(triggered_at=told), {}, facts()], NOW)
    assert [list(one) for one in answers] == [
        ["protocol", "deadlines"], ["error"], ["error"], ["protocol", "deadlines"]
    ]  # fmt: skip


def test_a_replaced_routine_limit_is_no_candidate_but_on_record_with_its_reason() -> None:
    row = rows(facts(circumstances=["organised_or_multiple_abuse"]))["convene"]
    assert [one["limit"] for one in row["candidates"]] == ["working_days(5)"]
    assert [(one["limit"], one["due_at"]) for one in row["set_aside"]] == [
        ("hours(24)", "2026-12-25T16:30:00+00:00")
    ]
    assert "set aside" in row["because"] and "organised or multiple abuse" in row["set_aside"][0]["because"]


def test_every_row_and_the_order_of_rows() -> None:
    held = [
        {"started_at": "2026-12-30T10:00", "ended_at": "2026-12-30T11:00", "format": "virtual",
         "quorate": True},
        {"started_at": "2026-12-24T18:00", "ended_at": "2026-12-24T19:00", "format": "telephone",
         "quorate": True, "initiated_s47": True},
    ]  # fmt: skip
    answer = explain(facts(circumstances=["immediate_risk"], discussions=held), NOW)
    found = [
        (row["duty"], row.get("discussion"), row["due_at"][:10], row["state"]) for row in answer["deadlines"]
    ]
    assert found == [
        ("convene", None, "2026-12-24", "met"),
        ("immediate_protection_decision", None, "2026-12-24", "running"),
        ("child_seen", None, "2026-12-25", "running"),
        ("follow_up_meeting", None, "2027-01-05", "met"),
        ("circulate_minutes", 0, "2026-12-31", "running"),
        ("circulate_minutes", 1, "2026-12-29", "running"),
        ("icpc", None, "2027-01-19", "running"),
        ("assessment", None, "2027-03-02", "running"),
    ]


@pytest.mark.parametrize(
    ("slug", "has"), [(W, True), (CPP, True), (WT, False), (GM, False), (H, False), (B, False)]
)
def test_who_owes_a_follow_up_meeting(slug: str, has: bool) -> None:
    held = {"started_at": "2026-12-24T18:00", "ended_at": "2026-12-24T19:00", "format": "series_of_calls"}
    found = rows(facts(protocol=slug, discussions=[held]))
    assert ("follow_up_meeting" in found) == has
    assert ("child_seen" in found) == (slug == W)


def test_of_equal_same_day_limits_protection_starts_as_convene_does() -> None:
    """ "as `convene`"; "of equal ones the circumstance higher in the table"."""
    told = facts(
        circumstances=["emergency_action", "immediate_risk"],
        learned_at={"immediate_risk": "2026-12-24T20:00"},
    )
    found = rows(told)
    assert found["convene"]["starts_at"] == "2026-12-24T20:00:00+00:00"
    assert found["immediate_protection_decision"]["starts_at"] == "2026-12-24T20:00:00+00:00"


def test_two_complex_types_replace_the_routine_limit_in_a_sentence() -> None:
    row = rows(facts(protocol=H, circumstances=["child_sexual_exploitation", "position_of_trust"]))["convene"]
    assert [one["limit"] for one in row["candidates"]] == ["working_days(5)", "working_days(5)"]
    assert row["set_aside"][0]["because"] == (
        "The routine limit of 3 calendar days is set aside because an allegation against a person in a "
        "position of trust and child sexual exploitation replace it."
    )
