"""Everything that somebody holds goes to colleagues in one step; a closed account is shut."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Team, User
from attendees.models import Professional
from attendees.services.attendance import expected
from attendees.services.directory import add_professional, professional_for
from audit.errors import MoveNotAllowed, NotAllowed, Refused
from audit.models import Entry
from cases.models import Access, Case
from deadlines import services as deadlines
from deadlines.models import Deadline
from escalations.enums import Level
from escalations.people import owner_for
from minutes.models import Action
from outbox.models import Letter
from referrals.models import Referral
from strategy.clocks import keep_clocks
from strategy.models import BookedPerson, Booking, Enquiry, StrategyRequest
from strategy.services import booking as places
from tests.builders.booking import a_booked_discussion
from tests.builders.meeting import a_held_discussion, a_started_discussion
from tests.builders.requests import a_draft_request, a_submitted_request, an_authorised_request
from tests.people import Cast, cast, person
from tests.worklist.test_desk import page
from worklist.enums import Kind
from worklist.services.handover import close_account, hand_over_everything, reopen_account
from worklist.services.holdings import Holdings
from worklist.services.merging import merge_professionals

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def hand_over(people: Cast, who: User, to: dict[Kind, User], by: User | None = None) -> int:
    now = timezone.now()
    return hand_over_everything(who, to=to, note="Ring the school first.", by=by or people.adi, at=now)


def held(who: User) -> list[tuple[str, str]]:
    return sorted((str(one.kind), one.what) for one in Holdings(who).items())


def second_worker(people: Cast) -> User:
    return person("Tia Tam", "social_worker", agency=people.council, team=people.team)


def test_what_a_social_worker_holds_after_a_discussion(people: Cast) -> None:
    """Case, request, enquiry, actions and the clocks of each: what, never who the child is."""
    a_held_discussion(people)
    told = held(people.sam)
    assert {kind for kind, _ in told} == {"work"}
    assert {"Leads a section 47 enquiry", "Arrange the conference"} <= {what for _, what in told}
    assert not [what for _, what in told if "Fenwick" in what or "Ruby" in what]
    assert not [what for _, what in told if what.startswith("Action ")]  # their clocks are listed


def test_everything_goes_to_a_colleague_and_stays_there(people: Cast) -> None:
    """Also after the clocks are worked out anew: the facts moved, not only the clocks."""
    discussion = a_held_discussion(people)
    tia = second_worker(people)
    number = len(held(people.sam))
    signed = discussion.minutes.action_logs.latest("number").sha256
    assert hand_over(people, people.sam, {Kind.WORK: tia}) == number
    assert held(people.sam) == []
    referral = Referral.objects.get(pk=discussion.request.referral_id)
    keep_clocks(referral, by=people.mo, at=timezone.now())
    assert not Deadline.objects.running().filter(owner=people.sam).exists()
    assert Enquiry.objects.get(discussion=discussion).lead == tia
    owners = set(Action.objects.filter(status="open").values_list("owner__user__email", flat=True))
    assert (people.sam.email in owners, tia.email in owners) == (False, True)
    assert discussion.minutes.action_logs.latest("number").sha256 == signed  # what was signed stays
    letter = Letter.objects.get(kind="handed_over")
    assert (letter.to_email, letter.context["things"]) == (tia.email, f"{number} things")
    entry = Entry.objects.get(event="case.handed_over")
    assert (entry.case_ref, entry.data["why"], entry.data["to"]) == (
        discussion.case.reference, "Ring the school first.", tia.pk,
    )  # fmt: skip


def test_a_request_that_was_taken_over_is_never_authorised_by_who_took_it(people: Cast) -> None:
    """Who asked stays on record; whoever carries it has it for their own (P11)."""
    from strategy.permissions import refusal_to_authorise

    wanted = a_draft_request(people)
    hand_over(people, people.sam, {Kind.WORK: people.ada})
    wanted = StrategyRequest.objects.get(pk=wanted.pk)
    assert (wanted.requester, wanted.carried_by) == (people.sam, people.ada)
    reason = refusal_to_authorise(people.ada, wanted, timezone.now())
    assert reason == "You asked for this discussion, so somebody else must authorise it."


def test_every_kind_needs_somebody_who_can_do_it(people: Cast) -> None:
    """Nothing moves while one part is refused."""
    a_submitted_request(people)
    before = held(people.mo)
    assert {kind for kind, _ in before} == {"chairs", "teams"}
    asked = {Kind.CHAIRS: people.ada, Kind.TEAMS: people.ada}
    for kind, wrong in (
        (Kind.CHAIRS, {Kind.TEAMS: people.ada}),
        (Kind.CHAIRS, asked | {Kind.CHAIRS: people.sam}),
        (Kind.CHAIRS, asked | {Kind.CHAIRS: people.adi}),
        (Kind.TEAMS, asked | {Kind.TEAMS: people.bea}),
        (Kind.TEAMS, asked | {Kind.TEAMS: people.mo}),
    ):
        with pytest.raises(Refused) as refused:
            hand_over(people, people.mo, wrong)
        assert refused.value.field == kind
    assert held(people.mo) == before
    hand_over(people, people.mo, asked)
    assert Team.objects.get(pk=people.team.pk).manager == people.ada


def test_nobody_gets_their_own_request_to_authorise(people: Cast) -> None:
    wanted = a_submitted_request(people)
    StrategyRequest.objects.filter(pk=wanted.pk).update(on_behalf_of=people.ada)
    with pytest.raises(Refused) as refused:
        hand_over(people, people.mo, {Kind.CHAIRS: people.ada, Kind.TEAMS: people.otto})
    assert "nobody authorises their own request" in refused.value.sentence


def test_a_restricted_case_goes_only_to_somebody_who_may_see_it(people: Cast) -> None:
    case = a_draft_request(people).case
    Case.objects.filter(pk=case.pk).update(restricted=True)
    with pytest.raises(Refused) as refused:
        hand_over(people, people.sam, {Kind.WORK: people.olga})
    assert "is restricted" in refused.value.sentence
    hand_over(people, people.sam, {Kind.WORK: second_worker(people)})  # of the case's team


def test_a_booked_chair_and_minute_taker_are_replaced_and_invited(people: Cast) -> None:
    """The new chair is invited in the old one's place, whose link and unsent letters end."""
    discussion = a_booked_discussion(people)
    hand_over(people, people.mo, {Kind.CHAIRS: people.ada, Kind.TEAMS: people.otto})
    assert Booking.objects.get(cancelled_at=None).chair == people.ada
    now = {one.professional.name: one.withdrawn_at is None for one in discussion.invitations.all()}
    assert (now["Mo Mensah"], now["Ada Arden"]) == (False, True)


