"""A protocol’s settings as a person says them: what each asks, its value, what a version changes. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from typing import Any

from protocols.enums import ClockStart
from protocols.rules.limits import Limit
from protocols.rules.reading import SETTINGS
from protocols.rules.settings import AgendaStep, Blocked, LadderStage, Protocol, Routing, Starts

ASKS = {
    "routine_limit": "How soon must a discussion be held when no circumstance asks for less?",
    "routine_also_show": "Which other reading of the routine limit is shown beside it?",
    "clock_start": "Where does each limit begin?",
    "trigger_meaning": "What counts as the trigger?",
    "quorum_roles": "Who must take part for the discussion to count?",
    "quorum_distinct": "Must they be different people?",
    "chair_roles": "Who may chair?",
    "minute_opener_roles": "Who may open the record?",
    "prefill_record": "Is the record filled with the request and the agencies’ information?",
    "allowed_formats": "How may it be held?",
    "discussion_reasons": "For which reasons may it be something less than a meeting?",
    "telephone_urgent_only": "Is the telephone for urgent matters only?",
    "direct_numbers_required": "Does a telephone discussion need everybody’s direct number?",
    "meeting_only_types": "Which concerns need a meeting?",
    "multi_agency_meeting": "Does planning by several agencies need a meeting?",
    "complex_limit": "How soon must a complex matter be discussed?",
    "complex_types": "What is complex?",
    "followup_rule": "Must a meeting follow a discussion that was not one?",
    "followup_limit": "By when?",
    "reviews_need_new_information": "Does a further discussion need new information?",
    "request_authoriser_roles": "Who may authorise a request?",
    "signoff": "How is the record agreed?",
    "distribution_limit": "How soon must the minutes reach the last recipient?",
    "recipients": "Who receives the minutes?",
    "routing": "Which team circulates them?",
    "child_seen_limit": "How soon must the child be seen and spoken to?",
    "laming_required": "Must it be arranged who sees child, carers and home?",
    "required_record": "What must the record hold before it is authorised?",
    "agenda": "Which steps does the meeting have?",
    "referrer_first": "Does the referring agency speak first?",
    "same_day_rule": "Are the gravest concerns discussed on the same day?",
    "emergency_rule": "Is it the same day when emergency action is taken?",
    "hospital_rule": "Must a child in hospital be discussed there, before leaving?",
    "immediate_protection_limit": "How soon is immediate protection decided?",
    "immediate_protection_role": "Who decides it with the police?",
    "blocked_reasons": "Which reason alone is dealt with elsewhere?",
    "screening_required": "Which concerns need the exploitation screening tool?",
    "high_rating_prompts": "Does a HIGH rating ask for a discussion?",
    "external_system": "What is the case system called?",
    "escalation_stages": "What are the rungs of the escalation ladder?",
    "partners_may_escalate": "May partners escalate?",
    "icpc_limit": "How soon is the child protection conference held?",
    "assessment_limit": "How soon does the assessment reach its decision?",
    "authorise_limit": "How soon is a request answered?",
    "authorise_limit_same_day": "And when the discussion is due the same day?",
    "information_lead": "How long before the start is information wanted?",
    "agree_record_percent": "What share of the time for circulating is there to agree the record?",
    "chair_check_percent": "What share of it has the chair’s check?",
    "police_protection_limit": "How long does police protection last?",
    "undecided_limit": "How long may a child of the family stay without a decision?",
    "countersign_limit": "How soon does a manager countersign an authorisation given by word of mouth?",
    "night_handover_at": "By which hour of the next working day does emergency duty hand over?",
}
# The conflicts between the sources (X18 is the force of each row), and the settings that settle each.
CONFLICTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "X1": ("The routine limit", ("routine_limit", "routine_also_show")),
    "X2": ("Where the clock starts", ("clock_start", "trigger_meaning")),
    "X3": ("Quorum", ("quorum_roles", "quorum_distinct")),
    "X4": ("Chair and record", ("chair_roles", "minute_opener_roles", "prefill_record")),
    "X5": (
        "Formats",
        ("allowed_formats", "discussion_reasons", "telephone_urgent_only", "direct_numbers_required"),
    ),
    "X6": ("What needs a meeting", ("meeting_only_types", "multi_agency_meeting")),
    "X7": ("The complex limit", ("complex_limit",)),
    "X8": ("What is complex", ("complex_types",)),
    "X9": ("Follow-up", ("followup_rule", "followup_limit", "reviews_need_new_information")),
    "X10": (
        "Authorising a request",
        ("request_authoriser_roles", "authorise_limit", "authorise_limit_same_day", "countersign_limit"),
    ),
    "X11": ("Sign-off", ("signoff", "agree_record_percent", "chair_check_percent")),
    "X12": ("Distribution", ("distribution_limit", "recipients", "routing")),
    "X13": (
        "The child seen, and what the record holds",
        ("child_seen_limit", "laming_required", "required_record", "agenda", "referrer_first"),
    ),
    "X14": (
        "What cannot wait",
        (
            "same_day_rule",
            "emergency_rule",
            "hospital_rule",
            "immediate_protection_limit",
            "immediate_protection_role",
            "police_protection_limit",
        ),
    ),
    "X15": (
        "Missing and exploited children",
        ("blocked_reasons", "screening_required", "high_rating_prompts"),
    ),
    "X16": ("System of record", ("external_system",)),
    "X17": ("Escalation", ("escalation_stages", "partners_may_escalate")),
    "Law": (
        "National limits and inner clocks",
        ("icpc_limit", "assessment_limit", "information_lead", "undecided_limit", "night_handover_at"),
    ),
}
# How a change begins: "The routine limit becomes …"; what is not here is told by its question.
NAMES = {
    "routine_limit": "The routine limit",
    "complex_limit": "The complex limit",
    "followup_limit": "The limit for a follow-up meeting",
    "distribution_limit": "The limit for circulating the minutes",
    "child_seen_limit": "The limit for seeing the child",
    "immediate_protection_limit": "The limit for deciding immediate protection",
    "icpc_limit": "The limit for the child protection conference",
    "assessment_limit": "The limit for the assessment",
    "authorise_limit": "The limit for authorising a request",
    "authorise_limit_same_day": "The limit for authorising a same-day request",
    "information_lead": "The time before the start when agencies’ information is due",
    "undecided_limit": "The limit for a child without a decision",
    "countersign_limit": "The limit for countersigning",
    "night_handover_at": "The hour of the hand-over from emergency duty",
    "police_protection_limit": "The length of police protection",
    "external_system": "The case system",
}
STARTS = {ClockStart.TRIGGER: "from the trigger", ClockStart.REQUEST: "from the request"}


def in_words(value: Any) -> str:
    """A setting’s value as a person says it."""
    if value is None or value == "" or value == ():
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return "; ".join(in_words(one) for one in value)
    return " ".join(_words(value))


def _words(value: Any) -> Iterator[str]:
    match value:
        case Limit():
            yield value.in_words
        case Starts():
            yield f"routine: {value.routine}; same day: {value.same_day}; complex: {value.complex}"
        case AgendaStep():
            yield value.title
        case LadderStage():
            yield value.name + (f" ({value.limit.in_words})" if value.limit else " (no limit)")
        case Blocked():
            yield f"{in_words(value.reason)}: {value.pathway}"
        case Routing():
            yield f"known to social care: {value.open_case}; not: {value.not_open}"
        case time():
            yield f"{value:%H:%M}"
        case int():
            yield f"{value} per cent"
        case _:
            yield str(value).replace("_", " ")


@dataclass(frozen=True, slots=True)
class Change:
    """One setting that differs between two versions, in a sentence."""

    name: str
    sentence: str


def changes(old: Protocol, new: Protocol) -> list[Change]:
    """What `new` changes of `old`, in the order of the settings; empty when they say the same."""
    found = []
    for name in SETTINGS:
        sentence = _change(name, old, new)
        if sentence:
            found.append(Change(name, sentence))
    return found


def routine_in_words(protocol: Protocol) -> str:
    """The routine limit with where it starts: "3 calendar days from the request"."""
    return f"{protocol.routine_limit.value.in_words} {STARTS[protocol.clock_start.value.routine]}"


def _change(name: str, old: Protocol, new: Protocol) -> str:
    before, after = getattr(old, name).value, getattr(new, name).value
    if name == "routine_limit":
        was, becomes = routine_in_words(old), routine_in_words(new)
        return f"{NAMES[name]} becomes {becomes}; it was {was}." if was != becomes else ""
    if name == "clock_start":
        before, after = (before.same_day, before.complex), (after.same_day, after.complex)
        told = "Same-day or complex matters now begin elsewhere than before."
        return told if before != after else ""
    if before == after:
        return ""
    if name in NAMES:
        return _of_limit(NAMES[name], before, after)
    if isinstance(after, tuple):
        return _of_list(name, before, after)
    return f"{_asked(name)} {in_words(after).capitalize()}; it was {in_words(before)}."


def _of_limit(noun: str, before: Any, after: Any) -> str:
    if not after:
        return f"{noun} is switched off; it was {in_words(before)}."
    if not before:
        return f"{noun} becomes {in_words(after)}; there was none."
    return f"{noun} becomes {in_words(after)}; it was {in_words(before)}."


def _of_list(name: str, before: tuple[Any, ...], after: tuple[Any, ...]) -> str:
    added = [in_words(one) for one in after if one not in before]
    gone = [in_words(one) for one in before if one not in after]
    told = []
    if added:
        told.append(f"now also {', '.join(added)}")
    if gone:
        told.append(f"no longer {', '.join(gone)}")
    if not told:
        told.append(f"now in this order: {in_words(after)}")
    said = "; ".join(told)
    return f"{_asked(name)} {said[0].upper()}{said[1:]}."


def _asked(name: str) -> str:
    return ASKS[name]
