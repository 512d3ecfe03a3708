"""From the end of a discussion to a locked version: finish, check, return, authorise, correct (B13, B14)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from accounts.models import ActingFor, User
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, refuse
from cases.models import Case
from minutes import events_after as events
from minutes import workflow
from minutes.canonical import hash_of, is_unchanged
from minutes.differences import Change, changes_between
from minutes.enums import MinutesStatus
from minutes.models import Agreement, Minutes, MinutesVersion
from minutes.permissions import after as permissions
from minutes.permissions.meeting import booking_of
from minutes.rules.complete import Missing, missing_from, missing_parts
from minutes.rules.findings import findings_missing
from minutes.services import corrections, printing, turns
from minutes.services.content import content_of
from minutes.services.household import with_household
from minutes.services.legal import facts_missing
from minutes.services.places import addressed
from minutes.services.record import changed, lock_record
from strategy.models import StrategyRequest
from strategy.people import circulating_team

AS_AGREED = 0  # the number of the version kept as the record stood when the discussion ended
LONGEST_REASON = 300


@transaction.atomic
def finish(minutes: Minutes, *, by: User, at: datetime) -> Minutes:
    """Business support hands the finished record to the chair (row B13).

    1. Lock; who minutes may finish; only a record that is agreed, with its action log frozen.
    2. Keep the record as it stood at the end, so that every later change can be read.
    3. The circulation clock passes to the chair, whose own clock starts. Raises NotAllowed, MoveNotAllowed.
    """
    record = _locked(minutes)
    refuse(permissions.refusal_to_finish(by, record.discussion, at))
    workflow.MINUTES.check_move(record.status, MinutesStatus.WITH_CHAIR, workflow.HANDS_ON)
    keep_as_agreed(record, by, at)
    booking = booking_of(record.discussion)
    chair = booking.chair if booking else by
    _move(record, MinutesStatus.WITH_CHAIR, finished_at=at)
    turns.hand_circulation_to(record.discussion, owner=chair, verb="Check and authorise", by=by, at=at)
    turns.start_check(record, chair, by=by, at=at)
    audit.record(events.FINISHED, record.discussion.case, subject=record, by=by, at=at)
    return record


@transaction.atomic
def return_to_support(minutes: Minutes, *, reason: str, by: User, at: datetime) -> Minutes:
    """The chair sends the record back to be finished, saying what is missing. Raises Refused("reason")."""
    record = _locked(minutes)
    refuse(permissions.refusal_to_check(by, record.discussion, at))
    workflow.MINUTES.check_move(record.status, MinutesStatus.AGREED, workflow.HANDS_BACK)
    why = _given(reason, "Say what business support should put right")
    _move(record, MinutesStatus.AGREED, finished_at=None)
    turns.end_check(record, by=by, at=at, returned=why)
    booking = booking_of(record.discussion)
    turns.hand_circulation_to(
        record.discussion,
        owner=booking.minute_taker if booking else by,
        verb="Put right and finish the minutes",
        by=by,
        at=at,
    )
    audit.record(events.RETURNED, record.discussion.case, subject=record, by=by, at=at, data={"reason": why})
    return record


@transaction.atomic
def answer_correction(
    agreement: Agreement, *, accepted: bool, reason: str, by: User, at: datetime
) -> Agreement:
    """The chair takes a correction or objection up, or does not, with a reason (rows W26, G16)."""
    record = _locked(agreement.minutes)
    said: Agreement = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
    refuse(permissions.refusal_to_check(by, record.discussion, at))
    if said.answer == "agrees":
        raise MoveNotAllowed("There is nothing to answer: this attendee agrees with the record.")
    said.resolution = _given(reason, "Say why you take it up, or why not")
    said.accepted, said.resolved_by, said.resolved_at = accepted, by, at
    said.save(update_fields=["resolution", "accepted", "resolved_by", "resolved_at"])
    changed(record)
    data = {"accepted": accepted}
    audit.record(events.ANSWERED, record.discussion.case, subject=said, by=by, at=at, data=data)
    return said


@transaction.atomic
def authorise_minutes(minutes: Minutes, *, by: User, at: datetime) -> MinutesVersion:
    """The chair authorises the record: it is locked as a new version, and nobody can change it (row B14).

    1. Lock; the chair, or who holds a chair's role, may; only a record that is with the chair.
    2. Refuse while the protocol's "must" is missing, naming each with its clause; "should" is only warned of.
    3. Write the version with its hash and the head of the ledger, and ask the printer for its PDF.
    4. What has not left of earlier versions is taken back, with what this one corrects (ADR 86).
    5. The chair's clock is met; circulating passes to business support, with a clock of its own for a
       corrected version that people had before.
    Raises NotAllowed, MoveNotAllowed, Refused("missing").
    """
    record = _locked(minutes)
    refuse(permissions.refusal_to_check(by, record.discussion, at))
    workflow.MINUTES.check_move(record.status, MinutesStatus.AUTHORISED)
    content = content_of(record)
    if blocking := [one for one in missing_of(record, content) if one.blocks]:
        raise Refused("missing", _sentence(blocking))
    version = _keep(record, content, by, at, authorised=True)
    printing.ask_for(version)
    _move(record, MinutesStatus.AUTHORISED, correction_reason="")
    turns.end_check(record, by=by, at=at)
    held = corrections.hold_old_back(version, by=by, at=at)
    team = circulating_team(record.discussion)
    turns.hand_circulation_to(
        record.discussion,
        team=team,
        owner=None if team else by,
        verb=corrections.verb_to_circulate(version, held),
        by=by,
        at=at,
    )
    corrections.start_sending(version, by=by, at=at)
    data = {"version": version.number, "sha256": version.sha256}
    audit.record(events.AUTHORISED, record.discussion.case, subject=version, by=by, at=at, data=data)
    return version


@transaction.atomic
def begin_correction(minutes: Minutes, *, reason: str, by: User, at: datetime) -> Minutes:
    """Open an authorised record again for a corrected version, circulated as such. The old one stays."""
    record = _locked(minutes)
    reason_not = permissions.refusal_to_check(by, record.discussion, at)
    if reason_not and permissions.refusal_to_circulate(by, record.discussion, at):
        refuse(reason_not)
    workflow.MINUTES.check_move(record.status, MinutesStatus.WITH_CHAIR, *workflow.MENDS)
    why = _given(reason, "Say why the minutes must be corrected")
    booking = booking_of(record.discussion)
    chair = booking.chair if booking else by
    _move(record, MinutesStatus.WITH_CHAIR, correction_reason=why)
    turns.hand_circulation_to(record.discussion, owner=chair, verb="Correct and authorise", by=by, at=at)
    corrections.hand_sending_to(record, chair, by=by, at=at)
    audit.record(
        events.CORRECTION_BEGUN, record.discussion.case, subject=record, by=by, at=at, data={"reason": why}
    )
    return record


def what_is_missing(minutes: Minutes) -> list[Missing]:
    """What those who meet can still decide or write of what the protocol asks for; reads only.

    Each with the page on which it is done. Who agreed and signed is not among it: that comes at the end.
    """
    rules = _rules(minutes)
    content = with_household(minutes, content_of(minutes), rules)
    found = [*missing_parts(content, rules), *findings_missing(content, rules)]
    found += facts_missing(minutes, content, rules, timezone.now())
    return addressed(minutes, sorted(found, key=lambda one: not one.blocks))


def changes_since_agreed(minutes: Minutes) -> list[Change]:
    """What was changed in the record since it was agreed at the end; reads only."""
    first = minutes.versions.filter(number=AS_AGREED).first()
    return changes_between(first.content, content_of(minutes)) if first else []


def changes_of(minutes: Minutes, old: int, new: int) -> list[Change]:
    """What differs between two versions by their numbers. Raises MinutesVersion.DoesNotExist."""
    found = {one.number: one for one in minutes.versions.filter(number__in=[old, new])}
    if old not in found or new not in found:
        raise MinutesVersion.DoesNotExist
    return changes_between(found[old].content, found[new].content)


def is_sound(version: MinutesVersion) -> bool:
    """Whether a version and its action log still are what was hashed (P15); a changed byte says no."""
    log = version.action_log
    return is_unchanged(version.content, version.sha256) and is_unchanged(log.content, log.sha256)


def latest_authorised(minutes: Minutes) -> MinutesVersion | None:
    """The version in force, or None while nothing was authorised."""
    authorised = minutes.versions.filter(authorised_at__isnull=False)
    joined = authorised.select_related("action_log", "authorised_by", "made_by", "filing", "circulation")
    return with_cover(joined).order_by("-number").first()


def with_cover(found: QuerySet[MinutesVersion]) -> QuerySet[MinutesVersion]:
    """The same versions with `authorised_for`: for whom whoever authorised each stood in then (row W17)."""
    return found.annotate(authorised_for=ActingFor.objects.names("authorised_by", "authorised_at"))


def keep_as_agreed(record: Minutes, by: User, at: datetime) -> None:
    """Keep the record as it stood when the discussion ended, unless it is kept already.

    Called with the record locked, before the first change that would not be seen otherwise.
    """
    if not record.versions.exists():
        _keep(
            record,
            content_of(record, texts_at=record.agreed_at),
            by,
            record.agreed_at or at,
            number=AS_AGREED,
        )


def _keep(
    record: Minutes,
    content: dict[str, Any],
    by: User,
    at: datetime,
    *,
    authorised: bool = False,
    number: int | None = None,
) -> MinutesVersion:
    log = record.action_logs.order_by("-number").first()
    if log is None:
        raise MoveNotAllowed("The action log was not frozen yet: agree the record at the end first.")
    last = record.versions.aggregate(last=Max("number"))["last"]
    return MinutesVersion.objects.create(
        minutes=record,
        number=number if number is not None else (last or 0) + 1,
        content=content,
        sha256=hash_of(content),
        action_log=log,
        reason=record.correction_reason if authorised else "",
        made_by=by,
        made_at=at,
        authorised_by=by if authorised else None,
        authorised_at=at if authorised else None,
    )


def _locked(minutes: Minutes) -> Minutes:
    Case.objects.lock(minutes.discussion.case)
    return lock_record(minutes)


def _move(record: Minutes, to: MinutesStatus, **fields: Any) -> None:
    record.status = to
    for name, value in fields.items():
        setattr(record, name, value)
    record.save(update_fields=["status", *fields])
    changed(record)


def _rules(minutes: Minutes) -> Any:
    return minutes.discussion.request.protocol.rules


def missing_of(minutes: Minutes, content: dict[str, Any]) -> list[Missing]:
    """What the protocol asks for and this content does not hold, what blocks first; reads only."""
    rules = _rules(minutes)
    content = with_household(minutes, content, rules)
    found = [*facts_missing(minutes, content, rules, timezone.now()), *missing_from(content, rules)]
    found += findings_missing(content, rules)
    return sorted(found, key=lambda one: not one.blocks)


def _sentence(blocking: Sequence[Missing]) -> str:
    told = " ".join(f"{one.sentence} ({one.clause})" for one in blocking)
    return f"These minutes cannot be authorised yet. {told}"


def _given(text: str, sentence: str) -> str:
    tidy = " ".join(text.split())
    if not tidy:
        raise Refused("reason", sentence)
    if len(tidy) > LONGEST_REASON:
        raise Refused("reason", f"Use {LONGEST_REASON} characters or fewer")
    return tidy


def is_authorised_for(wanted: StrategyRequest) -> bool:
    """Whether a record of the request's discussion was authorised: then nothing is added to the request."""
    found = MinutesVersion.objects.filter(minutes__discussion__request=wanted.pk, authorised_at__isnull=False)
    return found.exists()
