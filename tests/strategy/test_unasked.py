"""A HIGH screening, and what came in while nobody asks to discuss it: who answers, what ends the clock."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from attendees.services.wanted import submit_request
from audit.errors import MoveNotAllowed, NotAllowed, Refused
from audit.models import Entry
from deadlines.models import Deadline
from outbox.models import Letter
from referrals.models import Referral
from referrals.rules import CircumstanceFacts
from strategy import services
from strategy.models import NoneNeeded, StrategyRequest
from tests.builders.requests import a_draft_request, a_referral, fill
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
SAID = "Older friends, gifts, missing from school."


@pytest.fixture
def people() -> Cast:
    """The cast."""
    return cast()


def signed_in(user: User) -> Client:
    """A browser in which this person has signed in."""
    client = Client()
    client.force_login(user)
    return client


def now() -> datetime:
    """This moment."""
    return timezone.now()


def a_high_rating(people: Cast, protocol: str = "halton") -> Referral:
    """Sam records on an open case that a screening is rated HIGH."""
    case = a_referral(people, protocol=protocol).case
    return services.record_high_rating(
        case,
        came_in_at=now(),
        screened_on=timezone.localdate(),
        screened_by="Olga Orme",
        narrative=SAID,
        by=people.sam,
        at=now(),
    )


def ratings(referral: Referral) -> list[tuple[str, Any, str]]:
    """State, whose turn, and why void, of the clocks that wait for an answer."""
    rows = Deadline.objects.of(f"referral:{referral.pk}", "answer_high_rating").order_by("pk")
    return [(one.state, one.owner, one.void_reason) for one in rows]


def test_a_high_rating_becomes_the_managers_task_with_its_reason(people: Cast) -> None:
    """H12, in Halton: three calendar days, its routine limit, from when it was learnt."""
    referral = a_high_rating(people)
    clock = Deadline.objects.get(duty="answer_high_rating")
    assert ratings(referral) == [("running", people.mo, "")]
    assert clock.limit == "calendar_days(3)"
    assert clock.because.startswith(
        "A HIGH rating needs a request for a discussion, or a manager’s reason why none is needed, within"
    )


def test_elsewhere_a_high_rating_asks_nobody(people: Cast) -> None:
    assert ratings(a_high_rating(people, "wirral")) == []


def test_a_submitted_request_closes_it_and_withdrawing_that_opens_it_again(people: Cast) -> None:
    referral = a_high_rating(people)
    request = services.start_request(referral, by=people.sam, at=now())
    assert ratings(referral) == [("running", people.mo, "")]  # what is begun may never be sent
    submit_request(fill(request, by=people.sam, at=now()), by=people.sam, at=now())
    assert ratings(referral) == [("met", people.mo, "")]
    services.withdraw(request, reason="Sent by mistake", by=people.sam, at=now())
    assert ratings(referral) == [("met", people.mo, ""), ("running", people.mo, "")]


def test_a_managers_reason_closes_it_and_the_convene_clock(people: Cast) -> None:
    """And nothing opens it again when a fact changes."""
    referral = a_high_rating(people)
    services.decide_none_needed(referral, rationale="Known and safe with an aunt.", by=people.mo, at=now())
    why = "No discussion is needed: Known and safe with an aunt."
    assert ratings(referral) == [("void", people.mo, why)]
    assert Deadline.objects.get(subject=f"referral:{referral.pk}", duty="convene").void_reason == why
    assert Entry.objects.filter(event="referral.none_needed").count() == 1
    services.tell_circumstance(
        referral, CircumstanceFacts(kind="other", consulted="Mo", advice="None"), by=people.sam, at=now()
    )
    assert [state for state, *_ in ratings(referral)] == ["void"]


def test_a_rating_that_is_no_longer_high_asks_for_nothing(people: Cast) -> None:
    referral = a_high_rating(people)
    services.take_back_circumstance(referral, "exploitation_rated_high", by=people.sam, at=now())
    assert ratings(referral) == [("void", people.mo, "No screening is rated HIGH any more")]


def test_a_high_rating_told_in_a_draft_waits_until_that_is_submitted(people: Cast) -> None:
    request = a_draft_request(people, protocol="halton", circumstances=())
    told = CircumstanceFacts(
        kind="child_sexual_exploitation",
        screened_on=timezone.localdate(),
        screened_by="Sam Shah",
        screening_rating="high",
    )
    services.tell_circumstance(request.referral, told, by=people.sam, at=now())
    assert ratings(request.referral) == [("running", people.mo, "")]
    submit_request(fill(request, by=people.sam, at=now()), by=people.sam, at=now())
    assert ratings(request.referral) == [("met", people.mo, "")]


@pytest.mark.parametrize("name", ["sam", "bea", "adi", "olga", "stranger"])
def test_who_cannot_decide_that_none_is_needed(people: Cast, name: str) -> None:
    referral = a_high_rating(people)
    with pytest.raises(NotAllowed):
        services.decide_none_needed(referral, rationale="No", by=getattr(people, name), at=now())
    assert [state for state, *_ in ratings(referral)] == ["running"]


def test_a_reason_is_needed_and_nobody_answers_twice_or_over_a_request(people: Cast) -> None:
    referral = a_high_rating(people)
    with pytest.raises(Refused) as no_reason:
        services.decide_none_needed(referral, rationale=" ", by=people.mo, at=now())
    assert no_reason.value.field == "rationale"
    request = services.start_request(referral, by=people.sam, at=now())
    with pytest.raises(MoveNotAllowed):
        services.decide_none_needed(referral, rationale="None", by=people.mo, at=now())
    services.withdraw(request, reason="Sent by mistake", by=people.sam, at=now())
    services.decide_none_needed(referral, rationale="None", by=people.mo, at=now())
    with pytest.raises(MoveNotAllowed):
        services.decide_none_needed(referral, rationale="None", by=people.mo, at=now())


def test_the_referrer_is_told_that_none_is_needed(people: Cast) -> None:
    referral = a_referral(people)
    services.decide_none_needed(referral, rationale="A mistake of address.", by=people.mo, at=now())
    assert list(Letter.objects.values_list("kind", "to_email")) == [
        ("not_needed_referrer", "dan.dale@elm-street.example")
    ]


def test_over_a_draft_the_manager_says_why_none_is_needed(people: Cast) -> None:
    """Whoever began the request has no such button."""
    referral = a_high_rating(people)
    request = services.start_request(referral, by=people.sam, at=now())
    page, button = f"/requests/{request.pk}/", "No discussion needed"
    mo, sam = signed_in(people.mo), signed_in(people.sam)
    assert mo.get(reverse("worklist:go", args=[f"referral:{referral.pk}"]))["Location"] == page
    assert [button in one.get(page).content.decode() for one in (mo, sam)] == [True, False]
    typed = {"rationale": "Known and safe with an aunt.", "for_referrer": "She is safe."}
    assert mo.post(f"{page}not-needed/", typed).status_code == 302
    why = "No discussion is needed: Known and safe with an aunt."
    assert ratings(referral) == [("void", people.mo, why)]


# --- Pages --------------------------------------------------------------------------------------------


def test_the_rating_is_recorded_and_answered_by_plain_forms(people: Cast) -> None:
    """Sam records; Mo's worklist leads to the answer; Mo says why none is needed."""
    case = a_referral(people, protocol="halton").case
    sam, mo = signed_in(people.sam), signed_in(people.mo)
    address = reverse("referrals:high_rating", args=[case.reference])
    today = timezone.localdate().isoformat()
    bad = sam.post(address, {"screened_on": today, "came_in_at": now().isoformat()})
    assert bad.status_code == 422
    assert set(bad.context["form"].errors) == {"screened_by", "narrative"}
    typed = {
        "screened_on": today,
        "screened_by": "Olga Orme",
        "came_in_at": now().isoformat(),
        "narrative": SAID,
    }
    done = sam.post(address, typed)
    referral = Referral.objects.latest("pk")
    answer = reverse("referrals:answer", args=[referral.pk])
    assert done["Location"] == answer
    assert list(sam.get(answer).context["form"].fields["needed"].choices) == [("yes", "Yes")]
    go = mo.get(reverse("worklist:go", args=[f"referral:{referral.pk}"]))
    assert go["Location"] == answer
    page = mo.get(answer)
    assert {one.duty for one in page.context["clocks"]} == {"convene", "answer_high_rating"}
    assert "rated HIGH" in page.content.decode()
    assert "Nobody is recorded as the referrer" in page.content.decode()
    bad = mo.post(answer, {"needed": "no", "rationale": ""})
    assert bad.context["form"].errors == {"rationale": ["Enter why no discussion is needed"]}
    done = mo.post(answer, {"needed": "no", "rationale": "Safe with an aunt."})
    assert done["Location"] == reverse("worklist:case", args=[case.reference])
    assert mo.get(answer).status_code == 403


