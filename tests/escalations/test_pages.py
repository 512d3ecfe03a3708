"""The pages as people use them, with what they type wrongly."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from attendees.keys import LINKS
from attendees.models import Professional
from deadlines.models import Deadline
from escalations import services
from escalations.enums import Cause, Theme
from escalations.models import Escalation
from escalations.permissions import refusal_to_raise
from strategy.models import Discussion
from tests.builders.booking import a_booked_discussion
from tests.builders.ladder import a_resolution, an_escalation, paul_with_an_account
from tests.builders.requests import a_submitted_request
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    """Everybody."""
    return cast()


@pytest.fixture
def discussion(people: Cast) -> Discussion:
    """Booked; the information of all three agencies was due a minute ago."""
    found = a_booked_discussion(people)
    found.information.update(due_at=timezone.now() - timedelta(minutes=1))
    return found


def signed_in(person: Any) -> Client:
    """A browser of theirs."""
    client = Client()
    client.force_login(person)
    return client


def by_link(discussion: Discussion, name: str) -> Client:
    """A browser that entered the code of a partner's link."""
    client, moment = Client(), int(timezone.now().timestamp())
    session = client.session
    session[LINKS] = {str(discussion.links.get(professional__name=name).pk): [moment, moment]}
    session.save()
    return client


def typed(people: Cast, **facts: Any) -> dict[str, Any]:
    """A form of raising, filled in."""
    return {
        "cause": Cause.INFORMATION, "against": people.health.pk, "facts": "It has not come.",
        "wanted": "It, today.", "is_immediate": "no",
    } | facts  # fmt: skip


def test_the_case_offers_it_the_form_is_filled_in_and_afterwards_it_is_not_offered(
    people: Cast, discussion: Discussion
) -> None:
    client, case = signed_in(people.sam), discussion.case
    asked = discussion.information.get(professional__name="Hetty Hall")
    about = f"information:{asked.pk}"
    raise_at = f"/cases/{case.reference}/escalate/?about={about}"
    tab = f"/cases/{case.reference}/escalations/"
    for page in (tab, "/"):
        assert raise_at in client.get(page).content.decode(), page
    assert f'href="{tab}"' in client.get(f"/discussions/{discussion.pk}/").content.decode()
    form = client.get(raise_at).content.decode()
    assert "Northshire Health Trust (Hetty Hall, Health visitor) was asked on" in form
    facts = client.get(raise_at).context["form"].initial["facts"]
    answer = client.post(raise_at, typed(people, facts=facts))
    raised = Escalation.objects.get()
    assert answer.status_code == 302 and answer["Location"] == f"/escalations/{raised.pk}/"
    assert (raised.about, raised.discussion, raised.against) == (about, discussion, people.health)
    for page in (tab, "/"):
        assert raise_at not in client.get(page).content.decode(), page


def test_ones_own_agency_is_refused_with_a_sentence_and_the_words_are_kept(
    people: Cast, discussion: Discussion
) -> None:
    client = signed_in(people.sam)
    page = f"/cases/{discussion.case.reference}/escalate/"
    answer = client.post(page, typed(people, against=people.council.pk, facts="Typed with care."))
    assert answer.status_code == 409
    assert "You cannot escalate against your own agency" in answer.content.decode()
    assert "Typed with care." in answer.content.decode()
    answer = client.post(page, typed(people, is_immediate="yes", facts="Typed with care."))
    assert answer.status_code == 422 and "Say what the immediate risk is" in answer.content.decode()
    assert Escalation.objects.count() == 0


def test_a_jump_by_the_form_and_without_risk_the_next_rung_whatever_was_chosen(
    people: Cast, discussion: Discussion
) -> None:
    client, escalation = signed_in(people.sam), an_escalation(discussion.case, people)
    page = f"/escalations/{escalation.pk}/move-up/"
    client.post(page, {"why": "No answer.", "is_immediate": "no", "rung": "4"})
    client.post(page, {"why": "No answer.", "is_immediate": "yes", "risk_reason": "Tonight", "rung": "4"})
    assert [one.number for one in escalation.stages.order_by("number")] == [1, 2, 4]
    assert "The next rung is “Secretary of State, in extremis”" in client.get(page).content.decode()


