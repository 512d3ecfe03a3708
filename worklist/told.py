"""What an entry of the ledger says beside its title: its codes, numbers, moments and reasons, in words.

The ledger keeps no content, so neither does a chronology: what was written is read where an entry leads to.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from attendees.enums import CallOutcome, InformationStatus, Marking, Mode, Reply, SignatureMethod
from cases.enums import AccessPurpose
from deadlines.duties import DUTIES
from escalations.enums import Cause
from govuk.moments import long_date, moment
from minutes.enums import Answer, FamilyIsTold, Forum, LawfulBasis, Settled, Way
from referrals.enums import AbuseType, CircumstanceKind
from strategy import enums as strategy
from strategy.rules.enquiries import in_words as finding_in_words

Word = Callable[[Any], str]
REASONS = ("late_reason", "reason", "why")  # typed by whoever acted, and kept because they had to be given


def said(event: str, data: dict[str, Any]) -> str:
    """What an entry of this event says in words, "" where its title says all; never fails on an older one."""
    of_kind = (told for begin, told in _OF_KIND if event.startswith(begin))
    told = _OF_EVENT.get(event) or next(of_kind, _nothing)
    reasons = (str(data.get(name, "")) for name in REASONS)
    return (": " if event.startswith(("action.", "clock.")) else ". ").join(
        filter(None, [*told(data), *reasons])
    )


def _nothing(_: dict[str, Any]) -> Iterable[str]:
    return ()


def _label(choices: Any) -> Word:
    """The words of a code; one that is no longer a choice is shown as it stands."""
    return lambda code: str(choices(code).label) if code in choices.values else str(code)


def _when(told: str) -> str:
    return moment(datetime.fromisoformat(told))


def _day(told: str) -> str:
    return long_date(date.fromisoformat(told))


def _facts(**words: Word) -> Callable[[dict[str, Any]], list[str]]:
    """Of each fact that the entry has, its words, in this order."""
    return lambda data: [word(data[name]) for name, word in words.items() if data.get(name) not in (None, "")]


def _moved(data: dict[str, Any]) -> str:
    told = [_when(data[name]) for name in ("was", "due") if isinstance(data.get(name), str)]
    return f"from {told[0]} to {told[1]}" if len(told) == 2 else ""


def _of_action(data: dict[str, Any]) -> list[str]:
    """Which action, and to when it was moved or which meeting reviews it."""
    if not isinstance(data.get("number"), int):
        return []
    review = f"{Forum(data['forum']).label}, {_day(data['on'])}" if "on" in data and "forum" in data else ""
    return [": ".join(filter(None, (f"Action {data['number']}", _moved(data), review)))]


def _of_enquiry(data: dict[str, Any]) -> list[str]:
    made = {"yes": "a plan was made", "no": "no plan was made"}.get(data.get("plan", ""), "")
    held = ", ".join(filter(None, [f"Held {_day(data['held_on'])}", made])) if "held_on" in data else ""
    planned = f"Now planned for {_day(data['planned_on'])}" if "planned_on" in data else ""
    kind = _label(strategy.EnquiryKind)(data["now"]) if data.get("now") else ""
    return [held, planned, kind, finding_in_words(data.get("finding", ""), data.get("outcomes", ()))]


def _of_decision(data: dict[str, Any]) -> list[str]:
    word = _label(strategy.Outcome)
    now, was = data.get("outcome", ""), data.get("was", "")
    return [word(now) if now else "", f"Before: {word(was)}" if was and was != now else ""]


def _of_clock(data: dict[str, Any]) -> list[str]:
    if "duty" not in data:
        return []
    due = f"due {_when(data['due'])}" if isinstance(data.get("due"), str) else ""
    title = DUTIES[data["duty"]].title if data["duty"] in DUTIES else str(data["duty"])
    return [", ".join(filter(None, (title, due, "late" if data.get("late") else "")))]


def _of_close(data: dict[str, Any]) -> list[str]:
    missing = ", ".join(data.get("missing_at_close", ()))
    quorate = {True: "Quorate", False: "Not quorate"}.get(data.get("quorate", ""), "")
    return [quorate, f"Missing at the end: {missing}" if missing else ""]


def _of_rung(data: dict[str, Any]) -> list[str]:
    rung = f"Rung {data['rung']}" if "rung" in data else ""
    moved = f"From rung {data['from']} to rung {data['to']}" if "from" in data and "to" in data else ""
    cause = _label(Cause)(data["cause"]) if data.get("cause") else ""
    return [cause, rung, moved]


def _of_version(data: dict[str, Any]) -> list[str]:
    copies = data.get("copies")
    words = [f"Version {data['version']}" if "version" in data else ""]
    words.append(f"{copies} cop{'y' if copies == 1 else 'ies'}" if isinstance(copies, int) else "")
    words.append(_label(LawfulBasis)(data["lawful_basis"]) if data.get("lawful_basis") else "")
    words.append(" ".join(str(data[name]) for name in ("system", "reference") if data.get(name)))
    return words


def _feared(kinds: Iterable[str]) -> str:
    return ", ".join(map(_label(AbuseType), kinds))


def _alone(code: str) -> str:
    return f"Alone: {_label(strategy.SeenAlone)(code).lower()}"


_ANSWER = _facts(status=_label(InformationStatus), how=str)
_REPLY = _facts(reply=_label(Reply), how=str)
_CIRCUMSTANCE = _facts(circumstance=_label(CircumstanceKind))
_OF_EVENT: dict[str, Callable[[dict[str, Any]], Iterable[str]]] = {
    "action_log.signed": _facts(method=_label(SignatureMethod)),
    "agreement.answered": _facts(answer=_label(Answer)),
    "agreement.recorded": _facts(answer=_label(Answer)),
    "assessment.date_agreed": _facts(due_on=_day),
    "assessment.decided": _facts(outcome=_label(strategy.AssessmentOutcome)),
    "attendance.put_right": _facts(mode=_label(Mode)),
    "call.recorded": _facts(outcome=_label(CallOutcome)),
    "case.access_granted": _facts(purpose=_label(AccessPurpose)),
    "child.seen": _facts(how=_label(strategy.SeenHow), alone=_alone),
    "clock.not_needed": _of_clock,
    "discussion.booked": _facts(start=_when, format=_label(strategy.Format)),
    "discussion.closed": _of_close,
    "discussion.rescheduled": _facts(was=lambda at: f"From {_when(at)}", start=lambda at: f"To {_when(at)}"),
    "information.answered": _ANSWER,
    "information.recorded": _ANSWER,
    "invitation.replied": _REPLY,
    "invitation.reply_recorded": _REPLY,
    "minutes.section_marked": _facts(marking=_label(Marking)),
    "minutes.section_saved": _nothing,  # which version of one passage is of no use to a reader
    "power.ended": _facts(how=_label(strategy.PowerEnd)),
    "power.extended": _facts(expires=lambda at: f"Until {_when(at)}"),
    "power.recorded": _facts(kind=_label(strategy.PowerKind), expires=lambda at: f"Until {_when(at)}"),
    "referral.circumstance_changed": _CIRCUMSTANCE,
    "referral.circumstance_ticked": _CIRCUMSTANCE,
    "referral.circumstance_unticked": _CIRCUMSTANCE,
    "referral.concerns_told": _facts(feared=_feared),
    "sharing.decided": _facts(told=_label(FamilyIsTold)),
}
_OF_KIND: tuple[tuple[str, Callable[[dict[str, Any]], Iterable[str]]], ...] = (
    ("action.", _of_action),
    ("copy.", _facts(way=_label(Way))),
    ("deadline.", _of_clock),
    ("decision.", _of_decision),
    ("dissent.", _facts(settled=_label(Settled))),
    ("enquiry.", _of_enquiry),
    ("escalation.", _of_rung),
    ("minutes.", _of_version),
)
