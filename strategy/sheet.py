"""The request as the chair will see it, in words; also what each submission keeps of it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Prefetch, prefetch_related_objects

from cases.models import Child, FamilyMember
from deadlines.rules.wording import long_day, long_time
from deadlines.working_days import local_date
from referrals.enums import AbuseType
from referrals.models import Circumstance, Concern
from strategy.enums import Format, Section
from strategy.models import StrategyRequest
from strategy.rules.asking import Wanted

Sheet = dict[str, dict[str, str]]


def kept(sheet: Sheet, missing: Mapping[str, str]) -> dict[str, Any]:
    """What a submission keeps: lists, since PostgreSQL's jsonb forgets the order of keys."""
    sections = [
        [title, [[question, answer] for question, answer in asked.items()]] for title, asked in sheet.items()
    ]
    return {"sheet": sections, "missing": [[sentence, source] for sentence, source in missing.items()]}


def sheet_in(snapshot: Mapping[str, Any]) -> Sheet:
    """The sheet that a submission kept."""
    return {title: dict(asked) for title, asked in snapshot.get("sheet", [])}


def missing_in(snapshot: Mapping[str, Any]) -> dict[str, str]:
    """What was missing when it was submitted: sentence → source."""
    return dict(snapshot.get("missing", []))


def sheet_of(wanted: StrategyRequest, professionals: Sequence[Wanted]) -> Sheet:
    """Return section title → question → answer for one request; unanswered questions are left out."""
    load(wanted)
    sections = {
        Section.CHILDREN: _children(wanted),
        Section.WHAT_HAPPENED: _what_happened(wanted),
        Section.CIRCUMSTANCES: _circumstances(wanted),
        Section.FORMAT: _format(wanted),
        Section.PROFESSIONALS: _professionals(professionals),
        Section.AVAILABILITY: {"When people can meet": wanted.availability},
    }
    return {
        str(section.label): {question: answer for question, answer in answers.items() if answer}
        for section, answers in sections.items()
    }


def load(wanted: StrategyRequest) -> None:
    """Read what the sheet and the rules of asking need, once for an instance: three queries."""
    feared = Concern.objects.filter(child=OuterRef("pk"), referral=wanted.referral_id)
    children = Child.objects.annotate(feared=ArraySubquery(feared.values("abuse_type")))
    prefetch_related_objects(
        [wanted], Prefetch("children", queryset=children), "referral__circumstances", "case__family"
    )


def _children(wanted: StrategyRequest) -> dict[str, str]:
    day = local_date(wanted.referral.triggered_at)
    answers = {child.name: _child_in_words(child, day) for child in wanted.children.all()}
    for member in wanted.case.family.all():
        answers[member.name] = _member_in_words(member)
    if wanted.case.worker_safety:
        answers["Safety of a visiting worker"] = wanted.case.worker_safety
    return answers


def _child_in_words(child: Child, day: date) -> str:
    said = []
    if child.is_unborn and child.expected_date:
        said.append(f"Not born yet, expected {_date(child.expected_date)}")
    elif child.date_of_birth:
        said.append(f"Aged {child.age_on(day)}, born {_date(child.date_of_birth)}")
    else:
        said.append("Date of birth not known")
    said.append(child.get_status_display())
    said += [child.school] if child.school else []
    if child.interpreter_needed:
        said.append(f"Interpreter needed{f' ({child.language})' if child.language else ''}")
    if child.disability:
        said.append(child.disability)
    said += [f"Home authority: {child.home_authority}"] if child.home_authority else []
    said += [f"Placed by {child.placing_authority}"] if child.placing_authority else []
    if child.address_confidential:
        said.append("Address confidential")
    else:
        said += [child.address, child.postcode]
        said += [f"Before: {child.previous_addresses}"] if child.previous_addresses else []
    return "\n".join(part for part in said if part)


