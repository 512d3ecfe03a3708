"""A protocol that cannot stand is refused with one clear sentence and the clause."""

import copy
from typing import Any

import pytest

from protocols.presets import preset_data
from protocols.rules.problems import ProtocolProblem
from protocols.rules.reading import read_protocol


def wirral() -> dict[str, Any]:
    return copy.deepcopy(preset_data("wirral"))


def value_of(name: str, value: Any) -> dict[str, Any]:
    data = wirral()
    data["settings"][name]["value"] = value
    return data


REFUSED = [
    (lambda: {**wirral(), "colour": "red"}, "colour", "not a known key"),
    (lambda: {**wirral(), "version": 0}, "version", "whole number"),
    (lambda: {**wirral(), "version": True}, "version", "whole number"),
    (lambda: {**wirral(), "title": ""}, "title", "text"),
    (lambda: {**wirral(), "effective_from": "soon"}, "effective_from", "date"),
    (lambda: {**wirral(), "settings": []}, "settings", "table"),
    (lambda: {**wirral(), "force": {"W11": "loud"}}, "force.W11", "none of block, warn, info"),
    (
        lambda: {**wirral(), "settings": {**wirral()["settings"], "rutine": {"value": 1}}},
        "settings.rutine",
        "known key",
    ),
    (lambda: {**wirral(), "settings": {**wirral()["settings"], "agenda": 3}}, "settings.agenda", "table"),
    (lambda: value_of("routine_limit", "hours(0)"), "settings.routine_limit", "limit of zero"),
    (lambda: value_of("routine_limit", "3 day"), "settings.routine_limit", "'3 day' is not a limit"),
    (lambda: value_of("routine_limit", "before(discharge)"), "settings.routine_limit", "waits for an event"),
    (
        lambda: value_of("quorum_roles", ["social_worker", "police"]),
        "settings.quorum_roles",
        "leaves out health",
    ),
    (lambda: value_of("quorum_roles", "police"), "settings.quorum_roles", "list"),
    (lambda: value_of("quorum_roles", ["police", "police", "health"]), "settings.quorum_roles", "twice"),
    (lambda: value_of("icpc_limit", "working_days(16)"), "settings.icpc_limit", "15 working days"),
    (lambda: value_of("icpc_limit", "calendar_days(21)"), "settings.icpc_limit", "15 working days"),
    (
        lambda: value_of("assessment_limit", "working_days(46)"),
        "settings.assessment_limit",
        "45 working days",
    ),
    (lambda: value_of("required_record", []), "settings.required_record", "rationale"),
    (lambda: value_of("signoff", ["chair_authorise", "all_sign"]), "settings.signoff", "chair"),
    (lambda: value_of("complex_limit", "off"), "settings.complex_limit", "H05"),
    (
        lambda: value_of("complex_types", ["immediate_risk"]),
        "settings.complex_types",
        "cannot be a complex type",
    ),
    (lambda: value_of("followup_limit", "off"), "settings.followup_limit", "W14"),
    (lambda: value_of("allowed_formats", ["telephone"]), "settings.allowed_formats", "C03"),
    (lambda: value_of("chair_roles", []), "settings.chair_roles", "at least one"),
    (lambda: value_of("chair_roles", ["mayor"]), "settings.chair_roles", "'mayor' is none of"),
    (lambda: value_of("laming_required", "yes"), "settings.laming_required", "true or false"),
    (lambda: value_of("agree_record_percent", 0), "settings.agree_record_percent", "per cent"),
    (lambda: value_of("clock_start", {"routine": "trigger"}), "settings.clock_start", "exactly"),
    (lambda: value_of("agenda", [{"key": "x"}]), "settings.agenda", "exactly"),
    (lambda: value_of("routing", {"open_case": "A"}), "settings.routing", "exactly"),
]


@pytest.mark.parametrize(("make", "field", "says"), REFUSED)
def test_refused_with_the_field_and_a_sentence(make: Any, field: str, says: str) -> None:
    with pytest.raises(ProtocolProblem) as refused:
        read_protocol(make())
    assert refused.value.field == field
    assert says in refused.value.sentence
    assert refused.value.sentence.endswith(".")


def test_a_missing_setting_is_named() -> None:
    data = wirral()
    del data["settings"]["routine_limit"]
    with pytest.raises(ProtocolProblem, match="routine_limit is missing"):
        read_protocol(data)


def test_a_stricter_floor_is_welcome() -> None:
    assert (
        str(read_protocol(value_of("icpc_limit", "working_days(10)")).icpc_limit.value) == "working_days(10)"
    )
    assert read_protocol(value_of("request_authoriser_roles", [])).request_authoriser_roles.value == ()


def test_a_confirmed_default_is_no_longer_called_one() -> None:
    data = copy.deepcopy(preset_data("halton"))
    assert "local default" in read_protocol(data).complex_limit.source
    data["settings"]["complex_limit"]["confirmed"] = True
    assert "local default" not in read_protocol(data).complex_limit.source
