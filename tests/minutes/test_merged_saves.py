"""Two people in one box, at different sentences: both changes stand, both are told, nothing is lost (B12)."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Route, expect

from accounts.models import User
from audit.models import Entry
from minutes import events
from minutes.models import Section, SectionVersion
from minutes.services.sections import Clash, Saved, Sent, save_or_merge, save_section, set_aside
from tests.builders.meeting import a_started_discussion, section_of
from tests.minutes.test_meeting_live import SOON, signed_in
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
STOOD = "Ruby was seen at school.\nCarol keeps appointments.\nKit was at work."
THEIRS = STOOD.replace("at school", "at her grandmother’s home")
MINE = f"{STOOD}\nNobody asked the GP."
BOTH = f"{THEIRS}\nNobody asked the GP."


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def box(people: Cast) -> Section:
    """A box that both have open as version 1, and that Mo has changed since."""
    cell = section_of(a_started_discussion(people), "worries")
    cell = save_section(cell, STOOD, version=0, by=people.bea, at=timezone.now())
    return save_section(cell, THEIRS, version=1, by=people.mo, at=timezone.now())


def send(box: Section, by: User, text: str, version: int, turn: int = 1, page: str = "p") -> Saved:
    """What one open page sends."""
    return save_or_merge(box, text, version=version, sent=Sent(page, turn), by=by, at=timezone.now())


def test_both_changes_stand_and_what_was_sent_is_kept(people: Cast, box: Section) -> None:
    saved = send(box, people.bea, MINE, 1)

    assert (saved.cell.text, saved.cell.version, saved.own) == (BOTH, 4, 3)
    assert re.fullmatch(rf"what {people.mo.name} wrote at \S+", saved.merged_with)
    texts = SectionVersion.objects.filter(section=box).order_by("version").values_list("text", flat=True)
    assert list(texts) == [STOOD, THEIRS, MINE, BOTH]
    told = [one.data for one in Entry.objects.filter(event=events.SECTION_SAVED).order_by("id")]
    assert ("merged" in told[-2], told[-1]["merged"], told[-1]["version"]) == (False, True, 4)


def test_who_types_on_goes_on_from_what_they_sent(people: Cast, box: Section) -> None:
    """Also when the answer was lost, so that the page knows neither the whole nor its own part."""
    own = send(box, people.bea, MINE, 1).own
    for turn, version in ((2, own), (3, 1)):
        more = f"{MINE} It is {turn}."
        saved = send(box, people.bea, more, version, turn)
        assert saved.cell.text == f"{BOTH} It is {turn}."
    assert send(box, people.bea, f"{BOTH} Seen.", saved.cell.version, 4).cell.text == f"{BOTH} Seen."
    assert Section.objects.get(pk=box.pk).merged_with == ""


def test_an_overtaken_save_answers_with_the_part_of_its_page(people: Cast, box: Section) -> None:
    late = send(box, people.bea, f"{MINE} More.", 1, turn=2)
    early = send(box, people.bea, MINE, 1, turn=1)
    assert (early.cell.text, early.own) == (f"{BOTH} More.", late.own)


def test_what_is_in_the_whole_already_is_not_merged_again(people: Cast, box: Section) -> None:
    """The button of the form sends what has just saved itself, with the version that it was printed with."""
    own = send(box, people.bea, MINE, 1).own
    again = send(box, people.bea, MINE, 1, page="")
    assert (again.cell.text, again.cell.version, again.own) == (BOTH, 4, own)


def test_what_meets_is_a_clash_and_nothing_is_written(people: Cast, box: Section) -> None:
    for text in (STOOD.replace("Ruby", "Jack"), "All else.", ""):
        with pytest.raises(Clash) as clash:
            send(box, people.bea, text, 1)
        assert (clash.value.theirs.text, clash.value.mine) == (THEIRS, text)
    with pytest.raises(Clash):
        send(box, people.bea, MINE, 77)  # no version of this box
    assert Section.objects.get(pk=box.pk).version == 2
    unchanged = send(box, people.bea, STOOD, 1)
    assert (unchanged.cell.text, unchanged.cell.version, unchanged.own) == (THEIRS, 2, 1)


def test_restoring_and_setting_aside_never_merge(people: Cast, box: Section) -> None:
    now = timezone.now()
    with pytest.raises(Clash):
        save_section(box, MINE, version=1, by=people.bea, at=now)
    with pytest.raises(Clash):
        set_aside(box, MINE, version=1, by=people.bea, at=now)


def test_without_scripts_it_is_said(client: Client, people: Cast, box: Section) -> None:
    client.force_login(people.bea)
    address = reverse("minutes:save_step", args=[box.minutes.discussion_id, "summary"])
    typed = {f"text-{box.pk}": MINE, f"version-{box.pk}": "1"}
    page = client.post(address, typed, follow=True).content.decode()
    assert f"What you wrote is merged with what {people.mo.name} wrote at" in page
    assert Section.objects.get(pk=box.pk).text == BOTH


@pytest.mark.django_db(transaction=True)
def test_two_browsers_are_both_told_and_the_caret_stays(browser: Browser, site: str) -> None:
    people = cast()
    minutes = a_started_discussion(people)
    cell = section_of(minutes, "protective")
    save_section(cell, STOOD, version=0, by=people.bea, at=timezone.now())
    room = f"{site}{reverse('minutes:room', args=[minutes.discussion_id])}?step=summary"
    bea, mo = signed_in(browser, site, people.bea), signed_in(browser, site, people.mo)
    bea.route("**/texts/**", gone)  # Bea's page hears of nobody while she writes
    bea.goto(room)
    mo.goto(room)
    hers, his = (one.get_by_role("textbox", name="Protective factors") for one in (bea, mo))

    his.fill(THEIRS)
    expect(saved(mo, cell)).to_contain_text("Saved", timeout=SOON)
    held: list[Route] = []
    bea.route(re.compile(r"/sections/\d+/$"), lambda route: held.append(route))
    hers.press("Control+End")
    with bea.expect_request(re.compile(r"/sections/\d+/$")):
        hers.press_sequentially("\nNobody asked")
    hers.press_sequentially(" the GP")  # she types on before her save is answered
    bea.unroute(re.compile(r"/sections/\d+/$"))
    held[0].continue_()
    expect(hers).to_have_value(BOTH.removesuffix("."), timeout=SOON)
    hers.press_sequentially(".")

    expect(his).to_have_value(BOTH, timeout=SOON)
    expect(saved(bea, cell)).to_contain_text(f"merged with what {people.mo.name} wrote at", timeout=SOON)
    expect(saved(mo, cell)).to_contain_text("by Bea Bright", timeout=SOON)
    bea.context.close()
    mo.context.close()


def gone(route: Route) -> None:
    route.abort()


def saved(page: Any, cell: Section) -> Any:
    """Where the page says how it stands with the box."""
    return page.locator(f"[data-autosave$='/sections/{cell.pk}/'] .save-state").first
