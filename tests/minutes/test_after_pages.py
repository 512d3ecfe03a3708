"""The pages after a discussion, as staff and partners use them: found through access, recorded, quick."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from attendees.keys import LINKS
from attendees.models import Professional, Signature
from audit.models import Entry
from deadlines.enums import ClockState, Duty
from deadlines.models import Deadline
from minutes.enums import ActionStatus, MinutesStatus
from minutes.models import Action, Agreement, Circulation, Minutes
from minutes.services import circulate as circulating
from minutes.services import copies, versions
from tests.builders.after import World, a_circulation, a_finished_record, a_printed_version, copy_of, finished
from tests.builders.booking import link_of

pytestmark = pytest.mark.django_db
build = finished
MOST = 12


def signed_in(user: Any) -> Client:
    """A browser of somebody with an account."""
    client = Client()
    client.force_login(user)
    return client


def by_link(circulation_or_minutes: Any, name: str) -> Client:
    """A partner's browser that has entered the code of their link."""
    discussion = (
        circulation_or_minutes.version.minutes.discussion
        if isinstance(circulation_or_minutes, Circulation)
        else circulation_or_minutes.discussion
    )
    link, _ = link_of(discussion, name)
    client = Client()
    session = client.session
    moment = int(timezone.now().timestamp())
    session[LINKS] = {str(link.pk): [moment, moment]}
    session.save()
    client.cookies["session"] = session.session_key or ""
    return client


def page(name: str, minutes: Minutes, *more: int) -> str:
    """The address of a page of one record."""
    return reverse(f"minutes:{name}", args=[minutes.discussion_id, *more])


def statements(client: Client, address: str) -> int:
    """How many statements a page needs, after one visit that fills what is kept."""
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(address).status_code == 200
    return len([one for one in asked.captured_queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))])


# --- Staff ------------------------------------------------------------------------------------


def test_who_may_not_is_told_why_and_a_stranger_finds_nothing(world: World) -> None:
    people, record = world
    minutes = a_finished_record(people, begun=record)
    refused = signed_in(people.bea).post(page("check", minutes))
    assert (refused.status_code, "This is for Mo Mensah" in refused.content.decode()) == (403, True)
    for name in ("read", "check", "round", "changes", "proof", "actions", "circulate", "file"):
        assert signed_in(people.stranger).get(page(name, minutes)).status_code == 404
        assert signed_in(people.otto).get(page(name, minutes)).status_code == 404
    minutes.refresh_from_db()
    assert minutes.status == MinutesStatus.WITH_CHAIR


def test_a_changed_byte_is_shown_on_the_page(world: World) -> None:
    people, record = world
    minutes = a_printed_version(people, begun=record).minutes
    bea = signed_in(people.bea)
    warning = "These words are not those that were authorised"
    assert warning not in bea.get(page("read", minutes)).content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE minutes_minutesversion DISABLE TRIGGER USER")
        cursor.execute(
            'UPDATE minutes_minutesversion SET content = content || \'{"authority": "Xmbleford"}\''
        )
        cursor.execute("ALTER TABLE minutes_minutesversion ENABLE TRIGGER USER")
    assert warning in bea.get(page("read", minutes)).content.decode()


def test_the_pdf_is_a_tagged_download_that_tells_everything(world: World) -> None:
    people, record = world
    version = a_printed_version(people, begun=record)
    answer = signed_in(people.bea).get(page("pdf", version.minutes, 1))
    reference = version.minutes.discussion.case.reference
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="Strategy discussion {reference}-1 minutes v1.pdf"'
    )
    file = PdfReader(BytesIO(answer.content))
    text = " ".join(" ".join(one.extract_text() for one in file.pages).split())
    catalogue: Any = file.trailer["/Root"]
    assert bool(catalogue["/MarkInfo"]["/Marked"]) is True
    assert catalogue["/Lang"] == "en-GB"
    assert list(file.attachments) == ["record.json"]
    first = text.index("Allocated social worker")
    assert first < text.index("About the discussion")
    assert "Sam Shah Telephone 01632" in text
    for words in (
        "Visit the home and speak to Kit Fenwick",
        "Not yet signed on",
        "Hetty Hall",
        "Version 1, authorised",
    ):
        assert words in text
    assert version.sha256[:8] in text


def test_each_reading_is_recorded_without_content(world: World) -> None:
    people, record = world
    version = a_printed_version(people, begun=record)
    bea = signed_in(people.bea)
    seen = {
        "read": "version.read",
        "changes": "version.changes_read",
        "proof": "circulation.read",
        "actions": "actions.read",
    }
    for name, event in seen.items():
        before = Entry.objects.filter(event=event).count()
        bea.get(page(name, version.minutes))
        assert Entry.objects.filter(event=event).count() == before + 1
    bea.get(page("pdf", version.minutes, 1))
    assert Entry.objects.filter(event="version.fetched", by_ref=f"user:{people.bea.pk}").count() == 1
    assert [one.data for one in Entry.objects.filter(is_read=True) if "Fenwick" in str(one.data)] == []


