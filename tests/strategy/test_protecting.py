"""What is done for the child at once, written down with its real time; and what becomes of an enquiry."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.errors import MoveNotAllowed, NotAllowed, Refused
from audit.models import Entry
from cases.rules import ChildFacts
from cases.services import add_child
from deadlines.models import Deadline
from outbox.models import Letter
from outbox.services.settling import park_overdue
from referrals.enums import CircumstanceKind as Kind
from referrals.rules import CircumstanceFacts
from strategy import services
from strategy.clocks import keep_clocks
from strategy.enums import Finding
from strategy.models import ChildSeen, Discussion, Enquiry, ProtectionDecision, UrgentCall
from strategy.services import Ending
from tests.builders.requests import a_draft_request, a_submitted_request
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
NOW = timezone.now()
MINUTES = timedelta(minutes=1)
DECISION: dict[str, Any] = {
    "decision": "The children stay with their grandmother tonight.",
    "police_contact": "DS Pike, 01632 960101",
}


@pytest.fixture
def people() -> Cast:
    """The cast."""
    return cast()


def test_the_decision_meets_its_clock_when_it_was_made(people: Cast) -> None:
    """Typed ten minutes later: the clock has the moment of the decision."""
    request = a_draft_request(people, at=NOW)
    made_at = NOW - 10 * MINUTES
    services.record_protection_decision(request, **DECISION, decided_at=made_at, by=people.asha, at=NOW)
    clock = Deadline.objects.get(duty="immediate_protection_decision")
    entry = Entry.objects.get(event="request.protection_decided")
    assert (clock.state, clock.met_at, entry.occurred_at) == ("met", made_at, made_at)


DECIDE = {"asha", "mo", "hal"}


def test_who_records_the_decision(people: Cast) -> None:
    """Managers who may see the case; the social worker and partners are refused."""
    request = a_draft_request(people, at=NOW)
    may = set()
    for name, user in people.everyone.items():
        try:
            services.record_protection_decision(request, **DECISION, decided_at=NOW, by=user, at=NOW)
            may.add(name)
        except NotAllowed:
            pass
    assert may == DECIDE


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"decision": " "}, "decision"),
        ({"police_contact": ""}, "police_contact"),
        ({"decided_at": NOW + 10 * MINUTES}, "decided_at"),
    ],
)
def test_a_decision_says_what_with_whom_and_when(people: Cast, more: dict[str, Any], field: str) -> None:
    """Refused at the field; the clock runs on."""
    request = a_draft_request(people, at=NOW)
    with pytest.raises(Refused) as refusal:
        services.record_protection_decision(
            request, **{**DECISION, "decided_at": NOW, **more}, by=people.asha, at=NOW
        )
    assert (refusal.value.field, ProtectionDecision.objects.count()) == (field, 0)
    assert Deadline.objects.get(duty="immediate_protection_decision").state == "running"


def test_an_urgent_call_is_written_down_with_its_real_time(people: Cast) -> None:
    """W08: the call came first."""
    request = a_draft_request(people, at=NOW, is_full=False)
    call = {"callee": "The police sergeant", "number": "01632 960555", "result": "Two officers go now."}
    services.record_urgent_call(request, **call, called_at=NOW - 30 * MINUTES, by=people.sam, at=NOW)
    assert UrgentCall.objects.get().at == NOW - 30 * MINUTES
    assert Entry.objects.get(event="request.urgent_call").occurred_at == NOW - 30 * MINUTES
    for more, field in (({"callee": ""}, "callee"), ({"result": ""}, "result")):
        with pytest.raises(Refused) as refusal:
            services.record_urgent_call(request, **{**call, **more}, called_at=NOW, by=people.sam, at=NOW)
        assert refusal.value.field == field
    with pytest.raises(NotAllowed):
        services.record_urgent_call(request, **call, called_at=NOW, by=people.olga, at=NOW)


SEEN: dict[str, Any] = {"seen_by": "Sam Shah", "how": "spoken", "alone": "yes", "place": "School"}


def test_seeing_a_child_meets_that_child_s_clock(people: Cast) -> None:
    """And not the other's."""
    request = a_draft_request(people, at=NOW)
    ruby, jack = request.children.all()
    services.record_child_seen(ruby, **SEEN, seen_at=NOW - 5 * MINUTES, by=people.sam, at=NOW)
    states = {one.subject: (one.state, one.met_at) for one in Deadline.objects.filter(duty="child_seen")}
    assert states == {
        f"child:{ruby.pk}": ("met", NOW - 5 * MINUTES),
        f"child:{jack.pk}": ("running", None),
    }


