"""What can be done with a request, from what came in to the manager's answer."""

from strategy.services.answers import authorise, decide_none_needed, decide_not_needed, return_to_requester
from strategy.services.assessing import agree_assessment_date, assessment_clock, record_assessment
from strategy.services.circumstances import save_circumstances
from strategy.services.enquiries import close_enquiry, record_conference, record_no_conference
from strategy.services.family import record_birth, take_child_off
from strategy.services.merging import merge_cases, merge_children
from strategy.services.powers import end_power, extend_power, record_power
from strategy.services.protecting import record_child_seen, record_protection_decision, record_urgent_call
from strategy.services.referring import (
    correct_moments,
    record_high_rating,
    take_back_circumstance,
    take_new_family,
    take_referral,
    take_referral_and_ask,
    tell_circumstance,
)
from strategy.services.requests import (
    FIELDS,
    changes_since_last,
    earlier_of,
    finish_section,
    lock_open,
    missing,
    save_section,
    start_request,
    submit,
    withdraw,
)
from strategy.services.waiting import MAY_BE_VOIDED, decide_clock_not_needed, decide_later

__all__ = [
    "FIELDS",
    "MAY_BE_VOIDED",
    "agree_assessment_date",
    "assessment_clock",
    "authorise",
    "changes_since_last",
    "close_enquiry",
    "correct_moments",
    "decide_clock_not_needed",
    "decide_later",
    "decide_none_needed",
    "decide_not_needed",
    "earlier_of",
    "end_power",
    "extend_power",
    "finish_section",
    "lock_open",
    "merge_cases",
    "merge_children",
    "missing",
    "record_assessment",
    "record_birth",
    "record_child_seen",
    "record_conference",
    "record_high_rating",
    "record_no_conference",
    "record_power",
    "record_protection_decision",
    "record_urgent_call",
    "return_to_requester",
    "save_circumstances",
    "save_section",
    "start_request",
    "submit",
    "take_back_circumstance",
    "take_child_off",
    "take_new_family",
    "take_referral",
    "take_referral_and_ask",
    "tell_circumstance",
    "withdraw",
]
