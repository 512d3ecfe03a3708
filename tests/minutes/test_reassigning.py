"""An action handed on: its owner keeps it until somebody accepts it; what was signed stays as it was."""

from datetime import timedelta
from typing import Any

import pytest
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from attendees.models import Invitation, Professional
from attendees.services.directory import professional_for
from audit.errors import MoveNotAllowed, NotAllowed, Refused
from audit.models import Entry
from cases.models import Case
from deadlines.models import Deadline
from minutes.models import Action, Minutes, Reassignment
from minutes.services import reassigning
from minutes.services.actions import Task, edit_action, part_of, strike_action
from minutes.services.agree import freeze_action_log
from minutes.services.candidates import candidates
from minutes.services.content import content_of
from minutes.services.follow_through import complete_action
from minutes.services.tracking import chase_action
from minutes.services.versions import finish
from outbox.models import Letter
from strategy.models import Discussion
from tests.builders.after import professional_named
from tests.builders.meeting import a_held_discussion
from tests.minutes.test_after_pages import by_link
from tests.people import Cast, cast, person
from tests.worklist.test_desk import page, signed_in
from worklist.enums import Kind
from worklist.services.handover import close_account, hand_over_everything

pytestmark = pytest.mark.django_db
WHY = "He is on leave from Monday"


def build() -> tuple[Cast, Discussion]:
    people = cast()
    return people, a_held_discussion(people)


@pytest.fixture
def people(world: tuple[Cast, Discussion]) -> Cast:
    return world[0]


@pytest.fixture
def held(world: tuple[Cast, Discussion]) -> Discussion:
    return world[1]


def action_of(held: Discussion, owner: str = "Paul Pike") -> Action:
    return Action.objects.filter(minutes__discussion=held, owner__name=owner).order_by("number")[0]


def offer(action: Action, to: Any, by: Any, **more: Any) -> Reassignment:
    return reassigning.offer_action(action, to, **{"why": WHY, "at": timezone.now()} | more, by=by)


def clock_of(action: Action) -> Deadline:
    return Deadline.objects.running().of(action.subject, "action").get()


def entries(action: Action) -> list[tuple[str, Any]]:
    found = Entry.objects.filter(subject=action.subject, event__startswith="action.").order_by("id")
    return [(one.event, one.data.get("to")) for one in found if "to" in one.data]


def test_it_stays_its_owners_until_it_is_accepted_and_what_was_signed_stays(
    people: Cast, held: Discussion
) -> None:
    action, hetty = action_of(held), professional_named("Hetty Hall")
    before, signed = clock_of(action), held.minutes.action_logs.get()
    made = offer(action, hetty, professional_named("Paul Pike"))
    action.refresh_from_db()
    assert (action.owner.name, clock_of(action).owner, clock_of(action).verb) == (
        "Paul Pike", before.owner, before.verb,
    )  # fmt: skip
    asked = Letter.objects.get(kind="action_offered")
    assert (asked.to_email, asked.context["link"] is not None) == (hetty.email, True)

    kept = reassigning.accept_offer(made, by=hetty, at=timezone.now())
    assert (kept.owner, kept.agreed_owner, kept.version) == (hetty, action.owner, action.version + 1)
    clock = clock_of(action)
    chased = f"Chase action {action.number} of Hetty Hall"
    assert (clock.verb, clock.owner, clock.due_at) == (chased, people.sam, before.due_at)
    told = Letter.objects.get(kind="action_answered")
    assert (told.to_name, told.context["is_accepted"]) == ("Paul Pike", True)
    assert Letter.objects.get(pk=asked.pk).status == "cancelled"  # nobody is asked what they answered
    to = f"professional:{hetty.pk}"
    assert entries(action) == [("action.offered", to), ("action.accepted", to)]

    record = Minutes.objects.get(discussion=held)
    assert freeze_action_log(record, by=people.bea, at=timezone.now()) == signed
    row = next(one for one in content_of(record)["actions"] if one["number"] == action.number)
    assert (row["owner"], row["owner_agency"]) == ("Paul Pike", "Northshire Police")


