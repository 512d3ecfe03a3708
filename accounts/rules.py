"""Pure rules of accounts: which roles and teams go together, which domains will do, who may stand in."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.enums import TeamKind
from accounts.roles import PARTNERS, ROLES
from outbox.rules import RETIRED

ALONE = {
    "administrator": "An administrator has no other role: they keep the system and see no child’s record",
    "inspector": "An inspector has no other role: they read and change nothing",
    "partner": "A partner has no other role: they see only what they are invited to",
    "agency_desk": "The desk of an agency has no other role: it sees only what is asked of that agency",
}
OUTSIDE = (*sorted(PARTNERS), "inspector")  # may belong to any agency; all others are the authority's own
LONGEST_COVER = timedelta(days=183)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
SUFFIXES = frozenset({"gov.uk", "nhs.uk", "police.uk", "org.uk", "co.uk", "ac.uk", "sch.uk"})


@dataclass(frozen=True, slots=True)
class TeamFacts:
    """What the rules ask of a team: its name, kind and agency."""

    name: str
    kind: str
    agency: int


def problems_with_roles(
    roles: Collection[str], teams: Iterable[TeamFacts], *, agency: int | None, is_authority: bool
) -> dict[str, str]:
    """What cannot stand in somebody's roles, agency and teams: field to sentence."""
    if not roles:
        return {"roles": "Choose at least one role"}
    if any(name not in ROLES for name in roles):
        return {"roles": "Choose one of the answers listed"}
    for name, sentence in ALONE.items():
        if name in roles and len(roles) > 1:
            return {"roles": sentence}
    if not is_authority and (inside := [ROLES[name].title for name in roles if name not in OUTSIDE]):
        return {"agency": f"Only somebody of the authority itself can have the role {inside[0].lower()}"}
    if is_authority and "agency_desk" in roles:
        return {"agency": "The desk is of a partner agency: the authority’s own people have their worklists"}
    return _problems_with_teams(roles, list(teams), agency)


def _problems_with_teams(
    roles: Collection[str], teams: list[TeamFacts], agency: int | None
) -> dict[str, str]:
    for team in teams:
        if team.agency != agency:
            return {"teams": f"{team.name} is a team of another agency"}
    if teams and ("administrator" in roles or "inspector" in roles):
        title = "An administrator" if "administrator" in roles else "An inspector"
        return {"teams": f"{title} belongs to no team: whoever is in a team sees the team’s cases"}
    if PARTNERS.intersection(roles) and (inside := [one for one in teams if one.kind != TeamKind.PARTNER]):
        return {"teams": f"{inside[0].name} sees whole cases, so a partner cannot be in it"}
    return {}


def read_domains(text: str) -> tuple[list[str], str]:
    """The domains that somebody typed, one a line or with commas; and what is wrong with the first bad one.

    A suffix alone proves nothing (“anything.gov.uk”), and the retired government domains lose what is sent.
    """
    found: list[str] = []
    for typed in re.split(r"[\s,;]+", text.strip().lower()):
        domain = typed.lstrip("@").rstrip(".")
        if not domain:
            continue
        if problem := _problem_with_domain(domain, typed):
            return found, problem
        if domain not in found:
            found.append(domain)
    return found, ""


def _problem_with_domain(domain: str, typed: str) -> str:
    shown = typed if len(typed) <= 60 else f"{typed[:60]}…"
    for retired in RETIRED:
        if domain == retired or domain.endswith("." + retired):
            return f"Addresses ending {retired} were closed down, so “{shown}” cannot be used"
    labels = domain.split(".")
    if len(domain) > 120 or len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        return f"“{shown}” is not a domain. Enter the part behind the @, like example.gov.uk"
    if domain in SUFFIXES:
        return f"“{shown}” is only an ending: anybody may have an address below it. Enter the whole domain"
    return ""


@dataclass(frozen=True, slots=True)
class Person:
    """What the rules ask of somebody who is away or stands in."""

    name: str
    roles: Collection[str]
    agency: int | None
    is_active: bool


def problem_with_deputy(deputy: Person, absent: Person) -> str:
    """Why this person cannot stand in for that one; empty when they can.

    Who stands in is lent the other's powers until the end, so those must be powers that they may be given.
    """
    if not deputy.is_active:
        return f"{deputy.name}’s account is closed. Choose somebody else"
    if deputy.agency is None or deputy.agency != absent.agency:
        return f"{deputy.name} works for another agency and cannot be given {absent.name}’s powers"
    for name in OUTSIDE:
        if name in deputy.roles:
            return f"{deputy.name} is {_named(name)} and cannot be given anybody’s powers"
    if ("administrator" in deputy.roles) != ("administrator" in absent.roles):
        return (
            f"{deputy.name} cannot act for {absent.name}: administrators see no child’s record, "
            "so only an administrator acts for an administrator"
        )
    return ""


def problems_with_cover(starts_at: datetime, ends_at: datetime, now: datetime) -> dict[str, str]:
    """What cannot stand in the times of an absence: field to sentence."""
    if ends_at <= now:
        return {"ends_at": "The end must be in the future"}
    if ends_at <= starts_at:
        return {"ends_at": "The end must be after the start"}
    if ends_at - starts_at > LONGEST_COVER:
        return {"ends_at": "Nobody acts for another for more than six months. Choose an earlier end"}
    return {}


def _named(role: str) -> str:
    title = ROLES[role].title.lower()
    return f"an {title}" if title[0] in "aeiou" else f"a {title}"
