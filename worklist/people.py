"""The people of a case as its page shows them: who is who to which child, in words."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.utils.timezone import localdate

from cases.enums import Disability
from cases.models import Case, Child, FamilyMember, Tie
from strategy.models import EmergencyPower


@dataclass(frozen=True)
class ToChild:
    """Who somebody is to one child."""

    name: str
    relationship: str
    responsible: bool


@dataclass
class ShownChild:
    """A child with what the page says of them."""

    child: Child
    age: int | None
    responsible: list[ToChild]
    needs: str
    powers: list[EmergencyPower]

    @property
    def identifiers(self) -> list[tuple[str, str]]:
        """The numbers that are known."""
        kept = self.child
        numbers = [
            ("NHS", kept.nhs_number),
            ("Pupil", kept.upn),
            ("Case system", kept.local_identifier),
        ]
        return [(name, number) for name, number in numbers if number]


@dataclass
class ShownMember:
    """Somebody of the family with who they are to each child."""

    member: FamilyMember
    age: int | None
    ties: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def people_of(case: Case, children: list[Child], now: datetime) -> tuple[list[ShownChild], list[ShownMember]]:
    """Everybody of a case, whose children were read already, and the emergency powers: two statements."""
    told = JSONObject(
        child="child_id", relationship="relationship", responsible="has_parental_responsibility"
    )
    ties = Tie.objects.filter(member=OuterRef("pk")).order_by("pk").values_list(told)
    members = list(case.family.annotate(told=ArraySubquery(ties)))
    responsible: dict[int, list[ToChild]] = {}
    for member in members:
        member.to = {
            one["child"]: ToChild(member.name, one["relationship"], one["responsible"]) for one in member.told
        }
        for pk, tie in member.to.items():
            if tie.responsible:
                responsible.setdefault(pk, []).append(tie)
    day = localdate(now)
    powers: dict[int, list[EmergencyPower]] = {}
    for one in EmergencyPower.objects.filter(child__in=children).order_by("-started_at", "-pk"):
        powers.setdefault(one.child_id, []).append(one)
    shown = [
        ShownChild(
            child, child.age_on(day), responsible.get(child.pk, []), _needs(child), powers.get(child.pk, [])
        )
        for child in children
    ]
    return shown, [_member(member, children, now) for member in members]


def _needs(child: Child) -> str:
    coded = [str(Disability(code).label) for code in child.disabilities if code in Disability.values]
    return ". ".join(part for part in (", ".join(coded), child.disability) if part)


def _member(member: Any, children: list[Child], now: datetime) -> ShownMember:
    told: dict[int, ToChild] = member.to
    present = [child for child in children if child.pk in told]
    said = {(told[child.pk].relationship, told[child.pk].responsible) for child in present}
    shown = ShownMember(member, _age(member, now))
    shown.missing = [child.name for child in children if child.pk not in told]
    shown.ties = [f"{child.name}: {_said(told[child.pk])}" for child in present]
    if len(said) == 1 and len(present) == len(children) > 1:
        relationship, has = said.pop()
        shown.ties = [f"{relationship} of every child{', with parental responsibility' if has else ''}"]
    return shown


def _said(tie: ToChild) -> str:
    return f"{tie.relationship}{', parental responsibility' if tie.responsible else ''}"


def _age(member: FamilyMember, now: datetime) -> int | None:
    born, day = member.date_of_birth, localdate(now)
    if born is None:
        return member.age
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
