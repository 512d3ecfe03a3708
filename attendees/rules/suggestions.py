"""Whom the facts of a request suggest inviting, with the reason (rows W03, W04, C08, C13, G01, G05)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from accounts.enums import AgencyKind

STATUTORY = (AgencyKind.SOCIAL_CARE, AgencyKind.POLICE, AgencyKind.HEALTH)
HOST = (*STATUTORY, AgencyKind.EDUCATION)  # who sees the child day by day where it was placed


@dataclass(frozen=True, slots=True)
class Facts:
    """What the request says of the children, of where they are and were, and of who referred."""

    looked_after: bool = False
    in_hospital: bool = False
    hospital: str = ""
    schools: Sequence[str] = ()
    referrer_agency: str = ""
    home_authorities: Sequence[str] = ()
    host_authorities: Sequence[str] = ()
    other_areas: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One kind of agency to think of: why, which kinds, and its name where the request names it."""

    why: str
    kinds: tuple[AgencyKind, ...]
    name: str = ""

    def fits(self, kind: str, agency: str) -> bool:
        """Whether an agency of the directory is meant: the kind, and the name where one is known."""
        named = not self.name or alike(self.name, agency)
        return named and (not self.kinds or kind in self.kinds)


def suggest(facts: Facts) -> list[Suggestion]:
    """Return whom to think of, most needed first; each name once."""
    found = []
    if facts.looked_after:
        found.append(Suggestion("A child is looked after", (AgencyKind.RESIDENTIAL,)))
    if facts.in_hospital:
        where = f" ({facts.hospital})" if facts.hospital else ""
        found.append(Suggestion(f"A child is in hospital{where}", (AgencyKind.HEALTH,), facts.hospital))
    if facts.referrer_agency:
        found.append(Suggestion("Made the referral", (), facts.referrer_agency))
    for school in _once(facts.schools):
        found.append(Suggestion(f"A child goes there: {school}", (AgencyKind.EDUCATION,), school))
    for area in _once(facts.home_authorities):
        found.append(Suggestion(f"The home authority of a child: {area}", STATUTORY, area))
    for area in _once(facts.host_authorities):
        found.append(Suggestion(f"A child lives in the area of {area}", HOST, area))
    for area in _once(facts.other_areas):
        found.append(Suggestion(f"The family lived elsewhere: {area}", STATUTORY, area))
    return found


def alike(name: str, agency: str) -> bool:
    """Whether two names mean the same body: one holds all the telling words of the other."""
    mine, theirs = _telling(name), _telling(agency)
    return bool(mine and theirs) and (mine <= theirs or theirs <= mine)


PLAIN = frozenset(
    {"the", "of", "and", "a", "school", "primary", "secondary", "academy", "college", "nursery", "hospital"}
    | {"trust", "nhs", "council", "county", "city", "borough", "metropolitan", "district", "children"}
    | {"childrens", "social", "care", "services", "police"}
)


def _telling(name: str) -> frozenset[str]:
    letters = "".join(one for one in name.casefold() if one.isalnum() or one.isspace())
    return frozenset(letters.split()) - PLAIN


def _once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(" ".join(one.split()) for one in names if one.strip()))
