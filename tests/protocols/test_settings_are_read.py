"""Every setting is read: two procedures that differ in it alone give another page, refusal or date."""

import copy
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from attendees.enums import Mode
from attendees.models import Attendance, Professional
from attendees.services.attendance import expected, quorum_of
from attendees.services.booking import refusal_of_chair
from deadlines.enums import Trigger
from deadlines.models import Deadline
from deadlines.rules import Facts, Held, answers
from deadlines.working_days import england
from escalations.permissions import refusal_to_raise
from minutes.permissions.meeting import refusal_to_open
from minutes.rules.complete import missing_from
from minutes.services.decisions import decide
from minutes.services.file import system_of
from minutes.services.hold import close_discussion
from minutes.services.night import write_down_night
from minutes.services.recipients import planned_for
from protocols.presets import preset_data
from protocols.rules.reading import read_protocol
from protocols.rules.settings import Protocol
from protocols.services import draft, publish
from strategy.models import Discussion
from strategy.people import circulating_team
from strategy.permissions import refusal_to_authorise
from strategy.rules.asking import Asked, Wanted, problems
from strategy.rules.powers import PowerFacts
from strategy.services import record_high_rating, record_power
from tests.builders.after import a_finished_record, an_authorised_version
from tests.builders.booking import a_booked_discussion
from tests.builders.ladder import an_escalation
from tests.builders.meeting import a_full_record, a_held_discussion, a_threshold, an_opened_record
from tests.builders.night import a_night
from tests.builders.requests import a_draft_request, a_referral, a_submitted_request
from tests.people import Cast, cast

HELD_AT = timezone.now()
TRIGGER = datetime.fromisoformat("2026-12-23T10:00:00+00:00")


def with_value(name: str, value: Any, base: dict[str, Any]) -> dict[str, Any]:
    """Wirral's procedure with these values, and this one setting at this value."""
    data = copy.deepcopy(preset_data("wirral"))
    for key, one in {**base, name: value}.items():
        data["settings"][key]["value"] = one
    return data


# --- Dates: what the rules answer for four cases --------------------------------------------------------


def dates(protocol: Protocol) -> list[Any]:
    """Every deadline of a plain case, a complex one, one that cannot wait and one in hospital."""
    cases = [frozenset(), {"position_of_trust"}, {"immediate_risk"}, {"emergency_action"}, {"in_hospital"}]
    held = Held(TRIGGER, TRIGGER + timedelta(hours=1), "telephone_conference", TRIGGER, initiated_s47=True)
    found = []
    for circumstances in cases:
        facts = Facts(
            Trigger.REFERRAL,
            TRIGGER,
            referral_received_at=TRIGGER,
            requested_at=TRIGGER + timedelta(hours=2),
            circumstances=frozenset(circumstances),
            planned_discharge_at=TRIGGER + timedelta(hours=5),
            discussions=(held,),
        )
        found += [(one.duty, one.due_at, one.because) for one in answers(facts, protocol, england())]
    return found


# --- Refusals: what is said of a request, and of a record -----------------------------------------------


def said_of_requests(protocol: Protocol) -> list[str]:
    """What four requests lack."""
    plain: dict[str, Any] = {
        "children": 1,
        "looked_after": False,
        "finished": frozenset({"children", "what_happened", "circumstances", "format", "professionals"}),
        "threshold_reason": "A fracture.",
        "parents_informed": "informed",
        "parents_reason": "",
        "circumstances": frozenset(),
        "screened": frozenset(),
        "format": "telephone_conference",
        "is_urgent": False,
        "urgent_reason": "",
        "direct_number": "",
        "hospital_setting": "",
        "professionals": (Wanted(name="Paul", quorum_role="police", phone="01632 960101"),),
        "agencies_plan": True,
        "is_further": True,
    }
    kinds = [(), ("position_of_trust",), ("missing_episode",), ("exploitation_rated_high",)]
    return [
        problem.sentence
        for kind in kinds
        for problem in problems(Asked(**plain | {"circumstances": frozenset(kind)}), protocol)
    ]


