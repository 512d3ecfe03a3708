"""Opening and ending a rung, with its clock: never without a living owner, nor open without a clock."""

from datetime import datetime

from accounts.models import User
from attendees.models import Professional
from attendees.services.directory import professional_for
from audit.errors import Refused
from cases.enums import AccessPurpose
from cases.models import Case
from cases.services import grant
from deadlines import services as deadlines
from deadlines.enums import Duty
from deadlines.models import Deadline
from deadlines.rules.answers import Answer
from deadlines.rules.duties import by_limit
from deadlines.working_days import england
from escalations import people
from escalations.enums import StageStatus
from escalations.models import Escalation, Stage
from escalations.people import Actor
from escalations.rules import level_of
from escalations.workflow import STAGE
from protocols.rules.settings import LadderStage


def who(by: Actor) -> Professional:
    """The directory's entry of whoever acts."""
    return by if isinstance(by, Professional) else professional_for(by)


def open_stage(
    escalation: Escalation,
    number: int,
    *,
    contact: str,
    why: str,
    by: Actor,
    at: datetime,
) -> tuple[Stage, Deadline]:
    """Stand on rung `number`: somebody of the authority owns it, and its time begins."""
    rung = escalation.protocol.rules.escalation_stages.value[number - 1]
    owner = _owner(escalation, rung)
    stage = Stage.objects.create(
        escalation=escalation,
        number=number,
        name=rung.name,
        from_role=rung.from_role,
        to_role=rung.to_role,
        limit=str(rung.limit or ""),
        form=rung.form,
        owner=owner,
        contact=" ".join(contact.split())[:200],
        opened_by=who(by),
        opened_at=at,
        why=why.strip(),
    )
    let_see(escalation.case, owner, by=by, at=at)
    return stage, _start_clock(stage, rung, by=by, at=at)


def end_stage(stage: Stage, status: StageStatus, *, by: Actor, at: datetime) -> None:
    """Leave a rung: resolved, moved up or withdrawn. The clock is the caller's to meet or void."""
    STAGE.check_move(stage.status, status)
    stage.status, stage.ended_by, stage.ended_at = status, who(by), at
    stage.save(update_fields=["status", "ended_by", "ended_at"])


def clock_of(stage: Stage) -> Deadline | None:
    """The clock of a rung, running or not."""
    found: Deadline | None = Deadline.objects.of(stage.subject, Duty.ESCALATION_STAGE).first()
    return found


def meet_clock(
    stage: Stage, *, late_reason: str = "", late_accepted_by: str = "", by: Actor, at: datetime
) -> None:
    """The rung is resolved or moved up: met late, it owes a reason, asked for in the same form."""
    clock = Deadline.objects.running().of(stage.subject, Duty.ESCALATION_STAGE).first()
    if clock is None:
        return
    said = late_reason.strip() and late_accepted_by.strip()
    deadlines.meet(
        clock,
        by=by,  # type: ignore[arg-type]  # the ledger names partners too
        at=at,
        late_reason=late_reason.strip() if said else "",
        late_accepted_by=late_accepted_by.strip() if said else "",
    )


def hand_clock(stage: Stage, *, verb: str, by: Actor | None, at: datetime) -> None:
    """Say what the owner of the rung does next."""
    clock = Deadline.objects.running().of(stage.subject, Duty.ESCALATION_STAGE).first()
    if clock is not None:
        deadlines.hand_over(clock, owner=stage.owner, verb=verb, by=by, at=at)  # type: ignore[arg-type]


def verb_for(stage: Stage) -> str:
    """What the owner of a rung does: answer it, or see to it that the other agency does."""
    if stage.status == StageStatus.ANSWERED:
        return "Settle the escalation"
    return "Answer the escalation" if stage.escalation.against.is_authority else "Chase the escalation"


def living_owner(escalation: Escalation, role_from: str, role_to: str) -> User:
    """Who owns a rung of these roles. Raises Refused when nobody of the service is there any more."""
    case = escalation.case
    raiser = escalation.raised_by.user if escalation.raising_agency.is_authority else None
    role = role_to if escalation.against.is_authority else role_from
    found = people.owner_for(level_of(role), case, raiser)
    if found is None:
        raise Refused(
            None,
            f"Nobody of {case.team} or above has an account in use, so nobody could follow this. "
            "Ask your administrator to give the team a manager.",
        )
    return found


def _owner(escalation: Escalation, rung: LadderStage) -> User:
    return living_owner(escalation, rung.from_role, rung.to_role)


def let_see(case: Case, owner: User, *, by: Actor | None, at: datetime) -> None:
    """Whoever owns a rung can read the case, also a restricted one."""
    if not Case.objects.visible_to(owner).filter(pk=case.pk).exists():
        granting = by if isinstance(by, User) else None
        why = "Answers for an escalation"
        grant(case, user=owner, purpose=AccessPurpose.MANAGES, why=why, by=granting, at=at)


def _start_clock(stage: Stage, rung: LadderStage, *, by: Actor, at: datetime) -> Deadline:
    escalation = stage.escalation
    setting = escalation.protocol.rules.escalation_stages
    is_last = stage.number >= len(setting.value)
    what = f"The rung “{rung.name}” must be resolved{'' if is_last else ' or moved up'}"
    if rung.limit is None:
        answer = Answer(
            Duty.ESCALATION_STAGE, at, None, None, f"{what}; the procedure sets no limit.", setting.source,
            gate=f"The answer of the {rung.to_role}",
        )  # fmt: skip
    else:
        answer = by_limit(Duty.ESCALATION_STAGE, rung.limit, at, what, setting.source, england())
    return deadlines.open_clock(
        case=escalation.case,
        subject=stage.subject,
        answer=answer,
        owner=stage.owner,
        verb=verb_for(stage),
        protocol=escalation.protocol.rules,
        by=by,  # type: ignore[arg-type]  # the ledger names partners too
        at=at,
    )
