"""What the record must hold before the chair authorises it, by the protocol (X11, X13, X18). Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from protocols.enums import RecordPart, Severity, SignOff
from protocols.rules.settings import Protocol, Setting

Content = Mapping[str, Any]
VOICE = {"voice": "what {who} says and wants", "lived_experience": "what a day is like for {who}"}
SUMMARY = {"worries": "what the worries are", "protective": "what protects", "grey": "what is not known"}


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is not there: what, the clause that asks for it, and whether it blocks or warns."""

    sentence: str
    clause: str
    severity: Severity
    href: str = ""

    @property
    def blocks(self) -> bool:
        """Whether the record cannot be authorised without it."""
        return self.severity == Severity.BLOCK


def missing_from(content: Content, protocol: Protocol) -> list[Missing]:
    """Everything the protocol asks for that the record does not hold; what blocks comes first."""
    found = [*_parts(content, protocol), *_signing(content, protocol), *_meeting(content, protocol)]
    return sorted(found, key=lambda one: not one.blocks)


def protection_missing(is_open: bool, protocol: Protocol) -> list[Missing]:
    """The immediate protection decision, when it is still to be recorded (row W32)."""
    setting = protocol.immediate_protection_limit
    sentence = "The immediate protection decision is not recorded."
    return [Missing(sentence, setting.source, setting.severity)] if is_open else []


def _parts(content: Content, protocol: Protocol) -> Iterator[Missing]:
    asked: Setting[tuple[RecordPart, ...]] = protocol.required_record
    for part in asked.value:
        for sentence in PARTS[part](content):
            yield Missing(sentence, asked.source, asked.severity)
    if protocol.laming_required.value and RecordPart.LAMING not in asked.value:
        for sentence in _laming(content):
            yield Missing(sentence, protocol.laming_required.source, protocol.laming_required.severity)


def _signing(content: Content, protocol: Protocol) -> Iterator[Missing]:
    signoff = protocol.signoff
    if SignOff.AGREE_AT_END in signoff.value and not content.get("agreed"):
        yield Missing("The record was not agreed at the end.", signoff.source, Severity.WARN)
    if SignOff.ALL_SIGN in signoff.value and content.get("unsigned"):
        names = ", ".join(one["name"] for one in content["unsigned"])
        sentence = f"Not yet signed by {names}. The minutes can go out and will say so."
        yield Missing(sentence, signoff.source, Severity.WARN)
    waiting = [one["name"] for one in content.get("agreements", []) if one.get("open")]
    if waiting:
        sentence = f"You have not answered what was said of the record by {', '.join(waiting)}."
        yield Missing(sentence, signoff.source, Severity.WARN)


def _meeting(content: Content, protocol: Protocol) -> Iterator[Missing]:
    if not content["discussion"].get("quorate"):
        sentence = "The discussion was never quorate. The record will say so."
        yield Missing(sentence, protocol.quorum_roles.source, Severity.WARN)
    if not content.get("actions"):
        yield Missing("No action was agreed.", protocol.required_record.source, Severity.WARN)


def _rationale(content: Content) -> Iterator[str]:
    decided = {one["child_id"]: one for one in content.get("decisions", [])}
    for child in content.get("children", []):
        decision = decided.get(child["id"])
        if decision is None:
            yield f"There is no decision for {child['name']}."
        elif not decision["rationale"].strip():
            yield f"The decision for {child['name']} has no rationale."


def _laming(content: Content) -> Iterator[str]:
    made = content.get("arrangements", [])
    for child in content.get("children", []):
        if not child.get("unborn") and ("child", child["id"]) not in {
            (one["kind"], one["child_id"]) for one in made
        }:
            yield f"It is not said where, when and by whom {child['name']} is seen and spoken to."
    kinds = {one["kind"] for one in made}
    if "parent" not in kinds:
        yield "It is not said where, when and by whom the parents or carers are seen and spoken to."
    if "home" not in kinds:
        yield "It is not said when and by whom the place where the child usually lives is visited."


def _safety_plan(content: Content) -> Iterator[str]:
    planned = {section["child_id"] for section in _sections(content, "safety_plan")}
    for child in content.get("children", []):
        if child["id"] not in planned and None not in planned:
            yield f"There is no interim safety plan for {child['name']}."


def _sharing(content: Content) -> Iterator[str]:
    if not _sections(content, "family_told"):
        yield "It is not said what is shared with the family, by whom and when."


def _contingency(content: Content) -> Iterator[str]:
    if not _sections(content, "contingency"):
        yield "There is no contingency plan."


def _review(content: Content) -> Iterator[str]:
    if not _sections(content, "review"):
        yield "It is not said how we review that the actions are done."


def _worker(content: Content) -> Iterator[str]:
    worker = content.get("allocated_worker", {})
    if not worker.get("name") or not worker.get("number"):
        yield "The allocated social worker and their telephone number are not both named."


def _voice(content: Content) -> Iterator[str]:
    """Row G08: in each child's own words, what a day is like for them, and whether they speak freely."""
    said = {field: {one["child_id"] for one in _sections(content, field)} for field in VOICE}
    asked = {one["child_id"] for one in content.get("decisions", []) if one.get("under_pressure")}
    for child in content.get("children", []):
        for field, words in VOICE.items():
            if child["id"] not in said[field]:
                yield f"It is not said {words.format(who=child['name'])}. If it is not known, say why."
        if not child.get("unborn") and child["id"] not in asked:
            yield f"It is not said whether somebody keeps {child['name']} from speaking freely."


def _summary(content: Content) -> Iterator[str]:
    """Row B07: the chair sums up."""
    for field, words in SUMMARY.items():
        if not _sections(content, field):
            yield f"The chair’s summary does not say {words}."


def _medical(content: Content) -> Iterator[str]:
    """Row C31: yes or no, on health's advice."""
    decided = {one["child_id"] for one in content.get("decisions", []) if one.get("medical")}
    for child in content.get("children", []):
        if not child.get("unborn") and child["id"] not in decided:
            yield f"It is not decided whether {child['name']} needs a medical assessment."


def _family(content: Content) -> Iterator[str]:
    """Rows C25 and G12: the chair decides what is shared."""
    if not content.get("family_sharing"):
        yield "It is not decided whether the family is told: now, later or not."


def _plan(content: Content) -> Iterator[str]:
    """Row H13: the risks are managed in the right plan."""
    for one in content.get("decisions", []):
        if not one.get("plan") and one.get("outcome_code") != "deferred":
            yield f"It is not said which plan takes over the risks for {one['child']}."


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
}
