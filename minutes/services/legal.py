"""Children with an emergency power in force, without section 47 and without a legal reason (C20, C26)."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from minutes.models import Minutes
from minutes.rules.complete import Missing, no_legal_reason
from strategy.enums import SECTION_47
from strategy.models import Decision, EmergencyPower


def without_legal_reason(minutes: Minutes, at: datetime) -> list[Decision]:
    """The decisions to which a legal reason is still to be added, each with its child.

    A power counts that was in force when the discussion ended, or is now while it goes on, whenever it was
    written down: one recorded after the decision asks as much as one before it (Children Act 1989, s47(1)).
    """
    discussion = minutes.discussion
    powers = EmergencyPower.objects.in_force(discussion.ended_at or at).filter(child=OuterRef("child"))
    made = Decision.objects.filter(Exists(powers), discussion=discussion, legal_reason="")
    return list(made.exclude(outcome__in=SECTION_47).select_related("child"))


def legal_missing(minutes: Minutes, at: datetime) -> list[Missing]:
    """The same as what is missing from the record: it blocks, by law and not by the procedure."""
    return [no_legal_reason(one.child_id, one.child.name) for one in without_legal_reason(minutes, at)]
