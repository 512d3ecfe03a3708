"""P19: after any history of a case its stored clocks are what `explain_deadlines` says of its facts.

HISTORY_STEPS says how many steps are tried (60 unless told otherwise), in histories of at most 25. Where a
clock may differ from the command's answer the model says why: a change that would move a running clock later
is refused unless a manager gives a reason (a draft and a changed discharge may); a manager's decision that no
discussion is needed voids the convene clock; the command knows no circulation, decision or visit, so what
met those is told by the history.
"""

import os
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from audit.errors import Refused
from deadlines.enums import Duty
from deadlines.explaining import explain
from deadlines.models import Deadline
from protocols.presets import SLUGS
from referrals.enums import Trigger
from strategy.enums import MEETINGS
from strategy.models import Enquiry
from tests.outages.history import History, clock_changes
from tests.outages.history_moves import MOVES
from tests.outages.racing import clocks_agree
from tests.people import cast

STEPS = int(os.environ.get("HISTORY_STEPS", "60"))
A_HISTORY = 25
WAITS = [timedelta(minutes=n) for n in (4, 9, 50, 170, 400, 1500, 5000)]
COMPARED = (
    Duty.CONVENE, Duty.IMMEDIATE_PROTECTION_DECISION, Duty.CHILD_SEEN, Duty.FOLLOW_UP_MEETING,
    Duty.CIRCULATE_MINUTES, Duty.ICPC, Duty.ASSESSMENT,
)  # fmt: skip
tried: Counter[str] = Counter()
Row = dict[str, Any]


def beginnings() -> st.SearchStrategy[datetime | None]:
    """When a history begins: any day, or up to sixty hours before the clocks go forward or back."""
    before = st.builds(
        lambda change, hours: change - timedelta(hours=hours),
        st.sampled_from(clock_changes()),
        st.integers(1, 60),
    )
    return st.none() | before


