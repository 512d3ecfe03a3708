"""The directory of professionals, by agency."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models.functions import Lower

from accounts.models import Agency, User
from accounts.services.tidy import change
from attendees import events, hooks, permissions
from attendees.enums import Channel, QuorumRole
from attendees.models import Invitation, Professional
from attendees.rules.mailboxes import why_not_shared
from attendees.services.readdressing import follow_address, note_move
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, Taken, refuse
from outbox import services as outbox
from outbox.rules import BadAddressError, normalise_address, one_line

LEFT = "No longer in the directory"
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
    is_duty_contact: bool = False
    is_shared: bool = False


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
    is_duty_contact: bool = False,
    is_shared: bool = False,
) -> Professional:
    """Add somebody who may be invited; the same address in the same agency gives the person already there.

    Without an address everything goes to them by hand. Raises NotAllowed, Refused at `name`, `job_role`,
    `email` (malformed, or of a domain that was closed down) or `is_shared`.
    """
    refuse(permissions.refusal_to_keep_directory(by, at))
    one = Newcomer(name, agency, job_role, quorum_role, phone, email, is_duty_contact, is_shared)
    return find_or_make(one, by=by, at=at)


def find_or_make(one: Newcomer, *, by: User | Professional, at: datetime) -> Professional:
    """Return the entry of this name and address, made when there is none; the caller asked whether it may.

    Whoever is typed in without an address is the one of that name in the agency, unless the number differs.
    Raises Refused as `add_professional`.
    """
    agency, address = one.agency, check_address(one.email)
    if (known := _known(one, address)) is not None:
        return known
    if one.is_shared:
        _check_shared(agency, address)
    job = "Enter what the professional does, such as detective sergeant"
    person = Professional.objects.create(
        name=_given(one.name, "name", "Enter the professional’s name"),
        agency=agency,
        job_role=_given(one.job_role, "job_role", job),
        quorum_role=one.quorum_role,
        phone=one_line(one.phone),
        email=address,
        channel=channel_for(agency, address),
        is_duty_contact=one.is_duty_contact,
        is_shared=one.is_shared,
    )
    audit.record(events.PROFESSIONAL_ADDED, subject=person, by=by, at=at, data={"agency": agency.pk})
    return person


def _known(one: Newcomer, address: str) -> Professional | None:
    same = Professional.objects.filter(agency=one.agency, is_active=True).annotate(lower=Lower("name"))
    same = same.filter(lower=one_line(one.name).lower(), **({"email": address} if address else {}))
    alike = list(same.order_by("pk")[:2])
    if address or not alike:
        return alike[0] if alike else None
    typed = "".join(one.phone.split())
    is_same = len(alike) == 1 and typed in ("", "".join(alike[0].phone.split()))
    return alike[0] if is_same else None


@transaction.atomic
def add_entry(one: Newcomer, *, is_duty_contact: bool, by: User, at: datetime) -> Professional:
    """Add somebody on the directory's own page; who is there already is said to be. Raises Taken too."""
    refuse(permissions.refusal_to_keep_directory(by, at))
    address = check_address(one.email)
    same = Professional.objects.filter(agency=one.agency, email=address, is_active=True)
    if address and same.filter(name__iexact=one_line(one.name)).exists():
        raise Taken("email", f"{one_line(one.name)} is in the directory with this address already")
    (person,) = add_all([replace(one, is_duty_contact=is_duty_contact)], by=by, at=at)
    return person


@transaction.atomic
def correct_professional(
    professional: Professional,
    *,
    job_role: str,
    phone: str,
    email: str,
    name: str | None = None,
    quorum_role: str | None = None,
    is_duty_contact: bool | None = None,
    is_shared: bool | None = None,
    by: User,
    at: datetime,
) -> Professional:
    """Correct who a professional is, what they do and how they are reached; None leaves a thing as it is.

    With another address the old mailbox opens nothing more, and what has not left goes to the new one.
    Whoever has an account is named and reached as their account says. Raises NotAllowed and Refused.
    """
    refuse(permissions.refusal_to_keep_directory(by, at))
    if professional.user_id is None:
        note_move(professional, check_address(email), at)
    person = Professional.objects.select_for_update(of=("self",)).get(pk=professional.pk)
    values: dict[str, Any] = {
        "job_role": _given(job_role, "job_role", "Enter what the professional does"),
        "is_duty_contact": person.is_duty_contact if is_duty_contact is None else is_duty_contact,
    }
    if person.user_id is None:
        values |= {
            "name": _given(person.name if name is None else name, "name", "Enter the professional’s name"),
            "quorum_role": person.quorum_role if quorum_role is None else quorum_role,
            "phone": one_line(phone)[:40],
            "email": check_address(email),
            "is_shared": person.is_shared if is_shared is None else is_shared,
        }
        if values["is_shared"]:
            _check_shared(person.agency, values["email"])
        values["channel"] = channel_for(person.agency, values["email"])
        if person.is_active:
            _refuse_known_already(person, values["name"], values["email"])
    changed = change(person, values)
    if "email" in changed:
        follow_address(person, by=by, at=at)
    if changed:
        audit.record(events.PROFESSIONAL_CORRECTED, subject=person, by=by, at=at, data={"fields": changed})
    return person


