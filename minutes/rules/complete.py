"""What the record must hold before the chair authorises it, by the protocol (X11, X13, X18). Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from minutes.rules.answers import NEEDED, WANTED, Answer, is_asked
from minutes.rules.laming import Household, Visit, Young, not_arranged
from protocols.enums import RecordPart, Severity, SignOff
from protocols.rules.settings import Protocol

Content = Mapping[str, Any]
EMERGENCY_DUTY = "Children Act 1989, section 47(1)(a)"
VOICE = {"voice": "what {who} says and wants", "lived_experience": "what a day is like for {who}"}
SUMMARY = {"worries": "what the worries are", "protective": "what protects", "grey": "what is not known"}


class Where(StrEnum):
    """In which part of the record something is filled in."""

    NOWHERE = ""
    SECTION = "section"
    DECISION = "decision"
    ANSWERS = "answers"
    ARRANGEMENT = "arrangement"
    WORKER = "worker"
    FAMILY = "family"
    ACTION = "action"
    SIGNATURES = "signatures"
    SAID = "said"
    PROTECTION = "protection"


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is filled in: the part of the record, which box or visit, and for which child."""

    where: Where = Where.NOWHERE
    name: str = ""
    child: int | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is not there: what, the clause that asks for it, and whether it blocks or warns.

    `place` says where it is filled in; `href` is the page for that, as the record stands now.
    """

    sentence: str
    clause: str
    severity: Severity
    place: Place = Place()
    href: str = ""

    @property
    def blocks(self) -> bool:
        """Whether the record cannot be authorised without it."""
        return self.severity == Severity.BLOCK


Gap = tuple[str, Place]


def missing_from(content: Content, protocol: Protocol) -> list[Missing]:
    """Everything the protocol asks for that the record does not hold; what blocks comes first."""
    found = [*missing_parts(content, protocol), *_signing(content, protocol), *_meeting(content, protocol)]
    return sorted(found, key=lambda one: not one.blocks)


def missing_parts(content: Content, protocol: Protocol) -> Iterator[Missing]:
    """The parts of the record that the protocol asks for and that are not there: what a meeting decides."""
    asked, laming = protocol.required_record, protocol.laming_required
    for part in asked.value:
        for sentence, place in PARTS[part](content):
            yield Missing(sentence, asked.source, asked.severity, place)
    if laming.value and RecordPart.LAMING not in asked.value:
        for sentence, place in _laming(content):
            yield Missing(sentence, laming.source, laming.severity, place)


def asks_for_visits(protocol: Protocol) -> bool:
    """Whether the procedure asks where, when and by whom child, carers and home are seen."""
    return bool(protocol.laming_required.value) or RecordPart.LAMING in protocol.required_record.value


def boxes_asked(protocol: Protocol) -> dict[str, str]:
    """The boxes that must or should not be empty when the record is authorised: by name, which, in words."""
    asked = protocol.required_record
    words = {Severity.BLOCK: NEEDED, Severity.WARN: WANTED}.get(asked.severity, "")
    found = {name: words for part in asked.value for name in BOXES.get(part, ())} if words else {}
    return {name: said + UNLESS.get(name, "") for name, said in found.items()}


def protection_missing(is_open: bool, protocol: Protocol) -> list[Missing]:
    """The immediate protection decision, when it is still to be recorded (row W32)."""
    setting = protocol.immediate_protection_limit
    sentence = "The immediate protection decision is not recorded."
    place = Place(Where.PROTECTION)
    return [Missing(sentence, setting.source, setting.severity, place)] if is_open else []


def no_legal_reason(child: int, name: str) -> Missing:
    """An emergency power is in force, the decision is not section 47, and nobody has said on what advice."""
    sentence = (
        f"An emergency power is in force for {name} and there is no section 47 enquiry: it is not said on "
        "what legal advice."
    )
    return Missing(sentence, EMERGENCY_DUTY, Severity.BLOCK, Place(Where.ANSWERS, "legal_reason", child))


def _signing(content: Content, protocol: Protocol) -> Iterator[Missing]:
    signoff = protocol.signoff
    if SignOff.AGREE_AT_END in signoff.value and not content.get("agreed"):
        yield Missing("The record was not agreed at the end.", signoff.source, Severity.WARN)
    if SignOff.ALL_SIGN in signoff.value and content.get("unsigned"):
        names = ", ".join(one["name"] for one in content["unsigned"])
        sentence = f"Not yet signed by {names}. The minutes can go out and will say so."
        yield Missing(sentence, signoff.source, Severity.WARN, Place(Where.SIGNATURES))
    waiting = [one["name"] for one in content.get("agreements", []) if one.get("open")]
    if waiting:
        sentence = f"You have not answered what was said of the record by {', '.join(waiting)}."
        yield Missing(sentence, signoff.source, Severity.WARN, Place(Where.SAID))


def _meeting(content: Content, protocol: Protocol) -> Iterator[Missing]:
    if not content["discussion"].get("quorate"):
        sentence = "The discussion was never quorate. The record will say so."
        yield Missing(sentence, protocol.quorum_roles.source, Severity.WARN)
    if not content.get("actions"):
        clause, place = protocol.required_record.source, Place(Where.ACTION)
        yield Missing("No action was agreed.", clause, Severity.WARN, place)


def _rationale(content: Content) -> Iterator[Gap]:
    decided = {one["child_id"]: one for one in content.get("decisions", [])}
    for child in content.get("children", []):
        decision, place = decided.get(child["id"]), Place(Where.DECISION, child=child["id"])
        if decision is None:
            yield f"There is no decision for {child['name']}.", place
        elif not decision["rationale"].strip():
            yield f"The decision for {child['name']} has no rationale.", place


def _laming(content: Content) -> Iterator[Gap]:
    """Rows B09a to B09c. With whom and where the children live is told beside the record."""
    young = [Young(one["id"], one["name"], bool(one.get("unborn"))) for one in content.get("children", [])]
    made = [
        Visit(one["kind"], one["child_id"], one.get("member_id")) for one in content.get("arrangements", [])
    ]
    for one in not_arranged(young, content.get("household") or Household(), made):
        yield one.sentence, Place(Where.ARRANGEMENT, one.query)


def _safety_plan(content: Content) -> Iterator[Gap]:
    planned = {section["child_id"] for section in _sections(content, "safety_plan")}
    for child in content.get("children", []):
        if child["id"] not in planned and None not in planned:
            place = Place(Where.SECTION, "safety_plan", child["id"])
            yield f"There is no interim safety plan for {child['name']}.", place


def _sharing(content: Content) -> Iterator[Gap]:
    """Row B11: in the decision for the family, in the rows of the plan or in words: none is typed twice."""
    planned = content.get("family_sharing") or content.get("sharing_plan")
    if not planned and not _sections(content, "family_told"):
        yield (
            "It is not said what is shared with the family, by whom and when.",
            Place(Where.SECTION, "family_told"),
        )


def _contingency(content: Content) -> Iterator[Gap]:
    if not _sections(content, "contingency"):
        yield "There is no contingency plan.", Place(Where.SECTION, "contingency")


def _review(content: Content) -> Iterator[Gap]:
    if not _sections(content, "review"):
        yield "It is not said how we review that the actions are done.", Place(Where.SECTION, "review")


def _worker(content: Content) -> Iterator[Gap]:
    worker = content.get("allocated_worker", {})
    if not worker.get("name") or not worker.get("number"):
        yield (
            "The allocated social worker and their telephone number are not both named.",
            Place(Where.WORKER),
        )


def _voice(content: Content) -> Iterator[Gap]:
    """Row G08: in each child's own words, what a day is like for them, and whether they speak freely."""
    said = {field: {one["child_id"] for one in _sections(content, field)} for field in VOICE}
    for child in content.get("children", []):
        for field, words in VOICE.items():
            if child["id"] not in said[field] and not (field == "voice" and child.get("unborn")):
                sentence = f"It is not said {words.format(who=child['name'])}. If it is not known, say why."
                yield sentence, Place(Where.SECTION, field, child["id"])
    for child, place in _unanswered(content, Answer.UNDER_PRESSURE):
        yield f"It is not said whether somebody keeps {child['name']} from speaking freely.", place