def test_who_is_replaced_is_told_and_their_calendar_drops_the_entry(people: Cast) -> None:
    """As everybody taken off; nothing goes to the address of an account that is closed then."""
    discussion = a_booked_discussion(people)
    asked = discussion.invitations.get(professional__user=people.mo)
    hand_over(people, people.mo, {Kind.CHAIRS: people.ada, Kind.TEAMS: people.otto})
    letter = Letter.objects.get(kind="invitation_cancelled")
    assert (letter.to_email, letter.subject_ref, letter.status) == (people.mo.email, asked.subject, "queued")
    calendar = bytes(letter.enclosed.get().enclosure.content).decode()
    assert ("METHOD:CANCEL" in calendar, asked.uid in calendar) == (True, True)
    assert f"SEQUENCE:{asked.sequence + 1}" in calendar
    close(people, people.mo, to={})
    letter.refresh_from_db()
    assert (letter.status, letter.reason) == ("cancelled", "The account was closed")


def test_who_carries_a_request_is_invited_and_the_leaver_is_not(people: Cast) -> None:
    """A leaver is no longer in the directory: what they asked for can be booked all the same."""
    request = an_authorised_request(people)
    tia = second_worker(people)
    close(people, people.sam, to={Kind.WORK: tia})
    discussion = a_booked_discussion(people, request=StrategyRequest.objects.get(pk=request.pk))
    invited = set(discussion.invitations.values_list("professional__name", flat=True))
    assert (tia.name in invited, "Sam Shah" in invited) == (True, False)
    booking = Booking.objects.get(discussion=discussion)
    here = {part.professional.name for part in expected(discussion, booking)}
    assert (tia.name in here, "Sam Shah" in here) == (True, False)