def said_of_a_record(protocol: Protocol) -> list[str]:
    """What an empty record lacks."""
    content = {
        "children": [{"id": 1, "name": "Ruby"}],
        "discussion": {"quorate": True},
        "steps": [],
        "unsigned": [{"name": "Hetty"}],
    }
    return [one.sentence for one in missing_from(content, protocol)]


def quorate(protocol: Protocol) -> bool:
    """Whether somebody who is in the directory twice counts as police and as health."""
    paul = [Professional(pk=place, user_id=7) for place in (1, 2)]
    people = [*paul, Professional(pk=3, user_id=8)]
    rows = [
        Attendance(professional=person, quorum_role=role, mode=Mode.PRESENT, arrived_at=TRIGGER)
        for person, role in zip(people, ("police", "health", "social_worker"), strict=True)
    ]
    return quorum_of(rows, Discussion(format="virtual"), protocol, TRIGGER).met


BLOCKED = {"reason": "missing_episode", "pathway": "Use the missing pathway."}
EVERY = ["face_to_face", "virtual", "hybrid", "telephone", "telephone_conference", "series_of_calls"]
TRUST = {"complex_types": ["position_of_trust"]}
REQUEST = {"routine": "request", "same_day": "trigger", "complex": "trigger"}
ON_TRIGGER = {"routine": "trigger", "same_day": "trigger", "complex": "trigger"}
PURE: dict[str, tuple[Callable[[Protocol], Any], Any, Any, dict[str, Any]]] = {
    "routine_limit": (dates, "hours(24)", "calendar_days(3)", {}),
    "routine_also_show": (dates, "off", "working_days(3)", {"routine_limit": "calendar_days(3)"}),
    "clock_start": (dates, ON_TRIGGER, REQUEST, {}),
    "trigger_meaning": (dates, "the referral or the incident", "the moment the concern was identified", {}),
    "complex_limit": (dates, "working_days(5)", "working_days(4)", TRUST),
    "complex_types": (dates, ["organised_or_multiple_abuse"], ["position_of_trust"], {}),
    "followup_rule": (dates, "off", "required", {}),
    "followup_limit": (dates, "working_days(5)", "working_days(3)", {}),
    "distribution_limit": (dates, "working_days(1)", "working_days(2)", {}),
    "child_seen_limit": (dates, "hours(24)", "off", {}),
    "same_day_rule": (dates, True, False, {}),
    "emergency_rule": (dates, True, False, {}),
    "hospital_rule": (dates, True, False, {}),
    "immediate_protection_limit": (dates, "same_day", "hours(2)", {}),
    "icpc_limit": (dates, "working_days(15)", "working_days(10)", {}),
    "assessment_limit": (dates, "working_days(45)", "working_days(40)", {}),
    "quorum_roles": (
        said_of_requests,
        ["social_worker", "police", "health"],
        ["social_worker", "police", "health", "education"],
        {},
    ),
    "quorum_distinct": (quorate, True, False, {}),
    "allowed_formats": (said_of_requests, EVERY, EVERY[:3], {}),
    "discussion_reasons": (said_of_requests, [], ["immediate_risk"], {}),
    "telephone_urgent_only": (said_of_requests, True, False, {}),
    "direct_numbers_required": (said_of_requests, True, False, {}),
    "meeting_only_types": (said_of_requests, [], ["position_of_trust"], {}),
    "multi_agency_meeting": (said_of_requests, False, True, {}),
    "reviews_need_new_information": (said_of_requests, False, True, {}),
    "blocked_reasons": (said_of_requests, [], [BLOCKED], {}),
    "screening_required": (said_of_requests, [], ["exploitation_rated_high"], {}),
    "signoff": (said_of_a_record, ["chair_authorise"], ["all_sign", "chair_authorise"], {}),
    "laming_required": (said_of_a_record, True, False, {}),
    "required_record": (said_of_a_record, ["rationale"], ["rationale", "contingency_plan"], {}),
}


@pytest.mark.parametrize("name", PURE)
def test_a_date_or_refusal_differs(name: str) -> None:
    seen, one, other, base = PURE[name]
    first, second = (read_protocol(with_value(name, value, base)) for value in (one, other))
    assert seen(first) != seen(second)


# --- Pages, people and stored clocks: through the services ----------------------------------------------


