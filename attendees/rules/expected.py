"""Whom a discussion should have before it is booked: quorum (W10, C12, G04), carers' service (W04), others
(C13, G05)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from accounts.enums import AgencyKind
from attendees import quorum
from attendees.enums import QuorumRole, Reply


def missing_roles(required: Sequence[str], invited: Mapping[Any, str]) -> list[QuorumRole]:
    """Return the roles of quorum that nobody invited fills, in the protocol's order.

    `invited` gives each person's role; a person fills one role only (row G04).
    """
    people = {person: {role} for person, role in invited.items() if role}
    return [QuorumRole(role) for role in quorum.check(required, people).missing]


def takes_part_themselves(reply: str, deputy: str | None) -> bool:
    """Whether somebody is expected in person: not while a deputy is invited in their place, unless they say
    that they come after all."""
    return deputy is None or reply == Reply.COMING


def word_of(reply: str, reply_of_absent: str | None) -> Reply:
    """Return the answer that counts: of a deputy who has not replied yet, what the person they stand in for
    said, that somebody comes in their place."""
    if reply == Reply.WAITING and reply_of_absent == Reply.DEPUTY:
        return Reply.COMING
    return Reply(reply)


def lacks_carers_service(looked_after: bool, kinds: Iterable[str]) -> bool:
    """Whether a child is looked after and no residential or fostering service is among the kinds of agency
    (W04)."""
    return looked_after and AgencyKind.RESIDENTIAL not in set(kinds)


def in_words(roles: Iterable[QuorumRole]) -> str:
    """Return the roles as a sentence lists them: "police and health"."""
    words = [role.label.lower() for role in roles]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""
