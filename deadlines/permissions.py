"""Who says why a clock was met late, and who keeps closure days: a sentence when not, nothing when so."""

from collections.abc import Iterable
from datetime import datetime

from accounts.models import User
from accounts.permissions import powers
from accounts.roles import Permission
from audit.refs import by_ref
from cases.models import Case
from deadlines.models import Deadline


def refusal_to_explain(user: User, clock: Deadline, at: datetime) -> str | None:
    """Whose turn it was, whoever met it, or a manager of the case; deputies too."""
    if not Case.objects.visible_to(user).filter(pk=clock.case_id).exists():
        return "You cannot do this: you have not been given access to the case."
    return lacks_turn_to_explain(powers(user, at), clock)


def lacks_turn_to_explain(acting: Iterable[User], clock: Deadline) -> str | None:
    """The same for a page that was fetched through the person's access already. `acting`: whose `powers` they
    have."""
    for person in acting:
        if person.pk == clock.owner_id or by_ref(person) == clock.met_by_ref:
            return None
        if person.may(Permission.AUTHORISE_REQUEST):
            return None
        if clock.owner_id is None and person.teams.filter(pk=clock.owner_team_id or 0).exists():
            return None
    whose = clock.owner or clock.owner_team
    return f"You cannot say why this was late: that is for {whose}, whoever did it, or a manager."


def refusal_to_keep_closure_days(user: User) -> str | None:
    """An administrator's."""
    return None if user.may(Permission.ADMINISTER) else "Only an administrator keeps the closure days."
