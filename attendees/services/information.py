"""Information asked of agencies: saved in parts, sent, or said to be none (rows W22, W23)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from attendees import clocks, events, permissions
from attendees.enums import InformationStatus, Marking
from attendees.models import InformationRequest, Passage, Professional
from attendees.services.replies import BY_LINK, SIGNED_IN, is_for_somebody
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, StaleVersion, refuse
from outbox.rules import one_line
from strategy.enums import DiscussionStatus

LONGEST = 20_000  # characters a heading: about eight pages
ANSWERS = (InformationStatus.RETURNED, InformationStatus.AT_MEETING, InformationStatus.NONE_HELD)


@dataclass(frozen=True, slots=True)
class Text:
    """What somebody typed under one heading; `version` is the one they had before them, None when it does
    not matter."""

    heading: str
    text: str
    marking: str = Marking.NOT_FAMILY
    version: int | None = None


@transaction.atomic
def save_information(
    asked: InformationRequest, texts: Iterable[Text], *, by: User | Professional, at: datetime, how: str = ""
) -> InformationRequest:
    """Keep what was typed so far, not sent yet; an empty text takes the passage's words away.

    Raises NotAllowed, MoveNotAllowed when the discussion has ended, StaleVersion, Refused at a heading.
    """
    asked = _locked(asked, by, at)
    changed = _keep(asked, texts)
    if asked.status == InformationStatus.ASKED and changed:
        asked.status = InformationStatus.STARTED
        asked.save(update_fields=["status"])
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
    how: str = "",
) -> InformationRequest:
    """Send the agency's information, or say that it will be told at the meeting or that none is held.

    May be sent again until the discussion ends: the last counts. Raises as `save_information`, and Refused at
    `status` when nothing was typed or something was.
    """
    asked = _locked(asked, by, at)
    for_somebody = is_for_somebody(asked.professional, by)
    if status not in ANSWERS:
        raise Refused("status", "Choose what you can tell")
    if for_somebody and not how.strip():
        raise Refused("how", "Say how it reached you, for instance by telephone or secure email")
    _keep(asked, texts)
    has_words = asked.passages.exclude(text="").exists()
    if status == InformationStatus.RETURNED and not has_words:
        raise Refused("status", "Write something under a heading, or choose another answer")
    if status == InformationStatus.NONE_HELD and has_words:
        raise Refused("status", "You have written information below. Send it, or clear it if nothing is held")
    asked.status, asked.answered_at = status, at
    asked.answered_by_ref = f"{by._meta.model_name}:{by.pk}"
    asked.answered_how = one_line(how)[:120] or (BY_LINK if isinstance(by, Professional) else SIGNED_IN)
    asked.save()
    clocks.information_came(asked, by=by, at=at)
    audit.record(
        events.INFORMATION_RECORDED if for_somebody else events.INFORMATION_ANSWERED,
        asked.discussion.case,
        subject=asked.subject,
        by=by,
        at=at,
        data={"status": status, "how": asked.answered_how, "professional": asked.professional_id},
    )
    return asked


def _locked(asked: InformationRequest, by: User | Professional, at: datetime) -> InformationRequest:
    found: InformationRequest = (
        InformationRequest.objects.select_for_update(of=("self",))
        .select_related("discussion__case", "professional__agency")
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
    """Write each changed passage and return the headings that changed."""
    stored = {one.heading: one for one in asked.passages.all()}
    changed = []
    for typed in texts:
        if len(typed.text) > LONGEST:
            raise Refused(
                None,
                f"What you wrote under “{typed.heading}” is too long. Use {LONGEST:,} characters or fewer",
            )
        if typed.marking not in Marking.values:
            raise Refused(None, f"Choose who may read what you wrote under “{typed.heading}”")
        passage = stored.get(typed.heading)
        if passage is None:
            if typed.text.strip():
                Passage.objects.create(
                    information=asked, heading=typed.heading, text=typed.text, marking=typed.marking
                )
                changed.append(typed.heading)
        elif (passage.text, passage.marking) != (typed.text, typed.marking):
            if typed.version is not None and typed.version != passage.version:
                raise StaleVersion(
                    None, f"“{typed.heading}” was changed meanwhile. Read it again before you save"
                )
            passage.text, passage.marking, passage.version = typed.text, typed.marking, passage.version + 1
            passage.save(update_fields=["text", "marking", "version", "updated_at"])
            changed.append(typed.heading)
    return changed
