"""A partner's link: scanners, wrong codes, other browsers, revoked, expired (P17, P18, P24)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from attendees.models import Invitation, PartnerCode, PartnerLink
from attendees.services import inviting, links
from attendees.templatetags.partner_letters import letter_address, one_time_code
from audit.errors import NotAllowed
from audit.models import Entry
from outbox.enums import Status
from outbox.models import Letter
from strategy.models import Discussion
from tests.builders.after import a_finished_record
from tests.builders.booking import a_booked_discussion, invitation_of, link_of
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def discussion(people: Cast) -> Discussion:
    return a_booked_discussion(people)


def enter(client: Client, discussion: Discussion, name: str = "Paul Pike") -> None:
    """Open the link, ask for a code and enter the one that was sent."""
    _, token = link_of(discussion, name)
    assert client.post(f"/p/{token}/").status_code == 302
    code = one_time_code(PartnerCode.objects.first().pk)  # type: ignore[union-attr]
    assert client.post("/partner/code/", {"code": code}).url == f"/partner/{discussion.pk}/"  # type: ignore[attr-defined]


def snapshot() -> list[tuple[str, str]]:
    """Every table's number of rows and their sum, apart from sessions."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        names = [name for (name,) in cursor.fetchall()]
        rows = []
        for name in names:
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) FROM \"{name}\" t"
            )
            rows.append((name, cursor.fetchone()[0]))
    return rows


def test_a_scanner_changes_nothing_and_learns_nothing(client: Client, discussion: Discussion) -> None:
    _, token = link_of(discussion, "Paul Pike")
    before = snapshot()
    pages = set()
    for number in range(50):
        ask = client.get if number % 2 else client.head
        answer = ask(f"/p/{token if number % 3 else 'x' * 43}/")
        assert answer.status_code == 200
        if number % 2:
            pages.add(answer.content.split(b"<main")[1].split(b"<form")[0])
    assert snapshot() == before
    assert len(pages) == 1
    assert b"Fenwick" not in answer.content + b"".join(pages)
    enter(client, discussion)  # and then the person gets in
    assert client.get(f"/partner/{discussion.pk}/").status_code == 200


@pytest.mark.parametrize("token", ["x" * 43, "%00", "forged", "é" * 20], ids=["long", "zero", "short", "odd"])
def test_a_forged_link_is_told_like_one_that_ended(
    client: Client, discussion: Discussion, token: str
) -> None:
    answer = client.post(f"/p/{token}/")
    assert answer.status_code == 410
    assert "This link cannot be opened now" in answer.content.decode()
    assert (PartnerCode.objects.count(), client.session.get("partner_asked")) == (0, None)


def test_a_neutral_page_asks_the_database_nothing(client: Client, discussion: Discussion) -> None:
    _, token = link_of(discussion, "Paul Pike")
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/p/{token}/")
    assert len(asked) == 0


def test_neither_token_nor_code_is_stored(discussion: Discussion, client: Client) -> None:
    _, token = link_of(discussion, "Paul Pike")
    client.post(f"/p/{token}/")
    code = one_time_code(PartnerCode.objects.get().pk).replace(" ", "")
    with connection.cursor() as cursor:
        for table in (
            "attendees_partnerlink",
            "attendees_partnercode",
            "outbox_letter",
            "audit_entry",
            "django_session",
        ):
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", [f"%{token}%"])
            assert cursor.fetchone()[0] == 0, table
    letter = Letter.objects.get(kind="partner_code")
    assert letter.context["code"] == PartnerCode.objects.get().pk
    assert code not in str(letter.context)
    assert letter_address(link_of(discussion, "Paul Pike")[0].pk).endswith(f"/p/{token}/")


def test_a_link_outlives_a_change_of_the_secret(discussion: Discussion, settings: object) -> None:
    link, token = link_of(discussion, "Paul Pike")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]  # type: ignore[attr-defined]
    settings.SECRET_KEY = "another-secret"  # type: ignore[attr-defined]
    assert links.token_for(link) == token
    settings.SECRET_KEY_FALLBACKS = []  # type: ignore[attr-defined]
    assert links.token_for(link) is None


def test_five_wrong_codes_spend_the_code(client: Client, discussion: Discussion) -> None:
    _, token = link_of(discussion, "Paul Pike")
    client.post(f"/p/{token}/")
    right = one_time_code(PartnerCode.objects.get().pk).replace(" ", "")
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    for left in (4, 3, 2, 1):
        answer = client.post("/partner/code/", {"code": wrong})
        assert answer.status_code == 422
        assert f"You can try {left} more" in answer.content.decode()
    client.post("/partner/code/", {"code": wrong})
    answer = client.post("/partner/code/", {"code": right})
    told = answer.content.decode()
    assert "entered wrongly five times" in told and "Send me another code" in told
    assert "I have no code" not in told  # the way on is not folded away
    assert client.get(f"/partner/{discussion.pk}/").status_code == 401
    assert Entry.objects.filter(event="partner_code.wrong").count() == 5


