"""Circulating: who gets what and how, proof of each copy, and a clock that the last copy meets."""

import html
import re
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Agency, Team
from attendees.models import Invitation, Professional
from audit.errors import MoveNotAllowed, NotAllowed, Refused
from audit.models import Entry
from cases.models import Case, Child, FamilyMember
from deadlines.enums import ClockState, Duty
from deadlines.models import Deadline
from deadlines.services import explain_late_clock
from minutes.differences import passages_of
from minutes.enums import MinutesStatus, RecipientStatus, Way
from minutes.models import Circulation, Recipient, Section
from minutes.rules.renditions import WHOLE
from minutes.services import circulate as circulating
from minutes.services import copies, printing, versions
from minutes.services.corrections import old_readers
from minutes.services.recipients import planned_for, release_findings
from minutes.views.after.proof import rows_of
from outbox import services as outbox
from outbox.enums import Status
from outbox.models import Letter
from strategy.people import circulating_team, support_team
from tests.builders.after import (
    World,
    a_circulation,
    a_finished_record,
    a_printed_version,
    copy_of,
    finished,
    professional_named,
)
from tests.builders.meeting import section_of
from tests.people import Cast

pytestmark = pytest.mark.django_db
build = finished
S = RecipientStatus


def clock_of(circulation: Circulation) -> Deadline:
    """The clock by which the last copy must be on its way."""
    subject = circulation.version.minutes.discussion.subject
    return Deadline.objects.get(subject=subject, duty=Duty.CIRCULATE_MINUTES)


def ways(circulation: Circulation) -> dict[str, tuple[str, str]]:
    """Way and status of each copy by name."""
    rows = circulation.recipients.select_related("professional")
    return {one.professional.name: (one.way, one.status) for one in rows}


def dispatch(circulation: Circulation, *names: str, at: datetime | None = None) -> None:
    """The mail server takes the copies of these people; without names, of everybody."""
    for copy in circulation.recipients.exclude(letter=None).select_related("letter", "professional"):
        if not names or copy.professional.name in names:
            Letter.objects.filter(pk=copy.letter_id).update(status=Status.SENT, sent_at=at or timezone.now())
            circulating.on_sent(Letter.objects.get(pk=copy.letter_id), at or timezone.now())


def another_family(people: Cast, given: str, family: str) -> Child:
    """A child of a case that has nothing to do with the discussion."""
    case = Case.objects.create(reference=f"TH-1999-{given[:1]}", team=people.team)
    child: Child = Child.objects.create(case=case, given_names=given, family_name=family)
    return child


@pytest.fixture
def tls(settings: Settings) -> None:
    """The mail server enforces encryption."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_USE_TLS = True


def listed(name: str, domain: str) -> None:
    """Put a domain on an agency's list."""
    Agency.objects.filter(name=name).update(secure_domains=[domain])


def test_each_gets_the_most_secure_way_there_is(world: World, tls: None) -> None:
    people, record = world
    listed("Northshire Police", "northshire-police.example")
    version = a_printed_version(people, begun=record)
    Professional.objects.filter(name="Dan Dale").update(email="")
    circulation = circulating.circulate(version.minutes, by=people.bea, at=timezone.now())
    assert ways(circulation) == {
        "Bea Bright": (Way.LINK, S.QUEUED),
        "Dan Dale": (Way.BY_HAND, S.TO_HAND),
        "Hetty Hall": (Way.LINK, S.QUEUED),
        "Mo Mensah": (Way.LINK, S.QUEUED),
        "Paul Pike": (Way.ATTACHED, S.QUEUED),
        "Sam Shah": (Way.LINK, S.QUEUED),
    }
    enclosed = {
        one.professional.name: one.letter.enclosed.count()
        for one in circulation.recipients.exclude(letter=None)
    }
    assert enclosed == {"Bea Bright": 0, "Hetty Hall": 0, "Mo Mensah": 0, "Paul Pike": 1, "Sam Shah": 0}


