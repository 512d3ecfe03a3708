"""What a colleague takes over within a request; the act and its entry are the caller's."""

from accounts.models import User
from strategy.models import Enquiry, StrategyRequest


def pass_on_request(wanted: StrategyRequest, *, to: User) -> StrategyRequest:
    """From now on it is this person's turn where it was the requester's; who asked stays on record."""
    wanted.carried_by = to
    wanted.save(update_fields=["carried_by"])
    return wanted


def pass_on_enquiry(enquiry: Enquiry, *, to: User) -> Enquiry:
    """Somebody else leads the enquiry."""
    enquiry.lead = to
    enquiry.save(update_fields=["lead"])
    return enquiry