@transaction.atomic
def retire_professional(professional: Professional, *, by: User, at: datetime) -> Professional:
    """Take somebody off the lists from which people are chosen; what they took part in stays as it was.

    Raises NotAllowed, MoveNotAllowed, and Refused while they are asked to a discussion still to be held, or
    owe something that a higher room knows of: nothing may belong to nobody.
    """
    refuse(permissions.refusal_to_keep_lists(by, at))
    hooks.tell_unreachable(professional, LEFT, at)
    person = Professional.objects.select_for_update(of=("self",)).get(pk=professional.pk)
    if not person.is_active:
        raise MoveNotAllowed(f"{person.name} is no longer in use already.")
    if person.user_id is not None:
        raise Refused(None, f"{person.name} has an account: an administrator closes it under People.")
    if waiting := to_come(person):
        raise Refused(
            None,
            f"{person.name} is invited to {waiting} discussion{'' if waiting == 1 else 's'} not held yet. "
            "Take them off there, or invite somebody else first.",
        )
    if owes := hooks.still_owes(person):
        raise Refused(None, owes)
    person.is_active = False
    person.save(update_fields=["is_active"])
    outbox.cancel(to_ref=person, by=by, at=at, why=LEFT)
    audit.record(events.PROFESSIONAL_RETIRED, subject=person, by=by, at=at)
    return person


@transaction.atomic
def bring_back_professional(professional: Professional, *, by: User, at: datetime) -> Professional:
    """Offer somebody again who was taken off the lists. Raises NotAllowed, MoveNotAllowed, Refused."""
    person = Professional.objects.select_for_update(of=("self",)).get(pk=professional.pk)
    refuse(permissions.refusal_to_keep_lists(by, at))
    if person.is_active:
        raise MoveNotAllowed(f"{person.name} is in use already.")
    if person.user_id is not None and not person.user.is_active:  # type: ignore[union-attr]
        raise Refused(None, f"{person.name}’s account is closed: an administrator opens it under People.")
    _refuse_known_already(person, person.name, person.email)
    person.is_active, person.merged_into = True, None
    person.save(update_fields=["is_active", "merged_into"])
    audit.record(events.PROFESSIONAL_BROUGHT_BACK, subject=person, by=by, at=at)
    return person


def to_come(person: Professional) -> int:
    """How many discussions still to be held somebody is invited to."""
    planned = ["planned", "started"]
    asked = Invitation.objects.filter(professional=person, withdrawn_at=None)
    return asked.filter(discussion__status__in=planned).count()


@transaction.atomic
def add_list(newcomers: Sequence[Newcomer], *, by: User, at: datetime) -> list[Professional]:
    """Add a pasted list as a whole, or nothing of it. Who is there already is left as they are.

    Raises NotAllowed, and Refused naming the line that will not do.
    """
    refuse(permissions.refusal_to_keep_lists(by, at))
    before = set(Professional.objects.values_list("pk", flat=True))
    found = add_all(newcomers, by=by, at=at)
    return [one for one in found if one.pk not in before]


def _refuse_known_already(person: Professional, name: str, email: str) -> None:
    same = Professional.objects.filter(agency=person.agency_id, email=email, is_active=True)
    if email and same.filter(name__iexact=name).exclude(pk=person.pk).exists():
        raise Taken("email", f"{name} is in the directory with this address already")


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


def _check_shared(agency: Agency, address: str) -> None:
    """Raise Refused where an entry cannot be a shared mailbox: an address opens a case."""
    if why := why_not_shared(address, is_authority=agency.is_authority):
        raise Refused("is_shared", why)


def _given(text: str, field: str, sentence: str) -> str:
    tidy = one_line(text)
    if not tidy:
        raise Refused(field, sentence)
    if len(tidy) > 120:
        raise Refused(field, "Use 120 characters or fewer")
    return tidy