def test_without_enforced_encryption_nothing_is_attached(world: World, settings: Settings) -> None:
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    people, record = world
    listed("Northshire Police", "northshire-police.example")
    circulation = a_circulation(people, begun=record)
    copy = copy_of(circulation, "Paul Pike")
    assert (copy.way, copy.why) == (
        Way.LINK,
        "Our mail server does not enforce encryption, so nothing is attached",
    )


def test_letters_wait_until_the_pdf_is_made_and_are_not_lost(world: World) -> None:
    people, record = world
    circulation = a_circulation(people, begun=record, printed=False)
    letters = Letter.objects.filter(kind__startswith="circulation_")
    assert letters.count() == 6
    assert {one.next_try_at.year for one in letters} == {9999}
    assert letters.due().count() == 0
    assert printing.print_waiting() == 1
    assert letters.due().count() == 6
    assert {one.reason for one in letters.all()} == {""}
    assert circulation.recipients.filter(status=S.QUEUED).count() == 6


def test_the_click_does_not_meet_the_clock_but_the_last_dispatch_does(world: World) -> None:
    people, record = world
    circulation = a_circulation(people, begun=record)
    clock = clock_of(circulation)
    assert (clock.state, clock.owner_team) == (ClockState.RUNNING, people.support)
    dispatch(circulation, "Paul Pike", "Hetty Hall")
    assert clock_of(circulation).state == ClockState.RUNNING
    last = timezone.now() + timedelta(minutes=5)
    dispatch(circulation, at=last)
    circulation.refresh_from_db()
    clock = clock_of(circulation)
    assert (clock.state, clock.met_at, circulation.last_dispatched_at) == (ClockState.MET, last, last)


def test_a_hard_bounce_opens_the_clock_again_as_it_was_and_tells_business_support(
    world: World,
) -> None:
    people, record = world
    circulation = a_circulation(people, begun=record)
    dispatch(circulation)
    due = clock_of(circulation).due_at
    copy = copy_of(circulation, "Paul Pike")
    Letter.objects.filter(pk=copy.letter_id).update(status=Status.BOUNCED, reason="550 No such mailbox")
    circulating.on_bounced(Letter.objects.get(pk=copy.letter_id), timezone.now())
    copy.refresh_from_db()
    circulation.refresh_from_db()
    clock = clock_of(circulation)
    assert (copy.status, copy.dispatched_at, circulation.last_dispatched_at) == (S.BOUNCED, None, None)
    assert (clock.state, clock.due_at, clock.verb) == (ClockState.RUNNING, due, "Put the circulation right")
    assert rows_of(circulation.version.minutes)[0].copy == copy  # what needs somebody stands first
    told = Letter.objects.get(kind="copy_bounced")
    assert told.to_email == people.support.mailbox
    assert Entry.objects.filter(event="copy.bounced").count() == 1


def test_hearing_twice_changes_nothing(world: World) -> None:
    circulation = a_circulation(world[0], begun=world[1])
    dispatch(circulation)
    met = clock_of(circulation).met_at
    dispatch(circulation, at=timezone.now() + timedelta(hours=1))
    assert clock_of(circulation).met_at == met
    assert Entry.objects.filter(event="copy.sent").count() == circulation.recipients.count()


def test_a_late_circulation_owes_a_reason_and_who_accepted_it(world: World) -> None:
    people, record = world
    circulation = a_circulation(people, begun=record)
    clock = clock_of(circulation)
    assert clock.due_at is not None
    late = clock.due_at + timedelta(hours=1)
    dispatch(circulation, at=late)
    clock = clock_of(circulation)
    assert (clock.owes_reason, clock.breached_at) == (True, clock.due_at)
    with pytest.raises(Refused):
        explain_late_clock(clock, late_reason=" ", late_accepted_by="Mo", by=people.bea, at=late)
    explain_late_clock(
        clock, late_reason="The mail server was down", late_accepted_by="Mo Mensah", by=people.bea, at=late
    )
    assert clock_of(circulation).owes_reason is False


