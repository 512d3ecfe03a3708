"""Who may be asked to do an action that is somebody else's."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from accounts.roles import PARTNERS, ROLES, Permission
from attendees.models import Attendance, Invitation, Professional
from attendees.services.links import is_staff
from cases.models import Access
from minutes.models import Action
from strategy.models import Discussion

DOES_ACTIONS = [name for name, role in ROLES.items() if Permission.CONTRIBUTE in role.permissions]


def candidates(action: Action, by: User | Professional | None = None) -> list[Professional | User]:
    """Whom an action may be offered to, by name: never its owner.

    Those who were invited to the discussion or took part in it, and people of the council who may see the
    case; a partner (`by`) is shown only the first. Colleagues who are in no directory yet come as accounts.
    """
    discussion = action.minutes.discussion
    seeing = {user.pk: user for user in _who_sees(discussion)}
    there = Professional.objects.filter(is_active=True).exclude(pk=action.owner_id)
    of_it = {"professional": OuterRef("pk"), "discussion": discussion}
    asked = Exists(Invitation.objects.filter(withdrawn_at=None, **of_it))
    there = there.annotate(took_part=asked | Exists(Attendance.objects.filter(**of_it)))
    known = list(
        there.filter(Q(took_part=True) | Q(user__in=seeing)).select_related("agency", "user").order_by("pk")
    )
    is_partner = isinstance(by, Professional) or (by is not None and by.is_partner)
    found: list[Professional | User] = [
        one
        for one in known
        if (one.user_id in seeing or not is_staff(one))
        and (one.took_part or (not is_partner and seeing[one.user_id].has_role(*DOES_ACTIONS)))
    ]
    if not is_partner:
        listed = {one.user_id for one in known} | {action.owner.user_id}
        found += [one for one in seeing.values() if one.pk not in listed and one.has_role(*DOES_ACTIONS)]
    return sorted(found, key=lambda one: (one.name, one.pk))


def is_invited(action: Action, person: Professional) -> bool:
    """Whether a partner's pages of the discussion open for them."""
    asked = Invitation.objects.filter(discussion=action.minutes.discussion_id, professional=person)
    return asked.filter(withdrawn_at=None).exists()


def _who_sees(discussion: Discussion) -> QuerySet[User]:
    grants = Access.objects.current().filter(case=discussion.case_id)
    reached = grants.filter(Q(user=OuterRef("pk")) | Q(team__members=OuterRef("pk")))
    there = User.objects.filter(Exists(reached), is_active=True, agency__isnull=False)
    return there.exclude(roles__overlap=[*PARTNERS, "administrator", "inspector"]).select_related("agency")