def test_yes_begins_the_request(people: Cast) -> None:
    referral = a_high_rating(people)
    done = signed_in(people.sam).post(reverse("referrals:answer", args=[referral.pk]), {"needed": "yes"})
    request = StrategyRequest.objects.get(referral=referral)
    assert done["Location"] == request.get_absolute_url()


def test_a_social_worker_cannot_answer_no(people: Cast) -> None:
    """The page does not offer it, and a form made by hand is refused."""
    referral = a_high_rating(people)
    address = reverse("referrals:answer", args=[referral.pk])
    done = signed_in(people.sam).post(address, {"needed": "no", "rationale": "None"})
    assert (done.status_code, set(done.context["form"].errors)) == (422, {"needed"})


def test_a_withdrawn_request_leaves_the_answer_to_the_manager(people: Cast) -> None:
    """The convene clock runs on; its link leads to where it is answered, no longer to a dead request."""
    request = a_draft_request(people)
    services.withdraw(request, reason="Sent by mistake", by=people.sam, at=now())
    mo: Client = signed_in(people.mo)
    go = mo.get(reverse("worklist:go", args=[f"referral:{request.referral_id}"]))
    assert go["Location"] == reverse("referrals:answer", args=[request.referral_id])


def test_an_early_moment_is_refused_at_its_field(people: Cast) -> None:
    case = a_referral(people).case
    with pytest.raises(Refused) as wrong:
        services.record_high_rating(
            case,
            came_in_at=now() + timedelta(days=1),
            screened_on=timezone.localdate(),
            screened_by="Olga Orme",
            narrative=SAID,
            by=people.sam,
            at=now(),
        )
    assert wrong.value.field == "came_in_at"


def test_the_manager_says_what_whoever_referred_may_read(people: Cast) -> None:
    """It is asked for, kept, and stands on the case for whoever takes their call."""
    referral = a_referral(people)
    mo, answer = signed_in(people.mo), reverse("referrals:answer", args=[referral.pk])
    assert "Dan Dale, who referred, is told now by e-mail." in mo.get(answer).content.decode()
    bad = mo.post(answer, {"needed": "no", "rationale": "Safe with an aunt."})
    assert bad.context["form"].errors == {"for_referrer": ["Enter what whoever referred is told"]}
    typed = {"needed": "no", "rationale": "Safe with an aunt.", "for_referrer": "We visit the family"}
    assert mo.post(answer, typed).status_code == 302
    row = NoneNeeded.objects.get()
    assert (row.referral, row.rationale, row.for_referrer, row.by) == (
        referral, "Safe with an aunt.", "We visit the family", people.mo
    )  # fmt: skip
    page = signed_in(people.sam).get(reverse("worklist:case", args=[referral.case.reference]))
    assert "We visit the family" in page.content.decode()
