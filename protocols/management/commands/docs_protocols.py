"""Print docs/protocols.md from the presets: what each local procedure says of each setting, and where."""

from collections.abc import Iterator
from typing import Any

from accounts.management.printed import PrintedPage
from protocols.enums import Severity
from protocols.presets import FLOOR, SLUGS, preset
from protocols.rules.limits import Limit
from protocols.rules.reading import SETTINGS
from protocols.rules.settings import AgendaStep, Blocked, LadderStage, Protocol, Routing, Setting, Starts

SHORT = {
    "working-together": "Working Together",
    "wirral": "Wirral",
    "centre-for-professional-practice": "Centre for Professional Practice",
    "greater-manchester": "Greater Manchester",
    "halton": "Halton",
    "birmingham": "Birmingham",
}
ASKS = {
    "routine_limit": "How soon must a discussion be held when no circumstance asks for less?",
    "routine_also_show": "Which other reading of the routine limit is shown beside it?",
    "clock_start": "Where does each limit begin?",
    "trigger_meaning": "What counts as the trigger?",
    "quorum_roles": "Who must take part for the discussion to count?",
    "quorum_distinct": "Must they be different people?",
    "chair_roles": "Who may chair?",
    "minute_opener_roles": "Who may open the record?",
    "prefill_record": "Is the record filled with the request and the agencies’ information?",
    "allowed_formats": "How may it be held?",
    "discussion_reasons": "For which reasons may it be something less than a meeting?",
    "telephone_urgent_only": "Is the telephone for urgent matters only?",
    "direct_numbers_required": "Does a telephone discussion need everybody’s direct number?",
    "meeting_only_types": "Which concerns need a meeting?",
    "multi_agency_meeting": "Does planning by several agencies need a meeting?",
    "complex_limit": "How soon must a complex matter be discussed?",
    "complex_types": "What is complex?",
    "followup_rule": "Must a meeting follow a discussion that was not one?",
    "followup_limit": "By when?",
    "reviews_need_new_information": "Does a further discussion need new information?",
    "request_authoriser_roles": "Who may authorise a request?",
    "signoff": "How is the record agreed?",
    "distribution_limit": "How soon must the minutes reach the last recipient?",
    "recipients": "Who receives the minutes?",
    "routing": "Which team circulates them?",
    "child_seen_limit": "How soon must the child be seen and spoken to?",
    "laming_required": "Must it be arranged who sees child, carers and home?",
    "required_record": "What must the record hold before it is authorised?",
    "agenda": "Which steps does the meeting have?",
    "referrer_first": "Does the referring agency speak first?",
    "same_day_rule": "Are the gravest concerns discussed on the same day?",
    "emergency_rule": "Is it the same day when emergency action is taken?",
    "hospital_rule": "Must a child in hospital be discussed there, before leaving?",
    "immediate_protection_limit": "How soon is immediate protection decided?",
    "immediate_protection_role": "Who decides it with the police?",
    "blocked_reasons": "Which reason alone is dealt with elsewhere?",
    "screening_required": "Which concerns need the exploitation screening tool?",
    "high_rating_prompts": "Does a HIGH rating ask for a discussion?",
    "external_system": "What is the case system called?",
    "escalation_stages": "What are the rungs of the escalation ladder?",
    "partners_may_escalate": "May partners escalate?",
    "icpc_limit": "How soon is the child protection conference held?",
    "assessment_limit": "How soon does the assessment reach its decision?",
    "authorise_limit": "How soon is a request answered?",
    "authorise_limit_same_day": "And when the discussion is due the same day?",
    "information_lead": "How long before the start is information wanted?",
    "agree_record_percent": "What share of the time for circulating is there to agree the record?",
    "chair_check_percent": "What share of it has the chair’s check?",
    "police_protection_limit": "How long does police protection last?",
    "undecided_limit": "How long may a child of the family stay without a decision?",
}
# Kept with each protocol and shown here, but nothing acts on them so far; a test finds out when it does.
NOT_YET = (
    "trigger_meaning",
    "prefill_record",
    "multi_agency_meeting",
    "reviews_need_new_information",
    "referrer_first",
    "high_rating_prompts",
    "escalation_stages",
    "partners_may_escalate",
    "agree_record_percent",
    "police_protection_limit",
    "undecided_limit",
)
FORCE = {Severity.BLOCK: "must: stops", Severity.WARN: "should: warns", Severity.INFO: "says so"}
INTRODUCTION = """# Local procedures

Printed by `manage.py docs_protocols` from `protocols/presets/*.toml`; a test fails when they differ.

An authority starts from one of six presets (`PROTOCOL_PRESET`, by default `wirral`). What a preset leaves
unsaid it takes from the national floor, {floor}. No local procedure may be weaker than that floor: the
quorum of social worker, police and health, 15 working days to a child protection conference, 45 working
days to the decision of an assessment, and the rationale of each decision.

- **Force** is what the source’s own words do: “must” stops, “should” warns, the rest informs.
- **Source** is the document and its clause. A *local default* is our choice where the source leaves it
  open: an authority confirms or replaces it. *From the floor* means that the preset itself says nothing.
- A published version is never changed: a new one is drafted, and running clocks keep the version that
  they were made under.
"""


