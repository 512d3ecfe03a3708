"""Rooms and lines: hours by weekday, bank holidays, buffers, times out of use; the database's own word."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from audit.errors import MoveNotAllowed, NotAllowed, Refused, Taken
from strategy.models import BookedPerson, Booking, Discussion
from strategy.models.places import widened
from strategy.rules.places import PlaceFacts
from strategy.rules.slots import OpeningHours, first_free, is_open
from strategy.services import booking, keeping, places
from tests.builders.booking import a_booked_discussion, a_room, a_video_link
from tests.people import Cast, cast

DAY = date(2026, 12, 4)  # a Friday
HOUR = timedelta(hours=1)


def at(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    """A winter moment: local time is UTC."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def test_a_place_keeps_other_hours_on_some_weekdays() -> None:
    hours = OpeningHours(time(9), time(17), {4: (time(9), time(16)), 5: None}, on_bank_holidays=False)
    assert is_open(at(15), at(16), hours)
    assert not is_open(at(15, 30), at(16, 30), hours)
    assert not is_open(at(10, day=date(2026, 12, 5)), at(11, day=date(2026, 12, 5)), hours)
    christmas = date(2026, 12, 25)
    assert not is_open(at(10, day=christmas), at(11, day=christmas), hours, {christmas})
    assert is_open(at(10, day=christmas), at(11, day=christmas), OpeningHours(time(9), time(17)), {christmas})


def test_when_a_place_is_next_free() -> None:
    hours = OpeningHours(time(9), time(17), {5: None, 6: None})
    taken = [(at(10), at(12)), (at(12, 30), at(16, 30))]
    assert first_free(at(10), length=HOUR, taken=taken, hours=hours) == at(9, day=date(2026, 12, 7))
    assert first_free(at(10), length=timedelta(minutes=30), taken=taken, hours=hours) == at(12)
    quarter = timedelta(minutes=15)
    soonest = first_free(at(10), length=quarter, taken=taken, hours=hours, before=quarter)
    assert soonest == at(12, 15)
    assert (
        first_free(at(8), length=HOUR, taken=[], hours=OpeningHours(differ=dict.fromkeys(range(7)))) is None
    )


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


def hold(discussion: Discussion, people: Cast, start: datetime, **other: object) -> Booking:
    """Hold for another discussion than the one that stands: the rows are let go afterwards by the test."""
    given = {"place": a_room(), "chair": people.ada, "minute_taker": people.eve} | other
    with transaction.atomic():
        return booking.hold(
            discussion,
            start=start,
            end=start + HOUR,
            by=people.bea,
            at=start,
            **given,  # type: ignore[arg-type]
        )


@pytest.fixture
def spare(people: Cast) -> Discussion:
    """A discussion whose own booking is let go, so that places can be held for it."""
    discussion = a_booked_discussion(people, place=a_video_link("Spare"))
    booking.let_go(discussion.bookings.get(), reason="Test", by=people.bea, at=discussion.planned_start)
    return discussion


def monday() -> datetime:
    """Ten on a Monday that is no bank holiday."""
    return at(10, day=date(2026, 12, 7))


def again(spare: Discussion, people: Cast, start: datetime, **other: object) -> Booking:
    """A second discussion's booking, on the same case."""
    second = Discussion.objects.create(
        case=spare.case,
        request=spare.request,
        number=9,
        format="face_to_face",
        planned_start=start,
        planned_end=start + HOUR,
    )
    return hold(second, people, start, **other)


def test_buffers_are_kept_free_and_the_loser_hears_who_has_it(people: Cast, spare: Discussion) -> None:
    room = a_room(buffer_before=15, buffer_after=15)
    first = hold(spare, people, monday(), place=room)
    assert (first.occupied.lower, first.occupied.upper) == widened(room, monday(), monday() + HOUR)
    with pytest.raises(Taken) as taken:
        again(
            spare,
            people,
            monday() + timedelta(minutes=75),
            place=room,
            chair=people.mo,
            minute_taker=people.bea,
        )
    assert taken.value.field == "place"
    assert taken.value.sentence == (
        "Room 1, Cherry House is already booked from Monday 7 December 2026 at 10am to 11am, by Bea Bright "
        "(15 minutes before and 15 minutes after are kept free). "
        "It is free from Monday 7 December 2026 at 11:30am. Choose another time or place."
    )
    Discussion.objects.filter(number=9).delete()
    free_at = monday() + timedelta(minutes=90)
    assert again(spare, people, free_at, place=room, chair=people.mo, minute_taker=people.bea).pk


