"""Information asked of agencies: saved in parts, sent, or said to be none (rows W22, W23)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from attendees import clocks, events, hooks, permissions
from attendees.enums import Holding, InformationStatus, Marking
from attendees.models import InformationRequest, Passage, Professional
from attendees.services import files as filing
from attendees.services.files import Upload
from attendees.services.replies import is_colleague, is_for_somebody, own_way
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, StaleVersion, refuse
from outbox.rules import one_line
from strategy.enums import DiscussionStatus
from strategy.models import Discussion

LONGEST = 20_000  # characters a passage: about eight pages
MOST_PASSAGES = 12  # under one heading
ANSWERS = (InformationStatus.RETURNED, InformationStatus.AT_MEETING, InformationStatus.NONE_HELD)


@dataclass(frozen=True, slots=True)
class Text:
    """One passage that somebody typed under a heading, with who may read it.

    `version` is the one they had before them, 0 for a passage that was not there, None when it does not
    matter. `holding` is what a health service says it holds under the heading, of its first passage alone;
    empty where it is not asked. `place` is the passage's among those of its heading.
    """

    heading: str
    text: str
    marking: str = Marking.NOT_FAMILY
    version: int | None = None
    holding: str = ""
    place: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """How information reached business support: from whom, by which way, and when (row W23)."""

    how: str = ""
    by_whom: str = ""
    at: datetime | None = None


@transaction.atomic
def save_information(
    asked: InformationRequest,
    texts: Iterable[Text],
    *,
    by: User | Professional,
    at: datetime,
    files: Iterable[Upload] = (),
) -> InformationRequest:
    """Keep what was typed so far, not sent yet; an empty text takes the passage's words away.

    Raises NotAllowed, MoveNotAllowed when the discussion has ended, StaleVersion, Refused at a heading or at
    `files`.
    """
    ready = filing.make_ready(files)
    asked = _locked(asked, by, at)
    changed = _keep(asked, texts)
    kept = filing.keep(asked, ready, by=by, at=at)
    if asked.status == InformationStatus.ASKED and (changed or kept):
        asked.status = InformationStatus.STARTED
        asked.save(update_fields=["status"])
    filing.note_kept(kept, by=by, at=at)
    if changed:
        audit.record(
            events.INFORMATION_SAVED,
            asked.discussion.case,
            subject=asked.subject,
            by=by,
            at=at,
            data={"headings": changed},
        )
    return asked


@transaction.atomic
def answer_information(
    asked: InformationRequest,
    *,
    status: str,
    by: User | Professional,
    at: datetime,
    texts: Iterable[Text] = (),
    files: Iterable[Upload] = (),
    told: Told | None = None,
) -> InformationRequest:
    """Send the agency's information, or say that it will be told at the meeting or that none is held.

    1. Look into the files before anything is locked; lock the discussion, then the row.
    2. Who types it for an agency says from whom, how and when it came; the clock stops at that moment.
    3. Write passages, files and the ending; the clock is met; rooms that wait for it take it in.
    4. The ledger.

    May be sent again until the discussion ends: the last counts. Raises as `save_information`, and Refused at
    `status` when nothing was typed or something was, at `how`, `from_whom` or `told_at`.
    """
    ready = filing.make_ready(files)
    asked = _locked(asked, by, at)
    for_somebody = is_for_somebody(asked.professional, by)
    if status not in ANSWERS:
        raise Refused("status", "Choose what you can tell")
    told = _checked(told or Told(), asked, at) if for_somebody else _own(asked, by)
    _keep(asked, texts)
    kept = filing.keep(asked, ready, by=by, at=at)
    _check_ending(asked, status)
    asked.status, asked.answered_at, asked.recorded_at = status, told.at or at, at
    asked.answered_by_ref = f"{by._meta.model_name}:{by.pk}"
    asked.answered_how, asked.answered_from = one_line(told.how)[:120], one_line(told.by_whom)[:120]
    asked.save()
    clocks.information_came(asked, by=by, at=max(asked.answered_at, asked.asked_at))
    hooks.tell(asked, at)
    filing.note_kept(kept, by=by, at=at)
    audit.record(
        events.INFORMATION_RECORDED if for_somebody else events.INFORMATION_ANSWERED,
        asked.discussion.case,
        subject=asked.subject,
        by=by,
        at=asked.answered_at,
        data={"status": status, "how": asked.answered_how, "professional": asked.professional_id},
    )
    return asked


def _own(asked: InformationRequest, by: User | Professional) -> Told:
    """By which way it came; where a colleague tells it for their agency, who that is."""
    colleague = by.name if is_colleague(asked.professional, by) else ""
    return Told(how=own_way(asked.professional, by), by_whom=colleague)


def said(asked: InformationRequest) -> list[Passage]:
    """The passages of a return, heading by heading, and what is held where nothing is written (row C32)."""
    written: dict[str, list[Passage]] = {}
    for part in asked.passages.all():
        written.setdefault(part.heading, []).append(part)
    return [one for parts in written.values() for one in _told(sorted(parts, key=lambda part: part.place))]


def _told(parts: list[Passage]) -> list[Passage]:
    return [one for one in parts if one.text.strip()] or [one for one in parts if one.holding]


def _checked(told: Told, asked: InformationRequest, at: datetime) -> Told:
    """What somebody says of a call or letter: complete, and neither in the future nor long before asking."""
    if not told.how.strip():
        raise Refused("how", "Say how it reached you, for instance by telephone or secure email")
    if not told.by_whom.strip():
        raise Refused("from_whom", "Enter who told or sent it")
    if told.at is not None and told.at > at:
        raise Refused("told_at", "It cannot have reached you in the future. Check the date and the time")
    if told.at is not None and told.at < asked.discussion.request.referral.triggered_at:
        raise Refused("told_at", "This is before the referral. Check the date and the time")
    return told


def _check_ending(asked: InformationRequest, status: str) -> None:
    """Whether the ending is honest: nothing held means that nothing stands above it, and the other way."""
    passages = list(asked.passages.all())
    has_files = any(one.may_be_kept for one in asked.files.filter(removed_at=None))
    has_words = has_files or any(one.text for one in passages)
    says_held = any(one.holding in (Holding.HELD, Holding.ASKED) for one in passages)
    if status == InformationStatus.RETURNED and not (has_words or any(one.holding for one in passages)):
        raise Refused("status", "Write something under a heading, add a file, or choose another answer")
    if status == InformationStatus.NONE_HELD and (has_words or says_held):
        raise Refused("status", "You have written information below. Send it, or clear it if nothing is held")


def _locked(asked: InformationRequest, by: User | Professional, at: datetime) -> InformationRequest:
    Discussion.objects.lock(asked.discussion)  # before the row, as every service that moves a discussion does
    found: InformationRequest = (
        InformationRequest.objects.select_for_update(of=("self",))
        .select_related("discussion__case", "discussion__request__referral", "professional__agency")
        .get(pk=asked.pk)
    )
    refuse(permissions.refusal_to_answer(by, found, at))
    if found.discussion.status in (DiscussionStatus.ENDED, DiscussionStatus.CANCELLED):
        state = DiscussionStatus(found.discussion.status).label.lower()
        raise MoveNotAllowed(
            f"This discussion is “{state}” now. Telephone the social worker with what you know."
        )
    return found


def _keep(asked: InformationRequest, texts: Iterable[Text]) -> list[str]:
    """Write each changed passage and return the headings that changed, each once."""
    stored = {(one.heading, one.place): one for one in asked.passages.all()}
    changed = []
    for typed in texts:
        _check_text(typed)
        holding = typed.holding
        passage = stored.get((typed.heading, typed.place))
        is_blank = not (typed.text.strip() or holding)
        if is_blank and (passage is None or typed.version == 0):
            continue  # nothing was typed, whatever a colleague wrote there meanwhile
        if passage is None:
            Passage.objects.create(
                information=asked,
                heading=typed.heading,
                place=typed.place,
                text=typed.text,
                marking=typed.marking,
                holding=holding,
            )
            changed.append(typed.heading)
        elif (passage.text, passage.marking, passage.holding) != (typed.text, typed.marking, holding):
            if typed.version is not None and typed.version != passage.version:
                raise StaleVersion(
                    None, f"“{typed.heading}” was changed meanwhile. Read it again before you save"
                )
            passage.text, passage.marking, passage.holding = typed.text, typed.marking, holding
            passage.version += 1
            passage.save(update_fields=["text", "marking", "holding", "version", "updated_at"])
            changed.append(typed.heading)
    _check_holding(asked)
    return list(dict.fromkeys(changed))


def _check_text(typed: Text) -> None:
    if len(typed.text) > LONGEST:
        raise Refused(
            None,
            f"What you wrote under “{typed.heading}” is too long. Use {LONGEST:,} characters or fewer",
        )
    if typed.marking not in Marking.values:
        raise Refused(None, f"Choose who may read what you wrote under “{typed.heading}”")
    if typed.holding not in ("", *Holding.values) or (typed.holding and typed.place):
        raise Refused(None, f"Choose what you hold under “{typed.heading}”")
    if typed.place >= MOST_PASSAGES:
        raise Refused(None, f"Use {MOST_PASSAGES} passages or fewer under “{typed.heading}”")


def _check_holding(asked: InformationRequest) -> None:
    """Words in any passage of a heading under which nothing is held contradict it (row C32)."""
    passages = list(asked.passages.all())
    nothing = {one.heading for one in passages if one.holding == Holding.NONE}
    for one in passages:
        if one.heading in nothing and one.text.strip():
            raise Refused(
                None, f"You wrote something under “{one.heading}” and say that you hold nothing. Clear one"
            )
