"""Families to walk with: the seeded scenario, and others generated from a seed."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta


@dataclass(frozen=True)
class WalkChild:
    """One child as somebody types it."""

    given_names: str
    family_name: str
    born: date | None
    expected: date | None = None
    looked_after: bool = False
    outcome: str = "section_17"

    @property
    def name(self) -> str:
        """As pages say it."""
        return f"{self.given_names} {self.family_name}" if self.born else f"Unborn baby {self.family_name}"


@dataclass(frozen=True)
class Family:
    """Children and what happens on their way."""

    seed: int
    children: list[WalkChild]
    circumstance: str = "serious_injury_or_neglect"
    school_has_no_email: bool = False
    health_refuses: bool = False
    manager_returns: bool = False
    first_booking_cancelled: bool = False
    story: str = "She told her teacher that her stepfather twisted her arm; her wrist is swollen."
    notes: list[str] = field(default_factory=list)

    @property
    def same_day(self) -> bool:
        """Whether the circumstance makes it the same day."""
        return self.circumstance in {"serious_injury_or_neglect", "immediate_risk"}

    @property
    def looked_after(self) -> bool:
        """Whether a child is looked after, so that its service must be invited (row W04)."""
        return any(child.looked_after for child in self.children)

    def __str__(self) -> str:
        kinds = [
            f"{len(self.children)} children",
            *(["unborn"] if any(child.born is None for child in self.children) else []),
            *(["looked after"] if self.looked_after else []),
            *(["no e-mail"] if self.school_has_no_email else []),
            *(["refusal"] if self.health_refuses else []),
            *(["return"] if self.manager_returns else []),
            *(["cancelled booking"] if self.first_booking_cancelled else []),
        ]
        return f"seed {self.seed}: {', '.join(kinds)}, {self.circumstance}"


def seeded(today: date) -> Family:
    """The scenario of the issue: two siblings, a serious injury, section 47 for one, 17 for the other."""
    return Family(
        seed=0,
        children=[
            WalkChild("Maisie", "Tilbrook", date(today.year - 8, 3, 4), outcome="section_47_joint"),
            WalkChild("Oscar", "Tilbrook", date(today.year - 6, 9, 21)),
        ],
    )


NAMES = ("Ŵyn", "Zoë", "Łucja", "Amir", "Siân", "Noor", "Callum", "Ottilie", "Jean-Luc", "Mary Anne")
FAMILIES = ("O’Brien", "Kowalski-Smith", "ap Rhys", "Al-Hassan", "Featherstonehaugh", "Ng")
CIRCUMSTANCES = ("serious_injury_or_neglect", "immediate_risk", "cin_plan_not_meeting_needs")
OUTCOMES = ("section_47_joint", "section_47_single", "section_17", "continue", "none")


def generated(seed: int, today: date) -> Family:
    """A family drawn from a seed: 1 to 6 children, unborn, looked after, and what goes differently."""
    dice = random.Random(seed)
    surname = dice.choice(FAMILIES)
    number = dice.randint(1, 6)
    given = dice.sample(NAMES, number)
    children = []
    for place in range(number):
        unborn = dice.random() < 0.2
        children.append(
            WalkChild(
                given_names="" if unborn else given[place],
                family_name=surname,
                born=None if unborn else today - timedelta(days=dice.randint(40, 17 * 365)),
                expected=today + timedelta(days=dice.randint(20, 200)) if unborn else None,
                looked_after=not unborn and dice.random() < 0.25,
                outcome=dice.choice(OUTCOMES),
            )
        )
    return Family(
        seed=seed,
        children=children,
        circumstance=dice.choice(CIRCUMSTANCES),
        school_has_no_email=dice.random() < 0.4,
        health_refuses=dice.random() < 0.3,
        manager_returns=dice.random() < 0.4,
        first_booking_cancelled=dice.random() < 0.4,
    )
