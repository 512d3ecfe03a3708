"""How a section 47 enquiry ends, in the codes of the national datasets and in words. Pure."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from strategy.enums import EnquiryOutcome, Finding

# Nothing follows, or only the assessment: neither goes together with a conference.
WITHOUT_CONFERENCE = (EnquiryOutcome.NO_ACTION, EnquiryOutcome.SINGLE_ASSESSMENT)
SATURDAY = 5


def problems(finding: str, outcomes: Collection[str], *, has_conference: bool) -> dict[str, str]:
    """What is wrong with an ending, field to sentence: one finding, and codes that go together.

    The conference itself is no answer here: its code follows from the day on which it was held.
    """
    found: dict[str, str] = {}
    if finding not in Finding.values:
        found["finding"] = "Choose what the enquiry found"
    known = set(EnquiryOutcome.values) - {EnquiryOutcome.CONFERENCE}
    if not set(outcomes) <= known or not (outcomes or has_conference):
        found["outcomes"] = "Choose what follows the enquiry"
    elif has_conference and not known.difference(WITHOUT_CONFERENCE).issuperset(outcomes):
        found["outcomes"] = "A conference was held, so this is not “no further action”"
    elif EnquiryOutcome.NO_ACTION in outcomes and len(set(outcomes)) > 1:
        found["outcomes"] = "“No further action” stands alone: choose it, or what follows"
    return found


def codes(outcomes: Iterable[str], *, has_conference: bool) -> list[str]:
    """The codes to keep, in the dataset's order, that of the conference among them when it was held."""
    wanted = {*outcomes, *([EnquiryOutcome.CONFERENCE] if has_conference else [])}
    return [one for one in EnquiryOutcome.values if one in wanted]


def in_words(finding: str, outcomes: Iterable[str]) -> str:
    """An ending in a line; "" where none was asked. A code that is no longer known stands as it is."""
    found = str(dict(Finding.choices).get(finding, finding))
    return ". ".join(filter(None, [found, "; ".join(labels(outcomes))]))


def labels(outcomes: Iterable[str]) -> list[str]:
    """What each code says."""
    known = dict(EnquiryOutcome.choices)
    return [str(known.get(one, one)) for one in outcomes]


def problem_with_day(day: date, *, began: date) -> str | None:
    """Why a conference cannot be on this day: before its enquiry (rule 8615), at a weekend (8870, 8875)."""
    if day < began:
        return "This is before the enquiry began"
    if day.weekday() >= SATURDAY:
        return "This is a Saturday or Sunday: national returns refuse it, so check the date"
    return None


def national(
    *, started: date, conference_on: date | None, not_required: bool, plan: str, outcomes: Collection[str],
    comments: str,
) -> dict[str, Any]:  # fmt: skip
    """An enquiry under the names of the children in need census and the Standard Safeguarding Dataset.

    Where nobody was asked a flag is empty, as that dataset has it; else Y or N.
    """
    flags = {one: ("Y" if one in outcomes else "N") if outcomes else "" for one in EnquiryOutcome.values}
    return {
        "S47ActualStartDate": started.isoformat(),
        "DateOfInitialCPC": conference_on.isoformat() if conference_on else None,
        "ICPCnotRequired": not_required,
        "icpc_icpc_outcome_cp_flag": {"yes": "Y", "no": "N"}.get(plan, ""),
        "s47e_s47_outcome_json": {
            **flags,
            "TOTAL_NO_OF_OUTCOMES": len(outcomes),
            "OUTCOME_COMMENTS": comments,
        },
    }