def test_somebody_without_email_is_handed_a_copy_and_the_clock_waits_for_that(world: World) -> None:
    people, record = world
    version = a_printed_version(people, begun=record)
    Professional.objects.filter(name="Dan Dale").update(email="")
    now = timezone.now()
    circulation = circulating.circulate(version.minutes, by=people.bea, at=now)
    dispatch(circulation)
    assert clock_of(circulation).state == ClockState.RUNNING
    copy = copy_of(circulation, "Dan Dale")
    later = now + timedelta(hours=1)
    with pytest.raises(Refused, match="before the minutes were circulated"):
        copies.record_handed(
            copy, how="At school", handed_at=now - timedelta(days=1), by=people.bea, at=later
        )
    with pytest.raises(Refused, match="in the future"):
        copies.record_handed(
            copy, how="At school", handed_at=later + timedelta(hours=1), by=people.bea, at=later
        )
    with pytest.raises(Refused, match="Say where and how"):
        copies.record_handed(copy, how=" ", handed_at=later, by=people.bea, at=later)
    copies.record_handed(copy, how="At the school’s reception", handed_at=later, by=people.bea, at=later)
    copy.refresh_from_db()
    assert (copy.status, copy.handed_by, copy.handed_how) == (
        S.HANDED,
        people.bea,
        "At the school’s reception",
    )
    assert (clock_of(circulation).state, clock_of(circulation).met_at) == (ClockState.MET, later)


def test_the_case_decides_which_team_circulates(world: World) -> None:
    people, record = world
    version = a_printed_version(people, begun=record)
    case = version.minutes.discussion.case
    case.known_before = True
    case.save()
    circulation = circulating.circulate(version.minutes, by=people.bea, at=timezone.now())
    assert circulation.routed_to == people.area_support


def test_a_version_corrected_again_before_it_went_is_the_chairs_turn_and_then_sent(
    world: World,
) -> None:
    people, record = world
    first = a_circulation(people, begun=record)
    minutes, now = first.version.minutes, timezone.now()
    dispatch(first, at=now)
    versions.begin_correction(minutes, reason="The date was wrong", by=people.mo, at=now)
    versions.authorise_minutes(minutes, by=people.mo, at=timezone.now())
    clock = Deadline.objects.get(subject=minutes.subject, duty="send_corrected")
    assert clock.verb.startswith("Send version 2:")
    versions.begin_correction(minutes, reason="So was the place", by=people.mo, at=timezone.now())
    clock.refresh_from_db()
    assert (clock.verb, clock.owner, clock.owner_team) == ("Correct again and authorise", people.mo, None)
    versions.authorise_minutes(minutes, by=people.mo, at=timezone.now())
    clock.refresh_from_db()
    assert clock.verb.startswith("Send version 3:")
    assert (clock.owner, clock.owner_team) == (None, people.support)


def test_area_business_support_is_that_of_the_cases_own_area(world: World) -> None:
    people, record = world
    version = a_printed_version(people, begun=record)
    discussion = version.minutes.discussion
    north = Team.objects.create(
        agency=people.area_support.agency, name="Business support, north", kind="area_support", area="North"
    )
    assert circulating_team(discussion) == people.support  # not known before: the front door's
    discussion.case.known_before = True
    discussion.case.save()
    assert circulating_team(discussion) == people.area_support  # of no area, so it serves all
    Team.objects.filter(pk=discussion.case.team_id).update(area="north")
    assert (circulating_team(discussion), support_team(discussion.case)) == (north, north)
    routing = {"value": {"open_case": "Area Support", "not_open": "MASH PSS"}, "clause": "4"}
    data = discussion.request.protocol.data
    discussion.request.protocol.data = {**data, "settings": {**data["settings"], "routing": routing}}
    Team.objects.filter(pk=people.area_support.pk).update(name="Area support")
    assert circulating_team(discussion) == north
    Team.objects.filter(pk=north.pk).update(area="South")
    assert circulating_team(discussion) == people.area_support


