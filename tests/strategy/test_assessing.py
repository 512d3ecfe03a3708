"""The assessment's clock (row C21): opened, brought forward by an agreed date, met by the decision."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit.errors import MoveNotAllowed, NotAllowed, Refused
from audit.models import Entry
from deadlines.models import Deadline
from referrals.models import Referral
from strategy import services
from strategy.models import AssessmentDate, AssessmentDecision
from tests.builders.requests import a_referral, a_submitted_request
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
THU = datetime(2026, 12, 24, 16, 30, tzinfo=UTC)
LONGEST = datetime(2027, 3, 2, 23, 59, 59, tzinfo=UTC)  # 45 working days, as `clocks.md` prints it
LATER = datetime(2027, 1, 11, 10, tzinfo=UTC)
DECISION: dict[str, Any] = {
    "outcome": "child_in_need",
    "decision": "A child in need plan, since the family wants help.",
    "decided_by": "Mo Mensah, team manager",
}


@pytest.fixture
def people() -> Cast:
    """The cast."""
    return cast()


@pytest.fixture
def referral(people: Cast) -> Referral:
    """Received on Christmas Eve."""
    return a_referral(people, at=THU, triggered_at=THU)


def clock() -> Deadline:
    """The assessment's."""
    return Deadline.objects.get(duty="assessment")


def test_it_opens_with_the_referral(referral: Referral) -> None:
    """45 working days from its receipt."""
    assert (clock().starts_at, clock().due_at, clock().state) == (THU, LONGEST, "running")


def test_the_decision_meets_it_when_it_was_made(people: Cast, referral: Referral) -> None:
    """Typed an hour later: the clock and the ledger have the moment of the decision, the row both."""
    made_at = LATER - timedelta(hours=1)
    made = services.record_assessment(referral, **DECISION, decided_at=made_at, by=people.sam, at=LATER)
    assert (clock().state, clock().met_at, clock().owes_reason) == ("met", made_at, False)
    assert (made.at, made.by, made.decided_by) == (made_at, people.sam, "Mo Mensah, team manager")
    assert Entry.objects.get(event="assessment.decided").occurred_at == made_at
    a_clock = clock().pk
    services.correct_moments(
        referral, triggered_at=THU - timedelta(hours=1), received_at=None, reason="Typed wrongly",
        by=people.mo, at=LATER,
    )  # fmt: skip
    assert (clock().pk, clock().state) == (a_clock, "met")  # what is done stays done


def test_an_overrun_owes_its_reason(people: Cast, referral: Referral) -> None:
    """Decided a day after the longest time there is."""
    late = LONGEST + timedelta(days=1)
    services.record_assessment(referral, **DECISION, decided_at=late, by=people.sam, at=late)
    assert (clock().owes_reason, clock().breached_at) == (True, LONGEST)


@pytest.mark.parametrize(
    ("more", "field", "says"),
    [
        ({"outcome": "winked"}, "outcome", "Choose what"),
        ({"decision": " "}, "decision", "Enter what was decided"),
        ({"decided_by": ""}, "decided_by", "Enter who decided"),
        ({"decided_at": LATER + timedelta(hours=1)}, "decided_at", "future"),
        ({"decided_at": THU - timedelta(hours=1)}, "decided_at", "before the referral came in"),
    ],
)
def test_what_cannot_stand_is_refused_at_its_field(
    people: Cast, referral: Referral, more: dict[str, Any], field: str, says: str
) -> None:
    """And the clock runs on."""
    with pytest.raises(Refused, match=says) as refusal:
        services.record_assessment(
            referral, **{**DECISION, "decided_at": LATER, **more}, by=people.sam, at=LATER
        )
    assert (refusal.value.field, AssessmentDecision.objects.count()) == (field, 0)
    assert clock().state == "running"


def test_it_is_decided_once(people: Cast, referral: Referral) -> None:
    """The second is told who was quicker; the shorter date comes too late as well."""
    services.record_assessment(referral, **DECISION, decided_at=LATER, by=people.sam, at=LATER)
    with pytest.raises(MoveNotAllowed, match="Sam Shah has recorded"):
        services.record_assessment(referral, **DECISION, decided_at=LATER, by=people.mo, at=LATER)
    with pytest.raises(MoveNotAllowed):
        services.agree_assessment_date(
            referral, due_on=date(2027, 1, 20), reason="Soon", by=people.mo, at=LATER
        )


