"""The whole answer for random cases against a second, separately written calculation."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from deadlines.explaining import explain
from protocols.presets import SLUGS
from tests.deadlines.test_units import second_bank_holidays, second_nth_working_day

LONDON = ZoneInfo("Europe/London")
OFF = second_bank_holidays()
TODAY = ("immediate_risk", "serious_injury_or_neglect", "penetrative_sexual_abuse", "emergency_action")
HALTONS = (
    "organised_or_multiple_abuse",
    "fabricated_or_induced_illness",
    "position_of_trust",
    "child_sexual_exploitation",
)
OTHERS = ("in_hospital", "cin_plan_not_meeting_needs", "exploitation_rated_high", "other", "missing_episode")
MEETINGS, CALLS = (
    ("face_to_face", "virtual", "hybrid"),
    ("telephone", "telephone_conference", "series_of_calls"),
)


def night(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=LONDON).astimezone(UTC)


def day_of(moment: datetime) -> date:
    return moment.astimezone(LONDON).date()


def weekdays(moment: datetime, n: int) -> datetime:
    return night(second_nth_working_day(day_of(moment), n, OFF))


def second_answer(facts: dict[str, Any]) -> list[tuple[str, datetime, datetime]]:
    """Duty, start and due of every clock, straight from the table of the specification."""
    return second_convene(facts) + second_others(facts)


def second_convene(facts: dict[str, Any]) -> list[tuple[str, datetime, datetime]]:
    """The convene limit, and the protection decision where a same-day circumstance applies."""
    slug, start, ticked = facts["protocol"], facts["triggered_at"], facts["circumstances"]
    learned = {name: facts["learned_at"].get(name, start) for name in ticked}
    complex_types = HALTONS if slug == "halton" else HALTONS[:1]
    choice: list[tuple[datetime, int, datetime]] = []
    protection: list[tuple[datetime, int, datetime]] = []
    for rank, name in enumerate(TODAY):
        if name in ticked and not (rank == 2 and facts["forensic_evidence_needed"] == "no"):
            choice.append((night(day_of(learned[name])), rank, learned[name]))
            protection.append((night(day_of(learned[name])), rank, learned[name]))
    if "in_hospital" in ticked and facts["planned_discharge_at"]:
        choice.append((facts["planned_discharge_at"], 10, learned["in_hospital"]))
    hard = [name for name in complex_types if name in ticked]
    choice += [(weekdays(learned[name], 5), 20 + HALTONS.index(name), learned[name]) for name in hard]
    if not hard:
        if slug == "halton":
            asked = facts["requested_at"] or start
            choice.append((night(day_of(asked) + timedelta(days=3)), 99, asked))
        else:
            choice.append((start + timedelta(hours=24), 99, start))
    due, _, began = min(choice)
    rows = [("convene", began, due)]
    if protection:
        rows.append(("immediate_protection_decision", min(protection)[2], min(protection)[0]))
    return rows


def second_others(facts: dict[str, Any]) -> list[tuple[str, datetime, datetime]]:
    """The duties that do not depend on circumstances."""
    slug, start = facts["protocol"], facts["triggered_at"]
    rows: list[tuple[str, datetime, datetime]] = []
    received = facts["referral_received_at"] or (start if facts["trigger"] == "referral" else None)
    if received and slug == "wirral":
        rows.append(("child_seen", received, received + timedelta(hours=24)))
    told = sorted(facts["discussions"], key=lambda one: one["started_at"])
    call = next((one for one in told if one["format"] in CALLS), None)
    if call and call["ended_at"] and slug in ("wirral", "centre-for-professional-practice"):
        rows.append(("follow_up_meeting", call["ended_at"], weekdays(call["ended_at"], 5)))
    ends = [one["ended_at"] for one in facts["discussions"] if one["ended_at"]]
    rows += [("circulate_minutes", end, weekdays(end, 1)) for end in ends]
    initiating = [one["started_at"] for one in told if one["initiated_s47"]]
    if initiating:
        rows.append(("icpc", initiating[0], weekdays(initiating[0], 15)))
    if received:
        rows.append(("assessment", received, weekdays(received, 45)))
    return rows


moments = st.datetimes(datetime(2024, 1, 2), datetime(2031, 6, 1), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=0)
)
maybe = st.one_of(st.none(), moments)
discussion = st.fixed_dictionaries(
    {
        "started_at": moments,
        "ended_at": maybe,
        "format": st.sampled_from(MEETINGS + CALLS),
        "quorate": st.booleans(),
        "initiated_s47": st.booleans(),
    }
)
known = st.sampled_from(TODAY + HALTONS + OTHERS)
cases = st.fixed_dictionaries(
    {
        "protocol": st.sampled_from(SLUGS),
        "trigger": st.sampled_from(("referral", "incident", "network_decision", "emergency_action")),
        "triggered_at": moments,
        "referral_received_at": maybe,
        "requested_at": maybe,
        "circumstances": st.lists(known, unique=True, max_size=6),
        "learned_at": st.dictionaries(known, moments, max_size=3),
        "forensic_evidence_needed": st.sampled_from(("yes", "no", "unknown")),
        "planned_discharge_at": maybe,
        "discussions": st.lists(discussion, max_size=4, unique_by=lambda one: one["started_at"]),
    }
)


def written(value: Any) -> Any:
    """The facts as JSON has them."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: written(item) for key, item in value.items()}
    return [written(item) for item in value] if isinstance(value, list) else value


@settings(max_examples=600, deadline=None)
@given(cases, moments)
def test_random_cases_agree_with_a_second_calculation(facts: dict[str, Any], now: datetime) -> None:
    answer = explain(written(facts), now)
    found = [
        (
            row["duty"],
            datetime.fromisoformat(row["starts_at"]),
            datetime.fromisoformat(row["due_at"]),
        )
        for row in answer["deadlines"]
    ]
    assert found == second_answer(facts)
    quorate = [one["started_at"] for one in facts["discussions"] if one["quorate"]]
    met = answer["deadlines"][0]["met_at"]
    assert (datetime.fromisoformat(met) if met else None) == min(quorate, default=None)
    for row, (_, began, due) in zip(answer["deadlines"], found, strict=True):
        if row["met_at"]:
            expected = "met" if datetime.fromisoformat(row["met_at"]) <= due else "met_late"
        elif now > due:
            expected = "overdue"
        else:
            expected = "due_soon" if (due - now) * 5 <= max(due - began, timedelta(0)) else "running"
        assert row["state"] == expected
