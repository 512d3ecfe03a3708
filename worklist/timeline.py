"""The timeline of a case: what the ledger says was done, by kind, child, discussion and day.

Each way of narrowing is part of one statement, however much was done; a page begins at an entry's number,
so that what is written meanwhile moves nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import CharField, Count, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from attendees.models import (
    Attendance,
    InformationFile,
    InformationRequest,
    Invitation,
    PartnerLink,
    Signature,
)
from audit.models import Entry
from cases.models import Case, Child
from escalations.models import Escalation, Stage
from minutes.models import (
    Action,
    ActionLog,
    Agreement,
    Arrangement,
    Circulation,
    Delivery,
    Dissent,
    FamilyHanding,
    FamilySharing,
    Filing,
    Minutes,
    MinutesVersion,
    Recipient,
    Rendition,
    Section,
    Supplement,
)
from strategy.models import Booking, Decision, Discussion, EmergencyPower, Enquiry
from worklist.querysets import references_of
from worklist.rules import LONDON

CLOCKS = "clocks"
# What somebody looks for, and the beginnings of the events' names that belong to it.
GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "request": ("Referral and request", ("referral.", "request.", "assessment.", "night.", "officer.")),
    "child": (
        "Children, family and protection",
        ("child.", "power.", "case.child_", "case.family_", "case.match_", "case.safety_"),
    ),
    "discussion": (
        "Discussion and who takes part",
        (
            "discussion.",
            "call.",
            "invitation.",
            "information.",
            "information_file.",
            "partner_",
            "partner.",
            "attendance.",
        ),
    ),
    "decision": ("Decisions and enquiries", ("decision.", "enquiry.", "clock.")),
    "record": (
        "Record, agreement and copies",
        (
            "minutes.",
            "action_log.",
            "agreement.",
            "arrangement.",
            "sharing.",
            "dissent.",
            "copy.",
            "version.",
        ),
    ),
    "action": ("Actions", ("action.",)),
    "escalation": ("Escalations", ("escalation.",)),
    "case": (
        "The case and who may see it",
        ("case.opened", "case.merged", "case.allocated", "case.access_", "case.handed_", "person."),
    ),
    "letter": ("Letters", ("letter.",)),
    CLOCKS: ("The clocks’ own entries", ("deadline.",)),
}

_OF_MINUTES = "minutes__discussion"
_OF_VERSION = "version__minutes__discussion"
# By which field a row that an entry points at belongs to a discussion, and to a child.
OF_DISCUSSION: dict[str, tuple[Any, str]] = {
    "booking": (Booking, "discussion"),
    "invitation": (Invitation, "discussion"),
    "information": (InformationRequest, "discussion"),
    "informationrequest": (InformationRequest, "discussion"),
    "informationfile": (InformationFile, "information__discussion"),
    "attendance": (Attendance, "discussion"),
    "partnerlink": (PartnerLink, "discussion"),
    "signature": (Signature, "attendance__discussion"),
    "minutes": (Minutes, "discussion"),
    "section": (Section, _OF_MINUTES),
    "action": (Action, _OF_MINUTES),
    "actionlog": (ActionLog, _OF_MINUTES),
    "agreement": (Agreement, _OF_MINUTES),
    "arrangement": (Arrangement, _OF_MINUTES),
    "dissent": (Dissent, _OF_MINUTES),
    "familysharing": (FamilySharing, _OF_MINUTES),
    "minutesversion": (MinutesVersion, _OF_MINUTES),
    "rendition": (Rendition, _OF_VERSION),
    "circulation": (Circulation, _OF_VERSION),
    "delivery": (Delivery, _OF_VERSION),
    "familyhanding": (FamilyHanding, f"rendition__{_OF_VERSION}"),
    "filing": (Filing, _OF_VERSION),
    "supplement": (Supplement, f"filing__{_OF_VERSION}"),
    "recipient": (Recipient, f"circulation__{_OF_VERSION}"),
    "decision": (Decision, "discussion"),
    "enquiry": (Enquiry, "discussion"),
    "escalation": (Escalation, "discussion"),
    "stage": (Stage, "escalation__discussion"),
}
OF_CHILD: dict[str, tuple[Any, str]] = {
    "action": (Action, "child"),
    "arrangement": (Arrangement, "child"),
    "dissent": (Dissent, "child"),
    "section": (Section, "child"),
    "decision": (Decision, "child"),
    "enquiry": (Enquiry, "child"),
    "power": (EmergencyPower, "child"),
    "emergencypower": (EmergencyPower, "child"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; nothing chosen is everything but the clocks' own entries."""

    kinds: tuple[str, ...] = ()
    child: Child | None = None
    discussion: Discussion | None = None
    since: date | None = None
    until: date | None = None

    @property
    def data(self) -> dict[str, Any]:
        """As the ledger keeps it: references and days, no name."""
        return {
            "kinds": list(self.kinds),
            "child": self.child.pk if self.child else None,
            "discussion": self.discussion.pk if self.discussion else None,
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
        }


