"""What an entry of the ledger says beside its title."""

from typing import Any

import pytest

from audit import events
from worklist.told import said


@pytest.mark.parametrize(
    ("event", "data", "words"),
    [
        (
            "decision.made",
            {"outcome": "section_47_joint", "was": ""},
            "Section 47 enquiry, joint with the police",
        ),
        (
            "decision.put_right",
            {"outcome": "section_47_single", "was": "section_47_joint", "reason": "Typed wrongly"},
            "Section 47 enquiry by social care alone. Before: Section 47 enquiry, joint with the police. "
            "Typed wrongly",
        ),
        ("invitation.replied", {"reply": "coming", "how": "By link"}, "Coming. By link"),
        ("child.seen", {"how": "spoken", "alone": "yes"}, "Seen and spoken to. Alone: yes"),
        ("child.seen", {}, ""),
        (
            "discussion.closed",
            {"quorate": False, "missing_at_close": ["Police"]},
            "Not quorate. Missing at the end: Police",
        ),
        ("minutes.circulated", {"version": 2, "copies": 1}, "Version 2. 1 copy"),
        ("escalation.moved_up", {"from": 1, "to": 2}, "From rung 1 to rung 2"),
        ("case.handed_over", {"why": "Sam is away."}, "Sam is away."),
        ("decision.made", {"outcome": "no_longer_a_choice"}, "no_longer_a_choice"),
        (
            "deadline.met",
            {"duty": "gone", "due": "2026-07-07T10:00:00+00:00"},
            "gone, due Tuesday 7 July 2026 at 11am",
        ),
        ("minutes.section_saved", {"cell": "information/voice", "characters": 46, "version": 1}, ""),
    ],
)
def test_its_codes_numbers_moments_and_reasons_are_told_in_words(
    event: str, data: dict[str, Any], words: str
) -> None:
    assert said(event, data) == words


@pytest.mark.parametrize("event", events.names())
def test_an_older_entry_without_facts_says_nothing_and_does_not_fail(event: str) -> None:
    assert said(event, {}) == ""
