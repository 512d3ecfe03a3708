"""What happens to a case, as the ledger names it."""

from audit.events import register

OPENED = register("case.opened", "Case opened")
CHILD_ADDED = register("case.child_added", "Child added")
CHILD_CHANGED = register("case.child_changed", "Child’s details changed")
FAMILY_ADDED = register("case.family_added", "Family member added")
FAMILY_CHANGED = register("case.family_changed", "Family member’s details changed")
ACCESS_GRANTED = register("case.access_granted", "Access given")
ACCESS_REVOKED = register("case.access_revoked", "Access taken away")
