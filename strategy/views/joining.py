"""The section 47 enquiries that a request’s discussion is part of, so that no second one is started."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.dateparse import parse_datetime

from cases.models import Child
from strategy.models import StrategyRequest


def enquiries_of(wanted: StrategyRequest, children: Iterable[Child]) -> list[Mapping[str, Any]]:
    """The open section 47 enquiries of these children, and whether this request's discussion began them."""
    by_key = {child.pk: child for child in children}
    return [
        {
            "pk": one["pk"],
            "child": by_key[one["child"]],
            "since": parse_datetime(one["since"]),
            "is_its_own": one["begun_by"] == wanted.pk,
        }
        for one in getattr(wanted, "open_enquiries", [])
        if one["child"] in by_key
    ]
