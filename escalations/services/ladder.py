"""Raising an escalation, answering it, moving it up, resolving and withdrawing it (rows W39, G16 to G18, H14,
H15). A disagreement never pauses a safeguarding clock: nothing here touches any clock but the rung's own."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import Agency
from attendees.models import Professional
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, Taken, refuse
from audit.refs import by_ref
from cases.models import Case
from deadlines import services as deadlines
from escalations import events, people, permissions
from escalations.enums import Cause, EscalationStatus, StageStatus, Theme
from escalations.letters import ladder as letters
from escalations.models import Escalation, Resolution, Stage, Withdrawal
from escalations.people import Actor
from escalations.rules import OWN_AGENCY, problem_with_rung
from escalations.services.notifying import tell_both
from escalations.services.stages import clock_of, end_stage, hand_clock, meet_clock, open_stage, verb_for, who
from escalations.workflow import ESCALATION, STAGE
from govuk.moments import moment
from strategy.models import Discussion

E = EscalationStatus
S = StageStatus


@dataclass(frozen=True, slots=True)
class Matter:
    """What an escalation is about, as typed; `about` names the row it was offered for."""

    cause: str
    against: Agency
    facts: str
    wanted: str
    about: str = ""
    discussion: Discussion | None = None
    is_immediate: bool = False
    risk_reason: str = ""
    rung: int = 1
    contact: str = ""


@transaction.atomic
def raise_escalation(
    case: Case, matter: Matter, *, by: Actor, at: datetime, on_behalf_of: Professional | None = None
) -> Escalation:
    """One agency takes a matter up with another; it stands on the first rung, or higher at immediate risk.

    `on_behalf_of` is a partner whose telephone call is written down. Raises NotAllowed, Taken when the same
    was raised already, Refused at the field.
    """
    case = Case.objects.lock(case)
    protocol = people.protocol_of(case, at)
    if protocol is None:
        raise Refused(None, "No local procedure is in force, so there is no ladder. Tell your administrator.")
    refuse(permissions.refusal_to_raise(by, case, protocol.rules, at))
    raiser = _raiser(case, by, on_behalf_of)
    _refuse_matter(matter, raiser, case)
    ladder = protocol.rules.escalation_stages.value
    _refuse_rung(ladder, 0, matter.rung, is_immediate=matter.is_immediate, risk_reason=matter.risk_reason)
    escalation = Escalation.objects.create(
        case=case,
        discussion=matter.discussion,
        protocol=protocol,
        cause=matter.cause,
        about=matter.about,
        raised_by=raiser,
        raised_at=at,
        recorded_by_ref=by_ref(by),
        raising_agency=raiser.agency,
        against=matter.against,
        facts=matter.facts.strip(),
        wanted=matter.wanted.strip(),
        is_immediate=matter.is_immediate,
        risk_reason=matter.risk_reason.strip() if matter.is_immediate else "",
    )
    stage, clock = open_stage(escalation, matter.rung, contact=matter.contact, why="", by=by, at=at)
    tell_both(letters.RAISED, stage, clock, by=by, at=at)
    data = {"cause": matter.cause, "rung": matter.rung, "against": matter.against.pk, "for": raiser.pk}
    audit.record(events.RAISED, case, subject=escalation, by=by, at=at, data=data)
    return escalation


@transaction.atomic
def record_response(
    escalation: Escalation, *, response: str, by: Actor, at: datetime, how: str = ""
) -> Stage:
    """The agency it was raised with says what it will do; the raising agency then decides.

    The rung's time runs on until it is resolved or moved up. Raises NotAllowed, MoveNotAllowed, Refused.
    """
    held, stage = _locked(escalation)
    refuse(permissions.refusal_to_answer(by, held, at))
    STAGE.check_move(stage.status, S.ANSWERED)
    if not response.strip():
        raise Refused("response", "Enter the answer")
    for_another = not people.is_party(by, held.against_id)
    if for_another and not how.strip():
        raise Refused("how", f"Say who answered for {held.against}, and how you were told")
    stage.status, stage.response = S.ANSWERED, response.strip()
    stage.answered_by, stage.answered_at = who(by), at
    stage.answered_how = " ".join(how.split())[:200] if for_another else ""
    stage.save()
    hand_clock(stage, verb=verb_for(stage), by=by, at=at)
    tell_both(letters.ANSWERED, stage, clock_of(stage), by=by, at=at)
    audit.record(events.ANSWERED, held.case, subject=held, by=by, at=at, data={"rung": stage.number})
    return stage


@transaction.atomic
def move_up(
    escalation: Escalation,
    *,
    why: str,
    by: Actor,
    at: datetime,
    contact: str = "",
    late_reason: str = "",
    late_accepted_by: str = "",
) -> Stage:
    """Take it to the next rung: the time of this one is met, the next one's begins. Raises as `jump_to`."""
    _, stage = _locked(escalation)
    return _climb(
        escalation, stage.number + 1, why, False, "", contact, late_reason, late_accepted_by, by, at
    )


