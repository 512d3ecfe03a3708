"""Tags and filters of the look: `{% load govuk %}`. docs/interface.md lists them."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from django import forms, template
from django.conf import settings
from django.core.paginator import Page
from django.http import HttpRequest, QueryDict
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from govuk import clocks, differences, layout, moments
from govuk.rows import BoundRows

register = template.Library()
TELEPHONE = re.compile(r"((?<![\d£])(?:999|101|0\d(?: ?\d){8,9})(?!\d))")
PROMPTLY = timedelta(minutes=10)  # what is typed sooner than this was typed at once

register.filter("groups", layout.groups)


@register.filter("moment")
def moment_filter(at: datetime | None) -> str:
    """Print "Thursday 24 December 2026 at 4:30pm"."""
    return moments.moment(at) if at else ""


@register.filter
def time_of_day(at: datetime | time | None) -> str:
    """Print "4:30pm"."""
    return moments.clock_time(at) if at is not None else ""


@register.filter
def long_date(day: date | None) -> str:
    """Print "Thursday 24 December 2026"."""
    return moments.long_date(day) if day else ""


@register.filter
def short_date(day: date | None) -> str:
    """Print "24 Dec 2026"."""
    return moments.short_date(day) if day else ""


@register.filter
def duration(length: timedelta | None) -> str:
    """Print "3 hours 12 minutes"."""
    return moments.duration(length) if length is not None else ""


@register.filter
def dialled(words: str) -> SafeString:
    """Print a text whose telephone numbers, 999 and 101 too, can be pressed to ring them."""
    parts = TELEPHONE.split(words)
    return format_html_join(
        "",
        "{}",
        (
            (format_html('<a class="govuk-link" href="tel:{}">{}</a>', "".join(part.split()), part),)
            if place % 2
            else (part,)
            for place, part in enumerate(parts)
        ),
    )


@register.filter
def typed_after(recorded_at: datetime | None, occurred_at: datetime | None) -> str:
    """Print ", typed 2 hours later" when something was written down well after it happened; else nothing."""
    if recorded_at is None or occurred_at is None or recorded_at - occurred_at < PROMPTLY:
        return ""
    return f", typed {moments.duration(recorded_at - occurred_at)} later"


@register.filter
def iso(at: datetime | date | None) -> str:
    """Print the machine's form, for `<time datetime>`."""
    return at.isoformat() if at else ""


# Errors


@register.simple_tag(takes_context=True)
def page_problems(context: Context) -> list[layout.Problem]:
    """Return the errors of every form on the page: `form`, `rows`, `forms` of the context."""
    found: list[layout.Problem] = []
    names = _names_of_rows(context.get("rows"))
    for form in _forms_of(context):
        told = [layout.of_row(problem, names.get(id(form), "")) for problem in layout.problems(form)]
        found += [problem for problem in told if problem not in found]
    return found


def _names_of_rows(rows: Any) -> dict[int, str]:
    """What each row is called where a page has several: the same sentence may be about each."""
    groups = [one for one in (rows if isinstance(rows, Sequence) else [rows]) if isinstance(one, BoundRows)]
    return {
        id(form): f"{one.rows.noun[:1].upper()}{one.rows.noun[1:]} {number}"
        for one in groups
        if one.count > 1
        for number, form in enumerate(one.forms, 1)
    }


def _forms_of(context: Context) -> list[forms.BaseForm]:
    flat: list[forms.BaseForm] = [context["form"]] if isinstance(context.get("form"), forms.BaseForm) else []
    rows = context.get("rows")
    for one in rows if isinstance(rows, Sequence) else [rows]:
        if isinstance(one, BoundRows):
            flat += one.forms
    others = context.get("forms")
    if isinstance(others, Sequence | Mapping):
        values = others.values() if isinstance(others, Mapping) else others
        flat += [one for one in values if isinstance(one, forms.BaseForm)]
    return flat


@register.inclusion_tag("govuk/error_summary.html")
def error_summary(*given: forms.BaseForm) -> dict[str, Any]:
    """Print the error summary of forms that the page's frame does not know."""
    return {"problems": [problem for form in given for problem in layout.problems(form)]}


# The frame


@register.simple_tag
def idle_seconds() -> int:
    """Return after how many quiet seconds somebody is signed out."""
    idle = getattr(settings, "SESSION_IDLE", timedelta(minutes=30))
    return int(idle.total_seconds())


