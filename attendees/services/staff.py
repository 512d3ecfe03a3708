"""What the directory keeps of people with an account and of agencies follows them when they change."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts.models import Agency, Team, User
from accounts.services import agencies, people, tidy
from attendees import events
from attendees.models import Professional
from attendees.services.directory import channel_for, quorum_role_of
from attendees.services.readdressing import follow_address, note_move
from audit import services as audit


@transaction.atomic
def change_person(
    person: User,
    *,
    name: str,
    email: str,
    agency: Agency | None,
    roles: Collection[str],
    teams: Collection[Team],
    phone: str,
    by: User,
    at: datetime,
) -> User:
    """Change somebody's account, and the directory's entry of them with it. Raises as accounts' own."""
    known = Professional.objects.filter(user=person).first()
    if known is not None:
        note_move(known, tidy.address(email, "email"), at)
    kept = people.change_person(
        person, name=name, email=email, agency=agency, roles=roles, teams=teams, phone=phone, by=by, at=at
    )
    entry = Professional.objects.select_for_update(of=("self",)).filter(user=kept).first()
    if entry is not None and kept.agency is not None:
        values = {
            "name": kept.name,
            "agency": kept.agency,
            "phone": kept.phone,
            "email": kept.email,
            "channel": channel_for(kept.agency, kept.email),
        }
        if not kept.is_partner:
            values["quorum_role"] = quorum_role_of(kept)
        if changed := tidy.change(entry, values):
            if "email" in changed:
                follow_address(entry, by=by, at=at)
            data = {"fields": changed}
            audit.record(events.PROFESSIONAL_CORRECTED, subject=entry, by=by, at=at, data=data)
    return kept


@transaction.atomic
def change_agency(
    agency: Agency,
    *,
    name: str,
    kind: str,
    mailbox: str,
    phone: str,
    secure_domains: str,
    is_authority: bool,
    by: User,
    at: datetime,
) -> Agency:
    """Change an agency; whoever's domain is no longer on its list gets links instead of attachments at once.

    Raises as accounts' own.
    """
    kept = agencies.change_agency(
        agency,
        name=name,
        kind=kind,
        mailbox=mailbox,
        phone=phone,
        secure_domains=secure_domains,
        is_authority=is_authority,
        by=by,
        at=at,
    )
    for entry in Professional.objects.filter(agency=kept).select_for_update().order_by("pk"):
        tidy.change(entry, {"channel": channel_for(kept, entry.email)})
    return kept
