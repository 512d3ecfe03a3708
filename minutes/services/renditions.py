"""The copies of an authorised version: which there are, having one made, the family’s (C25, P25)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, refuse
from minutes import events_after as events
from minutes.enums import RenditionKind
from minutes.models import FamilyHanding, Minutes, MinutesVersion, Recipient, Rendition
from minutes.permissions import after as permissions
from minutes.rules.release import Finding
from minutes.rules.renditions import Cut, choices, family_cuts, title_of
from minutes.services import printing
from minutes.services.family_told import why_no_family_copy
from minutes.services.recipients import copy_findings, let_through
from minutes.services.record import lock_record


@dataclass(frozen=True, slots=True)
class Held:
    """One copy of a version: what it is called, its file when one was asked for, and who was given it."""

    cut: Cut
    title: str
    rendition: Rendition | None
    given_to: list[str]

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


def copies_of(version: MinutesVersion) -> Copies:
    """Every copy that can be made of a version, and who has it."""
    made = {one.cut: one for one in version.renditions.all()}
    held = Recipient.objects.filter(circulation__version=version, revoked_at=None)
    names: dict[int, list[str]] = {}
    for pk, name in held.order_by("professional__name").values_list("rendition_id", "professional__name"):
        names.setdefault(pk, []).append(name)
    handings = list(FamilyHanding.objects.filter(rendition__version=version).select_related("by"))
    for one in handings:
        names.setdefault(one.rendition_id, []).append(one.handed_to)
    no_family = why_no_family_copy(version.minutes)
    return Copies(
        [_held(version, cut, made.get(cut), names) for cut in cuts_of(version)], no_family, handings
    )


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

    The family's is made when nothing in its own words must stay here, or each finding is let through with a
    reason of its own: what goes to professionals may not go to the family. Raises NotAllowed; MoveNotAllowed
    for a version that is not authorised or a family that is not told; Refused at `accept_…`.
    """
    record = lock_record(minutes)
    refuse(permissions.refusal_to_make_copy(by, record, at))
    _refuse_unready(record, version, cut)
    let = let_through(findings_of(version, cut), accepted or {})
    rendition = printing.ask_for(version, cut)
    if let:
        rendition.accepted = let
        rendition.save(update_fields=["accepted"])
    data = {"version": version.number, "copy": cut.code, "let_through": [one["key"] for one in let]}
    audit.record(events.COPY_MADE, record.discussion.case, subject=rendition, by=by, at=at, data=data)
    return rendition


def findings_of(version: MinutesVersion, cut: Cut) -> list[Finding]:
    """What must not leave in the family's copy; the copies for professionals are checked when they leave."""
    return copy_findings(version, cut) if cut.kind == RenditionKind.FAMILY else []


@transaction.atomic
def hand_to_family(
    rendition: Rendition, *, handed_to: str, how: str, handed_at: datetime, by: User, at: datetime
) -> FamilyHanding:
    """Write down that somebody of the family was given their copy: who, when and how.

    Raises NotAllowed, MoveNotAllowed, Refused at `handed_to`, `how` or `handed_at`.
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
    given = FamilyHanding.objects.create(
        rendition=rendition,
        handed_to=" ".join(handed_to.split()),
        how=" ".join(how.split()),
        handed_at=handed_at,
        by=by,
        at=at,
    )
    data = {"version": version.number, "copy": rendition.cut.code}
    audit.record(events.FAMILY_HANDED, record.discussion.case, subject=given, by=by, at=handed_at, data=data)
    return given


def _held(version: MinutesVersion, cut: Cut, made: Rendition | None, names: dict[int, list[str]]) -> Held:
    given = names.get(made.pk, []) if made else []
    return Held(cut, title_of(version.content, cut), made, given)


def _refuse_unready(record: Minutes, version: MinutesVersion, cut: Cut) -> None:
    if version.authorised_at is None:
        raise MoveNotAllowed("Copies are made of authorised minutes only.")
    if cut.kind == RenditionKind.FAMILY and (reason := why_no_family_copy(record)):
        raise MoveNotAllowed(reason)


def _refuse_empty(field: str, text: str, sentence: str) -> None:
    if not text.strip():
        raise Refused(field, sentence)
