"""A named officer takes over what came to a shared mailbox (rows W19, W20)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from attendees.models import Claim, InformationRequest, Invitation, PartnerCode, Professional
from attendees.rules.mailboxes import PUBLIC
from attendees.services import inviting
from attendees.services.booking import cancel_booking
from attendees.services.claiming import Officer, take_over
from attendees.services.directory import add_professional, correct_professional
from attendees.services.information import Text, save_information
from attendees.services.links import token_for
from attendees.services.replies import reply_to_invitation
from attendees.templatetags.partner_letters import one_time_code
from audit.errors import MoveNotAllowed, NotAllowed, Refused, Taken
from audit.models import Entry
from deadlines.models import Deadline
from minutes.models import Section
from minutes.services.record import open_record
from outbox.models import Letter
from strategy.models import Discussion, PoliceForward
from strategy.services.police import forward_to_police
from tests.attendees.test_letters import parsed
from tests.builders.booking import a_booked_discussion, a_referral_desk, invitation_of, link_of
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
LENA = Officer(
    "Lena Lee", "Detective constable", "01632 960131", "lena.lee@northshire-police.example", "PC 4411"
)
MAX = Officer("Max Moor", "Detective sergeant", "01632 960132", "max.moor@northshire-police.example")
TYPED = {name: getattr(LENA, name) for name in Officer.__slots__}


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def discussion(people: Cast) -> Discussion:
    return a_booked_discussion(people, professionals=[a_referral_desk(people)])


def taken(discussion: Discussion, officer: Officer = LENA, instead_of: int = 0, **more: Any) -> Claim:
    """By whoever reads the mailbox."""
    asked = invitation_of(discussion, "Referral desk")
    return take_over(
        asked, officer, instead_of=instead_of, **{"by": asked.professional, "at": timezone.now()} | more
    )


def text_of(letter: Letter) -> str:
    """Subject, body and appointment as whoever gets this letter reads them."""
    mail = parsed(letter)
    parts = [part.get_content() for part in mail.walk() if not part.is_multipart()]
    return "\n".join([mail["Subject"], *map(str, parts)]).replace("\r\n", "\n")


def enter(client: Client, discussion: Discussion, name: str = "Referral desk") -> Any:
    """Open the link, enter its code, and read the page."""
    link, token = link_of(discussion, name)
    assert client.post(f"/p/{token}/").status_code == 302
    code = one_time_code(PartnerCode.objects.filter(link=link)[0].pk)
    client.post("/partner/code/", {"code": code})
    return client.get(f"/partner/{discussion.pk}/")


def test_everything_asked_passes_to_the_officer_and_nothing_saved_is_lost(
    people: Cast, discussion: Discussion
) -> None:
    now = timezone.now()
    forward_to_police(discussion.request, agency=people.police, by=people.bea, at=now)
    desk = invitation_of(discussion, "Referral desk")
    asked = InformationRequest.objects.get(professional=desk.professional)
    words = "An officer called there in May."
    save_information(asked, [Text("Attendances", words)], by=desk.professional, at=now)
    reply_to_invitation(desk, answer="coming", by=desk.professional, at=now)
    record = open_record(discussion, by=people.bea, at=now)
    clock = Deadline.objects.get(subject=asked.subject)
    claim = taken(discussion)
    made = invitation_of(discussion, "Lena Lee")
    lena = made.professional
    assert (claim.taken, claim.phone, claim.reference) == (made, LENA.phone, "PC 4411")
    assert (lena.agency, lena.job_role, lena.phone) == (people.police, LENA.job_role, LENA.phone)
    assert (made.quorum_role, made.reply, made.withdrawn_at) == ("police", "coming", None)
    asked.refresh_from_db()
    assert (asked.professional, asked.status, asked.passages.get().text) == (lena, "started", words)
    same = Deadline.objects.get(subject=asked.subject)
    assert (same.pk, same.due_at, same.met_at, same.voided_at) == (clock.pk, clock.due_at, None, None)
    cells = Section.objects.filter(minutes=record, professional__in=[lena, desk.professional])
    assert {cell.professional_id for cell in cells} == {lena.pk}
    forward = PoliceForward.objects.get()
    assert (forward.named_officer, forward.police_reference) == ("Lena Lee, Detective constable", "PC 4411")
    letters = Letter.objects.filter(kind__in=["invitation_taken_over", "invitation_passed_on", "taken_over"])
    assert sorted(letters.values_list("kind", "to_name")) == [
        ("invitation_passed_on", "Referral desk"),
        ("invitation_taken_over", "Lena Lee"),
        ("taken_over", people.support.name),
    ]
    texts = {one.kind: text_of(one) for one in letters}
    assert link_of(discussion, "Lena Lee")[1] in texts["invitation_taken_over"]
    who = ("Lena Lee, Detective constable, Northshire Police, took ", f"telephone: {LENA.phone}")
    for kind in ("invitation_passed_on", "taken_over"):
        assert [one for one in who if one not in texts[kind]] == []
    child = discussion.request.children.all()[0]
    assert [kind for kind, text in texts.items() if child.family_name in text] == []
    entry = Entry.objects.get(event="invitation.taken_over")
    assert (entry.by_ref, entry.subject) == (f"professional:{desk.professional.pk}", made.subject)


def test_by_the_pages_the_mailbox_sees_who_has_it_and_no_more(
    client: Client, people: Cast, discussion: Discussion
) -> None:
    page = enter(client, discussion).content.decode()
    assert page.index("Who are you?") < page.index("What is asked of you")
    one = f"/partner/{discussion.pk}/"
    wrong = client.post(f"{one}take-over/", {**TYPED, "email": "lena.lee@mail.example", "_version": "0"})
    assert wrong.status_code == 409
    assert "ends in @northshire-police.example" in wrong.content.decode()
    assert 'value="Lena Lee"' in wrong.content.decode()
    assert client.post(f"{one}take-over/", {"_version": "0"}).status_code == 422
    assert client.post(f"{one}take-over/", {**TYPED, "_version": "0"}).url == one  # type: ignore[attr-defined]
    later = Client()
    page = enter(later, discussion).content.decode()
    for words in ("Lena Lee has taken this over", LENA.phone, "Bea Bright, business support"):
        assert words in page
    assert "Video link 1" not in page
    for address in ("reply/", "information/", "escalations/", "minutes/"):
        refused = later.get(f"{one}{address}")
        assert (refused.status_code, "Lena Lee, Detective" in refused.content.decode()) == (403, True)
    assert later.get("/partner/").content.decode().count("Strategy discussion") == 0
    kept = later.post(f"{one}reply/", {"answer": "not_coming", "reason": "All in court today"})
    assert (kept.status_code, "All in court today" in kept.content.decode()) == (403, True)
    late = later.post(f"{one}take-over/", {**TYPED, "name": "Max Moor", "_version": "0"})
    assert late.status_code == 409
    assert "Lena Lee, Detective constable, took this over on" in late.content.decode()
    assert 'name="_version" value="0"' in late.content.decode()
    own = Client()
    assert "Who are you?" not in enter(own, discussion, "Lena Lee").content.decode()
    assert own.get(f"{one}take-over/").status_code == 403
    client.force_login(people.bea)
    staff = client.get(f"/discussions/{discussion.pk}/").content.decode()
    assert "Took over from Referral desk, reference PC 4411" in staff
    assert "Taken over</strong><br>Lena Lee, Detective constable, took it over on" in staff


def test_somebody_else_takes_it_over_and_the_first_is_shut_out(
    client: Client, people: Cast, discussion: Discussion
) -> None:
    forward_to_police(discussion.request, agency=people.police, by=people.bea, at=timezone.now())
    first = taken(discussion)
    reply_to_invitation(first.taken, answer="coming", by=first.taken.professional, at=timezone.now())
    assert enter(client, discussion, "Lena Lee").status_code == 200
    second = taken(discussion, MAX, first.pk)
    assert client.get(f"/partner/{discussion.pk}/").status_code == 410
    max_moor, lena = invitation_of(discussion, "Max Moor"), invitation_of(discussion, "Lena Lee")
    assert (max_moor.reply, lena.withdrawn_at is None) == ("waiting", False)  # hers says nothing of his
    assert discussion.information.get().professional == max_moor.professional
    forward = PoliceForward.objects.get()
    assert (forward.named_officer, forward.police_reference) == ("Max Moor, Detective sergeant", "PC 4411")
    again = taken(discussion, LENA, second.pk)
    assert (again.taken, invitation_of(discussion, "Lena Lee").reply) == (lena, "waiting")
    assert token_for(discussion.links.get(professional=lena.professional, revoked_at=None))
    assert list(Claim.objects.in_force()) == [again]


REFUSED = [
    ("email", "lena@northshire-police.example.evil.example", "ends in @northshire-police.example"),
    ("email", "lena@sub.northshire-police.example", "ends in @northshire-police.example"),
    ("email", " Referral.Desk@Northshire-Police.example", "This is the shared mailbox"),
    ("email", "mash@northshire-police.example", "This is a shared mailbox too"),
    ("email", "gone@northshire-police.example", "cannot take anything over"),
    ("email", "", "Enter their work email address"),
    ("email", "a@b@c", "one email address only"),
    ("phone", " ", "Enter a direct telephone number"),
    ("name", " ", "Enter the professional’s name"),
]


def test_an_address_opens_the_case_so_it_is_of_the_agency(people: Cast, discussion: Discussion) -> None:
    people.paul.email, people.paul.is_active = "gone@northshire-police.example", False
    people.paul.save()
    for field, typed, sentence in REFUSED:
        with pytest.raises(Refused) as refused:
            taken(discussion, replace(LENA, **{field: typed}))
        assert (refused.value.field, sentence in refused.value.sentence) == (field, True)
    assert (Claim.objects.count(), Letter.objects.filter(kind="taken_over").count()) == (0, 0)


def test_whom_business_support_took_off_cannot_come_back_by_the_mailbox(
    people: Cast, discussion: Discussion
) -> None:
    now = timezone.now()
    claim = taken(discussion)
    inviting.withdraw_invitation(claim.taken, reason="Is a relative", by=people.bea, at=now)
    with pytest.raises(MoveNotAllowed):  # nor has the mailbox anything to give
        taken(discussion, MAX)
    desk = invitation_of(discussion, "Referral desk").professional
    inviting.invite_more(discussion, [desk], by=people.bea, at=now)
    with pytest.raises(Refused, match="Lena Lee was taken off this discussion"):
        taken(discussion, replace(LENA, name="L Lee"))
    assert taken(discussion, MAX).taken.professional.name == "Max Moor"


def test_only_by_the_mailbox_and_before_the_end(people: Cast, discussion: Discussion) -> None:
    with pytest.raises(NotAllowed):
        taken(discussion, by=people.bea)
    other = add_professional(
        name="Bob Lee", agency=people.police, job_role="Sergeant", email="bob.lee@northshire-police.example",
        by=people.bea, at=timezone.now(),
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        taken(discussion, by=other)
    cancel_booking(discussion, reason="The police cannot come", by=people.bea, at=timezone.now())
    with pytest.raises(MoveNotAllowed):
        taken(discussion)


def test_which_entries_are_shared_mailboxes(client: Client, people: Cast) -> None:
    now = timezone.now()
    client.force_login(people.bea)
    facts = {"name": "Desk", "job_role": "Referrals", "is_shared": "on"}
    anybodys = f"desk@{next(one for one in sorted(PUBLIC) if one.startswith('g'))}"
    for more, sentence in (
        ({"agency": people.council.pk, "email": "desk@ambleford.example"}, "own staff sign in by name"),
        ({"agency": people.school.pk, "email": anybodys}, "Anybody can have an address at gmail"),
        ({"agency": people.school.pk}, "needs an email address"),
    ):
        answer = client.post("/directory/add/", facts | more)
        assert (answer.status_code, sentence in answer.content.decode()) == (409, True)
    text = (
        "Desk, Referrals, Northshire Police, , desk@northshire-police.example, Police, , yes\n"
        f"Head, Head, Elm Street Primary School, , {anybodys}, , , yes\nB, B, Northshire Police, , , , , x"
    )
    page = client.post("/directory/paste/", {"lines": text}).content.decode()
    assert ("Anybody can have an address at gmail" in page, "Write yes or no" in page) == (True, True)
    client.post("/directory/paste/", {"lines": text.splitlines()[0], "_save": "1"})
    desk = Professional.objects.get(name="Desk")
    assert desk.is_shared
    assert "Shared mailbox</strong>" in client.get("/directory/").content.decode()
    known = {"job_role": "Referrals", "phone": "", "email": desk.email, "by": people.bea, "at": now}
    assert correct_professional(desk, **known).is_shared
    assert not correct_professional(desk, **known, is_shared=False).is_shared


@pytest.mark.django_db(transaction=True)
def test_two_officers_press_at_once_and_one_has_it() -> None:
    people = cast()
    desk = a_referral_desk(people)
    for number in range(2):
        start = timezone.now() + timedelta(hours=2 + 2 * number)
        asked = a_booked_discussion(people, professionals=[desk], start=start)
        gate = Barrier(2)

        def press(officer: Officer, asked: Discussion = asked, gate: Barrier = gate) -> str:
            try:
                gate.wait(timeout=20)
                return taken(asked, officer).taken.professional.name
            except Taken as has_it:
                return has_it.sentence
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            told = sorted(pool.map(press, [LENA, MAX]), key=len)
        winner = LENA if told[0] == LENA.name else MAX
        assert told[0] == winner.name
        assert told[1].startswith(f"{winner.name}, {winner.job_role}, took this over on")
        assert told[1].endswith(f"Telephone them on {winner.phone}")
        in_force = Invitation.objects.filter(discussion=asked, withdrawn_at=None)
        assert in_force.filter(professional__agency=people.police).count() == 1
