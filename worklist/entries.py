"""What a page says beside an entry's own words: about whom or what, to whom, where it leads, how often."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Case as Either
from django.db.models import F, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, Trim

from accounts.models import ActingFor, Team, User
from attendees.models import Attendance, InformationRequest, Invitation, Professional, Signature
from audit.models import Entry
from cases.models import Case, Child, FamilyMember
from minutes.models import Agreement, Arrangement
from outbox.models import Letter
from strategy.models import Decision, EmergencyPower, Enquiry
from worklist import destinations, rules
from worklist.told import said

COVER = "cover"
REFERENCE = re.compile(r"([a-z]+):([0-9]{1,18})")


def _child(path: str = "") -> Any:
    """The name of a child as `Child.name` has it, for a statement."""
    given, family = f"{path}given_names", f"{path}family_name"
    unborn = When(**{f"{path}is_unborn": True, given: ""}, then=Concat(Value("Unborn baby "), family))
    return Either(unborn, default=Trim(Concat(given, Value(" "), family)), output_field=TextField())


# Whose a row is. The ledger keeps references, never names: they are looked up for who may see the case.
NAMES: dict[str, tuple[Any, Any]] = {
    "letter": (Letter.objects, F("to_name")),
    "professional": (Professional.objects, F("name")),
    "user": (User.objects, F("name")),
    "team": (Team.objects, F("name")),
    "child": (Child.everyone, _child()),
    "familymember": (FamilyMember.everyone, F("name")),
    "invitation": (Invitation.objects, F("professional__name")),
    "information": (InformationRequest.objects, F("professional__name")),
    "informationrequest": (InformationRequest.objects, F("professional__name")),
    "attendance": (Attendance.objects, F("name")),
    "signature": (Signature.objects, F("attendance__name")),
    "agreement": (Agreement.objects, F("attendance__name")),
    "arrangement": (Arrangement.objects, _child("child__")),
    "decision": (Decision.objects, _child("child__")),
    "enquiry": (Enquiry.objects, _child("child__")),
    "power": (EmergencyPower.objects, _child("child__")),
    "emergencypower": (EmergencyPower.objects, _child("child__")),
}


def in_words(entries: Iterable[Entry], case: Case) -> list[Entry]:
    """Each entry of a case once: how often (`times`), where it `leads`, `about` and `to_name`, what it
    `said`, and for whom whoever acted stood in then (`stood_in_for`, row W17); "" for none.

    One statement, and none where an entry names nobody and no letter, and no account acted.
    """
    rows = list(entries)
    references = {*(entry.subject for entry in rows), *map(_to, rows)}
    found, covers = _names_of(references, _numbers(entry.by_ref for entry in rows).get("user", set()))
    for entry in rows:
        told: Any = entry
        name, letter, about = found.get(entry.subject, ("", "", ""))
        told.leads = destinations.lead_of(about or entry.subject, case, entry.event)
        told.about = rules.letter_in_words(letter) if letter else name
        to = found.get(_to(entry), (name if letter else "",))[0]
        is_own = entry.event == "action.accepted" and to == entry.by_name
        told.to_name = "" if is_own else to  # who accepts what was offered to them
        told.said = said(entry.event, entry.data)
        told.stood_in_for = " and ".join(
            name
            for deputy, name, begins, ends in covers
            if entry.by_ref == deputy and begins <= entry.occurred_at < ends
        )
    return rules.once_each(rows)


def _to(entry: Entry) -> str:
    to = entry.data.get("to")
    return to if isinstance(to, str) else ""


def _numbers(references: Iterable[str]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for one in filter(None, map(REFERENCE.fullmatch, references)):
        found.setdefault(one[1], set()).add(int(one[2]))
    return found


Cover = tuple[str, str, datetime, datetime]


def _names_of(
    references: Iterable[str], people: set[int]
) -> tuple[dict[str, tuple[str, str, str]], list[Cover]]:
    """For each reference a name and, of a letter, its kind and what it is about; for whom these people stood
    in, from when to when."""
    wanted = [(kind, pks) for kind, pks in _numbers(references).items() if kind in NAMES]
    some = [_some(kind, pks) for kind, pks in sorted(wanted)] + ([_covers(people)] if people else [])
    if not some:
        return {}, []
    names, covers = {}, []
    for kind, pk, *told in some[0].union(*some[1:], all=True):
        if kind == COVER:
            name, begins, ends = told
            covers.append((f"user:{pk}", name, datetime.fromisoformat(begins), datetime.fromisoformat(ends)))
        else:
            names[f"{kind}:{pk}"] = tuple(told)
    return names, covers


def _covers(people: set[int]) -> Any:
    rows = ActingFor.objects.filter(deputy__in=people).order_by()
    ends = Coalesce("ended_at", "ends_at")
    return _in_columns(rows, COVER, "deputy_id", F("absent__name"), "starts_at", ends)


def _some(kind: str, pks: set[int]) -> Any:
    rows, name = NAMES[kind]
    of_letter = ("kind", "subject_ref") if kind == "letter" else (Value(""), Value(""))
    return _in_columns(rows.filter(pk__in=pks).order_by(), kind, "pk", name, *of_letter)


def _in_columns(rows: Any, kind: str, number: str, *told: Any) -> Any:
    """Rows of several kinds in the same columns, to come in one statement."""
    return rows.values_list(Value(kind, TextField()), number, *(Cast(one, TextField()) for one in told))
