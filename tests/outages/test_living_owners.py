"""No open action, enquiry or escalation is ever without somebody living who has it (issue: follow through).

A history of one case by the real services, as in `test_history`; between its moves people leave, hand over,
fall ill and come back, actions are done, blocked and given time, disagreements are raised and settled, and
professionals are taken off the directory. After every step nothing may belong to nobody. OWNER_STEPS says how
many steps are tried (60 unless told otherwise), in histories of at most 30.
"""

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from accounts.models import ActingFor, Team, User
from accounts.services import acting
from attendees.models import Professional
from attendees.services.directory import retire_professional
from audit.errors import MoveNotAllowed, Refused
from deadlines.models import Deadline
from deadlines.services import sweep
from deadlines.working_days import LONDON
from escalations import services as ladder
from escalations.enums import Cause
from escalations.models import Escalation, Stage
from minutes.enums import ActionStatus
from minutes.models import Action, Reassignment
from minutes.services import follow_through, reassigning, tracking
from minutes.services.candidates import candidates
from protocols.presets import SLUGS
from strategy import services
from strategy.enums import DiscussionStatus, Format, Outcome
from strategy.models import Booking, Enquiry, StrategyRequest
from tests.builders.ladder import a_resolution, an_escalation
from tests.outages.history import History
from tests.outages.history_moves import MOVES, Move
from tests.outages.test_history import WAITS, Histories, beginnings
from tests.people import cast, person
from worklist.services.handover import close_account, hand_over_everything
from worklist.services.holdings import Holdings, colleagues_of, kinds_of, who_may_take

STEPS = int(os.environ.get("OWNER_STEPS", "60"))
A_HISTORY = 30
EVERY = 8  # turns until somebody goes: by chance alone a short run may see nobody leave
OPEN = [ActionStatus.OPEN, ActionStatus.BLOCKED]
POSTS = {"sam": "social_worker", "mo": "team_manager", "bea": "business_support"}
tried: Counter[str] = Counter()
crossed: Counter[str] = Counter()  # histories that went on while the clocks changed or somebody was away


# --- What must hold ---------------------------------------------------------


def nobodys() -> list[str]:
    """Whatever is open and has no living owner; each in words."""
    clocks = Deadline.objects.running().select_related("owner", "owner_team")
    actions = Action.objects.filter(status__in=OPEN, agreed_at__isnull=False).select_related("owner__user")
    enquiries = Enquiry.objects.filter(closed_at=None).select_related("lead")
    requests = StrategyRequest.objects.exclude(status__in=["withdrawn", "not_needed", "held"])
    to_come = [DiscussionStatus.PLANNED, DiscussionStatus.STARTED]
    booked = Booking.objects.filter(cancelled_at=None, discussion__status__in=to_come)
    found = [f"clock {one}" for one in clocks if not (_lives(one.owner) or _is_staffed(one.owner_team))]
    found += [f"{one} of {one.owner}" for one in actions if not _is_there(one.owner)]
    found += [f"{one} has no clock" for one in actions if not clocks.filter(subject=one.subject).exists()]
    found += [f"enquiry led by {one.lead}" for one in enquiries if not _lives(one.lead)]
    found += [
        f"{one} on {_rung(one)}" for one in Escalation.objects.filter(status="open") if not _has_rung(one)
    ]
    found += [f"request carried by {one.carrier}" for one in requests if not _lives(one.carrier)]
    found += [f"{one}" for one in booked if not (_lives(one.chair) and _lives(one.minute_taker))]
    return found


def _rung(escalation: Escalation) -> Stage | None:
    return Stage.objects.filter(escalation=escalation, ended_at=None).select_related("owner").first()


def _has_rung(escalation: Escalation) -> bool:
    stage = _rung(escalation)
    return stage is not None and _lives(stage.owner)


def _lives(owner: User | None) -> bool:
    return owner is not None and owner.is_active


def _is_staffed(team: Team | None) -> bool:
    return team is not None and (_lives(team.manager) or team.members.filter(is_active=True).exists())


def _is_there(owner: Professional) -> bool:
    return owner.is_active and (owner.user is None or owner.user.is_active)


