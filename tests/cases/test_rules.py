"""What a child's and a family member's facts must be."""

from datetime import date
from typing import Any

import pytest

from cases.rules import ChildFacts, FamilyFacts, is_nhs_number, problems_with_child, problems_with_family

TODAY = date(2026, 11, 23)


def child(**facts: object) -> ChildFacts:
    """Ruby, born in 2017, with other facts."""
    return ChildFacts(
        **{"given_names": "Ruby", "family_name": "Fenwick", "date_of_birth": date(2017, 3, 27), **facts}
    )


@pytest.mark.parametrize(
    ("facts", "wrong"),
    [
        ({}, []),
        ({"family_name": " "}, ["family_name"]),
        ({"given_names": ""}, ["given_names"]),
        ({"date_of_birth": None}, []),
        ({"date_of_birth": date(2026, 11, 24)}, ["date_of_birth"]),
        ({"date_of_birth": TODAY}, []),
        ({"date_of_birth": date(2008, 11, 24)}, []),
        ({"date_of_birth": date(2008, 11, 23)}, ["date_of_birth"]),
        ({"expected_date": TODAY}, ["expected_date"]),
        ({"nhs_number": "9434765919"}, []),
        ({"nhs_number": "9434765918"}, ["nhs_number"]),
        ({"given_names": "Ŵyn-O’Brien"}, []),
    ],
)
def test_a_born_child(facts: dict[str, object], wrong: list[str]) -> None:
    """Names and a date of birth that can be true."""
    assert list(problems_with_child(child(**facts), TODAY)) == wrong


@pytest.mark.parametrize(
    ("facts", "wrong"),
    [
        ({"expected_date": date(2027, 2, 1)}, []),
        ({}, ["expected_date"]),
        ({"expected_date": date(2028, 2, 1)}, ["expected_date"]),
        ({"expected_date": date(2027, 2, 1), "sex": "F"}, ["sex"]),
        ({"expected_date": date(2027, 2, 1), "date_of_birth": TODAY}, ["date_of_birth"]),
    ],
)
def test_an_unborn_child(facts: dict[str, object], wrong: list[str]) -> None:
    """An expected date instead of a date of birth, and sex not known (national rule 8750)."""
    unborn = {"given_names": "", "is_unborn": True, "date_of_birth": None, **facts}
    assert list(problems_with_child(child(**unborn), TODAY)) == wrong


def test_family() -> None:
    """A name and who it is."""
    assert problems_with_family(FamilyFacts(name="Carol", relationship="Mother"), TODAY) == {}
    assert list(problems_with_family(FamilyFacts(name=" ", date_of_birth=date(2027, 1, 1)), TODAY)) == [
        "name",
        "relationship",
        "date_of_birth",
    ]


@pytest.mark.parametrize(
    ("facts", "wrong"),
    [
        ({"phone": "07700 900145", "in_household": False}, []),
        ({"address": "9 Secret Lane", "in_household": False}, []),
        ({}, []),  # lives with the children: what is kept is where they live
        ({"in_household": False}, ["address_confidential"]),
    ],
)
def test_an_address_or_a_telephone_is_kept_confidential(facts: dict[str, Any], wrong: list[str]) -> None:
    carol = FamilyFacts(name="Carol", relationship="Mother", address_confidential=True, **facts)
    assert list(problems_with_family(carol, TODAY)) == wrong


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("9434765919", True),
        ("943 476 5919", True),
        ("9434765910", False),
        ("12", False),
        ("９４３４７６５９１９", False),
    ],
)
def test_nhs_numbers(text: str, is_one: bool) -> None:
    """The last digit checks the others."""
    assert is_nhs_number(text) == is_one
