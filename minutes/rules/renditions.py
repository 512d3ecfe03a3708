"""Which words of a record a copy holds: for whom it is, and about which child. Pure.

A copy is made from what it may hold, never by hiding: what is removed is not in the page, not in the attached
data and not in the file's metadata. A copy for professionals says where something was removed and for what
reason; a copy for the family does not, so that nobody learns from a gap what the police know (row C25).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from attendees.enums import Marking
from attendees.rules.suggestions import STATUTORY
from minutes.enums import RenditionKind
from minutes.rules.other_children import Others, without
from minutes.rules.texts import texts_of

Content = Mapping[str, Any]

REMOVED = {
    Marking.POLICE_SENSITIVE: "Removed from this copy: police-sensitive",
    Marking.THIRD_PARTY: "Removed from this copy: about a third party",
}
NOT_SAID = "Removed from this copy: what was said may repeat a removed passage"
LEAST_WORDS = 5  # of a removed sentence, for its words to be known again elsewhere


@dataclass(frozen=True, slots=True)
class Cut:
    """What a copy is: for whom, and about which child alone; without a child it is about all of them."""

    kind: str = RenditionKind.WHOLE
    child_id: int | None = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing at all is left out."""
        return self.kind == RenditionKind.WHOLE and self.child_id is None

    @property
    def code(self) -> str:
        """The copy as forms and addresses name it."""
        return self.kind if self.child_id is None else f"{self.kind}-{self.child_id}"


WHOLE = Cut()


def holds_all(cut: Cut) -> bool:
    """Whether marked passages are read in this copy."""
    return cut.kind == RenditionKind.WHOLE


def cut_for(agency_kind: str, content: Content) -> Cut:
    """The copy that somebody of such an agency is given when nobody chooses another.

    Social care, police and health have the whole record; everybody else has it without marked passages.
    """
    outside = agency_kind not in STATUTORY and is_marked(content)
    return Cut(RenditionKind.PARTNER) if outside else WHOLE


def rendered(content: Content, cut: Cut) -> dict[str, Any]:
    """The record as this copy holds it; the whole one is returned as it is, so that its hash stands.

    Raises ValueError for a child whom the record is not about.
    """
    if cut.is_whole:
        return dict(content)
    if cut.kind == RenditionKind.FAMILY:
        kept, removed = _for_family(content), 0
    elif cut.kind == RenditionKind.PARTNER:
        kept, removed = _for_partner(content)
    else:
        kept, removed = dict(content), 0
    if cut.child_id is not None:
        kept = without(kept, _others(content, cut.child_id))
    kept["rendition"] = {"kind": cut.kind, "title": title_of(content, cut), "removed": removed}
    return kept


def title_of(content: Content, cut: Cut) -> str:
    """What a copy is called, on its page and in lists."""
    title = str(RenditionKind(cut.kind).label)
    if cut.child_id is None:
        return title
    names = {child["id"]: child["name"] for child in content.get("children", [])}
    return f"{title}, about {names.get(cut.child_id, 'one child')} only"


def choices(content: Content) -> list[Cut]:
    """The copies that a professional can be given: marked or not, of all children or of one."""
    kinds = [RenditionKind.WHOLE, RenditionKind.PARTNER] if is_marked(content) else [RenditionKind.WHOLE]
    children = content.get("children", [])
    alone = [child["id"] for child in children] if len(children) > 1 else []
    return [Cut(kind, child) for child in [None, *alone] for kind in kinds]


def family_cuts(content: Content) -> list[Cut]:
    """The copies that a family can be given: of all children, and of each alone where there are several."""
    children = content.get("children", [])
    alone = [child["id"] for child in children] if len(children) > 1 else []
    return [Cut(RenditionKind.FAMILY, child) for child in [None, *alone]]


def is_marked(content: Content) -> bool:
    """Whether any passage must not be read outside social care, police and health."""
    return any(section.get("marking") in REMOVED for section in sections_of(content))


def sections_of(content: Content) -> Iterator[dict[str, Any]]:
    """Every passage of the agenda, in order."""
    for step in content.get("steps", []):
        yield from step["sections"]


def left_over(content: Content, cut: Cut) -> list[tuple[str, str]]:
    """Sentences of removed passages that stand elsewhere in the copy too: where, and the sentence."""
    if cut.kind == RenditionKind.WHOLE:
        return []
    copy = rendered(content, cut)
    kept = {one["id"] for one in sections_of(copy) if one["text"]}
    gone = [one for one in sections_of(content) if one["id"] not in kept and _is_kept_from(one, cut)]
    wanted = {_flat(said): said for one in gone for said in _sentences(one["text"])}
    texts = [(where, f" {_flat(text)} ") for where, text in texts_of(copy)]
    return [(where, said) for flat, said in wanted.items() for where, text in texts if f" {flat} " in text]


