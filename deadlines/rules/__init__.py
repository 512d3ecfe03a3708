"""The pure rules of clocks: facts, protocol, calendar and now go in; clocks with reasons come out."""

from deadlines.rules.answers import Answer, Candidate, standing
from deadlines.rules.convene import candidates, convene, first_quorum, immediate_protection
from deadlines.rules.duties import (
    answers,
    assessment,
    by_limit,
    by_moment,
    child_seen,
    circulate_minutes,
    follow_up_meeting,
    icpc,
)
from deadlines.rules.facts import Facts, Held

__all__ = [
    "Answer",
    "Candidate",
    "Facts",
    "Held",
    "answers",
    "assessment",
    "by_limit",
    "by_moment",
    "candidates",
    "child_seen",
    "circulate_minutes",
    "convene",
    "first_quorum",
    "follow_up_meeting",
    "icpc",
    "immediate_protection",
    "standing",
]
