"""What people say of the record: kept when they say something else, or tell somebody else (W26, G16)."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.errors import MoveNotAllowed, NotAllowed, Refused
from audit.models import Entry
from minutes.enums import Answer
from minutes.models import Agreement, Minutes, Recipient
from minutes.services import versions
from minutes.services.content import content_of
from minutes.services.copies import record_acknowledged
from minutes.services.round import answer_record, record_answer
from tests.builders.after import a_circulation, a_finished_record, copy_of
from tests.minutes.test_after_pages import by_link
from tests.people import Cast, cast
from tests.worklist.test_desk import page, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def minutes(people: Cast) -> Minutes:
    return a_finished_record(people)


def test_a_second_answer_keeps_the_first_and_what_the_chair_answered(people: Cast, minutes: Minutes) -> None:
    """Shown on the page of the round and in the record; the same words again are no other answer."""
    now = timezone.now()
    hetty = minutes.discussion.attendance.select_related("professional").get(name="Hetty Hall")
    me = hetty.professional
    said = answer_record(minutes, hetty, Answer.CORRECTS, text="It was the left arm.", by=me, at=now)
    answer_record(minutes, hetty, Answer.CORRECTS, text="It was the left arm.", by=me, at=now)
    versions.answer_correction(said, accepted=False, reason="Two reports say right.", by=people.mo, at=now)
    link, where = by_link(minutes, "Hetty Hall"), [minutes.discussion_id]
    asked = link.get(reverse("minutes:partner_agree", args=where)).content.decode()
    assert "left arm.”<br><strong>Not taken up by Mo Mensah: Two reports say right." in asked
    shown = link.get(reverse("attendees:partner_discussion", args=where)).content.decode()
    assert "The chair did not take it up: Two reports say right." in shown
    answer_record(minutes, hetty, Answer.OBJECTS, text="Read the X-ray.", by=me, at=now)
    said.refresh_from_db()
    assert (said.answer, said.resolution) == ("objects", "")
    kept = list(said.earlier.values_list("answer", "text", "resolution", "accepted", "resolved_by"))
    assert kept == [  # she had agreed at the end
        ("agrees", "", "", None, None),
        ("corrects", "It was the left arm.", "Two reports say right.", False, people.mo.pk),
    ]
    shown = page(people.mo, "minutes:round", minutes.discussion_id)
    assert "“It was the left arm.” Not taken up by Mo Mensah: Two reports say right." in shown
    told = next(one for one in content_of(minutes)["agreements"] if one["name"] == "Hetty Hall")
    assert [one["answer"] for one in told["earlier"]] == ["Agrees", "Proposes a correction"]
    assert told["earlier"][1]["resolution"] == "Not taken up by Mo Mensah: Two reports say right."


def when(at: datetime) -> dict[str, str]:
    """A moment as it is typed in the four boxes."""
    local = timezone.localtime(at)
    named = {"day": local.day, "month": local.month, "year": local.year, "time": f"{local:%H:%M}"}
    return {f"told_at_{part}": str(value) for part, value in named.items()}


def test_business_support_writes_down_what_somebody_told_them(people: Cast, minutes: Minutes) -> None:
    """How, when and to whom stand beside it on the page and in the record; nobody may for themselves."""
    hetty = minutes.discussion.attendance.get(name="Hetty Hall")
    address = reverse("minutes:answer_for", args=[minutes.discussion_id, hetty.pk])
    bea, now = signed_in(people.bea), timezone.now()
    empty = bea.post(address, {"answer": "corrects", **when(now), "how": ""})
    assert (empty.status_code, set(empty.context["form"].errors)) == (422, {"correction", "how"})
    typed = {"answer": "corrects", "correction": "It was the left arm.", "how": "By telephone"}
    for moment, sentence in (
        (now + timedelta(hours=1), "This time is in the future"),
        (now - timedelta(days=2), "before the discussion ended"),
    ):
        refused = bea.post(address, {**typed, **when(moment)})
        assert sentence in str(refused.context["form"].errors["told_at"])
    assert bea.post(address, {**typed, **when(now)}).status_code == 302
    said = Agreement.objects.get(attendance=hetty)
    assert (said.text, said.how, said.told_to) == ("It was the left arm.", "By telephone", people.bea)
    assert said.earlier.get().answer == "agrees"
    entry = Entry.objects.filter(event="agreement.recorded").latest("id")
    assert (entry.subject, entry.by_ref, entry.data["told"]) == (
        f"agreement:{said.pk}",
        f"user:{people.bea.pk}",
        True,
    )
    assert "By telephone, told to Bea Bright" in page(people.mo, "minutes:round", minutes.discussion_id)
    told = next(one for one in content_of(minutes)["agreements"] if one["name"] == "Hetty Hall")
    assert told["told"] == "By telephone, told to Bea Bright"
    assert signed_in(people.sam).get(address).status_code == 403
    own = minutes.discussion.attendance.get(name="Bea Bright")
    with pytest.raises(Refused, match="You took part yourself"):
        record_answer(minutes, own, "agrees", how="By telephone", told_at=now, by=people.bea, at=now)


def test_what_was_told_before_their_own_answer_does_not_replace_it(people: Cast, minutes: Minutes) -> None:
    """They rang at four and answered by link at five: the link's answer stands."""
    now = timezone.now()
    hetty = minutes.discussion.attendance.select_related("professional").get(name="Hetty Hall")
    answer_record(minutes, hetty, Answer.OBJECTS, text="No.", by=hetty.professional, at=now)
    with pytest.raises(Refused, match="before what Hetty Hall said last") as refused:
        at = now - timedelta(minutes=5)
        record_answer(minutes, hetty, "agrees", how="By telephone", told_at=at, by=people.bea, at=now)
    assert refused.value.field == "told_at"
    assert Agreement.objects.get(attendance=hetty).answer == "objects"


def test_who_rings_to_say_that_the_minutes_came_is_written_down(people: Cast) -> None:
    """On the proof, with how and to whom; not before the copy went, and once."""
    now = timezone.now()
    circulation = a_circulation(people, at=now - timedelta(minutes=10))
    number = circulation.version.minutes.discussion_id
    copy = copy_of(circulation, "Hetty Hall")
    with pytest.raises(MoveNotAllowed, match="has not gone yet"):
        record_acknowledged(copy, how="By telephone", told_at=now, by=people.bea, at=now)
    gone = {"status": "sent", "dispatched_at": now - timedelta(minutes=5)}
    Recipient.objects.filter(pk=copy.pk).update(**gone)
    address = reverse("minutes:acknowledged_for", args=[number, copy.pk])
    bea = signed_in(people.bea)
    assert "Record that they have it" in page(people.bea, "minutes:proof", number)
    early = bea.post(address, {"how": "By telephone", **when(now - timedelta(minutes=7))})
    assert "before their copy went" in str(early.context["form"].errors["told_at"])
    assert bea.post(address, {"how": "", **when(now)}).status_code == 422
    assert bea.post(address, {"how": "By telephone", **when(now)}).status_code == 302
    copy.refresh_from_db()
    assert (copy.acknowledged_to, copy.acknowledged_how, copy.opened_at) == (people.bea, "By telephone", None)
    assert "By telephone, told to Bea Bright" in page(people.mo, "minutes:proof", number)
    with pytest.raises(MoveNotAllowed, match="already"):
        record_acknowledged(copy, how="By telephone", told_at=now, by=people.bea, at=now)
    with pytest.raises(NotAllowed):
        record_acknowledged(copy, how="By telephone", told_at=now, by=people.sam, at=now)
