"""Every named address × everybody × GET and POST: the right answer, nothing changed, safe, readable."""

import pytest

from tests.walker import checks
from tests.walker.asking import Answer, address_of, ask, named_patterns, nowhere
from tests.walker.table import BY_NAME, NOT_WALKED, PAGES, Page
from tests.walker.world import EVERYBODY, World

pytestmark = pytest.mark.django_db
A_FEW = ("sam", "stranger", "link", "anonymous", "gone")  # for pages that are open to all
OUTSIDERS = ("olga", "stranger")
TRIED = {"cells": 0}


def test_every_address_has_its_line() -> None:
    """A new address is named here until the table says whose it is; a line without address goes."""
    known = {name for name in named_patterns() if not name.startswith(NOT_WALKED)}
    assert sorted(known ^ set(BY_NAME)) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_visitor_of(page: Page, world: World) -> None:
    """Status, silence towards outsiders, unchanged rows, headers and markup of one address."""
    wrong = [problem for answer in visits(page, world) for problem in problems(page, world, answer)]
    wrong += not_found_elsewhere(page, world)
    assert not wrong, "\n".join(wrong)


def test_cells_were_tried() -> None:
    """Nothing tried is no proof; prints the figure."""
    print(f"\n{TRIED['cells']} cells of the walker were tried")
    assert TRIED["cells"] > 0


def visits(page: Page, world: World) -> list[Answer]:
    """What everybody gets, by GET and by an empty POST."""
    people = A_FEW if page.kind == "open" else EVERYBODY
    answers = [ask(world, page, who, method) for who in people for method in ("GET", "POST")]
    TRIED["cells"] += len(answers)
    return answers


def problems(page: Page, world: World, answer: Answer) -> list[str]:
    """What is wrong with one answer, each kind in its own words."""
    found = [
        checks.access(page, world, answer),
        checks.unchanged(page, world, answer),
        checks.canaries(page, world, answer),
        checks.headers(answer),
        checks.markup(answer),
    ]
    if page.place and answer.who in OUTSIDERS and answer.status in (404, 405):
        nothing = ask(world, page, answer.who, answer.method, nowhere(page, world))
        found.append(checks.silence(answer, nothing))
    return [problem for problem in found if problem]


def not_found_elsewhere(page: Page, world: World) -> list[str]:
    """A child, an action or an invitation of another case is not found within one's own address."""
    found = []
    for other in page.wrong:
        for method in ("POST",) if page.post_only else ("GET", "POST"):
            answer = ask(world, page, page.usual, method, address_of(page, world, other(world)))
            TRIED["cells"] += 1
            if answer.status != 404:
                found.append(f"{answer.said} with something of another case, expected 404")
            if wrote := checks.unchanged(page, world, answer):
                found.append(wrote)
    return found
