"""What the facts let whom escalate: with the facts filled in, and no longer once somebody has raised it."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from attendees.models import Attendance, Professional
from attendees.services.directory import add_professional
from cases.models import Case
from deadlines.models import Deadline
from escalations import services
from escalations.enums import Cause
from escalations.offers import offer_for, offers_for, offers_on_desk
from escalations.people import Actor, agencies_of
from escalations.rules import facts_of
from minutes.enums import Answer
from minutes.services.round import answer_record
from tests.builders.booking import a_booked_discussion
from tests.builders.ladder import an_escalation
from tests.builders.meeting import a_held_discussion, a_started_discussion
from tests.builders.requests import a_submitted_request
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    """Everybody."""
    return cast()


def named(name: str) -> Professional:
    """Somebody of the directory."""
    return Professional.objects.select_related("agency").get(name=name)


def titles(case: Case, by: Actor, now: datetime) -> list[str]:
    """What is offered, in its words."""
    return sorted(one.title for one in offers_for(case, by, now))


def test_an_agency_that_quorum_needed_and_that_did_not_come(people: Cast) -> None:
    minutes = a_started_discussion(people, without=["Paul Pike", "Dan Dale"])
    case, now = minutes.discussion.case, timezone.now()
    absent = "Northshire Police did not take part in discussion 1"
    assert [one for one in titles(case, people.mo, now) if "take part" in one] == [absent]
    assert [one for one in titles(case, named("Paul Pike"), now) if "take part" in one] == []
    offer = next(one for one in offers_for(case, people.mo, now) if one.cause == Cause.NON_ATTENDANCE)
    facts = facts_of(offer, now)
    assert "Paul Pike, Detective sergeant was recorded as: Absent." in facts
    assert "strategy discussion 1 of " + case.reference in facts
    assert "Ruby" not in facts and "Fenwick" not in facts


def test_an_agency_of_which_somebody_came_is_not_offered_as_absent(people: Cast) -> None:
    """Whoever of it was asked, and whatever role they would have filled; nor for information told there."""
    minutes = a_started_discussion(people, without=["Paul Pike", "Dan Dale"])
    Professional.objects.filter(name="Hetty Hall").update(agency=people.police)  # a colleague of Paul's
    case, later = minutes.discussion.case, timezone.now() + timedelta(hours=4)
    assert [one for one in titles(case, people.mo, later) if "Police" in one] == []


def test_with_quorum_nobody_is_offered_as_absent(people: Cast) -> None:
    minutes = a_started_discussion(people, without=["Dan Dale"])
    now = timezone.now()
    assert minutes.discussion.quorate_at is not None
    assert [one for one in titles(minutes.discussion.case, people.mo, now) if "take part" in one] == []


def test_information_that_has_not_come_until_it_does_or_they_tell_it_at_the_discussion(people: Cast) -> None:
    discussion = a_booked_discussion(people)
    asked = discussion.information.get(professional__name="Hetty Hall")
    case, late = discussion.case, asked.due_at + timedelta(minutes=1)
    wanted = "Northshire Health Trust has not sent its information for discussion 1"
    assert [one for one in titles(case, people.sam, asked.due_at) if "Health" in one] == []
    assert [one for one in titles(case, people.sam, late) if "Health" in one] == [wanted]
    offer = offer_for(case, people.sam, f"information:{asked.pk}", late)
    assert offer is not None and "(Hetty Hall, Health visitor) was asked on" in facts_of(offer, late)
    Attendance.objects.create(
        discussion=discussion, professional=asked.professional, name="Hetty Hall", job_role="x",
        agency_name="x", quorum_role="health", mode="remote", arrived_at=late,
    )  # fmt: skip
    assert [one for one in titles(case, people.sam, late) if "Health" in one] == []


def test_a_discussion_not_convened_is_offered_to_partners_only(people: Cast) -> None:
    request = a_submitted_request(people)
    case, late = request.case, timezone.now() + timedelta(days=2)
    about = f"referral:{request.referral_id}"
    assert offer_for(case, people.sam, about, late) is None
    assert offer_for(case, named("Hetty Hall"), about, late) is None  # named in the request, asked to nothing
    a_wanted_partner_is_a_referrer(request.referral, named("Hetty Hall"))
    offer = offer_for(case, named("Hetty Hall"), about, late)
    assert offer is not None
    assert (offer.cause, offer.agency_name) == (Cause.NOT_CONVENED, "Ambleford Council")
    assert facts_of(offer, late).startswith(f"A strategy discussion for {case.reference} had to be held by ")
    assert offer_for(case, named("Hetty Hall"), about, request.referral.triggered_at) is None


def test_late_minutes_and_an_action_not_done(people: Cast) -> None:
    discussion = a_held_discussion(people)
    case, late = discussion.case, timezone.now() + timedelta(days=10)
    hetty, mo = titles(case, named("Hetty Hall"), late), titles(case, people.mo, late)
    assert "The minutes of discussion 1 have not reached everybody in time" in hetty
    assert "The minutes of discussion 1 have not reached everybody in time" not in mo
    overdue = [one for one in mo if one.startswith("Action ")]
    assert len(overdue) == 1 and overdue[0].endswith("of discussion 1 is overdue (Northshire Police)")


def test_an_objection_is_taken_up_by_either_side_with_the_other(people: Cast) -> None:
    discussion = a_held_discussion(people)
    hetty, now = discussion.attendance.get(name="Hetty Hall"), timezone.now()
    said = answer_record(
        discussion.minutes, hetty, Answer.OBJECTS, text="It is section 47.", by=named("Hetty Hall"), at=now
    )
    about = f"agreement:{said.pk}"
    theirs = offer_for(discussion.case, named("Hetty Hall"), about, now)
    ours = offer_for(discussion.case, people.mo, about, now)
    assert theirs is not None and ours is not None
    assert (theirs.agency, theirs.agency_name) == (people.council.pk, "Ambleford Council")
    assert (ours.agency, ours.cause) == (people.health.pk, Cause.DISAGREEMENT)


def test_what_was_raised_is_offered_to_nobody_until_it_is_withdrawn(people: Cast) -> None:
    request = a_submitted_request(people)
    case, late = request.case, timezone.now() + timedelta(days=2)
    about = f"referral:{request.referral_id}"
    partner = named("Hetty Hall")
    a_wanted_partner_is_a_referrer(request.referral, partner)
    raised = an_escalation(
        case, people, by=partner, against=people.council, about=about, cause="not_convened"
    )
    assert offer_for(case, partner, about, late) is None
    services.withdraw(raised, reason="It is booked.", by=partner, at=late)
    assert offer_for(case, partner, about, late) is not None


def test_a_partner_is_offered_nothing_of_a_discussion_they_do_not_know(people: Cast) -> None:
    """Nor told the agencies of it, nor why a clock has its limit, which may name what was suspected."""
    discussion = a_held_discussion(people)
    case, late = discussion.case, timezone.now() + timedelta(days=10)
    hetty = discussion.attendance.get(name="Hetty Hall")
    answer_record(discussion.minutes, hetty, Answer.OBJECTS, text="No.", by=named("Hetty Hall"), at=late)
    wendy = a_stranger_who_refers(people)
    referral = discussion.request.referral
    assert referral is not None
    a_wanted_partner_is_a_referrer(referral, wendy)
    Deadline.objects.filter(duty="convene", case=case).update(
        state="running", met_at=None, because="Penetrative sexual abuse."
    )
    assert "Hetty Hall, Northshire Health Trust objected to the record of discussion 1" in titles(
        case, named("Paul Pike"), late
    )
    [offer] = offers_for(case, wendy, late)
    assert (offer.about, "Penetrative" in facts_of(offer, late)) == (f"referral:{referral.pk}", False)
    assert [one.name for one in agencies_of(case, wendy)] == ["Ambleford Council"]
    assert people.police in agencies_of(case, named("Hetty Hall"))
    assert people.police in agencies_of(case, people.mo)


def a_stranger_who_refers(people: Cast) -> Professional:
    """Somebody of the directory who was asked to nothing."""
    return add_professional(
        name="Wendy Webb", agency=people.stranger_agency, job_role="Housing officer", quorum_role="housing",
        phone="01632 960123", email="wendy.webb@far-away-housing.example", by=people.bea, at=timezone.now(),
    )  # fmt: skip


def a_wanted_partner_is_a_referrer(referral: object, partner: Professional) -> None:
    """The referral came from this partner's address."""
    referral.referrer_email = partner.email  # type: ignore[attr-defined]
    referral.save()  # type: ignore[attr-defined]


def test_the_desk_offers_what_is_ones_own_work_in_one_statement(people: Cast) -> None:
    discussion = a_booked_discussion(people)
    late = discussion.planned_start - timedelta(minutes=1)

    def on_the_desk_of(user: User) -> list[str]:
        return [one.about for one in offers_on_desk(user, late) if one.case == discussion.case_id]

    asked = [f"information:{one.pk}" for one in discussion.information.order_by("pk")]
    partners = [one for one in asked if one in on_the_desk_of(people.sam)]
    assert len(partners) >= 3
    assert on_the_desk_of(people.mo) == on_the_desk_of(people.sam)
    for nobody in (people.olga, people.otto, people.paul, people.adi):
        assert on_the_desk_of(nobody) == []
    with CaptureQueriesContext(connection) as told:
        offers_on_desk(people.sam, late)
    assert len(told) == 1
