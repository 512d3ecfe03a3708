"""What was decided for each child, and under which power, as the record tells it (rows C17, C20, C26)."""

from typing import Any

from govuk.moments import long_date, moment
from minutes.services.gather import Gathered
from strategy.enums import SECTION_47, EnquiryKind, PowerEnd, Told
from strategy.models import Decision, Discussion, EmergencyPower, Enquiry


def decisions_of(rows: Gathered) -> list[dict[str, Any]]:
    """The decision for each child with its reasons, in the order in which they were first made."""
    enquiries = {one.child_id: one for one in rows.enquiries}
    return [
        {
            "child_id": one.child_id,
            "child": rows.child(one.child_id),
            "outcome_code": one.outcome,
            "outcome": one.get_outcome_display(),
            "risk_level": one.get_risk_level_display(),
            "risk_text": one.risk_text,
            "rationale": one.rationale,
            "legal_reason": one.legal_reason,
            "deferred_to": long_date(one.deferred_to) if one.deferred_to else "",
            "enquiry": _enquiry(enquiries.get(one.child_id), rows) if one.outcome in SECTION_47 else "",
            "plan": one.get_plan_display() if one.plan else "",
            "medical": _medical(one),
            "medical_why": one.medical_why,
            "under_pressure": " ".join(filter(None, [_told(one.under_pressure), one.pressure_note])),
        }
        for one in rows.decisions
    ]


def powers_of(rows: Gathered, discussion: Discussion) -> dict[str, Any]:
    """Every power that was in force for a child while the discussion was held; no key where there was none.

    What ended one later is told by the case: the record tells what those who decided knew, with the moment
    by which it ends. Times are told in Britain's.
    """
    told = [_power(one, rows) for one in rows.powers if _was_in_force(one, discussion)]
    return {"powers": told} if told else {}


def _was_in_force(one: EmergencyPower, discussion: Discussion) -> bool:
    if one.ended_how == PowerEnd.MISTAKE:
        return False
    since, until = discussion.started_at, discussion.ended_at
    gone = one.ended_at or one.expires_at
    return (until is None or one.started_at <= until) and (since is None or gone > since)


def _power(one: EmergencyPower, rows: Gathered) -> dict[str, Any]:
    return {
        "child_id": one.child_id,
        "child": rows.child(one.child_id),
        "kind": one.get_kind_display(),
        "since": moment(one.started_at),
        "until": moment(one.expires_at),
        "authority": one.authority,
        "told": one.told,
    }


def _medical(one: Decision) -> str:
    """The decision on a medical assessment; when and by whom stand in its action."""
    if one.medical == Told.YES:
        return f"Needed: {one.medical_kind}, at {one.medical_place}"
    return "Not needed" if one.medical == Told.NO else ""


def _told(answer: str) -> str:
    return f"{Told(answer).label}." if answer else ""


def _enquiry(found: Enquiry | None, rows: Gathered) -> str:
    if found is None:
        return ""
    leads = f"led by {rows.user(found.lead_id)} for social care"
    if found.kind == EnquiryKind.JOINT:
        leads += f" and {found.police_lead or 'nobody named'} for the police"
    return f"{found.get_kind_display()}, {leads}"
