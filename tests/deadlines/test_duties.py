"""The other duties that follow from a case's facts."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from deadlines.enums import Duty, Standing, Trigger
from deadlines.rules import Answer, Facts, Held, answers, by_limit, by_moment
from deadlines.working_days import england
from protocols.presets import preset
from protocols.rules.limits import working_days

LONDON = ZoneInfo("Europe/London")
REFERRED = datetime(2026, 12, 24, 16, 30, tzinfo=LONDON)


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2027 if month < 12 else 2026, month, day, hour, minute, tzinfo=LONDON)


def rows(slug: str, *held: Held, received: datetime | None = REFERRED) -> dict[str, list[Answer]]:
    told = Facts(Trigger.INCIDENT, REFERRED, received, REFERRED, discussions=held)
    found: dict[str, list[Answer]] = {}
    for answer in answers(told, preset(slug), england()):
        found.setdefault(answer.duty, []).append(answer)
    return found


CALL = Held(at(12, 29, 10), at(12, 29, 11), "telephone_conference", at(12, 29, 10), place=0)
MEETING = Held(
    at(12, 31, 10), at(12, 31, 12), "face_to_face", at(12, 31, 10, 20), initiated_s47=True, place=1
)


def test_child_seen_within_24_hours_of_the_referral_in_wirral_only() -> None:
    """W33 "must be seen and spoken to … within twenty-four hours of the Referral"."""
    (seen,) = rows("wirral")[Duty.CHILD_SEEN]
    assert seen.due_at == REFERRED + timedelta(hours=24)
    assert Duty.CHILD_SEEN not in rows("halton")
    assert Duty.CHILD_SEEN not in rows("wirral", received=None)


def test_the_assessment_needs_a_referral() -> None:
    """C21 "no longer than 45 working days from the point of referral"."""
    (assessment,) = rows("halton")[Duty.ASSESSMENT]
    assert assessment.due_at == datetime(2027, 3, 2, 23, 59, 59, tzinfo=LONDON)
    assert Duty.ASSESSMENT not in rows("halton", received=None)


def test_a_follow_up_meeting_after_the_first_discussion_that_was_not_one() -> None:
    """W14 "a telephone strategy should be followed up no later than 5 working days"."""
    (open_one,) = rows("wirral", CALL)[Duty.FOLLOW_UP_MEETING]
    assert (open_one.starts_at, open_one.met_at) == (CALL.ended_at, None)
    assert open_one.due_at == datetime(2027, 1, 6, 23, 59, 59, tzinfo=LONDON)
    (met,) = rows("wirral", CALL, MEETING)[Duty.FOLLOW_UP_MEETING]
    assert met.met_at == MEETING.quorate_at
    assert Duty.FOLLOW_UP_MEETING in rows("centre-for-professional-practice", CALL)
    assert Duty.FOLLOW_UP_MEETING not in rows("halton", CALL)


def test_a_meeting_before_the_call_or_without_quorum_is_no_follow_up() -> None:
    before = Held(at(12, 28, 10), at(12, 28, 11), "virtual", at(12, 28, 10), place=2)
    silent = Held(at(12, 30, 10), at(12, 30, 11), "virtual", None, place=3)
    (row,) = rows("wirral", CALL, silent, before)[Duty.FOLLOW_UP_MEETING]
    assert row.met_at is None
    assert Duty.FOLLOW_UP_MEETING not in rows("wirral", before)


def test_a_call_that_has_not_ended_starts_nothing() -> None:
    going_on = Held(at(12, 29, 10), None, "telephone_conference", at(12, 29, 10))
    found = rows("wirral", going_on)
    assert Duty.FOLLOW_UP_MEETING not in found and Duty.CIRCULATE_MINUTES not in found


def test_minutes_of_each_discussion_by_its_place_in_the_list() -> None:
    """W28 "sent via secure email to all attendees within one working day"."""
    found = rows("wirral", CALL, MEETING)[Duty.CIRCULATE_MINUTES]
    assert [(row.discussion, row.due_at) for row in found] == [
        (0, datetime(2026, 12, 30, 23, 59, 59, tzinfo=LONDON)),
        (1, datetime(2027, 1, 4, 23, 59, 59, tzinfo=LONDON)),
    ]


def test_the_conference_counts_from_the_first_discussion_that_initiated() -> None:
    later = Held(at(1, 4, 10), at(1, 4, 11), "virtual", at(1, 4, 10), initiated_s47=True, place=0)
    (row,) = rows("wirral", later, MEETING)[Duty.ICPC]
    assert row.starts_at == MEETING.started_at
    assert row.due_at == datetime(2027, 1, 22, 23, 59, 59, tzinfo=LONDON)
    assert Duty.ICPC not in rows("wirral", CALL)


def test_the_conference_counts_even_from_a_discussion_without_quorum() -> None:
    without = Held(at(12, 29, 10), at(12, 29, 11), "virtual", None, initiated_s47=True)
    assert rows("wirral", without)[Duty.ICPC][0].starts_at == without.started_at
    assert rows("wirral", without)[Duty.CONVENE][0].met_at is None


def test_years_beyond_the_published_ones_say_so() -> None:
    far = Facts(
        Trigger.REFERRAL, datetime(2030, 5, 1, 9, tzinfo=LONDON), datetime(2030, 5, 1, 9, tzinfo=LONDON)
    )
    told = {row.duty: row.because for row in answers(far, preset("wirral"), england())}
    assert "by rule, not yet published" in told[Duty.ASSESSMENT]
    assert "by rule" not in told[Duty.CONVENE]


def test_an_action_and_a_rung_have_their_own_moment() -> None:
    action = by_moment(Duty.ACTION, REFERRED, at(12, 29, 12), "Visit the home must be done", "The action log")
    assert (action.due_at, action.limit) == (at(12, 29, 12), None)
    assert action.standing(at(12, 29, 13)) == Standing.OVERDUE
    rung = by_limit(
        Duty.ESCALATION_STAGE, working_days(1), REFERRED, "The managers must answer", "4.1", england()
    )
    assert (rung.limit, rung.due_at) == ("working_days(1)", datetime(2026, 12, 29, 23, 59, 59, tzinfo=LONDON))
