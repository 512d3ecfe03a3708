"""What a request must say before it is submitted, by the authority's own procedure and its force."""

from typing import Any

import pytest

from protocols.presets import preset
from strategy.enums import Section
from strategy.rules.asking import Asked, Problem, Wanted, blocking, problems

POLICE = Wanted(name="Paul", agency_kind="police", quorum_role="police", phone="01632 960101")
HEALTH = Wanted(name="Hetty", agency_kind="health", quorum_role="health", phone="01632 960102")
HOME = Wanted(name="Harbour", agency_kind="residential", phone="01632 960103")


def asked(**more: Any) -> Asked:
    """A request that lacks nothing in Wirral, with other facts."""
    full: dict[str, Any] = {
        "children": 2,
        "looked_after": False,
        "finished": frozenset(Section.values),
        "threshold_reason": "A fracture that the explanation does not fit.",
        "parents_informed": "informed",
        "parents_reason": "",
        "circumstances": frozenset(),
        "screened": frozenset(),
        "format": "virtual",
        "is_urgent": False,
        "urgent_reason": "",
        "direct_number": "01632 960100",
        "hospital_setting": "",
        "professionals": (POLICE, HEALTH),
    }
    return Asked(**full | more)


def found(slug: str = "wirral", **more: Any) -> list[tuple[str, str | None, str]]:
    """Section, field and force of everything that is missing."""
    return [told(one) for one in problems(asked(**more), preset(slug))]


def told(one: Problem) -> tuple[str, str | None, str]:
    """What a test compares of a problem."""
    return str(one.section), one.field, one.severity.value


def test_a_full_request_lacks_nothing() -> None:
    """Nothing to say."""
    assert found() == []


@pytest.mark.parametrize("section", Section)
def test_a_small_set_must_be_finished_and_the_rest_may_follow(section: Section) -> None:
    """Whom it is about, why, what applies and how: an unfinished one blocks, no other does."""
    left = problems(asked(finished=frozenset(Section.values) - {section.value}), preset("wirral"))
    needed = ("children", "what-happened", "circumstances", "format")
    assert [told(one) for one in blocking(left)] == ([(section, None, "block")] if section in needed else [])


def test_what_the_manager_sent_back_must_be_finished_again() -> None:
    """Also a section that may otherwise follow."""
    left = asked(finished=frozenset(Section.values) - {"availability"}, returned=frozenset({"availability"}))
    found_now = [told(one) for one in blocking(problems(left, preset("wirral")))]
    assert found_now == [("availability", None, "block")]


def test_what_does_not_apply_is_a_warning_with_its_reason() -> None:
    """A field that blocks may be answered so; what is the request itself may not."""
    conference = {"format": "telephone_conference", "is_urgent": True, "urgent_reason": "Tonight"}
    lacking = asked(**conference, direct_number="", not_applicable={"direct_number": "I ring from the ward"})
    (one,) = problems(lacking, preset("wirral"))
    assert (one.severity.value, one.said.endswith("Said not to apply: I ring from the ward")) == (
        "warn",
        True,
    )
    never = asked(threshold_reason="", not_applicable={"threshold_reason": "I would rather not"})
    assert [told(one) for one in blocking(problems(never, preset("wirral")))] == [
        ("what-happened", "threshold_reason", "block")
    ]


def test_a_telephone_discussion_needs_somebody_to_telephone() -> None:
    """W13: without anybody's number it is not submitted."""
    conference = {"format": "telephone_conference", "is_urgent": True, "urgent_reason": "Tonight"}
    assert ("professionals", None, "block") in found(**conference, professionals=())


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ({"children": 0}, ("children", "children", "block")),
        ({"threshold_reason": " "}, ("what-happened", "threshold_reason", "block")),
        ({"parents_informed": ""}, ("what-happened", "parents_informed", "block")),
        ({"parents_informed": "not_informed"}, ("what-happened", "parents_reason", "block")),
        ({"parents_informed": "not_yet"}, ("what-happened", None, "info")),
        ({"unfeared": ("Jack",)}, ("what-happened", "harm", "warn")),
        ({"format": ""}, ("format", "format_wanted", "block")),
        ({"professionals": ()}, ("professionals", None, "warn")),
        ({"professionals": (HEALTH,)}, ("professionals", None, "warn")),
        ({"looked_after": True}, ("professionals", None, "warn")),
    ],
)
def test_what_is_missing_is_said_where_it_is_missing(
    more: dict[str, Any], wrong: tuple[str, str, str]
) -> None:
    """Section, field and force."""
    assert wrong in found(**more)


