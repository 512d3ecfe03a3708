"""X18: two procedures that differ only in the force of a row give a refusal, a warning or a line."""

import copy
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.errors import Refused
from minutes.rules.complete import missing_from
from protocols.presets import preset_data
from protocols.rules.reading import read_protocol
from protocols.services import draft, publish
from strategy import services
from strategy.models import StrategyRequest
from strategy.rules.asking import Asked, problems
from tests.builders.requests import a_draft_request
from tests.people import Cast, cast

FORCES = ("block", "warn", "info")
ASKED: dict[str, Any] = {
    "children": 1,
    "looked_after": False,
    "finished": frozenset({"children", "what_happened", "circumstances", "format", "availability"}),
    "threshold_reason": "A fracture.",
    "parents_informed": "informed",
    "parents_reason": "",
    "circumstances": frozenset({"position_of_trust"}),
    "screened": frozenset(),
    "format": "telephone",
    "is_urgent": False,
    "urgent_reason": "",
    "direct_number": "",
    "hospital_setting": "",
    "agencies_plan": True,
    "is_further": True,
}
# The row of the guidance, the setting that carries its force, its value, and what the request is about.
OF_A_REQUEST: dict[str, tuple[str, Any, dict[str, Any]]] = {
    "C06": ("discussion_reasons", ["immediate_risk"], {}),
    "C07": ("meeting_only_types", ["position_of_trust"], {}),
    "H07": ("multi_agency_meeting", True, {}),
    "H09": ("reviews_need_new_information", True, {}),
    "H10": (
        "blocked_reasons",
        [{"reason": "missing_episode", "pathway": "Use the missing pathway."}],
        {"circumstances": frozenset({"missing_episode"}), "format": "virtual"},
    ),
    "H11": ("screening_required", ["position_of_trust"], {}),
    "W05": ("telephone_urgent_only", True, {}),
    "W11": ("allowed_formats", ["virtual", "telephone_conference"], {}),
    "W13": ("direct_numbers_required", True, {}),
    "W36": ("hospital_rule", True, {"circumstances": frozenset({"in_hospital"})}),
}
OF_A_RECORD: dict[str, tuple[str, Any]] = {
    "G19": ("required_record", ["rationale", "contingency_plan"]),
    "B09": ("laming_required", True),
}
EMPTY = {
    "children": [{"id": 1, "name": "Ruby"}],
    "discussion": {"quorate": True},
    "steps": [],
    "actions": [1],
}


def under(name: str, value: Any, force: str) -> dict[str, Any]:
    """The national floor with this setting, in this force."""
    data = copy.deepcopy(preset_data("working-together"))
    data["settings"][name] |= {"value": value, "severity": force}
    if name == "laming_required":
        data["settings"]["required_record"]["value"] = ["rationale"]
    return data


@pytest.mark.parametrize("row", OF_A_REQUEST)
def test_a_request_is_refused_warned_or_told(row: str) -> None:
    """The same sentences in each, and nothing but their force differs."""
    name, value, about = OF_A_REQUEST[row]
    seen = {}
    for force in FORCES:
        without = {one.sentence for one in problems(Asked(**ASKED | about), floor_without(name))}
        rules = read_protocol(under(name, value, force))
        told = [one for one in problems(Asked(**ASKED | about), rules) if one.sentence not in without]
        assert told, "nothing is said"
        seen[force] = {one.severity.value for one in told}
    assert seen == {force: {force} for force in FORCES}


def floor_without(name: str) -> Any:
    """The floor in which this setting asks for nothing."""
    data = copy.deepcopy(preset_data("working-together"))
    every = ["face_to_face", "virtual", "hybrid", "telephone", "telephone_conference", "series_of_calls"]
    nothing: dict[str, Any] = {"allowed_formats": every}
    value = data["settings"][name]["value"]
    data["settings"][name]["value"] = nothing.get(name, False if isinstance(value, bool) else [])
    return read_protocol(data)


@pytest.mark.parametrize("row", OF_A_RECORD)
def test_a_record_is_stopped_warned_or_told(row: str) -> None:
    name, value = OF_A_RECORD[row]
    seen = {}
    for force in FORCES:
        rules = read_protocol(under(name, value, force))
        said = [one for one in missing_from(EMPTY, rules) if one.clause == getattr(rules, name).source]
        seen[force] = {(one.severity.value, one.blocks) for one in said}
    assert seen == {force: {(force, force == "block")} for force in FORCES}


# --- On the page ----------------------------------------------------------------------------------------


def a_request_under(data: dict[str, Any], people: Cast) -> StrategyRequest:
    """A telephone discussion that is asked for without a listed reason, under this procedure."""
    now = timezone.now()
    long_ago = now.date().replace(year=now.year - 2, day=1)
    publish(draft(data, by=None, at=now, effective_from=long_ago), by=None, at=now)
    request = a_draft_request(people, circumstances=(), protocol="working-together")
    StrategyRequest.objects.filter(pk=request.pk).update(
        format_wanted="telephone", is_urgent=True, urgent_reason="Tonight"
    )
    return StrategyRequest.objects.get(pk=request.pk)


@pytest.mark.django_db
@pytest.mark.parametrize("force", FORCES)
def test_the_page_and_the_service_say_the_same(force: str) -> None:
    """A listed reason that is wanting stops the request, is warned of, or stands as a line (row C06)."""
    people = cast()
    request = a_request_under(under("discussion_reasons", ["immediate_risk"], force), people)
    client = Client()
    client.force_login(people.sam)
    page = client.get(reverse("attendees:check", args=[request.pk]))
    shown = {
        "block": [one["problem"].field for one in page.context["blocking"]],
        "warn": [one.field for one in page.context["warnings"]],
        "info": [one.field for one in page.context["lines"]],
    }
    assert {name for name, found in shown.items() if "format_wanted" in found} == {force}
    if force != "block":
        services.submit(request, professionals=[], by=people.sam, at=timezone.now())
        return
    with pytest.raises(Refused) as refused:
        services.submit(request, professionals=[], by=people.sam, at=timezone.now())
    assert refused.value.field == "format_wanted"


def test_a_listed_reason_must_be_there_at_the_centre() -> None:
    """Row C06 says refuse: a discussion without a listed reason is not submitted there."""
    rules = read_protocol(preset_data("centre-for-professional-practice"))
    said = [one for one in problems(Asked(**ASKED | {"circumstances": frozenset()}), rules) if one.blocks]
    assert "format_wanted" in [one.field for one in said]
    assert rules.severity_of("C06") == "block"
