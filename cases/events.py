"""What happens to a case, as the ledger names it."""

from audit.events import register

OPENED = register("case.opened", "Case opened")
CHILD_ADDED = register("case.child_added", "Child added")
CHILD_CHANGED = register("case.child_changed", "Child’s details changed")
CHILD_BORN = register("case.child_born", "Child born")
CHILD_REMOVED = register("case.child_removed", "Child taken off the family")
CHILD_MERGED = register("case.child_merged", "Two records of one child merged")
ADULT_KNOWN = register("case.family_known", "Recorded somebody who may be of another family too")
MATCH_DECLINED = register("case.match_declined", "Said to be another child than one like it")
FAMILY_ADDED = register("case.family_added", "Family member added")
FAMILY_CHANGED = register("case.family_changed", "Family member’s details changed")
FAMILY_REMOVED = register("case.family_removed", "Family member taken off the family")
SAFETY_CHANGED = register("case.safety_changed", "Safety of a visiting worker changed")
MERGED = register("case.merged", "Two cases of one family merged")
ACCESS_GRANTED = register("case.access_granted", "Access given")
ACCESS_REVOKED = register("case.access_revoked", "Access taken away")
