"""What people, browsers and attackers send by mistake or on purpose, to every form on the way.

Nothing ends as an error page; what is wrong is said at the field or on a page that explains; typed words are
kept; what was not asked for is ignored; a second click does nothing; what was not acted upon changed nothing.
"""

from collections import Counter
from html import unescape
from typing import Any

import pytest
from django.db import transaction

from attendees.models import Invitation
from cases.models import Child
from minutes.models import Minutes
from outbox.models import Letter
from strategy.models import Discussion, StrategyRequest
from tests.walker.asking import MAY_CHANGE, Answer, address_of, answer_from, visit, written
from tests.walker.forms import Form, Payload, main_form
from tests.walker.table import PAGES, Page
from tests.walker.world import World

pytestmark = pytest.mark.django_db
LONG = "Long " * 40_000  # 200 KB
NASTY = {
    "a script": "<script>alert(1)</script>",
    "NUL": "before\x00after",
    "emoji and right to left": "🙂 \u202eאבג Ŵyn O'Brien {{7*7}}",
    "a header": "Ann\r\nBcc: x@evil.example",
    "a formula": '=HYPERLINK("javascript:alert(1)")',
}
DATES = {
    "31 February": ("31", "2", "2026", "4pm"),
    "year 0001": ("1", "1", "0001", "4pm"),
    "year 9999": ("31", "12", "9999", "11:59pm"),
    "letters": ("x", "abc", "twenty", "soon"),
    "far too long": ("9" * 5000, "9" * 5000, "9" * 5000, "9" * 5000),
    "other digits": ("²", "①", "٣٣٣٣", "½"),
}
EXTRA = {
    "status": "circulated",
    "authorised_by": "1",
    "authorised_at": "2026-01-01",
    "requester": "1",
    "case": "1",
    "id": "1",
    "version": "99",
    "by": "1",
}
SAID = ("govuk-error-message", "govuk-error-summary", "govuk-inset-text", "govuk-warning-text")
FORMS = [page for page in PAGES if page.kind in ("case", "partner", "signed in") and not page.post_only]
FORMS = [page for page in FORMS if not page.name.startswith(("account", "mfa", "govuk:stay", "worklist:go"))]
TRIED: Counter[str] = Counter()


class Posting:
    """One form page as its usual person sends it."""

    def __init__(self, world: World, page: Page) -> None:
        self.world, self.page, self.who = world, page, page.usual
        self.client = world.browsers[self.who]
        self.address = address_of(page, world)
        shown, _ = visit(self.client, "GET", self.address)
        self.form: Form | None = main_form(answer_from(page.name, self.who, "GET", shown).body)

    def send(self, data: Payload | dict[str, Any], who: str = "", **more: Any) -> Answer:
        """Post, undo, and keep the answer."""
        TRIED["posts"] += 1
        client = self.world.browsers[who or self.who]
        response, changed = visit(client, "POST", self.address, data, **more)
        return answer_from(self.page.name, who or self.who, "POST", response, changed)


@pytest.mark.parametrize("page", FORMS, ids=lambda page: page.name)
def test_bad_input_on(page: Page, world: World) -> None:
    """Every kind of bad input, on one form."""
    posting = Posting(world, page)
    if posting.form is None:
        TRIED["pages without a form"] += 1
        return
    TRIED["forms"] += 1
    form, wrong = posting.form, []
    for label, data in bad_payloads(form, world).items():
        wrong += [f"{label}: {said}" for said in problems(posting.send(data), data)]
    wrong += [f"unknown choice: {said}" for said in refused_choices(posting, form, world)]
    wrong += (
        extra_fields(posting, form) + twice(posting, form) + stale(posting, form) + signed_out(posting, form)
    )
    assert not wrong, "\n".join(wrong)


def test_forms_were_tried() -> None:
    """Nothing tried is no proof; prints the figures."""
    print(f"\n{dict(TRIED)} of bad input")
    assert TRIED["forms"] > 0 and TRIED["posts"] > 0 and TRIED["sent twice"] > 0


def bad_payloads(form: Form, world: World) -> dict[str, Payload]:
    """What is wrong in words, lengths and dates."""
    texts, parts = form.of("is_text"), form.of("is_part")
    bad: dict[str, Payload] = {"empty": {}}
    if texts:
        bad["200 KB in one-line fields"] = form.spoilt(
            [one for one in texts if one.kind != "textarea"][:10], LONG
        )
        bad["200 KB in text boxes"] = form.spoilt([one for one in texts if one.kind == "textarea"][:15], LONG)
        bad |= {f"{label} in every text": form.spoilt(texts, value) for label, value in NASTY.items()}
    if parts:
        for label, (day, month, year, time) in DATES.items():
            values = {"_day": day, "_month": month, "_year": year, "_time": time}
            typed = {one.name: [values[one.name[one.name.rindex("_") :]]] for one in parts}
            bad[f"date {label}"] = form.filled() | typed
    return bad


def problems(answer: Answer, data: Payload) -> list[str]:
    """What is wrong with the answer to bad input."""
    found = []
    if answer.status >= 500 or "Traceback" in answer.body:
        return [f"{answer.status} {answer.error}"]
    if answer.status in (403, 404):
        found.append(f"{answer.status}: kept out of one’s own page")
    if answer.status in (409, 422) and not any(mark in answer.body for mark in SAID):
        found.append(f"{answer.status} without a sentence")
    if "<script>alert(1)" in answer.body:
        found.append("the script came back as a script")
    if answer.status == 422 and answer.is_html:
        found += [f"lost what was typed in {name}" for name in lost(answer, data)]
    if answer.status in (409, 422) and (wrote := answer.changed - MAY_CHANGE):
        found.append(f"{answer.status}, and yet wrote to {', '.join(sorted(wrote))}")
    if any("\n" in value or "\r" in value for value in answer.headers.values()):
        found.append("a line break in a header")
    return found


