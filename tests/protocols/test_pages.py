"""The pages of the local procedure: read, draft, compare, try on past cases, publish."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.models import Entry
from protocols import services
from protocols.models import LocalProtocol
from protocols.presets import preset, preset_data
from protocols.rules.reading import SETTINGS
from protocols.rules.words import CONFLICTS, changes
from tests.builders.requests import a_protocol, a_referral
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def wirral() -> LocalProtocol:
    return a_protocol()


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def typed(version: LocalProtocol, client: Client, **more: Any) -> dict[str, Any]:
    """The draft form as it was shown, with other answers."""
    form = client.get(address("draft", version)).context["form"]
    shown = {name: value for name, value in form.initial.items() if name in form.fields}
    return {name: value for name, value in (shown | more).items() if value is not None}


def address(name: str, version: LocalProtocol) -> str:
    return reverse(f"protocols:{name}", args=[version.pk])


def errors(answer: Any) -> dict[str, list[str]]:
    return {name: list(said) for name, said in answer.context["form"].errors.items()}


def test_administrators_and_heads_of_service_read_and_only_the_first_draft(
    people: Cast, wirral: LocalProtocol
) -> None:
    pages = [reverse("protocols:protocols"), address("protocol", wirral), address("draft", wirral)]
    seen = {
        name: [browser(user).get(page).status_code for page in pages]
        for name, user in people.everyone.items()
    }
    assert seen.pop("adi") == [200, 200, 200]
    assert seen.pop("hal") == [200, 200, 403]
    assert set(map(tuple, seen.values())) == {(403, 403, 403)}


def test_every_setting_stands_once_on_the_page(people: Cast, wirral: LocalProtocol) -> None:
    named = [name for _, names in CONFLICTS.values() for name in names]
    assert sorted(named) == sorted(SETTINGS)
    page = browser(people.hal).get(address("protocol", wirral))
    shown = [one.setting.name for group in page.context["groups"] for one in group.settings]
    assert shown == named
    text = page.content.decode()
    assert "Strategy Meeting Operating Guidance, March 2019, 3.2" in text
    assert "by Working Together to Safeguard Children 2023" in text
    assert "http://wirralchildcare.proceduresonline.com/index.html" in text
    assert text.count("Local default</strong>") == len(services.open_defaults(wirral))


RESTS_ON = {
    "wirral": [
        "Working Together to Safeguard Children 2018",
        "by Working Together to Safeguard Children 2023",
    ],
    "centre-for-professional-practice": ["chapter 1 paragraph 40", "(row C22)"],  # the guidance to follow
    "halton": ["Pan-Cheshire child protection enquiries procedure</a>", "(row H01)"],
    "birmingham": ["West Midlands Child Protection and Safeguarding Procedures Manual", "(row B01)"],
}


@pytest.mark.parametrize("slug", RESTS_ON)
def test_a_version_shows_what_it_rests_on_and_is_read_with(people: Cast, slug: str) -> None:
    """Rows W01, W29, C22, H01, B01: title, number, days, guidance with what replaced it, parents."""
    version = a_protocol(slug)
    text = browser(people.adi).get(address("protocol", version)).content.decode()
    for words in (f"{version.title}, version 1", "Applies from", "Review", *RESTS_ON[slug]):
        assert words in text, words


def test_a_draft_says_what_it_changes(people: Cast, wirral: LocalProtocol) -> None:
    client = browser(people.adi)
    told = typed(wirral, client, routine_limit="3 calendar days", routine_start="request")
    told |= {"external_system": "Eclipse", "chair_roles": ["team_manager"]}
    answer = client.post(address("draft", wirral), told, follow=True)
    assert answer.status_code == 200, errors(answer)
    draft = LocalProtocol.objects.get(version=2)
    assert [one.sentence for one in answer.context["changes"]] == [
        "The routine limit becomes 3 calendar days from the request; it was 24 hours from the trigger.",
        "Who may chair? No longer advanced practitioner.",
        "The case system becomes Eclipse; it was LCS.",
    ]
    assert "Draft" in answer.content.decode() and draft.published_at is None
    limit = draft.rules.routine_limit
    assert (limit.clause, limit.local_default, limit.origin) == ("", False, wirral.title)
    assert Entry.objects.filter(event="protocol.drafted", by_ref=f"user:{people.adi.pk}").count() == 1


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("routine_limit", "3 day", "Say which days are meant: 3 calendar days or 3 working days"),
        ("routine_limit", "0 hours", "Nobody could meet a limit of zero."),
        ("routine_limit", "soon", "“soon” is not a limit."),
        ("distribution_limit", "1.5 working days", "“1.5 working days” is not a limit."),
        (
            "icpc_limit",
            "20 working days",
            "20 working days is weaker than 15 working days: the child protection",
        ),
        (
            "assessment_limit",
            "46 working days",
            "46 working days is weaker than 45 working days: an assessment",
        ),
        (
            "quorum_roles",
            ["social_worker", "police"],
            "The quorum leaves out health; a social worker, a health",
        ),
        ("allowed_formats", ["telephone"], "At least one kind of meeting must be allowed (row C03)."),
        ("complex_limit", "", "Enter a limit for complex matters, or untick every type"),
        ("followup_limit", "", "Enter by when the meeting must follow"),
        ("chair_check_percent", "101", "Enter a whole number from 1 to 100"),
        ("effective_from", date(2020, 1, 1), "A version cannot take effect in the past."),
        ("effective_from", date(2099, 1, 1), "This is more than two years ahead. Check the year"),
        ("review_on", date(2020, 1, 1), "The review date must be after the day it takes effect"),
        ("title", "", "Enter what this version is called"),
    ],
)
def test_bad_input_is_a_sentence_at_its_field(
    people: Cast, wirral: LocalProtocol, field: str, value: Any, sentence: str
) -> None:
    client = browser(people.adi)
    answer = client.post(address("draft", wirral), typed(wirral, client, **{field: value}))
    assert answer.status_code in (409, 422)
    said = errors(answer)
    assert list(said) == [field]
    assert said[field][0].startswith(sentence)
    assert LocalProtocol.objects.count() == 1


def test_publishing_asks_for_each_default_and_changes_nothing_before(
    people: Cast, wirral: LocalProtocol
) -> None:
    client = browser(people.adi)
    client.post(address("draft", wirral), typed(wirral, client, routine_limit="hours(12)"))
    draft = LocalProtocol.objects.get(version=2)
    day = timezone.localdate() + timedelta(days=10)
    answer = client.post(address("publish", draft), {"effective_from": day.isoformat()})
    assert (answer.status_code, list(errors(answer))) == (409, ["confirmed"])
    draft.refresh_from_db()
    assert draft.published_at is None
    told = {"effective_from": day.isoformat(), "confirmed": services.open_defaults(draft)}
    assert client.post(address("publish", draft), told).status_code == 302
    draft = LocalProtocol.objects.get(version=2)
    assert (draft.effective_from, draft.rules.heading.effective_from) == (day, day)
    assert services.open_defaults(draft) == []
    assert LocalProtocol.objects.in_force(day - timedelta(days=1)) == wirral
    assert LocalProtocol.objects.in_force(day) == draft
    assert client.post(address("publish", draft), told).status_code == 403


def test_only_an_administrator_changes_it(people: Cast, wirral: LocalProtocol) -> None:
    draft = services.draft(
        preset_data("wirral"), by=people.adi, at=timezone.now(), effective_from=timezone.localdate()
    )
    for user in (people.hal, people.sam):
        assert browser(user).post(address("publish", draft), {}).status_code == 403
        assert browser(user).post(address("draft", draft), {}).status_code == 403
    assert LocalProtocol.objects.published().count() == 1


def test_past_its_review_date_it_says_so(people: Cast, wirral: LocalProtocol) -> None:
    old = preset_data("wirral") | {"review_on": "2024-03-01"}
    version = services.draft(old, by=None, at=timezone.now(), effective_from=timezone.localdate())
    services.publish(version, by=None, at=timezone.now())
    for page in (reverse("protocols:protocols"), address("protocol", version)):
        assert "was to be reviewed by Friday 1 March 2024" in browser(people.hal).get(page).content.decode()


def test_tried_on_past_cases(people: Cast, wirral: LocalProtocol) -> None:
    """Three hours late under one hour, in time under twenty-four; the administrator sees no case."""
    referral = a_referral(people, triggered_at=timezone.now() - timedelta(hours=3))
    data = preset_data("wirral")
    data["settings"]["routine_limit"] = data["settings"]["routine_limit"] | {"value": "hours(1)"}
    strict = services.draft(data, by=people.adi, at=timezone.now(), effective_from=timezone.localdate())
    where = reverse("worklist:try_protocol", args=[strict.pk])
    seen = {name: browser(user).get(where).content.decode() for name, user in people.everyone.items()}
    reference = referral.case.reference
    for name in ("adi", "hal"):
        assert "1 case would have been late" in seen[name]
        assert "1 late only under this version" in seen[name]
        assert (reference in seen[name]) == (name == "hal")
    assert not any(reference in text for name, text in seen.items() if name != "hal")
    kind = browser(people.hal).get(reverse("worklist:try_protocol", args=[wirral.pk])).content.decode()
    assert "No case would have been late." in kind


def test_the_same_procedure_has_no_differences() -> None:
    assert changes(preset("wirral"), preset("wirral")) == []


def test_few_statements(people: Cast, wirral: LocalProtocol, django_assert_max_num_queries: Any) -> None:
    client = browser(people.adi)
    for page in (
        reverse("protocols:protocols"),
        address("protocol", wirral),
        address("draft", wirral),
        reverse("worklist:try_protocol", args=[wirral.pk]),
    ):
        with django_assert_max_num_queries(11):
            assert client.get(page).status_code == 200
