"""A deadline met late is asked about at once, whatever the page; else it stands on its owner's worklist."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.errors import MoveNotAllowed, NotAllowed, Refused
from audit.models import Entry
from deadlines import services
from deadlines.models import Deadline
from strategy.clocks import AUTHORISE_REQUEST
from strategy.models import StrategyRequest
from tests.builders.requests import a_submitted_request
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
REASON = {"late_reason": "I was in court.", "late_accepted_by": "Hal Hart, head of service"}


@pytest.fixture
def people() -> Cast:
    """The cast."""
    return cast()


def late_request(people: Cast) -> tuple[StrategyRequest, Deadline]:
    """A request whose answer was due a minute ago."""
    request = a_submitted_request(people)
    clock = Deadline.objects.get(subject=request.subject, duty=AUTHORISE_REQUEST)
    due = timezone.now() - timedelta(minutes=1)
    Deadline.objects.filter(pk=clock.pk).update(starts_at=due - timedelta(hours=1), due_at=due)
    return request, Deadline.objects.get(pk=clock.pk)


def met_late(people: Cast) -> Deadline:
    """The same, answered by Mo just now without a word."""
    _, clock = late_request(people)
    return services.meet(clock, by=people.mo, at=timezone.now())


def browser(user: User) -> Client:
    """Signed in."""
    client = Client()
    client.force_login(user)
    return client


def test_whoever_meets_it_late_is_asked_at_once_and_led_on(people: Cast) -> None:
    """The act itself does not wait: it is done, and the page for the reason leads to where it was going."""
    request, clock = late_request(people)
    client = browser(people.mo)
    answer = client.post(reverse("attendees:authorise", args=[request.pk]), {})
    request.refresh_from_db()
    explain = reverse("deadlines:explain", args=[clock.pk])
    there, _, goes_on = answer.headers["Location"].partition("?next=")
    assert (answer.status_code, request.status, there) == (302, "authorised", explain)
    page = client.get(answer.headers["Location"]).content.decode()
    assert "Late: authorise the request" in page and "Say it later" in page
    said = client.post(explain, REASON | {"next": "/cases/"})
    clock.refresh_from_db()
    assert (said.status_code, said.headers["Location"]) == (302, "/cases/")
    assert (clock.late_reason, clock.late_accepted_by) == tuple(REASON.values())
    assert goes_on
    assert Entry.objects.filter(event="deadline.lateness_explained").count() == 1


def test_in_time_nobody_is_asked(people: Cast) -> None:
    """The authorisation leads where it always leads."""
    request = a_submitted_request(people)
    answer = browser(people.mo).post(reverse("attendees:authorise", args=[request.pk]), {})
    assert answer.status_code == 302
    assert "/late/" not in answer.headers["Location"]


def test_what_was_not_said_is_a_task_of_its_owner_until_it_is_said(people: Cast) -> None:
    """On the owner's worklist and counted in the navigation, on the case, and nowhere once it is given."""
    clock = met_late(people)
    home = browser(people.mo).get("/").content.decode()
    assert "Say why it was late" in home
    assert reverse("deadlines:explain", args=[clock.pk]) in home
    asked = home.partition('id="group-late"')[2].partition("</section>")[0]
    assert all(child.name in asked for child in clock.case.children.all())
    case = browser(people.sam).get(reverse("worklist:case", args=[clock.case.reference])).content.decode()
    assert "nobody has yet said why" in case
    assert "Say why it was late" not in browser(people.ada).get("/").content.decode()
    services.explain_late_clock(clock, **REASON, by=people.mo, at=timezone.now())
    assert "Say why it was late" not in browser(people.mo).get("/").content.decode()
    case = browser(people.sam).get(reverse("worklist:case", args=[clock.case.reference])).content.decode()
    assert "I was in court." in case and "nobody has yet said why" not in case


def test_the_navigation_counts_it(people: Cast) -> None:
    """What stands on the worklist is what the number says."""
    from worklist.querysets import turns_and_heartbeat

    before = turns_and_heartbeat(people.mo)[0]
    clock = met_late(people)
    running = Deadline.objects.running().filter(owner=people.mo).count()
    assert (before, turns_and_heartbeat(people.mo)[0]) == (0, running + 1)
    services.explain_late_clock(clock, **REASON, by=people.mo, at=timezone.now())
    assert turns_and_heartbeat(people.mo)[0] == running


def test_who_may_say_why(people: Cast) -> None:
    """Whose turn it was, whoever did it, and managers who see the case; a stranger to the case nothing."""
    may = set()
    for name, user in people.everyone.items():
        clock = met_late(people)
        try:
            services.explain_late_clock(clock, **REASON, by=user, at=timezone.now())
            may.add(name)
        except NotAllowed:
            pass
    assert may == {"mo", "ada", "asha", "hal"}


@pytest.mark.parametrize("field", REASON)
def test_both_are_needed(people: Cast, field: str) -> None:
    """Refused at the field by the service, and by the page with what was typed kept."""
    clock = met_late(people)
    with pytest.raises(Refused) as refusal:
        services.explain_late_clock(clock, **REASON | {field: " "}, by=people.mo, at=timezone.now())
    assert refusal.value.field == field
    page = browser(people.mo).post(reverse("deadlines:explain", args=[clock.pk]), REASON | {field: ""})
    clock.refresh_from_db()
    assert (page.status_code, clock.late_reason) == (422, "")


def test_it_is_said_once_and_only_of_what_was_late(people: Cast) -> None:
    """The second is told that somebody was quicker; a running clock owes nothing."""
    clock = met_late(people)
    services.explain_late_clock(clock, **REASON, by=people.mo, at=timezone.now())
    with pytest.raises(MoveNotAllowed, match="already said"):
        services.explain_late_clock(clock, **REASON, by=people.mo, at=timezone.now())
    page = browser(people.mo).get(reverse("deadlines:explain", args=[clock.pk]))
    assert (page.status_code, "I was in court." in page.content.decode()) == (403, True)
    _, running = late_request(people)
    with pytest.raises(MoveNotAllowed, match="not met late"):
        services.explain_late_clock(running, **REASON, by=people.mo, at=timezone.now())


def test_the_way_on_is_never_off_our_pages(people: Cast) -> None:
    """A `next` that leads elsewhere is left for the case."""
    clock = met_late(people)
    said = browser(people.mo).post(
        reverse("deadlines:explain", args=[clock.pk]), REASON | {"next": "//evil.example/"}
    )
    assert said.headers["Location"] == reverse("worklist:case", args=[clock.case.reference])


def test_what_a_partner_did_late_is_asked_of_the_case_s_manager(people: Cast) -> None:
    """A partner sees no case, so the question would reach nobody."""
    clock = met_late(people)
    Deadline.objects.filter(pk=clock.pk).update(owner=people.paul)
    assert "Say why it was late" in browser(people.mo).get("/").content.decode()
    assert "Say why it was late" not in browser(people.ada).get("/").content.decode()