def test_a_chair_who_is_booked_elsewhere_is_refused_by_name_of_the_time(people: Cast) -> None:
    first = a_booked_discussion(people)
    booking = Booking.objects.get(discussion=first)
    other = a_booked_discussion(people, start=first.planned_start + timedelta(hours=3))
    theirs = Booking.objects.filter(discussion=other)
    theirs.update(
        chair=people.ada,
        minute_taker=people.eve,
        during=booking.during,
        occupied=booking.during,
        place=None,
    )
    for was, now in ((people.mo, people.ada), (people.bea, people.eve)):
        BookedPerson.objects.filter(booking__in=theirs, person=was).update(person=now, during=booking.during)
    to = {Kind.CHAIRS: people.ada, Kind.TEAMS: people.otto, Kind.WORK: people.ada}
    with pytest.raises(Refused) as refused:
        hand_over(people, people.mo, to)
    assert (refused.value.field, "already booked" in refused.value.sentence) == (Kind.CHAIRS, True)


def test_who_may_hand_over(people: Cast) -> None:
    a_draft_request(people)
    to = {Kind.WORK: second_worker(people)}
    for by in (people.sam, people.otto, people.ada, people.bea, people.ira):
        with pytest.raises(NotAllowed):
            hand_over(people, people.sam, to, by=by)
    assert hand_over(people, people.sam, to, by=people.mo) > 0
    assert hand_over(people, people.sam, {}, by=people.mo) == 0


def close(people: Cast, who: User, **other: Any) -> User:
    given: dict[str, Any] = {"why": "Left", "to": {}, "note": "Over to you", "by": people.adi}
    return close_account(who, **{**given, **other}, at=timezone.now())


def test_a_leaver_who_holds_something_is_not_closed_without_a_taker(people: Cast) -> None:
    a_held_discussion(people)
    with pytest.raises(Refused) as refused:
        close(people, people.sam)
    assert (refused.value.field, User.objects.get(pk=people.sam.pk).is_active) == (Kind.WORK, True)


def test_a_leaver_is_handed_over_shut_out_and_taken_off_the_directory(people: Cast) -> None:
    discussion = a_held_discussion(people)
    tia = second_worker(people)
    entry = professional_for(people.sam)
    close(people, people.sam, to={Kind.WORK: tia})
    assert held(people.sam) == []
    assert not Access.objects.current().filter(user=people.sam).exists()
    assert not Professional.objects.get(pk=entry.pk).is_active
    waiting = Letter.objects.filter(to_ref__in=[f"user:{people.sam.pk}", f"professional:{entry.pk}"])
    assert not waiting.filter(status__in=["queued", "deferred"]).exists()
    with pytest.raises(MoveNotAllowed):
        close(people, people.sam)
    reopen_account(people.sam, by=people.adi, at=timezone.now())
    sam = User.objects.get(pk=people.sam.pk)
    sam.teams.clear()
    assert not Case.objects.visible_to(sam).filter(pk=discussion.case_id).exists()


def test_a_clock_never_becomes_a_leavers(people: Cast) -> None:
    """Where a fact still names them, it is the case's team's turn."""
    request = a_draft_request(people)
    clock = Deadline.objects.running().get(case=request.case, duty="convene")
    people.sam.is_active = False
    people.sam.save()
    deadlines.hand_over(clock, owner=people.sam, verb="Finish it", by=people.mo, at=timezone.now())
    clock.refresh_from_db()
    assert (clock.owner, clock.owner_team) == (None, people.team)


def test_the_page_lists_what_is_held_and_closes_in_one_step(people: Cast) -> None:
    """An administrator reads references and verbs, no child's name; an error keeps what was typed."""
    discussion = a_held_discussion(people)
    tia = second_worker(people)
    client = Client()
    client.force_login(people.adi)
    url = reverse("worklist:close_account", args=[people.sam.pk])
    page = client.get(url).content.decode()
    assert (discussion.case.reference in page, "Fenwick" in page, "Ruby" in page) == (True, False, False)
    assert "Hand over and close the account" in page
    answer = client.post(url, {"why": "Left us on Friday", "note": "Over to you"})
    assert (answer.status_code, "Left us on Friday" in answer.content.decode()) == (422, True)
    answer = client.post(url, {"why": "Left", "note": "Over to you", "work": tia.pk})
    assert (answer.status_code, User.objects.get(pk=people.sam.pk).is_active) == (302, False)