def test_nobody_chairs_here_and_takes_minutes_there(people: Cast, spare: Discussion) -> None:
    hold(spare, people, monday(), chair=people.eve, minute_taker=people.bea)
    with pytest.raises(Taken) as taken:
        again(spare, people, monday(), place=a_video_link(), chair=people.mo, minute_taker=people.eve)
    assert taken.value.field == "minute_taker"
    assert "Eve Early is already booked to chair from" in taken.value.sentence
    Discussion.objects.filter(number=9).delete()
    assert (
        again(spare, people, monday() + HOUR, chair=people.eve, minute_taker=people.eve).people.count() == 1
    )


def test_the_database_refuses_a_double_however_it_came(people: Cast, spare: Discussion) -> None:
    first = hold(spare, people, monday())
    with pytest.raises(IntegrityError, match="person_never_booked_twice"), transaction.atomic():
        other = Booking.objects.create(
            discussion=a_booked_discussion(people, place=a_video_link("Other")),
            place=None,
            during=first.during,
            occupied=first.during,
            chair=people.ada,
            minute_taker=people.ada,
            by=people.bea,
            at=monday(),
            cancelled_at=monday(),
            cancelled_by=people.bea,
        )
        BookedPerson.objects.create(booking=other, person=people.ada, during=first.during)
    with pytest.raises(IntegrityError, match="booking_occupies_its_own_time"), transaction.atomic():
        Booking.objects.filter(pk=first.pk).update(
            occupied=DateTimeTZRange(monday(), monday() + timedelta(minutes=5))
        )


def test_a_place_is_not_booked_while_it_is_closed(people: Cast, spare: Discussion) -> None:
    room = a_room()
    facts = PlaceFacts(
        room.name, "room", "", time(8), time(20), {4: (time(8), time(12)), 5: None, 6: None}
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        keeping.change_place(room, facts, by=people.bea, at=monday())
    keeping.change_place(room, facts, by=people.adi, at=monday())
    for start, told in (
        (at(15), "Room 1, Cherry House is open from 8am until midday on Fridays."),
        (at(10, day=date(2026, 12, 5)), "Room 1, Cherry House is closed on Saturdays."),
    ):
        with pytest.raises(Refused) as refused:
            hold(spare, people, start)
        assert refused.value.field == "place"
        assert refused.value.sentence == (
            f"{told} It is free from Monday 7 December 2026 at 8am. Choose another time or place."
        )
    assert not Booking.objects.filter(discussion=spare, cancelled_at=None).exists()


def test_out_of_use_is_told_with_the_reason_and_lifted(people: Cast, spare: Discussion) -> None:
    room = a_room()
    held = hold(spare, people, monday())
    day = monday().replace(hour=9)
    with pytest.raises(NotAllowed):
        places.block_place(room, start=day, end=day + 4 * HOUR, reason="Flooded", by=people.sam, at=day)
    for start, end, reason, field in (
        (day, day, "Flooded", "end"),
        (day, day + HOUR, " ", "reason"),
        (day, day + HOUR, "x" * 201, "reason"),
        (day - HOUR, day - HOUR / 2, "Flooded", "end"),
        (day - 24 * HOUR, day + HOUR, "Flooded", "start"),
        (day, day + timedelta(days=740), "Flooded", "end"),
    ):
        with pytest.raises(Refused) as refused:
            places.block_place(room, start=start, end=end, reason=reason, by=people.bea, at=day)
        assert refused.value.field == field
    touched = places.block_place(room, start=day, end=day + 4 * HOUR, reason="Flooded", by=people.bea, at=day)
    assert touched == [held]
    booking.let_go(held, reason="Flooded", by=people.bea, at=day)
    with pytest.raises(Refused) as refused:
        hold(spare, people, monday() + HOUR)
    assert refused.value.sentence == (
        "Room 1, Cherry House is out of use until Monday 7 December 2026 at 1pm: Flooded. "
        "It is free from Monday 7 December 2026 at 1pm. Choose another time or place."
    )
    block = room.blocks.get()
    places.lift_block(block, by=people.bea, at=day)
    with pytest.raises(MoveNotAllowed):
        places.lift_block(block, by=people.bea, at=day)
    assert hold(spare, people, monday() + HOUR).place == room
