"""A real browser meets the frame of every page: scripts run under the policy, nothing comes from outside."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request

ADDRESSES = ["/account/login/", "/account/password/reset/"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("address", ADDRESSES)
def test_pages_run_under_their_policy(page: Page, site: str, address: str) -> None:
    """No complaint in the console, every file found, and none from another host."""
    said: list[str] = []
    asked: list[Request] = []
    failed: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request))
    page.on("requestfailed", lambda request: failed.append(request.url))
    page.goto(site + address)
    page.wait_for_load_state("networkidle")
    assert {urlsplit(request.url).netloc for request in asked} == {urlsplit(site).netloc}
    assert len(asked) > 5
    assert failed == []
    assert said == []
    assert page.locator("body.govuk-frontend-supported").count() == 1
    assert page.locator("h1").count() == 1
