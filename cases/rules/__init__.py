"""What a child's and a family member's facts must be, and what somebody who searches means."""

from cases.rules.facts import (
    MOST_CHILDREN,
    ChildFacts,
    FamilyFacts,
    TieFacts,
    problems_with_child,
    problems_with_family,
    tidy_child,
    tidy_member,
)
from cases.rules.identifiers import is_nhs_number, is_upn, postcode_key, tidy_postcode
from cases.rules.places import Kept, kept_places, key_of
from cases.rules.seeking import Sought, sought_in

__all__ = [
    "MOST_CHILDREN",
    "ChildFacts",
    "FamilyFacts",
    "Kept",
    "Sought",
    "TieFacts",
    "is_nhs_number",
    "is_upn",
    "kept_places",
    "key_of",
    "postcode_key",
    "problems_with_child",
    "problems_with_family",
    "sought_in",
    "tidy_child",
    "tidy_member",
    "tidy_postcode",
]
