"""The safe-release check finds what is hidden in free text, and does not cry wolf."""

import json
from typing import Any

import pytest

from minutes.rules.release import (
    Copy,
    Finding,
    Secret,
    findings,
    findings_in,
    holds_address,
    holds_phone,
    names_told,
    words,
)
from minutes.rules.renditions import WHOLE

HIDDEN = "Flat 2, 14 Larch Avenue, Ambleford AM4 7QT"


@pytest.mark.parametrize(
    "text",
    [
        "She is at 14 Larch Avenue now.",
        "She is at 14, LARCH AVE.",
        "She lives in Larch Avenue, at number 14",
        "postcode AM4 7QT",
        "postcode am47qt",
        "14 Lärch  Avenue",
    ],
)
def test_a_confidential_address_is_found_however_it_is_spelt(text: str) -> None:
    assert holds_address(words(text), "14 Larch Avenue, Ambleford AM4 7QT") is True


@pytest.mark.parametrize(
    "text",
    [
        "She stood under a larch tree.",
        "There are 14 children in the class.",
        "Larch House. "
        + "Much later on that day somebody counted them all and there were in fact 14 of them.",
        "AM4 7QX",
    ],
)
def test_other_words_are_no_address(text: str) -> None:
    assert holds_address(words(text), "14 Larch Avenue, Ambleford AM4 7QT") is False


def test_an_address_that_begins_with_a_flat_is_found_by_its_street() -> None:
    assert holds_address(words("now at 14 Larch Ave"), HIDDEN) is True


@pytest.mark.parametrize("text", ["call 07700 900123", "call +44 7700 900 123", "(07700)900123"])
def test_a_number_is_found_however_it_is_spaced(text: str) -> None:
    assert holds_phone(text, "07700 900123") is True


def test_another_number_is_not_the_number() -> None:
    assert holds_phone("call 07700 900124", "07700 900123") is False


def test_findings_name_the_place_and_the_person() -> None:
    content = {
        "steps": [
            {"title": "Summary", "sections": [{"label": "Worries", "text": "He knows 14 Larch Avenue."}]},
        ]
    }
    secrets = [Secret("family:3", "Ama Mensah", address="14 Larch Avenue, AM4 7QT", phone="07700 900123")]
    copies = [
        Copy("professional:1", "Llŷr Gruffudd", True, True, "l.gruffudd@northshire.police.example"),
        Copy("professional:2", "Sam Stranger", False, False, "sam@elsewhere.example"),
        Copy("professional:3", "Old Post", False, True, "old@ambleford.gcsx.gov.uk", retired=True),
    ]
    assert findings(content, secrets, copies) == [
        Finding(
            "address:family:3:Summary: Worries",
            "Confidential address",
            "The confidential address of Ama Mensah is in “Summary: Worries”.",
        ),
        Finding(
            "outsider:professional:2",
            "Recipient who was not there",
            "Sam Stranger neither took part nor was invited.",
        ),
        Finding(
            "domain:professional:3",
            "Closed e-mail domain",
            "The address old@ambleford.gcsx.gov.uk of Old Post is of a closed domain. Correct it first.",
        ),
    ]


def a_record(text: str, marking: str = "not_family", tag: str = "") -> dict[str, Any]:
    """A record with one passage, about Ruby, with Paul there."""
    section = {"id": 7, "label": "Worries", "text": text, "marking": marking, "tag": tag}
    return {
        "children": [{"name": "Ruby Mae Fenwick", "also_known_as": "Roo"}],
        "attendance": [{"name": "Paul Pike"}],
        "steps": [{"title": "Summary", "sections": [section]}],
    }


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("Ruby Fenwick plays with Tom Ashby’s dog.", {("Tom", "Ashby")}),
        ("She met Tom\nAshby. Paul Pike knows.", {("Tom", "Ashby")}),
        ("Tom. Ashby is a town; we met tom Ashby.", set()),
        ("ذكرت محمد حسن", {("ذكرت", "محمد"), ("محمد", "حسن")}),
        ("Llŷr O’Neill-Ŵyn", {("Llŷr", "O’Neill-Ŵyn")}),
    ],
)
def test_what_could_be_a_name_is_two_words_that_are_not_one_of_its_own(
    text: str, pairs: set[tuple[str, str]]
) -> None:
    assert names_told(a_record(text)) == pairs


