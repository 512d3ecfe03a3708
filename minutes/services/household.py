"""With whom and where the children live, so that every carer is seen and every home visited (B09b, B09c).

Read beside the record and never kept with it: an address is no part of the minutes.
"""

from collections.abc import Iterable
from typing import Any

from cases.models import Child, FamilyMember
from cases.rules import Kept, kept_places, key_of
from minutes.models import Arrangement, Minutes
from minutes.rules.complete import asks_for_visits
from minutes.rules.laming import Carer, Home, Household, Unseen, Visit, Young, cares, not_arranged
from protocols.rules.settings import Protocol


def with_household(minutes: Minutes, content: dict[str, Any], rules: Protocol) -> dict[str, Any]:
    """The content to be judged with the household beside it, where the procedure asks for visits."""
    if not asks_for_visits(rules):
        return content
    discussion = minutes.discussion
    family = list(FamilyMember.objects.filter(case=discussion.case_id))
    return content | {"household": household_of(family, discussion.request.children.all())}


def household_of(family: list[FamilyMember], children: Iterable[Child]) -> Household:
    """The carers who live with the children, and the different homes."""
    carers = [
        Carer(one.pk, one.name)
        for one in family
        if one.in_household and cares(one.relationship, has_responsibility=one.has_parental_responsibility)
    ]
    young = list(children)
    return Household(tuple(carers), tuple(_homes(young, kept_places(young, family))))


def unseen_in(children: list[Child], household: Household, made: Iterable[Arrangement]) -> list[Unseen]:
    """What is not arranged yet, from the rows that the room has read."""
    young = [Young(one.pk, one.name, one.is_unborn) for one in children]
    return not_arranged(
        young, household, [Visit(one.about, one.child_id, one.family_member_id) for one in made]
    )


def _homes(children: Iterable[Child], kept: Kept) -> list[Home]:
    """One home for each different address; children of whom none is known have theirs together."""
    groups: dict[str, list[Child]] = {}
    for child in children:
        groups.setdefault(key_of(child.address, child.postcode), []).append(child)
    return [
        Home(
            tuple(one.pk for one in some),
            tuple(one.name for one in some),
            "" if any(kept.hides(one) for one in some) else _address(some[0]),
        )
        for some in groups.values()
    ]


def _address(child: Child) -> str:
    lines = [line.strip(" ,") for line in child.address.splitlines() if line.strip(" ,")]
    if child.postcode and child.postcode.casefold() not in child.address.casefold():
        lines.append(child.postcode)
    return ", ".join(lines)
