"""The sweep reminds owners who have no account: each window once, one letter a person (C28, G15)."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.timezone import localtime, make_aware
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attendees.models import Professional
from audit.errors import Refused
from audit.models import Entry
from minutes.models import Action
from minutes.services.follow_through import complete_action
from minutes.services.reassigning import accept_offer, offer_action
from minutes.services.reminding import remind_of_actions
from minutes.services.tracking import chase_action, give_time
from minutes.tasks import remind_of_actions as task
from outbox.models import Letter
from strategy.models import Discussion
from tests.builders.booking import link_of
from tests.builders.meeting import a_full_record, a_held_discussion, an_action
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
TUESDAY = make_aware(datetime(2026, 7, 14, 11, 0))
DUE = TUESDAY + 2 * DAY  # Thursday at 11


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def action(people: Cast) -> Action:
    """Agreed on Tuesday at 11 by a partner without an account, due on Thursday at 11; theirs alone."""
    held = a_held_discussion(people, at=TUESDAY)
    mine = Action.objects.filter(minutes__discussion=held, owner__name="Paul Pike").order_by("number")
    Action.objects.filter(pk=mine[0].pk).update(due_at=DUE, agreed_at=TUESDAY)
    assert mine[0].owner.user is None and mine.count() == 1
    return mine[0]


def letters() -> list[Letter]:
    return list(Letter.objects.filter(kind="actions_reminded").order_by("pk"))


def test_once_before_once_after_and_each_working_morning_while_it_stays_open(action: Action) -> None:
    quiet = [TUESDAY + MINUTE, DUE - DAY - MINUTE]
    assert [remind_of_actions(at) for at in quiet] == [0, 0]
    assert [remind_of_actions(DUE - DAY + MINUTE * n) for n in (0, 1, 600, 1440)] == [1, 0, 0, 0]
    assert [remind_of_actions(DUE + MINUTE * n) for n in (1, 2, 600)] == [1, 0, 0]
    friday = make_aware(datetime(2026, 7, 17, 9, 0))
    assert [remind_of_actions(friday + MINUTE * n) for n in (-1, 0, 1)] == [0, 1, 0]
    # Saturday and Sunday are no working days; nothing is made up for when nobody swept for a week.
    assert [remind_of_actions(friday + n * DAY) for n in (1, 2, 3)] == [0, 0, 1]
    assert [remind_of_actions(friday + 13 * DAY + n * MINUTE) for n in (0, 1, 2)] == [1, 0, 0]
    told = [one.context["discussions"][0]["actions"] for one in letters()]
    assert [[(line["number"], line["is_late"]) for line in one] for one in told] == [
        [(action.number, late)] for late in (False, True, True, True, True)
    ]
    chased = Entry.objects.filter(event="action.chased", subject=action.subject)
    assert chased.count() == 5
    by = {one.status for one in letters()[:-1]}
    assert by == {"cancelled"} and letters()[-1].status == "queued"  # the newest supersedes what was unsent


def test_nothing_once_it_is_done_and_more_time_begins_anew(people: Cast, action: Action) -> None:
    assert remind_of_actions(DUE + MINUTE) == 1
    later = DUE + 5 * DAY
    give_time(action, due_at=later, reason="The lab is closed", by=people.mo, at=DUE + HOUR)
    assert [remind_of_actions(DUE + n * DAY) for n in (1, 2, 3)] == [0, 0, 0]
    assert [remind_of_actions(later - DAY + n * MINUTE) for n in (0, 1)] == [1, 0]
    assert letters()[-1].context["is_late"] is False
    now = later + MINUTE
    complete_action(action, what_was_done="Seen", done_at=now, told_how="He rang", by=people.bea, at=now)
    assert remind_of_actions(later + DAY) == 0


def test_the_letter_leads_to_his_own_page_and_names_no_child(people: Cast, action: Action) -> None:
    remind_of_actions(DUE + MINUTE)
    letter = letters()[0]
    told = str(letter.context)
    assert (letter.to_email, letter.to_name) == (action.owner.email, "Paul Pike")
    assert letter.context["discussions"][0]["by"] == people.support.name  # whom to ring
    children = action.minutes.discussion.request.children.all()
    assert action.text not in told and not any(child.name in told for child in children)
    assert letter.context["discussions"][0]["link"] == action.owner.links.get().pk
    words = render_to_string("letters/actions_reminded/body.txt", letter.context)
    assert f"- action {action.number}: it was to be done by " in words
    assert link_of(action.minutes.discussion, "Paul Pike")[1] in words


def test_all_of_one_person_in_one_letter_and_no_letter_each_as_they_fall_due(people: Cast) -> None:
    """Three actions of one person, in two cases; who else owes something has a letter of their own."""
    first = a_full_record(people, at=TUESDAY)
    for _ in range(2):
        an_action(first, people, at=TUESDAY)
    an_action(first, people, owner="Hetty Hall", at=TUESDAY)
    held = [first.discussion, a_held_discussion(people, at=TUESDAY - DAY)]
    Action.objects.filter(minutes=first).update(agreed_at=TUESDAY)
    Action.objects.update(due_at=DUE)
    owners = set(Professional.objects.filter(actions__isnull=False, user=None).values_list("name", flat=True))
    assert owners == {"Paul Pike", "Hetty Hall"}
    assert remind_of_actions(DUE + MINUTE) == 2
    paul = next(one for one in letters() if one.to_name == "Paul Pike")
    named = {one["reference"]: len(one["actions"]) for one in paul.context["discussions"]}
    assert named == {held[0].case.reference: 3, held[1].case.reference: 1}
    assert paul.case_ref is None and paul.context["number"] == 4
    # Another falls due within the hour: it waits for the hour to pass and is not forgotten.
    another = Action.objects.filter(owner__name="Paul Pike").order_by("pk")[0]
    Action.objects.filter(pk=another.pk).update(due_at=DUE + 10 * MINUTE, chased_at=None)
    assert [remind_of_actions(DUE + n * MINUTE) for n in (11, 59, 62)] == [0, 0, 1]


def test_who_has_an_account_no_address_or_has_left_is_not_written_to(people: Cast, action: Action) -> None:
    for facts in ({"email": ""}, {"is_active": False}, {"user": people.paul}):
        with transaction.atomic():
            Professional.objects.filter(pk=action.owner_id).update(**facts)
            assert remind_of_actions(DUE + MINUTE) == 0
            transaction.set_rollback(True)
    Professional.objects.filter(pk=action.owner_id).update(user=people.paul)
    type(people.paul).objects.filter(pk=people.paul.pk).update(is_active=False)
    assert remind_of_actions(DUE + MINUTE) == 1  # an account that was closed tells nobody anything


def test_a_reminder_by_a_person_counts(people: Cast, action: Action) -> None:
    chase_action(action, by=people.mo, at=DUE - DAY + HOUR)
    assert remind_of_actions(DUE - HOUR) == 0
    assert remind_of_actions(DUE + MINUTE) == 1
    with pytest.raises(Refused, match="less than an hour ago"):
        chase_action(action, by=people.mo, at=DUE + 2 * MINUTE)


def test_whoever_takes_it_over_is_reminded_and_the_former_owner_is_not(people: Cast, action: Action) -> None:
    remind_of_actions(DUE - DAY)
    hetty = Professional.objects.get(name="Hetty Hall")
    offer = offer_action(action, hetty, why="Leave", by=action.owner, at=DUE - 20 * HOUR)
    accept_offer(offer, by=hetty, at=DUE - 19 * HOUR)
    assert [one.status for one in letters()] == ["cancelled"]
    remind_of_actions(DUE - 18 * HOUR)
    assert [one.to_name for one in letters()] == ["Paul Pike", "Hetty Hall"]


def test_a_fault_with_one_owner_stops_no_other(people: Cast, action: Action) -> None:
    """An address that the post will not take: theirs is not sent, the other's is."""
    Action.objects.filter(minutes=action.minutes).update(due_at=DUE, agreed_at=TUESDAY)
    other = action.minutes.actions.exclude(owner=action.owner).first()
    assert other is not None
    hetty = Professional.objects.get(name="Hetty Hall")
    Action.objects.filter(pk=other.pk).update(owner=hetty)
    Professional.objects.filter(pk=action.owner_id).update(email="a@x.example, b@x.example")
    assert remind_of_actions(DUE + MINUTE) == 1
    assert [one.to_name for one in letters()] == ["Hetty Hall"]
    action.refresh_from_db()
    assert action.chased_at is None


