"""What a child's and a family member's facts must be: pure, so that forms and services share it."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from cases.enums import ChildStatus, Disability, Ethnicity, Sex
from cases.rules.identifiers import is_nhs_number, is_postcode, is_upn, tidy_postcode

OLDEST = 18  # a strategy discussion is about children; who turns 18 while recorded stays, and can be changed
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
    disabilities: tuple[str, ...] | list[str] = ()
    disability: str = ""
    nhs_number: str = ""
    upn: str = ""
    local_identifier: str = ""
    address: str = ""
    postcode: str = ""
    address_confidential: bool = False
    previous_addresses: str = ""
    school: str = ""
    gp: str = ""
    status: str = ChildStatus.NOT_KNOWN
    placing_authority: str = ""
    home_authority: str = ""
    host_authority: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyFacts:
    """Somebody of the family or household."""

    name: str
    date_of_birth: date | None = None
    age: int | None = None
    relationship: str = ""
    has_parental_responsibility: bool = False
    in_household: bool = True
    is_alleged_person: bool = False
    position_of_trust: str = ""
    interpreter_needed: bool = False
    language: str = ""
    address: str = ""
    postcode: str = ""
    address_confidential: bool = False
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TieFacts:
    """Who somebody of the family is to one child, by its number."""

    child: int
    relationship: str = ""
    has_parental_responsibility: bool = False


def tidy_child(facts: ChildFacts) -> ChildFacts:
    """The same facts as they are kept: postcode and numbers in capitals, without stray spaces."""
    return replace(
        facts,
        postcode=tidy_postcode(facts.postcode),
        nhs_number=re.sub(r"[\s-]", "", facts.nhs_number),
        upn=re.sub(r"\s", "", facts.upn).upper(),
        local_identifier=facts.local_identifier.strip(),
        disabilities=sorted(set(facts.disabilities)),
    )


def tidy_member(facts: FamilyFacts) -> FamilyFacts:
    """The same facts as they are kept."""
    return replace(facts, postcode=tidy_postcode(facts.postcode))


def problems_with_child(facts: ChildFacts, today: date, known: date | None = None) -> dict[str, str]:
    """Name each field that cannot stand, with the sentence to show there.

    `known` is a date of birth that is on record already: nobody is refused for a birthday reached since.
    """
    problems: dict[str, str] = {}
    if not facts.family_name.strip():
        problems["family_name"] = "Enter the child’s family name, or “not known”"
    if facts.is_unborn:
        problems |= _problems_with_unborn(facts, today)
    else:
        problems |= _problems_with_born(facts, today, known)
    return problems | _problems_with_codes(facts)


def _problems_with_codes(facts: ChildFacts) -> dict[str, str]:
    problems: dict[str, str] = {}
    if facts.nhs_number and not is_nhs_number(facts.nhs_number):
        problems["nhs_number"] = (
            "Check the NHS number: it has 10 digits and the last one does not fit the others"
        )
    if facts.upn and not is_upn(facts.upn):
        problems["upn"] = (
            "Check the unique pupil number: it has a letter and 12 digits, and the letter does not fit them"
        )
    if facts.local_identifier and not re.fullmatch(r"[A-Za-z0-9]{1,20}", facts.local_identifier.strip()):
        problems["local_identifier"] = (
            "The authority’s own child number has at most 20 letters and digits, and nothing else"
        )
    if facts.ethnicity and facts.ethnicity not in Ethnicity.values:
        problems["ethnicity"] = "Choose one of the codes of the national returns"
    if set(facts.disabilities) - set(Disability.values):
        problems["disabilities"] = "Choose among the codes of the national returns"
    elif Disability.NONE in facts.disabilities and len(set(facts.disabilities)) > 1:
        problems["disabilities"] = "Choose either “none” or the disabilities, not both"
    return problems | _problems_with_place(facts)


def _problems_with_place(facts: "ChildFacts | FamilyFacts") -> dict[str, str]:
    problems: dict[str, str] = {}
    if facts.postcode.strip() and not is_postcode(facts.postcode):
        problems["postcode"] = "Enter a full postcode, like ZZ99 3AA, or leave it empty"
    if facts.address_confidential and (missing := _nothing_to_keep(facts)):
        problems["address_confidential"] = missing
    if facts.interpreter_needed and not facts.language.strip():
        problems["language"] = "Enter the language for the interpreter"
    return problems


def _nothing_to_keep(facts: "ChildFacts | FamilyFacts") -> str | None:
    """Somebody of the household has the children's address, which is kept with theirs."""
    if facts.address.strip() or facts.postcode.strip():
        return None
    if isinstance(facts, ChildFacts):
        return "There is no address to keep confidential: enter it, or take the tick away"
    if facts.phone.strip() or facts.in_household:
        return None
    return "There is no address or telephone to keep confidential: enter it, or take the tick away"


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


def _problems_with_born(facts: ChildFacts, today: date, known: date | None) -> dict[str, str]:
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
    elif born is not None and born != known and _years(born, today) >= OLDEST:
        problems["date_of_birth"] = "This person is 18 or over: check the year of birth"
    return problems


def _years(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def problems_with_family(facts: FamilyFacts, today: date) -> dict[str, str]:
    """Name each field that cannot stand, with the sentence to show there."""
    problems: dict[str, str] = {}
    if not facts.name.strip():
        problems["name"] = "Enter the person’s name, or “not known”"
    if not facts.relationship.strip():
        problems["relationship"] = "Enter who this is to the children, such as mother, stepfather or lodger"
    if facts.date_of_birth is not None and facts.date_of_birth > today:
        problems["date_of_birth"] = "The date of birth is in the future"
    if facts.age is not None and not 0 <= facts.age <= 120:
        problems["age"] = "The age must be between 0 and 120"
    elif facts.age is not None and facts.date_of_birth is not None:
        problems["age"] = "Give either the date of birth or the age, not both"
    return problems | _problems_with_place(facts)
