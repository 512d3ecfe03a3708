"""When no sweep has finished for five minutes every staff page says so, one that is already open too."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from deadlines.models import SweepRun
from deadlines.services import sweep
from tests.people import cast
from worklist.context import STALE


def stopped() -> None:
    """No sweep has finished for a little more than five minutes."""
    SweepRun.objects.update(finished_at=timezone.now() - timedelta(minutes=5, seconds=1))


@pytest.mark.django_db(transaction=True)
def test_a_page_that_stays_open_says_so(page: Page, site: str) -> None:
    client = Client()
    client.force_login(cast().sam)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])
    sweep()
    page.clock.install()
    page.goto(site)
    banner = page.locator(".house-banner")
    page.clock.fast_forward(61_000)
    page.wait_for_load_state("networkidle")
    expect(banner).to_have_count(0)

    stopped()
    page.clock.fast_forward(61_000)
    expect(banner).to_have_text(f"Attention {STALE}")
    sweep()
    page.clock.fast_forward(61_000)
    expect(banner).to_have_count(0)

    stopped()
    page.reload()
    expect(banner).to_be_visible()
    expect(banner).to_have_text(f"Attention {STALE}")
