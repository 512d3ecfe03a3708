"""The directory of professionals, by agency."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models.functions import Lower

from accounts.models import Agency, User
from attendees import events, permissions
from attendees.enums import Channel, QuorumRole
from attendees.models import Professional
from audit import services as audit
from audit.errors import Refused, refuse
from outbox.rules import BadAddressError, normalise_address, one_line

MANAGERS = ("team_manager", "assessment_practice_manager", "head_of_service")
SOCIAL_WORKERS = ("social_worker", "advanced_practitioner", "emergency_duty")


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who is not in the directory yet, as typed."""

    name: str
    agency: Agency
    job_role: str
    quorum_role: str = ""
    phone: str = ""
    email: str = ""


@transaction.atomic
def add_professional(
    *,
    name: str,
    agency: Agency,
    job_role: str,
    by: User,
    at: datetime,
    email: str = "",
    phone: str = "",
    quorum_role: str = "",
) -> Professional:
    """Add somebody who may be invited; the same address in the same agency gives the person already there.

    Without an address everything goes to them by hand. Raises NotAllowed, Refused at `name`, `job_role` or
    `email` (malformed, or of a domain that was closed down).
    """
    refuse(permissions.refusal_to_keep_directory(by, at))
    address = check_address(email)
    same = Professional.objects.filter(agency=agency, email=address, is_active=True) if address else None
    if same is not None and (
        known := same.annotate(lower=Lower("name")).filter(lower=name.strip().lower()).first()
    ):
        return known
    person = Professional.objects.create(
        name=_given(name, "name", "Enter the professional’s name"),
        agency=agency,
        job_role=_given(job_role, "job_role", "Enter what the professional does, such as detective sergeant"),
        quorum_role=quorum_role,
        phone=one_line(phone),
        email=address,
        channel=channel_for(agency, address),
    )
    audit.record(events.PROFESSIONAL_ADDED, subject=person, by=by, at=at, data={"agency": agency.pk})
    return person


@transaction.atomic
def correct_professional(
    professional: Professional, *, job_role: str, phone: str, email: str, by: User, at: datetime
) -> Professional:
    """Correct what a professional does and how they are reached. Raises NotAllowed and Refused."""
    person = Professional.objects.select_for_update(of=("self",)).get(pk=professional.pk)
    refuse(permissions.refusal_to_keep_directory(by, at))
    values = {
        "job_role": _given(job_role, "job_role", "Enter what the professional does"),
        "phone": one_line(phone),
        "email": check_address(email),
    }
    values["channel"] = channel_for(person.agency, values["email"])
    changed = sorted(name for name, value in values.items() if getattr(person, name) != value)
    for name in changed:
        setattr(person, name, values[name])
    if changed:
        person.save(update_fields=changed)
        audit.record(events.PROFESSIONAL_CORRECTED, subject=person, by=by, at=at, data={"fields": changed})
    return person


@transaction.atomic
def professional_for(user: User) -> Professional:
    """Return the directory's entry of somebody with an account, made on first need: staff take part too.

    Raises Refused when the account names no agency.
    """
    found = Professional.objects.filter(user=user).select_related("agency", "user").first()
    if found is not None:
        return found
    if user.agency is None:
        raise Refused(
            "professionals", f"{user.name} has no agency yet: an administrator must add it to their account."
        )
    made, _ = Professional.objects.get_or_create(
        user=user,
        defaults={
            "name": user.name,
            "agency": user.agency,
            "job_role": user.role_titles[:120],
            "quorum_role": quorum_role_of(user),
            "phone": user.phone,
            "email": user.email,
        },
    )
    return made


def add_all(newcomers: Iterable[Newcomer], *, by: User, at: datetime) -> list[Professional]:
    """Add each of them, inside the caller's transaction. Raises as `add_professional`."""
    return [
        add_professional(**{name: getattr(one, name) for name in one.__slots__}, by=by, at=at)
        for one in newcomers
    ]


def quorum_role_of(user: User) -> str:
    """Which role of quorum a member of staff fills: by their roles here, never by what they say they are."""
    if not user.has_role(*MANAGERS, *SOCIAL_WORKERS):
        return ""
    return QuorumRole.SOCIAL_WORK_MANAGER if user.has_role(*MANAGERS) else QuorumRole.SOCIAL_WORKER


def check_address(text: str) -> str:
    """Return the address as we store it, empty for none. Raises Refused at `email`."""
    if not text.strip():
        return ""
    try:
        return normalise_address(text)
    except BadAddressError as fault:
        raise Refused("email", str(fault)) from None


def channel_for(agency: Agency, address: str) -> Channel:
    """By hand without an address, attached only to a domain on the agency's own list, else by link and
    code."""
    if not address:
        return Channel.BY_HAND
    listed = {domain.strip().lower() for domain in agency.secure_domains}
    return Channel.SECURE_EMAIL if address.rpartition("@")[2] in listed else Channel.LINK


def _given(text: str, field: str, sentence: str) -> str:
    tidy = one_line(text)
    if not tidy:
        raise Refused(field, sentence)
    if len(tidy) > 120:
        raise Refused(field, "Use 120 characters or fewer")
    return tidy
