"""A section that saves itself: what can stand is kept, what is wrong is named, no tab overwrites another."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from attendees.models import WantedProfessional
from audit.errors import MoveNotAllowed
from audit.models import Entry
from minutes.services import versions
from referrals.models import Concern
from strategy import events, services
from strategy.enums import Status
from strategy.models import StrategyRequest
from tests.builders.after import a_finished_record
from tests.builders.requests import a_draft_request, a_submitted_request, an_authorised_request
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
NOW = timezone.now()
FORM = "0b6f8d3e-5d0a-4f5c-9a55-1f1d0c1d2e3f"


@pytest.fixture
def people() -> Cast:
    """The cast."""
    return cast()


def send(
    request: StrategyRequest,
    section: str,
    typed: dict[str, Any],
    who: Any,
    version: int = 0,
    form: str = FORM,
) -> Any:
    """What the page's script sends after a pause in the typing."""
    client = Client()
    client.force_login(who)
    sent = typed | {"_version": str(version), "_key": form}
    return client.post(f"/requests/{request.pk}/{section}/", sent, headers={"x-self-save": "1"})


def test_what_is_half_filled_is_kept_and_not_finished(people: Cast) -> None:
    """The first answer is kept before the second is given; the last one finishes the section."""
    request = a_draft_request(people, is_full=False)
    answer = send(request, "what-happened", {"threshold_reason": "عمر 🧸 has a fracture."}, people.sam)
    told = answer.json()
    assert (answer.status_code, told["version"], told["finished"], told["unsaved"]) == (200, 1, False, [])
    whole = {"threshold_reason": "عمر 🧸 has a fracture.", "parents_informed": "not_yet"}
    assert send(request, "what-happened", whole, people.sam, 1).json()["finished"] is True
    request.refresh_from_db()
    assert (request.threshold_reason, request.finished_sections) == (
        "عمر 🧸 has a fracture.",
        ["what-happened"],
    )


def test_what_is_emptied_is_no_longer_finished(people: Cast) -> None:
    """Taking an answer back is kept too."""
    request = a_draft_request(people)
    seen = StrategyRequest.objects.get(pk=request.pk).version_of("availability")
    told = send(request, "availability", {"availability": ""}, people.sam, seen).json()
    request.refresh_from_db()
    assert (told["finished"], request.availability, "availability" in request.finished_sections) == (
        False, "", False
    )  # fmt: skip


def test_what_is_too_long_is_named_and_the_rest_is_kept(people: Cast) -> None:
    """200 KB pasted into one box: its sentence, and the other boxes are saved."""
    request = a_draft_request(people, is_full=False)
    typed = {"threshold_reason": "A fracture.", "harm_summary": "x" * 200_000}
    (wrong,) = send(request, "what-happened", typed, people.sam).json()["unsaved"]
    assert (wrong["name"], "2,000" in wrong["sentence"] or "2000" in wrong["sentence"]) == (
        "harm_summary",
        True,
    )
    request.refresh_from_db()
    assert (request.threshold_reason, request.harm_summary) == ("A fracture.", "")


def test_the_same_again_writes_nothing(people: Cast) -> None:
    """Neither version nor entry."""
    request = a_draft_request(people, is_full=False)
    for _ in range(2):
        assert (
            send(request, "availability", {"availability": "From two"}, people.sam, 0).json()["version"] == 1
        )
    assert Entry.objects.filter(event=events.SECTION_SAVED).count() == 1


def test_somebody_elses_newer_answers_are_not_overwritten(people: Cast) -> None:
    """409 with both; a save of the same printed form whose answer got lost is nobody else's."""
    request = a_draft_request(people, is_full=False)
    send(request, "availability", {"availability": "Ada's"}, people.ada, 0, form="another")
    answer = send(request, "availability", {"availability": "Sam's"}, people.sam, 0)
    assert (answer.status_code, answer.json()["clashes"]) == (
        409,
        [{"label": "When can you and the others meet?", "theirs": "Ada's", "yours": "Sam's"}],
    )
    request.refresh_from_db()
    assert request.availability == "Ada's"
    assert (
        send(
            request, "availability", {"availability": "More of Ada's"}, people.ada, 0, form="another"
        ).status_code
        == 200
    )