def test_guessing_for_a_day_gets_fewer_than_twenty_tries(discussion: Discussion) -> None:
    link, _ = link_of(discussion, "Paul Pike")
    at, tries = timezone.now(), 0
    for hour in range(24):
        for _ in range(10):
            moment = at + timedelta(hours=hour, seconds=1)
            if links.ask_for_code(link, "browser", at=moment).link is None:
                break
            for _ in range(6):
                answer = links.enter_code(link, "browser", "000000x"[:6], at=moment)
                if "can try" in answer.sentence or "five times" in answer.sentence:
                    tries = sum(PartnerCode.objects.values_list("tries", flat=True))
    assert 0 < tries < 20


def test_a_code_is_of_use_in_the_browser_that_asked_only(client: Client, discussion: Discussion) -> None:
    _, token = link_of(discussion, "Paul Pike")
    client.post(f"/p/{token}/")
    first = one_time_code(PartnerCode.objects.get().pk)
    other = Client()
    other.post(f"/p/{token}/")
    assert other.post("/partner/code/", {"code": first}).status_code == 422
    assert Client().post("/partner/code/", {"code": first}).status_code == 401


def test_a_code_is_of_use_once_and_for_ten_minutes(discussion: Discussion) -> None:
    link, _ = link_of(discussion, "Paul Pike")
    now = timezone.now()
    links.ask_for_code(link, "browser", at=now)
    code = one_time_code(PartnerCode.objects.get().pk)
    assert links.enter_code(link, "browser", code, at=now + timedelta(minutes=10)).link is None
    assert links.enter_code(link, "browser", code, at=now + timedelta(minutes=9)).link == link
    assert links.enter_code(link, "browser", code, at=now + timedelta(minutes=9)).link is None


@pytest.mark.parametrize("how", ["revoked", "expired", "withdrawn", "cancelled", "inactive"])
def test_a_link_that_ended_opens_nothing_though_the_page_is_open(
    client: Client, discussion: Discussion, people: Cast, how: str
) -> None:
    enter(client, discussion)
    link, token = link_of(discussion, "Paul Pike")
    assert client.get(f"/partner/{discussion.pk}/").status_code == 200
    now = timezone.now()
    if how == "revoked":
        links.revoke_link(link, by=people.bea, at=now)
    elif how == "expired":
        PartnerLink.objects.filter(pk=link.pk).update(expires_at=now)
    elif how == "withdrawn":
        inviting.withdraw_invitation(
            invitation_of(discussion, "Paul Pike"), reason="x", by=people.bea, at=now
        )
    elif how == "cancelled":
        from attendees.services.booking import cancel_booking

        cancel_booking(discussion, reason="x", by=people.bea, at=now)
    else:
        link.professional.is_active = False
        link.professional.save()
    for page in ("", "reply/", "information/"):
        shut = client.get(f"/partner/{discussion.pk}/{page}")
        assert (shut.status_code, "TH-" in shut.content.decode()) == (410, False)
        sent = client.post(f"/partner/{discussion.pk}/reply/", {"answer": "coming"})
        assert (sent.status_code, "has not been sent" in sent.content.decode()) == (410, True)
    assert client.get("/partner/").status_code == 410
    assert Client().post(f"/p/{token}/").status_code == 410
    assert Invitation.objects.get(professional=link.professional).reply == "waiting"


def test_another_discussion_is_not_found(client: Client, discussion: Discussion, people: Cast) -> None:
    from tests.builders.booking import a_video_link
    from tests.builders.requests import an_authorised_request

    other = a_booked_discussion(
        people, request=an_authorised_request(people), place=a_video_link("Video link 2"),
        start=discussion.planned_start + timedelta(hours=3),
    )  # fmt: skip
    enter(client, discussion)
    for page in ("", "reply/", "information/"):
        assert client.get(f"/partner/{other.pk}/{page}").status_code == 404
        assert client.get(f"/partner/999999/{page}").status_code == 404
    assert client.get(f"/discussions/{discussion.pk}/").status_code == 302  # the staff's page: sign in
    assert client.get(f"/requests/{discussion.request_id}/").status_code == 302


def test_half_an_hour_of_quiet_ends_the_visit_and_a_new_code_comes_back(
    client: Client, discussion: Discussion
) -> None:
    enter(client, discussion)
    session = client.session
    held = session["partner_links"]
    session["partner_links"] = {key: [began - 1801, seen - 1801] for key, (began, seen) in held.items()}
    session.save()
    address = f"/partner/{discussion.pk}/information/"
    answer = client.post(address, {"text_0": "long text", "status": "save"})
    assert answer.status_code == 401
    assert "has not been sent" in answer.content.decode()
    assert client.post("/partner/code/", {"again": "1", "next": address}).status_code == 200
    code = one_time_code(PartnerCode.objects.first().pk)  # type: ignore[union-attr]
    assert client.post("/partner/code/", {"code": code, "next": address}).url == address  # type: ignore[attr-defined]
    assert client.get(address).status_code == 200


