"""An address is put right: the old mailbox opens nothing more, and what has not left goes to the new one."""

from datetime import datetime

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db.models.functions import Now

from accounts.models import User
from attendees import hooks, keys
from attendees.models import PartnerCode, PartnerLink, Professional
from outbox import services as outbox

WHY = "Their address was put right before this left"


def note_move(person: Professional, email: str, at: datetime) -> None:
    """Keep back what a higher room is about to send, when the address differs; before locking the person."""
    if person.email != email:
        hooks.tell_unreachable(person, WHY, at)


def follow_address(person: Professional, *, by: User, at: datetime) -> None:
    """Shut what was opened from the old mailbox; letters that have not left go to the new one.

    Part of the caller's transaction. The links stay: their codes go to the new address alone.
    """
    links = PartnerLink.objects.filter(professional=person)
    PartnerCode.objects.filter(link__in=links, used_at=None, expires_at__gt=at).update(expires_at=at)
    outbox.cancel(by=by, at=at, why=WHY, to_ref=person, kind="partner_code")
    outbox.readdress(person, person.email, by=by, at=at)
    if person.user is not None:
        outbox.readdress(person.user, person.email, by=by, at=at)
    let_out_of({str(pk) for pk in links.values_list("pk", flat=True)})


def let_out_of(links: set[str]) -> int:
    """Forget in every browser that it entered the code of one of these links; returns in how many."""
    if not links:
        return 0
    found = 0
    for session in Session.objects.filter(expire_date__gt=Now()).iterator():
        told = session.get_decoded()
        held = told.get(keys.LINKS, {})
        if links.isdisjoint(held):
            continue
        told[keys.LINKS] = {pk: moments for pk, moments in held.items() if pk not in links}
        session.session_data = SessionStore().encode(told)
        session.save(update_fields=["session_data"])
        found += 1
    return found