def test_seen_before_the_referral_does_not_count(people: Cast) -> None:
    """The clock asks for a visit after it."""
    request = a_draft_request(people, at=NOW)
    services.record_child_seen(
        request.children.all()[0], **SEEN, seen_at=NOW - timedelta(days=2), by=people.sam, at=NOW
    )
    assert set(Deadline.objects.filter(duty="child_seen").values_list("state", flat=True)) == {"running"}


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"seen_by": ""}, "seen_by"),
        ({"how": "winked"}, "how"),
        ({"alone": ""}, "alone"),
        ({"seen_at": NOW + 10 * MINUTES}, "seen_at"),
    ],
)
def test_a_sighting_says_who_how_and_when(people: Cast, more: dict[str, Any], field: str) -> None:
    """Refused at the field."""
    child = a_draft_request(people, at=NOW).children.all()[0]
    with pytest.raises(Refused) as refusal:
        services.record_child_seen(child, **{**SEEN, "seen_at": NOW, **more}, by=people.sam, at=NOW)
    assert (refusal.value.field, ChildSeen.objects.count()) == (field, 0)


def test_an_unborn_child_is_not_seen_and_a_stranger_sees_nobody(people: Cast) -> None:
    """Both refused."""
    request = a_draft_request(people, at=NOW)
    unborn = ChildFacts(
        family_name="Fenwick", is_unborn=True, expected_date=timezone.localdate() + timedelta(60)
    )
    child = add_child(request.case, unborn, by=people.sam, at=NOW)
    with pytest.raises(Refused, match="unborn"):
        services.record_child_seen(child, **SEEN, seen_at=NOW, by=people.sam, at=NOW)
    with pytest.raises(NotAllowed):
        services.record_child_seen(request.children.all()[0], **SEEN, seen_at=NOW, by=people.olga, at=NOW)


MONDAY = datetime(2026, 11, 16, 12, tzinfo=UTC)
THEN = datetime(2026, 11, 23, 12, tzinfo=UTC)
ENDING = Ending(Finding.CONTINUING_RISK, ["LEGAL_ACTION_FLAG"], "Safe now.")
DELAY: dict[str, Any] = {
    "planned_on": date(2026, 12, 11),
    "why": "The medical report is late.",
    "manager": "Mo Mensah, team manager",
    "chair": "Ira Jones",
    "safety_plan": "Grandmother keeps them both.",
}


def no_conference(enquiry: Enquiry, people: Cast, **more: Any) -> Enquiry:
    """Written down by the social worker, decided by the manager an hour after it began."""
    told: dict[str, Any] = {
        "why": "Nothing was borne out.",
        "decided_by": "Mo Mensah",
        "decided_role": "Team manager",
        "decided_at": MONDAY + 60 * MINUTES,
        "ending": Ending(Finding.NOT_SUBSTANTIATED, ["MONITOR_FLAG"]),
        "by": people.sam,
        "at": THEN,
    }
    return services.record_no_conference(enquiry, **{**told, **more})


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def enquiry(people: Cast) -> Enquiry:
    """An enquiry that began a week ago."""
    request = a_submitted_request(people, at=MONDAY)
    held = Discussion.objects.create(
        case=request.case, request=request, number=1, format="virtual", status="started",
        planned_start=MONDAY,
        planned_end=MONDAY + 60 * MINUTES, started_at=MONDAY, started_by=people.mo, quorate_at=MONDAY,
    )  # fmt: skip
    child = request.children.all()[0]
    made = Enquiry.objects.create(
        child=child, discussion=held, kind="joint", started_at=MONDAY, lead=people.sam
    )
    keep_clocks(request.referral, by=people.mo, at=MONDAY)
    return made


