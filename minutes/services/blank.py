"""The record as an empty form on paper, for the day the network is down."""

from dataclasses import dataclass, field

from attendees.services.afterwards import formats_held
from attendees.services.attendance import role_words
from minutes.rules import agenda
from minutes.rules.agenda import Cell, Per
from minutes.rules.wording import in_words
from protocols.rules.settings import Protocol
from strategy.enums import Format, Outcome, PlanAfter, PowerKind, RiskLevel

CHILDREN, SPEAKERS, PEOPLE, ACTIONS, VISITS = 3, 6, 12, 10, 6
ASKED, TOLD, CALLS = 4, 5, 6


@dataclass(frozen=True, slots=True)
class Box:
    """Something to be written: its label, its hint, and lines for so many."""

    label: str
    hint: str
    lines: range
    whose: str = ""


@dataclass(frozen=True, slots=True)
class BlankStep:
    """A step of the agenda with what is to be written in it."""

    number: int
    key: str
    title: str
    guidance: str
    boxes: list[Box]


@dataclass(frozen=True, slots=True)
class BlankForm:
    """The procedure's agenda and quorum, and how many rows each table has."""

    steps: list[BlankStep]
    quorum: str
    formats: list[str]
    outcomes: list[str] = field(default_factory=lambda: [one.label for one in Outcome])
    plans: list[str] = field(default_factory=lambda: [one.label for one in PlanAfter])
    risks: list[str] = field(default_factory=lambda: [one.label for one in RiskLevel])
    powers: list[str] = field(default_factory=lambda: [one.label for one in PowerKind])
    children: range = range(1, CHILDREN + 1)
    people: range = range(1, PEOPLE + 1)
    actions: range = range(1, ACTIONS + 1)
    visits: range = range(1, VISITS + 1)
    asked: range = range(1, ASKED + 1)
    told: range = range(1, TOLD + 1)
    calls: range = range(0)  # only where the procedure knows a series of them


def blank_form(rules: Protocol) -> BlankForm:
    """The agenda of a procedure as an empty form: the same steps and boxes that the room has."""
    steps = [
        BlankStep(number, one.key, one.title, one.guidance, list(_boxes(one.key)))
        for number, one in enumerate(rules.agenda.value, 1)
    ]
    allowed = formats_held(rules)
    has_calls = Format.SERIES_OF_CALLS in allowed
    formats = [one.label for one in Format if one in allowed]
    quorum = in_words([role_words(role) for role in rules.quorum_roles.value])
    return BlankForm(steps, quorum, formats, calls=range(CALLS if has_calls else 0))


def _boxes(step: str) -> list[Box]:
    return [box for one in agenda.cells_of(step) for box in _of(one)]


def _of(cell: Cell) -> list[Box]:
    lines = range(max(cell.rows, 2))
    if cell.per == Per.CHILD:
        label = cell.label.replace("{who}", "this child")
        return [Box(label, cell.hint, lines, f"Child {number}:") for number in range(1, CHILDREN + 1)]
    if cell.per == Per.PROFESSIONAL:
        label = "What a professional tells"
        return [Box(label, cell.hint, lines, "Name, job and agency:") for _ in range(SPEAKERS)]
    return [Box(cell.label, cell.hint, lines)]
