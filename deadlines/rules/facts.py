"""What is known of a case, as far as clocks care."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from deadlines.enums import Forensic, Trigger

MEETINGS = ("face_to_face", "virtual", "hybrid")
DISCUSSIONS = ("telephone", "telephone_conference", "series_of_calls")

# Every circumstance in the order of the table that decides between equal limits, as it reads in a sentence.
SAME_DAY = {
    "immediate_risk": "the child is at serious or immediate risk of harm or needs immediate protection",
    "serious_injury_or_neglect": "serious injury or serious neglect is alleged",
    "penetrative_sexual_abuse": "penetrative sexual abuse is alleged and forensic evidence {forensic}",
    "emergency_action": "emergency action has been or is being taken",
}
HOSPITAL = "in_hospital"
COMPLEX = {
    "organised_or_multiple_abuse": "organised or multiple abuse",
    "fabricated_or_induced_illness": "fabricated or induced illness",
    "position_of_trust": "an allegation against a person in a position of trust",
    "child_sexual_exploitation": "child sexual exploitation",
}
WITHOUT_LIMIT = ("cin_plan_not_meeting_needs", "exploitation_rated_high", "other", "missing_episode")
CIRCUMSTANCES = (*SAME_DAY, HOSPITAL, *COMPLEX, *WITHOUT_LIMIT)


@dataclass(frozen=True, slots=True)
class Held:
    """A discussion that took place. `place` is where it stands in the list it was told in."""

    started_at: datetime
    ended_at: datetime | None = None
    format: str = ""
    quorate_at: datetime | None = None
    initiated_s47: bool = False
    place: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """The moments and circumstances of a case, all moments with an offset.

    While no request was submitted `requested_at` is None: limits that start there are then provisional.
    `left_hospital_at` is the actual leaving; `agreed_at` an earlier moment set by the manager consulted,
    `assessment_agreed_on` a shorter date for this family's assessment.
    """

    trigger: Trigger
    triggered_at: datetime
    referral_received_at: datetime | None = None
    requested_at: datetime | None = None
    circumstances: frozenset[str] = frozenset()
    learned_at: Mapping[str, datetime] = field(default_factory=dict)
    forensic: Forensic = Forensic.UNKNOWN
    planned_discharge_at: datetime | None = None
    left_hospital_at: datetime | None = None
    agreed_at: datetime | None = None
    agreed_by: str = ""
    assessment_agreed_on: date | None = None
    discussions: tuple[Held, ...] = ()

    def start_of(self, circumstance: str) -> datetime:
        """When a circumstance's own limit begins: when it was learned, by default the trigger."""
        return self.learned_at.get(circumstance, self.triggered_at)

    @property
    def in_order(self) -> list[Held]:
        """The discussions by their start."""
        return sorted(self.discussions, key=lambda held: held.started_at)