def test_somebody_ticked_while_a_reason_was_missing_keeps_their_own_copy_in_the_list(world: World) -> None:
    people, record = world
    minutes = a_finished_record(people, begun=record)
    Section.objects.filter(pk=section_of(minutes, "worries").pk).update(
        text="A covert camera is fitted in the hallway.", marking="police_sensitive"
    )
    version = versions.authorise_minutes(minutes, by=people.mo, at=timezone.now())
    client = Client()
    client.force_login(people.bea)
    address = reverse("minutes:circulate", args=[minutes.discussion_id])
    dan = professional_named("Dan Dale")
    minutes.discussion.attendance.filter(professional=dan).update(mode="absent", arrived_at=None)
    answer = client.post(
        address, {"extra": [str(dan.pk)], "leave_out": [str(professional_named("Paul Pike").pk)]}
    )
    assert (answer.status_code, "Say why Paul Pike gets no copy" in answer.content.decode()) == (422, True)
    chosen = answer.content.decode().split(f'name="copy_{dan.pk}"')[1].split("</select>")[0]
    assert re.findall(r'value="([\w-]+)" selected', chosen) == ["partner"]
    assert version.number == 1


def test_a_confidential_address_in_the_text_stops_it_until_somebody_says_why(world: World) -> None:
    people, record = world
    version = a_printed_version(people, begun=record)
    case = version.minutes.discussion.case
    FamilyMember.objects.filter(case=case, name="Carol Fenwick").update(
        address="4 Invented Row, Ambleford", address_confidential=True
    )
    with pytest.raises(Refused) as caught:
        circulating.circulate(version.minutes, by=people.bea, at=timezone.now())
    assert caught.value.field == "accept_0"
    assert caught.value.sentence.startswith("The confidential address of Carol Fenwick is in “Arrangement")
    assert Circulation.objects.count() == Letter.objects.filter(kind__startswith="circulation_").count() == 0
    found = release_findings(version, planned_for(version))
    reasons = {one.key: "Both parents live there" for one in found}
    circulation = circulating.circulate(version.minutes, by=people.bea, at=timezone.now(), accepted=reasons)
    assert {one["reason"] for one in circulation.accepted} == {"Both parents live there"}


def test_another_familys_child_and_a_marked_passage_stop_it_until_somebody_says_why(world: World) -> None:
    people, record = world
    another_family(people, "Thomas Jay", "Ashby")
    another_family(people, "Ruby", "Fenwick")  # of the same name as the child of this discussion
    minutes = a_finished_record(people, begun=record)
    told = "Ruby Fenwick was with Thomas Ashby and Carol Fenwick on Saturday."
    section = section_of(minutes, "worries")
    Section.objects.filter(pk=section.pk).update(text=told, marking="police_sensitive")
    version = versions.authorise_minutes(minutes, by=people.mo, at=timezone.now())
    assert "marked" not in "".join(one.key for one in release_findings(version, planned_for(version)))
    school = {professional_named("Dan Dale").pk: WHOLE}
    found = release_findings(version, planned_for(version, chosen=school))
    where = next(where for where, text in passages_of(version.content) if text == told)
    assert [one.key for one in found] == [f"stranger:Thomas Ashby:{where}", f"marked:{section.pk}"]
    assert found[1].sentence.endswith("would be read by Dan Dale (Elm Street Primary School).")
    client = Client()
    client.force_login(people.bea)
    with CaptureQueriesContext(connection) as asked:
        chosen = {f"copy_{pk}": cut.code for pk, cut in school.items()}
        answer = client.post(reverse("minutes:circulate", args=[minutes.discussion_id]), chosen)
    page = answer.content.decode()
    assert [one.sentence in html.unescape(page) for one in found] == [True, True]
    assert len([one for one in asked.captured_queries if "SAVEPOINT" not in one["sql"]]) <= 16
    with pytest.raises(Refused) as caught:
        circulating.circulate(version.minutes, by=people.bea, at=timezone.now(), chosen=school)
    assert caught.value.field == "accept_0"
    accepted = {one.key: "The school must plan for both children" for one in found}
    circulation = circulating.circulate(
        version.minutes, by=people.bea, at=timezone.now(), accepted=accepted, chosen=school
    )
    assert [one["key"] for one in circulation.accepted] == list(accepted)


