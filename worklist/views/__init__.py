"""The desk, the case, where a clock's work is done, the letters; the system's pages about people."""

from worklist.views.absences import EndCover, Merge, NameDeputy, absences, duplicates
from worklist.views.agencies import AddAgency, AddTeam, ChangeAgency, ChangeTeam, agencies
from worklist.views.allocating import AllocateCase, AllocateClock, unallocated
from worklist.views.cases import access_log, actions, case, cases, discussions, escalations, go, people
from worklist.views.desk import home, left, team
from worklist.views.overview import system_home
from worklist.views.queue import queue
from worklist.views.staff import AddPerson, ChangePerson, CloseAccount, HandOver, ReopenAccount, staff
from worklist.views.system import RepairLetter, letters
from worklist.views.timeline import chronology, timeline
from worklist.views.tracking import chase_shown, tracker, tracker_sheet
from worklist.views.trial import try_protocol

__all__ = [
    "AddAgency",
    "AddPerson",
    "AddTeam",
    "AllocateCase",
    "AllocateClock",
    "ChangeAgency",
    "ChangePerson",
    "ChangeTeam",
    "CloseAccount",
    "EndCover",
    "HandOver",
    "Merge",
    "NameDeputy",
    "ReopenAccount",
    "RepairLetter",
    "absences",
    "access_log",
    "actions",
    "agencies",
    "case",
    "cases",
    "chase_shown",
    "chronology",
    "discussions",
    "duplicates",
    "escalations",
    "go",
    "home",
    "left",
    "letters",
    "people",
    "queue",
    "staff",
    "system_home",
    "team",
    "timeline",
    "tracker",
    "tracker_sheet",
    "try_protocol",
    "unallocated",
]
