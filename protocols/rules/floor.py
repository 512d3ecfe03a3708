"""What no local procedure may weaken, and which settings must agree with each other."""

from __future__ import annotations

from protocols.enums import (
    COMPLEX_CIRCUMSTANCES,
    MEETING_FORMATS,
    FollowUp,
    QuorumRole,
    RecordPart,
    SignOff,
    Unit,
)
from protocols.rules.limits import Limit, is_no_weaker, working_days
from protocols.rules.problems import ProtocolProblem
from protocols.rules.settings import Protocol

STATUTORY_QUORUM = (QuorumRole.SOCIAL_WORKER, QuorumRole.POLICE, QuorumRole.HEALTH)
ICPC_FLOOR = working_days(15)
ASSESSMENT_FLOOR = working_days(45)


def check_floor(protocol: Protocol) -> None:
    """Refuse what is weaker than the national floor, naming the clause; raises `ProtocolProblem`."""
    missing = [role.replace("_", " ") for role in STATUTORY_QUORUM if role not in protocol.quorum_roles.value]
    if missing:
        raise _weak(
            "quorum_roles",
            f"The quorum leaves out {' and '.join(missing)}; a social worker, a health practitioner and the "
            "police are the minimum (Working Together to Safeguard Children, chapter 1, attendees).",
        )
    if not is_no_weaker(protocol.icpc_limit.value, ICPC_FLOOR):
        raise _weak(
            "icpc_limit",
            f"{_said(protocol.icpc_limit.value)} is weaker than 15 working days: the child protection "
            "conference is held within 15 working days of the discussion that initiated section 47 enquiries "
            "(Working Together to Safeguard Children, chapter 1).",
        )
    if not is_no_weaker(protocol.assessment_limit.value, ASSESSMENT_FLOOR):
        raise _weak(
            "assessment_limit",
            f"{_said(protocol.assessment_limit.value)} is weaker than 45 working days: an assessment takes "
            "no longer than 45 working days from the referral "
            "(Working Together to Safeguard Children, chapter 1).",
        )
    if RecordPart.RATIONALE not in protocol.required_record.value:
        raise _weak(
            "required_record",
            "The record must hold the rationale of each decision "
            "(Working Together to Safeguard Children, chapter 1, strategy discussion tasks).",
        )


COUNTED = (
    "routine_limit", "distribution_limit", "immediate_protection_limit", "undecided_limit",
    "countersign_limit",
)  # fmt: skip


def check_together(protocol: Protocol) -> None:
    """Refuse settings that contradict each other or leave a rule without its number."""
    for name in COUNTED:
        _countable(name, getattr(protocol, name).value)
    for name in ("complex_limit", "followup_limit", "child_seen_limit", "routine_also_show"):
        _countable(name, getattr(protocol, name).value)
    if protocol.complex_types.value and protocol.complex_limit.value is None:
        raise _weak(
            "complex_limit",
            "Complex types are named but no limit for them (row H05): give one, even if local.",
        )
    stray = [kind for kind in protocol.complex_types.value if kind not in COMPLEX_CIRCUMSTANCES]
    if stray:
        raise _weak(
            "complex_types", f"{stray[0]} cannot be a complex type; {', '.join(COMPLEX_CIRCUMSTANCES)} can."
        )
    if protocol.followup_rule.value != FollowUp.OFF and protocol.followup_limit.value is None:
        raise _weak("followup_limit", "A follow-up meeting is asked for without saying by when (row W14).")
    if not protocol.signoff.value or protocol.signoff.value[-1] != SignOff.CHAIR_AUTHORISE:
        raise _weak(
            "signoff", "Sign-off always ends with the chair's authorisation: chair_authorise must come last."
        )
    if not MEETING_FORMATS & set(protocol.allowed_formats.value):
        raise _weak("allowed_formats", "At least one kind of meeting must be allowed (row C03).")
    for name in ("chair_roles", "minute_opener_roles", "escalation_stages", "agenda"):
        if not getattr(protocol, name).value:
            raise _weak(name, f"{name} must name at least one.")


def _countable(name: str, limit: Limit | None) -> None:
    if limit is not None and limit.unit == Unit.BEFORE:
        raise _weak(name, f"{name}: {limit} waits for an event; this clock needs hours or days.")


def _said(limit: Limit) -> str:
    return limit.in_words[0].upper() + limit.in_words[1:]


def _weak(name: str, sentence: str) -> ProtocolProblem:
    return ProtocolProblem(f"settings.{name}", sentence)
