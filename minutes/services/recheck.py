"""The safe-release check of a copy that was made before: an address may have been hidden since (C25, P25)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit.errors import MoveNotAllowed
from cases.models import Case, Child
from minutes import letters
from minutes.canonical import hash_of
from minutes.enums import RenditionKind
from minutes.models import MinutesVersion, Recipient, Rendition
from minutes.rules.release import Finding, Secret, findings_in, names_told
from minutes.rules.renditions import Cut
from minutes.services.recipients import let_through, secrets_of

FOUND_SINCE = (
    "Since this copy was made, something was found in it that must not leave unseen. {} "
    "Have it mended, or say on the page of the copies why it may go out"
)


@dataclass(frozen=True, slots=True)
class LookedFor:
    """What a version is looked through for, and what was let through when it was circulated; read once."""

    version: MinutesVersion
    secrets: list[Secret]
    names: set[str]
    circulated: frozenset[str]

    def found_in(self, cut: Cut, made: Rendition | None = None) -> list[Finding]:
        """What stands in a copy now and nobody has let through.

        What goes to professionals may not go to the family, so theirs has its own reasons alone.
        """
        let = {one["key"] for one in made.accepted} if made else set()
        let |= set() if cut.kind == RenditionKind.FAMILY else self.circulated
        reason = self.version.reason if cut.is_whole else ""
        found = findings_in(self.version.content, cut, self.secrets, self.names, reason=reason)
        return [one for one in found if one.key not in let]


def looked_for_in(version: MinutesVersion) -> LookedFor:
    """Read what a version is looked through for, as it is now."""
    case = version.minutes.discussion.case
    names = Child.everyone.borne_outside(names_told(version.content, version.reason), case)
    sent = getattr(version, "circulation", None)
    let = frozenset(one["key"] for one in sent.accepted) if sent else frozenset()
    return LookedFor(version, secrets_of(case), set(names), let)


def found_since(rendition: Rendition) -> list[Finding]:
    """What stands in a made copy now and was not let through; reads only."""
    return looked_for_in(rendition.version).found_in(rendition.cut, rendition)


def found_since_sent(version: MinutesVersion, given: Iterable[Rendition]) -> list[Finding]:
    """What stands now in the copies that people have and was not let through; reads only."""
    looked = looked_for_in(version)
    found = {one.key: one for made in given for one in looked.found_in(made.cut, made)}
    return list(found.values())


def tell_of_copies(case: Case, at: datetime) -> None:
    """An address or number of the family is hidden from now on: who circulated hears whose copies say it.

    For each version that somebody still has, and once for the same finding (C25, P25). The caller has locked
    the case.
    """
    standing = Recipient.objects.standing().filter(circulation__version__minutes__discussion__case=case)
    standing = standing.select_related("circulation__version__minutes__discussion__case", "rendition")
    given: dict[MinutesVersion, list[Rendition]] = {}
    for one in standing:
        given.setdefault(one.circulation.version, []).append(one.rendition)
    for version, copies in given.items():
        if found := sorted(one.key for one in found_since_sent(version, copies)):
            letters.copies_found_since(version, hash_of(found), at=at)


def let_copy_through(rendition: Rendition, accepted: Mapping[str, str] | None) -> list[str]:
    """Keep with a copy why each thing found in it since may go out; return what the ledger is told.

    Called within the service that lets the copy leave. Raises Refused at `accept_…` where a reason is
    missing.
    """
    let: list[dict[str, Any]] = list(let_through(found_since(rendition), accepted or {}))
    if let:
        rendition.accepted = [*rendition.accepted, *let]
        rendition.save(update_fields=["accepted"])
    return [one["key"] for one in let]


def refuse_found(found: Iterable[Finding]) -> None:
    """Give no file of a copy away in which something was found since. Raises MoveNotAllowed, naming it."""
    if said := " ".join(one.sentence for one in found):
        raise MoveNotAllowed(FOUND_SINCE.format(said))
