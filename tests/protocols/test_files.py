"""A procedure as a file: it reads back the same, and what will not do is told by its line."""

import copy
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from audit.errors import NotAllowed, Refused
from protocols import services
from protocols.models import LocalProtocol
from protocols.presets import FLOOR, SLUGS, preset_data
from protocols.rules.files import FileProblem, as_toml, read_toml
from tests.builders.requests import a_protocol
from tests.people import Cast, cast

PRESETS = {slug: preset_data(slug) for slug in SLUGS}
SHORT = """
slug = "ambleford"
title = "Ambleford: strategy discussions"
source = "Ambleford’s procedure"
inherits = "wirral"

[force]
W13 = "warn"

[settings]
routine_limit = {value = "hours(12)", clause = "4"}
"""


def read(text: str) -> dict[str, Any]:
    return read_toml(text, PRESETS, FLOOR)


def told(text: str) -> list[str]:
    """Every line that will not do."""
    with pytest.raises(FileProblem) as wrong:
        read(text)
    return [str(one) for one in wrong.value.problems]


@pytest.mark.parametrize("slug", SLUGS)
def test_what_is_written_reads_back_the_same(slug: str) -> None:
    document = services.as_json(preset_data(slug))
    assert services.as_json(read(as_toml(document))) == document | {
        key: document.get(key, []) for key in ("statutes", "parents")
    }


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=40).filter(str.strip))
def test_any_words_survive_the_file(words: str) -> None:
    """Quotes, backslashes and letters of any script; a control character is refused, never lost."""
    document = services.as_json(preset_data("wirral")) | {"source": words}
    try:
        back = read(as_toml(document))
    except FileProblem:
        assert any(ord(letter) < 32 and letter not in "\t\r\n" for letter in words)
    else:
        assert back["source"] == words


def test_what_a_file_leaves_unsaid_comes_from_the_preset_it_inherits() -> None:
    found = read(SHORT)["settings"]
    assert found["routine_limit"] == {
        "origin": "Ambleford’s procedure",
        "value": "hours(12)",
        "clause": "4",
    }
    assert found["followup_rule"]["value"] == "required"  # Wirral's


def test_a_neighbours_confirmations_are_not_ours() -> None:
    document = services.as_json(preset_data("halton"))
    document["settings"]["complex_limit"]["confirmed"] = True
    assert "confirmed" not in read(as_toml(document))["settings"]["complex_limit"]


WRONG = [
    (
        "title =",
        "title",
        "Line 3: this cannot be read as TOML: expected '='",
    ),
    ('"wirral"', '"nowhere"', f"Line 5: inherits must be one of {', '.join(SLUGS)}."),
    ("hours(12)", "hours(0)", "Line 11: routine_limit: 'hours(0)' is a limit of zero"),
    ("hours(12)", "3 day", "Line 11: routine_limit: '3 day' is not a limit; write hours(24)"),
    ("routine_limit", "routine_limt", "Line 11: settings.routine_limt is not a known key"),
    ("clause", "clawse", "Line 11: settings.routine_limit.clawse is not a known key"),
    ("W13", "W1300", "Line 8: force: 'W1300' is no row; write for example W13."),
    ('"warn"', '"perhaps"', "Line 8: force.W13: 'perhaps' is none of block, warn, info."),
    ('"ambleford"', '"Ambleford !"', "Line 2: slug may hold up to 60 small letters"),
    ("discussions", "x" * 200, "Line 3: title may be at most 200 characters long."),
    ("discussions", "\\u0000", "Line 3: title: it holds a control character"),
    ("[force]", "colour = 1\n[force]", "Line 7: colour is not a known key; check its spelling."),
    ("[force]", "version = 0\n[force]", "Line 7: version must be a whole number from 1."),
    ("[force]", "review_on = 2026-02-31\n[force]", "Line 7: this cannot be read as TOML"),
    ("[force]", 'review_on = "soon"\n[force]', "Line 7: review_on must be a date such as 2026-11-23."),
    (
        "[force]",
        'parents = [{title = "A", url = "javascript:alert(1)", row = ""}]\n[force]',
        "Line 7: parents: 'javascript:alert(1)' must begin with https://, or be empty.",
    ),
]


@pytest.mark.parametrize(("old", "new", "said"), WRONG)
def test_each_mistake_is_told_by_its_line(old: str, new: str, said: str) -> None:
    (only,) = told(SHORT.replace(old, new, 1))
    assert only.startswith(said)


