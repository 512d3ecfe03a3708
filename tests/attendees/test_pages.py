"""Pages of booking, of the discussion and of partners: what they show, refuse and cost."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from attendees.models import PartnerCode
from attendees.services.directory import professional_for
from attendees.templatetags.partner_letters import one_time_code
from attendees.views.grid import make_grid
from audit.models import Entry
from cases.rules import ChildFacts
from strategy.enums import Status
from strategy.models import Booking, Discussion, StrategyRequest
from tests.builders.booking import (
    a_booked_discussion,
    a_room,
    a_video_link,
    invitation_of,
    known_professionals,
    link_of,
)
from tests.builders.requests import a_referral, an_authorised_request
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
CANARY = "Zyxwcanary"


@pytest.fixture
def people() -> Cast:
    return cast()


def typed(people: Cast, request: StrategyRequest, **other: object) -> dict[str, object]:
    """The form of booking as Bea fills it."""
    start = timezone.localtime(timezone.now() + timedelta(hours=2))
    return {
        "format": "virtual",
        "length": "60",
        "place": a_video_link().pk,
        "start_day": start.day,
        "start_month": start.month,
        "start_year": start.year,
        "start_time": f"{start:%H:%M}",
        "chair": people.mo.pk,
        "minute_taker": people.bea.pk,
        "professionals": list(request.wanted.values_list("professional", flat=True)),
        "late_reason": "Nobody of the police is free before.",
        **other,
    }


def test_booking_by_the_page(client: Client, people: Cast) -> None:
    request = an_authorised_request(people)
    client.force_login(people.bea)
    address = f"/requests/{request.pk}/book/"
    a_video_link()
    page = client.get(address).content.decode()
    assert "Everybody needed for a quorum is invited" in page
    assert "Not forwarded yet" in page
    assert "has not telephoned yet" in page
    answer = client.post(address, typed(people, request))
    discussion = Discussion.objects.get()
    assert answer.url == f"/discussions/{discussion.pk}/"  # type: ignore[attr-defined]
    assert client.get(address).status_code == 403  # it is booked now


def test_a_chosen_time_fills_the_form_and_books_nothing(client: Client, people: Cast) -> None:
    request = an_authorised_request(people)
    room = a_video_link("Video link 7")
    client.force_login(people.bea)
    start = (timezone.now() + timedelta(days=1)).replace(hour=11, minute=0, second=0, microsecond=0)
    data = typed(people, request, hub="typed before", _slot=f"{room.pk}|{start.isoformat()}")
    page = client.post(f"/requests/{request.pk}/book/", data).content.decode()
    assert "typed before" in page
    assert f'<option value="{room.pk}" selected>' in page
    assert f'value="{timezone.localtime(start):%H:%M}"' in page
    for nonsense in ("x|y", "|", "1|2026-13-45T99:99", "%s|" % ("9" * 50)):
        data["_slot"] = nonsense
        assert client.post(f"/requests/{request.pk}/book/", data).status_code == 200
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    ("other", "status", "said"),
    [
        ({"place": "999999"}, 422, "Choose one of the answers listed"),
        ({"chair": "999999"}, 422, "Choose one of the answers listed"),
        ({"format": "carrier pigeon"}, 422, "Choose one of the answers listed"),
        ({"length": "x" * 300}, 422, "Choose one of the answers listed"),
        ({"start_day": "31", "start_month": "2"}, 422, "must be a real date"),
        ({"start_time": "half past"}, 422, "Enter the time like"),
        ({"start_year": "2031"}, 409, "more than 60 days away"),
        ({"start_year": "2020"}, 409, "has passed"),
        ({"professionals": []}, 409, "Choose at least one professional"),
        ({"hub": "x" * 121}, 422, "120 characters"),
    ],
)
def test_bad_input_keeps_the_text(
    client: Client, people: Cast, other: dict[str, object], status: int, said: str
) -> None:
    request = an_authorised_request(people)
    client.force_login(people.bea)
    data = typed(people, request, facilitator="Kept words", **other)
    answer = client.post(f"/requests/{request.pk}/book/", data)
    page = answer.content.decode()
    assert answer.status_code == status
    assert "Kept words" in page
    assert said.lower() in page.lower()
    request.refresh_from_db()
    assert request.status == Status.AUTHORISED


def test_somebody_new_joins_the_directory_by_booking(client: Client, people: Cast) -> None:
    request = an_authorised_request(people)
    client.force_login(people.bea)
    new = {
        "newcomer-count": "1",
        "newcomer-0-name": "Nora New",
        "newcomer-0-agency": people.health.pk,
        "newcomer-0-job_role": "Consultant",
        "newcomer-0-email": "nora@hospital.gsi.gov.uk",
    }
    answer = client.post(f"/requests/{request.pk}/book/", typed(people, request, **new))
    assert answer.status_code == 422
    assert "closed down" in answer.content.decode()
    new["newcomer-0-email"] = "nora@northshire-health.example"
    assert client.post(f"/requests/{request.pk}/book/", typed(people, request, **new)).status_code == 302
    assert invitation_of(Discussion.objects.get(), "Nora New").professional.job_role == "Consultant"


def test_the_same_form_twice_books_once(client: Client, people: Cast) -> None:
    request = an_authorised_request(people)
    client.force_login(people.bea)
    data = typed(people, request, _key="11111111-1111-4111-8111-111111111111")
    first = client.post(f"/requests/{request.pk}/book/", data)
    second = client.post(f"/requests/{request.pk}/book/", data)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.url == second.url  # type: ignore[attr-defined]
    assert Booking.objects.count() == 1


def test_other_families_are_only_taken_on_the_grid(client: Client, people: Cast) -> None:
    start = (timezone.now() + timedelta(days=1)).replace(hour=11, minute=0, second=0, microsecond=0)
    other = a_booked_discussion(people, start=start, place=a_room())
    request = an_authorised_request(
        people, referral=a_referral(people, children=[ChildFacts(given_names=CANARY, family_name=CANARY)])
    )
    client.force_login(people.bea)
    page = client.post(
        f"/requests/{request.pk}/book/", typed(people, request, format="face_to_face", _show="1")
    ).content.decode()
    assert "Room 1, Cherry House taken" in page
    assert other.case.reference not in page


def test_no_lawful_time_left_is_said_plainly() -> None:
    now = timezone.now()
    room = a_video_link()
    grid = make_grid(
        [room], format="virtual", length=timedelta(hours=1), limit=now - timedelta(minutes=31), now=now
    )
    assert (grid.lawful_left, grid.first_lawful, grid.places) == (False, [], [room])
    open_grid = make_grid(
        [room], format="virtual", length=timedelta(hours=1), limit=now + timedelta(hours=30), now=now
    )
    assert open_grid.lawful_left
    assert [one.slot.lawful for one in open_grid.first_lawful] == [True] * 6
    assert sum(cell.is_limit for row in open_grid.rows for cell in row.cells) == 1


@pytest.mark.parametrize("who", ["stranger", "olga", "paul", "adi"])
def test_a_stranger_does_not_learn_that_it_exists(client: Client, people: Cast, who: str) -> None:
    discussion = a_booked_discussion(people)
    asked = invitation_of(discussion, "Paul Pike")
    client.force_login(getattr(people, who))
    one = f"/discussions/{discussion.pk}/"
    for page in (
        one,
        *[f"{one}{name}/" for name in ("replies", "move", "cancel", "invite")],
        *[
            f"{one}invitations/{asked.pk}/{name}/"
            for name in ("reply", "information", "withdraw", "deputy", "new-link")
        ],
        *[f"/requests/{discussion.request_id}/{name}/" for name in ("book", "forward", "receipt-call")],
    ):
        assert client.get(page).status_code == 404, page
        assert client.post(page).status_code in (404, 405), page
    assert client.post(f"{one}invitations/{asked.pk}/shut-link/").status_code == 404


def test_who_may_see_but_not_book_is_told_why(client: Client, people: Cast) -> None:
    discussion = a_booked_discussion(people)
    client.force_login(people.sam)
    assert client.get(f"/discussions/{discussion.pk}/").status_code == 200
    answer = client.get(f"/discussions/{discussion.pk}/cancel/")
    assert answer.status_code == 403
    assert "business support" in answer.content.decode()


def test_an_invitation_of_another_discussion_is_not_found(client: Client, people: Cast) -> None:
    first = a_booked_discussion(people)
    second = a_booked_discussion(
        people, place=a_video_link("Video link 2"), start=first.planned_start + timedelta(hours=3)
    )
    client.force_login(people.bea)
    foreign = invitation_of(second, "Paul Pike")
    for name in ("reply", "information", "withdraw", "deputy", "new-link"):
        assert client.get(f"/discussions/{first.pk}/invitations/{foreign.pk}/{name}/").status_code == 404


def test_reading_is_written_down_once_and_polling_is_not(client: Client, people: Cast) -> None:
    discussion = a_booked_discussion(people)
    client.force_login(people.bea)
    client.get(f"/discussions/{discussion.pk}/")
    client.get(f"/discussions/{discussion.pk}/replies/")
    assert Entry.objects.filter(event="discussion.read").count() == 1
    partner = Client()
    _, token = link_of(discussion, "Paul Pike")
    partner.post(f"/p/{token}/")
    partner.post("/partner/code/", {"code": one_time_code(PartnerCode.objects.get().pk)})
    for page in ("", "reply/", "information/"):
        partner.get(f"/partner/{discussion.pk}/{page}")
    read = Entry.objects.filter(event="partner_page.read").order_by("id")
    assert [(one.by_name, one.data["page"]) for one in read] == [
        ("Paul Pike", "discussion"),
        ("Paul Pike", "reply"),
        ("Paul Pike", "information"),
    ]


def test_partners_learn_whom_it_is_about_where_they_are_asked_for_it(client: Client, people: Cast) -> None:
    """Nobody can look for records without a name; the pages before that need none."""
    referral = a_referral(people, children=[ChildFacts(given_names=CANARY, family_name=CANARY)])
    discussion = a_booked_discussion(people, referral=referral)
    person = professional_for(people.hetty)
    from attendees.services.inviting import invite_more

    invite_more(discussion, [person], by=people.bea, at=timezone.now())
    client.force_login(people.hetty)
    for page, named in (("", False), ("reply/", False), ("information/", True)):
        assert (CANARY in client.get(f"/partner/{discussion.pk}/{page}").content.decode()) == named


def test_a_deputy_and_information_by_the_pages(client: Client, people: Cast) -> None:
    discussion = a_booked_discussion(people)
    _, token = link_of(discussion, "Hetty Hall")
    client.post(f"/p/{token}/")
    client.post("/partner/code/", {"code": one_time_code(PartnerCode.objects.get().pk)})
    address = f"/partner/{discussion.pk}/"
    assert client.post(f"{address}reply/", {"answer": "deputy"}).status_code == 422
    deputy = {
        "answer": "deputy",
        "deputy_name": "Di Dean",
        "deputy_job_role": "Nurse",
        "deputy_email": "di@x.example",
        "deputy_phone": "01632 960555",
    }
    assert client.post(f"{address}reply/", deputy).url == address  # type: ignore[attr-defined]
    told = invitation_of(discussion, "Hetty Hall")
    assert (told.deputy_name, told.deputy_phone) == ("Di Dean", "01632 960555")
    page = client.get(f"{address}information/").content.decode()
    assert "Substance misuse" in page
    saved = client.post(f"{address}information/", {"text_5": "<script>alert(1)</script>", "status": "save"})
    assert saved.url == f"{address}information/"  # type: ignore[attr-defined]
    page = client.get(f"{address}information/").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    too_long = client.post(f"{address}information/", {"text_0": "x" * 20_001, "status": "save"})
    assert too_long.status_code == 422
    sent = client.post(f"{address}information/", {"text_5": "Known.", "version_5": "1", "status": "returned"})
    assert sent.url == address  # type: ignore[attr-defined]
    stale = client.post(f"{address}information/", {"text_5": "Old", "version_5": "1", "status": "returned"})
    assert stale.status_code == 409
    client.force_login(people.bea)
    assert "Returned" in client.get(f"/discussions/{discussion.pk}/").content.decode()


def test_no_page_costs_more_than_twelve_queries(client: Client, people: Cast) -> None:
    many = known_professionals(people)
    for name in ("Ann", "Bob", "Cat", "Don", "Eva", "Fay"):
        from attendees.services.directory import add_professional

        many.append(
            add_professional(
                name=name, agency=people.health, job_role="Nurse", by=people.bea, at=timezone.now(),
                email=f"{name.lower()}@northshire-health.example",
            )
        )  # fmt: skip
    discussion = a_booked_discussion(people, professionals=many)
    request = an_authorised_request(people)
    asked = invitation_of(discussion, "Paul Pike")
    client.force_login(people.bea)
    one = f"/discussions/{discussion.pk}/"
    pages = [
        one, f"{one}replies/", f"{one}move/", f"{one}cancel/", f"{one}invite/",
        *[f"{one}invitations/{asked.pk}/{name}/" for name in ("reply", "information", "withdraw", "deputy")],
        *[f"/requests/{request.pk}/{name}/" for name in ("book", "forward", "receipt-call")],
    ]  # fmt: skip
    costs = {}
    for page in pages:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page).status_code == 200
        costs[page] = len(
            [one for one in queries if "SAVEPOINT" not in one["sql"] and "django_session" not in one["sql"]]
        )
    partner = Client()
    _, token = link_of(discussion, "Paul Pike")
    partner.post(f"/p/{token}/")
    partner.post("/partner/code/", {"code": one_time_code(PartnerCode.objects.get().pk)})
    for page in ("", "reply/", "information/"):
        with CaptureQueriesContext(connection) as queries:
            partner.get(f"/partner/{discussion.pk}/{page}")
        costs[f"partner {page}"] = len([one for one in queries if "SAVEPOINT" not in one["sql"]])
    print(costs)
    assert {page: cost for page, cost in costs.items() if cost > 12} == {}
