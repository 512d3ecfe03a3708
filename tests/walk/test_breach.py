"""When nobody acts the clock warns, then breaches, and who must know is told; with the time injected."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser

from accounts.models import User
from deadlines.models import Deadline
from deadlines.services import sweep
from escalations.services import send_digests
from outbox.services import deliver_due
from strategy.models import StrategyRequest
from tests import real
from tests.walk.people import people_of
from tests.walk.world import Way, make_world
from worklist.demo.families import parents, siblings
from worklist.demo.people import Town
from worklist.demo.way import Family

pytestmark = pytest.mark.django_db(transaction=True)


def a_forgotten_request(town: Town, received_hours_ago: int) -> StrategyRequest:
    """Submitted an hour after it came in, and then forgotten."""
    now = timezone.now()
    family = Family(town, siblings("Calloway", now, "Ivy", "Max"), parents("Calloway"), "Always hungry.")
    received = now - timedelta(hours=received_hours_ago)
    return family.submit(family.refer(received), received + timedelta(hours=1))


def test_a_forgotten_request_warns_and_then_breaches(
    browser: Browser, site: str, smtp_sink: real.MailSink
) -> None:
    """Warned while time is left; at the breach the head of service is told; the pages say so in words."""
    town = make_world()
    request = a_forgotten_request(town, received_hours_ago=20)
    clock = Deadline.objects.get(subject=f"referral:{request.referral_id}", duty="convene")
    assert clock.due_at is not None

    sweep(clock.due_at - timedelta(hours=4))
    send_digests(clock.due_at - timedelta(hours=4))
    deliver_due()
    warned = smtp_sink.to(town.manager.email)
    assert any("deadline" in str(message["subject"]).lower() for message in warned), [
        m["subject"] for m in warned
    ]
    told_of_others = len(smtp_sink.to(town.head.email))  # the manager's two hours to answer are long over

    late = clock.due_at + timedelta(minutes=7)
    sweep(late)
    send_digests(late)
    deliver_due()
    assert len(smtp_sink.to(town.head.email)) == told_of_others + 1
    clock.refresh_from_db()
    assert clock.breached_at == clock.due_at  # the moment it was due, not the moment it was found

    Deadline.objects.filter(case=clock.case).exclude(due_at=None).update(
        due_at=clock.due_at - timedelta(hours=6), breached_at=clock.due_at - timedelta(hours=6)
    )
    emails = {"manager": Way.EMAILS["manager"], "head": User.objects.get(pk=town.head.pk).email}
    with people_of(browser, site, **emails) as people:
        people["manager"].sign_in()
        people["manager"].sees("Overdue", "Authorise", "overdue by")
        people["head"].sign_in()
        people["head"].sees("Breaches across the service", "overdue by")
