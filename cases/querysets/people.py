"""Children and family of the cases that a person may see, and how a child is found."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models.expressions import RawSQL

from cases.querysets import finding

if TYPE_CHECKING:
    from accounts.models import User
    from cases.rules import ChildFacts, FamilyFacts, Sought


class CaseBoundQuerySet(models.QuerySet[Any]):
    """Rows that hang on a case: visible exactly when their case is. `case_path` says where the case is."""

    case_path = "case"

    def visible_to(self, user: "User") -> "CaseBoundQuerySet":
        """Rows whose case the person may see."""
        cases = apps.get_model("cases", "Case")._default_manager
        return self.filter(**{f"{self.case_path}__in": cases.visible_to(user)})

    def lock(self, row: models.Model) -> Any:
        """Return this row locked until the transaction ends, alone (joined rows stay free)."""
        return self.select_for_update(of=("self",), no_key=True).get(pk=row.pk)


class TieQuerySet(CaseBoundQuerySet):
    """Who is who to which child."""

    case_path = "child__case"


class ChildQuerySet(CaseBoundQuerySet):
    """Children."""

    def seek(self, sought: "Sought") -> "ChildQuerySet":
        """Children who may be the one meant, with their `likeness`, the likest first.

        One statement asks the indexes whom anything typed finds (a word, a sound, a spelling, a date of birth
        or one near it, a number, a postcode, an address, somebody of the family) and how like each is; the
        rows are then read by their numbers, through whatever filter follows. A name spelt alike weighs up to
        1, the date of birth 0.6, a number 2.
        """
        ranked = finding.ranked(sought)
        if not ranked:
            return self.none()
        weights = RawSQL(
            "(%s::jsonb ->> cases_child.id::text)::float",
            [json.dumps(ranked)],
            output_field=models.FloatField(),
        )
        found: ChildQuerySet = self.filter(pk__in=list(ranked)).annotate(likeness=weights)
        return found.order_by("-likeness", "names", "pk")

    def likely(self, facts: "ChildFacts") -> "ChildQuerySet":
        """Children recorded already who are very probably this one: the same number, or given and family
        name alike with the same date of birth, one near it, or none to compare.

        A twin has another given name and is not taken for the same child.
        """
        told = finding.parameters_of(facts)
        near: ChildQuerySet = self.filter(pk__in=_raw(finding.candidates(told), told))
        likely: ChildQuerySet = near.annotate(
            is_likely=_raw(finding.LIKELY, told, models.BooleanField())
        ).filter(is_likely=True)
        return likely

    def borne_outside(self, pairs: Iterable[tuple[str, str]], case: models.Model) -> list[str]:
        """Which of these pairs of words are the name of a child of another case, and of nobody of this one.

        Says that a name is borne, never by whom: it is asked before a record leaves, of everybody's families.
        """
        return finding.borne_elsewhere(pairs, case.pk)


def _raw(sql: str, told: dict[str, Any], field: "models.Field[Any, Any] | None" = None) -> RawSQL:
    """SQL of our own with its values as parameters, never as text."""
    text, values = finding.bound(sql, told)
    return RawSQL(text, values, output_field=field) if field else RawSQL(text, values)


class FamilyQuerySet(CaseBoundQuerySet):
    """People of the family and household."""

    def likely(self, facts: "FamilyFacts") -> "FamilyQuerySet":
        """Those recorded already, in any case, who are very probably this person.

        By telephone; by the very name where no date of birth tells them apart; or by a name alike, its sound
        or its spelling, with the same date of birth or one near it. One word is nobody's whole name.
        """
        told = finding.parameters_of_adult(facts)
        found: FamilyQuerySet = self.filter(pk__in=_raw(finding.LIKELY_ADULT, told))
        return found.order_by("pk")


class PresentManager(models.Manager):  # type: ignore[type-arg]
    """Those who have not been taken off the family."""

    def get_queryset(self) -> models.QuerySet[Any]:
        """Without those removed."""
        return super().get_queryset().filter(removed_at__isnull=True)


ChildManager = PresentManager.from_queryset(ChildQuerySet)
FamilyManager = PresentManager.from_queryset(FamilyQuerySet)
