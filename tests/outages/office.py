"""The way on by its pages while services are off: each click timed, each letter counted."""

import time
from collections import Counter
from datetime import timedelta
from typing import Any

from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from accounts.models import User
from minutes.models import Minutes
from minutes.services import versions
from outbox.enums import UNSENT
from outbox.models import Letter
from outbox.services import queueing
from strategy.enums import Status
from strategy.models import Discussion, StrategyRequest
from tests import real
from tests.builders.after import a_finished_record
from tests.builders.booking import a_video_link
from tests.builders.requests import a_draft_request, professionals_of
from tests.people import Cast, cast

SECONDS_A_CLICK = 3.0


class Office:
    """The cast at their pages."""

    def __init__(self, people: Cast | None = None) -> None:
        queueing._resting_until = 0.0  # another test's dead broker is forgotten
        self.people = people or cast()
        self.slowest = 0.0

    def client(self, user: User) -> Client:
        """Somebody signed in."""
        client = Client()
        client.force_login(user)
        return client

    def post(self, user: User, address: str, data: dict[str, Any] | None = None) -> Any:
        """One click: answered in time, and taken."""
        client = self.client(user)
        before = time.monotonic()
        answer = client.post(address, data or {})
        took = time.monotonic() - before
        self.slowest = max(self.slowest, took)
        assert answer.status_code == 302, f"{address}: {answer.status_code} {text_of(answer)[:2000]}"
        assert took < SECONDS_A_CLICK, f"{address} took {took:.1f} s"
        return answer

    def sees(self, user: User, address: str, *words: str) -> str:
        """A page that says each of these."""
        answer = self.client(user).get(address)
        page = text_of(answer)
        assert answer.status_code == 200, (address, answer.status_code)
        for word in words:
            assert word in page, f"{address} does not say {word!r}: {page[:3000]}"
        return page

    def ask_and_book(self) -> Discussion:
        """Submit, authorise and book by the pages."""
        from attendees.services.wanted import want_professionals

        people = self.people
        request = a_draft_request(people)
        want_professionals(request, professionals_of(people), by=people.sam, at=timezone.now())
        self.post(people.sam, f"/requests/{request.pk}/check/")
        self.post(people.mo, f"/requests/{request.pk}/authorise/")
        self.post(people.bea, f"/requests/{request.pk}/book/", self.booking(request))
        wanted = StrategyRequest.objects.get(pk=request.pk)
        assert wanted.status == Status.BOOKED
        return Discussion.objects.get(request=wanted)

    def booking(self, request: StrategyRequest) -> dict[str, Any]:
        """What business support types to book a video link in four hours."""
        start = timezone.localtime(timezone.now() + timedelta(hours=4))
        return {
            "format": "virtual",
            "length": "60",
            "place": a_video_link().pk,
            "start_day": start.day,
            "start_month": start.month,
            "start_year": start.year,
            "start_time": f"{start:%H:%M}",
            "chair": self.people.mo.pk,
            "minute_taker": self.people.bea.pk,
            "late_reason": "No earlier time could be had with the police.",
            "professionals": [one.professional_id for one in request.wanted.all()],
        }

    def authorised_record(self) -> Minutes:
        """The record of a discussion just held, authorised; its invitations are history."""
        minutes = a_finished_record(self.people)
        Letter.objects.waiting().update(status="cancelled")
        versions.authorise_minutes(minutes, by=self.people.mo, at=timezone.now())
        return minutes

    def circulate(self, record: Minutes | None = None) -> Minutes:
        """Circulated by the page."""
        minutes = record or self.authorised_record()
        self.post(self.people.bea, f"/discussions/{minutes.discussion_id}/circulate/")
        return minutes


def text_of(answer: Any) -> str:
    """A page's text on one line."""
    return " ".join(answer.content.decode().split())


def waiting() -> int:
    """How many letters are neither sent nor given up."""
    return Letter.objects.waiting().count()


def due_now() -> None:
    """Let half an hour pass for the letters: what waits for another try is due."""
    Letter.objects.filter(status__in=UNSENT).exclude(next_try_at=None).update(next_try_at=Now())


def each_once(sink: real.MailSink) -> int:
    """Every letter that was sent arrived once, with its own Message-ID; returns how many."""
    copies = Counter((address, str(message["Message-ID"])) for address, message in sink.kept)
    assert [copy for copy, number in copies.items() if number > 1] == []
    sent = set(Letter.objects.filter(status="sent").values_list("to_email", "message_id"))
    assert set(copies) == sent
    return len(copies)