@register.simple_tag
def url_or(name: str, otherwise: str) -> str:
    """Return the address of a name, or the other where that room is not installed."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return otherwise


# Words and small pieces


@register.simple_tag
def tag(text: str, colour: str = "") -> SafeString:
    """Print a coloured word."""
    return format_html(
        '<strong class="govuk-tag{}">{}</strong>', f" govuk-tag--{colour}" if colour else "", text
    )


@register.simple_tag
def back_link(href: str, text: str = "Back") -> SafeString:
    """Print a back link."""
    return format_html('<nav aria-label="Back"><a href="{}" class="govuk-back-link">{}</a></nav>', href, text)


KINDS_OF_BUTTON = {"": "", "start": " govuk-button--start", "secondary": " govuk-button--secondary"}
KINDS_OF_BUTTON["warning"] = " govuk-button--warning"


@register.simple_tag
def button(text: str, href: str = "", kind: str = "") -> SafeString:
    """Print a button, or a link that looks like one."""
    if href:
        return format_html(
            '<a href="{}" role="button" draggable="false" class="govuk-button{}"'
            ' data-module="govuk-button">{}</a>',
            href,
            KINDS_OF_BUTTON[kind],
            text,
        )
    return format_html(
        '<button type="submit" class="govuk-button{}" data-module="govuk-button"'
        ' data-prevent-double-click="true">{}</button>',
        KINDS_OF_BUTTON[kind],
        text,
    )


@register.inclusion_tag("govuk/_post_button.html", takes_context=True)
def post_button(
    context: Context, text: str, url: str, kind: str = "", hidden: str = "", **fields: Any
) -> dict[str, Any]:
    """Print a form of one button; others become hidden fields, `hidden` words for screen readers."""
    return {
        "text": text,
        "url": url,
        "kind": KINDS_OF_BUTTON[kind],
        "hidden": hidden,
        "fields": fields,
        "key": str(uuid4()),
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_tag
def sent_key() -> SafeString:
    """Print the hidden key of a form written by hand, so that sending it twice acts once."""
    return format_html('<input type="hidden" name="_key" value="{}">', str(uuid4()))


@register.simple_tag
def warning(text: str) -> SafeString:
    """Print a warning with its mark."""
    return format_html(
        '<div class="govuk-warning-text"><span class="govuk-warning-text__icon" aria-hidden="true">!</span>'
        '<strong class="govuk-warning-text__text"><span class="govuk-visually-hidden">Warning</span>'
        " {}</strong></div>",
        text,
    )


@register.simple_tag
def inset(text: str) -> SafeString:
    """Print a paragraph set apart."""
    return format_html('<div class="govuk-inset-text">{}</div>', text)


@register.simple_tag
def panel(title: str, text: str = "") -> SafeString:
    """Print that something is done."""
    return format_html(
        '<div class="govuk-panel govuk-panel--confirmation"><h1 class="govuk-panel__title">{}</h1>'
        '<div class="govuk-panel__body">{}</div></div>',
        title,
        text,
    )


@register.simple_tag
def empty(text: str) -> SafeString:
    """Print what will appear here."""
    return format_html('<p class="govuk-body empty">{}</p>', text)


@register.simple_tag
def diff(old: str, new: str) -> SafeString:
    """Print what changed between two texts."""
    return differences.diff(old, new)


class Details(template.Node):
    """A summary that opens."""

    def __init__(self, summary: FilterExpression, inside: NodeList) -> None:
        self.summary, self.inside = summary, inside

    def render(self, context: Context) -> SafeString:
        return format_html(
            '<details class="govuk-details"><summary class="govuk-details__summary">'
            '<span class="govuk-details__summary-text">{}</span></summary>'
            '<div class="govuk-details__text">{}</div></details>',
            self.summary.resolve(context),
            self.inside.render(context),
        )


@register.tag
def details(parser: Parser, token: Token) -> Details:
    """Print `{% details "Why" %}…{% enddetails %}`."""
    summary = parser.compile_filter(token.split_contents()[1])
    inside = parser.parse(("enddetails",))
    parser.delete_first_token()
    return Details(summary, inside)


# Clocks


@register.inclusion_tag("govuk/_clock_chip.html")
def clock_chip(
    clock: Any = None, now: datetime | None = None, due_at: datetime | None = None
) -> dict[str, Any]:
    """Print a clock in words and colour."""
    if clock is None and due_at is None:
        return {}
    shown = clock if clock is not None else SimpleNamespace(due_at=due_at)
    return {"chip": clocks.chip_of(shown, now or timezone.now()), "due_at": shown.due_at}


@register.inclusion_tag("govuk/_clock_strip.html")
def clock_strip(running: Sequence[Any], now: datetime | None = None) -> dict[str, Any]:
    """Print every clock with its label, due moment, reason and owner."""
    at = now or timezone.now()
    shown = [{"clock": one, "chip": clocks.chip_of(one, at)} for one in running]
    return {"clocks": [{**one, "is_running": one["chip"].shade not in ("met", "stopped")} for one in shown]}


# Lists


@register.inclusion_tag("govuk/_task_list.html")
def task_list(items: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Print steps with their state."""
    return {"items": items}


