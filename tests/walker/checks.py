"""What every answer must keep to: each check says what is wrong with one, or nothing."""

import re
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any

from tests.walker import nights
from tests.walker.asking import MAY_CHANGE, Answer
from tests.walker.table import ASKED, Page
from tests.walker.world import AFTER, CANARIES, NOBODY, World

SIGN_IN = "/account/login/"
VOID = frozenset(
    {"input", "button", "area", "br", "col", "embed", "hr", "img", "link", "meta", "source", "track", "wbr"}
)
NO_LABEL = frozenset({"hidden", "submit", "button", "reset", "image"})


# --- Who gets what (P6) ---------------------------------------------------------------------------------


def expected(page: Page, world: World, who: str, method: str) -> frozenset[int] | None:
    """The statuses that this visitor may get; None where anything but an error will do."""
    acting = method == "POST"
    if page.kind == "open":
        return None
    if page.kind == "partner":
        return _expected_of_partner(page, world, who, acting)
    if who in (*NOBODY, "link"):
        return frozenset({401}) if acting else frozenset({302})
    if page.post_only and not acting:
        return frozenset({405})
    if page.kind == "signed in":
        if page.may == "sees" or who in page.people_named():
            return None
        return frozenset({403})
    if who not in world.circles[page.place]:
        return frozenset({404, 405}) if acting else frozenset({404})
    if who in page.people(world, acting=acting):
        return None if acting else frozenset({page.status})
    return frozenset({403, 405}) if acting else frozenset({403})


def _expected_of_partner(page: Page, world: World, who: str, acting: bool) -> frozenset[int] | None:
    if who in NOBODY:
        return frozenset({401})
    if who in page.people_named():
        return None if acting else frozenset({page.status})
    if who in ASKED.split():  # invited, but this is not for them: their own action, their own information
        return frozenset({403, 404})
    return frozenset({404, 405}) if acting else frozenset({404})


def access(page: Page, world: World, answer: Answer) -> str:
    """Whether the visitor got what the table says; a page that may be seen shows its heading."""
    wanted = expected(page, world, answer.who, answer.method)
    if answer.status >= 500 and not (page.name == "health" and answer.status == 503):
        return f"{answer.said} {answer.error}"
    if "Traceback" in answer.body:
        return f"{answer.said}: a traceback"
    if wanted is None:
        return f"{answer.said}: kept out" if answer.status in (403, 404) and not is_accounts(page) else ""
    if answer.status not in wanted:
        return f"{answer.said}, expected {sorted(wanted)}"
    if answer.status == 200 and page.marker and page.marker not in answer.body:
        return f"{answer.said}: no {page.marker}"
    if answer.status == 403 and answer.is_html and not has_reason(answer.body):
        return f"{answer.said}: no sentence that says why"
    if answer.status == 302 and answer.who in (*NOBODY, "link") and not is_led_on(page, answer):
        return f"{answer.said}: not to the sign-in page"
    return ""


def is_accounts(page: Page) -> bool:
    """Whether it is one of the sign-in library's pages, or open to all: kept out is what it may say."""
    return page.kind == "open" or page.name.startswith(("account_", "mfa_"))


def is_to_sign_in(answer: Answer) -> bool:
    """Whether somebody unknown is led to the sign-in page."""
    return answer.headers.get("Location", "").startswith(SIGN_IN)


def is_led_on(page: Page, answer: Answer) -> bool:
    """The same, and from the front page whoever is in by a link to their own."""
    is_home = page.name == "worklist:home" and answer.who == "link"
    return answer.headers.get("Location") == "/partner/" if is_home else is_to_sign_in(answer)


def has_reason(body: str) -> bool:
    """Whether a page of refusal gives its reason: more words than a heading."""
    words = " ".join(re.sub(r"<[^>]+>", " ", body.partition("<main")[2].partition("</main>")[0]).split())
    return len(words) > 40


def silence(answer: Answer, of_nothing: Answer) -> str:
    """Whether something hidden is answered exactly as something that does not exist (no trace of it)."""
    if answer.status != of_nothing.status:
        return f"{answer.said}, but {of_nothing.status} for what does not exist"
    if words_of(answer) != words_of(of_nothing):
        return f"{answer.said}: other words than for what does not exist"
    return ""


def words_of(answer: Answer) -> str:
    """The page in words and markup, without what differs each time."""
    return answer.words


# --- Denied means unchanged (P8) ------------------------------------------------------------------------


def unchanged(page: Page, world: World, answer: Answer) -> str:
    """Whether a denied visitor left every table as it was."""
    wanted = expected(page, world, answer.who, answer.method)
    denied = (wanted is not None and page.status not in wanted) or answer.status in (401, 403, 404, 405, 422)
    wrote = answer.changed - MAY_CHANGE
    return f"{answer.said}: refused, and yet wrote to {', '.join(sorted(wrote))}" if denied and wrote else ""


