"""Who may be asked to do an action that is somebody else's."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from accounts.roles import PARTNERS, ROLES, Permission
from attendees.models import Admission, Attendance, Invitation, Professional
from attendees.querysets import ProfessionalQuerySet
from attendees.services.links import is_staff
from cases.models import Access
from minutes.models import Action
from strategy.models import Discussion

DOES_ACTIONS = [name for name, role in ROLES.items() if Permission.CONTRIBUTE in role.permissions]
MOST_FOUND = 20  # more are found by more words
Actor = User | Professional


def candidates(action: Action, by: Actor | None = None) -> list[Professional | User]:
    """Whom an action is usually offered to, by name: never its owner.

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
    is_partner = by is not None and acts_for_partner(by)
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


def found_in_directory(action: Action, by: Actor, words: str) -> list[Professional]:
    """Others of the directory whose name, job or agency holds the words, by name; none without words.

    The council's people find anybody of any partner agency, a partner the colleagues of their own; but in a
    restricted case a partner finds nobody, and mailboxes that several people read do no actions.
    """
    if not words.strip():
        return []
    others = _of_directory(action, by).search(words).select_related("agency", "user")
    return list(others.order_by("name", "pk")[:MOST_FOUND])


def may_take(action: Action, person: Professional, by: Actor | None = None) -> bool:
    """Whether an action may be offered to somebody by `by`, or, where nobody is named, be theirs at all."""
    if person in candidates(action, by):
        return True
    return _of_directory(action, by).filter(pk=person.pk).exists()


def acts_for_partner(by: Actor) -> bool:
    """Whether somebody acts for a partner agency, by link or with an account."""
    return isinstance(by, Professional) or by.is_partner


def _of_directory(action: Action, by: Actor | None) -> ProfessionalQuerySet:
    """Partners who were never asked to the discussion; who was taken off its lists is asked by telephone."""
    discussion = action.minutes.discussion
    others = Professional.objects.filter(is_active=True, is_shared=False, agency__is_authority=False)
    others = others.exclude(pk=action.owner_id).filter(Q(user=None) | Q(user__is_active=True))
    asked = Invitation.objects.filter(discussion=discussion, professional=OuterRef("pk"))
    others = others.exclude(Exists(asked))
    if by is not None and acts_for_partner(by):
        others = others.filter(agency=by.agency)
        return others.none() if discussion.case.restricted else others
    return others


def is_let_in(action: Action, person: Professional) -> bool:
    """Whether a partner's pages of the discussion open for them, or those of its actions."""
    discussion = action.minutes.discussion_id
    asked = Invitation.objects.filter(discussion=discussion, professional=person, withdrawn_at=None)
    let_in = Admission.objects.filter(discussion=discussion, professional=person, ended_at=None)
    return asked.exists() or let_in.exists()


def _who_sees(discussion: Discussion) -> QuerySet[User]:
    grants = Access.objects.current().filter(case=discussion.case_id)
    reached = grants.filter(Q(user=OuterRef("pk")) | Q(team__members=OuterRef("pk")))
    there = User.objects.filter(Exists(reached), is_active=True, agency__isnull=False)
    return there.exclude(roles__overlap=[*PARTNERS, "administrator", "inspector"]).select_related("agency")
