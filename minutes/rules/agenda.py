"""What each agenda step holds: the steps and their order are the protocol's, the cells are ours. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Per(StrEnum):
    """Whose cell it is: one for the discussion, one for each child, or one for each professional."""

    DISCUSSION = "discussion"
    CHILD = "child"
    PROFESSIONAL = "professional"


@dataclass(frozen=True, slots=True)
class Cell:
    """One text of the record: its name in the database, its label and hint, and the part it stands for.

    `part` is the `RecordPart` of the protocol that this cell fulfils, if any. `label` may hold `{who}`.
    `is_police`: what is written here is police-sensitive until somebody marks it otherwise (row C25).
    """

    name: str
    label: str
    hint: str = ""
    per: Per = Per.DISCUSSION
    part: str = ""
    rows: int = 4
    is_police: bool = False


CELLS: dict[str, tuple[Cell, ...]] = {
    "children": (
        Cell(
            "corrections",
            "Corrections to names, dates of birth and addresses",
            "Leave empty if all is right",
            rows=2,
        ),
    ),
    "introductions": (Cell("apologies", "Apologies and anything to note about who is here", "", rows=2),),
    "reasons": (
        Cell("reasons", "Why we are meeting", "What has happened or is suspected, and since when", rows=6),
        Cell(
            "involvement",
            "Previous social care involvement",
            "Earlier referrals, plans, enquiries and discussions",
        ),
        Cell(
            "other_areas",
            "History in other areas",
            "Previous addresses and other authorities, and who will ask them",
        ),
    ),
    "information": (
        Cell("contribution", "{who}", "Facts first, then what they make of them", Per.PROFESSIONAL, rows=5),
        Cell(
            "voice",
            "What {who} says and wants",
            "In their own words, with who heard them and when; whether they may be under pressure",
            Per.CHILD,
        ),
        Cell(
            "lived_experience",
            "A day in the life of {who}",
            "What it is like to be this child; for an unborn baby, the care that is being prepared",
            Per.CHILD,
        ),
    ),
    "summary": (
        Cell("worries", "Worries", "What are we worried about, and what if nothing changes?"),
        Cell("protective", "Protective factors", "What keeps each child safe now, and has been seen to?"),
        Cell("grey", "Grey areas", "What do we not know, and who could tell us?"),
    ),
    "threshold": (
        Cell(
            "police_plan",
            "Criminal investigation",
            "Its basis, conduct and timing, how and when evidence is gathered. If there is none, say why",
            is_police=True,
        ),
        Cell(
            "medical",
            "Health and medical assessment",
            "What the answers beside each child’s decision do not say already",
        ),
        Cell(
            "legal",
            "Legal advice and emergency powers",
            "Whether legal action is needed. Powers and the advice on each child stand with the decisions",
        ),
        Cell(
            "conference",
            "Initial child protection conference",
            "The view of the discussion, child by child",
            rows=3,
        ),
        Cell(
            "dissent",
            "Notes on differing views and challenge",
            "What the views above do not say already. If nobody differed, say so",
            rows=3,
        ),
    ),
    "actions": (
        Cell(
            "safety_plan",
            "Interim safety plan for {who}",
            "What keeps this child safe from now until the next review, who does it, and how we will know",
            Per.CHILD,
            part="interim_safety_plan",
        ),
        Cell(
            "contingency",
            "If the plan does not work",
            "No access, a child gone missing, a carer who leaves",
            part="contingency_plan",
        ),
        Cell(
            "family_told",
            "What the family is told",
            "What the decision and the plan of who is told what do not say already",
            part="sharing_plan",
        ),
        Cell(
            "review",
            "How we review that the actions are done",
            "Where, when and by whom",
            part="review_mechanism",
            rows=2,
        ),
    ),
    "allocated": (
        Cell("next_steps", "Next steps and next meeting", "Follow-up meeting, date and place", rows=3),
    ),
}
FINDINGS = Cell(
    "findings",
    "Findings for {who}, and the action considered",
    "What the section 47 enquiry found so far, what was considered, and what follows from it",
    Per.CHILD,
)
AT_A_FOLLOW_UP = {
    "information": (FINDINGS,)
}  # row W15: only the meeting after a telephone discussion has them
UNKNOWN_STEP = (Cell("notes", "Notes", "What was said and agreed"),)


@dataclass(frozen=True, slots=True)
class Key:
    """Which cell of which step, and of whom: a child's or a professional's number, or neither."""

    step: str
    field: str
    child: int | None = None
    professional: int | None = None


def cells_of(step: str) -> tuple[Cell, ...]:
    """The cells of a step; a step that an authority added itself has one cell for notes."""
    return CELLS.get(step, UNKNOWN_STEP)


def all_cells_of(step: str) -> tuple[Cell, ...]:
    """The same with those that only a follow-up meeting has, which come first there."""
    return AT_A_FOLLOW_UP.get(step, ()) + cells_of(step)


def cell(step: str, field: str) -> Cell:
    """The cell of that name. Raises KeyError."""
    for one in all_cells_of(step):
        if one.name == field:
            return one
    raise KeyError(f"{step}/{field}")


def label_of(step: str, field: str, who: str, heading: str = "") -> str:
    """What a cell is called: whose it is, and the heading under which an agency sent it."""
    try:
        label = cell(step, field).label.replace("{who}", who)
    except KeyError:
        label = field.replace("_", " ").capitalize()
    return f"{label}: {heading}" if heading else label


def is_police(key: Key) -> bool:
    """Whether what is written in this cell is police-sensitive from the first (rows C25, C29)."""
    return any(one.is_police for one in all_cells_of(key.step) if one.name == key.field)


def keys(
    steps: Iterable[str],
    children: Iterable[int],
    professionals: Iterable[int],
    *,
    follow_up: bool = False,
) -> Iterator[Key]:
    """Every cell of a record, in the order of the agenda; `professionals` come in the order they speak."""
    children, professionals = list(children), list(professionals)
    for step in steps:
        for one in all_cells_of(step) if follow_up else cells_of(step):
            if one.per == Per.CHILD:
                yield from (Key(step, one.name, child=child) for child in children)
            elif one.per == Per.PROFESSIONAL:
                yield from (Key(step, one.name, professional=professional) for professional in professionals)
            else:
                yield Key(step, one.name)
