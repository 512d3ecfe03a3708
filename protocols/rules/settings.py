"""Every setting in which the five source documents differ (X1 to X18), typed, each with its clause."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Generic, TypeVar

from protocols.enums import (
    Circumstance,
    ClockStart,
    FollowUp,
    Format,
    QuorumRole,
    Recipients,
    RecordPart,
    RoleName,
    Severity,
    SignOff,
)
from protocols.rules.limits import Limit

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """One value of a protocol, where it comes from, and how strongly the source says it."""

    name: str
    value: T
    clause: str
    rows: tuple[str, ...]
    severity: Severity
    local_default: bool
    confirmed: bool
    origin: str

    @property
    def is_open_default(self) -> bool:
        """Whether the source leaves this open and the authority has not confirmed our value."""
        return self.local_default and not self.confirmed

    @property
    def source(self) -> str:
        """The citation to show: document and clause, or that it is a local default."""
        if self.is_open_default:
            return f"{self.origin} (local default: the source leaves it open)"
        return f"{self.origin}, {self.clause}" if self.clause else self.origin


@dataclass(frozen=True, slots=True)
class Starts:
    """Where each kind of convene limit begins (X2)."""

    routine: ClockStart
    same_day: ClockStart
    complex: ClockStart


@dataclass(frozen=True, slots=True)
class AgendaStep:
    """One step of the meeting, as data: steps are offered in order and nothing locks."""

    key: str
    title: str
    guidance: str
    clause: str


@dataclass(frozen=True, slots=True)
class LadderStage:
    """One rung of the escalation ladder; without a limit it stays open until answered.

    `form` is what the procedure wants filled in there; empty when it names none.
    """

    name: str
    from_role: str
    to_role: str
    limit: Limit | None
    form: str = ""


@dataclass(frozen=True, slots=True)
class Blocked:
    """A reason that alone is no ground for a strategy discussion, and where to go instead."""

    reason: Circumstance
    pathway: str


@dataclass(frozen=True, slots=True)
class Routing:
    """Which team distributes: by whether the authority was working with the family (B15)."""

    open_case: str
    not_open: str


@dataclass(frozen=True, slots=True)
class Statute:
    """Guidance the protocol cites, and what has superseded it."""

    title: str
    superseded_by: str


@dataclass(frozen=True, slots=True)
class ParentProcedure:
    """A procedure this one must be read with."""

    title: str
    url: str
    row: str


@dataclass(frozen=True, slots=True)
class Heading:
    """What a protocol is, apart from its settings."""

    slug: str
    title: str
    version: int
    source: str
    effective_from: date | None
    review_on: date | None
    statutes: tuple[Statute, ...]
    parents: tuple[ParentProcedure, ...]
    force: dict[str, Severity]


@dataclass(frozen=True, slots=True)
class Protocol:
    """A whole local procedure, validated; the comments name the conflict X1–X18 each setting settles."""

    heading: Heading
    routine_limit: Setting[Limit]  # X1
    routine_also_show: Setting[Limit | None]  # X1
    clock_start: Setting[Starts]  # X2
    trigger_meaning: Setting[str]  # X2
    quorum_roles: Setting[tuple[QuorumRole, ...]]  # X3
    quorum_distinct: Setting[bool]  # X3
    chair_roles: Setting[tuple[RoleName, ...]]  # X4
    minute_opener_roles: Setting[tuple[RoleName, ...]]  # X4
    prefill_record: Setting[bool]
    allowed_formats: Setting[tuple[Format, ...]]  # X5
    discussion_reasons: Setting[tuple[Circumstance, ...]]  # X5, empty means any
    telephone_urgent_only: Setting[bool]  # X5
    direct_numbers_required: Setting[bool]  # X5
    meeting_only_types: Setting[tuple[Circumstance, ...]]  # X6
    multi_agency_meeting: Setting[bool]  # X6
    complex_limit: Setting[Limit | None]  # X7
    complex_types: Setting[tuple[Circumstance, ...]]  # X8
    followup_rule: Setting[FollowUp]  # X9
    followup_limit: Setting[Limit | None]  # X9
    reviews_need_new_information: Setting[bool]  # X9
    request_authoriser_roles: Setting[tuple[RoleName, ...]]  # X10
    signoff: Setting[tuple[SignOff, ...]]  # X11
    distribution_limit: Setting[Limit]  # X12
    recipients: Setting[Recipients]  # X12
    routing: Setting[Routing | None]  # X12
    child_seen_limit: Setting[Limit | None]  # X13
    laming_required: Setting[bool]  # X13
    required_record: Setting[tuple[RecordPart, ...]]  # X13
    agenda: Setting[tuple[AgendaStep, ...]]
    referrer_first: Setting[bool]
    same_day_rule: Setting[bool]  # X14
    emergency_rule: Setting[bool]  # X14
    hospital_rule: Setting[bool]  # X14
    immediate_protection_limit: Setting[Limit]
    immediate_protection_role: Setting[RoleName]
    blocked_reasons: Setting[tuple[Blocked, ...]]  # X15
    screening_required: Setting[tuple[Circumstance, ...]]  # X15
    high_rating_prompts: Setting[bool]  # X15
    external_system: Setting[str]  # X16
    escalation_stages: Setting[tuple[LadderStage, ...]]  # X17
    partners_may_escalate: Setting[bool]  # X17
    icpc_limit: Setting[Limit]
    assessment_limit: Setting[Limit]
    authorise_limit: Setting[Limit]
    authorise_limit_same_day: Setting[Limit]
    information_lead: Setting[Limit]
    agree_record_percent: Setting[int]
    chair_check_percent: Setting[int]
    police_protection_limit: Setting[Limit]
    undecided_limit: Setting[Limit]
    countersign_limit: Setting[Limit]
    night_handover_at: Setting[time]

    @property
    def slug(self) -> str:
        """The protocol's short name."""
        return self.heading.slug

    @property
    def version(self) -> int:
        """The version, counted from 1."""
        return self.heading.version

    def severity_of(self, row: str) -> Severity:
        """How strongly the source says a row ("W13"), X18; information when it says nothing."""
        return self.heading.force.get(row, Severity.INFO)

    def is_meeting_only(self, circumstances: frozenset[Circumstance]) -> bool:
        """Whether any of these concerns may not be dealt with by telephone (X6)."""
        return bool(circumstances & set(self.meeting_only_types.value))
