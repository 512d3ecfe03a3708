"""A decision recorded wrongly, put right while the record is with the chair (rows B13, B14; ADR 72)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, StaleVersion, refuse
from cases.models import Case, Child
from govuk.moments import long_date
from minutes import events_after as events
from minutes import letters
from minutes.enums import MinutesStatus
from minutes.models import Minutes, PutRight
from minutes.permissions import after as permissions
from minutes.rules.text import one_line
from minutes.services import decisions
from minutes.services.decisions import Threshold
from minutes.services.record import changed, lock_record
from minutes.services.versions import LONGEST_REASON
from strategy.clocks import keep_clocks
from strategy.enums import SECTION_47
from strategy.models import Decision, Enquiry, LaterDecision
from strategy.permissions import refusal_to_lengthen

Change = tuple[str, str, str]
PROSE = (("risk_text", "risk"), ("rationale", "rationale"), ("legal_reason", "legal reason"))
REWORDED = ("", "")
NOTHING = "Nothing is different from what is recorded. Change what is wrong, then save"


@transaction.atomic
def correct_decision(
    minutes: Minutes,
    child: Child,
    said: Threshold,
    *,
    reason: str,
    by: User,
    at: datetime,
    take_back: bool = False,
    version: int | None = None,
) -> Decision:
    """Put right what was recorded as decided for a child; who decided it and when stands.

    1. Lock case, discussion and record; who may authorise, while the record is with the chair; a reason.
    2. What is said must have been possible when the discussion ended. What is answered beside it stays.
    3. Section 47 opens the child's enquiry, begun when the discussion was. Anything else takes an open one
       back (`take_back` says that this is meant), unless something was recorded of it: then it is closed
       first, by whoever leads it, on its own page. One that is closed stays as it ended.
    4. Clocks follow: the conference's, and that of a child who waits for a decision after all.
    5. Whoever leads an enquiry that began or never was is told by letter; the ledger, codes and the reason.
    Raises NotAllowed, MoveNotAllowed, StaleVersion, Refused at the field.
    """
    record = lock_to_correct(minutes, by, at)
    why = why_of(reason)
    decision = Decision.objects.select_for_update().filter(discussion=record.discussion, child=child).first()
    if decision is None:
        raise Refused("child", "Nothing was decided for this child.")
    if version is not None and version != decision.version:
        raise StaleVersion(None, "Somebody changed this decision while you were writing. Both are shown.")
    decisions.check(record, child, said, record.discussion.ended_at or at)
    before = _told(decision, enquiry_of(decision))
    _refuse_decided_later(decision, said)
    code = decision.outcome
    decisions.put_words(decision, said)
    enquiry = _follow_with_enquiry(record, decision, said, why, take_back, by, at)
    changes = changes_of(before, _told(decision, enquiry))
    decision.version += 1
    decision.save()
    PutRight.objects.create(
        minutes=record, child=child, about="Decision", changes=changes, reason=why, by=by, at=at
    )
    changed(record)
    data = {"child": child.pk, "was": code, "outcome": decision.outcome, "reason": why}
    data |= {"changed": [title for title, _, _ in changes], "enquiry": enquiry.pk if enquiry else None}
    audit.record(events.DECISION_PUT_RIGHT, record.discussion.case, subject=decision, by=by, at=at, data=data)
    keep_clocks(record.discussion.request.referral, by=by, at=at, manager_reason=manager_reason(why, by, at))
    return decision


# --- Shared by all that is put right ---------------------------------------------------------


def lock_to_correct(minutes: Minutes, by: User, at: datetime) -> Minutes:
    """Lock case, discussion and record for who puts something right. Raises NotAllowed, MoveNotAllowed."""
    Case.objects.lock(minutes.discussion.case)
    record = lock_record(minutes)
    refuse(permissions.refusal_to_check(by, record.discussion, at))
    if reason := why_not_now(record):
        raise MoveNotAllowed(reason)
    return record


def why_not_now(record: Minutes) -> str | None:
    """Why nothing is put right in the record as it stands, and what would let one; None when it can be."""
    if record.status == MinutesStatus.WITH_CHAIR:
        return None
    if record.status in (MinutesStatus.AUTHORISED, MinutesStatus.CIRCULATED):
        return "These minutes are authorised and cannot be changed. Make a corrected version first."
    if record.status == MinutesStatus.AGREED:
        return "The record is being finished. What was recorded wrongly is put right when the chair has it."
    return "The discussion has not ended: change it in the record itself."


def why_of(reason: str) -> str:
    """The reason on one line. Raises Refused("reason")."""
    why = one_line(reason)
    if not why:
        raise Refused("reason", "Say what was wrong, and how you know")
    if len(why) > LONGEST_REASON:
        raise Refused("reason", f"Use {LONGEST_REASON} characters or fewer")
    return why


def manager_reason(why: str, by: User, at: datetime) -> str:
    """The reason, where who gives it may move a running clock later with it (`clocks.md`)."""
    return why if refusal_to_lengthen(by, at) is None else ""


def changes_of(before: Sequence[tuple[str, str]], after: Sequence[tuple[str, str]]) -> list[Change]:
    """What is different, in the order of the page; prose only by its name. Raises Refused when nothing is."""
    prose = {title for _, title in PROSE}
    found = [
        (title, *(REWORDED if title in prose else (was, now)))
        for (title, was), (_, now) in zip(before, after, strict=True)
        if was != now
    ]
    if not found:
        raise Refused(None, NOTHING)
    return found


# --- A decision and its enquiry ---------------------------------------------------------


def _told(decision: Decision, enquiry: Enquiry | None) -> list[tuple[str, str]]:
    is_47 = decision.outcome in SECTION_47
    return [
        ("outcome", decision.get_outcome_display()),
        ("deferred to", long_date(decision.deferred_to) if decision.deferred_to else ""),
        ("level of risk", decision.get_risk_level_display()),
        *[(title, getattr(decision, name)) for name, title in PROSE],
        ("who leads the enquiry", enquiry.leads if enquiry and is_47 else ""),
    ]


def enquiry_of(decision: Decision) -> Any:
    """The enquiry that a decision began, open or closed, the latest if it was decided twice; or None.

    With whether a later date for its conference was agreed.
    """
    made = Enquiry.objects.filter(child=decision.child_id, discussion=decision.discussion_id)
    return made.with_delay().select_related("lead", "closed_by").order_by("pk").last()


def _refuse_decided_later(decision: Decision, said: Threshold) -> None:
    """A deferred decision that was made since stands beside it: two answers would be on record."""
    if said.outcome == decision.outcome:
        return
    later = LaterDecision.objects.filter(decision=decision).select_related("by").first()
    if later is not None:
        day = long_date(later.at)
        raise Refused(
            "outcome",
            f"It was deferred, and {later.by.name} recorded on {day} what was decided since. That stands: "
            "to decide otherwise, hold another discussion",
        )


def _follow_with_enquiry(
    record: Minutes, decision: Decision, said: Threshold, why: str, take_back: bool, by: User, at: datetime
) -> Enquiry | None:
    mine = enquiry_of(decision)
    if mine is not None and mine.closed_at is not None:
        _refuse_other_kind(mine, said)
        return mine
    if mine is None and decision.outcome not in SECTION_47:
        return None
    if decision.outcome not in SECTION_47:
        assert mine is not None
        _refuse_to_take_back(mine, take_back)
        subject = mine.subject
        decisions.keep_enquiry(record, decision, said, by=by, at=at, why=why)
        letters.enquiry_put_right(record.discussion, mine.lead, subject, is_open=False, by=by, at=at)
        return None
    if mine is None:
        decisions.refuse_second_enquiry(record, decision.child, said)
        made = decisions.keep_enquiry(record, decision, said, by=by, at=at)
        assert made is not None
        letters.enquiry_put_right(record.discussion, made.lead, made.subject, is_open=True, by=by, at=at)
        return made
    kept = replace(said, lead=said.lead or mine.lead, police_lead=said.police_lead or mine.police_lead)
    return decisions.keep_enquiry(record, decision, kept, by=by, at=at)


def _refuse_other_kind(closed: Enquiry, said: Threshold) -> None:
    """An enquiry that ended ended as what it was; that it should not have begun can still be said."""
    kinds = {"section_47_joint": "joint", "section_47_single": "single"}
    if said.outcome in SECTION_47 and kinds[said.outcome] != closed.kind:
        day = long_date(closed.closed_at) if closed.closed_at else ""
        kind = closed.get_kind_display().lower()
        raise Refused(
            "outcome",
            f"The enquiry that began here was made as “{kind}”, and {closed.closed_by} closed it on {day}: "
            "how it was led is history. Leave the outcome, and say what was wrong in a passage of the record",
        )


def why_not_taken_back(enquiry: Any) -> str:
    """What was recorded of an open enquiry, so that it cannot have never begun, and what to do; else ""."""
    if enquiry.conference_on is not None:
        done = f"its conference was held on {long_date(enquiry.conference_on)}"
    elif enquiry.delayed_to is not None:
        done = "a later date for its conference was agreed"
    else:
        return ""
    return (
        f"A section 47 enquiry was begun by this decision, and {done}. It cannot be taken back. "
        f"{enquiry.lead.name} leads it: have it closed on its page with what it found, then put this right"
    )


def _refuse_to_take_back(enquiry: Any, is_meant: bool) -> None:
    if done := why_not_taken_back(enquiry):
        raise Refused("outcome", done)
    if not is_meant:
        raise Refused(
            "take_back",
            f"A section 47 enquiry is open, led by {enquiry.lead.name}. Tick that it is taken back, "
            "or leave the outcome",
        )