def _is_kept_from(section: Content, cut: Cut) -> bool:
    if cut.kind == RenditionKind.FAMILY:
        return section.get("marking") != Marking.SHARE
    return section.get("marking") in REMOVED


def _for_partner(content: Content) -> tuple[dict[str, Any], int]:
    removed = sum(one.get("marking") in REMOVED and bool(one["text"]) for one in sections_of(content))
    steps = [
        {**step, "sections": [_unmarked(one) for one in step["sections"]]}
        for step in content.get("steps", [])
    ]
    kept = {**content, "steps": steps}
    if removed:
        kept["dissents"] = [_undisputed(one) for one in content.get("dissents", [])]
        kept["agreements"] = [_unsaid(one) for one in content.get("agreements", [])]
        if "calls" in content:  # what was said on a call is not marked by itself
            kept["calls"] = [{**one, "said": "", "agreed": ""} for one in content["calls"]]
    return kept, removed


def _unmarked(section: dict[str, Any]) -> dict[str, Any]:
    if section.get("marking") not in REMOVED:
        return section
    return {**section, "text": "", "source": "", "removed": REMOVED[Marking(section["marking"])]}


def _unsaid(answer: dict[str, Any]) -> dict[str, Any]:
    """Whoever proposes a correction repeats what is corrected, and so did what they said before."""
    if "earlier" in answer:
        answer = {**answer, "earlier": [_unsaid(one) for one in answer["earlier"]]}
    if not answer.get("text"):
        return answer
    return {**answer, "text": NOT_SAID, "resolution": ""}


def with_own_words(copy: Content, content: Content, cut: Cut, *, name: str, agency: str) -> dict[str, Any]:
    """The copy as its author reads it online: what they said themselves is not kept from them.

    Only their own answer, what they said before it and the view they took, and not what became of it, which
    is somebody else's. Not in a copy about one child, where what they said may be about another.
    """
    if cut != Cut(RenditionKind.PARTNER):
        return dict(copy)
    told = {**copy}
    for part, words in (("agreements", "text"), ("dissents", "view")):
        if part in copy:
            pairs = zip(copy[part], content[part], strict=True)
            told[part] = [_own(one, whole, words, (name, agency)) for one, whole in pairs]
    return told


def _own(kept: dict[str, Any], whole: dict[str, Any], words: str, author: tuple[str, str]) -> dict[str, Any]:
    if (whole.get("name"), whole.get("agency")) != author:
        return kept
    own = {**kept, words: whole[words]}
    if "earlier" in kept:
        before = zip(kept["earlier"], whole["earlier"], strict=True)
        own["earlier"] = [{**one, "text": old["text"]} for one, old in before]
    return own


def _undisputed(view: dict[str, Any]) -> dict[str, Any]:
    """Whoever disagrees may repeat what is removed: that they did, and what became of it, stays."""
    return {**view, "view": NOT_SAID, "resolution": ""}


def _for_family(content: Content) -> dict[str, Any]:
    """Only what is named here: passages marked to be shared, who took part, and what was decided."""
    steps = [{**step, "sections": _shared(step["sections"])} for step in content.get("steps", [])]
    people = [
        {**_only(one, "name", "job_role", "agency", "how"), "can_decide": True, "took_part": True}
        for one in content.get("attendance", [])
        if one["took_part"]
    ]
    decided = ("child_id", "child", "outcome", "outcome_code", "deferred_to", "plan")
    held = ("number", "format", "is_meeting", "chair", "started_at", "started", "ended_at", "ended")
    return {
        **_only(content, "format", "authority", "case", "protocol", "children", "allocated_worker"),
        "discussion": _only(content["discussion"], *held),
        "attendance": people,
        "steps": steps,
        "decisions": [_only(one, *decided) for one in content.get("decisions", [])],
    }


def _shared(sections: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kept = [one for one in sections if one.get("marking") == Marking.SHARE]
    return [{**one, "source": "", "tag": ""} for one in kept]


def _only(given: Content, *keys: str) -> dict[str, Any]:
    return {key: given[key] for key in keys if key in given}


def _others(content: Content, child_id: int) -> Others:
    children = content.get("children", [])
    mine = [child for child in children if child["id"] == child_id]
    if not mine:
        raise ValueError(f"the record is not about child {child_id}")
    return Others(mine[0], [child for child in children if child["id"] != child_id])


def _sentences(text: str) -> Iterator[str]:
    for said in text.replace("!", ".").replace("?", ".").replace("\n", ".").split("."):
        if len(said.split()) >= LEAST_WORDS:
            yield said.strip(" \t“”\"'‘’")


def _flat(text: str) -> str:
    return " ".join("".join(one if one.isalnum() else " " for one in text.casefold()).split())