def test_two_people_in_two_sections_do_not_disturb_each_other(people: Cast) -> None:
    """The version is the section's own."""
    request = a_draft_request(people, is_full=False)
    assert (
        send(request, "availability", {"availability": "Two"}, people.ada, form="another").status_code == 200
    )
    assert send(request, "what-happened", {"harm_summary": "An arm"}, people.sam).status_code == 200


def test_what_the_procedure_blocks_is_kept_with_its_sentence_and_clause(people: Cast) -> None:
    """And the section is not finished."""
    request = a_draft_request(people, is_full=False)
    typed = {"format_wanted": "telephone_conference", "is_urgent": "on", "urgent_reason": "Tonight"}
    told = send(request, "format", typed, people.sam).json()
    assert told["finished"] is False
    assert told["warnings"] == [
        "Enter your own direct number: a telephone discussion needs it "
        f"({request.protocol.rules.direct_numbers_required.source})"
    ]
    request.refresh_from_db()
    assert request.format_wanted == "telephone_conference"


def test_a_circumstance_that_is_not_whole_holds_no_other_up(people: Cast) -> None:
    """“Something else” waits for whom was consulted; the injury is recorded and its clock runs."""
    request = a_draft_request(people, is_full=False, circumstances=())
    typed = {"kinds": ["serious_injury_or_neglect", "other"]}
    told = send(request, "circumstances", typed, people.sam).json()
    assert [one.kind for one in request.referral.circumstances.all()] == ["serious_injury_or_neglect"]
    assert told["finished"] is False


def test_somebody_typed_in_comes_into_the_directory_with_the_button_alone(people: Cast) -> None:
    """Half a name is nobody's colleague."""
    request = a_draft_request(people, is_full=False)
    typed = {"picked-count": "0", "typed-count": "1", "typed-0-name": "Paul Pi"}
    told = send(request, "professionals", typed, people.sam).json()
    assert (told["finished"], len(told["warnings"])) == (False, 1)
    assert WantedProfessional.objects.count() == 0


def test_who_may_not_write_is_told_in_a_sentence(people: Cast) -> None:
    """JSON for the script: 403 with the reason, 404 for strangers, and nothing is written."""
    request = a_submitted_request(people)
    answer = send(request, "format", {"format_wanted": "virtual"}, people.sam)
    assert (answer.status_code, "can no longer change" in answer.json()["sentence"]) == (403, True)
    assert send(request, "availability", {"availability": "X"}, people.olga).status_code == 404


@pytest.mark.parametrize("section", ["what-happened", "professionals", "availability"])
def test_what_may_follow_is_added_until_it_is_held_or_booked(people: Cast, section: str) -> None:
    """After the manager authorised it; the threshold reason stands as it was submitted."""
    request = an_authorised_request(people)
    before = StrategyRequest.objects.get(pk=request.pk)
    typed = {
        "threshold_reason": "Quite another reason", "previous_involvement": "A plan in 2021",
        "availability": "At four", "picked-count": "0", "typed-count": "0",
    }  # fmt: skip
    answer = send(request, section, typed, people.sam, before.version_of(section))
    assert answer.status_code == 200
    request.refresh_from_db()
    assert (request.threshold_reason, request.status) == (before.threshold_reason, Status.AUTHORISED)
    told = {"what-happened": request.previous_involvement, "availability": request.availability}
    assert told.get(section, "") == {"what-happened": "A plan in 2021", "availability": "At four"}.get(
        section, ""
    )


