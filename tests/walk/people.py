"""One browser context per person, driven as a person would: labels, buttons, links and the mailbox."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, Response

from tests import real
from worklist.demo.people import PASSWORD


class Person:
    """Somebody at a browser of their own."""

    def __init__(self, context: BrowserContext, site: str, email: str) -> None:
        self.context, self.site, self.email = context, site, email
        self.page: Page = context.new_page()
        self.page.set_default_timeout(10_000)
        self.failures: list[str] = []
        self.page.on("response", self._look)
        self.page.on("pageerror", lambda error: self.failures.append(f"script: {error}"))

    def _look(self, response: Response) -> None:
        if response.status >= 500 and not response.url.endswith("/health/"):  # 503 says that no sweep ran
            self.failures.append(f"{response.status} {response.url}")

    def sign_in(self) -> "Person":
        """By the sign-in page, with the demonstration's password."""
        self.go("/")
        self.type("login", self.email)
        self.type("password", PASSWORD)
        self.press("Sign in")
        self.page.wait_for_url(lambda url: "login" not in url)
        return self

    def go(self, path: str) -> None:
        """Open an address of the site."""
        self.page.goto(path if path.startswith("http") else self.site + path)

    def type(self, name: str, text: str) -> None:
        """Fill one field by its name."""
        self.page.locator(f"[name='{name}']").fill(text)

    def choose(self, name: str, value: str) -> None:
        """Tick one answer of radios or checkboxes."""
        self.page.locator(f"[name='{name}'][value='{value}']").check(force=True)

    def tick(self, name: str) -> None:
        """Tick a single box."""
        self.page.locator(f"[name='{name}']").check(force=True)

    def select(self, name: str, label: str) -> None:
        """Choose from a list by a part of the label."""
        options = self.page.locator(f"select[name='{name}'] option")
        texts = options.all_text_contents()
        found = next((text for text in texts if label in text), None)
        assert found is not None, f"{label!r} is not among {texts}"
        self.page.locator(f"select[name='{name}']").select_option(label=found.strip())

    def type_date(self, name: str, day: date) -> None:
        """Fill day, month and year."""
        for part in ("day", "month", "year"):
            self.type(f"{name}_{part}", str(getattr(day, part)))

    def type_moment(self, name: str, at: datetime) -> None:
        """Fill day, month, year and time, as a clock in London shows them."""
        local = timezone.localtime(at)
        self.type_date(name, local.date())
        self.type(f"{name}_time", f"{local:%H:%M}")

    def press(self, text: str) -> None:
        """Press the button with these words."""
        self.page.get_by_role("button", name=re.compile(f"^{re.escape(text)}", re.I)).first.click()
        self.page.wait_for_load_state()

    def follow(self, text: str) -> None:
        """Follow the link with these words."""
        self.page.get_by_role("link", name=re.compile(f"^{re.escape(text)}", re.I)).first.click()
        self.page.wait_for_load_state()

    def take_up(self, verb: str) -> None:
        """From the desk to the page where the work is done, as everybody begins: no address is typed."""
        self.go("/")
        self.follow(verb)

    def sees(self, *texts: str) -> None:
        """Assert that the page says each of these."""
        said = " ".join(self.page.locator("body").inner_text().split())
        for text in texts:
            assert text in said, f"{self.email} does not see {text!r} at {self.page.url}:\n{said[:3000]}"

    def has_no_problem(self) -> None:
        """Assert that no form came back with an error."""
        problem = self.page.locator(".govuk-error-summary")
        if problem.count():
            raise AssertionError(f"{self.email} at {self.page.url}: {problem.first.inner_text()}")

    def number_in_address(self) -> int:
        """The first number in the page's address."""
        found = re.search(r"/(\d+)/", self.page.url)
        assert found, self.page.url
        return int(found.group(1))


@contextmanager
def people_of(browser: Browser, site: str, **emails: str) -> Iterator[dict[str, Person]]:
    """A browser context for each, closed at the end; no page may have failed meanwhile."""
    made: dict[str, Person] = {}
    for name, email in emails.items():
        context = browser.new_context(
            viewport={"width": 1280, "height": 900}, locale="en-GB", timezone_id="Europe/London"
        )
        made[name] = Person(context, site, email)
    try:
        yield made
    finally:
        for person in made.values():
            person.context.close()
    failures = [failure for person in made.values() for failure in person.failures]
    assert not failures, failures


def letter_to(sink: real.MailSink, address: str, saying: str, after: int = 0, seconds: float = 15) -> Any:
    """Wait for a letter to an address whose text has these words; return its text."""

    def found() -> str | None:
        for message in sink.to(address)[after:]:
            part = message.get_body(("plain",))
            text = part.get_content() if part else ""
            if saying in text or saying in str(message["subject"]):
                return str(text)
        return None

    real.wait_until(lambda: found() is not None, seconds=seconds)
    return found()
