"""One circulation to twelve, through a real worker process, a real broker and a real mail server."""

import time
from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone
from pypdf import PdfReader

from attendees.models import Professional
from deadlines.enums import ClockState, Duty
from deadlines.models import Deadline
from minutes.enums import RecipientStatus
from minutes.models import Circulation, Rendition
from minutes.services import circulate as circulating
from tests import real
from tests.builders.after import an_authorised_version
from tests.builders.booking import known_professionals
from tests.people import Cast, cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def nine_partners(people: Cast) -> list[Professional]:
    """Police, health, school and six more: with chair, social worker and minute-taker twelve."""
    more = [
        Professional.objects.create(
            name=f"Partner {place}",
            agency=people.health,
            job_role="Practitioner",
            email=f"partner{place}@northshire-health.example",
        )
        for place in range(6)
    ]
    return [*known_professionals(people), *more]


def test_twelve_copies_reach_the_mail_server_and_the_clock_is_met_by_the_last(
    worker: Any, smtp_sink: real.MailSink
) -> None:
    people = cast()
    version = an_authorised_version(people, professionals=nine_partners(people))
    began = time.monotonic()
    circulation = circulating.circulate(version.minutes, by=people.bea, at=timezone.now())
    assert circulation.recipients.count() == 12
    until = time.monotonic() + 60
    while time.monotonic() < until:
        circulation = Circulation.objects.get(pk=circulation.pk)
        if circulation.last_dispatched_at:
            break
        time.sleep(0.2)
    took = time.monotonic() - began
    print(f"12 copies in {took:.1f} s")
    statuses = set(circulation.recipients.values_list("status", flat=True))
    clock = Deadline.objects.get(subject=version.minutes.discussion.subject, duty=Duty.CIRCULATE_MINUTES)
    assert statuses == {RecipientStatus.SENT}
    assert (clock.state, clock.met_at) == (ClockState.MET, circulation.last_dispatched_at)
    addresses = sorted(circulation.recipients.values_list("professional__email", flat=True))
    kept = [address for address, message in smtp_sink.kept if "inutes of strategy" in str(message["Subject"])]
    assert sorted(kept) == addresses
    rendition = Rendition.objects.select_related("enclosure").get(version=version)
    assert rendition.enclosure is not None
    assert len(PdfReader(BytesIO(bytes(rendition.enclosure.content))).pages) >= 2
