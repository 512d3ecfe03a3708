"""One visit: who asks what, what is answered, and what changed in the database meanwhile."""

import re
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any

from django.db import connection, transaction
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.walker.table import Page
from tests.walker.world import World

# What a refused act may leave behind: the ledger's entry, the visit's session, rate limits, forms sent twice.
MAY_CHANGE = frozenset({"audit_entry", "audit_tip", "django_session", "django_cache", "govuk_sent"})
CHANGES = "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
ONCE = re.compile(r'nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"|name="_key" value="[^"]*"')
NOT_THERE = 987654321


@dataclass(frozen=True)
class Answer:
    """What a visitor was answered."""

    page: str
    who: str
    method: str
    status: int
    body: str
    headers: dict[str, str]
    changed: frozenset[str]
    error: str = ""

    @property
    def said(self) -> str:
        """The visit in words."""
        return f"{self.method} {self.page} as {self.who}: {self.status}"

    @property
    def words(self) -> str:
        """The body without what differs at each visit."""
        return ONCE.sub("", self.body)

    @property
    def is_html(self) -> bool:
        """Whether it is a page or a piece of one."""
        return self.headers.get("Content-Type", "").startswith("text/html")


def address_of(page: Page, world: World, kwargs: dict[str, Any] | None = None) -> str:
    """The page's address in this world."""
    return reverse(page.name, kwargs=page.kwargs(world) if kwargs is None else kwargs) + page.query


def nowhere(page: Page, world: World) -> str:
    """The same address of something that does not exist."""
    real = page.kwargs(world)
    first = next(iter(real))
    missing = {
        "pk": NOT_THERE,
        "invitation": NOT_THERE,
        "reference": "TH-2020-99999",
        "subject": f"request:{NOT_THERE}",
    }
    return address_of(page, world, real | {first: missing[first]})


def visit(
    client: Client, method: str, address: str, data: dict[str, Any] | None = None, **more: Any
) -> tuple[HttpResponseBase, frozenset[str]]:
    """Ask, undo everything, and say which tables were written to."""
    cookies = SimpleCookie({name: one.value for name, one in client.cookies.items()})
    with transaction.atomic():
        before = written()
        response = _send(client, method, address, data, **more)
        after = written()
        transaction.set_rollback(True)
    client.cookies = cookies  # signing out is undone as well
    return response, frozenset(name for name, number in after.items() if number != before.get(name, 0))


def ask(world: World, page: Page, who: str, method: str = "GET", address: str = "", **more: Any) -> Answer:
    """What this visitor is answered."""
    address = address or address_of(page, world)
    response, changed = visit(world.browsers[who], method, address, **more)
    return answer_from(page.name, who, method, response, changed)


def answer_from(
    page: str, who: str, method: str, response: HttpResponseBase, changed: frozenset[str] = frozenset()
) -> Answer:
    """Keep what a check needs."""
    content = b"".join(response) if response.streaming else response.content  # type: ignore[attr-defined, arg-type]
    broken = getattr(response, "exc_info", None)
    return Answer(
        page, who, method, response.status_code, content.decode("utf-8", "replace"),
        dict(response.headers), changed, repr(broken[1])[:300] if broken else "",
    )  # fmt: skip


def written() -> dict[str, int]:
    """How many rows this transaction has written or tried to write, table by table."""
    with connection.cursor() as cursor:
        cursor.execute(CHANGES)
        return dict(cursor.fetchall())


def named_patterns() -> dict[str, str]:
    """Every named address of the site with its route."""
    return dict(_walk(get_resolver().url_patterns))


def _walk(patterns: Any, route: str = "", spaces: tuple[str, ...] = ()) -> Any:
    for one in patterns:
        if isinstance(one, URLResolver):
            inner = (*spaces, one.namespace) if one.namespace else spaces
            yield from _walk(one.url_patterns, route + str(one.pattern), inner)
        elif isinstance(one, URLPattern):
            yield ":".join((*spaces, one.name or f"nameless {route}{one.pattern}")), route + str(one.pattern)


def _send(
    client: Client, method: str, address: str, data: dict[str, Any] | None, **more: Any
) -> HttpResponseBase:
    if method == "POST":
        return client.post(address, data or {}, **more)
    return client.get(address, **more)
