"""What this room writes to the ledger: reads, and the hand-over of what somebody holds."""

from audit import events

CASE_OPENED = events.register("case.read", "Opened the case", events.READ)
ACCESS_LOG_OPENED = events.register("case.access_log_opened", "Read the access log", events.READ)
CHRONOLOGY_PRINTED = events.register(
    "case.chronology_printed", "Printed the chronology of the case", events.READ
)
CASES_SEARCHED = events.register("cases.searched", "Searched the cases", events.READ)
LEFT_READ = events.register("cases.left_read", "Looked at the children whom nothing moves on", events.READ)
ACTIONS_EXPORTED = events.register("actions.exported", "Downloaded a list of actions", events.READ)
TRACKER_READ = events.register("actions.tracked", "Read the action tracker", events.READ)
HANDED_OVER = events.register("case.handed_over", "Handed over to a colleague")
EVERYTHING_HANDED_OVER = events.register("person.handed_over", "Handed over everything that a person held")
ALLOCATED = events.register("case.allocated", "Named somebody for what nobody had")
UNALLOCATED_READ = events.register(
    "cases.unallocated_read", "Looked at what has no named person", events.READ
)
