"""Children with an emergency power in force, without section 47 and without a legal reason (C20, C26)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet

from deadlines.enums import Duty
from deadlines.models import Deadline
from minutes.models import Minutes
from minutes.rules.complete import Missing, no_legal_reason, protection_missing
from minutes.rules.wording import in_words
from protocols.rules.settings import Protocol
from strategy.enums import SECTION_47
from strategy.models import Decision, Discussion, EmergencyPower


def without_legal_reason(minutes: Minutes, at: datetime) -> list[Decision]:
    """The decisions to which a legal reason is still to be added, each with its child.

    A power counts that was in force when the discussion ended, or is now while it goes on, whenever it was
    written down: one recorded after the decision asks as much as one before it (Children Act 1989, s47(1)).
    """
    return list(_lacking(minutes, at).select_related("child"))


def sentence_of(without: list[Decision]) -> str:
    """What is still to be said, of which children."""
    names = in_words([one.child.name for one in without])
    return (
        f"An emergency power is in force for {names} and there is no section 47 enquiry. Say on "
        "what legal advice, with the decision, before you close the discussion."
    )


def _lacking(minutes: Minutes, at: datetime) -> QuerySet[Decision]:
    discussion = minutes.discussion
    powers = EmergencyPower.objects.in_force(discussion.ended_at or at).filter(child=OuterRef("child"))
    made = Decision.objects.filter(Exists(powers), discussion=discussion, legal_reason="")
    return made.exclude(outcome__in=SECTION_47)


def facts_missing(
    minutes: Minutes, content: Mapping[str, Any], rules: Protocol, at: datetime
) -> list[Missing]:
    """What the record does not tell of itself, in one statement: the protection decision, legal reasons.

    A legal reason blocks by law, whatever the procedure says.
    """
    discussion = minutes.discussion
    subject, duty = f"referral:{discussion.request.referral_id}", Duty.IMMEDIATE_PROTECTION_DECISION
    lacking = _lacking(minutes, at).order_by("pk").values("child_id")
    found = Discussion.objects.filter(pk=discussion.pk).values(
        waits=Exists(Deadline.objects.running().of(subject, duty)), lacking=ArraySubquery(lacking)
    )[0]
    names = {one["id"]: one["name"] for one in content.get("children", [])}
    legal = [no_legal_reason(pk, names.get(pk, "a child")) for pk in found["lacking"]]
    return [*protection_missing(found["waits"], rules), *legal]