def test_the_task_looks_at_the_rows(people: Cast) -> None:
    held: Discussion = a_held_discussion(people)
    now = timezone.now()
    theirs = Action.objects.filter(minutes__discussion=held, owner__user=None)
    theirs.update(agreed_at=now - 3 * DAY, due_at=now - HOUR)
    assert [task(), task()] == [1, 0]


def window(due: datetime, at: datetime) -> tuple[str, int]:
    """Written a second time, as one counts by hand: early; before; late; then each working day at nine."""
    if at < due - DAY:
        return ("early", 0)
    if at <= due:
        return ("before", 0)
    day, mornings = localtime(due).date(), 0
    while day <= localtime(at).date():
        nine = make_aware(datetime(day.year, day.month, day.day, 9))
        mornings += day.weekday() < 5 and due + 12 * HOUR < nine <= at
        day += DAY
    return ("late", mornings)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_over_random_sweeps_and_clocks_each_window_at_most_once(
    people: Cast, action: Action, data: st.DataObject
) -> None:
    """Sweeps at any times, also backwards, and people who remind in between, against real rows."""
    close = st.integers(24 * 60 - 30, 4 * 24 * 60)  # so that several fall into one window
    minutes = close | st.integers(0, 9 * 24 * 60)
    steps = data.draw(
        st.lists(
            st.tuples(st.sampled_from(["sweep", "sweep", "sweep", "chase"]), minutes), min_size=6, max_size=15
        )
    )
    if data.draw(st.booleans()):
        steps.sort(key=lambda step: step[1])
    with transaction.atomic():
        for what, number in steps:
            at: Any = TUESDAY + MINUTE * number
            if what == "sweep":
                remind_of_actions(at)
            else:
                try:
                    with transaction.atomic():
                        chase_action(action, by=people.mo, at=at)
                except Refused:
                    pass
        entries = Entry.objects.filter(event="action.chased", subject=action.subject).order_by("pk")
        seen: list[tuple[str, int]] = []
        for one in entries:
            assert one.occurred_at is not None
            key = window(DUE, one.occurred_at)
            if one.by_name != people.mo.name:
                assert key not in seen and key[0] != "early"
            seen.append(key)
        swept = Counter(window(DUE, one.queued_at) for one in letters())
        assert all(number == 1 for number in swept.values())
        transaction.set_rollback(True)
