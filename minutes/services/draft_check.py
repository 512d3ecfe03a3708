"""The safe-release check of a record that is not authorised: partners read it as soon as its round opens."""

from collections.abc import Mapping

from attendees.enums import TAKES_PART
from cases.models import Child
from minutes.models import Minutes
from minutes.rules.release import Finding, findings, names_told
from minutes.rules.renditions import cut_for
from minutes.services.content import content_of
from minutes.services.recipients import let_through, secrets_of


def draft_findings(record: Minutes) -> list[Finding]:
    """What those who took part should not read in the record as it stands, each in their own copy.

    Marked passages are left out of the copy of whoever is outside social care, police and health.
    """
    case, content = record.discussion.case, content_of(record)
    there = record.discussion.attendance.filter(mode__in=TAKES_PART)
    kinds = there.values_list("professional__agency__kind", flat=True).distinct()
    cuts = {cut_for(kind, content) for kind in kinds}
    names = Child.everyone.borne_outside(names_told(content), case)
    return findings(content, secrets_of(case), [], names, also=cuts)


def let_draft_through(record: Minutes, accepted: Mapping[str, str] | None) -> list[dict[str, str]]:
    """What was found and why it may be read all the same, for the ledger: no words of the record.

    Raises Refused at `accept_…` where a reason is missing.
    """
    let = let_through(draft_findings(record), accepted or {})
    return [{"what": one["key"].partition(":")[0], "reason": one["reason"]} for one in let]
