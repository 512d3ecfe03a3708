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


NOT_SAID = [("what-happened", "new_information", "warn")]


def test_a_further_discussion_asks_what_is_new_until_it_is_said(people: Cast) -> None:
    request = after(people)
    assert lacks(request) == NOT_SAID
    services.save_section(
        request, "what-happened", {"new_information": NEW}, by=people.sam, at=timezone.now()
    )
    assert lacks(StrategyRequest.objects.get(pk=request.pk)) == []


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
    assert ("what-happened", "new_information", "warn") in lacks(request)


def test_while_a_follow_up_is_owed_nothing_is_a_review(people: Cast) -> None:
    """X9: Wirral's follow-up rule with Halton's question, whatever the format asked for."""
    from tests.protocols.test_settings_are_read import with_value

    data = with_value("reviews_need_new_information", True, {})
    assert data["settings"]["followup_rule"]["value"] == "required"
    request = after(people, format="telephone_conference", protocol="wirral")
    request.protocol.data = data
    request.format_wanted = "telephone_conference"
    assert services.earlier_of(request) == {"is_further": False, "had_meeting": False}


def test_where_it_must_be_said_the_request_is_refused(people: Cast) -> None:
    """A “must” blocks, with the clause; the page asks, and shows the refusal."""
    request = after(people)
    request.protocol.data["settings"]["reviews_need_new_information"]["severity"] = "block"
    StrategyRequest.objects.filter(pk=request.pk).update(protocol=_copy(request))
    request = StrategyRequest.objects.get(pk=request.pk)
    with pytest.raises(Refused) as wrong:
        services.submit(request, professionals=[], by=people.sam, at=timezone.now())
    assert wrong.value.field == "new_information"
    assert "Halton Strategy Discussion" in wrong.value.sentence


@pytest.mark.parametrize(("protocol", "asks"), [("halton", True), ("wirral", False)])
def test_the_page_asks(people: Cast, protocol: str, asks: bool) -> None:
    request = after(people, protocol=protocol)
    client = Client()
    client.force_login(people.sam)
    form: Any = client.get(reverse("strategy:what_happened", args=[request.pk])).context["form"]
    assert ("new_information" in form.fields) is asks


def _copy(request: StrategyRequest) -> Any:
    """A published version with other data: a published row itself never changes."""
    from protocols.models import LocalProtocol

    found = LocalProtocol.objects.get(pk=request.protocol_id)
    return LocalProtocol.objects.create(
        slug=found.slug,
        version=99,
        title=found.title,
        data=request.protocol.data | {"version": 99},
        effective_from=found.effective_from,
        published_at=found.published_at,
        published_by_ref=found.published_by_ref,
    )
