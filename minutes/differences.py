"""What changed between two contents of the record, passage by passage, to read as a diff (B13). Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One passage that is not as it was: where it stands in the record, and both texts."""

    where: str
    old: str
    new: str

    @property
    def kind(self) -> str:
        """Whether the passage was put in, taken out or reworded."""
        if not self.old:
            return "Added"
        return "Changed" if self.new else "Removed"


def changes_between(old: Content, new: Content) -> list[Change]:
    """Every passage that differs, in the order of the newer record; those taken out come last."""
    before, after = (dict([*passages_of(one), *_counted(_beside(one))]) for one in (old, new))
    order = [*after, *(where for where in before if where not in after)]
    return [
        Change(where, before.get(where, ""), after.get(where, ""))
        for where in order
        if before.get(where, "") != after.get(where, "")
    ]


def passages_of(content: Content) -> Iterator[tuple[str, str]]:
    """Each passage of a content with the words that say where it stands; empty passages are left out."""
    return _counted(_all(content))


def boxes_of(content: Content) -> dict[str, tuple[int, str]]:
    """By the words that say where a passage of a step stands: the number of its box and the step's key."""
    boxes = [
        (step, one) for step in content.get("steps", []) for one in step["sections"] if one["text"].strip()
    ]
    named = [(_joined(step["title"], one["label"], one.get("about")), one["text"]) for step, one in boxes]
    return {
        where: (one["id"], step["key"])
        for (where, _), (step, one) in zip(_counted(iter(named)), boxes, strict=True)
    }


def _counted(passages: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    seen: dict[str, int] = {}
    for where, text in passages:
        if not text.strip():
            continue
        seen[where] = seen.get(where, 0) + 1
        yield (where if seen[where] == 1 else f"{where} ({seen[where]})"), text


def _all(content: Content) -> Iterator[tuple[str, str]]:
    worker = content.get("allocated_worker", {})
    yield "Allocated social worker", " ".join(filter(None, [worker.get("name"), worker.get("number")]))
    for step in content.get("steps", []):
        for section in step["sections"]:
            yield _joined(step["title"], section["label"], section.get("about")), section["text"]
    for call in content.get("calls", []):
        yield _joined(f"Call {call['number']}", "what was said"), call["said"]
        yield _joined(f"Call {call['number']}", "what was agreed"), call["agreed"]
    for decision in content.get("decisions", []):
        for key, title in DECISION:
            yield _joined("Decision", decision["child"], title), str(decision.get(key) or "")
    yield from _powers(content)
    yield from _dissents(content)
    for one in content.get("arrangements", []):
        yield (
            _joined("Arrangement", one["about"], one["who"]),
            f"{one['at']}, {one['place']}, {one['by_whom']}",
        )
    for key, title in FAMILY:
        yield _joined("The family", title), str(content.get("family_sharing", {}).get(key) or "")
    yield from _put_right(content)
    for action in content.get("actions", []):
        for key, title in ACTION:
            yield _joined(f"Action {action['number']}", title), str(action.get(key) or "")


def _powers(content: Content) -> Iterator[tuple[str, str]]:
    """Emergency powers in force, each as one passage."""
    for one in content.get("powers", []):
        told = f"{one['since']} to {one['until']}, by {one['authority']}. {one['told']}"
        yield _joined(one["kind"], one["child"]), told


def _put_right(content: Content) -> Iterator[tuple[str, str]]:
    """What was put right; prose by its name alone."""
    for one in content.get("put_right", []):
        told = [
            f"{change['title']}: {change['was']} → {change['now']}"
            if change["was"] or change["now"]
            else f"{change['title']}: reworded"
            for change in one["changes"]
        ]
        yield (
            _joined("Put right", one["about"], one["child"] or one["name"]),
            "\n".join([*told, one["reason"]]),
        )


def _dissents(content: Content) -> Iterator[tuple[str, str]]:
    """Views that differed, and how each was resolved."""
    for one in content.get("dissents", []):
        where = ("Differing view", one["name"], one["child"])
        yield _joined(*where), one["view"]
        yield _joined(*where, "how it was resolved"), f"{one['settled']}. {one['resolution']}".strip()


def _beside(content: Content) -> Iterator[tuple[str, str]]:
    """What is no passage and yet may be put right: who took part and how, when, and who may read what."""
    discussion = content.get("discussion", {})
    for key, title in DISCUSSION:
        yield _joined("The discussion", title), str(discussion.get(key) or "")
    for one in content.get("attendance", []):
        how = [one["how"], one.get("times"), f"for {one['deputy_for']}" if one.get("deputy_for") else ""]
        can = "" if one.get("can_decide", True) else "may not decide for the agency"
        yield _joined("Who took part", one["name"], one["agency"]), ", ".join(filter(None, [*how, can]))
    for step in content.get("steps", []):
        for section in step["sections"]:
            where = _joined(step["title"], section["label"], section.get("about"), "who may read it")
            yield where, section.get("tag", "")
    for one in content.get("agreements", []):
        answer = f"{one['answer']} to “{one['passage']}”." if one.get("passage") else f"{one['answer']}."
        said = " ".join(filter(None, [answer, one.get("text"), one.get("resolution")]))
        yield _joined("What was said of the record", one["name"]), said


DISCUSSION = (
    ("started", "start"),
    ("ended", "end"),
    ("format", "how it was held"),
    ("place", "where"),
    ("chair", "chair"),
    ("minute_taker", "minute-taker"),
    ("quorum", "quorum"),
    ("right_meeting", "everyone is in the right meeting"),
    ("not_read_back", "why it was not read back"),
)
DECISION = (
    ("outcome", "outcome"),
    ("risk_level", "level of risk"),
    ("risk_text", "risk"),
    ("rationale", "rationale"),
    ("legal_reason", "legal reason"),
    ("deferred_to", "deferred to"),
    ("plan", "plan"),
    ("medical", "medical assessment"),
    ("medical_why", "what health advises"),
    ("under_pressure", "under pressure"),
)
FAMILY = (("told", "are they told"), ("reason", "why"), ("what", "what may be told"))
ACTION = (
    ("text", "what"),
    ("owner", "who"),
    ("due", "by when"),
    ("kind", "what kind"),
    ("how_known", "how we will know"),
    ("forum", "reviewed in"),
    ("struck_reason", "struck out because"),
)


def _joined(*words: str | None) -> str:
    return ": ".join(word for word in words if word)