def test_the_conference_meets_its_clock_and_then_the_enquiry_closes(people: Cast, enquiry: Enquiry) -> None:
    """In that order (rule 8868)."""
    with pytest.raises(Refused, match="First record the conference"):
        services.close_enquiry(enquiry, ending=ENDING, by=people.sam, at=THEN)
    services.record_conference(enquiry, held_on=date(2026, 11, 20), plan="yes", by=people.sam, at=THEN)
    clock = Deadline.objects.get(duty="icpc")
    assert (clock.state, clock.met_at) == ("met", datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC))
    with pytest.raises(MoveNotAllowed, match="was held on"):
        no_conference(enquiry, people)
    closed = services.close_enquiry(enquiry, ending=ENDING, by=people.sam, at=THEN)
    assert (closed.closed_at, closed.closed_by) == (THEN, people.sam)
    told = (closed.conference_plan, closed.finding, closed.outcomes, closed.closed_reason)
    assert told == ("yes", Finding.CONTINUING_RISK, ["LEGAL_ACTION_FLAG", "CP_CONFERENCE_FLAG"], "Safe now.")
    entry = Entry.objects.get(event="enquiry.closed")
    assert entry.data == {"finding": closed.finding, "outcomes": closed.outcomes}
    with pytest.raises(MoveNotAllowed, match="closed by Sam Shah"):
        services.close_enquiry(enquiry, ending=ENDING, by=people.sam, at=THEN)


@pytest.mark.parametrize(
    ("day", "says"),
    [
        (date(2026, 11, 13), "before the enquiry began"),
        (date(2026, 11, 24), "in the future"),
        (date(2026, 11, 21), "Saturday or Sunday"),
    ],
)
def test_a_conference_day_that_national_returns_would_refuse(
    people: Cast, enquiry: Enquiry, day: date, says: str
) -> None:
    """Rules 8615 and 8870."""
    with pytest.raises(Refused, match=says) as refusal:
        services.record_conference(enquiry, held_on=day, plan="no", by=people.sam, at=THEN)
    assert refusal.value.field == "held_on"


def test_no_conference_required_meets_the_clock_and_closes(people: Cast, enquiry: Enquiry) -> None:
    """With who decided, why and when, and what the enquiry came to; the reason is the closing sentence."""
    no_conference(enquiry, people)
    enquiry.refresh_from_db()
    assert (enquiry.conference_not_required, enquiry.closed_reason) == (True, "Nothing was borne out.")
    told = (enquiry.not_required_by, enquiry.not_required_role, enquiry.not_required_at)
    assert told == ("Mo Mensah", "Team manager", MONDAY + 60 * MINUTES)
    assert (enquiry.finding, enquiry.outcomes) == (Finding.NOT_SUBSTANTIATED, ["MONITOR_FLAG"])
    assert Deadline.objects.get(duty="icpc").state == "met"
    assert Entry.objects.filter(event="enquiry.conference_not_required").count() == 1


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"why": " "}, "why"),
        ({"decided_by": "sam shah"}, "decided_by"),  # who writes, and is no manager
        ({"decided_role": ""}, "decided_role"),
        ({"decided_at": MONDAY - MINUTES}, "decided_at"),
        ({"decided_at": THEN + 10 * MINUTES}, "decided_at"),
        ({"ending": Ending("perhaps", ["MONITOR_FLAG"])}, "finding"),
        ({"ending": Ending(Finding.NOT_SUBSTANTIATED)}, "outcomes"),
        ({"ending": Ending(Finding.NOT_SUBSTANTIATED, ["NFA_FLAG", "MONITOR_FLAG"])}, "outcomes"),
        ({"ending": Ending(Finding.NOT_SUBSTANTIATED, ["CP_CONFERENCE_FLAG"])}, "outcomes"),
    ],
)
def test_that_none_is_required_says_who_decided_why_and_what_follows(
    people: Cast, enquiry: Enquiry, more: dict[str, Any], field: str
) -> None:
    """Refused at the field; the enquiry stays open."""
    with pytest.raises(Refused) as refusal:
        no_conference(enquiry, people, **more)
    enquiry.refresh_from_db()
    assert (refusal.value.field, enquiry.closed_at) == (field, None)


