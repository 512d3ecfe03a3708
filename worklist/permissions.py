"""Who may read the access log, the team's desk and the pages of the system: a reason, or None."""

from typing import TYPE_CHECKING

from accounts.roles import PARTNERS, Permission

if TYPE_CHECKING:
    from accounts.models import User
    from cases.models import Case


def refusal_to_read_access_log(user: "User", case: "Case") -> str | None:
    """The access log is for managers, heads of service and inspectors, and for the allocated worker."""
    if user.may(Permission.READ_ACCESS_LOG) or case.allocated_worker_id == user.pk:
        return None
    return "The access log is read by the case’s manager, heads of service and inspectors."


def refusal_to_see_team(user: "User") -> str | None:
    """The team's desk is for whoever manages a team or oversees the service."""
    if user.may(Permission.OVERSEE) or user.may(Permission.AUTHORISE_REQUEST):
        return None
    return "The team’s desk is for managers."


def refusal_to_track(user: "User") -> str | None:
    """The tracker is for the authority's own people; partners have their actions on their own pages."""
    if user.has_role(*PARTNERS) or user.keeps_system:
        return "The action tracker is for those who work with cases."
    return None


def refusal_to_see_queue(user: "User") -> str | None:
    """The queue is for those who book, and for managers, who name who is on."""
    if user.may(Permission.BOOK) or refusal_to_see_team(user) is None:
        return None
    return "The queue is for business support and managers."


def refusal_to_see_system(user: "User") -> str | None:
    """Letters that wait or failed, and the heartbeat of the sweep, are for those who can act on them."""
    if user.may(Permission.ADMINISTER) or user.may(Permission.CIRCULATE) or user.may(Permission.OVERSEE):
        return None
    return "The system’s pages are for administrators, business support and heads of service."


def refusal_to_repair(user: "User") -> str | None:
    """A letter that failed is put right by administrators and by business support."""
    if user.may(Permission.ADMINISTER) or user.may(Permission.CIRCULATE):
        return None
    return "Letters are put right by administrators and business support."


def refusal_to_hand_over(user: "User", person: "User") -> str | None:
    """An administrator hands over for anybody; a manager for the people of their team, and for themselves."""
    if user.may(Permission.ADMINISTER):
        return None
    mine = user.pk == person.pk or person.teams.filter(manager=user).exists()
    if user.may(Permission.AUTHORISE_REQUEST) and mine:
        return None
    return "This is handed over by the manager of their team, or by an administrator."


def refusal_to_allocate(user: "User", case: "Case") -> str | None:
    """The manager of the case's team names who does what nobody has; who oversees the service, for any."""
    if user.may(Permission.OVERSEE):
        return None
    if user.may(Permission.AUTHORISE_REQUEST) and case.team.manager_id == user.pk:
        return None
    return "Somebody is named by the manager of the case’s team, or by a head of service."