def test_several_mistakes_are_told_at_once() -> None:
    more = 'icpc_limit = {value = "working_days(20)"}\nquorum_roles = {value = ["police"]}\nfolow_up = 1\n'
    assert [one.partition(":")[0] for one in told(SHORT.replace("hours(12)", "soon") + more)] == [
        "Line 11",
        "Line 12",
        "Line 13",
        "Line 14",
    ]


def test_weaker_than_the_floor_is_told_with_the_clause_and_its_line() -> None:
    (only,) = told(SHORT + 'icpc_limit = {value = "working_days(16)"}\n')
    assert only.startswith("Line 12: 16 working days is weaker than 15 working days")
    assert "Working Together to Safeguard Children, chapter 1" in only


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Whatever is pasted is read or refused with sentences."""
    try:
        read(text)
    except FileProblem as wrong:
        assert wrong.problems


def test_nesting_without_end_is_refused() -> None:
    assert len(told("a = " + "[" * 5000)) == 1


# --- Drafting from it ---------------------------------------------------------------------------------


@pytest.fixture
def people() -> Cast:
    return cast()


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.django_db
def test_a_file_becomes_a_draft_with_our_next_number_from_today(people: Cast) -> None:
    """The file's own number and its past day are the neighbour's."""
    now = timezone.now()
    text = SHORT.replace("[force]", "version = 41\neffective_from = 2019-03-01\n[force]")
    first = services.draft_from_file(text, by=people.adi, at=now)
    second = services.draft_from_file(text, by=people.adi, at=now)
    assert [(one.slug, one.version, one.effective_from, one.published_at) for one in (first, second)] == [
        ("ambleford", 1, timezone.localdate(), None),
        ("ambleford", 2, timezone.localdate(), None),
    ]
    assert first.rules.routine_limit.value.in_words == "12 hours"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["hal", "mo", "sam", "paul"])
def test_only_an_administrator_drafts_from_a_file(people: Cast, name: str) -> None:
    with pytest.raises(NotAllowed):
        services.draft_from_file(SHORT, by=getattr(people, name), at=timezone.now())
    assert LocalProtocol.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("effective_from = 2099-01-01", "Line 7: This is more than two years ahead. Check the year."),
        (
            "review_on = 2019-10-01",
            "Line 7: The review date must be after the day it takes effect.",
        ),
    ],
)
def test_a_procedure_from_the_future_or_past_its_review_is_refused(
    people: Cast, line: str, said: str
) -> None:
    with pytest.raises(Refused) as wrong:
        services.draft_from_file(
            SHORT.replace("[force]", f"{line}\n[force]"), by=people.adi, at=timezone.now()
        )
    assert (wrong.value.field, wrong.value.sentence) == ("text", said)


@pytest.mark.django_db
def test_the_page_takes_a_file_or_its_text_and_tells_every_line(people: Cast) -> None:
    client, address = browser(people.adi), reverse("protocols:from_file")
    wrong = client.post(address, {"text": SHORT.replace("hours(12)", "0 hours").replace("W13", "X")})
    assert wrong.status_code == 422
    assert [one.partition(":")[0] for one in wrong.context["form"].errors["text"]] == ["Line 8", "Line 11"]
    assert client.post(address, {"text": " "}).context["form"].errors == {
        "file": ["Upload a file, or paste its text"]
    }
    picture = io.BytesIO(b"\x89PNG\r\n\x1a\n\xff\xfe")
    picture.name = "procedure.png"
    answer = client.post(address, {"file": picture, "text": ""})
    assert answer.context["form"].errors["file"] == [
        "The file is not text in UTF-8: save it as TOML, not as a document."
    ]
    large = io.BytesIO(b"#" * 200_001)
    large.name = "procedure.toml"
    answer = client.post(address, {"file": large})
    assert answer.context["form"].errors["file"] == [
        "The file is larger than 200 kilobytes: is it the right one?"
    ]
    good = io.BytesIO(SHORT.encode())
    good.name = "procedure.toml"
    done = client.post(address, {"file": good, "text": ""})
    assert done["Location"] == reverse("protocols:protocol", args=[LocalProtocol.objects.get().pk])


@pytest.mark.django_db
def test_any_version_is_downloaded_and_comes_back_as_a_draft(people: Cast) -> None:
    """As a head of service reads it; the draft from it changes nothing."""
    version = a_protocol()
    file = browser(people.hal).get(reverse("protocols:download", args=[version.pk]))
    assert file["Content-Disposition"] == 'attachment; filename="wirral-version-1.toml"'
    again = services.draft_from_file(file.content.decode(), by=people.adi, at=timezone.now())
    ours = copy.deepcopy(again.data["settings"])
    assert (again.version, ours) == (2, version.data["settings"])
    assert browser(people.sam).get(reverse("protocols:download", args=[version.pk])).status_code == 403