def test_the_proof_says_what_became_of_each_copy_and_is_not_sent_again_unchanged(
    world: World,
) -> None:
    people, record = world
    circulation = a_circulation(people, begun=record)
    minutes = circulation.version.minutes
    bea = signed_in(people.bea)
    address = page("proof_table", minutes)
    first = bea.get(address)
    assert "0 of 6" in " ".join(first.content.decode().replace("<strong>", "").split())
    assert bea.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    copies.revoke(copy_of(circulation, "Dan Dale"), reason="Wrong school", by=people.bea, at=timezone.now())
    assert bea.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_the_live_proof_names_each_version_and_who_still_has_the_old_one(world: World) -> None:
    """What stands above the table is asked for again with it, so that neither belies the other."""
    people, record = world
    first = a_circulation(people, begun=record)
    minutes, bea, now = first.version.minutes, signed_in(people.bea), timezone.now()
    circulating.on_sent(copy_of(first, "Dan Dale").letter, now)
    for name in ("proof", "proof_table"):
        told = bea.get(page(name, minutes)).content.decode()
        assert "Circulate the minutes" not in told and ">Version 1" not in told
    versions.begin_correction(minutes, reason="A wrong date", by=people.mo, at=now)
    minutes.refresh_from_db()
    versions.authorise_minutes(minutes, by=people.mo, at=now)
    minutes.refresh_from_db()
    circulating.circulate(minutes, by=people.bea, at=now)
    for name in ("proof", "proof_table"):
        told = bea.get(page(name, minutes)).content.decode()
        assert "1 person still has an old version." in told and "Version 2 has not gone to" in told
        assert told.index(">Version 2, circulated last<") < told.index(">Version 1, replaced<")
        old = told[told.index(">Version 1, replaced<") :]
        assert "Send again" not in old and "/revoke/" in old  # what somebody still has can be taken back


def test_pages_need_few_statements(world: World) -> None:
    people, record = world
    minutes = a_circulation(people, begun=record).version.minutes
    bea = signed_in(people.bea)
    found = {
        name: statements(bea, page(name, minutes))
        for name in ("read", "changes", "round", "actions", "proof", "proof_table")
    }
    print(found)
    assert {name: number for name, number in found.items() if number > MOST} == {}


def test_the_chairs_page_needs_few_statements(world: World) -> None:
    people, record = world
    minutes = a_finished_record(people, begun=record)
    mo = signed_in(people.mo)
    found = {name: statements(mo, page(name, minutes)) for name in ("check", "read")}
    assert "Correct when the discussion was held" in mo.get(page("read", minutes)).content.decode()
    print(found)
    assert {name: number for name, number in found.items() if number > MOST} == {}


# --- Partners ------------------------------------------------------------------------------------


def test_a_partner_reads_downloads_acknowledges_and_the_proof_shows_it(world: World) -> None:
    people, record = world
    circulation = a_circulation(people, begun=record)
    minutes = circulation.version.minutes
    paul = by_link(circulation, "Paul Pike")
    shown = paul.get(page("partner_minutes", minutes)).content.decode()
    assert "Visit the home and speak to Kit Fenwick" in shown
    file = paul.get(page("partner_pdf", minutes))
    assert (file.status_code, file.headers["Content-Disposition"].split(";")[0]) == (200, "attachment")
    assert paul.post(page("partner_acknowledge", minutes)).status_code == 302
    copy = copy_of(circulation, "Paul Pike")
    assert None not in (copy.opened_at, copy.downloaded_at, copy.acknowledged_at)
    mine = f"professional:{copy.professional_id}"
    told = Entry.objects.filter(by_ref=mine).order_by("id").values_list("event", "data__page")
    assert list(told) == [
        ("partner_page.read", "minutes"),
        ("partner_page.read", "minutes_file"),
        ("copy.acknowledged", None),
    ]


def test_nobody_reads_without_a_code_and_a_revoked_copy_opens_nothing(world: World) -> None:
    people, record = world
    circulation = a_circulation(people, begun=record)
    minutes = circulation.version.minutes
    assert Client().get(page("partner_minutes", minutes)).status_code == 401
    assert Client().get(page("partner_pdf", minutes)).status_code == 401
    paul = by_link(circulation, "Paul Pike")
    assert paul.get(page("partner_pdf", minutes)).status_code == 200
    copies.revoke(copy_of(circulation, "Paul Pike"), reason="Moved force", by=people.bea, at=timezone.now())
    assert paul.get(page("partner_pdf", minutes)).status_code == 404
    assert "The minutes are not open to you" in paul.get(page("partner_minutes", minutes)).content.decode()


