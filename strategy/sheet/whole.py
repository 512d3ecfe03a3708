"""The sheet, section by section."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from deadlines.rules.wording import long_day, long_time
from deadlines.working_days import local_date
from referrals.enums import AbuseType, ParentsInformed
from referrals.models import Circumstance, Referral
from strategy.enums import Format, Outcome, PlanAfter, Section
from strategy.models import StrategyRequest
from strategy.rules.asking import Wanted
from strategy.sheet.people import joined_in_words, left_in_words, people
from strategy.sheet.reading import (
    children_in,
    children_of_case,
    family_of_case,
    kept_of_case,
    load,
    load_children,
)

Sheet = dict[str, dict[str, str]]
HEAD = "About this request"
LEFT_OUT = "Left out: an address in it is confidential"


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


def as_may_be_told(wanted: StrategyRequest, submitted: Sheet) -> Sheet:
    """What a submission kept, without an address that has become confidential since it was kept.

    Of whoever it would tell the address, what is recorded now stands there instead.
    """
    whom = str(Section.CHILDREN.label)
    load_children(wanted)
    kept_now = kept_of_case(wanted)
    if whom not in submitted or not (kept_now.places or kept_now.everywhere):
        return submitted
    load(wanted)
    now = people(wanted)
    told = {
        asked: now.get(asked, LEFT_OUT) if kept_now.is_told_in(words) else words
        for asked, words in submitted[whom].items()
    }
    return submitted | {whom: told}


def sheet_of(wanted: StrategyRequest, professionals: Sequence[Wanted]) -> Sheet:
    """Return section title → question → answer for one request; unanswered questions are left out.

    A confidential address is never in it.
    """
    load(wanted)
    sections: dict[str, dict[str, str]] = {
        HEAD: _head(wanted),
        Section.CHILDREN: people(wanted),
        Section.WHAT_HAPPENED: _what_happened(wanted),
        Section.CIRCUMSTANCES: _circumstances(wanted),
        Section.FORMAT: _format(wanted),
        Section.PROFESSIONALS: _professionals(professionals),
        Section.AVAILABILITY: {"When people can meet": wanted.availability},
    }
    return {
        str(getattr(section, "label", section)): {asked: told for asked, told in answers.items() if told}
        for section, answers in sections.items()
    }


def _head(wanted: StrategyRequest) -> dict[str, str]:
    """Which request it is, by which procedure, and who asks."""
    teams = getattr(wanted, "requester_teams", None)  # a page has read them already
    if teams is None:
        teams = list(wanted.requester.teams.order_by("name").values_list("name", flat=True))
    asks = [wanted.requester.name, *teams, wanted.direct_number or wanted.requester.phone]
    other = wanted.on_behalf_of
    return {
        "Request": f"Number {wanted.pk}, on case {wanted.case.reference}",
        "Local procedure": str(wanted.protocol),
        "Asked for by": ", ".join(part for part in asks if part),
        "On behalf of": ", ".join(part for part in (other.name, other.phone) if part) if other else "",
    }


def _what_happened(wanted: StrategyRequest) -> dict[str, str]:
    referral = wanted.referral
    return {
        "What came in": f"{referral.get_trigger_display()}, {long_time(referral.triggered_at)}",
        "Referral received": long_time(referral.received_at) if referral.received_at else "",
        **_from_whom(referral),
        **_harm(wanted),
        "Why significant harm is suspected": wanted.threshold_reason,
        "Discussions held before": _discussed(wanted),
        "New information since the last discussion": wanted.new_information,
        **_may_follow(wanted),
        **_parents(wanted),
    }


def _from_whom(referral: Referral) -> dict[str, str]:
    return {"From": _referrer(referral), "In the referrer’s words": referral.narrative}


def _referrer(referral: Referral) -> str:
    """Who, of which agency, and how to reach them."""
    agency = referral.referrer_agency.name if referral.referrer_agency else ""
    who = [referral.referrer_name, referral.referrer_role, agency]
    reached = [referral.referrer_phone, referral.referrer_email]
    by, by_which = (", ".join(part for part in parts if part) for parts in (who, reached))
    told = f"{referral.get_source_display()}{f': {by}' if by else ''}"
    return f"{told}\n{by_which}" if by_which else told


def _harm(wanted: StrategyRequest) -> dict[str, str]:
    feared = [
        f"{child}: {', '.join(str(AbuseType(kind).label).lower() for kind in child.feared)}"
        for child in children_in(wanted)
        if child.feared
    ]
    return {"Harm feared": "\n".join(feared)}


def _parents(wanted: StrategyRequest) -> dict[str, str]:
    told = wanted.get_parents_informed_display() if wanted.parents_informed else ""
    why = wanted.parents_reason if wanted.parents_informed == ParentsInformed.NOT_INFORMED else ""
    agreed = ": ".join(filter(None, [wanted.get_consent_display(), wanted.consent_note]))
    return {
        "Have the parents been told?": told,
        "Why the parents have not been told": why,
        "Agreed to information being shared?": agreed,
    }


def _discussed(wanted: StrategyRequest) -> str:
    """Each earlier discussion with what was decided for each child."""
    found: dict[int, list[str]] = {}
    for child in children_of_case(wanted):
        for one in child.decided:
            head = f"Discussion {one['number']}, {long_day(local_date(datetime.fromisoformat(one['began'])))}"
            lines = found.setdefault(one["number"], [f"{head}, {Format(one['format']).label.lower()}"])
            lines.append(f"{child}: {_decision(one)}")
    return "\n".join(line for number in sorted(found) for line in found[number])


def _decision(one: Mapping[str, Any]) -> str:
    said = [str(Outcome(one["outcome"]).label)]
    if one["until"] and one["outcome"] == Outcome.DEFERRED:
        said = [f"Deferred to {long_day(date.fromisoformat(one['until']))}"]
    said += [f"then: {Outcome(one['later']).label.lower()}"] if one["later"] else []
    said += [PlanAfter(one["plan"]).label.lower()] if one["plan"] else []
    return "; ".join(said)


def _may_follow(wanted: StrategyRequest) -> dict[str, str]:
    return {
        "Harm in short": wanted.harm_summary,
        "Previous involvement": wanted.previous_involvement,
        "Previous addresses and other authorities": wanted.other_areas,
    }


def as_it_stands(wanted: StrategyRequest, submitted: Sheet, professionals: Sequence[Wanted]) -> Sheet:
    """What was submitted, with what was added and learnt since: the manager answers to both."""
    what, who, when = Section.WHAT_HAPPENED.label, Section.PROFESSIONALS.label, Section.AVAILABILITY.label
    now = submitted | circumstances_now(wanted)
    load_children(wanted)
    whom = Section.CHILDREN.label
    now[str(whom)] = now.get(str(whom), {}) | _changed_children(wanted, now.get(str(whom), {}))
    since = _from_whom(wanted.referral) | _harm(wanted) | _may_follow(wanted) | _parents(wanted)
    told = now.get(str(what), {}) | since
    now[str(what)] = {asked: words for asked, words in told.items() if words}
    now[str(who)] = _professionals(professionals)
    now[str(when)] = {"When people can meet": wanted.availability} if wanted.availability else {}
    return now


def _changed_children(wanted: StrategyRequest, named: Mapping[str, str]) -> dict[str, str]:
    """Who joined, or was taken off, since it was submitted."""
    everyone = children_of_case(wanted)
    if not any(child.changes for child in everyone):
        return {}
    load(wanted)
    day = local_date(wanted.referral.triggered_at)
    return joined_in_words(everyone, family_of_case(wanted), day, named) | left_in_words(everyone)


def _circumstances(wanted: StrategyRequest) -> dict[str, str]:
    told = {
        str(one.get_kind_display()): _circumstance_in_words(one)
        for one in wanted.referral.circumstances.all()
    }
    none = {"Circumstances": "None of those listed"}  # nobody has said so yet where it is not answered
    return told or (none if Section.CIRCUMSTANCES in wanted.finished_sections else {})


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
            else "; ".join(
                filter(None, [one.phone, one.email, one.agreed and f"agreed: {one.agreed.lower()}"])
            )
            or "no contact details"
        )
        for one in professionals
    }


def _yes_no(answer: bool | None) -> str:
    return "" if answer is None else "Yes" if answer else "No"
