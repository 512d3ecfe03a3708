"""Actions across discussions: whose, how they stand; the chair reminds, and alone gives more time."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.services.acting import name_deputy
from attendees.services.directory import professional_for
from audit.errors import MoveNotAllowed, NotAllowed, Refused
from audit.models import Entry
from deadlines.models import Deadline
from minutes.enums import About
from minutes.models import Action, Arrangement
from minutes.permissions import after as permissions
from minutes.services.follow_through import complete_action
from minutes.services.tracking import chase_action, give_time
from outbox.models import Letter
from strategy.models import Discussion
from tests.builders.meeting import a_held_discussion
from tests.people import Cast, cast
from tests.worklist.test_desk import page, signed_in

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def build() -> tuple[Cast, Discussion]:
    people = cast()
    return people, a_held_discussion(people)


@pytest.fixture
def people(world: tuple[Cast, Discussion]) -> Cast:
    return world[0]


@pytest.fixture
def held(world: tuple[Cast, Discussion]) -> Discussion:
    return world[1]


def theirs(held: Discussion, owner: str) -> Action:
    return Action.objects.filter(minutes__discussion=held, owner__name=owner).order_by("number")[0]


def test_a_partner_is_reminded_by_a_letter_that_names_no_child(people: Cast, held: Discussion) -> None:
    action, now = theirs(held, "Paul Pike"), timezone.now()
    chase_action(action, by=people.mo, at=now)
    letter = Letter.objects.get(kind="action_chased")
    assert (letter.to_email, letter.context["number"]) == (action.owner.email, action.number)
    told = str(letter.context)
    assert action.text not in told and not any(one.name in told for one in held.request.children.all())
    with pytest.raises(Refused, match="less than an hour ago"):
        chase_action(action, by=people.bea, at=now + timedelta(minutes=59))
    chase_action(action, by=people.bea, at=now + timedelta(minutes=60))
    assert [one.status for one in Letter.objects.filter(kind="action_chased").order_by("pk")] == [
        "cancelled",
        "queued",
    ]


def test_who_cannot_be_written_to_is_telephoned_and_what_is_done_is_not_chased(
    people: Cast, held: Discussion
) -> None:
    action, now = theirs(held, "Paul Pike"), timezone.now()
    type(action.owner).objects.filter(pk=action.owner_id).update(email="")
    with pytest.raises(Refused, match="Telephone them"):
        chase_action(action, by=people.mo, at=now)
    with pytest.raises(NotAllowed, match="the social worker who follows the actions up"):
        chase_action(action, by=people.ira, at=now)
    complete_action(
        action, what_was_done="Visited.", done_at=now, told_how="By telephone", by=people.bea, at=now
    )
    with pytest.raises(MoveNotAllowed, match="nothing is awaited"):
        chase_action(action, by=people.mo, at=now)


def test_the_social_worker_who_follows_it_up_reminds_its_owner(people: Cast, held: Discussion) -> None:
    """Row C28 gives it to them, and their worklist says “Chase action …”: the page leads there, and to no one
    else's action of theirs."""
    action, own = theirs(held, "Paul Pike"), theirs(held, "Sam Shah")
    shown = page(people.sam, "minutes:actions", held.pk)
    remind = reverse("minutes:action_chased", args=[held.pk, action.pk])
    assert remind in shown and reverse("minutes:action_chased", args=[held.pk, own.pk]) not in shown
    assert (
        remind
        in page(people.sam, "worklist:tracker")
        + signed_in(people.sam).get(reverse("worklist:tracker"), {"whose": "cases"}).content.decode()
    )
    assert signed_in(people.sam).post(remind).status_code == 302
    assert Letter.objects.filter(kind="action_chased").count() == 1
    with pytest.raises(NotAllowed):
        chase_action(action, by=people.ira, at=timezone.now() + 2 * HOUR)


def test_seeing_the_child_is_asked_to_be_recorded_too(people: Cast, held: Discussion) -> None:
    """The action's clock and the child's are two: who did the one is led to the other until it is met."""
    about = (
        Arrangement.objects.filter(minutes=held.minutes, about=About.CHILD).select_related("child").first()
    )
    assert about is not None
    form = ("minutes:action_done", held.pk, about.action_id)
    seen = reverse("strategy:child_seen", args=[about.child_id])
    assert seen in page(people.sam, *form)
    Deadline.objects.filter(duty="child_seen").delete()
    assert seen not in page(people.sam, *form)


