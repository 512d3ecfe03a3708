"""Finishing, checking, authorising and correcting: to whom it passes, and what nobody can do."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from audit.errors import MoveNotAllowed, NotAllowed, Refused
from audit.models import Entry
from deadlines.enums import ClockState, Duty
from deadlines.models import Deadline
from minutes.canonical import hash_of
from minutes.differences import Change
from minutes.enums import MinutesStatus
from minutes.models import Action, MinutesVersion
from minutes.services import versions
from minutes.services.sections import save_section
from minutes.services.turns import CHECK_RECORD
from tests.builders.after import World, a_circulation, a_finished_record, an_authorised_version, finished
from tests.builders.meeting import section_of

pytestmark = pytest.mark.django_db
build = finished


def test_finishing_hands_the_record_to_the_chair_with_a_clock_of_their_own(world: World) -> None:
    people, record = world
    minutes = a_finished_record(people, begun=record)
    circulation = Deadline.objects.get(subject=minutes.discussion.subject, duty=Duty.CIRCULATE_MINUTES)
    check = Deadline.objects.get(subject=minutes.subject, duty=CHECK_RECORD)
    assert minutes.status == MinutesStatus.WITH_CHAIR
    assert (circulation.owner, circulation.owner_team, circulation.verb) == (
        people.mo,
        None,
        "Check and authorise",
    )
    assert check.owner == people.mo
    assert check.due_at is not None and circulation.due_at is not None
    assert check.due_at <= circulation.due_at


def test_a_record_is_not_finished_twice(world: World) -> None:
    people, record = world
    minutes = a_finished_record(people, begun=record)
    with pytest.raises(MoveNotAllowed):
        versions.finish(minutes, by=people.bea, at=timezone.now())
    assert list(minutes.versions.values_list("number", flat=True)) == [0]


def test_what_the_chair_amends_can_be_read_as_a_change(world: World) -> None:
    people, record = world
    minutes = a_finished_record(people, begun=record)
    worries = section_of(minutes, "worries")
    old = worries.text
    save_section(worries, "A changed sentence.", version=worries.version, by=people.mo, at=timezone.now())
    found = versions.changes_since_agreed(minutes)
    assert [(one.old, one.new) for one in found] == [(old, "A changed sentence.")]
    assert found[0].where.endswith(": Worries")


def test_business_support_cannot_amend_what_is_with_the_chair(world: World) -> None:
    people, record = world
    minutes = a_finished_record(people, begun=record)
    worries = section_of(minutes, "worries")
    with pytest.raises(NotAllowed):
        save_section(worries, "Mine", version=worries.version, by=people.bea, at=timezone.now())


def test_the_chair_returns_it_with_a_reason(world: World) -> None:
    people, record = world
    minutes = a_finished_record(people, begun=record)
    with pytest.raises(Refused, match="Say what business support should put right"):
        versions.return_to_support(minutes, reason="  ", by=people.mo, at=timezone.now())
    minutes = versions.return_to_support(
        minutes, reason="The times are missing", by=people.mo, at=timezone.now()
    )
    circulation = Deadline.objects.get(subject=minutes.discussion.subject, duty=Duty.CIRCULATE_MINUTES)
    check = Deadline.objects.get(subject=minutes.subject, duty=CHECK_RECORD)
    assert (minutes.status, minutes.finished_at) == (MinutesStatus.AGREED, None)
    assert (circulation.owner, circulation.verb) == (people.bea, "Put right and finish the minutes")
    assert (check.state, check.void_reason) == (
        ClockState.VOID,
        "Returned to business support: The times are missing",
    )


@pytest.mark.parametrize("who", ["bea", "sam", "otto", "hal", "ira", "adi", "stranger"])
def test_only_the_chair_or_who_holds_a_chairs_role_authorises(world: World, who: str) -> None:
    people, record = world
    minutes = a_finished_record(people, begun=record)
    with pytest.raises(NotAllowed):
        versions.authorise_minutes(minutes, by=getattr(people, who), at=timezone.now())
    assert minutes.versions.filter(authorised_at__isnull=False).count() == 0


def test_authorising_locks_a_version_with_its_hash_and_the_ledgers_head(world: World) -> None:
    people, record = world
    before = Entry.objects.count()
    version = an_authorised_version(people, begun=record)
    authorised = Entry.objects.get(event="minutes.authorised")
    circulation = Deadline.objects.get(
        subject=version.minutes.discussion.subject, duty=Duty.CIRCULATE_MINUTES
    )
    check = Deadline.objects.get(subject=version.minutes.subject, duty=CHECK_RECORD)
    assert (version.number, version.authorised_by) == (1, people.mo)
    assert version.sha256 == hash_of(version.content) == authorised.data["sha256"]
    assert before <= version.content["ledger_head"]["number"] < authorised.id
    assert [one["name"] for one in version.content["unsigned"]] == ["Hetty Hall"]
    assert (check.state, circulation.owner_team, circulation.verb) == (
        ClockState.MET,
        people.support,
        "Circulate",
    )
    assert [one.enclosure_id for one in version.renditions.all()] == [None]


def test_nobody_authorises_twice(world: World) -> None:
    people, record = world
    version = an_authorised_version(people, begun=record)
    with pytest.raises(MoveNotAllowed):
        versions.authorise_minutes(version.minutes, by=people.mo, at=timezone.now())


@pytest.mark.parametrize(
    "words",
    [
        "UPDATE minutes_minutesversion SET reason = 'x'",
        "DELETE FROM minutes_minutesversion",
        "TRUNCATE minutes_minutesversion CASCADE",
    ],
)
def test_the_database_itself_refuses_to_change_an_authorised_version(world: World, words: str) -> None:
    version = an_authorised_version(world[0], begun=world[1])
    version.renditions.all().delete()
    MinutesVersion.objects.filter(number=0).delete()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE minutes_minutesversion ENABLE TRIGGER never_emptied")
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute(words)
    version.refresh_from_db()
    assert version.reason == ""


@pytest.mark.parametrize(
    "words",
    [
        "UPDATE minutes_actionlog SET sha256 = 'x'",
        "DELETE FROM minutes_actionlog",
        "TRUNCATE minutes_actionlog CASCADE",
    ],
)
def test_the_database_itself_refuses_to_change_an_action_log(world: World, words: str) -> None:
    minutes = world[1]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE minutes_actionlog ENABLE TRIGGER never_emptied")
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute(words)
    assert minutes.action_logs.count() == 1


def test_a_changed_byte_is_found_although_the_trigger_was_switched_off(world: World) -> None:
    version = an_authorised_version(world[0], begun=world[1])
    assert versions.is_sound(version) is True
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE minutes_minutesversion DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE minutes_minutesversion SET content ="
            " jsonb_set(content, '{allocated_worker,name}', '\"Sam Shaw\"')"
        )
        cursor.execute("ALTER TABLE minutes_minutesversion ENABLE TRIGGER USER")
    version.refresh_from_db()
    assert versions.is_sound(version) is False


def test_a_later_correction_is_a_new_version_with_its_reason(world: World) -> None:
    people, record = world
    circulation = a_circulation(people, begun=record)
    minutes = circulation.version.minutes
    later = timezone.now() + timedelta(hours=1)
    versions.begin_correction(minutes, reason="The bruise was on the left arm", by=people.mo, at=later)
    worries = section_of(minutes, "worries")
    save_section(worries, worries.text + " Left arm.", version=worries.version, by=people.mo, at=later)
    minutes.refresh_from_db()
    second = versions.authorise_minutes(minutes, by=people.mo, at=later)
    assert (second.number, second.reason) == (2, "The bruise was on the left arm")
    changes = versions.changes_of(minutes, 1, 2)
    assert [(one.kind, one.new) for one in changes] == [("Changed", worries.text + " Left arm.")]
    assert isinstance(changes[0], Change)


def test_amending_prose_leaves_the_action_log_and_its_signatures_standing(world: World) -> None:
    people, record = world
    minutes = a_finished_record(people, begun=record)
    worries = section_of(minutes, "worries")
    save_section(worries, "Other words.", version=worries.version, by=people.mo, at=timezone.now())
    version = versions.authorise_minutes(minutes, by=people.mo, at=timezone.now())
    assert version.action_log.number == 1
    assert len(version.content["signatures"]) == 5
    assert Action.objects.filter(minutes=minutes).count() == len(version.content["actions"])