@dataclass(frozen=True, slots=True)
class Some:
    """One page: its entries, and where the pages beside it begin (numbers of entries, or None)."""

    entries: list[Entry]
    newer: int | None
    older: int | None


def group_of(event: str) -> str | None:
    """The group to which an event of a case belongs, by its name; None for what is of no case."""
    return next((key for key, (_, begins) in GROUPS.items() if event.startswith(begins)), None)


def entries_of(case: Case, wanted: Wanted) -> QuerySet[Entry]:
    """What was done on a case and is wanted, the newest first."""
    return _of_case(case).filter(_matching(wanted)).order_by("-id")


def counts_of(case: Case, wanted: Wanted) -> tuple[int, int]:
    """How many entries are wanted, and how many the case has: one statement."""
    found = _of_case(case).aggregate(wanted=Count("pk", filter=_matching(wanted)), all=Count("pk"))
    return found["wanted"], found["all"]


def some_of(entries: QuerySet[Entry], query: Mapping[str, str], size: int) -> Some:
    """One page of a long list, newest first: `before` or `after` the number of an entry; else the newest."""
    if after := _number(query.get("after")):
        rows = list(entries.filter(id__gt=after).order_by("id")[: size + 1])
        more, rows = len(rows) > size, rows[:size][::-1]
        return Some(rows, rows[0].id if more else None, rows[-1].id if rows else after + 1)
    before = _number(query.get("before"))
    rows = list((entries.filter(id__lt=before) if before else entries)[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    newer = (rows[0].id if rows else before - 1) if before else None
    return Some(rows, newer, rows[-1].id if more else None)


def _number(typed: str | None) -> int | None:
    return int(typed) if typed and typed.isdecimal() and typed.isascii() and len(typed) < 18 else None


def _of_case(case: Case) -> QuerySet[Entry]:
    return Entry.objects.filter(case_ref__in=references_of(case), is_read=False)


def _matching(wanted: Wanted) -> Q:
    found = _of_kinds(wanted.kinds)
    if wanted.child is not None:
        found &= _about(f"child:{wanted.child.pk}", OF_CHILD, wanted.child)
    if wanted.discussion is not None:
        found &= _about(f"discussion:{wanted.discussion.pk}", OF_DISCUSSION, wanted.discussion)
    if wanted.since is not None:
        found &= Q(occurred_at__gte=_midnight(wanted.since))
    if wanted.until is not None:
        found &= Q(occurred_at__lt=_midnight(wanted.until + timedelta(days=1)))
    return found


def _of_kinds(kinds: Iterable[str]) -> Q:
    begins = [one for kind in kinds for one in GROUPS[kind][1]]
    if not begins:
        return ~_beginning(GROUPS[CLOCKS][1])
    return _beginning(begins)


def _beginning(begins: Iterable[str]) -> Q:
    found = Q()
    for one in begins:
        found |= Q(event__startswith=one)
    return found


def _about(itself: str, rows: Mapping[str, tuple[Any, str]], thing: Any) -> Q:
    found = Q(subject=itself)
    for kind, (model, path) in rows.items():
        texts = Concat(Value(f"{kind}:"), Cast("pk", CharField()))
        found |= Q(subject__in=model.objects.filter(**{path: thing}).order_by().values_list(texts))
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=LONDON)
