"""What the record must hold before it is authorised, part by part, by the procedure that asks for it."""

from typing import Any

import pytest

from minutes.rules.complete import missing_from
from protocols.presets import preset

CHILD = {"id": 1, "name": "Ruby Vale"}
CENTRE = "centre-for-professional-practice"
WHOLE: dict[str, Any] = {
    "family_sharing": {"told": "No, it is withheld", "reason": "It could harm the investigation."},
    "children": [CHILD],
    "discussion": {"quorate": True},
    "decisions": [
        {
            "child_id": 1,
            "child": "Ruby Vale",
            "rationale": "Nobody can explain the injury.",
            "outcome_code": "section_17",
            "medical": "Not needed",
            "plan": "Child in need plan",
            "under_pressure": "No.",
        }
    ],
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
                {"field": "voice", "child_id": 1, "text": "“I do not want to go home.”"},
                {"field": "lived_experience", "child_id": 1, "text": "She makes breakfast for her brother."},
                {"field": "worries", "child_id": None, "text": "It happens again."},
                {"field": "protective", "child_id": None, "text": "Her grandmother."},
                {"field": "grey", "child_id": None, "text": "Who was there."},
            ]
        }
    ],
    "actions": [{"number": 1}],
    "allocated_worker": {"name": "Sam Reed", "number": "01632 960010"},
}


def sections_without(field: str) -> dict[str, Any]:
    """The steps of the record without one box's text."""
    return {"steps": [{"sections": [one for one in WHOLE["steps"][0]["sections"] if one["field"] != field]}]}


def answered_without(name: str) -> dict[str, Any]:
    """The decision without one answer."""
    return {"decisions": [{**WHOLE["decisions"][0], name: ""}]}


def arranged_without(kind: str) -> dict[str, Any]:
    """The arrangements without one kind."""
    return {"arrangements": [one for one in WHOLE["arrangements"] if one["kind"] != kind]}


def blocking(slug: str, change: dict[str, Any]) -> list[str]:
    """What stops the chair under this procedure once the record is changed so."""
    return [one.sentence for one in missing_from(WHOLE | change, preset(slug)) if one.blocks]


@pytest.mark.parametrize("slug", ["birmingham", "greater-manchester", "halton", CENTRE])
def test_a_whole_record_lacks_nothing(slug: str) -> None:
    assert blocking(slug, {}) == []


@pytest.mark.parametrize(
    ("slug", "change", "sentence"),
    [
        ("birmingham", sections_without("worries"), "The chair’s summary does not say what the worries are."),
        ("birmingham", sections_without("grey"), "The chair’s summary does not say what is not known."),
        (
            "greater-manchester",
            sections_without("voice"),
            "It is not said what Ruby Vale says and wants. If it is not known, say why.",
        ),
        (
            "greater-manchester",
            sections_without("lived_experience"),
            "It is not said what a day is like for Ruby Vale. If it is not known, say why.",
        ),
        (
            "greater-manchester",
            answered_without("under_pressure"),
            "It is not said whether somebody keeps Ruby Vale from speaking freely.",
        ),
        (
            CENTRE,
            answered_without("medical"),
            "It is not decided whether Ruby Vale needs a medical assessment.",
        ),
        ("halton", answered_without("plan"), "It is not said which plan takes over the risks for Ruby Vale."),
        (CENTRE, {"family_sharing": {}}, "It is not decided whether the family is told: now, later or not."),
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
            sections_without("family_told") | {"family_sharing": {}},
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
