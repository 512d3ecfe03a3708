"""Whoever is said to have decided that no conference is required stands by it, or says that it is not so."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from audit.errors import MoveNotAllowed, Refused, refuse
from audit.services import record
from cases.models import Case
from deadlines.duties import register_duty
from deadlines.enums import ClockState, Duty
from deadlines.models import Deadline
from deadlines.rules import by_limit
from deadlines.services import hand_over, meet, open_clock, reopen
from deadlines.working_days import england
from strategy import events, letters, permissions
from strategy.models import Enquiry

CONFIRM = register_duty(
    "confirm_no_conference", "Confirm that no conference is required", "Confirm no conference"
)
KEPT = 300  # of what is not so, in the ledger


def ask_to_confirm(enquiry: Enquiry, manager: User, *, by: User, at: datetime) -> Deadline:
    """Put it on the manager's worklist, in the time that a procedure gives to countersign a spoken word.

    Part of the caller's transaction, which has locked case and enquiry.
    """
    protocol = enquiry.discussion.request.protocol.rules
    setting = protocol.countersign_limit
    because = "Recorded in a manager’s name by somebody else, it must be confirmed"
    answer = by_limit(Duty.CONVENE, setting.value, at, because, setting.source, england())
    case, subject = enquiry.child.case, enquiry.subject
    return open_clock(
        case=case, subject=subject, answer=answer, duty=CONFIRM, owner=manager, protocol=protocol,
        by=by, at=at,
    )  # fmt: skip


def to_confirm(enquiry: Enquiry) -> Deadline | None:
    """The latest clock to confirm it, running or met; None where nobody was asked."""
    asked = Deadline.objects.of(enquiry.subject, CONFIRM).select_related("owner")
    return asked.order_by("-pk").first()


@transaction.atomic
def answer_no_conference(
    enquiry: Enquiry, *, is_so: bool, reason: str = "", by: User, at: datetime
) -> Enquiry:
    """The manager confirms that they decided it, or says that it is not so, and what is not.

    1. Lock case and enquiry; whose turn it is, once.
    2. Confirmed, all stands as it is. Not so, the enquiry is open again and its conference owed, due when it
       was; what had been recorded stays in the case's ledger. Who had left does not lead it again.
    3. Whoever wrote it down and whoever leads the enquiry are told; the ledger.
    Raises NotAllowed, MoveNotAllowed, and Refused at `reason`.
    """
    case = Case.objects.lock(enquiry.child.case)
    kept: Enquiry = Enquiry.objects.lock(enquiry)
    clock = to_confirm(kept)
    refuse(permissions.refusal_to_see(by, case) or permissions.refusal_to_confirm(by, kept, clock, at))
    if clock is None or clock.state != ClockState.RUNNING:
        raise MoveNotAllowed("This has been answered already. Look at the enquiry again.")
    told = reason.strip()
    if not is_so and not told:
        raise Refused("reason", "Enter what is not so: it stands on the record")
    if len(told) > KEPT:
        raise Refused("reason", f"Use {KEPT} characters or fewer")
    wrote = kept.closed_by
    if not is_so:
        _open_again(kept, by=by, at=at)
    meet(clock, by=by, at=at)
    if is_so:
        record(events.NO_CONFERENCE_CONFIRMED, case, subject=kept.subject, by=by, at=at)
        return kept
    for person in {one.pk: one for one in (wrote, kept.lead) if one and one != by and one.is_active}.values():
        letters.no_conference_denied(kept, person, by=by, at=at)
    data = {"reason": told}
    record(events.NO_CONFERENCE_DENIED, case, subject=kept.subject, by=by, at=at, data=data)
    return kept


def _open_again(kept: Enquiry, *, by: User, at: datetime) -> None:
    if Enquiry.objects.filter(child=kept.child, closed_at=None).exists():
        raise MoveNotAllowed("Another enquiry of this child is open, so this one cannot be. Ring its lead.")
    kept.conference_not_required, kept.not_required_at = False, None
    kept.not_required_by = kept.not_required_role = kept.not_required_why = ""
    kept.finding, kept.outcomes, kept.closed_reason = "", [], ""
    kept.closed_at = kept.closed_by = None
    if not kept.lead.is_active:
        kept.lead = by
    kept.save()
    owed = Deadline.objects.of(kept.subject, Duty.ICPC).filter(state=ClockState.MET).order_by("-pk").first()
    if owed is not None:
        clock = reopen(owed, reason="The manager says that they did not decide it", by=by, at=at)
        owner = clock.owner if clock.owner and clock.owner.is_active else kept.lead
        hand_over(clock, owner=owner, owner_team=clock.owner_team, by=by, at=at)
