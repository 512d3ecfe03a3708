"""Naming who works with a family: the case is theirs to see, and what waits for a worker is theirs to do."""

from datetime import datetime

from accounts.models import User
from audit.errors import Refused
from cases import services as cases
from cases.enums import AccessPurpose
from cases.models import Case
from strategy.services.family import keep_all_clocks


def name_worker(case: Case, to: User, *, why: str, by: User, at: datetime) -> Case:
    """Name who works with the family of a case that is locked, and bring its clocks in line (row B12).

    What another worker was given in person stays theirs. Raises Refused at `worker` as `may_be_let_in` says.
    """
    if not may_be_let_in(case, to):
        raise Refused("worker", sentence_of_restricted(case, to))
    case.allocated_worker = to
    case.save(update_fields=["allocated_worker"])
    let_in(case, to, why, by, at)
    keep_all_clocks(case, by=by, at=at)
    return case


def may_be_let_in(case: Case, person: User) -> bool:
    """Whether naming somebody may open the case to them.

    A restricted case is never opened by this: its own people decide who sees it.
    """
    return not case.restricted or Case.objects.visible_to(person).filter(pk=case.pk).exists()


def sentence_of_restricted(case: Case, person: User) -> str:
    """Why somebody cannot be named, and what to do."""
    return (
        f"{case.reference} is restricted, and {person.name} is not among those who may see it. Choose "
        "somebody who is, or let whoever restricted it add them first."
    )


def let_in(case: Case, to: User, why: str, by: User, at: datetime) -> None:
    """Let somebody who was named see the case, if they do not yet."""
    if not Case.objects.visible_to(to).filter(pk=case.pk).exists():
        cases.grant(case, user=to, purpose=AccessPurpose.ALLOCATED, why=why, by=by, at=at)