def test_resolving_puts_the_outcome_on_the_case_and_a_closed_one_says_so_and_gives_words_back(
    people: Cast, discussion: Discussion
) -> None:
    client, escalation = signed_in(people.sam), an_escalation(discussion.case, people)
    page = f"/escalations/{escalation.pk}/resolve/"
    said = {"outcome": "They come by video.", "agreed_with": "Paul Pike", "theme": Theme.ATTENDANCE}
    assert client.post(page, said).status_code == 302
    tab = client.get(f"/cases/{discussion.case.reference}/escalations/").content.decode()
    assert "They come by video." in tab and "Settled between practitioners" in tab
    late = client.post(page, said | {"outcome": "Typed a little later."})
    assert late.status_code == 403
    assert "This escalation is “resolved” now" in late.content.decode()
    assert "Typed a little later." in late.content.decode()


def test_when_the_rungs_time_has_passed_it_asks_why(people: Cast, discussion: Discussion) -> None:
    client, escalation = signed_in(people.sam), an_escalation(discussion.case, people)
    page = f"/escalations/{escalation.pk}/resolve/"
    assert "Why is this late?" not in client.get(page).content.decode()
    Deadline.objects.filter(subject=escalation.stages.get().subject).update(
        due_at=timezone.now() - timedelta(minutes=1)
    )
    assert "Why is this late?" in client.get(page).content.decode()
    said = {
        "outcome": "They come.", "agreed_with": "Paul Pike", "theme": "none", "late_reason": "No answer.",
        "late_accepted_by": "Mo Mensah",
    }  # fmt: skip
    assert client.post(page, said).status_code == 302
    clock = Deadline.objects.get(subject=escalation.stages.get().subject)
    assert (clock.was_met_late, clock.late_reason, clock.owes_reason) == (True, "No answer.", False)


def test_a_partner_by_link_raises_follows_and_resolves(people: Cast, discussion: Discussion) -> None:
    client = by_link(discussion, "Hetty Hall")
    start = f"/partner/{discussion.pk}/escalations/"
    assert start in client.get(f"/partner/{discussion.pk}/").content.decode()
    raise_at = f"/partner/{discussion.pk}/escalate/"
    assert raise_at in client.get(start).content.decode()
    wrong = client.post(raise_at, typed(people, against=people.health.pk))
    assert wrong.status_code == 409
    assert "You cannot escalate against your own agency" in wrong.content.decode()
    assert client.post(raise_at, typed(people, against=people.council.pk)).status_code == 302
    raised = Escalation.objects.get()
    assert (raised.raised_by.name, raised.discussion) == ("Hetty Hall", discussion)
    page = f"/partner/escalations/{raised.pk}/"
    services.record_response(raised, response="It is booked.", by=people.sam, at=timezone.now())
    assert "It is booked." in client.get(page).content.decode()
    said = {"outcome": "It is booked.", "agreed_with": "Sam Shah", "theme": "convening"}
    assert client.post(f"{page}resolve/", said).status_code == 302
    raised.refresh_from_db()
    assert not raised.is_open
    other = by_link(discussion, "Dan Dale")
    assert other.get(page).status_code == 404
    assert Client().get(page).status_code == 401