def clock(duty: str, people: Cast) -> Any:
    """How long the stored clock runs, and whose it is."""
    found = Deadline.objects.filter(duty=duty).order_by("pk").first()
    assert found is not None and found.due_at is not None
    return round((found.due_at - found.starts_at).total_seconds() / 60), found.owner and found.owner.name


def chairing(people: Cast) -> Any:
    """Whether Mo may chair."""
    return refusal_of_chair(a_draft_request(people), people.mo, timezone.now())


def opening(people: Cast) -> Any:
    """Whether Mo may open the record."""
    discussion = a_booked_discussion(people)
    return refusal_to_open(people.mo, discussion, discussion.request.protocol.rules, timezone.now())


def authorising(people: Cast) -> Any:
    """Whether Ada may authorise."""
    return refusal_to_authorise(people.ada, a_submitted_request(people), timezone.now())


def receiving(people: Cast) -> Any:
    """Who would receive the minutes when Dan was absent."""
    version = an_authorised_version(people, without=["Dan Dale"])
    return [one.professional.name for one in planned_for(version)]


def meeting(people: Cast) -> Any:
    """Whether the room shows a step of its own."""
    minutes = an_opened_record(people)
    client = Client()
    client.force_login(people.mo)
    page = client.get(reverse("minutes:room", args=[minutes.discussion_id]))
    assert page.status_code == 200
    return "Say hello" in page.content.decode()


def protecting(people: Cast) -> Any:
    """Whose decision on immediate protection it is."""
    a_draft_request(people)
    return clock("immediate_protection_decision", people)


def answering(people: Cast) -> Any:
    """How long a routine request may wait."""
    a_submitted_request(people, circumstances=())
    return clock("authorise_request", people)


def answering_today(people: Cast) -> Any:
    """How long a same-day request may wait."""
    a_submitted_request(people)
    return clock("authorise_request", people)


def informing(people: Cast) -> Any:
    """When information is due."""
    now = timezone.now()
    a_booked_discussion(people, at=now, start=(now + timedelta(hours=10)).replace(microsecond=0))
    return clock("agency_information", people)


def checking(people: Cast) -> Any:
    """How long the chair may check."""
    a_finished_record(people)
    return clock("check_record", people)


def escalating(people: Cast) -> Any:
    """How long the first rung of an escalation may stay open."""
    an_escalation(a_booked_discussion(people).case, people)
    return clock("escalation_stage", people)


def escalating_as_a_partner(people: Cast) -> Any:
    """Whether a partner who was invited may escalate."""
    discussion = a_booked_discussion(people)
    partner = discussion.invitations.get(professional__name="Hetty Hall").professional
    rules = discussion.request.protocol.rules
    return refusal_to_raise(partner, discussion.case, rules, timezone.now())


def agreeing(people: Cast) -> Any:
    """How long attendees may take to agree the record."""
    a_held_discussion(people)
    return clock("agree_record", people)


def taken_into_protection(people: Cast) -> Any:
    """How long police protection lasts."""
    now = timezone.now()
    child = a_draft_request(people, at=now).children.all()[0]
    facts = PowerFacts(kind="police_protection", started_at=now, authority="Inspector", told="Carol")
    record_power(child, facts, by=people.sam, at=now)
    return clock("police_protection", people)


def put_off(people: Cast) -> Any:
    """How long a child may wait whose decision was deferred."""
    at, minutes = HELD_AT, a_full_record(people, at=HELD_AT)
    child = minutes.discussion.request.children.all()[0]
    day = timezone.localdate(at) + timedelta(days=60)
    decide(minutes, child, a_threshold("deferred", deferred_to=day), by=people.mo, at=at)
    close_discussion(minutes, by=people.mo, at=at, read_back=True)
    return clock("child_undecided", people)


def countersigning(people: Cast) -> Any:
    """How long the manager may take to countersign what they said at night."""
    write_down_night(a_night(people), by=people.eve, at=timezone.now())
    return clock("countersign_authorisation", people)


def handing_over(people: Cast) -> Any:
    """When the day takes over from the night."""
    write_down_night(a_night(people), by=people.eve, at=timezone.now())
    return clock("take_over_from_the_night", people)


