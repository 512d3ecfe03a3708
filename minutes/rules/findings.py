"""What the record of a follow-up meeting must say of each child (row W15). Pure."""

from collections.abc import Mapping
from typing import Any

from minutes.rules.agenda import AT_A_FOLLOW_UP, FINDINGS
from minutes.rules.complete import Missing, Place, Where
from protocols.rules.settings import Protocol


def findings_missing(content: Mapping[str, Any], protocol: Protocol) -> list[Missing]:
    """The children of a follow-up for whom no findings and considered action are written down.

    As strongly as the procedure asks for the follow-up itself. An agenda without the step asks nothing.
    """
    steps = content.get("steps", [])
    if "follow_up" not in content or not {one.get("key") for one in steps} & set(AT_A_FOLLOW_UP):
        return []
    written = {
        section["child_id"]
        for step in steps
        for section in step["sections"]
        if section["field"] == FINDINGS.name and section["text"].strip()
    }
    rule = protocol.followup_rule
    return [
        Missing(
            f"The findings of the enquiry and the action considered are not recorded for {child['name']}.",
            rule.source,
            rule.severity,
            Place(Where.SECTION, FINDINGS.name, child["id"]),
        )
        for child in content.get("children", [])
        if child["id"] not in written
    ]