def test_a_partner_sees_where_their_referral_stands_and_raises_that_it_was_not_held(people: Cast) -> None:
    request = a_submitted_request(people)
    paul = paul_with_an_account(people)
    referral = request.referral
    client, page = signed_in(people.paul), f"/partner/referrals/{referral.pk}/"
    assert client.get(page).status_code == 404
    referral.referrer_email = paul.email
    referral.save()
    Deadline.objects.filter(duty="convene").update(due_at=timezone.now() + timedelta(minutes=1))
    shown = client.get(page).content.decode()
    assert "Discussion asked for" in shown and "Raise that it was not held" not in shown
    assert shown.count("Not yet") == 2  # it is neither booked nor held
    assert "Ruby" not in shown
    Deadline.objects.filter(duty="convene").update(due_at=timezone.now() - timedelta(minutes=1))
    shown = client.get(page).content.decode()
    raise_at = f"/partner/referrals/{referral.pk}/escalate/?about=referral:{referral.pk}"
    assert raise_at in shown
    assert "A strategy discussion for" in client.get(raise_at).content.decode()
    said = typed(people, cause=Cause.NOT_CONVENED, against=people.council.pk)
    assert client.post(raise_at, said).status_code == 302
    raised = Escalation.objects.get()
    assert (raised.about, raised.raised_by, raised.raising_agency) == (
        f"referral:{referral.pk}", paul, people.police,
    )  # fmt: skip
    assert f"/partner/escalations/{raised.pk}/" in client.get("/partner/escalations/").content.decode()
    shown = client.get(page).content.decode()  # it can be raised once, so the page leads to it
    assert "It is raised already" in shown and raise_at not in shown


def test_the_overview_begins_with_what_is_overdue_and_then_has_the_newest(
    people: Cast, discussion: Discussion
) -> None:
    late, older, newest = (
        an_escalation(discussion.case, people, by=by, against=against)
        for by, against in (
            (people.sam, people.police),
            (people.mo, people.health),
            (people.mo, people.school),
        )
    )
    now = timezone.now()
    for one, days in ((late, 2), (older, 3), (newest, 1)):
        Escalation.objects.filter(pk=one.pk).update(raised_at=now - timedelta(days=days))
    clock = Deadline.objects.filter(duty="escalation_stage", subject=late.stages.get().subject)
    clock.update(due_at=now - timedelta(hours=1))
    page = signed_in(people.hal).get("/escalations/overview/")
    assert [row.pk for row in page.context["rows"]] == [late.pk, newest.pk, older.pk]


def test_the_list_filters_and_the_overview_counts(people: Cast, discussion: Discussion) -> None:
    one = an_escalation(discussion.case, people)
    two = an_escalation(discussion.case, people, by=people.mo, against=people.health)
    a_resolution(two, people, by=people.mo, learning="Ring the named nurse earlier.")

    def listed(person: Any, query: str = "") -> set[int]:
        page = signed_in(person).get(f"/escalations/{query}")
        return {row.pk for row in page.context["rows"]}

    assert listed(people.sam) == {one.pk, two.pk}
    assert listed(people.sam, "?whose=mine") == {one.pk}
    assert listed(people.sam, "?state=resolved") == {two.pk}
    assert listed(people.olga) == set()
    assert listed(people.sam, "?state=nonsense&cause=x&page=zero") == {one.pk, two.pk}
    overview = signed_in(people.hal).get("/escalations/overview/").content.decode()
    assert "<strong>1</strong> of 1 were settled between practitioners" in overview
    assert "Ring the named nurse earlier." in overview
    assert signed_in(people.mo).get("/escalations/overview/").status_code == 403
    assert signed_in(people.paul).get("/escalations/").status_code == 403


def test_where_the_procedure_lets_no_partner_escalate_the_page_says_whom_to_ring(
    people: Cast, discussion: Discussion
) -> None:
    protocol = discussion.request.protocol
    partner = Professional.objects.get(name="Hetty Hall")
    rules = protocol.rules
    shut = replace(rules, partners_may_escalate=replace(rules.partners_may_escalate, value=False))
    said = refusal_to_raise(partner, discussion.case, shut, timezone.now())
    assert said is not None and said.endswith("Telephone the team manager, who can raise it.")
    assert refusal_to_raise(people.sam, discussion.case, shut, timezone.now()) is None
