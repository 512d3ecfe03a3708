"""What happens to the family while its clocks run: a child is born, or is taken off the case."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from audit.errors import Refused, refuse
from cases import services as cases
from cases.models import Case, Child
from cases.permissions import refusal_to_change
from cases.rules import ChildFacts
from deadlines.models import Deadline
from deadlines.services import void
from referrals.models import Referral
from strategy.clocks import keep_clocks
from strategy.enums import Status
from strategy.models import StrategyRequest
from strategy.services.running import refuse_while_running

FINISHED = (Status.HELD, Status.WITHDRAWN, Status.NOT_NEEDED)


@transaction.atomic
def record_birth(child: Child, facts: ChildFacts, *, told_at: datetime, by: User, at: datetime) -> Child:
    """A child recorded unborn is born: one record, and the clock to see the child starts when it was known.

    Raises as `cases.services.say_born` does.
    """
    born = cases.say_born(child, facts, told_at=told_at, by=by, at=at)
    keep_all_clocks(born.case, by=by, at=at)
    return born


@transaction.atomic
def take_child_off(child: Child, *, why: str, by: User, at: datetime) -> Child:
    """Take a child off the family, with the reason; not while anything is open for the child.

    1. Lock the case. 2. May this person. 3. Nothing runs for the child, no request names it.
    4. End the child's own clocks. 5. Remove, and record. Raises NotAllowed and Refused.
    """
    case = Case.objects.lock(child.case)
    refuse(refusal_to_change(by, case, at))
    refuse_while_open(child)
    removed = cases.remove_child(child, why=why, by=by, at=at)
    for clock in Deadline.objects.filter(case=case, subject=f"child:{child.pk}").running():
        void(clock, reason=f"The child was taken off the family: {removed.removed_why}", by=by, at=at)
    return removed


def refuse_while_open(child: Child) -> None:
    """Refuse while anything runs for the child (`running_for`), or a request on its way names the child."""
    refuse_while_running(child)
    waiting = (
        StrategyRequest.objects.filter(children=child).exclude(status__in=FINISHED).order_by("pk").first()
    )
    if waiting is not None:
        raise Refused(
            None,
            f"{child} is in a strategy request that is “{waiting.get_status_display().lower()}”. Take the "
            "child off the request first, or wait until the discussion was held.",
        )


def keep_all_clocks(case: Case, *, by: User, at: datetime) -> None:
    """Bring the clocks of every referral of a case in line."""
    for referral in Referral.objects.filter(case=case).order_by("pk"):
        keep_clocks(referral, by=by, at=at)
