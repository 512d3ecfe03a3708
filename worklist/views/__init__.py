"""Pages that only read: the desk, the case, where a clock's work is done, and the letters."""

from worklist.views.cases import access_log, actions, case, cases, discussions, escalations, go, people
from worklist.views.desk import home, team
from worklist.views.queue import queue
from worklist.views.system import letters
from worklist.views.trial import try_protocol

__all__ = [
    "access_log",
    "actions",
    "case",
    "cases",
    "discussions",
    "escalations",
    "go",
    "home",
    "letters",
    "people",
    "queue",
    "team",
    "try_protocol",
]
