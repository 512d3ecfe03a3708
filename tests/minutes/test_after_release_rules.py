"""The safe-release check finds what is hidden in free text, and does not cry wolf."""

import pytest

from minutes.rules.release import Copy, Finding, Secret, findings, holds_address, holds_phone, words

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