def test_a_delay_is_agreed_beforehand_and_moves_no_limit(people: Cast, enquiry: Enquiry) -> None:
    """Its reason waits for whoever records the conference late; a taken-back enquiry takes it along."""
    due = Deadline.objects.get(duty="icpc").due_at
    for more, field in (
        ({"planned_on": date(2026, 12, 7)}, "planned_on"),  # the limit itself
        ({"planned_on": date(2026, 12, 12)}, "planned_on"),  # a Saturday
        ({"planned_on": date(2099, 1, 1)}, "planned_on"),  # a year typed wrongly
        ({"chair": " "}, "chair"),
        ({"safety_plan": ""}, "safety_plan"),
    ):
        with pytest.raises(Refused) as refusal:
            services.agree_delay(enquiry, **{**DELAY, **more}, by=people.sam, at=THEN)
        assert refusal.value.field == field
    services.agree_delay(enquiry, **DELAY, by=people.sam, at=THEN)
    clock = Deadline.objects.get(duty="icpc")
    assert (clock.state, clock.due_at, clock.foreseen_accepted_by) == ("running", due, DELAY["manager"])
    assert (
        clock.foreseen_reason
        == "The medical report is late. Agreed with Ira Jones, who chairs the conference."
    )
    late = datetime(2026, 12, 11, 16, tzinfo=UTC)
    services.record_conference(enquiry, held_on=date(2026, 12, 11), plan="no", by=people.sam, at=late)
    with pytest.raises(MoveNotAllowed):
        services.agree_delay(enquiry, **DELAY, by=people.sam, at=late)
    clock.refresh_from_db()
    assert (clock.was_met_late, clock.owes_reason) == (True, True)
    page = signed_in(people.sam).get(f"/deadlines/{clock.pk}/late/").content.decode()
    assert DELAY["why"] in page and DELAY["manager"] in page
    shown = signed_in(people.sam).get(f"/enquiries/{enquiry.pk}/").content.decode()
    assert DELAY["safety_plan"] in shown and "made no child protection plan" in shown
    enquiry.delete()


def test_a_joint_enquiry_names_who_leads_for_the_police(people: Cast, enquiry: Enquiry) -> None:
    """Shown as nobody until somebody is named; an enquiry by social care alone has none."""
    assert enquiry.leads == "Sam Shah for social care, nobody named for the police"
    services.name_police_lead(enquiry, police_lead=" DS Pike ", by=people.sam, at=THEN)
    enquiry.refresh_from_db()
    assert enquiry.leads == "Sam Shah for social care, DS Pike for the police"
    Enquiry.objects.update(kind="single")
    with pytest.raises(MoveNotAllowed):
        services.name_police_lead(enquiry, police_lead="DS Pike", by=people.sam, at=THEN)


def test_an_enquiry_becomes_single_and_joint_again_with_its_reasons(people: Cast, enquiry: Enquiry) -> None:
    """Both leads stay readable, and what the discussion decided is left alone (row C30)."""
    sam, page = signed_in(people.sam), f"/enquiries/{enquiry.pk}/kind/"
    services.name_police_lead(enquiry, police_lead="DS Pike", by=people.sam, at=THEN)
    asked = sam.post(page, {"why": " "})
    assert (asked.status_code, str(enquiry.child) in asked.content.decode()) == (422, True)
    assert sam.post(page, {"why": "No crime was found, agreed with DS Pike."}).status_code == 302
    enquiry.refresh_from_db()
    assert (enquiry.kind, enquiry.police_lead) == ("single", "")
    assert sam.post(page, {"why": "He was arrested."}).status_code == 422
    assert sam.post(page, {"why": "He was arrested.", "police_lead": "DI Rook"}).status_code == 302
    enquiry.refresh_from_db()
    assert enquiry.leads == "Sam Shah for social care, DI Rook for the police"
    shown = sam.get(f"/enquiries/{enquiry.pk}/").content.decode()
    assert "No crime was found, agreed with DS Pike." in shown and "with DS Pike for the police" in shown
    enquiry.delete()