def test_more_time_moves_the_clock_and_leaves_what_was_signed(people: Cast, held: Discussion) -> None:
    action, now = theirs(held, "Paul Pike"), timezone.now()
    agreed = action.due_at
    for due, why, field in (
        (agreed, "Later", "due_at"),
        (None, "Later", "due_at"),
        (agreed + DAY, " ", "reason"),
    ):
        with pytest.raises(Refused) as refused:
            give_time(action, due_at=due, reason=why, by=people.mo, at=now)
        assert refused.value.field == field
    for other in (people.bea, people.sam, people.paul, people.ada):
        with pytest.raises(NotAllowed):
            give_time(action, due_at=agreed + DAY, reason="The lab is closed", by=other, at=now)
    give_time(action, due_at=agreed + DAY, reason="The lab is closed", by=people.mo, at=now)
    clock = Deadline.objects.running().of(action.subject, "action").get()
    kept = Action.objects.get(pk=action.pk)
    assert (clock.due_at, kept.due_at, kept.expected_at) == (agreed + DAY, agreed, agreed + DAY)
    assert "The lab is closed" in clock.because
    assert held.minutes.action_logs.count() == 1  # nobody is asked to sign anew
    assert "agreed for" in page(people.mo, "minutes:actions", held.pk)


def test_the_forms_answer_beside_the_field(people: Cast, held: Discussion) -> None:
    action = theirs(held, "Paul Pike")
    mo = signed_in(people.mo)
    address = reverse("minutes:action_extended", args=[held.pk, action.pk])
    bad = mo.post(address, {"due_at": action.due_at.isoformat(), "reason": ""})
    assert (bad.status_code, set(bad.context["form"].errors)) == (422, {"reason"})
    assert mo.post(reverse("minutes:action_chased", args=[held.pk, action.pk])).status_code == 302
    assert "Reminded" in page(people.mo, "minutes:actions", held.pk)
    assert signed_in(people.sam).get(address).status_code == 403


def test_only_the_chair_gives_time_a_deputy_for_them_and_others_once_they_have_left(
    people: Cast, held: Discussion
) -> None:
    action, now = theirs(held, "Paul Pike"), timezone.now()
    assert permissions.refusal_to_check(people.ada, held, now) is None
    said = permissions.refusal_to_give_time(people.ada, action, now)
    assert said is not None and "That is for Mo Mensah, who chaired the discussion" in said
    assert "Give it more time" not in page(people.ada, "minutes:actions", held.pk)
    assert "Give it more time" in page(people.mo, "minutes:actions", held.pk)
    with transaction.atomic():
        until = {"starts_at": now, "ends_at": now + DAY, "reason": "Annual leave"}
        name_deputy(absent=people.mo, deputy=people.ada, **until, by=people.mo, at=now)
        assert permissions.refusal_to_give_time(people.ada, action, now) is None
        transaction.set_rollback(True)
    type(people.mo).objects.filter(pk=people.mo.pk).update(is_active=False)
    left = Action.objects.get(pk=action.pk)
    assert permissions.refusal_to_give_time(people.ada, left, now) is None
    assert "for who may check its minutes" in str(permissions.refusal_to_give_time(people.bea, left, now))


def test_a_done_action_says_so_before_anything_is_typed_and_loses_nothing_that_was(
    people: Cast, held: Discussion
) -> None:
    action, now, bea = theirs(held, "Paul Pike"), timezone.now(), signed_in(people.bea)
    forms = [
        reverse(f"minutes:{name}", args=[held.pk, action.pk]) for name in ("action_done", "action_blocked")
    ]
    assert [bea.get(form).status_code for form in forms] == [200, 200]
    complete_action(action, what_was_done="Seen", done_at=now, told_how="He rang", by=people.bea, at=now)
    assert [bea.get(form).status_code for form in forms] == [403, 403]
    assert "is “done”: nothing is awaited of it" in bea.get(forms[0]).content.decode()
    typed = {"what_was_done": "Seen at home", "told_how": "He rang", "done_at": now.isoformat()}
    late = bea.post(forms[0], typed)
    assert (late.status_code, "Seen at home" in late.content.decode()) == (409, True)


@pytest.mark.parametrize(
    ("who", "whose", "is_there"),
    [
        ("mo", "chaired", True),
        ("ada", "chaired", False),
        ("mo", "team", True),
        ("sam", "mine", True),
        ("bea", "all", True),
        ("otto", "all", False),
        ("hal", "all", True),
    ],
)
def test_whose_actions_one_sees(people: Cast, held: Discussion, who: str, whose: str, is_there: bool) -> None:
    told = page(getattr(people, who), "worklist:tracker", query=f"?whose={whose}")
    assert (held.case.reference in told) is is_there