# --- What happens between the moves of the case --------------------------------


def people_of(machine: Any, name: str) -> Any:
    """Who holds a post at present."""
    return getattr(machine.history.people, name)


def leave(machine: Any, data: Any, *, closes: bool = True) -> None:
    """Somebody leaves, or hands over before leave: to a new colleague, and others where powers ask for it."""
    history = machine.history
    name = data.draw(st.sampled_from(sorted(POSTS)))
    leaver = people_of(machine, name)
    team = history.people.support if name == "bea" else history.people.team
    number = sum(tried.values())
    successor = person(f"New {name} {number}", POSTS[name], agency=history.people.council, team=team)
    items = Holdings(leaver).items()
    colleagues = colleagues_of(leaver)
    to = {}
    for kind in kinds_of(items):
        may = who_may_take(kind, leaver, items, colleagues)
        to[kind] = successor if successor in may else data.draw(st.sampled_from(may))
    machine.trail[-1] += f" {leaver} to {successor}: {sorted(to)}"
    given: dict[str, Any] = {"to": to, "note": "Over to you", "by": history.people.adi, "at": history.now}
    if closes:
        close_account(leaver, why="Left", **given)
    else:
        hand_over_everything(leaver, **given)
    history.people = replace(history.people, **{name: successor})


def away(machine: Any, data: Any) -> None:
    """Somebody is away for some days and another acts for them."""
    history = machine.history
    name = data.draw(st.sampled_from(["mo", "sam"]))
    deputy = history.people.otto if name == "mo" else history.people.olga
    times = {"starts_at": history.now, "ends_at": history.now + data.draw(st.sampled_from(WAITS[4:]))}
    acting.name_deputy(
        absent=people_of(machine, name), deputy=deputy, reason="Leave", by=history.people.adi,
        at=history.now, **times,
    )  # fmt: skip


def back(machine: Any, data: Any) -> None:
    """Back before the time."""
    history = machine.history
    cover = data.draw(st.sampled_from(list(ActingFor.objects.current(history.now).order_by("pk"))))
    acting.end_cover(cover, by=history.people.adi, at=history.now)


def an_open_action(data: Any) -> Action:
    found = Action.objects.filter(status__in=OPEN, agreed_at__isnull=False).order_by("pk")
    return data.draw(st.sampled_from(list(found)))  # type: ignore[no-any-return]


def do(machine: Any, data: Any) -> None:
    """An action is done, in the past or now."""
    action, by = an_open_action(data), machine.history.people.bea
    done_at = machine.earlier(data, action.agreed_at.replace(second=0, microsecond=0))
    follow_through.complete_action(
        action, what_was_done="Done.", done_at=done_at, told_how="By telephone", by=by, at=machine.history.now
    )


def block(machine: Any, data: Any) -> None:
    said = {"reason": "Nobody answers", "told_how": "By telephone"}
    by, at = machine.history.people.bea, machine.history.now
    follow_through.block_action(an_open_action(data), **said, by=by, at=at)


def take_up(machine: Any, data: Any) -> None:
    action = data.draw(st.sampled_from(list(blocked_actions().order_by("pk"))))
    follow_through.take_up_action(action, by=machine.history.people.bea, at=machine.history.now)


def more_time(machine: Any, data: Any) -> None:
    history, action = machine.history, an_open_action(data)
    later = max(action.expected_at, history.now) + data.draw(st.sampled_from(WAITS[4:]))
    by = Booking.objects.filter(discussion=action.minutes.discussion_id).latest("pk").chair
    by = by if by.is_active else history.people.mo
    tracking.give_time(action, due_at=later, reason="The lab is closed", by=by, at=history.now)


def chase(machine: Any, data: Any) -> None:
    tracking.chase_action(an_open_action(data), by=machine.history.people.bea, at=machine.history.now)


def offer(machine: Any, data: Any) -> None:
    """To anybody who may have it; it stays its owner's until they accept."""
    action, history = an_open_action(data), machine.history
    to = data.draw(st.sampled_from(candidates(action, history.people.bea)))
    reassigning.offer_action(action, to, why="On leave", by=history.people.bea, at=history.now)