def test_another_team_closes_nothing(people: Cast, enquiry: Enquiry) -> None:
    """No access."""
    with pytest.raises(NotAllowed):
        no_conference(enquiry, people, by=people.olga)


def test_a_call_to_decide_goes_though_the_hour_has_passed_and_waits_no_longer_once_decided(
    people: Cast,
) -> None:
    """A serious injury of last evening, told after midnight: the decider still hears of it."""
    two_days_ago = timezone.localtime(NOW) - timedelta(days=2)  # a letter is given up after three
    evening = two_days_ago.replace(hour=23, minute=30, second=0, microsecond=0)
    request = a_draft_request(people, circumstances=[], at=evening)
    late = evening + 120 * MINUTES
    services.tell_circumstance(
        request.referral, CircumstanceFacts(kind=Kind.SERIOUS_INJURY_OR_NEGLECT), by=people.sam, at=late
    )
    letter = Letter.objects.get(kind="protection_to_decide")
    clock = Deadline.objects.get(duty="immediate_protection_decision")
    assert clock.due_at is not None and clock.due_at < late
    park_overdue()
    letter.refresh_from_db()
    assert letter.status == "queued"
    services.record_protection_decision(request, **DECISION, decided_at=late, by=people.asha, at=late)
    letter.refresh_from_db()
    assert letter.status == "cancelled"


def test_the_manager_in_whose_name_it_stands_confirms_it_on_their_worklist(
    people: Cast, enquiry: Enquiry
) -> None:
    """Only they, and once; the time is that in which a spoken word is countersigned."""
    no_conference(enquiry, people, manager=people.mo)
    clock = Deadline.objects.running().get(subject=enquiry.subject)
    assert (clock.duty, clock.owner, clock.limit) == ("confirm_no_conference", people.mo, "working_days(1)")
    client, url = signed_in(people.mo), f"/enquiries/{enquiry.pk}/confirm/"
    go = f"{reverse('worklist:go', args=[enquiry.subject])}?duty=confirm_no_conference"
    assert go in client.get("/").content.decode()
    assert client.get(go)["Location"] == url
    assert signed_in(people.sam).get(url).status_code == 403
    assert "Nothing was borne out." in client.get(url).content.decode()
    assert client.post(url, {"is_so": "no", "reason": " "}).status_code == 409
    assert client.post(url, {"is_so": "yes"}).status_code == 302
    assert "Confirmed " in client.get(f"/enquiries/{enquiry.pk}/").content.decode()
    assert not Deadline.objects.running().filter(subject=enquiry.subject).exists()
    assert client.get(url).status_code == 403
    assert Entry.objects.filter(event="enquiry.no_conference_confirmed", subject=enquiry.subject).exists()


def test_not_so_opens_the_enquiry_again_and_the_conference_is_owed_by_its_own_deadline(
    people: Cast, enquiry: Enquiry
) -> None:
    """Whoever wrote it down and whoever leads are told; what was recorded stays in the ledger."""
    due = Deadline.objects.get(duty="icpc").due_at
    no_conference(enquiry, people, manager=people.mo)
    services.answer_no_conference(
        enquiry, is_so=False, reason="I asked for a conference.", by=people.mo, at=THEN + 5 * MINUTES
    )
    enquiry.refresh_from_db()
    told = (enquiry.closed_at, enquiry.conference_not_required, enquiry.not_required_by, enquiry.finding)
    assert told == (None, False, "", "")
    clocks = list(Deadline.objects.running().filter(subject=enquiry.subject).values_list("duty", "due_at"))
    assert clocks == [("icpc", due)]
    letters = Letter.objects.filter(kind="no_conference_denied").values_list("to_email", flat=True)
    assert list(letters) == [people.sam.email]
    entry = Entry.objects.get(event="enquiry.no_conference_denied")
    assert (entry.subject, entry.data["reason"]) == (enquiry.subject, "I asked for a conference.")
    assert Entry.objects.get(event="enquiry.conference_not_required").data["reason"]


def test_who_writes_their_own_decision_has_nothing_to_confirm(people: Cast, enquiry: Enquiry) -> None:
    no_conference(enquiry, people, manager=people.mo, by=people.mo)
    assert not Deadline.objects.filter(duty="confirm_no_conference").exists()
