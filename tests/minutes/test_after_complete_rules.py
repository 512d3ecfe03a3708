"""What the record must hold before it is authorised, part by part, by the procedure that asks for it."""

from typing import Any

import pytest

from minutes.rules.complete import missing_from
from protocols.presets import preset

CHILD = {"id": 1, "name": "Ruby Vale"}
WHOLE: dict[str, Any] = {
    "children": [CHILD],
    "discussion": {"quorate": True},
    "decisions": [{"child_id": 1, "rationale": "Nobody can explain the injury."}],
    "arrangements": [
        {"kind": "child", "child_id": 1},
        {"kind": "parent", "child_id": 1},
        {"kind": "home", "child_id": 1},
    ],
    "steps": [
        {
            "sections": [
                {"field": "safety_plan", "child_id": 1, "text": "Stays with grandmother."},
                {"field": "family_told", "child_id": None, "text": "Sam tells the mother tonight."},
                {"field": "contingency", "child_id": None, "text": "Ring the police."},
                {"field": "review", "child_id": None, "text": "In supervision on Friday."},
            ]
        }
    ],
    "actions": [{"number": 1}],
    "allocated_worker": {"name": "Sam Reed", "number": "01632 960010"},
}


def sections_without(field: str) -> dict[str, Any]:
    """The steps of the record without one box's text."""
    return {"steps": [{"sections": [one for one in WHOLE["steps"][0]["sections"] if one["field"] != field]}]}


def arranged_without(kind: str) -> dict[str, Any]:
    """The arrangements without one kind."""
    return {"arrangements": [one for one in WHOLE["arrangements"] if one["kind"] != kind]}


def blocking(slug: str, change: dict[str, Any]) -> list[str]:
    """What stops the chair under this procedure once the record is changed so."""
    return [one.sentence for one in missing_from(WHOLE | change, preset(slug)) if one.blocks]


@pytest.mark.parametrize("slug", ["birmingham", "greater-manchester"])
def test_a_whole_record_lacks_nothing(slug: str) -> None:
    assert blocking(slug, {}) == []


@pytest.mark.parametrize(
    ("slug", "change", "sentence"),
    [
        ("birmingham", {"decisions": []}, "There is no decision for Ruby Vale."),
        (
            "birmingham",
            {"decisions": [{"child_id": 1, "rationale": " "}]},
            "The decision for Ruby Vale has no rationale.",
        ),
        (
            "birmingham",
            arranged_without("child"),
            "It is not said where, when and by whom Ruby Vale is seen and spoken to.",
        ),
        (
            "birmingham",
            arranged_without("parent"),
            "It is not said where, when and by whom the parents or carers are seen and spoken to.",
        ),
        (
            "birmingham",
            arranged_without("home"),
            "It is not said when and by whom the place where the child usually lives is visited.",
        ),
        (
            "birmingham",
            sections_without("safety_plan"),
            "There is no interim safety plan for Ruby Vale.",
        ),
        (
            "birmingham",
            sections_without("family_told"),
            "It is not said what is shared with the family, by whom and when.",
        ),
        (
            "birmingham",
            {"allocated_worker": {"name": "Sam Reed", "number": ""}},
            "The allocated social worker and their telephone number are not both named.",
        ),
        ("greater-manchester", sections_without("contingency"), "There is no contingency plan."),
        (
            "greater-manchester",
            sections_without("review"),
            "It is not said how we review that the actions are done.",
        ),
    ],
)
def test_what_must_be_there_stops_the_chair(slug: str, change: dict[str, Any], sentence: str) -> None:
    assert blocking(slug, change) == [sentence]


def test_nobody_sees_a_child_who_is_not_born() -> None:
    unborn = {"children": [CHILD | {"unborn": True}]} | arranged_without("child")
    assert blocking("birmingham", unborn) == []


def test_wirral_asks_for_the_rationale_and_no_more() -> None:
    empty: dict[str, Any] = {"arrangements": [], "steps": [], "allocated_worker": {}, "actions": []}
    assert blocking("wirral", empty) == []
    assert blocking("wirral", empty | {"decisions": []}) == ["There is no decision for Ruby Vale."]
