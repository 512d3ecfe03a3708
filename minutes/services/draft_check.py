"""The safe-release check of a record that is not authorised: partners read it as soon as its round opens.

What is written in it afterwards, and an address hidden since, is looked for each time a partner opens it:
they read nothing of it until what was found is mended or let through. Nothing of that holds up circulation.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from attendees.enums import TAKES_PART
from attendees.models import Attendance
from audit import services as audit
from audit.errors import MoveNotAllowed, refuse
from cases.models import Case, Child
from minutes import events_after as events
from minutes.enums import MinutesStatus
from minutes.models import Minutes
from minutes.permissions import after as permissions
from minutes.rules.release import Finding, findings, names_told
from minutes.rules.renditions import cut_for
from minutes.services.content import content_of
from minutes.services.places import mended_at
from minutes.services.recipients import let_through, secrets_of
from minutes.services.record import changed, lock_record

READ_AS_A_DRAFT = frozenset({MinutesStatus.AGREED, MinutesStatus.WITH_CHAIR})


def draft_findings(
    record: Minutes, content: Mapping[str, Any] | None = None, there: Iterable[Attendance] | None = None
) -> list[Finding]:
    """What those who took part should not read in the record as it stands and nobody has let through.

    Looked for in the copy of each; marked passages are left out of that of whoever is outside social care,
    police and health. `content` and `there`: the record, and who took part, where they were read already.
    """
    case, content = record.discussion.case, content or content_of(record)
    if there is None:
        took_part = record.discussion.attendance.filter(mode__in=TAKES_PART)
        there = took_part.select_related("professional__agency")
    cuts = {cut_for(one.professional.agency.kind, content) for one in there}
    names = Child.everyone.borne_outside(names_told(content), case)
    let = {one["key"] for one in record.let_through}
    return [one for one in findings(content, secrets_of(case), [], names, also=cuts) if one.key not in let]


def draft_findings_to_mend(record: Minutes) -> list[Finding]:
    """The same, each with the page on which the text that it stands in is mended."""
    content = content_of(record)
    return mended_at(record, draft_findings(record, content), content)


def note_found(
    record: Minutes, content: Mapping[str, Any] | None = None, there: Iterable[Attendance] | None = None
) -> list[Finding]:
    """The same, kept with the record so that the pages of those who finish and check it say so at once.

    Called when a partner opens the draft, when somebody has changed it or sees it in the room, and when an
    address or number is hidden; written only when it differs.
    """
    found = draft_findings(record, content, there)
    told = [one.sentence for one in found]
    if record.draft_found != told:
        record.draft_found = told
        Minutes.objects.filter(pk=record.pk).update(draft_found=told)
    return found


def found_now(record: Minutes, content: Mapping[str, Any] | None = None) -> list[str]:
    """What partners cannot read the record for, as it stands this moment, in sentences; nothing unless it is
    read as a draft. `content`: the record, where it was read already."""
    if record.status not in READ_AS_A_DRAFT:
        return []
    return [one.sentence for one in note_found(record, content)]


def note_hidden(case: Case, at: datetime) -> None:
    """An address or number of the family is hidden from now on: its drafts are looked through at once.

    `at`: when, London time or any other zone. The caller has locked the case.
    """
    drafts = Minutes.objects.filter(discussion__case=case, status__in=READ_AS_A_DRAFT)
    for record in drafts.select_related("discussion__case"):
        note_found(record)


def let_draft_through(record: Minutes, accepted: Mapping[str, str] | None) -> list[dict[str, str]]:
    """Keep why what was found may be read all the same; return it for the ledger, without the record's words.

    Called with the record locked. Raises Refused at `accept_…` where a reason is missing.
    """
    let = let_through(draft_findings(record), accepted or {})
    if let:
        record.let_through = [*record.let_through, *let]
        record.save(update_fields=["let_through"])
    return [{"what": one["key"].partition(":")[0], "reason": one["reason"]} for one in let]


@transaction.atomic
def look_through(
    minutes: Minutes, *, accepted: Mapping[str, str] | None = None, by: User, at: datetime
) -> Minutes:
    """Say of everything found in the draft since its round opened why those who took part may read it.

    Raises NotAllowed, MoveNotAllowed once it is authorised, Refused at `accept_…`.
    """
    record = lock_record(minutes)
    refuse(permissions.refusal_to_look_through(by, record.discussion, at))
    if record.status not in READ_AS_A_DRAFT:
        raise MoveNotAllowed("Only a record that is being agreed is looked through here.")
    let = let_draft_through(record, accepted)
    note_found(record)
    if let:
        changed(record)
        case, data = record.discussion.case, {"let_through": let}
        audit.record(events.LOOKED_THROUGH, case, subject=record, by=by, at=at, data=data)
    return record