def opened_with(people: Cast) -> Any:
    """What the record holds when it is opened."""
    minutes = an_opened_record(people)
    return [(one.field, one.text) for one in minutes.sections.exclude(text="").order_by("pk")]


def speaking(people: Cast) -> Any:
    """Who is asked to speak, in order; Dan, who referred, was invited last."""
    discussion = a_booked_discussion(people)
    return [one.professional.name for one in expected(discussion, None)]


def rated_high(people: Cast) -> Any:
    """What waits for an answer once a screening is rated HIGH and nobody asks for a discussion."""
    referral = a_referral(people)
    record_high_rating(
        referral.case,
        came_in_at=timezone.now(),
        screened_on=timezone.localdate(),
        screened_by="Olga Orme",
        narrative="Older friends, gifts, missing from school.",
        by=people.sam,
        at=timezone.now(),
    )
    rows = Deadline.objects.filter(case=referral.case, duty="answer_high_rating")
    return [(one.verb, one.owner and one.owner.name) for one in rows]


HELLO = [{"key": "children", "title": "Say hello", "guidance": "Say hello.", "clause": ""}]
AGENDA = preset_data("wirral")["settings"]["agenda"]["value"]
LADDER = preset_data("wirral")["settings"]["escalation_stages"]["value"]
ROUTED = {"open_case": "Assessment team 2", "not_open": "Assessment team 2"}
STORED: dict[str, tuple[Callable[[Cast], Any], Any, Any]] = {
    "chair_roles": (chairing, ["team_manager"], ["advanced_practitioner"]),
    "minute_opener_roles": (opening, ["team_manager"], ["business_support"]),
    "request_authoriser_roles": (authorising, ["team_manager", "advanced_practitioner"], ["team_manager"]),
    "prefill_record": (opened_with, True, False),
    "referrer_first": (speaking, True, False),
    "high_rating_prompts": (rated_high, True, False),
    "recipients": (receiving, "attendees", "all_parties"),
    "routing": (lambda people: str(circulating_team(a_booked_discussion(people))), "off", ROUTED),
    "external_system": (lambda people: system_of(a_booked_discussion(people)), "LCS", "Eclipse"),
    "agenda": (meeting, AGENDA, HELLO + AGENDA[1:]),
    "immediate_protection_role": (protecting, "assessment_practice_manager", "team_manager"),
    "authorise_limit": (answering, "hours(2)", "hours(3)"),
    "authorise_limit_same_day": (answering_today, "hours(0.5)", "hours(1)"),
    "information_lead": (informing, "hours(2)", "hours(4)"),
    "chair_check_percent": (checking, 50, 25),
    "escalation_stages": (escalating, LADDER, LADDER[1:]),
    "partners_may_escalate": (escalating_as_a_partner, True, False),
    "agree_record_percent": (agreeing, 50, 25),
    "police_protection_limit": (taken_into_protection, "hours(72)", "hours(48)"),
    "undecided_limit": (put_off, "working_days(1)", "working_days(3)"),
    "countersign_limit": (countersigning, "working_days(1)", "working_days(3)"),
    "night_handover_at": (handing_over, "09:00", "10:30"),
}


class UndoError(Exception):
    """Takes back what one of the two procedures led to."""


def under(data: dict[str, Any], seen: Callable[[Cast], Any]) -> Any:
    """What is seen when this procedure is in force; nothing of it stays."""
    found: Any = None
    try:
        with transaction.atomic():
            now = timezone.now()
            long_ago = (now - timedelta(days=800)).date()
            publish(draft(data, by=None, at=now, effective_from=long_ago), by=None, at=now)
            found = seen(cast())
            raise UndoError
    except UndoError:
        return found


@pytest.mark.django_db
@pytest.mark.parametrize("name", STORED)
def test_a_page_person_or_clock_differs(name: str) -> None:
    seen, one, other = STORED[name]
    assert under(with_value(name, one, {}), seen) != under(with_value(name, other, {}), seen)


def test_every_setting_is_tried() -> None:
    """A new setting fails here until a test shows what it changes."""
    known = [field.name for field in fields(Protocol) if field.name != "heading"]
    assert sorted([*PURE, *STORED]) == sorted(known)
