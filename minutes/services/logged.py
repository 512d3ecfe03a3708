"""The action log as the room lists it: each action with the page on which it is changed, and struck out."""

from dataclasses import dataclass

from django.urls import reverse

from minutes.enums import ActionOrigin, ActionStatus, MinutesStatus
from minutes.models import Action, FamilySharing, Minutes
from minutes.rules.actions import FAMILY, STRUCK_WITH
from minutes.services.actions import part_of

MEETING_TIME = frozenset({MinutesStatus.OPENED, MinutesStatus.LIVE})


@dataclass(frozen=True, slots=True)
class Logged:
    """An action, and where it is changed and struck out; empty where it is not."""

    action: Action
    change: str = ""
    strike: str = ""


def logged(action: Action, minutes: Minutes, family: FamilySharing | None) -> Logged:
    """An action with its pages: what came from an arrangement or a decision is changed where it came from."""
    if action.status == ActionStatus.STRUCK:
        return Logged(action)
    part = FAMILY if family is not None and family.action_id == action.pk else ""
    part = part or (action.origin if action.origin in (ActionOrigin.LAMING, ActionOrigin.MEDICAL) else "")
    own = [reverse(f"minutes:{what}_action", args=[minutes.discussion_id, action.pk]) for what in WHATS]
    return Logged(action, page_of(part, action, minutes) or own[0], "" if part in STRUCK_WITH else own[1])


def page_to_change(action: Action, minutes: Minutes) -> str:
    """The page of the part of the record that this action says; empty when it has its own."""
    return page_of(part_of(action), action, minutes)


def page_of(part: str, action: Action, minutes: Minutes) -> str:
    """Where that part of the record is changed."""
    pk = minutes.discussion_id
    if part == ActionOrigin.LAMING:
        return reverse("minutes:rearrange", args=[pk, action.arrangement.pk])
    if part == ActionOrigin.MEDICAL:
        name = "decide" if minutes.status in MEETING_TIME else "answers"
        return reverse(f"minutes:{name}", args=[pk, action.child_id])
    return reverse("minutes:family_sharing", args=[pk]) if part == FAMILY else ""


WHATS = ("edit", "strike")