def test_who_may(people: Cast, referral: Referral) -> None:
    """Those who take referrals and may see the case."""
    may = set()
    for name, user in people.everyone.items():
        try:
            services.agree_assessment_date(
                referral, due_on=date(2027, 1, 20), reason="Agreed with Carol", by=user, at=LATER
            )
            may.add(name)
        except NotAllowed:
            pass
    assert may == {"sam", "mo", "ada", "asha"}


def test_a_shorter_date_brings_the_clock_forward_and_only_a_manager_puts_it_back(people: Cast) -> None:
    """Never past the longest; each date stays on record with who agreed it and why."""
    request = a_submitted_request(people, at=THU, triggered_at=THU)
    referral = request.referral

    def agree(day: date, by: Any) -> None:
        services.agree_assessment_date(referral, due_on=day, reason="Agreed with Carol", by=by, at=LATER)

    agree(date(2027, 1, 20), people.sam)
    assert clock().due_at == datetime(2027, 1, 20, 23, 59, 59, tzinfo=UTC)
    assert "as was agreed for this family; the longest is 45 working days" in clock().because
    with pytest.raises(Refused, match="Only a manager may agree a later one") as refusal:
        agree(date(2027, 1, 27), people.sam)
    assert refusal.value.field == "due_on"
    agree(date(2027, 1, 27), people.mo)
    assert clock().due_at == datetime(2027, 1, 27, 23, 59, 59, tzinfo=UTC)
    moved = Entry.objects.filter(event="deadline.moved", data__duty="assessment").order_by("id").last()
    assert moved is not None and moved.data["reason"] == "Agreed with Carol"
    for day, says in ((date(2027, 3, 3), "never take longer than until"), (date(2027, 1, 10), "passed")):
        with pytest.raises(Refused, match=says):
            agree(day, people.mo)
    with pytest.raises(Refused) as refusal:
        services.agree_assessment_date(referral, due_on=date(2027, 1, 13), reason=" ", by=people.mo, at=LATER)
    assert (refusal.value.field, AssessmentDate.objects.count()) == ("reason", 2)


def test_other_clocks_stay_where_they_are_when_a_date_is_agreed(people: Cast, referral: Referral) -> None:
    """Only the assessment's moves."""
    before = dict(Deadline.objects.exclude(duty="assessment").values_list("pk", "due_at"))
    services.agree_assessment_date(
        referral, due_on=date(2027, 1, 20), reason="Agreed with Carol", by=people.sam, at=LATER
    )
    assert dict(Deadline.objects.exclude(duty="assessment").values_list("pk", "due_at")) == before


def test_new_information_has_no_assessment_of_its_own(people: Cast, referral: Referral) -> None:
    """Nothing was referred then, so nothing is counted from it."""
    Deadline.objects.filter(duty="assessment").delete()
    with pytest.raises(MoveNotAllowed, match="No referral was received"):
        services.record_assessment(referral, **DECISION, decided_at=LATER, by=people.sam, at=LATER)


def test_the_page_records_the_decision_and_the_worklist_leads_to_it(people: Cast) -> None:
    """As Sam meets it: from the clock to the page to the case."""
    request = a_submitted_request(people)
    client = Client()
    client.force_login(people.sam)
    subject = f"referral:{request.referral_id}"
    there = client.get(reverse("worklist:go", args=[subject]), {"duty": "assessment"})
    page = reverse("strategy:assessment", args=[request.referral_id])
    assert there.headers["Location"] == page
    assert "Assessment decision" in client.get(page).content.decode()
    wrong = client.post(page, DECISION | {"outcome": ""})
    assert (wrong.status_code, "Choose what the assessment came to" in wrong.content.decode()) == (422, True)
    now = Deadline.objects.get(duty="assessment").starts_at + timedelta(minutes=30)
    done = client.post(page, DECISION | {"decided_at": now.isoformat()})
    assert done.headers["Location"] == reverse("worklist:case", args=[request.case.reference])
    assert Deadline.objects.get(duty="assessment").state == "met"
    assert client.get(page).status_code == 403


def test_who_decided_is_offered_from_the_managers_and_filled_in_for_one(
    people: Cast, referral: Referral
) -> None:
    """Anybody else may still be typed."""
    url = reverse("strategy:assessment", args=[referral.pk])
    told = {one: Client() for one in (people.sam, people.mo)}
    pages = []
    for person, client in told.items():
        client.force_login(person)
        pages.append(client.get(url).content.decode())
    for page in pages:
        assert '<option value="Mo Mensah, team manager"><option value=' in page and 'list="deciders"' in page
    assert ["Mo Mensah, team manager" in page.split("<datalist")[0] for page in pages] == [False, True]