def test_somebody_is_left_out_with_a_reason_and_the_proof_says_so(world: World) -> None:
    people, record = world
    version = a_printed_version(people, begun=record)
    minutes, dan = version.minutes, professional_named("Dan Dale")
    client = Client()
    client.force_login(people.bea)
    address = reverse("minutes:circulate", args=[minutes.discussion_id])
    answer = client.post(address, {"leave_out": dan.pk, f"why_out_{dan.pk}": " "})
    assert (answer.status_code, "Say why Dan Dale gets no copy" in answer.content.decode()) == (422, True)
    with pytest.raises(Refused) as caught:
        circulating.circulate(minutes, by=people.bea, at=timezone.now(), left_out={dan.pk: ""})
    assert (caught.value.field, Circulation.objects.count()) == (f"why_out_{dan.pk}", 0)
    why = "His mother is a friend of the family"
    assert client.post(address, {"leave_out": dan.pk, f"why_out_{dan.pk}": why}).status_code == 302
    names = set(Recipient.objects.values_list("professional__name", flat=True))
    assert "Dan Dale" not in names and {"Paul Pike", "Hetty Hall"} <= names
    assert Letter.objects.filter(kind__startswith="circulation_", to_email=dan.email).count() == 0
    entry = Entry.objects.get(event="minutes.circulated")
    assert entry.data["left_out"] == [{"who": f"professional:{dan.pk}", "reason": why}]
    proof = client.get(reverse("minutes:proof", args=[minutes.discussion_id])).content.decode()
    assert "Left out of this circulation" in proof and why in proof


def test_whoever_had_a_revoked_copy_is_left_out_of_the_next_unless_somebody_says_so(
    world: World,
) -> None:
    people, record = world
    circulation = a_circulation(people, begun=record)
    minutes, now = circulation.version.minutes, timezone.now()
    copies.revoke(copy_of(circulation, "Dan Dale"), reason="Left the school", by=people.bea, at=now)
    versions.begin_correction(minutes, reason="The date was wrong", by=people.mo, at=now)
    version = versions.authorise_minutes(minutes, by=people.mo, at=now)
    client = Client()
    client.force_login(people.bea)
    page = client.get(reverse("minutes:circulate", args=[minutes.discussion_id])).content.decode()
    dan = professional_named("Dan Dale")
    assert "Their copy was revoked: Left the school" in page
    assert [one.professional.name for one in planned_for(version) if one.revoked] == ["Dan Dale"]
    with transaction.atomic():
        second = circulating.circulate(minutes, by=people.bea, at=now)
        assert second.recipients.filter(professional=dan).count() == 0
        assert [one["reason"] for one in second.left_out] == ["Their copy was revoked: Left the school"]
        transaction.set_rollback(True)
    third = circulating.circulate(minutes, by=people.bea, at=now, left_out={})
    assert (third.recipients.filter(professional=dan).count(), third.left_out) == (1, [])


def test_a_corrected_version_has_a_clock_until_everybody_who_has_the_old_one_is_sent_it(world: World) -> None:
    people, record = world
    first = a_circulation(people, begun=record)
    minutes, now = first.version.minutes, timezone.now()
    running = Deadline.objects.filter(subject=minutes.subject, duty="send_corrected")
    copies.revoke(copy_of(first, "Dan Dale"), reason="Left the school", by=people.bea, at=now)
    dispatch(first, at=now)
    assert (clock_of(first).state, running.count()) == (ClockState.MET, 0)
    versions.begin_correction(minutes, reason="The date was wrong", by=people.mo, at=now)
    later = timezone.now()
    version = versions.authorise_minutes(minutes, by=people.mo, at=later)
    clock = running.get()
    told = "Send version 2: 5 people have the old one"
    assert (clock.verb, clock.owner_team, clock.starts_at) == (told, people.support, later)
    assert clock.due_at is not None and clock.due_at > later and clock.state == ClockState.RUNNING
    client = Client()
    client.force_login(people.bea)
    proof = reverse("minutes:proof", args=[minutes.discussion_id])
    page = client.get(proof).content.decode()
    assert "5 people still have an old version" in page and "Circulate version 2" in page
    second = circulating.circulate(minutes, by=people.bea, at=later)
    dispatch(second, "Paul Pike", "Mo Mensah", "Sam Shah", "Bea Bright", at=timezone.now())
    assert running.get().state == ClockState.RUNNING
    assert [one.name for one in old_readers(version)] == ["Hetty Hall"]
    assert "1 person still has an old version" in client.get(proof).content.decode()
    dispatch(second, "Hetty Hall", at=timezone.now())
    assert (running.get().state, old_readers(version)) == (ClockState.MET, [])
    assert "still ha" not in client.get(proof).content.decode()


