"""The one form page: fetch, bind, act, message, redirect."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.generic import View

from audit.errors import NotAllowed, Refused, StaleVersion
from govuk import drafts
from govuk.clash import Clash, clashes
from govuk.numbers import whole_number
from govuk.rows import BoundRows, Rows, quiet, reshaped
from govuk.services import digest_of, once, sent_before
from govuk.waiting import DEADLOCK, FAULTS, refusal_of, state_of

KEY, VERSION, DRAFT = "_key", "_version", "_draft"
NO_SUCH = -1  # what was sent as a version and is none: never the one in force
OUR_OWN = (KEY, VERSION, DRAFT, "csrfmiddlewaretoken")
UNSAID = ("password", "code", "token")  # never given back on a page
CHANGED = "Somebody changed this while you were writing. Both texts are below: send again to replace theirs"


class NoFields(forms.Form):
    """A page whose only question is its button."""


class FormPage(View):
    """A page with one form. See docs/interface.md for what a page names and what it gets."""

    title = ""
    form_class: type[forms.BaseForm] | None = None
    rows: ClassVar[Mapping[str, Rows]] = {}
    template_name = "govuk/form_page.html"
    button = "Continue"
    danger = False
    done_already: tuple[str, ...] = ()  # refusals that tell of what was done before, and of nothing wrong
    keeps_draft = False  # what is typed is kept on the server too, until it is sent
    steps_say = ""
    message: str | Callable[[Any], str] = ""
    back: tuple[str, str] | None = None
    thing: Any = None
    user: Any
    now: datetime

    # What a page says about itself

    def fetch(self) -> Any:
        """Return the thing that the page is about, through `visible_to`, or raise 404."""
        return self.thing

    def act(self, form: Any) -> Any:
        """Call one service; its answer is handed to `next`."""
        raise NotImplementedError(f"{type(self).__name__} does not say what it does.")

    def next(self, done: Any) -> str:
        """Return the address to go to afterwards."""
        address: str = self.thing.get_absolute_url()
        return address

    def refusal(self) -> str | None:
        """Return why this person may not do this now, in a sentence shown instead of the form, or None."""
        return None

    def note_reading(self) -> None:
        """Write down that this person reads a record, where the form shows one; called when it is shown."""

    def get_title(self) -> str:
        """Return the page's title and heading."""
        return self.title

    def get_back(self) -> tuple[str, str] | None:
        """Return address and text of the back link."""
        return self.back

    def get_button(self) -> str:
        """Return the words on the button."""
        return self.button

    def get_message(self, done: Any) -> str:
        """Return what is said on the next page."""
        return self.message(done) if callable(self.message) else self.message

    def get_initial(self) -> dict[str, Any]:
        """Return what the form shows at first."""
        return {}

    def get_initial_rows(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Return what the rows show at first, by their name."""
        return {}

    def get_rows(self) -> Mapping[str, Rows]:
        """Return the page's rows, when they depend on the thing."""
        return self.rows

    def get_form_kwargs(self) -> dict[str, Any]:
        """Return further arguments of the form."""
        return {}

    def get_context(self) -> dict[str, Any]:
        """Return what else the template needs."""
        return {}

    def problems(self, form: Any) -> Mapping[str, str]:
        """Return what cannot stand beside the rest, field to sentence: all of it is shown at once.

        A row's field is named as `people-1-born`, counting the rows that are not blank.
        """
        return {}

    def problems_so_far(self, form: Any) -> Mapping[str, str]:
        """Return the same of what could be read, shown with the fields that could not be."""
        return {}

    def get_version(self) -> int | None:
        """Return the version of what the form changes, when it has one."""
        return getattr(self.thing, "version", None)

    def is_stale(self) -> bool:
        """Return whether somebody changed it since this person had it before them."""
        return self.version != self.get_version()

    # What the page does

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.user, self.now = request.user, timezone.now()
        self.clashes: list[Clash] = []

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if again := self.answer_again():
            return again
        self.thing = self.fetch()
        if reason := self.refusal():
            return self.answer_again() or self.say_refusal(reason)
        if self.keeps_draft and DRAFT in request.POST:
            return self.keep_draft()
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        self.note_reading()
        initial = self.get_initial_rows()
        self.bound_rows = {
            name: rows.show(name, initial.get(name, ())) for name, rows in self.get_rows().items()
        }
        return self.page(self.make_form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Bind, act once, and redirect; or show the form again with what is wrong."""
        if (changed := reshaped(request.POST, self.get_rows())) is not None:
            return self.page_with_other_rows(changed)
        form = self.make_form(request.POST, request.FILES)
        self.bound_rows = {
            name: rows.bind(name, request.POST, request.FILES) for name, rows in self.get_rows().items()
        }
        is_valid = all([form.is_valid(), *[rows.is_valid() for rows in self.bound_rows.values()]])
        wrong = self.problems(form) if is_valid else self.problems_so_far(form)
        for field, sentence in wrong.items():
            self.blame(form, field, sentence)
        if wrong or not is_valid:
            return self.page(form, status=422)
        try:
            return self.act_or_wait(form)
        except Refused as refusal:
            return self.answer_again() or self.bring_back(form, refusal)

    def keep_draft(self) -> HttpResponse:
        """Keep what is typed so far, or forget it; say who else is typing here."""
        path = self.request.path
        if self.request.POST[DRAFT] == "0":
            drafts.drop_draft(path, person=self.user)
        else:
            fields: dict[str, list[str]] = {}
            for name, value in self.content():
                if name not in UNSAID:
                    fields.setdefault(name, []).append(value)
            typed = drafts.Typed(path, self.key, self.version, fields)
            drafts.keep_draft(typed, person=self.user, at=self.now)
        return JsonResponse({"others": drafts.drafts_at(path, person=self.user, at=self.now)[1]})

    def kept(self) -> dict[str, Any]:
        """What a page that keeps drafts shows of them: the person's own, and who else is typing here."""
        if not self.keeps_draft:
            return {}
        mine, others = drafts.drafts_at(self.request.path, person=self.user, at=self.now)
        told: dict[str, Any] = {"writing": others}
        if mine is not None and self.request.method == "GET":
            at = int(mine.at.timestamp() * 1000)
            told["draft"] = {"version": mine.version, "at": at, "fields": mine.fields}
        return told

    def make_form(self, data: QueryDict | None = None, files: Any = None) -> Any:
        """Return the form, bound when there is data."""
        made: type[Any] = self.form_class or NoFields
        kwargs = {"initial": self.get_initial(), **self.get_form_kwargs()}
        return made(**kwargs) if data is None else made(data=data, files=files, **kwargs)

    @property
    def version(self) -> int | None:
        """The version that the person had before them; for a service that checks it under its lock."""
        if VERSION not in self.request.POST:
            return self.get_version()
        sent = whole_number(self.request.POST.get(VERSION))
        return NO_SUCH if sent is None else sent

    @property
    def cleaned_rows(self) -> dict[str, list[dict[str, Any]]]:
        """What was typed in the rows that are not blank, by the rows' name."""
        return {name: rows.cleaned for name, rows in self.bound_rows.items()}

    def act_or_wait(self, form: Any) -> HttpResponse:
        """Act; once more when two waited for each other, since the database undid this one whole.

        Raises Refused when somebody else keeps the rows for too long, or closed an account meanwhile.
        """
        try:
            return self.act_once(form)
        except FAULTS as fault:
            refusal = refusal_of(fault)
            if refusal is None:
                raise
            if state_of(fault) != DEADLOCK:
                raise refusal from fault
        return self.act_once(form)

    def act_once(self, form: Any) -> HttpResponse:
        """Act unless this very form was acted upon before, and go on."""
        if self.is_stale():
            raise StaleVersion(None, CHANGED)
        done: list[Any] = []

        def act() -> str:
            done.append(self.act(form))
            return self.next(done[0]) if callable(self.next) else self.next

        location = once(**self.claim(), at=self.now, act=act) if self.key else act()
        if self.keeps_draft:
            drafts.drop_draft(self.request.path, person=self.user)
        if done and (said := self.get_message(done[0])):
            messages.success(self.request, said)
        return self.go(location)

    @property
    def key(self) -> str:
        """The key that this very form was printed with; empty for one that was not printed by us."""
        return self.request.POST.get(KEY, "")[:36]

    def claim(self) -> dict[str, str]:
        """Return what tells one sending from another."""
        person = str(self.user.pk) if self.user.is_authenticated else "-"
        return {
            "key": self.key,
            "person": person,
            "path": self.request.path,
            "digest": digest_of(self.content()),
        }

    def answer_again(self) -> HttpResponse | None:
        """Return the first answer when this very form was acted upon before."""
        if self.request.method != "POST" or not self.key:
            return None
        location = sent_before(**self.claim())
        return self.go(location) if location else None

    def content(self) -> list[tuple[str, str]]:
        """Return what was typed, for the digest; a file by its name and size."""
        typed = [
            (name, value)
            for name, values in self.request.POST.lists()
            if name not in OUR_OWN
            for value in values
        ]
        return typed + [
            (name, f"{one.name} {one.size}") for name, files in self.request.FILES.lists() for one in files
        ]

    def go(self, location: str) -> HttpResponse:
        """Redirect, telling the browser that this form's draft is no longer needed."""
        response = HttpResponseRedirect(location)
        if self.key:
            response.set_cookie("sent", self.key, max_age=60, samesite="Lax", secure=self.request.is_secure())
        return response

    def bring_back(self, form: Any, refusal: Refused) -> HttpResponse:
        """Show the service's refusal in the form, at its field, with what was typed."""
        if isinstance(refusal, StaleVersion):
            self.thing = self.fetch()
            self.clashes = clashes(typed=form, theirs=self.make_form())
        self.blame(form, refusal.field, refusal.sentence)
        return self.page(form, status=refusal.status)

    def blame(self, form: Any, field: str | None, sentence: str) -> None:
        """Put a sentence beside its field, on the page or in a row; above the form when it has none."""
        row, name = self.row_of(field)
        if row is not None:
            row.add_error(name, sentence)
        else:
            form.add_error(field if field in form.fields else None, sentence)

    def row_of(self, field: str | None) -> tuple[Any, str]:
        """Return the row and its field that a refusal names as `people-1-born`, counting filled rows."""
        prefix, place, name = [*(field or "").split("-", 2), "", ""][:3]
        number = whole_number(place)
        if prefix not in self.bound_rows or number is None:
            return None, ""
        filled = self.bound_rows[prefix].filled
        row: Any = filled[number] if number < len(filled) else None
        return (row, name) if row is not None and name in row.fields else (None, "")

    def page_with_other_rows(self, data: QueryDict) -> HttpResponse:
        """Show the page with a row more or less, judging nothing yet."""
        self.bound_rows = {
            name: rows.bind(name, data, self.request.FILES) for name, rows in self.get_rows().items()
        }
        for rows in self.bound_rows.values():
            for row in rows.forms:
                quiet(row)
        return self.page(quiet(self.make_form(data, self.request.FILES)))

    def page(self, form: Any, status: int = 200) -> HttpResponse:
        """Print the page."""
        context = {
            "title": self.get_title(),
            "form": form,
            "rows": list(self.bound_rows.values()),
            "thing": self.thing,
            "version": self.get_version(),
            "clashes": self.clashes,
            "key": self.key or str(uuid4()),
            "button": self.get_button(),
            "danger": self.danger,
            "steps_say": self.steps_say,
            "back_to": self.get_back(),
            "multipart": form.is_multipart() or any(row.is_multipart() for row in self.every_row()),
            "now": self.now,
            "keeps_draft": self.keeps_draft,
            **self.kept(),
            **self.get_context(),
        }
        return render(self.request, self.template_name, context, status=status)

    def every_row(self) -> list[forms.BaseForm]:
        """Return the forms of all rows."""
        return [row for rows in self.bound_rows.values() for row in rows.forms]

    def say_refusal(self, reason: str) -> HttpResponse:
        """Say why this cannot be done, instead of the form; what was typed into it is given back to copy."""
        context = {
            "title": self.get_title(),
            "reason": reason,
            "is_done": reason in self.done_already,
            "typed": [value for name, value in self.content() if " " in value and name not in UNSAID],
            "thing": self.thing,
            "back_to": self.get_back(),
        }
        return render(self.request, "govuk/refusal_page.html", context, status=NotAllowed.status)


def page_for(request: HttpRequest, **names: Any) -> HttpResponseBase:
    """Answer with a form page made from names: `title`, `form_class`, `act`, `next`, `message`, `thing`, …

    `act(form)` is a function; `next` an address or a function of what `act` returned;
    `initial` and `context` are dictionaries; `refusal` is a function or a reason.
    """
    page = FormPage()
    page.setup(request)
    for name, value in names.items():
        if name in ("initial", "context", "form_kwargs", "refusal", "initial_rows"):
            method = name if name == "refusal" else f"get_{name}"
            setattr(page, method, value if callable(value) else lambda given=value: given)
        else:
            setattr(page, name, value)
    return page.dispatch(request)


def safe_next(request: HttpRequest, otherwise: str) -> str:
    """Return the `next` address of the query when it is one of ours, else the other."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else reverse(otherwise) if ":" in otherwise else otherwise


__all__ = ["BoundRows", "FormPage", "NoFields", "page_for", "safe_next"]