@transaction.atomic
def jump_to(
    escalation: Escalation,
    *,
    rung: int,
    why: str,
    risk_reason: str,
    by: Actor,
    at: datetime,
    contact: str = "",
    late_reason: str = "",
    late_accepted_by: str = "",
) -> Stage:
    """Take it past a rung, because the risk to a child is immediate.

    Raises NotAllowed, MoveNotAllowed when it has ended, Refused at `rung`, `why` or `risk_reason`.
    """
    return _climb(escalation, rung, why, True, risk_reason, contact, late_reason, late_accepted_by, by, at)


@transaction.atomic
def resolve(
    escalation: Escalation,
    *,
    outcome: str,
    agreed_with: str,
    theme: str,
    by: Actor,
    at: datetime,
    learning: str = "",
    late_reason: str = "",
    late_accepted_by: str = "",
) -> Resolution:
    """Both agencies agree: the outcome statement goes on the child's record, with what there is to learn.

    Between practitioners it is recorded as the good outcome it is (row G16). Raises NotAllowed,
    MoveNotAllowed when it has ended, Refused at `outcome`, `agreed_with` or `theme`.
    """
    held, stage = _locked(escalation)
    refuse(permissions.refusal_to_carry_on(by, held, at))
    ESCALATION.check_move(held.status, E.RESOLVED)
    if not outcome.strip():
        raise Refused("outcome", "Enter what was agreed")
    if not agreed_with.strip():
        raise Refused("agreed_with", "Enter who in the other agency agreed")
    if theme not in Theme.values:
        raise Refused("theme", "Choose what there is to learn")
    end_stage(stage, S.RESOLVED, by=by, at=at)
    meet_clock(stage, late_reason=late_reason, late_accepted_by=late_accepted_by, by=by, at=at)
    _end(held, E.RESOLVED)
    resolution = Resolution.objects.create(
        escalation=held,
        stage=stage,
        by=who(by),
        at=at,
        outcome=outcome.strip(),
        agreed_with=" ".join(agreed_with.split()),
        theme=theme,
        learning=learning.strip(),
    )
    settled = stage.is_between_practitioners
    tell_both(letters.RESOLVED, stage, None, by=by, at=at, settled=settled)
    event = events.SETTLED if settled else events.RESOLVED
    audit.record(event, held.case, subject=held, by=by, at=at, data={"rung": stage.number, "theme": theme})
    return resolution


@transaction.atomic
def withdraw(escalation: Escalation, *, reason: str, by: Actor, at: datetime) -> Withdrawal:
    """The raising agency no longer asks; its time stops. Raises NotAllowed, MoveNotAllowed, Refused."""
    held, stage = _locked(escalation)
    refuse(permissions.refusal_to_withdraw(by, held, at))
    ESCALATION.check_move(held.status, E.WITHDRAWN)
    if not reason.strip():
        raise Refused("reason", "Say why it is withdrawn")
    end_stage(stage, S.WITHDRAWN, by=by, at=at)
    clock = clock_of(stage)
    if clock is not None:
        deadlines.void(clock, reason="The escalation was withdrawn.", by=by, at=at)  # type: ignore[arg-type]
    _end(held, E.WITHDRAWN)
    gone = Withdrawal.objects.create(escalation=held, by=who(by), at=at, reason=reason.strip())
    tell_both(letters.WITHDRAWN, stage, None, by=by, at=at)
    audit.record(events.WITHDRAWN, held.case, subject=held, by=by, at=at, data={"rung": stage.number})
    return gone


