"""An action typed in one line: who, by when and what, in local time; what cannot be read is said."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minutes.rules.one_line import LONDON, Owner, read_line

NOW = datetime(2026, 11, 23, 10, 15, tzinfo=LONDON)  # a Monday
OWNERS = [
    Owner(1, "Paul Pike", ("Detective sergeant", "Northshire Police", "Police"), here=True),
    Owner(2, "Hetty Hall", ("Health visitor", "Northshire Health Trust", "Health"), here=True),
    Owner(3, "Dan Dale", ("Designated safeguarding lead", "Elm Street Primary School", "Education")),
    Owner(4, "Sam Shah", ("Social worker", "Ambleford Council"), here=True),
    Owner(5, "Siân O'Brien", ("Paediatrician", "Northshire Health Trust", "Health")),
    Owner(6, "Sam Stone", ("Housing officer", "Ambleford Homes")),
]


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=LONDON)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("typed", "text", "owner", "due"),
    [
        ("@police visit the home by Friday 5pm", "Visit the home", 1, local(2026, 11, 27, 17)),
        ("@police visit the home by Friday", "Visit the home", 1, local(2026, 11, 27, 17)),
        ("@Paul Pike to arrest Kit by 14:30", "Arrest Kit", 1, local(2026, 11, 23, 14, 30)),
        ("@paulpike ring by 9am", "Ring", 1, local(2026, 11, 24, 9)),
        ("ring the GP @hv by tomorrow noon", "Ring the GP", 2, local(2026, 11, 24, 12)),
        ("@health visitor weigh the baby within 24 hours", "Weigh the baby", 2, local(2026, 11, 24, 10, 15)),
        ("@health weigh the baby in 2 days", "Weigh the baby", 2, local(2026, 11, 25, 17)),
        ("@school send the file by 24 December 4:30pm", "Send the file", 3, local(2026, 12, 24, 16, 30)),
        ("@dan send the file by Thursday 24 December", "Send the file", 3, local(2026, 12, 24, 17)),
        ("@education send it by 24/12/2026 16:30", "Send it", 3, local(2026, 12, 24, 16, 30)),
        ("@sw see Ruby alone today at 4pm", "See Ruby alone", 4, local(2026, 11, 23, 16)),
        ("@sam see Ruby tonight", "See Ruby", 4, local(2026, 11, 23, 23, 59)),
        ("@sam stone find a flat by next Friday", "Find a flat", 6, local(2026, 12, 4, 17)),
        ("@O'Brien examine Ruby by 9am on Tuesday", "Examine Ruby", 5, local(2026, 11, 24, 9)),
        ("@siân examine Ruby by close of business", "Examine Ruby", 5, local(2026, 11, 23, 17)),
        ("@paed examine Ruby by end of the week", "Examine Ruby", 5, local(2026, 11, 27, 17)),
        (
            "Meet on Friday and report by 3 December 2pm",
            "Meet on Friday and report",
            None,
            local(2026, 12, 3, 14),
        ),
        ("See the child by Monday 9am", "See the child", None, local(2026, 11, 30, 9)),
        ("See the child by Monday 5pm", "See the child", None, local(2026, 11, 23, 17)),
        ("See the child by 1 May", "See the child", None, local(2027, 5, 1, 17)),
        ("See the child by 24/12/2062", "See the child", None, local(2062, 12, 24, 17)),
        ("See the child", "See the child", None, None),
        ("Hold by 31/02", "Hold by 31/02", None, None),
        ("", "", None, None),
    ],
)
def test_reading(typed: str, text: str, owner: int | None, due: datetime | None) -> None:
    line = read_line(typed, now=NOW, owners=OWNERS)

    assert (line.text, line.owner, line.due_at, line.problem) == (text, owner, due, "")


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("@nobody visit by 5pm", "Nobody is known as “@nobody”: choose who does it"),
        ("@northshire visit by 5pm", "“@northshire” could be Paul Pike or Hetty Hall: choose who does it"),
    ],
)
def test_what_cannot_be_read_is_said_and_not_guessed(typed: str, problem: str) -> None:
    line = read_line(typed, now=NOW, owners=OWNERS)

    assert (line.text, line.owner, line.problem) == ("Visit", None, problem)


def test_who_is_here_comes_before_who_is_not() -> None:
    """Siân is of health too, but not here."""
    assert read_line("@health call", now=NOW, owners=OWNERS).owner == 2
    assert read_line("@sam call", now=NOW, owners=OWNERS).owner == 4


def test_hours_are_elapsed_hours_when_the_clocks_change() -> None:
    before = datetime(2026, 10, 24, 12, 0, tzinfo=LONDON)

    assert read_line("See Ruby within 24 hours", now=before, owners=[]).due_at == local(2026, 10, 25, 11)
    assert read_line("See Ruby by tomorrow noon", now=before, owners=[]).due_at == local(2026, 10, 25, 12)


def test_after_hours_today_means_until_midnight() -> None:
    evening = datetime(2026, 11, 23, 18, 0, tzinfo=LONDON)

    assert read_line("See Ruby today", now=evening, owners=[]).due_at == local(2026, 11, 23, 23, 59)


@given(st.text(max_size=200))
def test_nothing_typed_breaks_it(typed: str) -> None:
    line = read_line(typed, now=NOW, owners=OWNERS)

    assert line.due_at is None or line.due_at.tzinfo is not None
    assert line.owner is None or line.owner in {one.key for one in OWNERS}


@given(st.sampled_from(["by", "before", "on", "within", "in"]), st.text("0123456789:/ apm", max_size=12))
def test_no_numbers_break_it(lead: str, said: str) -> None:
    read_line(f"@police do it {lead} {said}", now=NOW, owners=OWNERS)