def test_a_colleague_with_an_account_gets_the_clock_and_a_partner_hears_of_it(
    people: Cast, held: Discussion
) -> None:
    """From Sam to Ada, who is in no directory yet; then on to Hetty, and back: the log names Sam."""
    action = action_of(held, "Sam Shah")
    made = offer(action, people.ada, people.sam)
    assert Letter.objects.get(kind="action_offered").context["path"].endswith(f"/{held.pk}/actions/")
    reassigning.accept_offer(made, by=people.ada, at=timezone.now())
    assert (clock_of(action).owner, clock_of(action).verb) == (people.ada, f"Do action {action.number}")
    on = offer(action, professional_named("Hetty Hall"), people.ada)
    kept = reassigning.accept_offer(on, by=people.bea, at=timezone.now(), how="By telephone at 4pm")
    assert (kept.agreed_owner or kept.owner).name == "Sam Shah"
    assert Reassignment.objects.get(pk=on.pk).answer_how == "By telephone at 4pm"


def test_letters_name_no_child_and_no_reason(people: Cast, held: Discussion) -> None:
    action = action_of(held)
    made = offer(action, professional_named("Hetty Hall"), people.mo, why="Kit Fenwick knows her")
    reassigning.decline_offer(made, why="Kit is not mine", by=made.to, at=timezone.now())
    for kind in ("action_offered", "action_answered"):
        letter = Letter.objects.get(kind=kind)
        text = str(letter.context) + get_template(f"letters/{kind}/body.txt").render(letter.context)
        assert (held.case.reference in text, "Kit" in text, action.text in text) == (True, False, False)


@pytest.mark.parametrize(
    ("who", "why", "field", "sentence"),
    [
        ("Paul Pike", WHY, "to", "Paul Pike’s already"),
        ("mailbox", WHY, "to", "cannot be asked"),
        ("ira", WHY, "to", "cannot be asked"),
        ("olga", WHY, "to", "cannot be asked"),
        ("gone", WHY, "to", "cannot be asked"),
        (None, WHY, "to", "Choose who"),
        ("Hetty Hall", " ", "why", "Say why"),
        ("Hetty Hall", "x" * 301, "why", "300 characters"),
    ],
)
def test_who_cannot_be_asked_is_refused_beside_the_field(
    people: Cast, held: Discussion, who: str | None, why: str, field: str, sentence: str
) -> None:
    mailbox = professional_for(people.stranger)  # several people read it: nobody would own the action
    Professional.objects.filter(pk=mailbox.pk).update(is_shared=True)
    found: dict[Any, Any] = {None: None, "mailbox": mailbox}
    found |= {"ira": people.ira, "olga": people.olga}
    if who == "gone":
        found["gone"] = professional_named("Hetty Hall")
        Professional.objects.filter(name="Hetty Hall").update(is_active=False)
    to = found[who] if who in found else professional_named(who or "")
    with pytest.raises(Refused, match=sentence) as refused:
        offer(action_of(held), to, people.mo, why=why)
    assert refused.value.field == field
    assert not Reassignment.objects.exists()


def test_one_offer_waits_at_a_time(people: Cast, held: Discussion) -> None:
    action = action_of(held)
    first = offer(action, professional_named("Hetty Hall"), people.mo)
    with pytest.raises(Refused, match="offered to Hetty Hall already") as refused:
        offer(action, people.sam, people.bea)
    assert refused.value.field == "to"
    reassigning.take_back_offer(first, by=people.bea, at=timezone.now())
    assert Letter.objects.get(kind="action_offered").status == "cancelled"
    with pytest.raises(MoveNotAllowed, match="was taken back"):
        reassigning.accept_offer(first, by=first.to, at=timezone.now())
    offer(action, people.sam, people.bea)
    assert Action.objects.get(pk=action.pk).owner.name == "Paul Pike"