def _date(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"


def _member_in_words(member: FamilyMember) -> str:
    said = [member.relationship]
    said += ["has parental responsibility"] if member.has_parental_responsibility else []
    said += [f"aged about {member.age}"] if member.age is not None else []
    said += ["may have caused the harm"] if member.is_alleged_person else []
    said += [f"position of trust: {member.position_of_trust}"] if member.position_of_trust else []
    if member.interpreter_needed:
        said.append(f"interpreter needed ({member.language})")
    said += [] if member.in_household else ["lives elsewhere"]
    told = "; ".join(said)
    return told[:1].upper() + told[1:]


def _what_happened(wanted: StrategyRequest) -> dict[str, str]:
    referral = wanted.referral
    feared = [
        f"{child}: {', '.join(str(AbuseType(kind).label).lower() for kind in child.feared)}"
        for child in wanted.children.all()
        if child.feared
    ]
    return {
        "What came in": f"{referral.get_trigger_display()}, {long_time(referral.triggered_at)}",
        **_from_whom(wanted),
        "Harm feared": "\n".join(feared),
        "Why significant harm is suspected": wanted.threshold_reason,
        "New information since the last discussion": wanted.new_information,
        **_may_follow(wanted),
        "Have the parents been told?": wanted.get_parents_informed_display()
        if wanted.parents_informed
        else "",
        "Why the parents have not been told": wanted.parents_reason,
    }


def _from_whom(wanted: StrategyRequest) -> dict[str, str]:
    referral = wanted.referral
    by = ", ".join(part for part in (referral.referrer_name, referral.referrer_role) if part)
    return {
        "From": f"{referral.get_source_display()}{f': {by}' if by else ''}",
        "In the referrer’s words": referral.narrative,
    }


def _may_follow(wanted: StrategyRequest) -> dict[str, str]:
    return {
        "Harm in short": wanted.harm_summary,
        "Previous involvement": wanted.previous_involvement,
        "Previous addresses and other authorities": wanted.other_areas,
    }


def as_it_stands(wanted: StrategyRequest, submitted: Sheet, professionals: Sequence[Wanted]) -> Sheet:
    """What was submitted, with what was added and learnt since: the manager answers to both."""
    what, people, when = Section.WHAT_HAPPENED.label, Section.PROFESSIONALS.label, Section.AVAILABILITY.label
    now = submitted | circumstances_now(wanted)
    now[str(what)] = now.get(str(what), {}) | {
        asked: told for asked, told in (_from_whom(wanted) | _may_follow(wanted)).items() if told
    }
    now[str(people)] = _professionals(professionals)
    now[str(when)] = {"When people can meet": wanted.availability} if wanted.availability else {}
    return now


def _circumstances(wanted: StrategyRequest) -> dict[str, str]:
    return {
        str(one.get_kind_display()): _circumstance_in_words(one)
        for one in wanted.referral.circumstances.all()
    } or {"Circumstances": "None of those listed"}


def circumstances_now(wanted: StrategyRequest) -> Sheet:
    """That section alone, as it is now: circumstances may be learnt after a submission."""
    return {str(Section.CIRCUMSTANCES.label): _circumstances(wanted)}


def _circumstance_in_words(one: Circumstance) -> str:
    said = ["Yes"]
    if one.learned_at:
        said.append(
            f"known since {long_time(one.learned_at)}{f' ({one.learned_by})' if one.learned_by else ''}"
        )
    if one.forensic_needed:
        reason = f" ({one.forensic_reason})" if one.forensic_reason else ""
        said.append(f"forensic evidence needed: {one.get_forensic_needed_display().lower()}{reason}")
    if one.hospital:
        said.append(one.hospital)
        said.append(_moment("discharge planned for", one.planned_discharge_at) or "discharge not planned yet")
    if one.consulted:
        said.append(f"consulted: {one.consulted}; advice: {one.advice}")
    said.append(_moment("to be held by", one.earlier_limit_at))
    if one.screened_on:
        rating = one.get_screening_rating_display().lower()
        said.append(f"screened {long_day(one.screened_on)} by {one.screened_by}: {rating}")
    return "; ".join(part for part in said if part)


def _moment(words: str, moment: datetime | None) -> str:
    return f"{words} {long_time(moment)}" if moment else ""


def _format(wanted: StrategyRequest) -> dict[str, str]:
    return {
        "Format": str(Format(wanted.format_wanted).label) if wanted.format_wanted else "",
        "More than one agency key to the planning": _yes_no(wanted.agencies_plan),
        "Urgent": f"Yes: {wanted.urgent_reason}" if wanted.is_urgent else "",
        "Requester’s direct number": wanted.direct_number,
        "Hospital and ward": wanted.hospital_setting,
    }


def _professionals(professionals: Sequence[Wanted]) -> dict[str, str]:
    return {
        f"{one.name}, {one.job_role}, {one.agency}": (
            f"Not to be invited: {one.not_invited_reason}"
            if one.not_invited_reason
            else "; ".join(part for part in (one.phone, one.email) if part) or "no contact details"
        )
        for one in professionals
    }


def _yes_no(answer: bool | None) -> str:
    return "" if answer is None else "Yes" if answer else "No"
