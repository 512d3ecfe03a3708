"""Who sees which case is decided here, once."""

from functools import lru_cache
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from accounts.models import ActingFor
from accounts.roles import ROLES, Permission

if TYPE_CHECKING:
    from accounts.models import ActingForQuerySet, User
    from cases.models import Access, Case  # noqa: F401  named in quoted types below

READ_ALL = [name for name, role in ROLES.items() if Permission.READ_ALL_CASES in role.permissions]


class AccessQuerySet(models.QuerySet["Access"]):
    """Grants of access."""

    def current(self) -> "AccessQuerySet":
        """Grants in force now, by the database's clock."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=Now()), starts_at__lte=Now())

    def for_user(self, user: "User | int") -> "AccessQuerySet":
        """Grants in force that reach the person, alone or through a team."""
        return self.current().filter(Q(user=user) | Q(team__members=user))

    def lent_to(self, user: "User | int") -> "AccessQuerySet":
        """Grants in force that reach somebody for whom this person acts now (row W17)."""
        away = _away_for(user).values("absent")
        return self.current().filter(Q(user__in=away) | Q(team__members__in=away))


def _away_for(user: "User | int") -> "ActingForQuerySet":
    """For whom this person acts now, by the database's clock, so that the end needs nobody to end it."""
    return ActingFor.objects.current(Now()).of(user)


def _access() -> AccessQuerySet:
    """Grants; looked up by name, since a queryset may not import its model."""
    grants: AccessQuerySet = apps.get_model("cases", "Access")._default_manager.all()  # type: ignore[assignment]
    return grants


@lru_cache(maxsize=1000)
def _seen_by(pk: int, *, reads_all: bool) -> Q:
    """The condition under which an active person sees a case.

    Kept, since putting it together takes longer than all the rest of a statement. It holds the person's
    number and no row: what it finds is always what the database says at that moment.
    """
    granted = Q(Exists(_access().for_user(pk).filter(case=OuterRef("pk"))))
    if reads_all:
        return Q(restricted=False) | granted
    lent = Q(Exists(_access().lent_to(pk).filter(case=OuterRef("pk"))))
    of_all = Q(Exists(_away_for(pk).filter(absent__roles__overlap=READ_ALL)))
    return granted | Q(restricted=False) & (lent | of_all)


class CaseQuerySet(models.QuerySet["Case"]):
    """Cases, and which of them a person may see."""

    def visible_to(self, user: "User") -> "CaseQuerySet":
        """Cases this person has a reason to see.

        Inspectors and heads of service read every case that is not restricted; everybody else
        sees a case only by a grant in force, their own or, while they act for somebody, that person's;
        a restricted case is never lent. Partners never see a case through this: their pages are reached
        by their own invitation.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(_seen_by(user.pk, reads_all=user.may(Permission.READ_ALL_CASES)))

    def lock(self, case: "Case") -> "Case":
        """Return the case's row locked until the transaction ends; cases are locked first of all.

        Rows that point at the case may be written meanwhile, so who holds a discussion never waits for it.
        """
        return self.select_for_update(no_key=True).get(pk=case.pk)
