"""Writing in a request, section by section: by its button, or as it saves itself while somebody types."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from audit.errors import MoveNotAllowed, Refused, StaleVersion, refuse
from audit.services import record
from cases.models import Child
from referrals.services import tell_concerns
from strategy import events, permissions
from strategy.clocks import keep_clocks
from strategy.enums import Section
from strategy.models import StrategyRequest
from strategy.rules.asking import MAY_NOT_APPLY, blocks_format
from strategy.services.requests import asked_of, refuse_first
from strategy.services.running import refuse_while_running

FIELDS: dict[str, tuple[str, ...]] = {
    Section.CHILDREN: (),
    Section.WHAT_HAPPENED: (
        "threshold_reason",
        "harm_summary",
        "previous_involvement",
        "other_areas",
        "parents_informed",
        "parents_reason",
        "consent",
        "consent_note",
        "new_information",
    ),
    Section.CIRCUMSTANCES: (),
    Section.FORMAT: (
        "format_wanted",
        "agencies_plan",
        "is_urgent",
        "urgent_reason",
        "direct_number",
        "hospital_setting",
    ),
    Section.PROFESSIONALS: (),
    Section.AVAILABILITY: ("availability",),
}
# Of what happened, the manager answers to the rest as it was submitted. The harm feared, by child, may follow
# too.
MAY_FOLLOW = (
    "harm_summary",
    "previous_involvement",
    "other_areas",
    "availability",
    "parents_informed",
    "parents_reason",
    "consent",
    "consent_note",
)
NEVER_EMPTIED = ("parents_informed",)  # once it was submitted
STALE = "Somebody else saved this section while you were writing. Look at both texts and save again."


@dataclass(frozen=True, slots=True)
class Seen:
    """The section as somebody had it before them: its version, and the printed form they write in.

    A save whose answer got lost on the way is known again by its form: it is nobody else's.
    """

    version: int | None = None
    form: str = ""

    def is_stale(self, wanted: StrategyRequest, section: str) -> bool:
        """Whether somebody else saved this section since."""
        if self.version is None or self.version == wanted.version_of(section):
            return False
        return not self.form or self.form != wanted.form_of(section)


ANY = Seen()  # whatever it is: somebody who saw nothing replaces nothing on purpose


@transaction.atomic
def save_section(
    request: StrategyRequest,
    section: str,
    values: Mapping[str, Any],
    *,
    by: User,
    at: datetime,
    seen: Seen = ANY,
) -> StrategyRequest:
    """Save one section's answers; `values` may hold that section's fields only, and `harm` by child.

    Of a request that was submitted only what may follow is saved, until the record is authorised (row W02).

    Raises NotAllowed, MoveNotAllowed when it was submitted meanwhile, StaleVersion when somebody else saved
    the section since it was `seen`, and Refused at the field where the local procedure blocks an answer.
    """
    wanted = lock_open(request, section, by=by, at=at, seen=seen)
    _write(wanted, section, values, by=by, at=at)
    finish_section(wanted, section, form=seen.form)
    if section == Section.FORMAT:
        refuse_first(blocks_format(asked_of(wanted, ()), wanted.protocol.rules))
    _tell(wanted, section, by=by, at=at)
    return wanted


@transaction.atomic
def keep_section(
    request: StrategyRequest,
    section: str,
    values: Mapping[str, Any],
    *,
    is_whole: bool,
    by: User,
    at: datetime,
    seen: Seen = ANY,
) -> StrategyRequest:
    """Keep what is typed so far: a section that saves itself. Nothing changed writes nothing.

    It counts as finished when `is_whole` and the local procedure blocks nothing in it; what is blocked is
    kept all the same, so that nothing typed is lost. Raises as `save_section`, without Refused.
    """
    wanted = lock_open(request, section, by=by, at=at, seen=seen)
    is_other = _write(wanted, section, values, by=by, at=at)
    if section == Section.FORMAT and is_whole:
        is_whole = not blocks_format(asked_of(wanted, ()), wanted.protocol.rules)
    if not is_other and is_whole == (section in wanted.finished_sections):
        return wanted
    finish_section(wanted, section, form=seen.form, is_finished=is_whole)
    _tell(wanted, section, by=by, at=at)
    return wanted


@transaction.atomic
def say_not_applicable(
    request: StrategyRequest, reasons: Mapping[str, str], *, by: User, at: datetime
) -> StrategyRequest:
    """What the procedure asks for does not apply here, each with the reason, for the manager to read.

    An empty reason takes it back. The format is finished when nothing stops it any more.
    Raises NotAllowed, MoveNotAllowed, and Refused for what must be answered.
    """
    wanted = lock_open(request, Section.FORMAT, by=by, at=at)
    if unknown := sorted(set(reasons) - MAY_NOT_APPLY):
        raise Refused(unknown[0], "This must be answered: it always applies")
    told = {**wanted.not_applicable, **{key: why.strip() for key, why in reasons.items()}}
    wanted.not_applicable = {key: why for key, why in told.items() if why}
    is_whole = bool(wanted.format_wanted) and not blocks_format(asked_of(wanted, ()), wanted.protocol.rules)
    finish_section(wanted, Section.FORMAT, form=wanted.form_of(Section.FORMAT), is_finished=is_whole)
    data = {"asked": sorted(wanted.not_applicable)}
    record(events.NOT_APPLICABLE, wanted.case, subject=wanted.subject, by=by, at=at, data=data)
    return wanted


def lock_open(
    request: StrategyRequest, section: str, *, by: User, at: datetime, seen: Seen = ANY
) -> StrategyRequest:
    """Return the request locked, if this person may still write in this section of it.

    Raises NotAllowed, MoveNotAllowed, StaleVersion.
    """
    wanted: StrategyRequest = StrategyRequest.objects.lock(request)
    refuse(permissions.refusal_to_see(by, wanted.case) or permissions.refusal_to_request(by, at))
    if reason := permissions.refusal_to_write(by, wanted, section, at):
        raise MoveNotAllowed(reason)
    if seen.is_stale(wanted, section):
        raise StaleVersion(None, STALE)
    return wanted


def finish_section(
    wanted: StrategyRequest, section: str, *, form: str = "", is_finished: bool = True
) -> None:
    """Mark a section of a locked request as finished or not, and count it and the request up."""
    others = {one for one in wanted.finished_sections if one != section}
    wanted.finished_sections = sorted({*others, str(section)} if is_finished else others)
    wanted.section_saves |= {str(section): [wanted.version_of(section) + 1, form]}
    wanted.version += 1
    wanted.save()


def _write(
    wanted: StrategyRequest, section: str, values: Mapping[str, Any], *, by: User, at: datetime
) -> bool:
    """Put the values into the locked request; whether anything is different now."""
    is_open = wanted.is_open_to_change
    may = FIELDS[section] if is_open else MAY_FOLLOW
    known = {name: values[name] for name in FIELDS[section] if name in values and name in may}
    if not is_open:
        known = {name: value for name, value in known.items() if value or name not in NEVER_EMPTIED}
    changed = [name for name, value in known.items() if getattr(wanted, name) != value]
    if "harm" in values:
        # Nothing ticked leaves what was submitted: a page from before asked for no harm.
        feared = {child: kinds for child, kinds in values["harm"].items() if kinds or is_open}
        changed += ["harm"] * (bool(feared) and tell_concerns(wanted.referral, feared, by=by, at=at))
    for name in set(changed) & set(known):
        setattr(wanted, name, known[name])
    if section != Section.CHILDREN:
        return bool(changed)
    chosen = _own_children(wanted, values.get("children", []))
    is_other = {child.pk for child in chosen} != set(wanted.children.values_list("pk", flat=True))
    if is_other and wanted.submissions.exists():
        for child in wanted.children.exclude(pk__in=[one.pk for one in chosen]):
            refuse_while_running(child, field="children")
    wanted.children.set(chosen)
    return is_other


def _tell(wanted: StrategyRequest, section: str, *, by: User, at: datetime) -> None:
    if section == Section.CHILDREN:
        keep_clocks(wanted.referral, by=by, at=at)
    record(events.SECTION_SAVED, wanted.case, subject=wanted.subject, by=by, at=at, data={"section": section})


def _own_children(wanted: StrategyRequest, chosen: Sequence[Child]) -> list[Child]:
    if not chosen:
        raise Refused("children", "Choose at least one child")
    if any(child.case_id != wanted.case_id for child in chosen):
        raise Refused("children", "Choose children of this case")
    return list(chosen)