def _summary(content: Content) -> Iterator[Gap]:
    """Row B07: the chair sums up."""
    for field, words in SUMMARY.items():
        if not _sections(content, field):
            yield f"The chair’s summary does not say {words}.", Place(Where.SECTION, field)


def _medical(content: Content) -> Iterator[Gap]:
    """Row C31: yes or no, on health's advice."""
    for child, place in _unanswered(content, Answer.MEDICAL):
        yield f"It is not decided whether {child['name']} needs a medical assessment.", place


def _family(content: Content) -> Iterator[Gap]:
    """Rows C25 and G12: the chair decides what is shared."""
    if not content.get("family_sharing"):
        yield "It is not decided whether the family is told: now, later or not.", Place(Where.FAMILY)


def _plan(content: Content) -> Iterator[Gap]:
    """Row H13: the risks are managed in the right plan."""
    decided = {one["child_id"] for one in content.get("decisions", [])}
    for child, place in _unanswered(content, Answer.PLAN):
        if child["id"] in decided:
            yield f"It is not said which plan takes over the risks for {child['name']}.", place


def _dissent(content: Content) -> Iterator[Gap]:
    """Rows G16, G20: a view of somebody, or in words that nobody differed."""
    if not content.get("dissents") and not _sections(content, "dissent"):
        sentence = "It is not said whether anybody took another view, and how it was resolved."
        yield sentence, Place(Where.SECTION, "dissent")


