"""Each check of the walker finds the fault that it is there for, planted on purpose."""

from dataclasses import replace

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path

from cases.models import Case
from config.urls import urlpatterns as ours
from tests.walker import checks
from tests.walker.asking import Answer, ask, named_patterns
from tests.walker.forms import main_form
from tests.walker.table import BY_NAME, PAGES
from tests.walker.test_bad_input import problems
from tests.walker.world import CANARIES, World

GOOD = Answer(
    "strategy:request", "sam", "GET", 200,
    '<html lang="en-GB"><title>The request – Threshold</title><header></header><main><h1>Request</h1>'
    '<label for="a">A</label><input id="a" name="a"></main><footer></footer></html>',
    {
        "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store, private",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; script-src 'self'; frame-ancestors 'none'",
    },
    frozenset({"audit_entry"}),
)  # fmt: skip


def test_a_good_page_passes() -> None:
    """Else the faults below prove nothing."""
    assert checks.headers(GOOD) == checks.markup(GOOD) == ""


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ("<script>alert(1)</script>", "inline <script>"),
        ('<p style="color:red">', "style= on <p>"),
        ('<a onclick="x()">', "onclick= on <a>"),
        ('<a href="javascript:x()">', "href=javascript:"),
        ("<h1>Another</h1>", "2 <h1>"),
        ('<input id="b" name="b">', "no label for b"),
        ('<p id="a"></p>', "id a twice"),
    ],
)
def test_markup_finds(planted: str, found: str) -> None:
    """One fault in a page that is otherwise good."""
    assert found in checks.markup(replace(GOOD, body=GOOD.body.replace("</main>", f"{planted}</main>")))


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("Cache-Control", "private", "no-store"),
        ("X-Content-Type-Options", "", "nosniff"),
        (
            "Content-Security-Policy",
            "default-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
            "unsafe-inline",
        ),
        ("Content-Security-Policy", "default-src 'self'", "frame-ancestors none"),
    ],
)
def test_headers_find(name: str, value: str, found: str) -> None:
    """One header that is not safe."""
    assert found in checks.headers(replace(GOOD, headers=GOOD.headers | {name: value}))


def test_no_title_and_no_language_are_found() -> None:
    """A page that names nothing."""
    bare = GOOD.body.replace("The request – Threshold", "Threshold").replace(' lang="en-GB"', "")
    assert "title 'Threshold'" in checks.markup(replace(GOOD, body=bare))
    assert "lang ''" in checks.markup(replace(GOOD, body=bare))


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (replace(GOOD, status=500, error="KeyError()"), "500 KeyError()"),
        (replace(GOOD, status=422, body="<main>No.</main>"), "without a sentence"),
        (
            replace(GOOD, status=422, body='<p class="govuk-error-message">No</p>'),
            "lost what was typed in text",
        ),
        (replace(GOOD, body="<main><script>alert(1)</script></main>"), "came back as a script"),
        (replace(GOOD, status=409, changed=frozenset({"cases_child"})), "and yet wrote to cases_child"),
        (replace(GOOD, headers={"Location": "/a\r\nSet-Cookie: x"}), "a line break in a header"),
    ],
)
def test_bad_input_finds(answer: Answer, found: str) -> None:
    """Each way in which a form may fail."""
    assert any(found in problem for problem in problems(answer, {"text": ["Words that were typed"]}))


def test_a_form_is_read_as_a_browser_reads_it() -> None:
    """Filled with what is there, and something sensible for the rest."""
    form = main_form(
        '<main><form method="post"><input type="hidden" name="_key" value="k">'
        '<input name="a" value="A &amp; B"><textarea name="t">\nText</textarea>'
        '<input type="radio" name="r" value="1"><input type="radio" name="r" value="2" checked>'
        '<select name="s"><option value="">Choose</option><option value="x">X</option></select></form></main>'
    )
    assert form is not None
    assert form.filled() == {"_key": ["k"], "a": ["A & B"], "t": ["Text"], "r": ["2"], "s": ["x"]}


# --- Planted in the running application -----------------------------------------------------------------


@login_not_required
def open_to_all(request: HttpRequest, pk: int) -> HttpResponse:
    """What must never be: no access asked, a write by GET, a name in a header."""
    Case.objects.filter(pk=pk).update(worker_safety="changed")
    return HttpResponse("<h1>Zephyrine</h1>", headers={"X-Note": "Quillfeather"})


def broken(request: HttpRequest, pk: int) -> HttpResponse:
    """A page that breaks."""
    raise KeyError("nothing here")


urlpatterns = [
    path("requests/<int:pk>/", open_to_all, name="leak"),
    path("enquiries/<int:pk>/", broken),
    *ours,
]


@pytest.mark.django_db
@override_settings(ROOT_URLCONF="tests.walker.test_planted")
def test_a_page_open_to_all_is_found(world: World) -> None:
    """A new address has no line; in another's place it is told of by every check."""
    assert "leak" in named_patterns()
    page = BY_NAME["strategy:request"]
    answer = ask(world, page, "stranger", address=f"/requests/{world.case('draft').pk}/")
    assert "expected [404]" in checks.access(page, world, answer)
    assert "wrote to cases_case" in checks.unchanged(page, world, answer)
    assert checks.canaries(page, world, answer) == f"{answer.said}: tells Quillfeather, Zephyrine"


@pytest.mark.django_db
@override_settings(ROOT_URLCONF="tests.walker.test_planted")
def test_a_page_that_breaks_is_found(world: World) -> None:
    """With the exception behind it."""
    page = BY_NAME["strategy:enquiry"]
    answer = ask(world, page, "sam", address="/enquiries/1/")
    assert checks.access(page, world, answer) == f"{answer.said} KeyError('nothing here')"


def test_every_canary_is_alone_and_every_page_once() -> None:
    """A page listed twice would hide one of its lines."""
    assert len(PAGES) == len(BY_NAME) and len(set(CANARIES)) == len(CANARIES)
