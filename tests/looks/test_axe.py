"""Every page of the way in a real browser: no violation, one heading, nothing sideways, scripts or not."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.looks.looking import EMPTY_IT, FORM, buttons, headings, signed_in, sticks_out, violations
from tests.walker.asking import address_of
from tests.walker.table import BY_NAME
from tests.walker.world import World, make_world

Open = Callable[..., Page]
STAFF = """
    worklist:home worklist:team worklist:cases worklist:letters worklist:letter worklist:case
    worklist:people
    worklist:timeline worklist:chronology
    deadlines:explain strategy:assessment strategy:assessment_date strategy:clock_not_needed
    strategy:record_power strategy:end_power strategy:decide_later minutes:correct_times
    worklist:discussions worklist:access_log deadlines:calculator referrals:new referrals:new_family
    referrals:on_case strategy:request strategy:children strategy:add_child strategy:what_happened
    strategy:circumstances strategy:format strategy:availability attendees:wanted attendees:check
    attendees:sheet strategy:return attendees:authorise strategy:protection strategy:call
    strategy:child_seen strategy:enquiry strategy:enquiry_kind attendees:forward attendees:book
    attendees:discussion
    attendees:move attendees:cancel attendees:record_reply minutes:room minutes:open_record
    minutes:attendance minutes:calls minutes:call
    minutes:arrive minutes:section_versions minutes:enter_held
    minutes:start minutes:right_meeting minutes:close minutes:allocate minutes:decide minutes:arrange
    minutes:rearrange
    minutes:add_dissent minutes:change_dissent
    minutes:add_action minutes:edit_action minutes:signing minutes:read minutes:changes minutes:round
    minutes:agree minutes:sign minutes:resolve minutes:finish minutes:check minutes:amend minutes:proof
    minutes:look_through strategy:confirm_no_conference
    minutes:file minutes:actions worklist:tracker worklist:left worklist:unallocated minutes:usual_actions
    minutes:family_sharing minutes:action_chased minutes:action_review minutes:action_extended
    attendees:follow_up minutes:copies minutes:copy minutes:copy_family minutes:copy_make minutes:circulate
    minutes:action_offer minutes:action_answer minutes:answer_for
    minutes:correct_decision minutes:correct_attendance minutes:add_attendance
    minutes:correct_call
    escalations:escalation escalations:raise escalations:form
"""
PARTNERS = """
    attendees:partner_discussion attendees:partner_reply attendees:partner_information
    attendees:partner_take_over
    minutes:partner_minutes minutes:partner_acknowledge minutes:partner_agree minutes:partner_sign
    minutes:partner_actions minutes:partner_given minutes:desk_actions minutes:desk_action_done
    minutes:partner_action_answer minutes:desk_action_offer
    escalations:partner_escalation escalations:partner_form
"""
OPEN = "account_login account_reset_password attendees:link"
ANSWERED_EMPTY = """
    referrals:new referrals:new_family strategy:add_child strategy:what_happened strategy:return
    strategy:child_seen attendees:record_reply minutes:start minutes:close minutes:decide minutes:arrange
    minutes:edit_action minutes:add_dissent attendees:partner_reply minutes:partner_agree minutes:partner_sign
    attendees:cancel deadlines:explain strategy:assessment strategy:record_power strategy:decide_later
    minutes:correct_times minutes:family_sharing minutes:action_extended
    minutes:action_offer minutes:action_answer minutes:correct_decision minutes:add_attendance
"""


@pytest.fixture
def world(transactional_db: None) -> World:
    """Somebody at every point of the way, for a browser to see."""
    return make_world()


@pytest.fixture
def visit(world: World, browser: Browser, site: str) -> Iterator[Open]:
    """Opens a page of the table as its usual person, with scripts or without."""
    held: dict[tuple[str, bool], Page] = {}

    def go(name: str, *, scripts: bool = True) -> Page:
        page = BY_NAME[name]
        who = "anonymous" if page.kind == "open" else page.usual
        if (who, scripts) not in held:
            held[who, scripts] = signed_in(browser, world, who, site, scripts=scripts).new_page()
        answer = held[who, scripts].goto(site + address_of(page, world))
        assert answer is not None and answer.status == 200, (name, who, answer and answer.status)
        return held[who, scripts]

    yield go
    for page in held.values():
        page.context.close()


def test_every_page_can_be_used_by_everybody(visit: Open) -> None:
    """Axe, one heading, 390 and 320 pixels, and the same buttons without scripts; then forms sent empty."""
    wrong: list[str] = []
    for name in f"{STAFF} {PARTNERS} {OPEN}".split():
        page = visit(name)
        found = [*violations(page), *headings(page), *sticks_out(page)]
        with_scripts = buttons(page)
        lost = [words for words in with_scripts if words not in buttons(visit(name, scripts=False))]
        wrong += [f"{name}: {one}" for one in (*found, *(f"no “{words}” without scripts" for words in lost))]
    for name in ANSWERED_EMPTY.split():
        page = visit(name)
        page.evaluate(EMPTY_IT)
        page.locator(FORM).last.click()
        page.locator(".govuk-error-summary").wait_for()
        found = [*violations(page), *headings(page), *sticks_out(page)]
        wrong += [f"{name}, sent empty: {one}" for one in found]
    assert wrong == []
