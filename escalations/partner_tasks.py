"""The line on a partner's page that leads to escalations, with what the facts let them raise (row H15)."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse

from attendees.partner_menu import Task
from escalations.offers import offers_for

if TYPE_CHECKING:
    from attendees.views.access import Partner


def tasks(partner: "Partner", now: datetime) -> list[Task]:
    """Always there for whoever was asked: a partner may disagree at any time."""
    if partner.asked is None:
        return []
    href = reverse("escalations:partner_of_discussion", args=[partner.discussion.pk])
    found = offers_for(partner.discussion.case, partner.professional, now)
    hint = found[0].title if found else "When you and another agency disagree, or something is overdue"
    return [Task("Escalations", href, hint, "You may raise one" if found else "", "blue")]