def document() -> str:
    """The whole page."""
    documents = [f"- **{SHORT[slug]}** (`{slug}`): {_document(preset(slug))}" for slug in SLUGS]
    parts = [INTRODUCTION.format(floor=SHORT[FLOOR]), "## The presets\n", "\n".join([*documents, ""])]
    parts += [table(name) for name in SETTINGS]
    return "\n".join(parts)


def table(name: str) -> str:
    """What each preset says of one setting."""
    lines = [f"## `{name}`\n", ASKS[name] + (" *(Kept, not acted on yet.)*" if name in NOT_YET else ""), ""]
    lines += ["| preset | value | force | source |", "|---|---|---|---|"]
    for slug in SLUGS:
        setting: Setting[Any] = getattr(preset(slug), name)
        value = in_words(setting.value).replace("|", "/")
        lines.append(
            f"| {SHORT[slug]} | {value} | {FORCE[setting.severity]} | {source(setting, preset(slug))} |"
        )
    return "\n".join([*lines, ""])


def source(setting: Setting[Any], protocol: Protocol) -> str:
    """The clause, or that it is a local default; the document only when it is not the preset’s own."""
    said = "local default" if setting.is_open_default else setting.clause or "not said"
    inherited = setting.origin != protocol.heading.source
    return f"{said}, from the floor" if inherited else said


def in_words(value: Any) -> str:
    """A setting’s value as a person says it."""
    if value is None or value == "" or value == ():
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return "; ".join(in_words(one) for one in value)
    return " ".join(_words(value))


def _words(value: Any) -> Iterator[str]:
    match value:
        case Limit():
            yield value.in_words
        case Starts():
            yield f"routine: {value.routine}; same day: {value.same_day}; complex: {value.complex}"
        case AgendaStep():
            yield value.title
        case LadderStage():
            yield value.name + (f" ({value.limit.in_words})" if value.limit else " (no limit)")
        case Blocked():
            yield f"{in_words(value.reason)}: {value.pathway}"
        case Routing():
            yield f"known to social care: {value.open_case}; not: {value.not_open}"
        case int():
            yield f"{value} per cent"
        case _:
            yield str(value).replace("_", " ")


def _document(protocol: Protocol) -> str:
    review = protocol.heading.review_on
    return protocol.heading.source + (f"; review due {review.day} {review:%B %Y}" if review else "")


class Command(PrintedPage):
    """Write the page, or only compare it."""

    help = "Print docs/protocols.md from the presets"
    path = "docs/protocols.md"
    comes_from = "the presets"
    text = staticmethod(document)
