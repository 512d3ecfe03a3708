"""The record of the meeting after a telephone discussion: enquiries, findings, open actions (row W15)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import Child
from minutes.models import Action, Minutes
from minutes.pdf import page_of
from minutes.services import record, sections
from minutes.services.content import content_of
from minutes.services.earlier import told_of_earlier
from minutes.services.follow_through import complete_action
from minutes.services.versions import missing_of
from referrals.rules import ReferralFacts
from strategy import services
from strategy.models import Discussion, Enquiry
from strategy.services import take_referral_and_ask
from tests.attendees.test_following_up import after_a_call, book
from tests.builders.meeting import a_held_discussion, an_opened_record
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
LACKING = "The findings of the enquiry and the action considered are not recorded for"


@pytest.fixture
def people() -> Cast:
    return cast()


def lacking(minutes: Minutes) -> list[str]:
    """The children for whom the findings are asked still."""
    found = missing_of(minutes, content_of(minutes))
    return [one.sentence for one in found if one.sentence.startswith(LACKING)]


def test_it_begins_with_the_enquiries_and_open_actions_and_asks_for_findings(people: Cast) -> None:
    second = book(after_a_call(people), people)
    minutes = record.open_record(second, by=people.bea, at=timezone.now())
    told = content_of(minutes)["follow_up"]
    first, other = told["enquiries"]
    assert (first["kind"], first["outcome"], first["conference"]) == (
        "Joint",
        "Still going on",
        "Not held yet",
    )
    assert (first["seen"], other["kind"]) == ("Not recorded as seen", "")
    assert first["lead"] == "Sam Shah for social care, Paul Pike for the police"
    keep_up(people, second.request.children.get(pk=first["child_id"]))
    first = content_of(minutes)["follow_up"]["enquiries"][0]
    assert first["seen"].endswith("by Sam Shah. Seen and spoken to; seen alone: not appropriate")
    assert first["conference"].startswith("Not required: decided by Mo Mensah, Team manager, ")
    assert "Concerns not substantiated. Services are provided. Safe with her aunt." in first["outcome"]
    flags = first["national"]["s47e_s47_outcome_json"]
    assert (flags["PROV_OF_SERVICES_FLAG"], flags["NFA_FLAG"], flags["TOTAL_NO_OF_OUTCOMES"]) == ("Y", "N", 1)
    assert first["national"]["ICPCnotRequired"] is True

    before = len(told["carried_over"])
    done = second.request.discussions.get(number=1).minutes.actions.filter(status="open").first()
    assert done is not None and before > 1
    later = timezone.now() + timedelta(minutes=1)
    complete_action(
        done, what_was_done="Told.", done_at=later, told_how="By telephone", by=people.bea, at=later
    )
    carried = content_of(minutes)["follow_up"]["carried_over"]
    assert done.pk not in [one["id"] for one in carried] and len(carried) == before - 1

    cells = list(minutes.sections.filter(field="findings"))
    assert len(cells) == len(lacking(minutes)) == 2
    sections.save_section(cells[0], "A fracture of two ages.", version=0, by=people.bea, at=timezone.now())
    assert lacking(minutes) == [f"{LACKING} {other['child']}."]

    client = Client()
    client.force_login(people.bea)
    room = client.get(reverse("minutes:room", args=[second.pk]), {"step": "information"}).content.decode()
    assert "Section 47 enquiries so far" in room and "and the action considered" in room
    log = client.get(reverse("minutes:room", args=[second.pk]), {"step": "actions"}).content.decode()
    assert "Open actions of earlier discussions" in log and carried[0]["text"] in log
    printed = page_of(content_of(minutes), {"version": {}})
    assert "Outcome of the section 47 enquiries so far" in printed and carried[0]["text"] in printed


def keep_up(people: Cast, child: Child) -> None:
    """The child is seen, and the enquiry ends without a conference."""
    now = timezone.now()
    services.record_child_seen(
        child, seen_at=now, seen_by="Sam Shah", how="spoken", alone="inappropriate", by=people.sam, at=now
    )
    services.record_no_conference(
        Enquiry.objects.get(child=child),
        why="Nothing was borne out.",
        decided_by="Mo Mensah",
        decided_role="Team manager",
        decided_at=now,
        ending=services.Ending("not_substantiated", ["PROV_OF_SERVICES_FLAG"], "Safe with her aunt."),
        by=people.sam,
        at=now,
    )


def test_what_is_asked_for_anew_begins_with_them_too(people: Cast) -> None:
    """A later discussion of the case, of another request: what is open is carried into it."""
    first, now = a_held_discussion(people), timezone.now()
    facts = ReferralFacts(trigger="new_information", triggered_at=now, narrative="A second injury.")
    request = take_referral_and_ask(facts, case=first.case, by=people.sam, at=now)
    request.children.set(first.request.children.all())
    second = Discussion.objects.create(
        case=first.case, request=request, number=2, format="virtual", planned_start=now,
        planned_end=now + timedelta(hours=1),
    )  # fmt: skip
    told = told_of_earlier(second)["earlier"]
    assert [one["kind"] for one in told["enquiries"]] == ["Joint", ""]
    assert len(told["carried_over"]) == first.minutes.actions.filter(status="open").count() > 1
    Action.objects.update(extended_to=now + timedelta(days=30))
    assert told_of_earlier(second)["earlier"]["carried_over"][0]["due_at"].startswith(
        (now + timedelta(days=30)).date().isoformat()
    )


def test_a_first_discussion_has_none_of_it(people: Cast) -> None:
    minutes = an_opened_record(people)
    assert not {"follow_up", "earlier"} & set(content_of(minutes))
    assert not minutes.sections.filter(field="findings").exists() and lacking(minutes) == []
