"""The children, their brothers and sisters, and the family, as the sheet has them in words."""

from collections.abc import Container
from datetime import date, datetime
from typing import Any

from cases.enums import Disability, Sex
from cases.models import Child
from cases.rules import Kept, kept_places
from deadlines.rules.wording import long_time
from deadlines.working_days import local_date
from strategy.models import StrategyRequest
from strategy.sheet.reading import children_in, children_of_case, family_of_case

NHS_NUMBERS = "NHS numbers"  # shown to whoever may see the case; outside the council for health alone


def people(wanted: StrategyRequest) -> dict[str, str]:
    """Everybody by name: the children asked about, the others of the family, then the adults."""
    day = local_date(wanted.referral.triggered_at)
    asked, everyone, family = children_in(wanted), children_of_case(wanted), family_of_case(wanted)
    kept = kept_places(everyone, family)
    answers: dict[str, str] = {}
    for child in asked:
        answers[_free(answers, child.name)] = _child(child, family, kept, day)
    answers |= left_in_words(everyone)
    answers[NHS_NUMBERS] = _lines(asked, lambda child: _spaced(child.nhs_number))
    answers["Other numbers"] = _lines(asked, _numbers)
    answers["Other children of the family"] = _lines(
        [child for child in everyone if not child.is_asked],
        lambda child: f"{_lower(_born(child, day))}. {child.get_status_display()}",
    )
    for member in family:
        answers[_free(answers, member.name, member.relationship)] = _member(member, everyone, day)
    answers["Safety of a visiting worker"] = wanted.case.worker_safety
    return answers


def joined_in_words(
    children: list[Any], family: list[Any], day: date, named: Container[str]
) -> dict[str, str]:
    """Those asked about who joined after the request had been submitted, each with when and why.

    Whose name is among those `named` then is told apart from them.
    """
    kept = kept_places(children, family)
    asked = [one for one in children if one.is_asked and any(told["joined"] for told in one.changes)]
    return {
        f"{child} (added later)" if child.name in named else child.name: _child(child, family, kept, day)
        for child in asked
    }


def left_in_words(children: list[Any]) -> dict[str, str]:
    """Those taken off it since, each with when and why."""
    left = [child for child in children if not child.is_asked and child.changes]
    return {child.name: _change("Taken off this request", child.changes[-1]) for child in left}


def _change(what: str, told: dict[str, Any]) -> str:
    at = long_time(datetime.fromisoformat(told["at"]))
    return f"{what} {at} by {told['by']}: {told['reason']}"


def _free(answers: dict[str, str], name: str, relationship: str = "") -> str:
    """A name of its own: twins who are not born yet, or a father and a son, may bear the same."""
    number, free = 2, name
    if name in answers and relationship:
        name = free = f"{name} ({relationship.lower()})"
    while free in answers:
        number, free = number + 1, f"{name} ({number})"
    return free


def _lines(children: list[Any], told: Any) -> str:
    return "\n".join(f"{child}: {words}" for child in children if (words := told(child)))


def _child(child: Any, family: list[Any], kept: Kept, day: date) -> str:
    said = [
        _born(child, day),
        f"Also known as {child.also_known_as}" if child.also_known_as else "",
        child.get_status_display(),
        f"Ethnicity: {child.get_ethnicity_display()}" if child.ethnicity else "",
        _language(child),
        _disability(child),
        _responsible(child, family),
        child.school,
        f"GP: {child.gp}" if child.gp else "",
        *child.authorities,
        *_where(child, kept),
        *[_change("Added to this request", told) for told in child.changes[-1:] if told["joined"]],
    ]
    return "\n".join(part for part in said if part)


def _born(child: Child, day: date) -> str:
    if child.is_unborn and child.expected_date:
        return f"Not born yet, expected {_date(child.expected_date)}"
    sex = "" if child.sex == Sex.UNKNOWN else f", {child.get_sex_display().lower()}"
    if child.date_of_birth:
        return f"Aged {child.age_on(day)}, born {_date(child.date_of_birth)}{sex}"
    return f"Date of birth not known{sex}"


def _where(child: Child, kept: Kept) -> list[str]:
    if kept.hides(child):
        return ["Address confidential"]
    before = f"Before: {child.previous_addresses}" if child.previous_addresses else ""
    return [child.address, child.postcode, before]


def _language(person: Any) -> str:
    said = [f"Language: {person.language}"] if person.language else []
    said += ["interpreter needed"] if person.interpreter_needed else []
    return _upper("; ".join(said))


def _disability(child: Child) -> str:
    coded = [str(Disability(code).label) for code in child.disabilities if code in Disability.values]
    said = [f"Disability: {', '.join(coded).lower()}"] if coded else []
    return ". ".join([*said, *([child.disability] if child.disability else [])])


def _responsible(child: Child, family: list[Any]) -> str:
    """For this child alone: who it is may differ from a half-brother's."""
    if child.is_unborn:
        return ""
    held = [
        f"{member.name} ({tie['relationship'].lower()})"
        for member in family
        for tie in member.told
        if tie["child"] == child.pk and tie["responsible"]
    ]
    return f"Parental responsibility: {', '.join(held) or 'nobody is recorded'}"


def _numbers(child: Child) -> str:
    said = [f"pupil number {child.upn}"] if child.upn else []
    said += [f"council’s number {child.local_identifier}"] if child.local_identifier else []
    return ", ".join(said)


def _spaced(number: str) -> str:
    return f"{number[:3]} {number[3:6]} {number[6:]}" if number else ""


def _member(member: Any, children: list[Any], day: date) -> str:
    said = [
        _relationship(member, children),
        _responsibility(member, children),
        _age(member, day),
        "may have caused the harm" if member.is_alleged_person else "",
        f"position of trust: {member.position_of_trust}" if member.position_of_trust else "",
        _lower(_language(member)),
        "" if member.in_household else "lives elsewhere",
    ]
    return _upper("; ".join(part for part in said if part))


def _relationship(member: Any, children: list[Any]) -> str:
    """To every child the same, or child by child."""
    told = {tie["child"]: tie["relationship"] for tie in member.told}
    present = [child for child in children if child.pk in told]
    if len({told[child.pk] for child in present}) < 2:
        return str(told[present[0].pk] if present else member.relationship)
    return ", ".join(f"{told[child.pk].lower()} of {child}" for child in present)


def _responsibility(member: Any, children: list[Any]) -> str:
    held = {tie["child"] for tie in member.told if tie["responsible"]}
    named = [str(child) for child in children if child.pk in held]
    if not named:
        return "has parental responsibility" if member.has_parental_responsibility and not held else ""
    of_whom = "every child" if len(named) == len(children) > 1 else ", ".join(named)
    return f"has parental responsibility for {of_whom}"


def _age(member: Any, day: date) -> str:
    born = member.date_of_birth
    if born:
        age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
        return f"aged {age}, born {_date(born)}"
    if member.age is not None:
        return f"aged about {member.age}"
    return "age and date of birth not known" if member.is_alleged_person else ""


def _date(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"


def _upper(told: str) -> str:
    return told[:1].upper() + told[1:]


def _lower(told: str) -> str:
    return told[:1].lower() + told[1:]