@pytest.mark.parametrize("who", ["sam", "mo", "hal", "ira", "adi", "otto", "stranger"])
def test_only_business_support_circulates(world: World, who: str) -> None:
    people, record = world
    version = a_printed_version(people, begun=record)
    with pytest.raises(NotAllowed):
        circulating.circulate(version.minutes, by=getattr(people, who), at=timezone.now())
    assert Circulation.objects.count() == 0


def test_nothing_is_circulated_twice_or_before_it_is_authorised(world: World) -> None:
    people, record = world
    circulation = a_circulation(people, begun=record)
    with pytest.raises(MoveNotAllowed):
        circulating.circulate(circulation.version.minutes, by=people.bea, at=timezone.now())
    assert circulation.version.minutes.status == MinutesStatus.CIRCULATED


def test_a_version_that_was_altered_is_not_sent(world: World) -> None:
    people, record = world
    version = a_printed_version(people, begun=record)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE minutes_minutesversion DISABLE TRIGGER USER")
        cursor.execute("UPDATE minutes_minutesversion SET content = content || '{\"agreed\": null}'")
        cursor.execute("ALTER TABLE minutes_minutesversion ENABLE TRIGGER USER")
    with pytest.raises(MoveNotAllowed, match="no longer what the chair authorised"):
        circulating.circulate(version.minutes, by=people.bea, at=timezone.now())


def test_a_bounced_copy_goes_again_to_a_corrected_address(world: World) -> None:
    people, record = world
    circulation = a_circulation(people, begun=record)
    copy = copy_of(circulation, "Paul Pike")
    first = copy.letter_id
    Letter.objects.filter(pk=first).update(status=Status.BOUNCED)
    circulating.on_bounced(Letter.objects.get(pk=first), timezone.now())
    copies.send_again(copy, email="P.Pike@northshire-police.example", by=people.bea, at=timezone.now())
    copy.refresh_from_db()
    assert (copy.status, copy.letter.to_email) == (S.QUEUED, "p.pike@northshire-police.example")
    assert copy.letter_id != first
    dispatch(circulation)
    assert clock_of(circulation).state == ClockState.MET


def test_a_copy_that_left_for_a_wrong_address_goes_again_and_the_clock_runs_on(world: World) -> None:
    people, record = world
    circulation = a_circulation(people, begun=record)
    dispatch(circulation)
    assert clock_of(circulation).state == ClockState.MET
    copy = copy_of(circulation, "Paul Pike")
    copies.send_again(copy, email="paul.pike@northshire-police.example", by=people.bea, at=timezone.now())
    copy.refresh_from_db()
    assert (copy.status, copy.letter.to_email) == (S.QUEUED, "paul.pike@northshire-police.example")
    assert clock_of(circulation).state == ClockState.RUNNING
    dispatch(circulation)
    assert clock_of(circulation).state == ClockState.MET


def test_nothing_leaves_for_an_address_that_nobody_looked_at(world: World) -> None:
    """An address changed between the look and the press: said, and the page shows the list as it is now."""
    people, record = world
    minutes = a_printed_version(people, begun=record).minutes
    client, page = Client(), reverse("minutes:circulate", args=[minutes.discussion_id])
    client.force_login(people.bea)
    shown = client.get(page).context["form"].shown
    Professional.objects.filter(name="Paul Pike").update(email="p.pike@elsewhere.example")
    refused = client.post(page, {"shown": shown})
    assert (refused.status_code, Recipient.objects.count()) == (409, 0)
    told = refused.content.decode()
    assert "was changed after you opened this page" in told and "p.pike@elsewhere.example" in told
    assert client.post(page, {"shown": refused.context["form"].shown}).status_code == 302
    assert Recipient.objects.exists()


