"""A referral with everything that its clocks depend on, and the facts as the rules want them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate

from audit.errors import Refused
from cases.models import Case, Child
from deadlines.enums import ClockState, Duty
from deadlines.enums import Forensic as ForensicFact
from deadlines.enums import Trigger as TriggerFact
from deadlines.models import Deadline
from deadlines.rules import Facts, Held
from protocols.models import LocalProtocol
from protocols.rules.settings import Protocol
from referrals.enums import CircumstanceKind
from referrals.models import Circumstance, Referral
from strategy.enums import DiscussionStatus, Status
from strategy.models import AssessmentDate, AssessmentDecision, Discussion, Enquiry, StrategyRequest

ENDED = (Status.WITHDRAWN, Status.NOT_NEEDED)


@dataclass(frozen=True)
class Picture:
    """A referral with everything of it that a clock depends on, read once."""

    referral: Referral
    requests: list[StrategyRequest]
    discussions: list[Discussion]
    circumstances: list[Circumstance]
    initiating: frozenset[int]
    protocol: Protocol
    clocks: list[Deadline]
    assessed_at: datetime | None = None
    assessment_agreed_on: date | None = None

    @property
    def case(self) -> Case:
        """The case, as it was read with the requests."""
        return self.requests[0].case if self.requests else self.referral.case

    @property
    def subject(self) -> str:
        """How clocks point at the referral."""
        return f"referral:{self.referral.pk}"

    def of(self, subject: str, duty: str) -> list[Deadline]:
        """The clocks of one thing and duty as they were when this was read, the latest first."""
        return [one for one in self.clocks if one.subject == subject and one.duty == duty]

    def running(self, subject: str, duty: str) -> Deadline | None:
        """The clock of one thing and duty that runs."""
        return next((one for one in self.of(subject, duty) if one.state == ClockState.RUNNING), None)

    def last(self, subject: str, duty: str) -> Deadline | None:
        """The latest clock of one thing and duty, running or not."""
        return next(iter(self.of(subject, duty)), None)

    def stopped(self, subject: str, duty: str) -> list[Deadline]:
        """Those that were met or voided."""
        return [one for one in self.of(subject, duty) if one.state != ClockState.RUNNING]

    @property
    def latest(self) -> StrategyRequest | None:
        """The request that counts now."""
        live = [one for one in self.requests if one.status not in ENDED]
        return live[-1] if live else None

    @property
    def none_needed(self) -> str:
        """Why a manager decided that nothing need be discussed; empty while nobody did."""
        refused = [one for one in self.requests if one.status == Status.NOT_NEEDED]
        if refused:
            return f"No discussion is needed: {refused[-1].not_needed.rationale}"
        convene = next(iter(self.of(self.subject, Duty.CONVENE)), None)
        return convene.void_reason if convene is not None and convene.state == ClockState.VOID else ""


def protocol_for(
    referral: Referral, at: datetime, requests: Sequence[StrategyRequest] | None = None
) -> LocalProtocol:
    """The procedure of the referral's first request, else the one in force. Raises Refused if none."""
    asked = referral.requests.order_by("pk").select_related("protocol")[:1] if requests is None else requests
    first = next(iter(asked), None)
    found = first.protocol if first else LocalProtocol.objects.in_force(localdate(at))
    if found is None:
        raise Refused(None, "No local procedure is in force. Ask your administrator to publish one.")
    return found


def look(referral: Referral, at: datetime) -> Picture:
    """Read everything of a referral that its clocks depend on."""
    requests = list(
        referral.requests.select_related("requester", "carried_by", "case__team", "protocol").order_by("pk")
    )
    discussions = list(
        Discussion.objects.filter(request__in=requests)
        .exclude(status=DiscussionStatus.CANCELLED)
        .order_by("number")
    )
    decided = AssessmentDecision.objects.filter(referral=referral)
    agreed = AssessmentDate.objects.filter(referral=referral).order_by("-pk")
    initiating = Enquiry.objects.filter(discussion__in=discussions).values_list("discussion_id", flat=True)
    return Picture(
        referral=referral,
        requests=requests,
        discussions=discussions,
        circumstances=list(referral.circumstances.all()),
        initiating=frozenset(initiating),
        protocol=protocol_for(referral, at, requests).rules,
        clocks=list(Deadline.objects.filter(case=referral.case_id).order_by("-pk")),
        assessed_at=decided.values_list("at", flat=True).first(),
        assessment_agreed_on=agreed.values_list("due_on", flat=True).first(),
    )


def facts_of(picture: Picture) -> Facts:
    """The facts as the rules want them."""
    submitted = [one.submitted_at for one in picture.requests if one.submitted_at]
    held = tuple(
        Held(
            started_at=one.started_at,
            ended_at=one.ended_at,
            format=one.format,
            quorate_at=one.quorate_at,
            initiated_s47=one.pk in picture.initiating,
            place=place,
        )
        for place, one in enumerate(picture.discussions)
        if one.started_at is not None
    )
    facts = read_facts(picture.referral, picture.circumstances, min(submitted, default=None), held)
    return replace(facts, assessment_agreed_on=picture.assessment_agreed_on)


def read_facts(
    referral: Referral,
    circumstances: Iterable[Any],
    requested_at: datetime | None = None,
    held: tuple[Held, ...] = (),
) -> Facts:
    """Facts of a referral with these circumstances, stored or only being typed."""
    known = {one.kind: one for one in circumstances}
    sexual = known.get(CircumstanceKind.PENETRATIVE_SEXUAL_ABUSE)
    hospital = known.get(CircumstanceKind.IN_HOSPITAL)
    other = known.get(CircumstanceKind.OTHER)
    return Facts(
        trigger=TriggerFact(referral.trigger),
        triggered_at=referral.triggered_at,
        referral_received_at=referral.received_at,
        requested_at=requested_at,
        circumstances=frozenset(known),
        learned_at={kind: one.learned_at for kind, one in known.items() if one.learned_at},
        forensic=ForensicFact((sexual and sexual.forensic_needed) or "unknown"),
        planned_discharge_at=hospital.planned_discharge_at if hospital else None,
        left_hospital_at=hospital.left_hospital_at if hospital else None,
        agreed_at=other.earlier_limit_at if other else None,
        agreed_by=other.consulted if other else "",
        discussions=held,
    )


def children_of(picture: Picture) -> list[Child]:
    """The born children it is about: those its requests name, else those with concerns, else all."""
    asked = Child.objects.filter(requests__in=picture.requests).distinct()
    feared = Child.objects.filter(concerns__referral=picture.referral).distinct()
    found = list(asked) or list(feared) or list(Child.objects.filter(case=picture.case))
    return [child for child in found if not child.is_unborn]
