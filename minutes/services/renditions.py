"""The copies of an authorised version: which there are, having one made, the family’s (C25, P25)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import OuterRef

from accounts.models import User
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, refuse
from minutes import events_after as events
from minutes.enums import RenditionKind
from minutes.models import FamilyHanding, Minutes, MinutesVersion, Recipient, Rendition
from minutes.permissions import after as permissions
from minutes.rules.release import Finding
from minutes.rules.renditions import Cut, choices, family_cuts, title_of
from minutes.services import printing, recheck
from minutes.services.family_told import why_no_family_copy
from minutes.services.recipients import let_through
from minutes.services.record import lock_record


@dataclass(frozen=True, slots=True)
class Held:
    """One copy of a version: what it is called, its file when one was asked for, and who was given it."""

    cut: Cut
    title: str
    rendition: Rendition | None
    given_to: list[str]
    found: list[Finding]  # since it was made, and not let through

    @property
    def code(self) -> str:
        """The copy in an address."""
        return self.cut.code

    @property
    def is_family(self) -> bool:
        """Whether it is handed to the family, and sent to nobody."""
        return self.cut.kind == RenditionKind.FAMILY


@dataclass(frozen=True, slots=True)
class Copies:
    """All copies of a version, the family's last; why they have none; who of them was given it."""

    all: list[Held]
    no_family: str | None
    handings: list[FamilyHanding]


def copies_of(version: MinutesVersion, *, looked_through: bool = False) -> Copies:
    """Every copy that can be made of a version, who has it, and what was found in those made since.

    `looked_through`: whether they are looked through now; else nothing is said to be found.
    """
    held = Recipient.objects.standing().filter(rendition=OuterRef("pk"))
    readers = ArraySubquery(held.order_by("professional__name").values("professional__name"))
    made = {one.cut: one for one in version.renditions.annotate(readers=readers)}
    names = {one.pk: list(one.readers) for one in made.values()}
    handings = list(FamilyHanding.objects.filter(rendition__version=version).select_related("by"))
    for one in handings:
        names[one.rendition_id].append(one.handed_to)
    looked = recheck.looked_for_in(version) if looked_through else None
    copies = [_held(version, cut, made.get(cut), names, looked) for cut in cuts_of(version)]
    return Copies(copies, why_no_family_copy(version.minutes), handings)


def cuts_of(version: MinutesVersion) -> list[Cut]:
    """The copies that can be made of a version, the family's last where they are told."""
    no_family = why_no_family_copy(version.minutes)
    return [*choices(version.content), *([] if no_family else family_cuts(version.content))]


@transaction.atomic
def make_copy(
    minutes: Minutes,
    version: MinutesVersion,
    cut: Cut,
    *,
    by: User,
    at: datetime,
    accepted: Mapping[str, str] | None = None,
) -> Rendition:
    """Have the file of a copy made; asking twice makes one file.

    It is made when nothing in its own words must stay here, or each finding is let through with a reason,
    here or when the version was circulated; the family's copy has its own reasons: what goes to professionals
    may not go to the family. Asked again later, what was found since is let through the same way. Raises
    NotAllowed; MoveNotAllowed for a version that is not authorised or a family that is not told; Refused at
    `accept_…`.
    """
    record = lock_record(minutes)
    refuse(permissions.refusal_to_make_copy(by, record, at))
    _refuse_unready(record, version, cut)
    let = let_through(findings_of(version, cut), accepted or {})
    rendition = printing.ask_for(version, cut)
    if let:
        rendition.accepted = [*rendition.accepted, *let]
        rendition.save(update_fields=["accepted"])
    data = {"version": version.number, "copy": cut.code, "let_through": [one["key"] for one in let]}
    audit.record(events.COPY_MADE, record.discussion.case, subject=rendition, by=by, at=at, data=data)
    return rendition


def findings_of(version: MinutesVersion, cut: Cut) -> list[Finding]:
    """What must not leave in a copy and nobody has let through; reads only."""
    made = version.renditions.filter(kind=cut.kind, child=cut.child_id).first()
    return recheck.looked_for_in(version).found_in(cut, made)


@transaction.atomic
def hand_to_family(
    rendition: Rendition,
    *,
    handed_to: str,
    how: str,
    handed_at: datetime,
    by: User,
    at: datetime,
    accepted: Mapping[str, str] | None = None,
) -> FamilyHanding:
    """Write down that somebody of the family was given their copy: who, when and how.

    It is looked through once more: what was found since it was made is let through with a reason. Raises
    NotAllowed, MoveNotAllowed, Refused at `handed_to`, `how`, `handed_at` or `accept_…`.
    """
    version = rendition.version
    record = lock_record(version.minutes)
    refuse(permissions.refusal_to_make_copy(by, record, at))
    _refuse_unready(record, version, rendition.cut)
    if rendition.kind != RenditionKind.FAMILY or rendition.enclosure_id is None:
        raise MoveNotAllowed("The file of the family’s copy is not made yet.")
    _refuse_empty("handed_to", handed_to, "Enter who was given the copy")
    _refuse_empty("how", how, "Say where and how the copy was handed over")
    if handed_at > at:
        raise Refused("handed_at", "This time is in the future")
    if version.authorised_at and handed_at < version.authorised_at.replace(second=0, microsecond=0):
        raise Refused("handed_at", "This time is before the minutes were authorised")
    let = recheck.let_copy_through(rendition, accepted)
    given = FamilyHanding.objects.create(
        rendition=rendition,
        handed_to=" ".join(handed_to.split()),
        how=" ".join(how.split()),
        handed_at=handed_at,
        by=by,
        at=at,
    )
    data = {"version": version.number, "copy": rendition.cut.code, "let_through": let}
    audit.record(events.FAMILY_HANDED, record.discussion.case, subject=given, by=by, at=handed_at, data=data)
    return given


def _held(
    version: MinutesVersion,
    cut: Cut,
    made: Rendition | None,
    names: dict[int, list[str]],
    looked: recheck.LookedFor | None,
) -> Held:
    given = names.get(made.pk, []) if made else []
    found = looked.found_in(cut, made) if made and looked else []
    return Held(cut, title_of(version.content, cut), made, given, found)


def _refuse_unready(record: Minutes, version: MinutesVersion, cut: Cut) -> None:
    if version.authorised_at is None:
        raise MoveNotAllowed("Copies are made of authorised minutes only.")
    if cut.kind == RenditionKind.FAMILY and (reason := why_no_family_copy(record)):
        raise MoveNotAllowed(reason)


def _refuse_empty(field: str, text: str, sentence: str) -> None:
    if not text.strip():
        raise Refused(field, sentence)
