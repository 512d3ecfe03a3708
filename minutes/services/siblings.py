"""Children of one discussion who do not have the same parents: a copy about one child alone may be wanted."""

from collections.abc import Mapping
from typing import Any

from cases.models import Tie

PARENTS = ("mother", "father", "parent", "mum", "dad")


def with_other_parents(content: Mapping[str, Any]) -> list[str]:
    """The children's names where their parents are not the same people; nothing for one child, or the same.

    A parent is whoever is recorded as one, or has parental responsibility, for that child. Of whom nothing
    is recorded, nothing is said.
    """
    names = {child["id"]: child["name"] for child in content.get("children", [])}
    if len(names) < 2:
        return []
    parents: dict[int, set[int]] = {}
    for one in Tie.objects.filter(child__in=names):
        whose = parents.setdefault(one.child_id, set())
        words = one.relationship.casefold().split()
        if one.has_parental_responsibility or any(word in PARENTS for word in words):
            whose.add(one.member_id)
    known = [whose for whose in parents.values() if whose]
    return [names[pk] for pk in names if parents.get(pk)] if any(one != known[0] for one in known) else []