def accept(machine: Any, data: Any) -> None:
    history = machine.history
    reassigning.accept_offer(an_offer(data), by=history.people.bea, at=history.now, how="By telephone")


def decline(machine: Any, data: Any) -> None:
    history = machine.history
    reassigning.decline_offer(
        an_offer(data), why="No time", by=history.people.bea, at=history.now, how="By telephone"
    )


def an_offer(data: Any) -> Reassignment:
    found = Reassignment.objects.waiting().order_by("pk")
    return data.draw(st.sampled_from(list(found)))  # type: ignore[no-any-return]


def retire(machine: Any, data: Any) -> None:
    """Business support takes somebody off the directory; refused while anything is theirs."""
    found = Professional.objects.filter(is_active=True, user=None).order_by("pk")
    retire_professional(
        data.draw(st.sampled_from(list(found))), by=machine.history.people.bea, at=machine.history.now
    )


def escalate(machine: Any, data: Any) -> None:
    history = machine.history
    cause = data.draw(st.sampled_from(Cause.values))
    an_escalation(history.case, history.people, at=history.now, cause=cause)


def an_open_escalation(data: Any) -> Escalation:
    found = Escalation.objects.filter(status="open").order_by("pk")
    return data.draw(st.sampled_from(list(found)))  # type: ignore[no-any-return]


LATE = {"late_reason": "The manager was away.", "late_accepted_by": "Hal Hart"}


def climb(machine: Any, data: Any) -> None:
    history = machine.history
    ladder.move_up(
        an_open_escalation(data), why="No answer", by=history.people.sam, at=history.now,
        contact="Their manager, 01632 960333", **LATE,
    )  # fmt: skip


def settle(machine: Any, data: Any) -> None:
    history = machine.history
    a_resolution(an_open_escalation(data), history.people, at=history.now)


def end_enquiry(machine: Any, data: Any) -> None:
    """With what was found; refused before its conference is recorded, or that none is required."""
    history = machine.history
    found = list(Enquiry.objects.filter(closed_at=None).order_by("pk"))
    ending = services.Ending("not_substantiated", ["PROV_OF_SERVICES_FLAG"], "Safe with her aunt.")
    services.close_enquiry(
        data.draw(st.sampled_from(found)), ending=ending, by=history.people.sam, at=history.now
    )


def pass_a_minute(machine: Any, data: Any) -> None:
    """The sweep runs."""
    sweep(machine.history.now)


def has(rows: Any) -> Callable[[History], bool]:
    return lambda history: rows().exists()


def open_actions() -> Any:
    return Action.objects.filter(status__in=OPEN, agreed_at__isnull=False)


def blocked_actions() -> Any:
    return Action.objects.filter(status=ActionStatus.BLOCKED)


def open_escalations() -> Any:
    return Escalation.objects.filter(status="open")


BETWEEN = [
    Move("leaves", lambda h: True, leave),
    Move("hands over", lambda h: True, lambda machine, data: leave(machine, data, closes=False)),
    Move("is away", lambda h: True, away),
    Move("is back", lambda h: ActingFor.objects.current(h.now).exists(), back),
    Move("does", has(open_actions), do),
    Move("is blocked", has(open_actions), block),
    Move("takes up", has(blocked_actions), take_up),
    Move("gets time", has(open_actions), more_time),
    Move("is chased", has(open_actions), chase),
    Move("is offered", has(open_actions), offer),
    Move("accepts", has(Reassignment.objects.waiting), accept),
    Move("declines", has(Reassignment.objects.waiting), decline),
    Move("is retired", has(lambda: Professional.objects.filter(is_active=True, user=None)), retire),
    Move("escalates", lambda h: h.request is not None, escalate),
    Move("climbs", has(open_escalations), climb),
    Move("settles", has(open_escalations), settle),
    Move("ends enquiry", has(lambda: Enquiry.objects.filter(closed_at=None)), end_enquiry),
    Move("sweep", lambda h: True, pass_a_minute),
]