def test_who_comes_second_to_authorise_is_told_who_was_first(world: World) -> None:
    people, record = world
    minutes = a_finished_record(people, begun=record)
    versions.authorise_minutes(minutes, by=people.mo, at=timezone.now())
    answer = signed_in(people.mo).post(page("check", minutes), {})
    told = answer.content.decode()
    assert answer.status_code in (403, 409) and "Mo Mensah authorised version 1 on" in told


def test_a_partner_signs_the_hash_they_see(world: World) -> None:
    people, record = world
    minutes = a_finished_record(people, begun=record)
    hetty = by_link(minutes, "Hetty Hall")
    log = minutes.action_logs.get()
    assert log.sha256[:8] in hetty.get(page("partner_sign", minutes)).content.decode()
    assert hetty.post(page("partner_sign", minutes)).status_code == 422
    assert hetty.post(page("partner_sign", minutes), {"read": "on"}).status_code == 302
    signed = Signature.objects.get(attendance__name="Hetty Hall")
    assert (signed.document_hash, signed.method, signed.witness) == (log.sha256, "own", None)
    again = hetty.get(page("partner_sign", minutes))
    assert again.status_code == 403 and "You have signed this action log" in again.content.decode()
    assert "You cannot do this" not in again.content.decode()  # nothing is wrong
    home = hetty.get(reverse("attendees:partner_discussion", args=[minutes.discussion_id])).content.decode()
    assert page("partner_sign", minutes) not in home  # nothing is offered that would be refused
    assert home.count("You signed it on") == 1


def test_a_partner_proposes_a_correction_and_the_chair_answers_it(world: World) -> None:
    people, record = world
    minutes = a_finished_record(people, begun=record)
    paul = by_link(minutes, "Paul Pike")
    address = page("partner_agree", minutes)
    assert paul.post(address, {"answer": "corrects", "correction": ""}).status_code == 422
    assert paul.post(address, {"answer": "corrects", "correction": "It was the left arm."}).status_code == 302
    said = Agreement.objects.get(attendance__name="Paul Pike")
    assert (said.answer, said.text) == ("corrects", "It was the left arm.")
    mo = signed_in(people.mo)
    assert "It was the left arm." in mo.get(page("check", minutes)).content.decode()
    assert mo.post(page("resolve", minutes, said.pk), {"accepted": "yes", "reason": ""}).status_code == 422
    assert (
        mo.post(
            page("resolve", minutes, said.pk), {"accepted": "no", "reason": "Two reports say right."}
        ).status_code
        == 302
    )
    said.refresh_from_db()
    assert (said.accepted, said.resolution, said.resolved_by) == (False, "Two reports say right.", people.mo)
    version = versions.authorise_minutes(minutes, by=people.mo, at=timezone.now())
    told = {one["name"]: one["resolution"] for one in version.content["agreements"]}
    assert told["Paul Pike"] == "Not taken up by Mo Mensah: Two reports say right."


def test_a_partner_marks_their_action_done_and_its_clock_is_met(world: World) -> None:
    people, record = world
    minutes = a_circulation(people, begun=record).version.minutes
    paul = by_link(minutes, "Paul Pike")
    action = Action.objects.get(owner__name="Paul Pike")
    assert action.text in paul.get(page("partner_actions", minutes)).content.decode()
    address = page("partner_action_done", minutes, action.pk)
    now = timezone.localtime()
    typed = {"what_was_done": "Visited; nobody was in.", **when(now)}
    early = when(timezone.localtime(action.agreed_at) - timedelta(days=1))
    told = paul.post(address, {**typed, **early})
    assert (told.status_code, "before the action was agreed" in told.content.decode()) == (409, True)
    assert paul.post(address, {**typed, "what_was_done": ""}).status_code == 422
    assert paul.post(address, typed).status_code == 302
    action.refresh_from_db()
    clock = Deadline.objects.get(subject=action.subject, duty=Duty.ACTION)
    assert (action.status, action.done_by_ref) == (ActionStatus.DONE, f"professional:{action.owner_id}")
    assert (clock.state, clock.met_at) == (ClockState.MET, action.done_at)


def test_another_partners_action_is_not_found(world: World) -> None:
    people, record = world
    minutes = a_circulation(people, begun=record).version.minutes
    action = Action.objects.get(owner__name="Paul Pike")
    hetty = by_link(minutes, "Hetty Hall")
    typed = {"what_was_done": "x", **when(timezone.localtime())}
    assert hetty.post(page("partner_action_done", minutes, action.pk), typed).status_code == 404
    action.refresh_from_db()
    assert action.status == ActionStatus.OPEN