def test_coming_back_leads_nowhere_else(client: Client, discussion: Discussion) -> None:
    _, token = link_of(discussion, "Paul Pike")
    client.post(f"/p/{token}/")
    code = one_time_code(PartnerCode.objects.get().pk)
    answer = client.post("/partner/code/", {"code": code, "next": "//evil.example/"})
    assert answer.url == f"/partner/{discussion.pk}/"  # type: ignore[attr-defined]


def test_a_new_link_shuts_the_old_one(discussion: Discussion, people: Cast) -> None:
    _, token = link_of(discussion, "Paul Pike")
    with pytest.raises(NotAllowed):
        links.send_new_link(invitation_of(discussion, "Paul Pike"), by=people.sam, at=timezone.now())
    links.send_new_link(invitation_of(discussion, "Paul Pike"), by=people.bea, at=timezone.now())
    assert Client().post(f"/p/{token}/").status_code == 410
    assert Client().post(f"/p/{link_of(discussion, 'Paul Pike')[1]}/").status_code == 302


def test_a_partner_with_an_account_gets_the_same_pages(client: Client, people: Cast) -> None:
    from attendees.services.directory import professional_for
    from tests.builders.booking import known_professionals

    person = professional_for(people.hetty)
    discussion = a_booked_discussion(people, professionals=[*known_professionals(people), person])
    client.force_login(people.hetty)
    assert client.get("/partner/").url == f"/partner/{discussion.pk}/"  # type: ignore[attr-defined]
    for page in ("", "reply/", "information/"):
        assert client.get(f"/partner/{discussion.pk}/{page}").status_code == 200
    assert client.get(f"/discussions/{discussion.pk}/").status_code == 404
    assert client.post(f"/partner/{discussion.pk}/reply/", {"answer": "coming"}).status_code == 302
    entry = Entry.objects.filter(event="invitation.replied").get()
    assert entry.by_ref == f"user:{people.hetty.pk}"
    client.force_login(people.stranger)
    assert client.get(f"/partner/{discussion.pk}/").status_code == 404


def test_links_are_shut_and_sent_anew_after_the_discussion_too(client: Client, people: Cast) -> None:
    minutes = a_finished_record(people)  # its record is read, agreed and signed by link from now on
    client.force_login(people.bea)
    page = client.get(f"/discussions/{minutes.discussion_id}/").content.decode()
    asked = invitation_of(minutes.discussion, "Paul Pike")
    for name in ("new-link", "shut-link"):
        assert f"invitations/{asked.pk}/{name}/" in page
    assert f"invitations/{asked.pk}/withdraw/" not in page


def test_no_letter_leaves_with_a_link_that_was_shut(people: Cast, discussion: Discussion) -> None:
    link, _ = link_of(discussion, "Paul Pike")
    with_it = Letter.objects.filter(context__contains={"link": link.pk})
    others = Letter.objects.filter(status=Status.QUEUED).exclude(pk__in=with_it)
    waiting = others.count()
    assert with_it.filter(status=Status.QUEUED).exists()
    links.revoke_link(link, by=people.bea, at=timezone.now())
    assert set(with_it.values_list("status", "reason")) == {
        (Status.CANCELLED, "The link in it was shut before it left")
    }
    assert others.count() == waiting


def test_letters_that_have_not_left_lead_to_the_link_that_replaces_theirs(
    people: Cast, discussion: Discussion
) -> None:
    old, _ = link_of(discussion, "Paul Pike")
    letter = Letter.objects.get(kind="invitation", context__contains={"link": old.pk})
    Letter.objects.filter(pk=letter.pk).update(message_id="<1@x>", rendered=b"the old link")
    new = links.send_new_link(invitation_of(discussion, "Paul Pike"), by=people.bea, at=timezone.now())
    letter.refresh_from_db()
    assert (letter.status, letter.context["link"]) == (Status.QUEUED, new.pk)
    assert (letter.message_id, letter.rendered) == (None, None)
    assert not Letter.objects.filter(context__contains={"link": old.pk}).exists()


def test_the_way_on_from_a_refusal_leads_whoever_is_in_by_link_to_their_own_page(
    client: Client, people: Cast, discussion: Discussion
) -> None:
    """Every such page leads to `/`: a partner without an account cannot sign in there."""
    assert client.get("/").url == "/account/login/?next=/"  # type: ignore[attr-defined]
    enter(client, discussion)
    refused = client.get(f"/partner/{discussion.pk + 1}/")
    assert (refused.status_code, 'href="/">Go to your work' in refused.content.decode()) == (404, True)
    assert client.get("/").url == "/partner/"  # type: ignore[attr-defined]
    links.revoke_link(link_of(discussion, "Paul Pike")[0], by=people.bea, at=timezone.now())
    assert client.get("/").url == "/account/login/?next=/"  # type: ignore[attr-defined]