# Duplicates of the directory


def twins(people: Cast) -> tuple[Professional, Professional]:
    given: dict[str, Any] = {
        "agency": people.health, "email": "ann.lee@northshire-health.example", "by": people.bea,
        "at": timezone.now(),
    }  # fmt: skip
    first = add_professional(name="Ann Lee", job_role="Midwife", **given)
    return first, add_professional(name="A Lee", job_role="Midwife", phone="01632 960444", **given)


def test_merging_keeps_one_with_what_only_the_other_knew(people: Cast) -> None:
    keep, gone = twins(people)
    merge_professionals(keep, gone, by=people.bea, at=timezone.now())
    gone.refresh_from_db()
    keep.refresh_from_db()
    assert (keep.phone, gone.is_active, gone.merged_into) == ("01632 960444", False, keep)
    assert not Professional.objects.twice().exists()
    with pytest.raises(MoveNotAllowed):
        merge_professionals(keep, gone, by=people.bea, at=timezone.now())


def test_what_is_open_or_an_account_is_kept(people: Cast) -> None:
    keep, gone = twins(people)
    with pytest.raises(NotAllowed):
        merge_professionals(keep, gone, by=people.sam, at=timezone.now())
    other = add_professional(
        name="Bob", job_role="Midwife", agency=people.health, by=people.bea, at=timezone.now()
    )
    gone.user = people.hetty
    gone.save()
    for one in (other, gone):
        with pytest.raises(Refused):
            merge_professionals(keep, one, by=people.bea, at=timezone.now())


def test_what_has_ended_stays_with_who_chaired_it(people: Cast) -> None:
    """Also when it ended between the list being read and the step: only what is open moves."""
    discussion = a_held_discussion(people)
    booking = Booking.objects.get(discussion=discussion, cancelled_at=None)
    hand_over(people, people.mo, {Kind.CHAIRS: people.ada, Kind.TEAMS: people.otto, Kind.WORK: people.ada})
    places.pass_on(booking, "chair", people.ada, by=people.adi, at=timezone.now())
    booking.refresh_from_db()
    assert (booking.chair, booking.cancelled_at) == (people.mo, None)


def test_what_is_being_held_keeps_who_chaired_it_until_then(people: Cast) -> None:
    """The booking before stays on record with its end; somebody who did both is replaced in both."""
    minutes = a_started_discussion(people)
    before = Booking.objects.get(discussion=minutes.discussion, cancelled_at=None)
    Booking.objects.filter(pk=before.pk).update(minute_taker=people.mo)
    to = {Kind.CHAIRS: people.ada, Kind.TEAMS: people.otto, Kind.WORK: people.ada, Kind.MINUTES: people.eve}
    hand_over(people, people.mo, to)
    now = Booking.objects.get(discussion=minutes.discussion, cancelled_at=None)
    before.refresh_from_db()
    assert (now.chair, now.minute_taker, now.place) == (people.ada, people.eve, before.place)
    assert (before.chair, before.cancelled_by) == (people.mo, people.adi)
    free = BookedPerson.objects.filter(booking__discussion=minutes.discussion, released_at=None)
    assert set(free.values_list("person__name", flat=True)) == {people.ada.name, people.eve.name}


def test_where_nothing_is_held_nothing_is_asked(people: Cast) -> None:
    """Closing an account asks why all the same."""
    shown = page(people.mo, "worklist:hand_over", people.ada.pk)
    assert "Nothing waits for this person" in shown and "Note for whoever" not in shown
    assert 'class="govuk-button"' not in shown.partition("<form")[2].partition("</form>")[0]
    closing = page(people.adi, "worklist:close_account", people.ada.pk)
    assert "Nothing waits for this person" in closing and 'name="why"' in closing


def test_what_is_raised_later_goes_to_who_took_over(people: Cast) -> None:
    """A leaver still has an account for a while: a new rung is not theirs."""
    held, tia = a_held_discussion(people), second_worker(people)
    hand_over(people, people.sam, {Kind.WORK: tia})
    case = Case.objects.get(pk=held.case_id)
    assert owner_for(Level.PRACTITIONER, case) == tia
    waits = a_submitted_request(people)
    assert owner_for(Level.PRACTITIONER, waits.case) == people.sam
