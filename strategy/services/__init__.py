"""What can be done with a request, from what came in to the manager's answer."""

from strategy.services.answers import authorise, decide_not_needed, return_to_requester
from strategy.services.circumstances import save_circumstances
from strategy.services.enquiries import close_enquiry, record_conference, record_no_conference
from strategy.services.family import record_birth, take_child_off
from strategy.services.merging import merge_cases, merge_children
from strategy.services.protecting import record_child_seen, record_protection_decision, record_urgent_call
from strategy.services.referring import (
    correct_moments,
    take_back_circumstance,
    take_new_family,
    take_referral,
    take_referral_and_ask,
    tell_circumstance,
)
from strategy.services.requests import (
    FIELDS,
    changes_since_last,
    finish_section,
    lock_open,
    missing,
    save_section,
    start_request,
    submit,
    withdraw,
)

__all__ = [
    "FIELDS",
    "authorise",
    "changes_since_last",
    "close_enquiry",
    "correct_moments",
    "decide_not_needed",
    "finish_section",
    "lock_open",
    "merge_cases",
    "merge_children",
    "missing",
    "record_birth",
    "record_child_seen",
    "record_conference",
    "record_no_conference",
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