@pytest.mark.parametrize(
    ("who", "opens", "says"),
    [
        ("mo", "team", "These are your team’s"),
        ("sam", "mine", ""),
        ("ada", "mine", ""),
        ("bea", "all", "every case that you may see"),
        ("hal", "all", "every case that you may see"),
    ],
)
def test_it_opens_on_what_is_theirs(people: Cast, held: Discussion, who: str, opens: str, says: str) -> None:
    """Where nobody said which: one's own; with nothing of one's own what one watches, and it says so."""
    Action.objects.filter(owner__user=people.mo).update(status="done")
    answer = signed_in(getattr(people, who)).get(reverse("worklist:tracker"))
    assert answer.context["view"].key == opens
    assert (says in answer.content.decode()) if says else answer.context["instead"] == ""
    assert f"whose={opens}&amp;state=late" in answer.content.decode()


def test_it_opens_on_the_managers_own_where_there_is_one(people: Cast, held: Discussion) -> None:
    first = Action.objects.filter(owner__user=people.sam)[0]
    Action.objects.filter(pk=first.pk).update(owner=professional_for(people.mo))
    assert signed_in(people.mo).get(reverse("worklist:tracker")).context["view"].key == "mine"


def test_the_states_of_the_tracker(people: Cast, held: Discussion) -> None:
    def numbers(state: str) -> set[int]:
        answer = signed_in(people.mo).get(f"/actions/?whose=all&state={state}")
        return {one.number for one in answer.context["page"]}

    first, second, *others = Action.objects.order_by("number")
    everything = {first.number, second.number, *(one.number for one in others)}
    now = timezone.now()
    Action.objects.filter(pk=first.pk).update(due_at=now - DAY, agreed_at=now - 2 * DAY)
    Action.objects.filter(pk=second.pk).update(due_at=now - DAY, extended_to=now + DAY)
    complete_action(
        others[0], what_was_done="Seen.", done_at=now, told_how="By telephone", by=people.bea, at=now
    )
    assert numbers("late") == {first.number}
    assert numbers("done") == {others[0].number}
    assert numbers("left") == numbers("rubbish") == everything - {others[0].number}


def test_a_partner_has_no_tracker(people: Cast, held: Discussion) -> None:
    answer: Any = signed_in(people.paul).get("/actions/")
    assert answer.status_code == 403


def test_an_action_is_handed_over_to_the_meeting_that_reviews_it(people: Cast, held: Discussion) -> None:
    """Rows G19, H08: which, when, who leads it; owner, time and the signed log stay; the latest counts."""
    action = theirs(held, "Paul Pike")
    log = held.minutes.action_logs.latest("number").sha256
    mo, address = signed_in(people.mo), reverse("minutes:action_review", args=[held.pk, action.pk])
    assert mo.post(address, {"forum": "", "meets_on": "", "led_by": ""}).status_code == 422
    day = timezone.localdate() + timedelta(days=9)
    for forum, leader in (("child_in_need", "Nia Noor"), ("child_protection", "Ian Iles")):
        said = {"forum": forum, "meets_on": day.isoformat(), "led_by": leader, "note": "Ask the school."}
        assert mo.post(address, said).status_code == 302
    told = page(people.mo, "minutes:actions", held.pk)
    assert "led by Ian Iles: Ask the school." in told and "Nia Noor" not in told
    assert "Handed over to: child protection" in page(people.mo, "worklist:tracker", query="?whose=all")
    assert action.handovers.count() == Entry.objects.filter(event="action.to_review").count() == 2
    assert held.minutes.action_logs.latest("number").sha256 == log
    assert signed_in(people.otto).get(address).status_code in (403, 404)


def test_what_shows_that_an_action_is_done_stands_with_it(people: Cast, held: Discussion) -> None:
    action = theirs(held, "Paul Pike")
    now = timezone.now().isoformat()
    said = {"what_was_done": "Visited.", "evidence": "Note 12", "told_how": "He rang", "done_at": now}
    done = reverse("minutes:action_done", args=[held.pk, action.pk])
    assert signed_in(people.bea).post(done, said).status_code == 302
    assert "Shown by: Note 12" in page(people.mo, "minutes:actions", held.pk)


def overdue(held: Discussion, *owners: str) -> None:
    """Everything of these owners fell due an hour ago; what is left is due tomorrow."""
    now = timezone.now()
    every = Action.objects.filter(minutes__discussion=held)
    every.update(due_at=now + DAY, agreed_at=now - 2 * DAY)
    every.filter(owner__name__in=owners).update(due_at=now - timedelta(hours=1))