# --- No child's data outside its circle (P7) ------------------------------------------------------------


def canaries(page: Page, world: World, answer: Answer) -> str:
    """Whether anything personal is in a header, or on a page of somebody who may not see the case."""
    told = " ".join([*answer.headers.values(), answer.headers.get("Location", "")])
    found = [one for one in CANARIES if one in told or one.replace(" ", "%20") in told]
    if not may_know(page, world, answer.who):
        found += [one for one in CANARIES if one in answer.body]
    if answer.who not in world.circles["night"]:
        found += [one for one in nights.CANARIES if one in answer.body]
    return f"{answer.said}: tells {', '.join(sorted(set(found)))}" if found else ""


def may_know(page: Page, world: World, who: str) -> bool:
    """Whether this visitor may read of the family on this page."""
    if page.kind == "partner":
        return who in page.people_named()
    return who in (world.circles[page.place] if page.place else AFTER)


# --- Safe headers (P23) ---------------------------------------------------------------------------------


def headers(answer: Answer) -> str:
    """Whether the answer carries what keeps it from being kept, framed, sniffed or scripted."""
    told = answer.headers
    policy = told.get("Content-Security-Policy", "")
    wrong = [
        name
        for name, is_right in {
            "no-store": "no-store" in told.get("Cache-Control", ""),
            "nosniff": told.get("X-Content-Type-Options") == "nosniff",
            "a content security policy": "default-src" in policy,
            "a policy without unsafe-inline": "unsafe-inline" not in policy and "unsafe-eval" not in policy,
            "frame-ancestors none": "frame-ancestors 'none'" in policy,
        }.items()
        if not is_right
    ]
    return f"{answer.said}: without {', '.join(wrong)}" if wrong else ""


# --- Markup (P23 and screens.md) ------------------------------------------------------------------------


class Reader(HTMLParser):
    """Reads a page for what it must and must not have."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []
        self.ids: list[str] = []
        self.labelled: set[str] = set()
        self.asked: list[tuple[str, str]] = []  # inputs that need a label: id, and how they are called
        self.count: dict[str, int] = {}
        self.language = self.title = ""
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        told = {name: value or "" for name, value in attrs}
        self._open.append(tag)
        self.count[tag] = self.count.get(tag, 0) + 1
        self.wrong += [f"{name}= on <{tag}>" for name in told if name.startswith("on") or name == "style"]
        self.wrong += [
            f"{name}=javascript:" for name, value in told.items() if value.lower().startswith("javascript:")
        ]
        if (
            tag in ("script", "style")
            and "src" not in told
            and told.get("type") not in ("application/json", "importmap")
        ):
            self.wrong.append(f"inline <{tag}>")
        if "id" in told:
            self.ids.append(told["id"])
        if tag == "html":
            self.language = told.get("lang", "")
        if tag == "label":
            self.labelled.add(told.get("for", ""))
        asks = tag in ("input", "select", "textarea") and told.get("type", "text") not in NO_LABEL
        if asks and not ({"aria-label", "aria-labelledby"} & set(told) or "label" in self._open[:-1]):
            self.asked.append((told.get("id", ""), told.get("name", tag)))
        if tag in VOID and tag != "button":
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        """Close an element."""
        while tag in self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Keep the title."""
        if self._open and self._open[-1] == "title" and "svg" not in self._open:
            self.title += data


@lru_cache(maxsize=4000)
def read(body: str) -> Reader:
    """Read a page; the same page is read once."""
    reader = Reader()
    reader.feed(body)
    return reader


def markup(answer: Answer) -> str:
    """Whether the HTML is safe, has one heading, a title that names it, labels, language and landmarks."""
    if not answer.is_html or not answer.body.strip():
        return ""
    page = read(answer.words)
    wrong = list(page.wrong)
    wrong += [f"no label for {name}" for one, name in page.asked if one not in page.labelled]
    wrong += [f"id {one} twice" for one in sorted({one for one in page.ids if page.ids.count(one) > 1})]
    if "<html" in answer.body:
        wrong += _of_whole_page(page)
    return f"{answer.said}: {'; '.join(sorted(set(wrong))[:6])}" if wrong else ""


def _of_whole_page(page: Reader) -> list[str]:
    names: dict[str, Any] = {"h1": 1, "main": 1, "title": 1}
    wrong = [
        f"{page.count.get(tag, 0)} <{tag}>" for tag in names if page.count.get(tag, 0) != 1 and tag != "title"
    ]
    wrong += [f"no <{tag}>" for tag in ("header", "footer") if tag not in page.count]
    if page.language not in ("en", "en-GB"):
        wrong.append(f"lang {page.language!r}")
    first = page.title.strip().removeprefix("Error: ").partition(" – ")[0].strip()
    if len(first) < 4 or first == "Threshold":
        wrong.append(f"title {page.title.strip()!r}")
    return wrong


__all__ = ["access", "canaries", "expected", "headers", "markup", "silence", "unchanged"]