def _police_plan(content: Content) -> Iterator[Gap]:
    """Rows C16, C29: how a criminal investigation is conducted, or why there is none."""
    if not _sections(content, "police_plan"):
        sentence = "It is not said how any criminal investigation is conducted. If there is none, say why."
        yield sentence, Place(Where.SECTION, "police_plan")


def _legal(content: Content) -> Iterator[Gap]:
    """Row C20; the advice beside a decision says it as well as the box."""
    advised = any(one.get("legal_reason") for one in content.get("decisions", []))
    if not advised and not _sections(content, "legal"):
        yield "It is not said whether legal action is needed.", Place(Where.SECTION, "legal")


def _conference(content: Content) -> Iterator[Gap]:
    """Row G09: what the discussion thinks of an initial child protection conference."""
    if not _sections(content, "conference"):
        sentence = "The view on an initial child protection conference is not recorded."
        yield sentence, Place(Where.SECTION, "conference")


def _unanswered(content: Content, answer: Answer) -> Iterator[tuple[Mapping[str, Any], Place]]:
    """The children for whom what is asked beside the decision is not answered."""
    decided = {one["child_id"]: one for one in content.get("decisions", [])}
    for child in content.get("children", []):
        made = decided.get(child["id"], {})
        asked = is_asked(answer, unborn=bool(child.get("unborn")), outcome=made.get("outcome_code", ""))
        if asked and not made.get(answer):
            yield child, Place(Where.ANSWERS, answer, child["id"])


def _sections(content: Content, field: str) -> list[Mapping[str, Any]]:
    return [
        section
        for step in content.get("steps", [])
        for section in step["sections"]
        if section["field"] == field and section["text"].strip()
    ]


PARTS = {
    RecordPart.RATIONALE: _rationale,
    RecordPart.LAMING: _laming,
    RecordPart.INTERIM_SAFETY_PLAN: _safety_plan,
    RecordPart.SHARING_PLAN: _sharing,
    RecordPart.CONTINGENCY_PLAN: _contingency,
    RecordPart.REVIEW_MECHANISM: _review,
    RecordPart.ALLOCATED_WORKER: _worker,
    RecordPart.CHILD_VOICE: _voice,
    RecordPart.SUMMARY: _summary,
    RecordPart.MEDICAL: _medical,
    RecordPart.PLAN: _plan,
    RecordPart.FAMILY_SHARING: _family,
    RecordPart.DISSENT: _dissent,
    RecordPart.POLICE_PLAN: _police_plan,
    RecordPart.LEGAL: _legal,
    RecordPart.CONFERENCE: _conference,
}
UNLESS = {  # what says the same elsewhere, so that nobody types it twice
    "family_told": ", unless the decision for the family or the plan says it",
    "dissent": ", unless a view is recorded above",
    "legal": ", unless the advice stands with a decision",
}
BOXES = {
    RecordPart.INTERIM_SAFETY_PLAN: ("safety_plan",),
    RecordPart.SHARING_PLAN: ("family_told",),
    RecordPart.CONTINGENCY_PLAN: ("contingency",),
    RecordPart.REVIEW_MECHANISM: ("review",),
    RecordPart.CHILD_VOICE: tuple(VOICE),
    RecordPart.SUMMARY: tuple(SUMMARY),
    RecordPart.DISSENT: ("dissent",),
    RecordPart.POLICE_PLAN: ("police_plan",),
    RecordPart.LEGAL: ("legal",),
    RecordPart.CONFERENCE: ("conference",),
}
