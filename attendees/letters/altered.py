"""To business support: the bytes of a file that an agency sent were changed afterwards (P15)."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from accounts.models import Team
from attendees.models import InformationFile
from outbox.enums import Urgency
from outbox.models import Letter
from outbox.services import queue
from strategy.people import support_team


def agency_file_altered(file: InformationFile, found: str, *, at: datetime) -> Letter:
    """Tell business support, once; whoever manages the case’s team where no team has a mailbox.

    `found`: the fingerprint that the bytes have now.
    """
    discussion = file.information.discussion
    case, team = discussion.case, support_team(discussion.case)
    manager = case.team.manager
    told = team if (team is not None and team.mailbox) or manager is None else manager
    told = told or case.team
    return queue(
        "agency_file_altered",
        to_email=told.mailbox if isinstance(told, Team) else told.email,
        to_name=told.name,
        to_ref=told,
        context={
            "reference": case.reference,
            "number": discussion.number,
            "agency": file.information.professional.agency.name,
            "link": f"{settings.SITE_URL}{reverse('attendees:discussion', args=[discussion.pk])}",
        },
        by=None,
        at=at,
        case=case,
        subject=file.subject,
        key=f"altered:{file.subject}:{found[:16]}",
        urgency=Urgency.URGENT,
    )