def test_one_press_chases_all_overdue_ones_and_each_owner_gets_one_letter(
    people: Cast, held: Discussion
) -> None:
    overdue(held, "Paul Pike", "Sam Shah")
    mo = signed_in(people.mo)
    shown = mo.get("/actions/?whose=chaired")
    late = [one.pk for one in shown.context["late"]]
    theirs = Action.objects.filter(owner__name__in=["Paul Pike", "Sam Shah"], minutes__discussion=held)
    assert sorted(late) == sorted(theirs.values_list("pk", flat=True)) and len(late) > 2
    answer = mo.post("/actions/remind/", {"whose": "chaired", "action": late}, follow=True)
    assert "Reminded by letter: Paul Pike, Sam Shah." in answer.content.decode()
    written = Letter.objects.filter(kind="actions_reminded").order_by("to_name")
    assert [(one.to_name, one.context["number"]) for one in written] == [
        (name, theirs.filter(owner__name=name).count()) for name in ("Paul Pike", "Sam Shah")
    ]
    assert [one.context["discussions"][0]["link"] is None for one in written] == [False, True]
    assert Entry.objects.filter(event="action.chased", by_name=people.mo.name).count() == len(late)
    again = mo.post("/actions/remind/", {"whose": "chaired", "action": late}, follow=True)
    told = again.content.decode()
    assert (
        "Paul Pike was reminded less than an hour ago. Sam Shah was reminded less than an hour ago." in told
    )
    assert written.count() == 2


def test_who_cannot_be_chased_is_said_by_name(people: Cast, held: Discussion) -> None:
    overdue(held, "Paul Pike", "Sam Shah")
    paul = theirs(held, "Paul Pike").owner
    type(paul).objects.filter(pk=paul.pk).update(email="", phone="01632 960123")
    late = list(Action.objects.values_list("pk", flat=True))
    bea = signed_in(people.bea)
    assert bea.get("/actions/?whose=all&state=late").context["late"]
    answer = bea.post("/actions/remind/", {"whose": "all", "action": late}, follow=True)
    told = answer.content.decode()
    assert "Reminded by letter: Sam Shah." in told
    assert "Paul Pike has no email address: telephone them on 01632 960123." in told
    # Not what is not late, nor of a case that they may not see, nor by whoever has no say in it.
    assert Action.objects.exclude(owner__name="Sam Shah").filter(chased_at__isnull=False).count() == 0
    Action.objects.update(chased_at=None)
    for who in (people.otto, people.sam):
        signed_in(who).post("/actions/remind/", {"whose": "all", "action": late}, follow=True)
    assert not Action.objects.filter(chased_at__isnull=False).exists()
    assert Letter.objects.filter(kind="actions_reminded").count() == 1
    assert not signed_in(people.sam).get("/actions/?whose=all&state=late").context["late"]
    assert signed_in(people.paul).post("/actions/remind/", {"action": late}).status_code == 403


def test_long_evidence_is_kept_whole_and_shown_folded(people: Cast, held: Discussion) -> None:
    """Paragraphs and all; what is longer still is refused beside its field, and nothing is cut off."""
    action = theirs(held, "Paul Pike")
    note = "\n\n".join(f"Paragraph {number}: {'he was seen and spoken to. ' * 20}" for number in range(8))
    now, bea = timezone.now(), signed_in(people.bea)
    where = reverse("minutes:action_done", args=[held.pk, action.pk])
    said = {"what_was_done": "Visited.", "told_how": "He rang", "done_at": now.isoformat()}
    wrong = bea.post(where, said | {"evidence": "x" * 10_001})
    assert (wrong.status_code, "x" * 10_001 in wrong.content.decode()) == (422, True)
    with pytest.raises(Refused) as refused:
        complete_action(
            action, what_was_done="Done", evidence="x" * 10_001, done_at=now, by=people.bea, at=now
        )
    assert refused.value.field == "evidence"
    assert bea.post(where, said | {"evidence": note}).status_code == 302
    action.refresh_from_db()
    assert action.evidence.replace("\r\n", "\n") == note.strip()
    told = bea.get(reverse("minutes:actions", args=[held.pk])).content.decode()
    assert "Paragraph 7" in told and told.index("<summary") < told.index("Paragraph 7")


def test_what_is_late_and_blocked_says_both(people: Cast, held: Discussion) -> None:
    action = theirs(held, "Paul Pike")
    past = timezone.now() - DAY
    Action.objects.filter(pk=action.pk).update(due_at=past, status="blocked", blocked_reason="No interpreter")
    tags = (">Overdue<", ">Blocked<", "No interpreter")
    for name, where in (("minutes:actions", held.pk), ("worklist:actions", held.case.reference)):
        shown = page(people.mo, name, where)
        assert all(tag in " ".join(shown.split()).replace("> ", ">").replace(" <", "<") for tag in tags)
