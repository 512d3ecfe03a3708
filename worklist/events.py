"""What this room writes to the ledger: reads only."""

from audit import events

CASE_OPENED = events.register("case.read", "Opened the case", events.READ)
ACCESS_LOG_OPENED = events.register("case.access_log_opened", "Read the access log", events.READ)
CASES_SEARCHED = events.register("cases.searched", "Searched the cases", events.READ)