def test_nothing_is_sent_again_to_whom_no_link_would_open(world: World) -> None:
    """Who is not invited has no link: the letter would lead nowhere and count as sent."""
    people, record = world
    circulation = a_circulation(people, begun=record)
    copy = copy_of(circulation, "Paul Pike")
    Invitation.objects.filter(professional=copy.professional).update(withdrawn_at=timezone.now())
    Letter.objects.filter(pk=copy.letter_id).update(status=Status.BOUNCED)
    circulating.on_bounced(Letter.objects.get(pk=copy.letter_id), timezone.now())
    with pytest.raises(Refused, match="has no link"):
        copies.send_again(copy, email="p.pike@elsewhere.example", by=people.bea, at=timezone.now())


def test_revoking_takes_an_unsent_letter_back_and_shuts_the_copy(world: World) -> None:
    people, record = world
    circulation = a_circulation(people, begun=record)
    copy = copy_of(circulation, "Paul Pike")
    copies.revoke(copy, reason="Sent to the wrong officer", by=people.bea, at=timezone.now())
    copy.refresh_from_db()
    assert (copy.status, copy.revoked_reason) == (S.REVOKED, "Sent to the wrong officer")
    assert Letter.objects.get(pk=copy.letter_id).status == Status.CANCELLED
    dispatch(circulation, "Hetty Hall", "Dan Dale", "Sam Shah", "Mo Mensah", "Bea Bright")
    assert clock_of(circulation).state == ClockState.MET


def test_a_corrected_version_goes_to_everybody_who_has_the_old_one(world: World) -> None:
    people, record = world
    first = a_circulation(people, begun=record)
    minutes = first.version.minutes
    now = timezone.now()
    versions.begin_correction(minutes, reason="Left arm, not right", by=people.mo, at=now)
    minutes.refresh_from_db()
    versions.authorise_minutes(minutes, by=people.mo, at=now)
    printing.print_waiting()
    minutes.refresh_from_db()
    second = circulating.circulate(minutes, by=people.bea, at=now)
    assert set(ways(second)) == set(ways(first))
    letter = copy_of(second, "Paul Pike").letter
    assert letter is not None and letter.context["is_correction"] is True


def test_a_name_cannot_add_a_header(world: World) -> None:
    people, record = world
    version = a_printed_version(people, begun=record)
    Professional.objects.filter(name="Paul Pike").update(name="Paul\r\nBcc: x@evil.example")
    circulation = circulating.circulate(version.minutes, by=people.bea, at=timezone.now())
    letter = Letter.objects.get(
        to_email="paul.pike@northshire-police.example", kind__startswith="circulation_"
    )
    assert letter.to_name == "Paul Bcc: x@evil.example"
    assert circulation.recipients.count() == 6


def test_no_letter_tells_a_childs_name(world: World, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    circulation = a_circulation(world[0], begun=world[1])
    outbox.deliver_due()
    told = [one for one in mail.outbox if "inutes" in one.subject]
    children = [one["name"].split()[0] for one in circulation.version.content["children"]]
    assert len(told) == circulation.recipients.count()
    assert [name for name in [*children, "Fenwick"] for one in told if name in str(one.message())] == []


def test_why_the_record_may_be_shared_is_asked_and_stands_in_the_proof(world: World) -> None:
    """Section 7 of the requirements; a form from before it was asked takes the usual."""
    people, record = world
    version = a_printed_version(people, begun=record)
    client = Client()
    client.force_login(people.bea)
    pk = version.minutes.discussion_id
    address = reverse("minutes:circulate", args=[pk])
    assert "Article 6(1)(e)" in client.get(address).content.decode()
    assert client.post(address, {"lawful_basis": "consent"}).status_code == 422
    assert client.post(address, {"lawful_basis": "legal_obligation"}).status_code == 302
    proof = client.get(reverse("minutes:proof", args=[pk])).content.decode()
    assert "on the lawful basis: Legal obligation (UK GDPR, Article 6(1)(c))" in proof
    entry = Entry.objects.get(event="minutes.circulated")
    assert entry.data["lawful_basis"] == "legal_obligation"
