"""In the room: the record, who is here, the steps, decisions, arrangements, actions, and the end."""

import re
from datetime import timedelta

from django.utils import timezone

from tests.walk.families import Family
from tests.walk.people import Person

TEXTS = (
    "An injury that the explanation does not fit, and a frightened child.",
    "The grandmother lives nearby and is trusted.",
    "We do not know where the children were on Saturday evening.",
)


def open_record(support: Person, chair: Person, discussion: int) -> None:
    """Business support opens it, pre-filled; the chair looks at it before the start."""
    support.go(f"/discussions/{discussion}/")
    support.press("Open the record")
    support.press("Open the record")
    support.has_no_problem()
    chair.go(f"/discussions/{discussion}/record/")
    chair.press("I have looked at this record")
    support.go(f"/discussions/{discussion}/record/?step=information")
    shown = " ".join(area.input_value() for area in support.page.locator("textarea").all())
    assert "Two calls to the address this year" in shown, shown[:500]


def take_attendance(support: Person, discussion: int, family: Family) -> None:
    """Everybody in the room; who refused is absent, and says so."""
    support.go(f"/discussions/{discussion}/record/attendance/")
    for one in support.page.locator("fieldset.attendance__one").all():
        absent = family.health_refuses and "Hannah Voss" in one.inner_text()
        one.locator("select").select_option("apologies" if absent else "present")
    support.page.locator("main form button.govuk-button").last.click()
    support.page.wait_for_load_state()
    support.has_no_problem()


def start(chair: Person, discussion: int, family: Family) -> None:
    """The right meeting; the start, with a reason when there is no quorum."""
    chair.go(f"/discussions/{discussion}/record/?step=children")
    chair.press("Everyone is in the right meeting")
    chair.go(f"/discussions/{discussion}/record/start/")
    if family.health_refuses:
        chair.type("no_quorum_reason", "Health is in court; we can’t wait.")
    chair.page.locator("main form button.govuk-button").last.click()
    chair.page.wait_for_load_state()
    chair.has_no_problem()
    chair.sees("Not quorate" if family.health_refuses else "Quorum complete")


def join_late(support: Person, discussion: int) -> None:
    """Health is brought in by telephone: quorum is complete from that moment."""
    support.go(f"/discussions/{discussion}/record/attendance/join/")
    support.select("professional", "Hannah Voss")
    support.choose("mode", "phone")
    support.page.locator("main form button.govuk-button").last.click()
    support.page.wait_for_load_state()
    support.has_no_problem()
    support.go(f"/discussions/{discussion}/record/")
    support.sees("Quorum complete")


def fill_steps(support: Person, chair: Person, discussion: int) -> None:
    """Business support types in every box of the eight steps; the chair sees it within two seconds."""
    support.go(f"/discussions/{discussion}/record/?step=summary")
    chair.go(f"/discussions/{discussion}/record/?step=summary")
    areas = support.page.locator(".meeting__step textarea")
    for place, text in enumerate(TEXTS):
        areas.nth(place).press_sequentially(text, delay=1)
    support.page.wait_for_function(
        "() => [...document.querySelectorAll('.meeting__step p[data-save-state]')].slice(0, 3)"
        ".every(one => /Saved/.test(one.textContent))"
    )
    chair.page.wait_for_function(
        "text => [...document.querySelectorAll('textarea')].some(one => one.value === text)", arg=TEXTS[2],
        timeout=4000,
    )  # fmt: skip
    steps = support.page.locator("nav.meeting__agenda ol.steps a")
    addresses = [link.get_attribute("href") or "" for link in steps.all()]
    assert len(addresses) == 8, addresses
    for address in addresses:
        support.go(f"/discussions/{discussion}/record/{address}")
        for area in support.page.locator(".meeting__step form textarea").all():
            if not area.input_value():
                area.fill("Said in the meeting and agreed by all.")
        next_button = support.page.locator("button[name='go'][value='next']")
        if next_button.count():
            next_button.first.click()
            support.page.wait_for_load_state()
            support.has_no_problem()


def decide(chair: Person, discussion: int, family: Family) -> None:
    """The threshold decision for each child, with its reasons."""
    for child in family.children:
        chair.go(f"/discussions/{discussion}/record/?step=threshold")
        name = re.compile(f"Record the decision for {re.escape(child.name)}")
        chair.page.get_by_role("link", name=name).first.click()  # unborn twins share a name
        chair.choose("risk_level", "high")
        chair.type("risk_text", "A further injury is likely at home.")
        chair.choose("outcome", child.outcome)
        chair.type("rationale", "Reasonable cause to suspect significant harm, or the reasons against it.")
        chair.page.locator("main form button.govuk-button").last.click()
        chair.page.wait_for_load_state()
        chair.has_no_problem()


def arrange(support: Person, discussion: int) -> None:
    """Every Laming arrangement that the page says is missing: child, carers, home."""
    for _ in range(30):
        support.go(f"/discussions/{discussion}/record/?step=actions")
        missing = support.page.get_by_role("link", name=re.compile("^Arrange:"))
        if not missing.count():
            return
        missing.first.click()
        support.page.wait_for_load_state()
        support.type("place", "At school")
        support.type_moment("at", timezone.now() + timedelta(hours=3))
        support.select("by_whom", "Sofia Reed")
        support.page.locator("main form button.govuk-button").last.click()
        support.page.wait_for_load_state()
        support.has_no_problem()
    raise AssertionError("arrangements are still missing")


def type_action(support: Person, discussion: int) -> None:
    """An action typed live in one line."""
    support.go(f"/discussions/{discussion}/record/?step=actions")
    support.type("line", "@Grace Okoro visit the home and speak to the stepfather by tomorrow 5pm")
    support.page.locator("form.one-line button").click()
    support.page.get_by_text("visit the home and speak to the stepfather").first.wait_for()


def allocate(support: Person, discussion: int) -> None:
    """The social worker whose number stands first on the minutes."""
    support.go(f"/discussions/{discussion}/record/allocated/")
    if support.page.locator("select").count():
        support.select(support.page.locator("main select").first.get_attribute("name") or "", "Sofia Reed")
    support.page.locator("main form button.govuk-button").last.click()
    support.page.wait_for_load_state()
    support.has_no_problem()


def close(chair: Person, discussion: int) -> None:
    """Read back, agreed by everybody present, ended."""
    chair.go(f"/discussions/{discussion}/record/close/")
    for box in chair.page.locator("input[type=radio][value=agrees]").all():
        box.check(force=True)
    chair.tick("read_back")
    chair.page.locator("main form button.govuk-button").last.click()
    chair.page.wait_for_load_state()
    chair.has_no_problem()


def sign_on_screen(support: Person, discussion: int, *, leave: str) -> None:
    """One screen passed round; the one named signs by their own link later."""
    for _ in range(20):
        support.go(f"/discussions/{discussion}/record/sign/")
        rows = support.page.locator(
            "table tr", has=support.page.get_by_role("link", name=re.compile("^Sign"))
        )
        names = [row for row in rows.all() if leave not in row.inner_text()]
        if not names:
            return
        names[0].get_by_role("link", name=re.compile("^Sign")).click()
        support.page.locator("main form button.govuk-button").last.click()
        support.page.wait_for_load_state()
        support.has_no_problem()
    raise AssertionError("signing did not end")
