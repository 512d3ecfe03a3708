"""What a colleague takes over within a request or a booking; the act and its entry are the caller's."""

from django.db import IntegrityError, transaction

from accounts.models import User
from audit.errors import Taken
from strategy.models import Booking, Enquiry, StrategyRequest
from strategy.services.booking import FIELDS, who_has


def pass_on_booking(booking: Booking, *, role: str, to: User) -> Booking:
    """Let somebody else chair or minute (`role` is the field), unless they are booked elsewhere: Taken."""
    setattr(booking, role, to)
    try:
        with transaction.atomic():
            booking.save(update_fields=[role])
    except IntegrityError as clash:
        name = getattr(getattr(clash.__cause__, "diag", None), "constraint_name", "")
        if name not in FIELDS:
            raise
        raise Taken(role, who_has(FIELDS[name], booking)) from clash
    return booking


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
