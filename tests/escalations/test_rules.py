"""The ladders of the procedures, and who answers for a rung whatever they call them."""

import pytest

from accounts.roles import ROLES, Permission
from escalations.enums import Level
from escalations.rules import level_of, problem_with_rung, rungs_above
from protocols.presets import SLUGS, preset


@pytest.mark.parametrize(
    ("slug", "limits", "last"),
    [
        (
            "wirral",
            ["working_days(1)", "working_days(5)", "working_days(5)", "working_days(5)", "None"],
            "Secretary of State",
        ),
        (
            "birmingham",
            ["working_days(5)", "working_days(1)", "working_days(2)", "working_days(5)"],
            "safeguarding partnership",
        ),
        *[
            (
                slug,
                ["working_days(1)", "working_days(1)", "working_days(2)", "working_days(5)"],
                "safeguarding partnership",
            )
            for slug in ("working-together", "greater-manchester", "halton")
        ],
    ],
)
def test_the_ladder_of_the_procedure(slug: str, limits: list[str], last: str) -> None:
    setting = preset(slug).escalation_stages
    assert [str(rung.limit) for rung in setting.value] == limits
    assert setting.value[-1].to_role == last
    assert setting.local_default == (slug != "wirral")


def test_halton_wants_a_form_at_step_three_and_birmingham_a_written_record_of_each() -> None:
    forms = [rung.form for rung in preset("halton").escalation_stages.value]
    assert forms == ["", "", "Appendix A of the Pan-Cheshire escalation procedure", ""]
    assert {one.form for one in preset("birmingham").escalation_stages.value} == {
        "Written record of the stage"
    }


@pytest.mark.parametrize("slug", SLUGS)
def test_the_first_rung_is_between_practitioners(slug: str) -> None:
    first = preset(slug).escalation_stages.value[0]
    assert {level_of(first.from_role), level_of(first.to_role)} == {Level.PRACTITIONER}


@pytest.mark.parametrize(
    ("role", "level"),
    [
        ("practitioner", Level.PRACTITIONER),
        ("Line Manager", Level.MANAGER),
        ("safeguarding lead", Level.MANAGER),
        ("board member", Level.HEAD),
        ("Secretary of State", Level.HEAD),
        ("a word nobody thought of", Level.HEAD),
    ],
)
def test_who_answers_for_a_role(role: str, level: Level) -> None:
    assert level_of(role) == level


def test_only_upwards_and_only_past_a_rung_at_immediate_risk() -> None:
    ladder = preset("wirral").escalation_stages.value
    calm = {"is_immediate": False, "risk_reason": ""}
    assert problem_with_rung(ladder, 0, 1, **calm) is None  # type: ignore[arg-type]
    assert problem_with_rung(ladder, 2, 3, **calm) is None  # type: ignore[arg-type]
    for now, to in ((0, 2), (2, 2), (2, 1), (4, 6), (5, 6)):
        assert problem_with_rung(ladder, now, to, **calm) is not None  # type: ignore[arg-type]
    assert problem_with_rung(ladder, 0, 4, is_immediate=True, risk_reason="Tonight") is None
    assert [number for number, _ in rungs_above(ladder, 3)] == [4, 5]


def test_who_holds_the_power() -> None:
    without = {name for name, role in ROLES.items() if Permission.ESCALATE not in role.permissions}
    assert without == {"administrator", "inspector"}