class Histories(RuleBasedStateMachine):
    """One case."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.trail: list[str] = []

    @initialize(
        slug=st.sampled_from(SLUGS), trigger=st.sampled_from(Trigger.values), ago=st.integers(1, 4000),
        begins=beginnings(),
    )  # fmt: skip
    def begin(self, slug: str, trigger: str, ago: int, begins: datetime | None) -> None:
        """A referral under one of the presets, recorded up to three days after it came in."""
        self.history = History(cast(), slug, trigger, timedelta(minutes=ago), begins=begins)
        self.trail.append(f"{slug} {trigger} {ago} min {begins}")
        self.compare()

    @rule(data=st.data())
    def go_on(self, data: Any) -> None:
        """Time passes, and something that can be done now is done."""
        history = self.history
        history.now += data.draw(st.sampled_from(WAITS))
        moves = [move for move in MOVES if move.is_open(history)]
        onward = [move for move in moves if move.onward]
        if onward and data.draw(st.booleans()):
            moves = onward
        move = data.draw(st.sampled_from(moves))
        self.trail.append(f"{history.now:%d %b %H:%M} {move.name}")
        move.act(self, data)
        tried[move.name] += 1
        self.compare()

    def earlier(self, data: Any, since: datetime) -> datetime:
        """When it really happened: now, or some time before it is typed."""
        wanted = self.history.now - data.draw(st.sampled_from([timedelta(0), *WAITS]))
        return max(wanted, since)

    def change(self, data: Any, move: Any, told: Row, *, either_way: bool = False) -> bool:
        """Change facts by a social worker, or by a manager with a reason; refused exactly when it must be."""
        by_manager = data.draw(st.booleans())
        by = self.history.people.mo if by_manager else self.history.people.sam
        may = by_manager or either_way or self.history.requested_at is None
        later = [] if may else self.later(told)
        try:
            with transaction.atomic():
                move(by=by, reason="Typed wrongly at first")
        except Refused as refusal:
            self.trail.append(f"  refused: {refusal.sentence}")
            assert refusal.field == "reason" and later, self.words(refusal.sentence)
            tried["refused to lengthen"] += 1
            return False
        assert not later, self.words(f"{later} moved later without a manager's reason")
        return True

    def later(self, told: Row) -> list[str]:
        """The clocks, running or met, that these facts would move later or take away."""
        agreed = told.pop("agreed_at", None)  # the command knows no such fact
        wanted = {row["duty"]: moment(row["due_at"]) for row in explain(told, self.history.now)["deadlines"]}
        if agreed:
            wanted["convene"] = min(wanted["convene"], agreed)
        counted = (*COMPARED[:3], Duty.ASSESSMENT)  # a later receipt may move the assessment alone
        stored = Deadline.objects.filter(case=self.history.case, duty__in=counted).exclude(state="void")
        return [
            f"{one.duty} {one.due_at}"
            for one in stored.order_by("pk")
            if one.due_at is not None
            if (one.duty not in wanted and one.state == "running")
            or (one.duty in wanted and wanted[one.duty] > one.due_at)
        ]

    # What must hold

    def compare(self) -> None:
        """Every stored clock against the command's answer."""
        history, now = self.history, self.history.now
        rows = {row["duty"]: row for row in explain(history.told(), now)["deadlines"]}
        running: set[tuple[str, str]] = set()
        running |= self.convene(rows["convene"])
        running |= self.protection(rows.get(Duty.IMMEDIATE_PROTECTION_DECISION))
        for place, child in enumerate(history.children):
            received = rows.get(Duty.CHILD_SEEN)
            seen = history.seen.get(place, [])
            since = moment(received["starts_at"]) if received else now
            met = min((one for one in seen if one >= since), default=None)
            running |= self.same(f"child:{child.pk}", Duty.CHILD_SEEN, received, met)
            running |= self.conferences(place)
        running |= self.follow_up(rows.get(Duty.FOLLOW_UP_MEETING))
        for place, (pk, held) in enumerate(history.held.items()):
            row = self.circulation_row(place)
            assert (row is None) == ("ended_at" not in held)
            running |= self.same(
                f"discussion:{pk}", Duty.CIRCULATE_MINUTES, row, any_met=history.circulated.get(pk)
            )
        running |= self.same(f"referral:{history.referral.pk}", Duty.ASSESSMENT, rows.get(Duty.ASSESSMENT))
        stored = Deadline.objects.filter(case=history.case, duty__in=COMPARED, state="running")
        assert set(stored.values_list("subject", "duty")) == running, self.words("other clocks run")
        if len(self.trail) % 4 == 0:
            clocks_agree(history.referral)

    def same(
        self, subject: str, duty: str, row: Row | None, met: datetime | None = None, *, any_met: Any = None
    ) -> set[tuple[str, str]]:
        """The latest clock of one thing says what the row says; returns it when it should run."""
        found = self.history.clocks(subject, duty)
        if row is None:
            assert "running" not in [one.state for one in found], self.words(f"{duty} has no row")
            return set()
        assert found, self.words(f"no {duty} of {subject}")
        clock, is_met = found[0], bool(any_met) if any_met is not None else met is not None
        told = (moment(row["starts_at"]), moment(row["due_at"]), row["because"], row["limit"])
        stored = (clock.starts_at, clock.due_at, clock.because, clock.limit)
        assert stored == told, self.words(f"{duty} of {subject}:\n{stored}\n{told}")
        assert clock.state == ("met" if is_met else "running"), self.words(f"{duty} is {clock.state}")
        if met is not None:
            assert clock.met_at == met, self.words(f"{duty} met {clock.met_at}, not {met}")
        elif not is_met and row["met_at"] is None:
            now = self.history.now
            assert clock.standing(now).value == row["state"], self.words(f"{duty} stands otherwise")
        assert [one for one in found[1:] if one.state != "void"] == [], self.words(f"{duty} twice")
        return set() if is_met else {(subject, str(duty))}

    def convene(self, row: Row) -> set[tuple[str, str]]:
        """Void by decision; else the command's, or the earlier moment that the manager consulted set."""
        history = self.history
        subject = f"referral:{history.referral.pk}"
        clock = history.clocks(subject, Duty.CONVENE)[0]
        if history.is_void:
            assert clock.state == "void", self.words("not void")
            return set()
        met = moment(row["met_at"])
        agreed = history.agreed_at
        if agreed is None or agreed >= moment(row["due_at"]):
            hospital = history.circumstances.get("in_hospital")
            if agreed is not None or (hospital and hospital.left_hospital_at):
                row = row | {"because": clock.because}  # the command has no words for these facts
            return self.same(subject, Duty.CONVENE, row, met)
        assert (clock.starts_at, clock.due_at) == (history.triggered_at, agreed), self.words("not agreed")
        assert (clock.state, clock.met_at) == (("met", met) if met else ("running", None)), self.words("met?")
        return set() if met else {(subject, "convene")}

    def protection(self, row: Row | None) -> set[tuple[str, str]]:
        """Met by the first decision; one that was decided stays so when its reason is taken back."""
        subject, duty = f"referral:{self.history.referral.pk}", Duty.IMMEDIATE_PROTECTION_DECISION
        if row is None:
            found = self.history.clocks(subject, duty)
            assert "running" not in [one.state for one in found], self.words("protection runs")
            return set()
        return self.same(subject, duty, row, min(self.history.protection_decided, default=None))

    def follow_up(self, row: Row | None) -> set[tuple[str, str]]:
        """One for the series; an earlier discussion typed in later shortens it and never lengthens it."""
        held = self.history.held.values()
        ends = [one["ended_at"] for one in held if one["format"] not in MEETINGS and "ended_at" in one]
        stored = Deadline.objects.filter(case=self.history.case, duty=Duty.FOLLOW_UP_MEETING)
        live = list(stored.exclude(state="void"))
        if self.history.slug not in ("wirral", "centre-for-professional-practice"):
            assert live == []
            return set()
        assert len(live) == bool(ends), self.words(f"{len(live)} follow-ups, {row}")
        if row and moment(row["due_at"]) <= live[0].due_at:
            return self.same(live[0].subject, live[0].duty, row, moment(row["met_at"]))
        assert not live or live[0].starts_at in ends, self.words("a follow-up of nothing")
        return {(one.subject, str(one.duty)) for one in live if one.state == "running"}

    def circulation_row(self, place: int) -> Row | None:
        """The command's row of one discussion."""
        rows = explain(self.history.told(), self.history.now)["deadlines"]
        return next((row for row in rows if row.get("discussion") == place), None)

    def conferences(self, child: int) -> set[tuple[str, str]]:
        """One for each enquiry of a child, from the start of the discussion that initiated it."""
        history, running = self.history, set()
        for pk in history.initiated.get(child, {}):
            told = history.told()
            for place, one in enumerate(history.held):
                told["discussions"][place]["initiated_s47"] = one == pk
            row = next(row for row in explain(told, history.now)["deadlines"] if row["duty"] == Duty.ICPC)
            enquiry = Enquiry.objects.get(child=history.children[child], discussion=pk)
            ended = (child, pk) in history.ended_icpc
            running |= self.same(enquiry.subject, Duty.ICPC, row, any_met=ended)
        return running

    def words(self, what: str) -> str:
        """What differs, after which history."""
        return f"{what}\n" + "\n".join(self.trail)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)


def moment(text: str | None) -> Any:
    """A moment out of the command's answer."""
    return None if text is None else datetime.fromisoformat(text)


@pytest.mark.django_db
def test_after_any_history_the_clocks_are_what_the_command_says() -> None:
    """Run the machine."""
    tried.clear()
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=max(STEPS // A_HISTORY, 1),
            stateful_step_count=A_HISTORY,
            deadline=None,
            phases=(Phase.generate,),  # a history is told step by step: shrinking it costs minutes
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    print(f"{sum(tried.values())} steps: {dict(sorted(tried.items()))}")
    assert sum(tried.values()) >= STEPS // 2
