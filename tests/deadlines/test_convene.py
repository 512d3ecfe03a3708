"""Which limit decides when the discussion must be held; each row quotes its clause."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadlines.enums import Duty, Forensic, Standing, Trigger
from deadlines.rules import Facts, Held, answers, convene
from deadlines.rules.facts import CIRCUMSTANCES, COMPLEX, SAME_DAY
from deadlines.working_days import england
from protocols import enums
from protocols.presets import SLUGS, preset

LONDON = ZoneInfo("Europe/London")
TRIGGERED = datetime(2026, 12, 24, 16, 30, tzinfo=LONDON)
REQUESTED = datetime(2026, 12, 25, 9, 0, tzinfo=LONDON)
TODAY = datetime(2026, 12, 24, 23, 59, 59, tzinfo=LONDON)
FIVE_DAYS = datetime(2027, 1, 5, 23, 59, 59, tzinfo=LONDON)
IN_24_HOURS = datetime(2026, 12, 25, 16, 30, tzinfo=LONDON)
THREE_DAYS_FROM_REQUEST = datetime(2026, 12, 28, 23, 59, 59, tzinfo=LONDON)


def facts(*circumstances: str, **more: object) -> Facts:
    told: dict[str, object] = {
        "trigger": Trigger.REFERRAL,
        "triggered_at": TRIGGERED,
        "requested_at": REQUESTED,
    }
    return Facts(**{**told, **more}, circumstances=frozenset(circumstances))  # type: ignore[arg-type]


TABLE = [
    # Wirral 3.2 "should be held within 24 hours of the Referral"
    ("wirral", (), IN_24_HOURS, "hours(24)"),
    # Wirral 3.2 "serious physical injury or serious neglect … must be held the same day"
    ("wirral", ("serious_injury_or_neglect",), TODAY, "same_day"),
    ("wirral", ("immediate_risk",), TODAY, "same_day"),
    # Wirral 3.2 "When emergency action is or has been taken … must be held the same day"
    ("wirral", ("emergency_action",), TODAY, "same_day"),
    # Wirral 3.2 "penetrative sexual abuse … on the day the Referral is received if … forensic evidence"
    ("wirral", ("penetrative_sexual_abuse",), TODAY, "same_day"),
    # Wirral 3.2 "particularly complex e.g. organised abuse … a maximum of 5 working days"
    ("wirral", ("organised_or_multiple_abuse",), FIVE_DAYS, "working_days(5)"),
    # Wirral 3.2 "… but sooner if there is a need to provide immediate protection"
    ("wirral", ("organised_or_multiple_abuse", "immediate_risk"), TODAY, "same_day"),
    # not complex in Wirral: the routine limit stands
    ("wirral", ("fabricated_or_induced_illness",), IN_24_HOURS, "hours(24)"),
    ("wirral", ("position_of_trust",), IN_24_HOURS, "hours(24)"),
    ("wirral", ("cin_plan_not_meeting_needs",), IN_24_HOURS, "hours(24)"),
    ("wirral", ("missing_episode",), IN_24_HOURS, "hours(24)"),
    # Halton "no longer than 3 days after making the request"
    ("halton", (), THREE_DAYS_FROM_REQUEST, "calendar_days(3)"),
    # Halton "on the same day as the receipt of the referral"
    ("halton", ("immediate_risk",), TODAY, "same_day"),
    # Halton "fabricated/induced illness / organised abuse / CSE or allegations against staff"
    ("halton", ("fabricated_or_induced_illness",), FIVE_DAYS, "working_days(5)"),
    ("halton", ("child_sexual_exploitation",), FIVE_DAYS, "working_days(5)"),
    ("halton", ("position_of_trust",), FIVE_DAYS, "working_days(5)"),
    ("halton", ("exploitation_rated_high",), THREE_DAYS_FROM_REQUEST, "calendar_days(3)"),
    # Centre for Professional Practice: meeting only is a format, not a longer limit
    ("centre-for-professional-practice", ("position_of_trust",), IN_24_HOURS, "hours(24)"),
    ("centre-for-professional-practice", ("fabricated_or_induced_illness",), IN_24_HOURS, "hours(24)"),
    ("greater-manchester", (), IN_24_HOURS, "hours(24)"),
    ("birmingham", (), IN_24_HOURS, "hours(24)"),
    ("working-together", ("organised_or_multiple_abuse",), FIVE_DAYS, "working_days(5)"),
]


@pytest.mark.parametrize(("slug", "circumstances", "due", "limit"), TABLE)
def test_the_limit_of_the_clause(
    slug: str, circumstances: tuple[str, ...], due: datetime, limit: str
) -> None:
    answer = convene(facts(*circumstances), preset(slug), england())
    assert (answer.due_at, answer.limit) == (due, limit)


def test_no_need_of_forensic_evidence_adds_nothing() -> None:
    answer = convene(facts("penetrative_sexual_abuse", forensic=Forensic.NO), preset("wirral"), england())
    assert [one.limit for one in answer.candidates] == ["hours(24)"]


def test_a_replaced_routine_limit_is_listed_as_set_aside() -> None:
    answer = convene(facts("organised_or_multiple_abuse"), preset("wirral"), england())
    assert [one.limit for one in answer.candidates] == ["working_days(5)"]
    assert [(one.limit, one.due_at) for one in answer.set_aside] == [("hours(24)", IN_24_HOURS)]
    assert answer.because.endswith("the routine limit of 24 hours is set aside.")


def test_of_equal_limits_the_circumstance_higher_in_the_table_decides() -> None:
    answer = convene(facts("emergency_action", "immediate_risk"), preset("wirral"), england())
    assert [one.circumstance for one in answer.candidates] == ["immediate_risk", "emergency_action", ""]
    assert "of equal limits the circumstance higher in the table decides" in answer.because


def test_a_circumstance_beats_an_equal_routine_limit() -> None:
    triggered = datetime(2026, 12, 24, 23, 59, 59, tzinfo=LONDON)
    learned = {"in_hospital": triggered, "immediate_risk": triggered + timedelta(hours=3)}
    answer = convene(
        facts("immediate_risk", triggered_at=triggered, learned_at=learned), preset("wirral"), england()
    )
    assert [one.limit for one in answer.candidates] == ["same_day", "hours(24)"]
    assert answer.candidates[0].due_at == answer.candidates[1].due_at
    assert answer.starts_at == triggered + timedelta(hours=3)


def test_a_circumstance_learned_later_starts_its_own_limit() -> None:
    learned = datetime(2026, 12, 25, 8, 0, tzinfo=LONDON)
    answer = convene(
        facts("organised_or_multiple_abuse", "immediate_risk", learned_at={"immediate_risk": learned}),
        preset("wirral"),
        england(),
    )
    assert (answer.starts_at, answer.due_at) == (learned, datetime(2026, 12, 25, 23, 59, 59, tzinfo=LONDON))


def test_in_hospital_competes_without_replacing() -> None:
    discharge = datetime(2026, 12, 25, 11, 0, tzinfo=LONDON)
    known = convene(facts("in_hospital", planned_discharge_at=discharge), preset("wirral"), england())
    assert (known.limit, known.due_at) == ("before(discharge)", discharge)
    unknown = convene(facts("in_hospital"), preset("wirral"), england())
    assert [(one.limit, one.due_at) for one in unknown.candidates] == [
        ("hours(24)", IN_24_HOURS),
        ("before(discharge)", None),
    ]
    assert (unknown.due_at, bool(unknown.gate)) == (IN_24_HOURS, True)


def test_leaving_the_hospital_is_the_moment_of_the_breach() -> None:
    left = datetime(2026, 12, 24, 20, 0, tzinfo=LONDON)
    told = facts("in_hospital", planned_discharge_at=REQUESTED, left_hospital_at=left)
    assert convene(told, preset("wirral"), england()).due_at == left


def test_the_consulted_manager_may_set_an_earlier_moment() -> None:
    agreed = datetime(2026, 12, 24, 20, 0, tzinfo=LONDON)
    answer = convene(facts("other", agreed_at=agreed, agreed_by="Asha Patel"), preset("wirral"), england())
    assert (answer.due_at, len(answer.candidates)) == (agreed, 2)


def test_a_limit_from_the_request_is_provisional_while_there_is_none() -> None:
    answer = convene(facts(requested_at=None), preset("halton"), england())
    assert answer.due_at == datetime(2026, 12, 27, 23, 59, 59, tzinfo=LONDON)
    assert "provisional" in answer.because


def test_local_defaults_are_named_and_halton_shows_both_readings() -> None:
    assert "local default" in convene(facts("position_of_trust"), preset("halton"), england()).because
    assert "local default" in convene(facts(), preset("birmingham"), england()).because
    assert "local default" not in convene(facts(), preset("wirral"), england()).because
    routine = convene(facts(), preset("halton"), england())
    assert "3 working days would end on Thursday 31 December 2026" in routine.because


def test_the_first_moment_of_quorum_meets_it() -> None:
    early, late = TRIGGERED + timedelta(hours=1), TRIGGERED + timedelta(hours=30)
    told = facts(discussions=(Held(late, quorate_at=late, place=0), Held(early, quorate_at=None, place=1)))
    answer = convene(told, preset("wirral"), england())
    assert answer.met_at == late
    assert answer.standing(late) == Standing.MET_LATE


@pytest.mark.parametrize(
    ("offset", "standing"),
    [
        (timedelta(0), Standing.RUNNING),
        (timedelta(hours=19, minutes=11, seconds=59), Standing.RUNNING),
        (timedelta(hours=19, minutes=12), Standing.DUE_SOON),
        (timedelta(hours=24), Standing.DUE_SOON),
        (timedelta(hours=24, microseconds=1), Standing.OVERDUE),
    ],
)
def test_where_a_clock_stands(offset: timedelta, standing: Standing) -> None:
    answer = convene(facts(), preset("wirral"), england())
    assert answer.standing(TRIGGERED + offset) == standing


def test_the_words_of_both_rooms_are_the_same() -> None:
    assert tuple(enums.Circumstance) == CIRCUMSTANCES
    assert tuple(SAME_DAY) == enums.SAME_DAY_CIRCUMSTANCES
    assert tuple(COMPLEX) == enums.COMPLEX_CIRCUMSTANCES


moments = st.datetimes(min_value=datetime(2025, 1, 1), max_value=datetime(2031, 1, 1), timezones=st.just(UTC))


@settings(max_examples=300)
@given(
    st.sampled_from(SLUGS),
    moments,
    st.sets(st.sampled_from(CIRCUMSTANCES)),
    st.sampled_from(CIRCUMSTANCES),
    st.sampled_from(Forensic),
    st.one_of(st.none(), moments),
)
def test_adding_a_circumstance_never_lengthens_except_by_a_complex_type(
    slug: str,
    triggered: datetime,
    ticked: set[str],
    one_more: str,
    forensic: Forensic,
    discharge: datetime | None,
) -> None:
    protocol, calendar = preset(slug), england()

    def due(circumstances: set[str]) -> datetime:
        told = Facts(
            trigger=Trigger.INCIDENT,
            triggered_at=triggered,
            requested_at=triggered + timedelta(hours=5),
            circumstances=frozenset(circumstances),
            forensic=forensic,
            planned_discharge_at=discharge,
        )
        answer = convene(told, protocol, calendar)
        dated = [one.due_at for one in answer.candidates if one.due_at]
        assert answer.due_at == min(dated)
        assert answers(told, protocol, calendar) == answers(told, protocol, calendar)
        assert answer.because.endswith(".") and "\n" not in answer.because
        return answer.due_at

    before, after = due(ticked), due(ticked | {one_more})
    if one_more not in protocol.complex_types.value:
        assert after <= before


def test_immediate_protection_only_with_a_same_day_circumstance() -> None:
    def rows(*circumstances: str, **more: object) -> list[datetime | None]:
        found = answers(facts(*circumstances, **more), preset("wirral"), england())
        return [row.due_at for row in found if row.duty == Duty.IMMEDIATE_PROTECTION_DECISION]

    assert rows() == []
    assert rows("in_hospital", "organised_or_multiple_abuse") == []
    assert rows("penetrative_sexual_abuse", forensic=Forensic.NO) == []
    assert rows("immediate_risk") == [TODAY]
    learned = {"immediate_risk": TRIGGERED + timedelta(days=3)}
    assert rows("immediate_risk", learned_at=learned) == [TODAY + timedelta(days=3)]


learned = st.dictionaries(st.sampled_from(CIRCUMSTANCES), st.timedeltas(timedelta(0), timedelta(days=9)))


@settings(max_examples=300)
@given(st.sampled_from(SLUGS), moments, st.sets(st.sampled_from(CIRCUMSTANCES)), learned, st.booleans())
def test_any_combination_learnt_at_any_time(
    slug: str, triggered: datetime, ticked: set[str], later: dict[str, timedelta], is_asked: bool
) -> None:
    """The earliest wins; only a complex type sets the routine aside; a circumstance starts when learnt."""
    protocol = preset(slug)
    told = Facts(
        trigger=Trigger.INCIDENT,
        triggered_at=triggered,
        requested_at=triggered + timedelta(hours=5) if is_asked else None,
        circumstances=frozenset(ticked),
        learned_at={name: triggered + wait for name, wait in later.items()},
    )
    answer = convene(told, protocol, england())
    dated = [one.due_at for one in answer.candidates if one.due_at]
    assert (answer.due_at, dated) == (min(dated), sorted(dated))
    assert bool(answer.set_aside) == bool(ticked & set(protocol.complex_types.value))
    for one in answer.candidates:
        if one.circumstance:
            assert one.circumstance in ticked
            assert one.starts_at == triggered + later.get(one.circumstance, timedelta(0))
    assert convene(told, protocol, england()) == answer


MOMENT = "the moment the safeguarding concern was identified"


@pytest.mark.parametrize(
    ("slug", "trigger", "called"),
    [
        ("greater-manchester", Trigger.REFERRAL, MOMENT),
        ("greater-manchester", Trigger.INCREASED_RISK, MOMENT),
        ("halton", Trigger.REFERRAL, "the receipt of the referral"),
        ("halton", Trigger.NEW_INFORMATION, "the new information"),
        ("wirral", Trigger.REFERRAL, "the referral"),
        ("wirral", Trigger.NETWORK_DECISION, "the decision that the child in need plan is not meeting needs"),
    ],
)
def test_the_trigger_is_called_as_the_procedure_means_it(slug: str, trigger: Trigger, called: str) -> None:
    """X2, row G02: the moment that counts stands in the reason, in the procedure's own words."""
    found = convene(facts("immediate_risk", trigger=trigger), preset(slug), england())
    assert found.because.startswith(f"The discussion must be held on the same day as {called}, Thursday")
