"""What stands beside the button of booking: quorum, carers' service, setting, police, the requester's
call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import User
from attendees.models import Professional, WantedProfessional
from attendees.rules import expected
from attendees.rules.finder import Times, who_lacks
from attendees.services.directory import quorum_role_of
from protocols.enums import Circumstance
from strategy.models import Place, StrategyRequest


@dataclass(frozen=True, slots=True)
class Check:
    """One line: what was looked at, how it stands, and what to do."""

    title: str
    good: bool
    text: str
    href: str = ""
    action: str = ""


def quorum_check(
    request: StrategyRequest,
    chosen: Sequence[Professional],
    wanted: Sequence[WantedProfessional],
    chair: User | None,
) -> Check:
    """Whether those invited could make a quorum (rows W10, C12, G04)."""
    setting = request.protocol.rules.quorum_roles
    hints = {one.professional_id: one.quorum_role for one in wanted}
    people: dict[object, str] = {one.pk: hints.get(one.pk) or one.quorum_role for one in chosen}
    people["requester"] = quorum_role_of(request.carrier)
    if chair is not None and chair != request.carrier:
        people["chair"] = quorum_role_of(chair)
    missing = expected.missing_roles([role.value for role in setting.value], people)
    if missing:
        return Check(
            "Quorum", False, f"Nobody invited is there for {expected.in_words(missing)} ({setting.source})."
        )
    return Check("Quorum", True, "Everybody needed for a quorum is invited.")


def carers_check(looked_after: bool, chosen: Sequence[Professional]) -> Check | None:
    """Whether a looked-after child's service is invited (row W04)."""
    if not looked_after:
        return None
    if expected.lacks_carers_service(True, [one.agency.kind for one in chosen]):
        return Check("Looked after", False, "No residential or fostering service is invited yet.")
    return Check("Looked after", True, "The residential or fostering service is invited.")


def setting_check(
    request: StrategyRequest, circumstances: frozenset[Circumstance], place: Place | None
) -> Check | None:
    """Where it must be held: in the hospital before the child leaves (row W36), as a meeting (row W37)."""
    rules = request.protocol.rules
    if rules.hospital_rule.value and Circumstance.IN_HOSPITAL in circumstances:
        where = request.hospital_setting or "the hospital"
        return Check(
            "Setting",
            place is not None and place.is_hospital,
            f"To be held at {where}, before the child leaves ({rules.hospital_rule.source}).",
        )
    if rules.is_meeting_only(circumstances):
        return Check(
            "Setting", True, f"A meeting only, not by telephone ({rules.meeting_only_types.source})."
        )
    return None


def capacity_check(place: Place | None, asked: int) -> Check | None:
    """Whether the room holds everybody: those asked, with requester, chair and minute-taker."""
    if place is None or place.capacity is None:
        return None
    number = asked + 3
    if number > place.capacity:
        text = (
            f"{place.name} holds {place.capacity}; up to {number} are asked. Choose a larger room or hybrid."
        )
        return Check("Room", False, text)
    return Check("Room", True, f"{place.name} holds {place.capacity}.")


def times_check(
    people: Sequence[Times], chosen: tuple[int, datetime] | None, length: timedelta
) -> Check | None:
    """Who cannot come at the time on the form, by what they said and what they are booked for."""
    if chosen is None:
        return None
    away, _ = who_lacks(people, chosen[1], chosen[1] + length)
    if away:
        return Check("Times", False, f"At this time cannot come: {', '.join(away)}.")
    return Check("Times", True, "Nobody has said that they cannot come at this time.")
