"""A further discussion asks what is new (H08, H09); the meeting after a telephone discussion never does."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.errors import Refused
from referrals.rules import ReferralFacts
from strategy import services
from strategy.models import Discussion, StrategyRequest
from tests.builders.requests import a_draft_request, fill
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
NEW = "Ruby told her aunt of a second injury."


@pytest.fixture
def people() -> Cast:
    """The cast."""
    return cast()


def after(
    people: Cast, *, format: str = "virtual", quorate: bool = True, protocol: str = "halton"
) -> StrategyRequest:
    """A request on a case in which a discussion was held yesterday."""
    first = a_draft_request(people, protocol=protocol)
    now = timezone.now()
    began = now - timedelta(days=1)
    Discussion.objects.create(
        case=first.case,
        request=first,
        number=1,
        format=format,
        status="ended",
        planned_start=began,
        planned_end=began + timedelta(hours=1),
        started_at=began,
        started_by=people.mo,
        ended_at=began + timedelta(hours=1),
        ended_by=people.mo,
        quorate_at=began if quorate else None,
    )
    services.correct_moments(  # brings the clocks in line, the follow-up among them
        first.referral,
        triggered_at=first.referral.triggered_at - timedelta(days=2),
        received_at=None,
        reason="It came in earlier",
        by=people.mo,
        at=now,
    )
    facts = ReferralFacts(trigger="new_information", triggered_at=now, narrative=NEW)
    second = services.take_referral_and_ask(facts, case=first.case, by=people.sam, at=now)
    return fill(second, by=people.sam, at=now)


def lacks(request: StrategyRequest) -> list[tuple[str, str | None, str]]:
    """Section, field and force of what the request lacks, professionals and the kinds of harm left aside."""
    found = [one for one in services.missing(request, []) if one.field != "harm"]
    return [(one.section, one.field, one.severity.value) for one in found if one.section != "professionals"]


NOT_SAID = [("what-happened", "new_information", "block")]


def test_a_further_discussion_asks_what_is_new_until_it_is_said(people: Cast) -> None:
    request = after(people)
    assert lacks(request) == NOT_SAID
    services.save_section(
        request, "what-happened", {"new_information": NEW}, by=people.sam, at=timezone.now()
    )
    assert lacks(StrategyRequest.objects.get(pk=request.pk)) == []


def test_the_task_list_calls_no_section_completed_that_lacks_what_is_new(people: Cast) -> None:
    request, client = after(people), Client()
    client.force_login(people.sam)

    def states() -> dict[str, str]:
        page = client.get(reverse("strategy:request", args=[request.pk]))
        return {one["title"]: one["status"] for one in page.context["tasks"]}

    assert (states()["What happened"], states()["Check answers and submit"]) == ("To do", "Cannot start yet")
    said = {"new_information": NEW}
    services.save_section(request, "what-happened", said, by=people.sam, at=timezone.now())
    assert (states()["What happened"], states()["Check answers and submit"]) == ("Completed", "Ready")


def test_the_first_discussion_of_a_case_is_none(people: Cast) -> None:
    assert lacks(a_draft_request(people, protocol="halton")) == []


def test_elsewhere_it_is_not_asked(people: Cast) -> None:
    assert lacks(after(people, protocol="wirral")) == []


def test_one_that_was_never_quorate_does_not_count(people: Cast) -> None:
    assert lacks(after(people, quorate=False)) == []


def test_the_meeting_after_a_telephone_discussion_is_no_review_but_another_call_is(people: Cast) -> None:
    """Halton sets no limit for a follow-up; the meeting is one all the same."""
    request = after(people, format="telephone")
    assert lacks(request) == []
    request.format_wanted, request.agencies_plan = "telephone", False
    assert NOT_SAID[0] in lacks(request)


def test_while_a_follow_up_is_owed_nothing_is_a_review(people: Cast) -> None:
    """X9: Wirral's follow-up rule with Halton's question, whatever the format asked for."""
    from tests.protocols.test_settings_are_read import with_value

    data = with_value("reviews_need_new_information", True, {})
    assert data["settings"]["followup_rule"]["value"] == "required"
    request = after(people, format="telephone_conference", protocol="wirral")
    request.protocol.data = data
    request.format_wanted = "telephone_conference"
    assert services.earlier_of(request) == {"is_further": False, "had_meeting": False}


def test_it_is_refused_with_the_clause_and_nobody_says_that_it_does_not_apply(people: Cast) -> None:
    """Halton's own words; what an older request said not to apply no longer lets it through."""
    request = after(people)
    with pytest.raises(Refused, match="it always applies"):
        services.say_not_applicable(request, {"new_information": "No"}, by=people.sam, at=timezone.now())
    StrategyRequest.objects.filter(pk=request.pk).update(not_applicable={"new_information": "No"})
    request = StrategyRequest.objects.get(pk=request.pk)
    with pytest.raises(Refused) as wrong:
        services.submit(request, professionals=[], by=people.sam, at=timezone.now())
    assert wrong.value.field == "new_information"
    assert "Halton Strategy Discussion" in wrong.value.sentence


def test_the_meeting_after_a_later_call_is_no_review_either(people: Cast) -> None:
    """An earlier meeting of the series takes nothing from what is owed for the call."""
    request = after(people, format="telephone")
    call = Discussion.objects.get(case=request.case)
    before = timezone.now() - timedelta(days=30)
    call.pk, call.number, call.format = None, 2, "virtual"
    call.ended_at = call.started_at = call.quorate_at = before
    call.save()
    assert services.earlier_of(request) == {"is_further": True, "had_meeting": False}
    assert lacks(request) == []


@pytest.mark.parametrize(("protocol", "asks"), [("halton", True), ("wirral", False)])
def test_the_page_asks(people: Cast, protocol: str, asks: bool) -> None:
    request = after(people, protocol=protocol)
    client = Client()
    client.force_login(people.sam)
    form: Any = client.get(reverse("strategy:what_happened", args=[request.pk])).context["form"]
    assert ("new_information" in form.fields) is asks
    if asks:
        assert "optional" not in form["new_information"].full_label  # nothing is submitted without it