def test_who_may_offer_answer_and_take_back(people: Cast, held: Discussion) -> None:
    action, hetty, now = action_of(held), professional_named("Hetty Hall"), timezone.now()
    others: list[User | Professional] = [people.sam, people.olga, hetty]
    for by in others:
        with pytest.raises(NotAllowed):
            offer(action, hetty, by)
    made = offer(action, hetty, people.mo)
    for by in (people.sam, action.owner, professional_named("Dan Dale")):
        with pytest.raises(NotAllowed):
            reassigning.accept_offer(made, by=by, at=now)
    for by in (people.sam, hetty):
        with pytest.raises(NotAllowed):
            reassigning.take_back_offer(made, by=by, at=now)
    with pytest.raises(Refused, match="told you") as refused:  # nobody accepts for another unasked
        reassigning.accept_offer(made, by=people.mo, at=now)
    assert refused.value.field == "how"
    with pytest.raises(Refused, match="why not") as refused:
        reassigning.decline_offer(made, why=" ", by=hetty, at=now)
    assert refused.value.field == "why"
    kept = reassigning.decline_offer(made, why="Not our area", by=hetty, at=now)
    assert (kept.owner.name, kept.agreed_owner) == ("Paul Pike", None)
    assert Letter.objects.get(kind="action_answered").context["is_accepted"] is False


def test_what_is_done_struck_or_given_to_somebody_takes_its_offer_back(
    people: Cast, held: Discussion
) -> None:
    now, hetty = timezone.now(), professional_named("Hetty Hall")
    every = Action.objects.filter(minutes__discussion=held).order_by("number")
    done, changed, struck = sorted(every, key=lambda one: bool(part_of(one)))[
        :3
    ]  # no arrangement is edited alone
    for one in (done, struck, changed):
        offer(one, hetty, people.mo)
    complete_action(done, what_was_done="Seen.", done_at=now, by=people.bea, at=now, told_how="Rang")
    strike_action(struck, "Not needed", by=people.bea, at=now)
    task = Task(changed.text, professional_named("Paul Pike"), changed.due_at, child=changed.child)
    edit_action(changed, task, by=people.bea, at=now)
    assert list(Reassignment.objects.values_list("answer", flat=True)) == ["taken_back"] * 3
    with pytest.raises(MoveNotAllowed, match="“done”"):
        offer(done, hetty, people.mo)
    newest = held.minutes.action_logs.latest("number").content["actions"]
    assert next(one for one in newest if one["number"] == changed.number)["owner"] == "Paul Pike"


def test_an_edit_leaves_the_agreed_owner_where_nobody_else_was_agreed(people: Cast, held: Discussion) -> None:
    """More words of an action that was handed on: the new log names whom the discussion agreed."""
    action, now = action_of(held), timezone.now()
    reassigning.accept_offer(
        offer(action, professional_named("Hetty Hall"), people.mo), by=people.bea, at=now, how="By telephone"
    )
    action = Action.objects.get(pk=action.pk)
    task = Task("Visit the home today", action.owner, action.due_at, child=action.child)
    edit_action(action, task, by=people.bea, at=now)
    row = held.minutes.action_logs.latest("number").content["actions"][action.number - 1]
    assert (row["text"], row["owner"]) == ("Visit the home today", "Paul Pike")


