"""P10: random people try random moves; the stored states follow a plain model; a refusal changes nothing.

STATES_EXAMPLES says how many ways are tried (4 unless told otherwise), of at most 30 moves each.
"""

import os
from collections import Counter
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from audit.errors import Refused
from tests.outages.moves import Way
from tests.outages.racing import clocks_agree
from tests.people import cast

EXAMPLES = int(os.environ.get("STATES_EXAMPLES", "4"))
States = tuple[str, str, str]  # request, discussion, record
ANY = "*"  # in a "from": whatever it is; in a "to": as it was

# The workflow once more, written by hand from the practitioners' words: move → from, to, who may.
MODEL: dict[str, tuple[tuple[set[str], set[str], set[str]], States, set[str]]] = {
    "submit": (({"draft", "returned"}, set(), set()), ("submitted", ANY, ANY), {"sam"}),
    "authorise": (({"submitted"}, set(), set()), ("authorised", ANY, ANY), {"mo"}),
    "send_back": (({"submitted"}, set(), set()), ("returned", ANY, ANY), {"mo"}),
    "withdraw": (
        ({"draft", "submitted", "returned", "authorised"}, set(), set()),
        ("withdrawn", ANY, ANY),
        {"sam", "mo"},
    ),
    "not_needed": (({"draft", "submitted", "returned"}, set(), set()), ("not_needed", ANY, ANY), {"mo"}),
    "book": (({"authorised"}, set(), set()), ("booked", "planned", ""), {"bea"}),
    "cancel": (({"booked"}, {"planned"}, set()), ("authorised", "cancelled", ANY), {"bea"}),
    "open": (({"booked"}, {"planned"}, {""}), (ANY, ANY, "opened"), {"bea"}),
    "start": (({"booked"}, {"planned"}, {"opened"}), (ANY, "started", "live"), {"mo", "bea"}),
    "close": (({"booked"}, {"started"}, {"live"}), ("held", "ended", "agreed"), {"mo", "bea"}),
    "finish": ((set(), set(), {"agreed"}), (ANY, ANY, "with_chair"), {"bea"}),
    "hand_back": ((set(), set(), {"with_chair"}), (ANY, ANY, "agreed"), {"mo"}),
    "authorise_minutes": ((set(), set(), {"with_chair"}), (ANY, ANY, "authorised"), {"mo"}),
    "circulate": ((set(), set(), {"authorised"}), (ANY, ANY, "circulated"), {"bea"}),
    "correct": ((set(), set(), {"authorised", "circulated"}), (ANY, ANY, "with_chair"), {"mo", "bea"}),
}
# Nobody of these may do anything here: no access, no power, or another agency.
OUTSIDERS = ("olga", "otto", "stranger", "paul", "ira", "adi")
NEVER = {
    "sam": {"authorise", "send_back", "not_needed", "book", "open", "start", "close"}
    | {"finish", "hand_back", "authorise_minutes", "circulate", "correct", "cancel"},
    "bea": {"submit", "authorise", "send_back", "withdraw", "not_needed", "hand_back", "authorise_minutes"},
}
NEEDS_DISCUSSION, NEEDS_RECORD = {"cancel", "open"}, {"start", "close", "finish", "hand_back"} | {
    "authorise_minutes", "circulate", "correct",
}  # fmt: skip
ENDS = ("withdraw", "not_needed", "cancel")
tried: Counter[str] = Counter()


def rows() -> dict[str, int]:
    """How many rows each table has."""
    tables = sorted(
        {one._meta.db_table for one in apps.get_models(include_auto_created=True) if one._meta.managed}
    )
    counts = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM \"{table}\"" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(counts)
        return dict(cursor.fetchall())


class Requests(RuleBasedStateMachine):
    """One request from its draft on."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.people = cast()
        self.way = Way(self.people)
        self.model: States = ("draft", "", "")

    @rule(data=st.data())
    def go_on(self, data: Any) -> None:
        """A move that the model allows, by somebody who may."""
        open_moves = [move for move in MODEL if self.is_open(move) and self.may(move)]
        onward = [move for move in open_moves if move not in ENDS]
        if onward and data.draw(st.integers(0, 7)):  # most ways go on to the end, some are broken off
            open_moves = onward
        if open_moves:
            move = data.draw(st.sampled_from(open_moves))
            self.attempt(move, data.draw(st.sampled_from(sorted(self.may(move)))))

    @rule(move=st.sampled_from(sorted(MODEL)), name=st.sampled_from(("sam", "mo", "bea", *OUTSIDERS)))
    def anything(self, move: str, name: str) -> None:
        """Any move by anybody of whom the model knows whether they may."""
        known = name in OUTSIDERS or name in MODEL[move][2] or move in NEVER.get(name, ())
        if known:
            self.attempt(move, name)

    def is_open(self, move: str) -> bool:
        """Whether the states allow the move."""
        return all(
            not wanted or now in wanted for wanted, now in zip(MODEL[move][0], self.model, strict=True)
        )

    def may(self, move: str) -> set[str]:
        """Who may do it: the case's team, its manager among them, sees the case from the referral on."""
        return MODEL[move][2]

    def attempt(self, move: str, name: str) -> None:
        """Try it; compare with the model."""
        if (move in NEEDS_DISCUSSION and not self.model[1]) or (move in NEEDS_RECORD and not self.model[2]):
            return
        legal = self.is_open(move) and name in self.may(move)
        if legal:
            self.way.prepare(move)
        before = rows()
        try:
            getattr(self.way, move)(getattr(self.people, name))
        except Refused as refusal:
            assert not legal, f"{move} by {name} at {self.model}: {refusal.sentence}"
            assert len(refusal.sentence) > 10
            assert rows() == before
        else:
            assert legal, f"{move} by {name} at {self.model} was not refused"
            self.model = tuple(  # type: ignore[assignment]
                now if to == ANY else to for now, to in zip(self.model, MODEL[move][1], strict=True)
            )
        tried[("done " if legal else "refused ") + move] += 1
        assert self.way.statuses() == self.model
        clocks_agree(self.way.request.referral)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)


@pytest.mark.django_db
def test_only_legal_moves_happen() -> None:
    """Run the machine."""
    tried.clear()
    run_state_machine_as_test(
        Requests,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=30,
            deadline=None,
            phases=(Phase.generate,),  # a way is told move by move: shrinking it costs minutes
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    done = sum(number for name, number in tried.items() if name.startswith("done"))
    print(f"{sum(tried.values())} moves tried, {done} done: {dict(sorted(tried.items()))}")
    assert done > EXAMPLES
