"""No page offers a link that its reader may not open."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from deadlines.models import Deadline
from strategy.models import StrategyRequest
from tests.builders.meeting import a_held_discussion
from tests.builders.requests import a_draft_request, an_authorised_request
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
LINK = re.compile(r'<a [^>]*href="(/(?:requests|people|deadlines|decisions|discussions)/[^"?#]*)')


@pytest.fixture
def people() -> Cast:
    return cast()


def pages(people: Cast) -> list[str]:
    """Requests at each step, the case of one that was held, with a clock that was met late."""
    made: list[StrategyRequest] = [make(people) for make in (a_draft_request, an_authorised_request)]
    held = a_held_discussion(people)
    now = timezone.now()
    late = Deadline.objects.filter(case=held.case, state="met").order_by("pk").first()
    assert late is not None
    Deadline.objects.filter(pk=late.pk).update(
        starts_at=now - timedelta(days=9), due_at=now - timedelta(days=2), met_at=now
    )
    found = [f"/requests/{one.pk}/" for one in [*made, held.request]]
    case = f"/cases/{held.case.reference}/"
    return [*found, case, f"/discussions/{held.pk}/minutes/", "/queue/", "/absences/"]


def test_every_link_opens_for_whom_it_is_offered_to(people: Cast) -> None:
    shown = pages(people)
    dead: list[tuple[str, str, str]] = []
    for name in ("sam", "mo", "bea", "hal"):
        client, seen = Client(), set[str]()
        client.force_login(getattr(people, name))
        for page in shown:
            answer = client.get(page)
            for link in LINK.findall(answer.content.decode() if answer.status_code == 200 else ""):
                if link not in seen and client.get(link).status_code == 403:
                    dead.append((name, page, link))
                seen.add(link)
    assert " ".join(f"{name}:{link}" for name, _, link in dead) == ""