ANSWERS = [move for move in BETWEEN if move.name in {"accepts", "declines", "climbs", "is back"}]
GOING = [move for move in BETWEEN if move.name in {"leaves", "hands over"}]


def note_crossing(before: datetime, now: datetime) -> None:
    """Count it when time passed a change of Britain's clocks, or went on while a deputy stood in."""
    hours = [local.utcoffset() for local in (before.astimezone(LONDON), now.astimezone(LONDON))]
    if hours[0] != hours[1]:
        crossed["clocks forward" if hours[1] else "clocks back"] += 1
    crossed["somebody away"] += ActingFor.objects.current(now).exists()


class Owners(Histories):
    """One case, and the people who come and go."""

    @initialize(
        slug=st.sampled_from(SLUGS), ago=st.integers(1, 4000), is_held=st.booleans(), begins=beginnings()
    )
    def begin(self, slug: str, ago: int, is_held: bool, begins: datetime | None) -> None:
        """A referral under one of the presets; in half of the histories a discussion is held at once."""
        self.history = History(cast(), slug, "referral", timedelta(minutes=ago), begins=begins)
        self.turns = 0
        self.trail.append(f"{slug} {ago} min {begins}")
        if is_held:
            self.hold_it()
        self.check()

    def hold_it(self) -> None:
        """As far as the procedure lets it: asked, booked, held with section 47 for a child, and agreed."""
        history, hour = self.history, timedelta(hours=1)
        try:
            with transaction.atomic():
                for step in (history.ask, history.submit, history.authorise):
                    step()
                history.book(Format.VIRTUAL, hour)
                history.now += hour
                history.start(history.now, quorate=True)
                history.decide(0, Outcome.SECTION_47_JOINT)
                history.now += hour
                history.close(history.now, full=True)
                tried["held at once"] += 1
        except Refused as refusal:
            self.trail.append(f"  not held: {refusal.sentence}")

    def compare(self) -> None:
        """After each move of the case something happens to its people; then all must have an owner."""
        self.check()

    @rule(data=st.data())
    def go_on(self, data: Any) -> None:
        """As in the histories, and between two moves what happens to people."""
        history, before = self.history, self.history.now
        history.now += data.draw(st.sampled_from(WAITS))
        note_crossing(before, history.now)
        moves = [move for move in (*MOVES, *BETWEEN) if move.is_open(history)]
        onward = [move for move in MOVES if move.onward and move.is_open(history)]
        if onward and data.draw(st.booleans()):
            moves = onward
        self.turns += 1
        waits = [move for move in ANSWERS if move.is_open(history)]
        if waits and data.draw(st.booleans()):
            moves = waits
        if self.turns % EVERY == 0:
            moves = GOING
        move = data.draw(st.sampled_from(moves))
        self.trail.append(f"{history.now:%d %b %H:%M} {move.name}")
        try:
            with transaction.atomic():
                move.act(self, data)
            tried[move.name] += 1
        except (Refused, MoveNotAllowed) as refusal:
            self.trail.append(f"  refused: {refusal.sentence}")
            tried[f"{move.name}, refused"] += 1
        self.check()

    def check(self) -> None:
        """Nothing that is open belongs to nobody."""
        found = nobodys()
        assert found == [], self.words("\n".join(found))


@pytest.mark.django_db
def test_nothing_open_is_ever_nobodys() -> None:
    """Run the machine."""
    tried.clear()
    crossed.clear()
    run_state_machine_as_test(
        Owners,
        settings=settings(
            max_examples=max(STEPS // A_HISTORY, 1),
            stateful_step_count=A_HISTORY,
            deadline=None,
            phases=(Phase.generate,),
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    print(f"{sum(tried.values())} steps: {dict(sorted(tried.items()))}; crossed {dict(crossed)}")
    assert sum(tried.values()) >= STEPS // 2
    assert any(tried[name] + tried[f"{name}, refused"] for name in ("leaves", "hands over"))
    if STEPS >= 1000:  # by chance a short run may cross none
        assert {"clocks forward", "clocks back", "somebody away"} == {*+crossed} and tried["leaves"]
