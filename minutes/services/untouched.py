"""A file of the minutes is given out only while its bytes are those that were made (P15)."""

from datetime import datetime
from hashlib import sha256

from django.db import transaction

from accounts.models import User
from attendees.models import Professional
from audit import services as audit
from audit.errors import Altered
from minutes import events_after as events
from minutes import letters
from minutes.models import Circulation, Rendition
from strategy.people import circulating_team

ALTERED = (
    "This file is not the one that was made: its bytes were changed afterwards, so it is given to nobody. "
    "Business support has been told. Ask them for the minutes."
)


def bytes_of(rendition: Rendition, *, by: User | Professional, at: datetime) -> bytes:
    """The bytes of a made file, for its reader.

    One that was altered is told to business support by letter, once, and to the ledger each time it is asked
    for. Raises Altered then; the file must be made.
    """
    assert rendition.enclosure is not None
    content = bytes(rendition.enclosure.content)
    found = sha256(content).hexdigest()
    if found != rendition.enclosure.sha256:
        _tell(rendition, found, by, at)
        raise Altered(ALTERED)
    return content


@transaction.atomic
def _tell(rendition: Rendition, found: str, by: User | Professional, at: datetime) -> None:
    version = rendition.version
    case = version.minutes.discussion.case
    sent = Circulation.objects.filter(version=version).select_related("routed_to").first()
    team = sent.routed_to if sent else circulating_team(version.minutes.discussion)
    letters.file_altered(rendition, found, team, at=at)
    data = {"version": version.number, "copy": rendition.cut.code, "sha256": found}
    audit.record(events.FILE_ALTERED, case, subject=rendition, by=by, at=at, data=data)