def test_another_familys_child_is_found_where_it_stands() -> None:
    assert findings(a_record("She met Tom\nAshby."), [], [], ["Tom Ashby"]) == [
        Finding(
            "stranger:Tom Ashby:Summary: Worries",
            "Another family’s child",
            "“Tom Ashby” in “Summary: Worries” is the name of a child whom this discussion is not about.",
        )
    ]


def test_a_marked_passage_is_shown_beside_who_would_read_it_from_outside_the_statutory_three() -> None:
    record = a_record("Arrest planned.", "police_sensitive", "Police-sensitive")
    police = Copy("professional:1", "Paul Pike", True, True, "p@x.example", False, "Northshire Police", True)
    school = Copy("professional:2", "Dan Dale", True, True, "d@x.example", False, "Elm Street", False)
    assert findings(record, [], [police]) == []
    assert findings(record, [], [police, school]) == [
        Finding(
            "marked:7",
            "Police-sensitive passage",
            "“Summary: Worries” is marked “Police-sensitive”, and would be read by Dan Dale (Elm Street).",
        )
    ]
    assert findings(a_record("He cooks well.", "share"), [], [police, school]) == []


BESIDE: list[dict[str, Any]] = [
    {"agreements": [{"name": "Paul Pike", "answer": "Proposes a correction", "text": "He knows {}."}]},
    {"agreements": [{"name": "Paul Pike", "answer": "Agrees", "earlier": [{"text": "Not at {}."}]}]},
    {"agreements": [{"name": "Paul Pike", "text": "", "resolution": "Taken up by Mo: she is at {}"}]},
    {"signatures": [{"name": "Paul Pike", "how": "On the doorstep of {}"}]},
    {"follow_up": {"carried_over": [{"text": "Visit {}"}]}},
    {"sharing_plan": [{"what": "That she is at {}"}]},
    {"steps": [{"title": "S", "sections": [{"label": "L", "text": "", "source": "Letter from {}"}]}]},
    {"something_new": ["{}"]},
]


@pytest.mark.parametrize("part", BESIDE)
def test_what_stands_beside_the_passages_is_read_as_well(part: dict[str, Any]) -> None:
    """Corrections and what became of them, sources, signatures: whatever is printed is looked through."""
    secret = Secret("family:3", "Ama Mensah", address="14 Larch Avenue, AM4 7QT")
    told = json.loads(json.dumps(part).replace("{}", "14 Larch Ave"))
    assert [one.title for one in findings(told, [secret], [])] == ["Confidential address"]
    assert ("Tom", "Ashby") in names_told(json.loads(json.dumps(part).replace("{}", "Tom Ashby")))


def test_the_reason_for_the_version_is_read_as_well() -> None:
    secret = Secret("family:3", "Ama Mensah", phone="07700 900123")
    found = findings({}, [secret], [], ["Tom Ashby"], reason="Tom Ashby’s number, 07700 900 123, was wrong")
    assert [(one.title, "“Why this version was made”" in one.sentence) for one in found] == [
        ("Confidential number", True),
        ("Another family’s child", True),
    ]


@pytest.mark.parametrize(
    "told", ["943 476 5919", "9434765919", "943-476-5919", "(NHS 943\u00a0476\u00a05919)"]
)
def test_an_nhs_number_in_free_text_is_found_however_it_is_spaced(told: str) -> None:
    content = {
        "steps": [{"title": "Health", "sections": [{"label": "Known", "text": f"Ruby {told}, seen."}]}]
    }
    assert [(one.key, one.title, one.sentence) for one in findings(content, [], [])] == [
        (
            "nhs:5919:Health: Known",
            "NHS number",
            "An NHS number that ends in 5919 is in “Health: Known”.",
        )
    ]
    assert [one.key for one in findings_in(content, WHOLE, [], [])] == ["nhs:5919:Health: Known"]


@pytest.mark.parametrize(
    "told",
    [
        "943 476 5918",  # its last digit does not check
        "+44 7700900019",
        "0044 7700900019",
        "07700900019",
        "a943476 5919b",
        "01632 960123",
        "crime reference 2026/9434765919x",
    ],
)
def test_other_numbers_are_no_nhs_number(told: str) -> None:
    content = {"steps": [{"title": "Health", "sections": [{"label": "Known", "text": told}]}]}
    assert findings(content, [], []) == []