def _climb(
    escalation: Escalation,
    to: int,
    why: str,
    is_immediate: bool,
    risk_reason: str,
    contact: str,
    late_reason: str,
    late_accepted_by: str,
    by: Actor,
    at: datetime,
) -> Stage:
    held, stage = _locked(escalation)
    refuse(permissions.refusal_to_carry_on(by, held, at))
    STAGE.check_move(stage.status, S.MOVED_UP)
    ladder = held.protocol.rules.escalation_stages.value
    _refuse_rung(ladder, stage.number, to, is_immediate=is_immediate, risk_reason=risk_reason)
    if not why.strip():
        raise Refused("why", "Say why it was not resolved")
    end_stage(stage, S.MOVED_UP, by=by, at=at)
    meet_clock(stage, late_reason=late_reason, late_accepted_by=late_accepted_by, by=by, at=at)
    if is_immediate:
        held.is_immediate, held.risk_reason = True, _risks(held.risk_reason, risk_reason.strip(), at)
        held.save(update_fields=["is_immediate", "risk_reason"])
    above, clock = open_stage(held, to, contact=contact, why=why, by=by, at=at)
    tell_both(letters.MOVED_UP, above, clock, by=by, at=at)
    event = events.JUMPED if to > stage.number + 1 else events.MOVED_UP
    audit.record(event, held.case, subject=held, by=by, at=at, data={"from": stage.number, "to": to})
    return above


def _risks(known: str, told: str, at: datetime) -> str:
    """What was told of the risk on a lower rung stands before what is told now."""
    return told if known in ("", told) else f"{known}\n\n{moment(at)}: {told}"


def _locked(escalation: Escalation) -> tuple[Escalation, Stage]:
    """The escalation and the rung it stands or last stood on, locked; the case is locked first."""
    Case.objects.lock(escalation.case)
    rows = Escalation.objects.select_related(
        "case__team__manager", "case__allocated_worker", "raised_by__user", "raised_by__agency",
        "raising_agency", "against", "protocol",
    )  # fmt: skip
    held: Escalation = rows.select_for_update(of=("self",)).get(pk=escalation.pk)
    stage: Stage | None = held.stages.select_related("owner").order_by("-number").first()
    if stage is None:
        raise MoveNotAllowed("This escalation stands on no rung.")
    stage.escalation = held
    return held, stage


def _end(held: Escalation, status: EscalationStatus) -> None:
    held.status = status
    held.save(update_fields=["status"])


def _raiser(case: Case, by: Actor, on_behalf_of: Professional | None) -> Professional:
    if on_behalf_of is None:
        return who(by)
    if people.is_partner(by) or not people.partners_of(case).filter(pk=on_behalf_of.pk).exists():
        raise Refused("on_behalf_of", "Choose one of the partners of this case")
    return on_behalf_of


def _refuse_matter(matter: Matter, raiser: Professional, case: Case) -> None:
    if matter.cause not in Cause.values:
        raise Refused("cause", "Choose what this is about")
    if matter.against.pk == raiser.agency_id:
        raise Refused("against", OWN_AGENCY)
    for field, text, sentence in (
        ("facts", matter.facts, "Enter what happened"),
        ("wanted", matter.wanted, "Enter what you ask for"),
    ):
        if not text.strip():
            raise Refused(field, sentence)
    if matter.discussion is not None and matter.discussion.case_id != case.pk:
        raise Refused(None, "This discussion belongs to another case.")
    raised = Escalation.objects.filter(cause=matter.cause, about=matter.about).exclude(status=E.WITHDRAWN)
    if matter.about and (same := raised.select_related("raised_by", "raising_agency").first()):
        raise Taken(
            None, f"{same.raised_by.name}, {same.raising_agency}, has already raised this as an escalation."
        )


def _refuse_rung(ladder: object, now: int, to: int, *, is_immediate: bool, risk_reason: str) -> None:
    wrong = problem_with_rung(ladder, now, to, is_immediate=is_immediate, risk_reason=risk_reason)  # type: ignore[arg-type]
    if wrong is not None:
        raise Refused(*wrong)
