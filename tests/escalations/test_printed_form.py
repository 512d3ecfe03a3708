"""The procedure's own form, filled from what is recorded (rows W39, G17)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from audit.models import Entry
from deadlines.models import Deadline
from escalations import services
from tests.builders.ladder import FACTS, WANTED, a_resolution, an_escalation, paul_with_an_account
from tests.builders.meeting import a_held_discussion
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def printed(who: object, pk: int) -> str:
    client = Client()
    client.force_login(who)  # type: ignore[arg-type]
    return client.get(f"/escalations/{pk}/form/").content.decode()


def test_every_question_has_its_answer_and_what_is_open_a_line_to_write_on(people: Cast) -> None:
    held = a_held_discussion(people)
    one = an_escalation(held.case, people, discussion=held)
    told = printed(people.sam, one.pk)
    facts = (FACTS, WANTED, "Ruby Fenwick", held.case.reference, people.police.name, "Discussion 1")
    assert [one for one in (*facts, "None yet") if one not in told] == []
    assert "Agreed outcome: ____" in told
    seen = Deadline.objects.filter(
        duty="child_seen", subject=f"child:{held.request.children.get(given_names='Ruby').pk}"
    )
    seen.update(due_at=timezone.now() - timedelta(hours=1), breached_at=timezone.now())
    assert "See and speak to the child, <bdi>Ruby Fenwick</bdi>: due" in printed(people.sam, one.pk)
    assert Entry.objects.filter(event="escalation.form_printed", is_read=True).count() == 2
    services.record_response(one, response="He comes.", how="By telephone", by=people.sam, at=timezone.now())
    done = a_resolution(one, people)
    told = printed(people.sam, one.pk)
    assert done.outcome in told and "He comes." in told and "Agreed outcome: ____" not in told


def test_it_has_the_name_that_the_procedure_gives_it_and_no_stranger_sees_it(people: Cast) -> None:
    held = a_held_discussion(people)
    one = an_escalation(held.case, people, discussion=held)
    services.move_up(one, why="No answer", by=people.sam, at=timezone.now())
    assert '<h1 class="govuk-heading-l">Escalation form: trigger, resolved, escalated</h1>' in printed(
        people.sam, one.pk
    )
    client = Client()
    client.force_login(people.otto)
    assert client.get(f"/escalations/{one.pk}/form/").status_code == 404


def test_the_other_agency_prints_it_with_a_reference_and_no_child(people: Cast) -> None:
    """Who was invited may follow it; the name is written by hand, other deadlines are not theirs to read."""
    held = a_held_discussion(people)
    one = an_escalation(held.case, people, discussion=held)
    paul_with_an_account(people)
    client = Client()
    client.force_login(people.paul)
    address = f"/partner/escalations/{one.pk}/form/"
    assert address in client.get(f"/partner/escalations/{one.pk}/").content.decode()
    told = client.get(address).content.decode()
    assert [
        fact for fact in (FACTS, WANTED, held.case.reference, "Write the names by hand") if fact not in told
    ] == []
    assert [fact for fact in ("Fenwick", "Deadlines passed", "with quorum") if fact in told] == []
    assert Entry.objects.get(event="escalation.form_printed").by_name == people.paul.name
    client.force_login(people.hetty)
    assert client.get(address).status_code == 404