def lost(answer: Answer, data: Payload) -> list[str]:
    """Names of fields whose words are not in the answer."""
    shown = " ".join(unescape(answer.body).replace("\x00", "").split())
    words = {
        name: " ".join(values[-1].replace("\x00", "").split()) for name, values in data.items() if values
    }
    return [
        name
        for name, said in words.items()
        if not name.startswith("_") and len(said) > 3 and said[:80] not in shown and not is_ours(name)
    ]


def is_ours(name: str) -> bool:
    """Whether the page, not the person, filled the field in."""
    return name.endswith(("-count", "next"))


def refused_choices(posting: Posting, form: Form, world: World) -> list[str]:
    """A choice that was not offered is never taken, neither a word nor somebody else's number."""
    choices = [one for one in form.of("is_choice") if one.kind != "checkbox" or len(one.offered) > 1]
    found = []
    theirs = Child.objects.get(case=world.case("theirs")).pk
    for value in ("no_such_choice", "987654321", str(theirs), "-1", "1e9", "99999999999999999999", "\x00"):
        wrong = [one for one in choices if value not in one.offered]
        if not wrong:
            continue
        answer = posting.send(form.spoilt(wrong, value))
        found += [f"{value!r}: {said}" for said in problems(answer, {})]
        if answer.status == 302 and answer.changed - MAY_CHANGE:
            found.append(f"{value!r} was taken for {', '.join(one.name for one in wrong)}")
    return found


def extra_fields(posting: Posting, form: Form) -> list[str]:
    """Fields that the form does not have change nothing of what is stored."""
    extra = {name: [value] for name, value in EXTRA.items() if name not in form.fields}
    plain, more = (stored_after(posting, form.filled() | added) for added in ({}, extra))
    return (
        []
        if plain == more
        else [f"extra fields changed {sorted(set(map(str, more)) ^ set(map(str, plain)))[:4]}"]
    )


def stored_after(posting: Posting, data: Payload) -> list[Any]:
    """The answer's status, and where every request, discussion, record, invitation and letter stands."""
    TRIED["posts"] += 1
    with transaction.atomic():
        answer = posting.client.post(posting.address, data)
        stored: list[Any] = [answer.status_code]
        for model, names in (
            (StrategyRequest, ("status", "requester_id", "case_id")),
            (Discussion, ("status", "case_id")),
            (Minutes, ("status", "discussion__case_id")),
            (Invitation, ("discussion__case_id", "professional__email", "reply", "withdrawn_reason")),
            (Letter, ("kind", "to_email", "case_ref", "status")),
        ):
            stored += list(model._default_manager.order_by("pk").values_list(*names))
        transaction.set_rollback(True)
    return stored


def twice(posting: Posting, form: Form) -> list[str]:
    """The same form with the same key again acts once, and leads to the same page."""
    with transaction.atomic():
        data = form.filled()
        first = posting.client.post(posting.address, data)
        before = written()
        second = posting.client.post(posting.address, data)
        after = written()
        transaction.set_rollback(True)
    TRIED["posts"] += 2
    if first.status_code != 302 or "_key" not in form.fields:
        TRIED["not accepted as filled"] += 1
        TRIED[f"not accepted: {posting.page.name} {first.status_code}"] += 1
        return []
    TRIED["sent twice"] += 1
    again = {name for name, number in after.items() if number != before.get(name, 0)} - MAY_CHANGE
    told = first.headers["Location"], second.headers.get("Location")
    found = [f"sent twice: wrote again to {', '.join(sorted(again))}"] if again else []
    return found + ([f"sent twice: led to {told}"] if told[0] != told[1] else [])


def stale(posting: Posting, form: Form) -> list[str]:
    """A form that was opened before somebody else's change is not simply taken."""
    if "_version" not in form.fields or not form.fields["_version"].values:
        return []
    TRIED["stale"] += 1
    old = int(form.fields["_version"].values[0]) - 1
    found = []
    for version in (str(old), "9" * 30, "x", "²"):
        answer = posting.send(form.filled() | {"_version": [version]})
        found += [f"stale version {version}: {said}" for said in problems(answer, {})]
        if version.isdecimal() and answer.status not in (409, 422):
            found.append(f"stale version {version}: {answer.status}, expected 409")
    return found


def signed_out(posting: Posting, form: Form) -> list[str]:
    """Somebody whose session ended gets their words back on a page that explains."""
    words = "Words that took an hour to write"
    data = form.spoilt(form.of("is_text"), words)
    answer = posting.send(data, who="anonymous", headers={"origin": "http://testserver"})
    found = [] if answer.status == 401 else [f"signed out: {answer.status}, expected 401"]
    if answer.changed - MAY_CHANGE:
        found.append("signed out, and yet it wrote")
    if posting.page.kind != "partner" and form.of("is_text") and words not in answer.body:
        found.append("signed out: the words are lost")
    if "<h1" not in answer.body:
        found.append("signed out: no page that explains")
    return found
