"""Who is still to be seen and which home to be visited: child, each carer, each home (B09a to B09c). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from minutes.enums import About
from minutes.rules.wording import in_words

# Of a household, whoever brings the children up; “mother” is also in stepmother and grandmother.
CARES = ("mother", "father", "mum", "dad", "parent", "carer", "guardian", "partner", "husband", "wife")


@dataclass(frozen=True, slots=True)
class Young:
    """A child of the discussion, as far as a visit is concerned."""

    pk: int
    name: str
    unborn: bool = False


@dataclass(frozen=True, slots=True)
class Carer:
    """A parent or carer of the household."""

    pk: int
    name: str


@dataclass(frozen=True, slots=True)
class Home:
    """Where some of the children usually live; no address where none is known or it is confidential."""

    children: tuple[int, ...]
    names: tuple[str, ...]
    address: str = ""


@dataclass(frozen=True, slots=True)
class Household:
    """The carers with whom the children live, and their homes; empty while nobody has recorded either."""

    carers: tuple[Carer, ...] = ()
    homes: tuple[Home, ...] = ()


@dataclass(frozen=True, slots=True)
class Visit:
    """An arrangement that stands: of which kind, for which child, and which carer; none is all of them."""

    about: str
    child: int | None = None
    member: int | None = None


@dataclass(frozen=True, slots=True)
class Unseen:
    """Somebody who is to be seen and spoken to, or a home to be visited, for which nothing is arranged."""

    about: str
    words: str
    child: int | None = None
    member: int | None = None

    @property
    def sentence(self) -> str:
        """As the list of what is missing says it."""
        asked = "when and by whom" if self.about == About.HOME else "where, when and by whom"
        return f"It is not said {asked} {self.words}."

    @property
    def query(self) -> str:
        """What the form of an arrangement is asked to begin with."""
        told = {"about": self.about, "child": self.child, "member": self.member}
        return "&".join(f"{name}={value}" for name, value in told.items() if value)


def cares(relationship: str, *, has_responsibility: bool) -> bool:
    """Whether somebody who lives with the children is a parent or carer of theirs."""
    return has_responsibility or any(word in relationship.casefold() for word in CARES)


def not_arranged(children: Iterable[Young], household: Household, made: Iterable[Visit]) -> list[Unseen]:
    """Everything that nobody has arranged yet: the children, then their carers, then their homes.

    Nobody sees a child who is not born; “all of them” covers every carer, and a visit every child who
    lives there. Where no carer or home is recorded, one arrangement of the kind is asked for.
    """
    young, visits = list(children), list(made)
    seen = {one.child for one in visits if one.about == About.CHILD}
    found = [
        Unseen(About.CHILD, f"{one.name} is seen and spoken to", child=one.pk)
        for one in young
        if not one.unborn and one.pk not in seen
    ]
    return [*found, *_carers(household, visits), *_homes(young, household, visits)]


def _carers(household: Household, visits: list[Visit]) -> list[Unseen]:
    told = {one.member for one in visits if one.about == About.PARENT}
    if None in told:
        return []
    if not household.carers:
        words = "the parents or carers are seen and spoken to"
        return [] if told else [Unseen(About.PARENT, words)]
    return [
        Unseen(About.PARENT, f"{one.name} is seen and spoken to", member=one.pk)
        for one in household.carers
        if one.pk not in told
    ]


def _homes(young: list[Young], household: Household, visits: list[Visit]) -> list[Unseen]:
    visited = {one.child for one in visits if one.about == About.HOME}
    born = {one.pk for one in young if not one.unborn}
    wanted = [home for home in household.homes if born & set(home.children) or not born]
    if not wanted:
        words = "the place where the child usually lives is visited"
        return [] if visited else [Unseen(About.HOME, words)]
    return [
        Unseen(About.HOME, f"{_place(home)} is visited", child=home.children[0])
        for home in wanted
        if not visited & set(home.children)
    ]


def _place(home: Home) -> str:
    live = "lives" if len(home.names) == 1 else "live"
    address = f" ({home.address})" if home.address else ""
    return f"the place where {in_words(home.names)} usually {live}{address}"
