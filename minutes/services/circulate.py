"""To circulate is to send the authorised minutes to all who must have them, with proof of each copy (W28)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from attendees.models import Professional
from attendees.services.links import is_staff, make_link
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, refuse
from cases.models import Case
from minutes import events_after as events
from minutes import letters, workflow
from minutes.enums import LawfulBasis, MinutesStatus, RecipientStatus, Way
from minutes.models import Circulation, Minutes, MinutesVersion, Recipient, Rendition
from minutes.permissions import after as permissions
from minutes.rules.renditions import WHOLE, Cut
from minutes.services import corrections, delivering, printing, turns
from minutes.services.recipients import (
    Planned,
    as_shown,
    known_to,
    let_through,
    planned_for,
    release_findings,
    sorted_out,
)
from minutes.services.record import changed, lock_record
from minutes.services.versions import is_sound, latest_authorised
from outbox import services as outbox
from outbox.models import Letter
from strategy.models import Discussion
from strategy.people import circulating_team

S = RecipientStatus
ON_THE_WAY = frozenset({S.SENT, S.HANDED})
WAITING = frozenset({S.QUEUED, S.DEFERRED, S.TO_HAND, S.BOUNCED, S.NEEDS_PERSON})
CHANGED_SINCE = (
    "Somebody’s name or address, or how a copy goes to them, was changed after you opened this page. "
    "Look at the list again: it is as it is now. Then circulate"
)
UNTIL_PRINTED = "Waiting for the PDF to be made"


@transaction.atomic
def circulate(
    minutes: Minutes,
    *,
    by: User,
    at: datetime,
    extra: Iterable[Professional] = (),
    accepted: Mapping[str, str] | None = None,
    chosen: Mapping[int, Cut] | None = None,
    left_out: Mapping[int, str] | None = None,
    shown: str = "",
    lawful_basis: str = LawfulBasis.PUBLIC_TASK,
) -> Circulation:
    """Send the authorised version to all whom the protocol names, each the most secure way there is.

    1. Lock; business support circulates; only an authorised version that still is what was hashed.
    2. Refuse while a finding of the safe-release check is neither mended nor accepted with a reason.
    3. Write the circulation, a copy for each recipient, and their letters in this transaction; letters wait
       for the PDF. Somebody without e-mail is handed a copy, and the clock runs until that is recorded.
    4. The clock is met by the last dispatch, not by this click. What has not left of an earlier version
       leaves no more.
    `chosen`: which copy somebody is given instead of the one for their agency, by their number. `left_out`:
    who gets none and why (`recipients.sorted_out`). `shown`: the fingerprint of the recipients as they were
    looked at (`recipients.as_shown`); "" where nobody looked. `lawful_basis`: why it may be shared.
    Raises NotAllowed, MoveNotAllowed, Refused at `accept_…`, `why_out_…` or `recipients`.
    """
    record = _locked(minutes)
    discussion = record.discussion
    refuse(permissions.refusal_to_circulate(by, discussion, at))
    workflow.MINUTES.check_move(record.status, MinutesStatus.CIRCULATED)
    version = latest_authorised(record)
    if version is None or not is_sound(version):
        raise MoveNotAllowed(
            "This version is no longer what the chair authorised. Tell your administrator now."
        )
    if shown and shown != as_shown(known_to(version), version):
        raise Refused("recipients", CHANGED_SINCE)
    planned, out = sorted_out(planned_for(version, extra, chosen), left_out)
    if not planned:
        raise Refused("recipients", "Nobody would receive these minutes. Add a recipient.")
    let = let_through(release_findings(version, planned), accepted or {})
    circulation = _begin(version, by, at, accepted=let, left_out=out, lawful_basis=lawful_basis)
    files = {cut: printing.ask_for(version, cut) for cut in {WHOLE, *(one.cut for one in planned)}}
    copies = [_send(circulation, one, files[one.cut], by=by, at=at) for one in planned]
    corrections.take_old_back(circulation, by=by, at=at)
    for rendition in files.values():
        printing.release_letters(rendition)
    record.status = MinutesStatus.CIRCULATED
    record.save(update_fields=["status"])
    changed(record)
    turns.hand_circulation_to(
        discussion, team=circulation.routed_to, verb="See that every copy arrives", by=by, at=at
    )
    if not hasattr(version, "filing"):  # filed before it was circulated: nothing waits for it
        turns.start_filing(record, circulation.routed_to, by=by, at=at)
    delivering.ask_for(version, at=at)
    data = _told(circulation, len(copies))
    audit.record(events.CIRCULATED, discussion.case, subject=circulation, by=by, at=at, data=data)
    return circulation


def _told(circulation: Circulation, copies: int) -> dict[str, Any]:
    """What the ledger keeps of a circulation."""
    out = circulation.left_out
    return {
        "version": circulation.version.number,
        "copies": copies,
        "lawful_basis": circulation.lawful_basis,
        "let_through": [one["key"] for one in circulation.accepted],
        "left_out": [{"who": f"professional:{one['professional']}", "reason": one["reason"]} for one in out],
    }


def on_sent(letter: Letter, at: datetime) -> None:
    """The mail server has a copy; the clock is met when it was the last. Safe to run twice."""
    copy = _copy_of(letter)
    if copy is None or copy.letter_id != letter.pk or copy.status in (S.HANDED, S.SENT):
        return
    if copy.status == S.REVOKED:  # with the mail server when it was revoked: that it left is said
        copy.dispatched_at = copy.dispatched_at or at
        copy.save(update_fields=["dispatched_at"])
        return
    copy.status, copy.dispatched_at = S.SENT, at
    copy.save(update_fields=["status", "dispatched_at"])
    settle(copy.circulation)
    _tell(events.COPY_SENT, copy, at)


def on_bounced(letter: Letter, at: datetime) -> None:
    """A copy came back or was given up: business support hears at once, and the clock runs again (X12)."""
    copy = _copy_of(letter)
    if copy is None or copy.letter_id != letter.pk or copy.status in (S.REVOKED, S.HANDED):
        return
    copy.status = S.BOUNCED if letter.status == "bounced" else S.NEEDS_PERSON
    copy.dispatched_at = None
    copy.save(update_fields=["status", "dispatched_at"])
    settle(copy.circulation)
    if not corrections.is_replaced(copy.circulation):
        reason = f"The copy for {copy.professional.name} did not arrive"
        turns.reopen_circulation(copy.circulation.version.minutes.discussion, reason=reason, at=at)
    letters.copy_bounced(copy, letter, at=at)
    _tell(events.COPY_BOUNCED, copy, at)


def keep_back(person: Professional, why: str, at: datetime, link: int | None = None) -> None:
    """A reader leaves, or their address is put right: a copy that has not left them waits for a person.

    `link`: a link of theirs was shut, and only what would have led there is kept back. Business support
    hears at once. One that the mail server has in hand cannot be stopped, and says that it left.
    """
    unsent = Recipient.objects.filter(professional=person, status__in=(S.QUEUED, S.DEFERRED))
    if link is not None:
        unsent = unsent.filter(letter__context__link=link)
    for row in unsent.order_by("circulation__version__minutes__discussion__case", "pk"):
        copy = locked_copy(row)
        if copy.status not in (S.QUEUED, S.DEFERRED):
            continue
        outbox.cancel(by=None, at=at, why=why, subject=f"recipient:{copy.pk}")
        copy.status = S.NEEDS_PERSON
        copy.save(update_fields=["status"])
        if copy.letter is not None:
            letters.copy_bounced(copy, copy.letter, at=at)
        _tell(events.COPY_BOUNCED, copy, at)


def settle(circulation: Circulation) -> None:
    """Say when the last copy went, if all have gone; the clock is met at that moment, by the version in force
    alone: an old one that leaves while a corrected one waits meets nothing."""
    copies = list(circulation.recipients.exclude(status=S.REVOKED))
    moments = [one.dispatched_at for one in copies if one.status in ON_THE_WAY and one.dispatched_at]
    done = bool(copies) and len(moments) == len(copies)
    circulation.last_dispatched_at = max(moments) if done else None
    circulation.save(update_fields=["last_dispatched_at"])
    if circulation.last_dispatched_at is not None and not corrections.later_version(circulation.version):
        discussion = circulation.version.minutes.discussion
        turns.meet_circulation(discussion, at=circulation.last_dispatched_at)
        corrections.settle_sending(circulation)


def send_copy(copy: Recipient, *, by: User, at: datetime) -> Recipient:
    """Write the letter of one copy, and keep it waiting while the PDF is not made."""
    discussion = copy.circulation.version.minutes.discussion
    invited = discussion.invitations.filter(professional=copy.professional, withdrawn_at=None).exists()
    link = make_link(copy.professional, discussion, at=at) if invited else None
    clock = turns.circulation_clock(discussion)
    number = Letter.objects.filter(key__startswith=f"copy:{copy.pk}:").count() + 1
    copy.letter = letters.copy_of_minutes(
        copy,
        link,
        online=link is not None or is_staff(copy.professional),
        by=by,
        at=at,
        due_at=clock.due_at if clock else None,
        number=number,
    )
    copy.save(update_fields=["letter"])
    outbox.hold(copy.letter, UNTIL_PRINTED)
    return copy


def locked_copy(recipient: Recipient) -> Recipient:
    """Lock case, discussion, record and the copy, in that order, and return the copy fresh."""
    minutes = Minutes.objects.get(versions__circulation__recipients=recipient.pk)
    _locked(minutes)
    copies = Recipient.objects.select_related(
        "circulation__version__minutes__discussion__case", "circulation__routed_to", "circulation__by",
        "professional__agency", "professional__user", "letter", "rendition",
    )  # fmt: skip
    found: Recipient = copies.select_for_update(of=("self",)).get(pk=recipient.pk)
    return found


def _copy_of(letter: Letter) -> Recipient | None:
    found = Recipient.objects.filter(letter=letter).first()
    return locked_copy(found) if found is not None else None


def _begin(version: MinutesVersion, by: User, at: datetime, **decided: Any) -> Circulation:
    team = circulating_team(version.minutes.discussion)
    if team is None:
        raise Refused(
            "recipients", "There is no business support team to circulate. Ask an administrator to add one."
        )
    return Circulation.objects.create(version=version, routed_to=team, by=by, at=at, **decided)


def _send(
    circulation: Circulation, planned: Planned, rendition: Rendition, *, by: User, at: datetime
) -> Recipient:
    by_hand = planned.way == Way.BY_HAND
    copy = Recipient.objects.create(
        circulation=circulation,
        professional=planned.professional,
        rendition=rendition,
        way=planned.way,
        why=planned.why[:200],
        status=S.TO_HAND if by_hand else S.QUEUED,
    )
    return copy if by_hand else send_copy(copy, by=by, at=at)


def _locked(minutes: Minutes) -> Minutes:
    Case.objects.lock(Discussion.objects.select_related("case").get(pk=minutes.discussion_id).case)
    return lock_record(minutes)


def _tell(event: str, copy: Recipient, at: datetime) -> None:
    case = copy.circulation.version.minutes.discussion.case
    data = {"to": f"professional:{copy.professional_id}", "way": copy.way}
    audit.record(event, case, subject=copy, by=None, at=at, data=data)
