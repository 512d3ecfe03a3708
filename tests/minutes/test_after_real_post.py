"""One circulation to twelve, through a real worker process, a real broker and a real mail server."""

import time
from collections import Counter
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from attendees.enums import Marking
from attendees.models import Professional
from deadlines.enums import ClockState, Duty
from deadlines.models import Deadline
from minutes.enums import RecipientStatus, RenditionKind
from minutes.models import Circulation, Minutes, Rendition, Section
from minutes.services import versions
from tests import real
from tests.builders.after import a_finished_record
from tests.builders.booking import known_professionals
from tests.people import Cast, cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


LIMIT = 10.0  # seconds from the click to the last dispatch, on two cores (issue 6)

SPIN = 0.3  # seconds of a core


def crowding() -> float:
    """How many times longer than alone work takes here now: 1 on a machine with a core to spare."""
    began, spent = time.monotonic(), time.thread_time()
    while time.thread_time() - spent < SPIN:
        pass
    return max(1.0, (time.monotonic() - began) / SPIN)


def nine_partners(people: Cast) -> list[Professional]:
    """Police, health, school and six more: with chair, social worker and minute-taker twelve."""
    more = [
        Professional.objects.create(
            name=f"Partner {place}",
            agency=people.school if place % 2 else people.health,
            job_role="Practitioner",
            email=f"partner{place}@northshire-{'school' if place % 2 else 'health'}.example",
        )
        for place in range(6)
    ]
    return [*known_professionals(people), *more]


def to_circulate(people: Cast) -> Minutes:
    """Authorised, with one passage that only social care, police and health read; nothing is printed yet."""
    minutes = a_finished_record(people, professionals=nine_partners(people))
    plan = Section.objects.filter(minutes=minutes, field="police_plan")
    assert plan.update(marking=Marking.POLICE_SENSITIVE) == 1
    return versions.authorise_minutes(minutes, by=people.mo, at=timezone.now()).minutes


def click(people: Cast, minutes: Minutes) -> None:
    """Business support has the page before them and presses the button; what is found may go out."""
    bea = Client()
    bea.force_login(people.bea)
    page = reverse("minutes:circulate", args=[minutes.discussion_id])
    form = bea.get(page).context["form"]
    typed = {f"accept_{place}": "They know of it." for place, _ in enumerate(form.findings)}
    assert bea.post(page, {"shown": form.shown, **typed}).status_code == 302


def test_twelve_copies_of_two_kinds_are_dispatched_within_ten_seconds_of_the_click(
    worker: Any, smtp_sink: real.MailSink
) -> None:
    """Printed, sent and settled; the clock is met by the last, and each copy is its reader's own."""
    people = cast()
    minutes = to_circulate(people)
    crowd = crowding()
    began, clicked_at = time.monotonic(), timezone.now()
    click(people, minutes)
    circulation = Circulation.objects.get(version__minutes=minutes)
    assert circulation.recipients.count() == 12
    until = began + 60 * crowd
    while time.monotonic() < until and not circulation.last_dispatched_at:
        time.sleep(0.1)
        circulation.refresh_from_db()
    assert circulation.last_dispatched_at is not None
    took = max(time.monotonic() - began, (circulation.last_dispatched_at - clicked_at).total_seconds())
    assert took / ((crowd + crowding()) / 2) < LIMIT, took
    clock = Deadline.objects.get(subject=minutes.discussion.subject, duty=Duty.CIRCULATE_MINUTES)
    assert (clock.state, clock.met_at) == (ClockState.MET, circulation.last_dispatched_at)
    assert set(circulation.recipients.values_list("status", flat=True)) == {RecipientStatus.SENT}
    kinds = dict(Counter(circulation.recipients.values_list("rendition__kind", flat=True)))
    assert kinds == {RenditionKind.WHOLE: 8, RenditionKind.PARTNER: 4}
    addresses = sorted(circulation.recipients.values_list("professional__email", flat=True))
    kept = [address for address, message in smtp_sink.kept if "inutes of strategy" in str(message["Subject"])]
    assert sorted(kept) == addresses
    for rendition in Rendition.objects.select_related("enclosure").filter(version__minutes=minutes):
        assert rendition.enclosure is not None
        file = PdfReader(BytesIO(bytes(rendition.enclosure.content)))
        told = " ".join("".join(one.extract_text() for one in file.pages).split())
        assert len(file.pages) >= 2
        assert ("Achieving Best Evidence" in told) == (rendition.kind == RenditionKind.WHOLE)