def test_the_harm_and_that_the_parents_were_told_may_follow(people: Cast) -> None:
    """Written to the ledger; nothing ticked, as in a page from before, takes nothing back."""
    request = an_authorised_request(people)
    ruby, jack = request.children.all()
    typed = {"harm": ["PHY", "NEG"], "same_harm": "yes", "parents_informed": "informed"}
    for one in (typed, {"harm_summary": "An arm"}):
        request.refresh_from_db()
        answer = send(request, "what-happened", one, people.sam, request.version_of("what-happened"))
        assert answer.status_code == 200
    request.refresh_from_db()
    assert feared(request) == {ruby.pk: ["NEG", "PHY"], jack.pk: ["NEG", "PHY"]}
    assert (request.parents_informed, request.harm_summary) == ("informed", "An arm")
    told = Entry.objects.filter(event="referral.concerns_told", by_ref=f"user:{people.sam.pk}")
    assert [one.data["feared"] for one in told] == [["NEG", "PHY"]]


def test_the_manager_reads_what_was_added_since(people: Cast) -> None:
    """On the one page on which they authorise."""
    request = a_submitted_request(people)
    services.save_section(
        request,
        "what-happened",
        {
            "other_areas": "Two years in Eastport",
            "parents_informed": "informed",
            "harm": {child.pk: ["NEG"] for child in request.children.all()},
        },
        by=people.sam,
        at=NOW,
    )
    client = Client()
    client.force_login(people.mo)
    page = client.get(f"/requests/{request.pk}/authorise/").content.decode()
    added = page.split("Added since it was submitted")[1].split("</section>")[0]
    assert re.findall(r'__key">([^<]*)</dt>', added) == [
        f"What happened: {asked}"
        for asked in (
            "Harm feared",
            "Have the parents been told?",
            "Previous addresses and other authorities",
            "Why the parents have not been told",
        )
    ]
    assert "Two years in Eastport</ins>" in added and "neglect" in added


def test_the_harm_is_the_same_for_all_and_then_differs(people: Cast) -> None:
    """Said once for both; then Jack's own."""
    request = a_draft_request(people, is_full=False)
    ruby, jack = request.children.all()
    send(request, "what-happened", {"harm": ["NEG", "EMO"], "same_harm": "yes"}, people.sam)
    assert feared(request) == {ruby.pk: ["EMO", "NEG"], jack.pk: ["EMO", "NEG"]}
    own = {f"harm_{ruby.pk}": ["NEG"], f"harm_{jack.pk}": ["PHY"], "same_harm": "no"}
    send(request, "what-happened", own, people.sam, 1)
    assert feared(request) == {ruby.pk: ["NEG"], jack.pk: ["PHY"]}
    client = Client()
    client.force_login(people.sam)
    form: Any = client.get(f"/requests/{request.pk}/what-happened/").context["form"]
    assert (form["same_harm"].value(), form[f"harm_{jack.pk}"].value()) == ("no", ["PHY"])


def feared(request: StrategyRequest) -> dict[int, list[str]]:
    """The harm recorded for each child."""
    told: dict[int, list[str]] = {}
    for one in Concern.objects.filter(referral=request.referral).order_by("child", "abuse_type"):
        told.setdefault(one.child_id, []).append(one.abuse_type)
    return told


def test_nothing_is_added_once_the_record_is_authorised(people: Cast) -> None:
    """Until then what happened may be told more fully; the page and the service say why not any more."""
    finished = a_finished_record(people)
    request = finished.discussion.request
    services.save_section(request, "what-happened", {"other_areas": "Eastport"}, by=people.sam, at=NOW)
    versions.authorise_minutes(finished, by=people.mo, at=timezone.now())
    with pytest.raises(MoveNotAllowed, match="record of the discussion is authorised"):
        services.save_section(request, "what-happened", {"other_areas": "Westport"}, by=people.sam, at=NOW)
    answer = send(request, "what-happened", {"other_areas": "Westport"}, people.sam, 99)
    assert (answer.status_code, "is authorised" in answer.json()["sentence"]) == (403, True)
