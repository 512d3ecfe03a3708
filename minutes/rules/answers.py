"""What is asked beside a decision: plan, medical, the child's freedom to speak (H13, C31, G08). Pure."""

from collections.abc import Mapping
from enum import StrEnum

from protocols.enums import RecordPart, Severity
from protocols.rules.settings import Protocol

DEFERRED = "deferred"
NEEDED = "Must be there before these minutes can be authorised"
WANTED = "Should be there when these minutes are authorised"


class Answer(StrEnum):
    """Each of them, by the name of its field; the value is what a list of what is missing says."""

    PLAN = "plan"
    MEDICAL = "medical"
    UNDER_PRESSURE = "under_pressure"

    @property
    def words(self) -> str:
        """What is still to be said."""
        return WORDS[self]


WORDS = {
    Answer.PLAN: "which plan takes the risks over",
    Answer.MEDICAL: "whether a medical assessment is needed",
    Answer.UNDER_PRESSURE: "whether somebody keeps the child from speaking freely",
}
PARTS = {
    RecordPart.PLAN: Answer.PLAN,
    RecordPart.MEDICAL: Answer.MEDICAL,
    RecordPart.CHILD_VOICE: Answer.UNDER_PRESSURE,
}


def needed(protocol: Protocol) -> frozenset[Answer]:
    """The answers without which the local procedure does not let the minutes be authorised."""
    asked = protocol.required_record
    if asked.severity != Severity.BLOCK:
        return frozenset()
    return frozenset(answer for part, answer in PARTS.items() if part in asked.value)


def is_asked(answer: Answer, *, unborn: bool, outcome: str = "") -> bool:
    """Nobody examines or silences a child who is not born; what is put off needs no plan yet."""
    return outcome != DEFERRED if answer == Answer.PLAN else not unborn


def lacking(
    asked: frozenset[Answer], given: Mapping[str, str], *, unborn: bool, outcome: str
) -> list[Answer]:
    """Which of those asked are not answered for this child, in the order of the form."""
    return [
        answer
        for answer in Answer
        if answer in asked and is_asked(answer, unborn=unborn, outcome=outcome) and not given.get(answer)
    ]
