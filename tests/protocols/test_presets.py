"""The six presets are whole, valid, and differ where the sources differ."""

from dataclasses import fields
from typing import Any

import pytest

from accounts.roles import ROLES
from protocols.enums import RoleName, Severity
from protocols.presets import SLUGS, preset, preset_data
from protocols.rules.reading import SETTINGS
from protocols.rules.settings import Protocol, Setting


@pytest.mark.parametrize("slug", SLUGS)
def test_every_value_has_its_clause_or_is_a_local_default(slug: str) -> None:
    for name in SETTINGS:
        setting: Setting[Any] = getattr(preset(slug), name)
        inert = setting.value in ("off", None) or name in {"trigger_meaning", "routine_also_show"}
        assert setting.clause or setting.local_default or inert, f"{slug}: {name} has no clause"
        assert not (setting.clause and setting.local_default), f"{slug}: {name} is both"


def test_the_readers_and_the_dataclass_name_the_same_settings() -> None:
    assert [field.name for field in fields(Protocol)] == ["heading", *SETTINGS]


@pytest.mark.parametrize(
    ("slug", "name", "value", "local_default"),
    [
        ("wirral", "routine_limit", "hours(24)", False),
        ("wirral", "complex_limit", "working_days(5)", False),
        ("wirral", "child_seen_limit", "hours(24)", False),
        ("wirral", "followup_limit", "working_days(5)", False),
        ("wirral", "allowed_formats", "('face_to_face', 'virtual', 'hybrid', 'telephone_conference')", False),
        ("wirral", "request_authoriser_roles", "('team_manager', 'advanced_practitioner')", False),
        ("wirral", "signoff", "('agree_at_end', 'all_sign', 'chair_authorise')", False),
        ("wirral", "immediate_protection_role", "assessment_practice_manager", False),
        ("wirral", "external_system", "LCS", False),
        ("halton", "routine_limit", "calendar_days(3)", False),
        ("halton", "complex_limit", "working_days(5)", True),
        ("halton", "multi_agency_meeting", "True", False),
        ("halton", "reviews_need_new_information", "True", False),
        ("halton", "child_seen_limit", "None", True),
        (
            "greater-manchester",
            "quorum_roles",
            "('social_worker', 'social_work_manager', 'health', 'police')",
            False,
        ),
        ("greater-manchester", "recipients", "all_parties", False),
        ("birmingham", "laming_required", "True", False),
        ("birmingham", "chair_roles", "('team_manager',)", False),
        ("birmingham", "minute_opener_roles", "('team_manager',)", False),
        ("centre-for-professional-practice", "followup_limit", "working_days(5)", True),
        ("working-together", "distribution_limit", "working_days(1)", True),
        ("working-together", "icpc_limit", "working_days(15)", False),
    ],
)
def test_the_value_of_the_source(slug: str, name: str, value: str, local_default: bool) -> None:
    setting = getattr(preset(slug), name)
    shown = setting.value
    if isinstance(shown, tuple):
        shown = tuple(str(one) for one in shown)
    assert (str(shown), setting.local_default) == (value, local_default)


def test_the_force_of_the_sources_words() -> None:
    must = ["W11", "W13", "W17", "W21", "W22", *(f"W{n}" for n in range(31, 38))]
    assert {preset("wirral").severity_of(row) for row in must} == {Severity.BLOCK}
    assert {preset("wirral").severity_of(row) for row in ("W02", "W10", "W14", "W18", "W30", "C12")} == {
        Severity.WARN
    }
    assert preset("greater-manchester").severity_of("G04") == Severity.BLOCK
    assert {preset("halton").severity_of(row) for row in ("H01", "H05", "H11")} == {Severity.BLOCK}
    assert {preset("halton").severity_of(row) for row in ("H03", "H04", "H06", "H12")} == {Severity.WARN}
    assert preset("wirral").severity_of("W39") == Severity.INFO


def test_the_eight_steps_are_offered_in_order() -> None:
    keys = [step.key for step in preset("birmingham").agenda.value]
    assert keys == [
        "children", "introductions", "reasons", "information", "summary", "threshold", "actions", "allocated",
    ]  # fmt: skip
    assert [step.key for step in preset("wirral").agenda.value] == keys
    assert preset("wirral").agenda.local_default


def test_roles_are_the_roles_of_the_house() -> None:
    assert {role.value for role in RoleName} == set(ROLES)


def test_last_rung_in_wirral_is_the_secretary_of_state() -> None:
    assert preset("wirral").escalation_stages.value[-1].to_role == "Secretary of State"


def test_an_unknown_preset_is_no_file_name() -> None:
    with pytest.raises(KeyError):
        preset_data("../presets/wirral")