@register.inclusion_tag("govuk/_summary_list.html")
def summary_list(rows: Sequence[Mapping[str, Any]], classes: str = "") -> dict[str, Any]:
    """Print keys and values, with a change link where a row has one."""
    return {"rows": rows, "classes": classes, "any_action": any(row.get("href") for row in rows)}


@register.inclusion_tag("govuk/_timeline.html")
def timeline(items: Sequence[Any]) -> dict[str, Any]:
    """Print what happened, in order."""
    return {"items": items}


@register.inclusion_tag("govuk/_table.html")
def table(
    head: Sequence[Any], rows: Sequence[Sequence[Any]], caption: str = "", sortable: bool = False
) -> dict[str, Any]:
    """Print a table that a phone can scroll; `head` and cells are words or mappings."""
    return {"head": [_cell(one) for one in head], "rows": [[_cell(one) for one in row] for row in rows]} | {
        "caption": caption,
        "sortable": sortable,
    }


def _cell(given: Any) -> Mapping[str, Any]:
    return given if isinstance(given, Mapping) else {"text": given}


@register.inclusion_tag("govuk/_tabs.html")
def tabs(items: Sequence[Mapping[str, Any]], label: str = "Parts of this page") -> dict[str, Any]:
    """Print sub-navigation: each tab has its own address."""
    return {"items": items, "label": label}


@register.inclusion_tag("govuk/_pagination.html", takes_context=True)
def pagination(context: Context, page: "Page[Any]", name: str = "page") -> dict[str, Any]:
    """Print links to the other pages of a list, keeping its filters."""
    request: HttpRequest = context["request"]

    def address(number: int) -> str:
        query = request.GET.copy()
        query[name] = str(number)
        return f"?{query.urlencode()}"

    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    links = [{"number": one, "href": address(one) if isinstance(one, int) else ""} for one in numbers]
    previous = address(page.previous_page_number()) if page.has_previous() else ""
    following = address(page.next_page_number()) if page.has_next() else ""
    return {"page": page, "links": links, "previous": previous, "following": following}


@register.inclusion_tag("govuk/_filter.html", takes_context=True)
def filter_form(context: Context, form: forms.BaseForm, heading: str = "Filter") -> dict[str, Any]:
    """Print a GET form in a panel, with the filters in force to take off."""
    request: HttpRequest = context["request"]
    form.mark_optional = False  # type: ignore[attr-defined]
    chosen = [_chosen(form, name, request.GET) for name in form.fields if _parts(name, request.GET)]
    return {"form": form, "heading": heading, "chosen": chosen, "path": request.path}


def _parts(name: str, query: QueryDict) -> list[str]:
    """The names under which a filter is in the address: a day has three."""
    return [one for one in (name, f"{name}_day", f"{name}_month", f"{name}_year") if query.get(one)]


def _chosen(form: forms.BaseForm, name: str, query: QueryDict) -> dict[str, str]:
    choices = {str(key): str(label) for key, label in getattr(form.fields[name], "choices", [])}
    rest = query.copy()
    typed = [value for part in _parts(name, query) for value in rest.pop(part)]
    found = getattr(form, "cleaned_data", {}).get(name)
    words = long_date(found) if isinstance(found, date) else ", ".join(choices.get(one, one) for one in typed)
    for gone in ("page", "before", "after"):
        rest.pop(gone, None)
    return {"label": str(form[name].label), "text": words, "href": f"?{rest.urlencode()}"}