def test_a_partner_of_another_discussion_finds_nothing(world: World) -> None:
    people, record = world
    circulation = a_circulation(people, begun=record)
    link, _ = link_of(circulation.version.minutes.discussion, "Paul Pike")
    other = Professional.objects.get(name="Dan Dale")
    assert other.pk != link.professional_id
    paul = by_link(circulation, "Paul Pike")
    for name in ("partner_minutes", "partner_pdf", "partner_sign", "partner_agree", "partner_actions"):
        assert (
            paul.get(
                reverse(f"minutes:{name}", args=[circulation.version.minutes.discussion_id + 1])
            ).status_code
            == 404
        )


def test_partner_pages_need_few_statements(world: World) -> None:
    people, record = world
    minutes = a_circulation(people, begun=record).version.minutes
    paul = by_link(minutes, "Paul Pike")
    found = {
        name: statements(paul, page(name, minutes))
        for name in ("partner_minutes", "partner_actions", "partner_agree")
    }
    print(found)
    assert {name: number for name, number in found.items() if number > MOST} == {}


def when(at: Any) -> dict[str, str]:
    """A moment as it is typed in the four boxes."""
    named = {"day": at.day, "month": at.month, "year": at.year, "time": f"{at:%H:%M}"}
    return {f"done_at_{part}": str(value) for part, value in named.items()}


def test_business_support_records_an_action_for_a_partner_but_a_stranger_cannot(world: World) -> None:
    people, record = world
    minutes = a_circulation(people, begun=record).version.minutes
    action = Action.objects.get(owner__name="Paul Pike")
    typed = {"what_was_done": "Paul rang: visited.", **when(timezone.localtime())}
    assert signed_in(people.sam).post(page("action_done", minutes, action.pk), typed).status_code == 403
    bea = signed_in(people.bea)
    for name in ("action_done", "action_blocked"):
        unsaid = bea.post(page(name, minutes, action.pk), {**typed, "reason": "Nobody is in."})
        assert (unsaid.status_code, set(unsaid.context["form"].errors)) == (422, {"told_how"})
    typed["told_how"] = "Paul Pike telephoned"
    assert bea.post(page("action_done", minutes, action.pk), typed).status_code == 302
    action.refresh_from_db()
    assert (action.done_by_ref, action.told_how) == (f"user:{people.bea.pk}", "Paul Pike telephoned")
    assert Entry.objects.get(event="action.done").data["told_how"] == "Paul Pike telephoned"
    assert "Paul Pike telephoned" in bea.get(page("actions", minutes)).content.decode()


def test_late_minutes_ask_why(world: World) -> None:
    people, record = world
    circulation = a_circulation(people, begun=record)
    minutes = circulation.version.minutes
    clock = Deadline.objects.get(subject=minutes.discussion.subject, duty=Duty.CIRCULATE_MINUTES)
    assert clock.due_at is not None
    for copy in circulation.recipients.select_related("letter"):
        assert copy.letter is not None
        circulating.on_sent(copy.letter, clock.due_at + timedelta(minutes=1))
    bea, proof = signed_in(people.bea), page("proof", minutes)
    why = f"{reverse('deadlines:explain', args=[clock.pk])}?next={proof}"
    assert f'{why}">Say why the minutes went out late' in bea.get(proof).content.decode()
    said = bea.post(why, {"late_reason": "Mail was down", "late_accepted_by": "Mo"})
    assert (said.status_code, said.headers["Location"]) == (302, proof)
    assert "Mail was down" in bea.get(proof).content.decode()


def test_a_partner_sees_at_once_what_they_may_tell_the_family(world: World) -> None:
    circulation = a_circulation(world[0], begun=world[1])
    record = circulation.version.minutes
    hetty = by_link(circulation, "Hetty Hall")
    told = circulation.version.content["family_sharing"]["told"]
    home = hetty.get(reverse("attendees:partner_discussion", args=[record.discussion_id])).content.decode()
    assert "May you tell the family?" in home and told in home
    page_ = hetty.get(reverse("minutes:partner_minutes", args=[record.discussion_id])).content.decode()
    start = page_.index('id="family"')
    assert start < page_.index("About the discussion")
    worker = circulation.version.content["allocated_worker"]
    assert f"ring {worker['name']} on" in page_[start:] and told in page_[start : start + 400]


def test_while_nobody_is_allocated_a_partner_is_told_to_ring_whoever_asked(world: World) -> None:
    record = a_finished_record(world[0], begun=world[1])
    Minutes.objects.filter(pk=record.pk).update(allocated_worker=None, allocated_number="")
    wanted = record.discussion.request
    page_ = by_link(record, "Hetty Hall").get(page("partner_minutes", record)).content.decode()
    assert f"ring {wanted.requester.name} on" in page_
    assert f">{wanted.direct_number or wanted.requester.phone}</a>" in page_
