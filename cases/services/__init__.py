"""Opening a case, keeping its people, and saying who may see it."""

from cases.services.access import grant, revoke
from cases.services.matching import (
    add_another_child,
    add_another_member,
    decline_matches,
    matches_of,
    refuse_matches,
)
from cases.services.opening import open_case
from cases.services.people import (
    add_child,
    add_family_member,
    change_child,
    change_family_member,
    change_worker_safety,
    copy_to_all,
    remove_child,
    remove_family_member,
    say_born,
    set_ties,
)

__all__ = [
    "add_another_child",
    "add_another_member",
    "add_child",
    "add_family_member",
    "change_child",
    "change_family_member",
    "change_worker_safety",
    "copy_to_all",
    "decline_matches",
    "grant",
    "matches_of",
    "open_case",
    "refuse_matches",
    "remove_child",
    "remove_family_member",
    "revoke",
    "say_born",
    "set_ties",
]
