"""What a child's and a family member's facts must be: pure, so that forms and services share it."""

from dataclasses import dataclass
from datetime import date, timedelta

from cases.enums import ChildStatus, Sex

OLDEST = (
    18  # a strategy discussion is about children; a birthday reached is checked with a person, not refused
)
LONGEST_PREGNANCY = timedelta(days=300)
MOST_CHILDREN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildFacts:
    """What is known of a child when it is recorded; empty where it is not known."""

    given_names: str = ""
    family_name: str
    also_known_as: str = ""
    is_unborn: bool = False
    date_of_birth: date | None = None
    expected_date: date | None = None
    sex: str = Sex.UNKNOWN
    ethnicity: str = ""
    language: str = ""
    interpreter_needed: bool = False
    disability: str = ""
    nhs_number: str = ""
    local_identifier: str = ""
    address: str = ""
    address_confidential: bool = False
    school: str = ""
    gp: str = ""
    status: str = ChildStatus.NOT_KNOWN
    home_authority: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyFacts:
    """Somebody of the family or household."""

    name: str
    date_of_birth: date | None = None
    relationship: str = ""
    has_parental_responsibility: bool = False
    in_household: bool = True
    is_alleged_person: bool = False
    position_of_trust: str = ""
    address: str = ""
    address_confidential: bool = False
    phone: str = ""


def problems_with_child(facts: ChildFacts, today: date) -> dict[str, str]:
    """Name each field that cannot stand, with the sentence to show there."""
    problems: dict[str, str] = {}
    if not facts.family_name.strip():
        problems["family_name"] = "Enter the child’s family name, or “not known”"
    if facts.is_unborn:
        problems |= _problems_with_unborn(facts, today)
    else:
        problems |= _problems_with_born(facts, today)
    if facts.nhs_number and not is_nhs_number(facts.nhs_number):
        problems["nhs_number"] = (
            "Check the NHS number: it has 10 digits and the last one does not fit the others"
        )
    return problems


def _problems_with_unborn(facts: ChildFacts, today: date) -> dict[str, str]:
    problems: dict[str, str] = {}
    if facts.date_of_birth is not None:
        problems["date_of_birth"] = (
            "An unborn child has an expected date, not a date of birth: leave this empty"
        )
    if facts.expected_date is None:
        problems["expected_date"] = "Enter the date on which the baby is expected"
    elif abs(facts.expected_date - today) > LONGEST_PREGNANCY:
        problems["expected_date"] = "The expected date must be within 10 months of today"
    if facts.sex != Sex.UNKNOWN:
        problems["sex"] = "Choose “not known or unborn” for an unborn child: national returns ask for it"
    return problems


def _problems_with_born(facts: ChildFacts, today: date) -> dict[str, str]:
    problems: dict[str, str] = {}
    if not facts.given_names.strip():
        problems["given_names"] = "Enter the child’s given names, or “not known”"
    if facts.expected_date is not None:
        problems["expected_date"] = "Only a child who is not born yet has an expected date: leave this empty"
    born = facts.date_of_birth
    if born is not None and born > today:
        problems["date_of_birth"] = (
            "The date of birth is in the future: if the child is not born yet, say so above"
        )
    elif (
        born is not None
        and today.year - born.year - ((today.month, today.day) < (born.month, born.day)) >= OLDEST
    ):
        problems["date_of_birth"] = "This person is 18 or over: check the year of birth"
    return problems


def problems_with_family(facts: FamilyFacts, today: date) -> dict[str, str]:
    """Name each field that cannot stand, with the sentence to show there."""
    problems: dict[str, str] = {}
    if not facts.name.strip():
        problems["name"] = "Enter the person’s name, or “not known”"
    if not facts.relationship.strip():
        problems["relationship"] = "Enter who this is to the children, such as mother, stepfather or lodger"
    if facts.date_of_birth is not None and facts.date_of_birth > today:
        problems["date_of_birth"] = "The date of birth is in the future"
    return problems


def is_nhs_number(text: str) -> bool:
    """Whether the ten digits carry their right check digit (modulus 11)."""
    digits = text.replace(" ", "")
    if len(digits) != 10 or not digits.isascii() or not digits.isdigit():
        return False
    check = (
        11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    )
    return check % 11 == int(digits[9]) if check != 10 else False
