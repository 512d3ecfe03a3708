"""The passages of a record to which a correction can be proposed, as its reader has them. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

Content = Mapping[str, Any]
LONGEST_NAME = 300
DECIDED = (
    "outcome",
    "deferred_to",
    "risk_level",
    "risk_text",
    "rationale",
    "legal_reason",
    "enquiry",
    "plan",
)
DONE = ("text", "owner", "due", "how_known", "struck_reason")
HELD = ("started", "ended", "format", "place", "chair", "minute_taker", "quorum")


@dataclass(frozen=True, slots=True)
class Passage:
    """One passage: the key that finds it again, where it stands in words, and its text as it is read."""

    key: str
    name: str
    text: str

    @property
    def digest(self) -> str:
        """Tells one text from another: whether somebody answers to what still stands there."""
        return sha256(self.text.encode()).hexdigest()[:16]


def passages(content: Content) -> list[Passage]:
    """Every passage that holds words, in the order of the page; of a copy, only what it holds."""
    found = [Passage(key, name[:LONGEST_NAME], text) for key, name, text in _all(content)]
    return [one for one in found if one.text.strip()]


def passage_of(content: Content, key: str) -> Passage | None:
    """The passage of that key as it stands in a content, or None when it is not there (any more)."""
    return next((one for one in passages(content) if one.key == key), None)


def _all(content: Content) -> Iterator[tuple[str, str, str]]:
    worker = content.get("allocated_worker", {})
    yield "worker", "Allocated social worker", _lines([worker.get("name"), worker.get("number")])
    held = content.get("discussion", {})
    yield "held", "About the discussion", _lines(held.get(name) for name in HELD)
    yield "people", "Who took part", _lines(_person(one) for one in content.get("attendance", []))
    for one in content.get("calls", []):
        yield f"call-{one['number']}", f"Call {one['number']}", _lines([one["said"], one["agreed"]])
    for step in content.get("steps", []):
        for one in step["sections"]:
            yield f"text-{one['id']}", f"{step['title']}: {one['label']}", one["text"]
    for one in content.get("decisions", []):
        yield f"decision-{one['child_id']}", f"Decision: {one['child']}", _lines(one.get(n) for n in DECIDED)
    seen = [
        _comma([one["about"], one["who"], one["place"], one["when"], one["by_whom"]])
        for one in content.get("arrangements", [])
    ]
    yield "arrangements", "Who is seen, where, when and by whom", _lines(seen)
    family = content.get("family_sharing", {})
    yield "family", "What the family is told", _lines(family.get(n) for n in ("told", "reason", "what"))
    for one in content.get("actions", []):
        yield f"action-{one['number']}", f"Action {one['number']}", _lines(one.get(name) for name in DONE)


def _person(one: Mapping[str, Any]) -> str:
    return _comma([one["name"], one.get("job_role"), one["agency"], one["how"], one.get("times")])


def _comma(words: Any) -> str:
    return ", ".join(str(one) for one in words if one)


def _lines(words: Any) -> str:
    return "\n".join(str(one) for one in words if one)