def test_a_leaver_neither_keeps_nor_gets_what_is_offered(people: Cast, held: Discussion) -> None:
    theirs = offer(action_of(held), people.ada, people.mo)  # to Ada, who holds nothing and leaves
    own = offer(action_of(held, "Sam Shah"), professional_named("Hetty Hall"), people.sam)
    now = timezone.now()
    close_account(people.ada, why="Left", to={}, by=people.adi, at=now)
    theirs.refresh_from_db()
    assert (theirs.answer, theirs.action.owner.name) == ("taken_back", "Paul Pike")
    tia = person("Tia Tam", "social_worker", agency=people.council, team=people.team)
    hand_over_everything(people.sam, to={Kind.WORK: tia}, note="Over to you", by=people.adi, at=now)
    own.refresh_from_db()
    assert (own.answer, own.action.owner.name, own.action.agreed_owner.name) == (  # type: ignore[union-attr]
        "taken_back", "Tia Tam", "Sam Shah",
    )  # fmt: skip
    record = Minutes.objects.get(discussion=held)
    assert freeze_action_log(record, by=people.bea, at=now).number == 1


def test_who_can_be_asked(people: Cast, held: Discussion) -> None:
    """A partner is shown who was invited; staff also colleagues who may see the case."""
    action = action_of(held)
    to_staff, to_partner = candidates(action, people.mo), candidates(action, action.owner)
    names = {one.name for one in to_staff}
    assert {"Hetty Hall", "Sam Shah", "Ada Arden"} <= names
    assert not {"Paul Pike", "Hal Hart", "Ira Inman", "Adi Abel", "Olga Orme", "Stella Stone"} & names
    assert ("Ada Arden" in {one.name for one in to_partner}, len(to_partner) < len(to_staff)) == (False, True)
    Invitation.objects.filter(professional__name="Hetty Hall").update(withdrawn_at=timezone.now())
    assert "Hetty Hall" in {one.name for one in candidates(action)}  # she took part: asked by telephone
    made = offer(action, professional_named("Hetty Hall"), people.mo)
    assert Letter.objects.get(kind="action_offered").context["path"] == ""
    Case.objects.filter(pk=held.case_id).update(restricted=True)
    Professional.objects.filter(pk=made.to_id).update(is_active=False)
    with pytest.raises(MoveNotAllowed, match="cannot take this action on"):
        reassigning.accept_offer(made, by=people.mo, at=timezone.now(), how="By telephone")


def test_a_new_owner_is_reminded_though_the_former_just_was(people: Cast, held: Discussion) -> None:
    action, now = action_of(held), timezone.now()
    chase_action(action, by=people.mo, at=now)
    made = offer(action, professional_named("Hetty Hall"), people.mo)
    kept = reassigning.accept_offer(made, by=made.to, at=now)
    assert Letter.objects.get(kind="action_chased").status == "cancelled"
    chase_action(kept, by=people.mo, at=now + timedelta(minutes=1))
    assert Letter.objects.filter(kind="action_chased").latest("pk").to_name == "Hetty Hall"


def test_while_the_chair_checks_the_log_stays_signed(people: Cast, held: Discussion) -> None:
    action, now = action_of(held), timezone.now()
    finish(held.minutes, by=people.bea, at=now)
    made = offer(action, professional_named("Hetty Hall"), people.mo)
    reassigning.accept_offer(made, by=made.to, at=now)
    assert held.minutes.action_logs.count() == 1


# --- Pages ---------------------------------------------------------


def address(name: str, action: Action) -> str:
    return reverse(f"minutes:{name}", args=[action.minutes.discussion_id, action.pk])


