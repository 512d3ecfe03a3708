"""What a request must say before it is submitted, by the authority's own procedure and its force."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from protocols.enums import Circumstance, Severity
from protocols.rules.settings import Protocol, Setting
from strategy.enums import MEETINGS, NEEDED, Format, Section

BLOCK, WARN, INFO = Severity.BLOCK, Severity.WARN, Severity.INFO
SPOKEN = frozenset({Format.TELEPHONE, Format.TELEPHONE_CONFERENCE})
EVERY_SECTION = tuple(Section)
# What may be said not to apply, with the reason: facts that a family or an hour may not have. Which children,
# why, what applies, how it is held are the request itself; so is what is new where a review is exceptional.
MAY_NOT_APPLY = frozenset(
    {"parents_informed", "screened_on", "direct_number", "hospital_setting", "numbers",
     "contacts", "carers_service"}
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A professional whom the requester wants in the discussion."""

    name: str
    job_role: str = ""
    agency: str = ""
    agency_kind: str = ""
    quorum_role: str = ""
    phone: str = ""
    email: str = ""
    is_referrer: bool = False
    agreed: str = ""  # how they agreed to be reached, in words
    not_invited_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as far as the rules care."""

    children: int
    looked_after: bool
    finished: frozenset[str]
    threshold_reason: str
    parents_informed: str
    parents_reason: str
    circumstances: frozenset[str]
    screened: frozenset[str]
    format: str
    is_urgent: bool
    urgent_reason: str
    direct_number: str
    hospital_setting: str
    professionals: tuple[Wanted, ...] = ()
    agencies_plan: bool | None = None
    is_further: bool = False
    had_meeting: bool = False
    new_information: str = ""
    not_applicable: Mapping[str, str] = field(default_factory=dict)
    returned: frozenset[str] = frozenset()
    unfeared: tuple[str, ...] = ()  # children for whom no harm is named


@dataclass(frozen=True, slots=True)
class Problem:
    """Something the request lacks: section, field, the sentence to show, its force and its clause.

    `about` names what is asked where no one field is; `because` is why it does not apply here.
    """

    section: str
    field: str | None
    sentence: str
    severity: Severity
    source: str = ""
    about: str = ""
    because: str = ""

    @property
    def said(self) -> str:
        """The sentence, and why it is said not to apply."""
        return f"{self.sentence}. Said not to apply: {self.because}" if self.because else self.sentence

    @property
    def key(self) -> str:
        """What is asked, by a name that stays."""
        return self.about or self.field or ""

    @property
    def may_not_apply(self) -> bool:
        """Whether it may be answered with “not applicable, because”."""
        return self.key in MAY_NOT_APPLY

    @property
    def blocks(self) -> bool:
        """Whether it stops the request from being submitted."""
        return self.severity == BLOCK


def problems(asked: Asked, protocol: Protocol) -> list[Problem]:
    """Everything that a request lacks, in the order of its sections; empty when it may go as it is."""
    found = [
        *_children(asked),
        *_what_happened(asked, protocol),
        *_further(asked, protocol),
        *_circumstances(asked, protocol),
        *_format(asked, protocol),
        *_professionals(asked, protocol),
        *_unfinished(asked),
    ]
    weighed = [_weighed(one, asked.not_applicable) for one in found]
    return sorted(weighed, key=lambda problem: EVERY_SECTION.index(Section(problem.section)))


def _weighed(problem: Problem, not_applicable: Mapping[str, str]) -> Problem:
    """What is said not to apply holds nothing up, but stays to be read by the manager, with the reason."""
    because = not_applicable.get(problem.key, "") if problem.may_not_apply else ""
    if not because:
        return problem
    return replace(problem, severity=WARN, because=because)


def blocking(found: Iterable[Problem]) -> list[Problem]:
    """Those that stop the request."""
    return [problem for problem in found if problem.blocks]


def _unfinished(asked: Asked) -> Iterator[Problem]:
    needed = [section for section in Section if section in NEEDED or section in asked.returned]
    for section in needed:
        if section not in asked.finished:
            yield Problem(section, None, f"Finish the section “{section.label.lower()}”", BLOCK)
    if Section.AVAILABILITY not in {*asked.finished, *needed}:
        said = "When people can meet is not said yet. It may follow, and business support books by it"
        yield Problem(Section.AVAILABILITY, None, said, INFO)


def _children(asked: Asked) -> Iterator[Problem]:
    if Section.CHILDREN in asked.finished and not asked.children:
        yield Problem(Section.CHILDREN, "children", "Choose at least one child", BLOCK)


def _what_happened(asked: Asked, protocol: Protocol) -> Iterator[Problem]:
    if Section.WHAT_HAPPENED not in asked.finished:
        return
    if not asked.threshold_reason.strip():
        said = "Enter why you suspect that a child is suffering, or is likely to suffer, significant harm"
        yield Problem(Section.WHAT_HAPPENED, "threshold_reason", said, BLOCK)
    if not asked.parents_informed:
        said = "Choose whether the parents have been told"
        yield Problem(Section.WHAT_HAPPENED, "parents_informed", said, BLOCK)
    elif asked.parents_informed == "not_informed" and not asked.parents_reason.strip():
        said = "Enter why telling the parents could put a child at risk or harm an investigation"
        yield Problem(Section.WHAT_HAPPENED, "parents_reason", said, BLOCK)
    elif asked.parents_informed == "not_yet":
        said = "The parents have not been told yet. Say here when they have been, or why they are not told"
        yield Problem(Section.WHAT_HAPPENED, None, said, INFO)
    if asked.unfeared:
        force, source = _never_block(_at_least_warn(protocol.severity_of("W02"))), protocol.heading.source
        said = f"Say which harm is feared for {', '.join(asked.unfeared)}. It may follow"
        yield Problem(Section.WHAT_HAPPENED, "harm", said, force, source)


def _further(asked: Asked, protocol: Protocol) -> Iterator[Problem]:
    """Rows H08 and H09: a discussion after another was held. The meeting after a telephone one is no review.

    `is_further` is false already while a follow-up meeting is owed; here the first meeting after a discussion
    that was none counts as its follow-up, whether or not the procedure sets a limit for it. Where it blocks,
    nobody says that it does not apply.
    """
    rule = protocol.reviews_need_new_information
    further, had_meeting = asked.is_further, asked.had_meeting
    if not lacks_what_is_new(further, had_meeting, asked.format, asked.new_information, protocol):
        return
    said = (
        "Enter what new information affects the current safeguarding plan: a discussion was held already, "
        "and what it agreed is followed in the child’s own meetings"
    )
    yield Problem(Section.WHAT_HAPPENED, "new_information", said, rule.severity, rule.source)


def lacks_what_is_new(
    is_further: bool, had_meeting: bool, format: str, new_information: str, protocol: Protocol
) -> bool:
    """Whether the procedure wants it said what is new, and it is not (rows H08, H09)."""
    is_follow_up = not had_meeting and format in MEETINGS
    wants = protocol.reviews_need_new_information.value and is_further and not is_follow_up
    return wants and not new_information.strip()


def _circumstances(asked: Asked, protocol: Protocol) -> Iterator[Problem]:
    elsewhere = protocol.blocked_reasons
    for blocked in elsewhere.value:
        if asked.circumstances == {blocked.reason}:
            said = f"This reason alone is not dealt with by a strategy discussion. {blocked.pathway}"
            yield Problem(Section.CIRCUMSTANCES, None, said, elsewhere.severity, elsewhere.source)
    for kind in protocol.screening_required.value:
        if kind in asked.circumstances and kind not in asked.screened:
            said = "Enter the date, the author and the rating of the exploitation screening tool"
            setting = protocol.screening_required
            yield Problem(Section.CIRCUMSTANCES, "screened_on", said, setting.severity, setting.source)


def _format(asked: Asked, protocol: Protocol) -> Iterator[Problem]:
    if Section.FORMAT not in asked.finished and not asked.format:
        return
    yield from problems_with_format(asked, protocol)


def blocks_format(asked: Asked, protocol: Protocol) -> list[Problem]:
    """What stops the format from being saved: what is said not to apply does not."""
    found = problems_with_format(asked, protocol)
    return blocking(_weighed(one, asked.not_applicable) for one in found)


def problems_with_format(asked: Asked, protocol: Protocol) -> Iterator[Problem]:
    """What the procedure says against the format wanted; the form of that section asks too."""
    if not asked.format:
        yield Problem(Section.FORMAT, "format_wanted", "Choose how the discussion should be held", BLOCK)
        return
    label = Format(asked.format).label.lower()
    allowed = protocol.allowed_formats
    if asked.format not in allowed.value:
        named = ", ".join(Format(one.value).label.lower() for one in allowed.value)
        said = f"A {label} cannot be used here. Choose one of: {named}"
        yield Problem(Section.FORMAT, "format_wanted", said, allowed.severity, allowed.source)
    if asked.format not in MEETINGS:
        yield from _rapid(asked, protocol, label)
    rule = protocol.hospital_rule
    if rule.value and Circumstance.IN_HOSPITAL in asked.circumstances and not asked.hospital_setting.strip():
        said = "Enter the hospital and ward: the discussion must be held there before the child leaves"
        yield Problem(Section.FORMAT, "hospital_setting", said, rule.severity, rule.source)


def _rapid(asked: Asked, protocol: Protocol, label: str) -> Iterator[Problem]:
    """What is said against anything that is not a meeting."""
    for said, setting in needs_a_meeting(asked.circumstances, asked.agencies_plan, protocol):
        told = said.format(label=label)
        yield Problem(Section.FORMAT, "format_wanted", told, setting.severity, setting.source)
    if protocol.multi_agency_meeting.value and asked.agencies_plan is None:
        said = "Choose whether more than one agency is a key part of the planning: it may need a meeting"
        several = protocol.multi_agency_meeting
        yield Problem(Section.FORMAT, "agencies_plan", said, several.severity, several.source)
    urgent = protocol.telephone_urgent_only
    if urgent.value and not (asked.is_urgent and asked.urgent_reason.strip()):
        said = "The telephone is for urgent matters: say that it is urgent, and why"
        yield Problem(Section.FORMAT, "urgent_reason", said, urgent.severity, urgent.source)
    direct = protocol.direct_numbers_required
    if direct.value and asked.format in SPOKEN and not asked.direct_number.strip():
        said = "Enter your own direct number: a telephone discussion needs it"
        yield Problem(Section.FORMAT, "direct_number", said, direct.severity, direct.source)


def needs_a_meeting(
    circumstances: Iterable[str], agencies_plan: bool | None, protocol: Protocol
) -> Iterator[tuple[str, Setting[Any]]]:
    """Why nothing less than a meeting will do, each with the setting that says so (rows C04 to C07, H07).

    `{label}` in a sentence stands for the format that somebody wants instead.
    """
    kinds = frozenset(Circumstance(kind) for kind in circumstances)
    if protocol.is_meeting_only(kinds):
        yield "Concerns of this kind need a meeting: a {label} is not enough", protocol.meeting_only_types
    listed = protocol.discussion_reasons
    if listed.value and not kinds & set(listed.value):
        said = "A {label} is only for immediate need or risk: tick one of its reasons, or choose a meeting"
        yield said, listed
    if protocol.multi_agency_meeting.value and agencies_plan:
        said = "More than one agency is a key part of the planning, which needs a meeting: not a {label}"
        yield said, protocol.multi_agency_meeting


def _professionals(asked: Asked, protocol: Protocol) -> Iterator[Problem]:
    where = Section.PROFESSIONALS
    source = protocol.heading.source
    coming = [one for one in asked.professionals if not one.not_invited_reason]
    contact = _at_least_warn(protocol.severity_of("W18"))
    if not coming:
        yield Problem(where, None, "Name the professionals who should take part", contact, source, "contacts")
    for one in coming:
        if not one.phone and not one.email:
            yield Problem(
                where,
                None,
                f"Enter a telephone number or an address for {one.name}",
                contact,
                source,
                "contacts",
            )
    yield from _telephone_contacts(asked, protocol, coming)
    if asked.looked_after and not any(one.agency_kind == "residential" for one in coming):
        said = (
            "A child is looked after: add the residential or fostering service, or say why it is not invited"
        )
        if not any(one.agency_kind == "residential" for one in asked.professionals):
            force = _at_least_warn(protocol.severity_of("W04"))
            yield Problem(where, None, said, force, source, "carers_service")
    named = {one.quorum_role for one in coming}
    for role in protocol.quorum_roles.value:
        if role.value not in named and role.value not in ("social_worker", "social_work_manager"):
            quorum = protocol.quorum_roles
            said = f"Nobody from {role.value} is named: without them the discussion does not count"
            yield Problem(where, None, said, _never_block(quorum.severity), quorum.source)


def _telephone_contacts(asked: Asked, protocol: Protocol, coming: list[Wanted]) -> Iterator[Problem]:
    """Row W13: a telephone discussion needs everybody's number."""
    direct = protocol.direct_numbers_required
    if not direct.value or asked.format not in SPOKEN:
        return
    if not coming:
        said = "Name whom to telephone, with their direct numbers: a telephone discussion needs them"
        yield Problem(Section.PROFESSIONALS, None, said, direct.severity, direct.source, "numbers")
    for one in coming:
        if not one.phone and one.email:
            said = f"Enter a direct number for {one.name}: a telephone discussion needs it"
            yield Problem(Section.PROFESSIONALS, None, said, direct.severity, direct.source, "numbers")


def _at_least_warn(severity: Severity) -> Severity:
    return WARN if severity == INFO else severity


def _never_block(severity: Severity) -> Severity:
    # Who comes is decided when booking; whom the requester knows of does not hold the request up.
    return WARN if severity == BLOCK else severity
