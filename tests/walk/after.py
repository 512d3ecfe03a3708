"""After the meeting: sign by link, amend, authorise, circulate with proof, read, do an action, file."""

from django.utils import timezone

from tests.walk.families import Family
from tests.walk.people import Person


def sign_by_link(officer: Person, discussion: int) -> None:
    """The police officer signs the action log in their own browser."""
    officer.go(f"/partner/{discussion}/sign/")
    for box in officer.page.locator("main form input[type=checkbox]").all():
        box.check(force=True)
    officer.page.locator("main form button.govuk-button").last.click()
    officer.page.wait_for_load_state()
    officer.has_no_problem()


def finish(support: Person, discussion: int) -> None:
    """Business support hands the record to the chair."""
    support.take_up("Finish the minutes")
    support.press("Hand to the chair")
    assert f"/discussions/{discussion}/finish/" in support.page.url, support.page.url
    support.page.locator("main form button.govuk-button").last.click()
    support.page.wait_for_load_state()
    support.has_no_problem()


def amend_and_authorise(chair: Person, discussion: int) -> None:
    """The chair amends a text, reads what changed, and authorises."""
    chair.take_up("Check and authorise")
    chair.press("Check and authorise")
    assert f"/discussions/{discussion}/check/" in chair.page.url, chair.page.url
    chair.page.locator("a[href*='/check/']", has_text="Amend").first.click()
    chair.page.wait_for_load_state()
    text = chair.page.locator("[name='text']").input_value()
    chair.type("text", text + " Corrected by the chair.")
    chair.page.locator("main form button.govuk-button").last.click()
    chair.page.wait_for_load_state()
    chair.has_no_problem()
    chair.go(f"/discussions/{discussion}/check/")
    assert chair.page.locator("ins").count(), "the change is not shown"
    chair.press("Authorise")
    chair.has_no_problem()


def circulate(support: Person, discussion: int, family: Family) -> None:
    """Circulated: each copy's proof appears by itself; who has no e-mail is handed a copy."""
    support.take_up("Circulate")
    support.press("Circulate")
    assert f"/discussions/{discussion}/circulate/" in support.page.url, support.page.url
    for box in support.page.locator("[name^='accept_']").all():
        box.fill("Everybody who attended needs it.")
    support.press("Circulate")
    support.has_no_problem()
    support.go(f"/discussions/{discussion}/proof/")
    if family.school_has_no_email:
        support.page.get_by_role("link", name="Record handed over").first.wait_for()
        row = support.page.locator("tr", has_text="Sunita Rao")
        row.get_by_role("link", name="Record handed over").click()
        support.page.wait_for_load_state()
        support.type_moment("handed_at", timezone.now())
        support.type("how", "Into her hands at reception")
        support.page.locator("main form button.govuk-button").last.click()
        support.page.wait_for_load_state()
        support.has_no_problem()
        support.go(f"/discussions/{discussion}/proof/")
    support.page.wait_for_function(
        "() => !/Queued|Waiting for the PDF|To be handed/.test(document.querySelector('main').innerText)",
        timeout=30_000,
    )


def read_and_do(officer: Person, discussion: int) -> None:
    """The police officer reads the minutes, fetches the PDF, and marks the action done."""
    officer.go(f"/partner/{discussion}/minutes/")
    officer.sees("Grace Okoro")
    with officer.page.expect_download() as fetched:
        officer.follow("Download the PDF")
    with open(fetched.value.path(), "rb") as file:
        assert file.read(5) == b"%PDF-"
    officer.go(f"/partner/{discussion}/minutes/acknowledge/")
    officer.page.locator("main form button.govuk-button").last.click()
    officer.page.wait_for_load_state()
    officer.go(f"/partner/{discussion}/actions/")
    officer.page.get_by_role("link", name="Mark as done").first.click()
    officer.page.wait_for_load_state()
    officer.type("what_was_done", "Visited at 5pm; the stepfather has left the home.")
    officer.page.locator("main form button.govuk-button").last.click()
    officer.page.wait_for_load_state()
    officer.has_no_problem()


def file_reference(support: Person, discussion: int) -> None:
    """The reference in the authority's case system."""
    support.take_up("File the minutes")
    assert f"/discussions/{discussion}/" in support.page.url, support.page.url
    if "/file/" not in support.page.url:
        support.press("Record the filing")
    support.type("reference", "LCS-2026-4711")
    support.page.locator("main form button.govuk-button").last.click()
    support.page.wait_for_load_state()
    support.has_no_problem()
    support.sees("Filed")