def test_a_telephone_in_wirral_is_a_conference_that_is_urgent_with_numbers() -> None:
    """W05, W11, W13: only a conference, with everybody's number; urgency is a "should"."""
    assert found(format="telephone")[0] == ("format", "format_wanted", "block")
    assert ("format", "format_wanted", "block") in found(format="series_of_calls")
    conference = {"format": "telephone_conference", "is_urgent": True, "urgent_reason": "Tonight"}
    assert found(**conference) == []
    assert found(**conference | {"urgent_reason": ""}) == [("format", "urgent_reason", "warn")]
    assert found(**conference | {"direct_number": ""}) == [("format", "direct_number", "block")]
    unreachable = Wanted(name="Hetty", agency_kind="health", quorum_role="health", email="h@health.example")
    assert found(**conference | {"professionals": (POLICE, unreachable)}) == [
        ("professionals", None, "block")
    ]


def test_organised_abuse_is_a_meeting_in_wirral() -> None:
    """W37."""
    conference = {"format": "telephone_conference", "is_urgent": True, "urgent_reason": "Tonight"}
    complex_one = frozenset({"organised_or_multiple_abuse"})
    assert ("format", "format_wanted", "block") in found(**conference, circumstances=complex_one)
    assert found(circumstances=complex_one) == []


def test_a_discussion_without_a_listed_reason_elsewhere() -> None:
    """C04, C06, C07 at the Centre for Professional Practice."""
    slug = "centre-for-professional-practice"
    rapid = {"format": "telephone", "is_urgent": True, "urgent_reason": "Tonight"}
    assert ("format", "format_wanted") in [one[:2] for one in found(slug, **rapid)]
    reported = frozenset({"serious_injury_or_neglect"})
    assert ("format", "format_wanted") not in [
        one[:2] for one in found(slug, **rapid, circumstances=reported)
    ]
    trust = frozenset({"serious_injury_or_neglect", "position_of_trust"})
    assert ("format", "format_wanted") in [one[:2] for one in found(slug, **rapid, circumstances=trust)]


def test_a_missing_episode_alone_is_refused_in_halton_with_the_pathway() -> None:
    """H10: and only where it is the only reason."""
    alone = problems(asked(circumstances=frozenset({"missing_episode"})), preset("halton"))
    assert told(alone[0]) == ("circumstances", None, "block")
    assert "missing" in alone[0].sentence.lower()
    both = frozenset({"missing_episode", "serious_injury_or_neglect"})
    assert blocking(problems(asked(circumstances=both), preset("halton"))) == []
    assert found(circumstances=frozenset({"missing_episode"})) == []


def test_exploitation_needs_the_screening_tool_in_halton() -> None:
    """H11."""
    kinds = frozenset({"child_sexual_exploitation"})
    assert ("circumstances", "screened_on", "block") in found("halton", circumstances=kinds)
    assert blocking(problems(asked(circumstances=kinds, screened=kinds), preset("halton"))) == []


def test_a_child_in_hospital_needs_the_ward() -> None:
    """W36."""
    kinds = frozenset({"in_hospital"})
    assert found(circumstances=kinds) == [("format", "hospital_setting", "block")]
    assert found(circumstances=kinds, hospital_setting="Ward 4") == []


def test_who_is_known_but_not_invited_counts_as_told() -> None:
    """A looked-after child's home left out with a reason is no gap, and needs no number."""
    left_out = Wanted(
        name="Harbour", agency_kind="residential", not_invited_reason="Subject of the allegation"
    )
    assert found(looked_after=True, professionals=(POLICE, HEALTH, left_out)) == []
    assert found(looked_after=True, professionals=(POLICE, HEALTH, HOME)) == []


def test_problems_come_in_the_order_of_the_sections() -> None:
    """As the task list shows them."""
    sections = list(dict.fromkeys(one[0] for one in found(finished=frozenset(), professionals=())))
    assert sections == [section.value for section in Section]