def test_partners_hand_on_and_accept_by_their_links(people: Cast, held: Discussion) -> None:
    action, minutes = action_of(held), held.minutes
    mine = reverse("minutes:partner_actions", args=[held.pk])
    paul, hetty = by_link(minutes, "Paul Pike"), by_link(minutes, "Hetty Hall")
    to = f"professional-{professional_named('Hetty Hall').pk}"
    form = address("partner_action_offer", action)
    bad = paul.post(form, {"to": to, "why": "", "_version": action.version})
    assert (bad.status_code, set(bad.context["form"].errors)) == (422, {"why"})
    assert f'value="{to}" selected' in bad.content.decode()
    assert "Ada Arden" not in bad.content.decode()  # who at the council sees the case is not told to partners
    assert paul.post(form, {"to": to, "why": WHY}).headers["Location"] == mine
    twice = paul.post(form, {"to": to, "why": WHY})
    assert (twice.status_code, set(twice.context["form"].errors)) == (409, {"to"})
    assert "Take the offer back" in paul.get(mine).content.decode()

    told = hetty.get(mine).content.decode()
    assert "Offered to you" in told and action.text in told and "Mark as done" not in told
    home = hetty.get(reverse("attendees:partner_discussion", args=[held.pk])).content.decode()
    assert "An action is offered to you" in home
    assert by_link(minutes, "Dan Dale").get(address("partner_action_answer", action)).status_code == 404
    answer = address("partner_action_answer", action)
    bad = hetty.post(answer, {"answer": "declined", "why": " "})
    assert (bad.status_code, set(bad.context["form"].errors)) == (422, {"why"})
    no = {"answer": "declined", "why": "Not our area"}
    assert f"You have declined action {action.number}. It stays with Paul Pike." in (
        hetty.post(answer, no, follow=True).content.decode()
    )
    assert paul.post(form, {"to": to, "why": WHY}).headers["Location"] == mine
    assert hetty.post(answer, {"answer": "accepted"}).status_code == 302
    late = paul.post(address("partner_action_take_back", action))
    assert (late.status_code, "was accepted" in late.content.decode()) == (403, True)
    assert action.text not in paul.get(mine).content.decode()
    told = hetty.get(mine).content.decode()
    assert "Agreed for Paul Pike" in told and "Mark as done" in told


def test_staff_find_what_is_offered_to_them_where_their_work_begins(people: Cast, held: Discussion) -> None:
    action = action_of(held, "Sam Shah")
    sam, ada, bea = signed_in(people.sam), signed_in(people.ada), signed_in(people.bea)
    assert (
        sam.post(address("action_offer", action), {"to": f"user-{people.ada.pk}", "why": WHY}).status_code
        == 302
    )
    for name in ("worklist:home", "worklist:tracker"):
        told = page(people.ada, name)
        assert "Offered to you" in told and address("action_answer", action) in told
        assert "Offered to you" not in page(people.mo, name)
    listed = page(people.bea, "minutes:actions", held.pk)
    assert "Record what Ada Arden says" in listed and "Take the offer back" in listed
    bad = bea.post(address("action_answer", action), {"answer": "accepted", "how": ""})
    assert (bad.status_code, set(bad.context["form"].errors)) == (422, {"how"})
    assert sam.get(address("action_answer", action)).status_code == 403
    shown = ada.get(address("action_answer", action)).content.decode()
    assert WHY in shown and "How did" not in shown
    assert ada.post(address("action_answer", action), {"answer": "accepted"}).status_code == 302
    assert "Offered to you" not in page(people.ada, "worklist:home")
    declined = offer(Action.objects.get(pk=action.pk), people.sam, people.ada)
    reassigning.decline_offer(declined, why="Ada knows them better", by=people.sam, at=timezone.now())
    assert "Sam Shah declined it" in page(people.ada, "minutes:actions", held.pk)
    entry = page(people.mo, "worklist:timeline", held.case.reference)
    assert "Offered an action to somebody else" in entry and "to Ada Arden" in entry
    assert ada.get(address("action_answer", action)).status_code == 403  # answered: the page says when


def test_an_offer_that_was_made_anew_meanwhile_is_not_taken_back_unseen(
    people: Cast, held: Discussion
) -> None:
    action = action_of(held)
    first = offer(action, professional_named("Hetty Hall"), people.mo)
    bea = signed_in(people.bea)
    reassigning.take_back_offer(first, by=people.mo, at=timezone.now())
    offer(action, people.ada, people.mo)
    answer = bea.post(address("action_take_back", action), {"_version": first.pk})
    assert (answer.status_code, "Ada Arden" in answer.content.decode()) == (409, True)
    assert Reassignment.objects.waiting().exists()
