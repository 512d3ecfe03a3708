"""The safe-release check: what must not leave unseen, before the minutes are circulated. Pure.

Confidential addresses and numbers are looked for in free text however they are spelt, and so are NHS numbers,
which open somebody's health record and which the record itself prints nowhere, and the name of
another family's child: in the passages, in corrections and what became of them, in the version's reason. A
passage marked police-sensitive or about a third party is shown beside who would
read it from outside the statutory three, if they are given the whole record all the same; and a sentence of a
passage that is removed from a copy is looked for in the rest of that copy. Recipients are compared with who
was there or invited; addresses of closed domains are named. Each finding is mended or accepted with a reason.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from cases.rules import is_nhs_number
from minutes.rules.renditions import WHOLE, Cut, holds_all, left_over, rendered
from minutes.rules.texts import Text, texts_of

SHORT = {
    "street": "st", "road": "rd", "avenue": "ave", "av": "ave", "lane": "ln", "close": "cl", "drive": "dr",
    "court": "ct", "crescent": "cres", "gardens": "gdns", "square": "sq", "terrace": "terr", "place": "pl",
    "flat": "flat", "apartment": "flat", "apt": "flat", "number": "no",
}  # fmt: skip
POSTCODE = re.compile(r"\b([a-z]{1,2}\d[a-z\d]?)\s*(\d[a-z]{2})\b")
MARKS = {"police_sensitive": "Police-sensitive passage", "third_party": "Passage about a third party"}
WORD = re.compile(r"[^\W\d_][^\W_]*(?:[-'’][^\W_]+)*")
OWNING = re.compile(r"['’]s$")
COMMON = {*SHORT.values(), "the", "house"}
NHS_NUMBER = re.compile(r"(?<![\w+])(?<!\+44 )(?<!0044 )\d{3}[ \u00a0-]?\d{3}[ \u00a0-]?\d{4}(?!\w)")
LONGEST_SHOWN = 80  # letters of a sentence in a finding
LEAST_DIGITS = 9  # of a telephone number, so that a year or a house number is never taken for one


@dataclass(frozen=True, slots=True)
class Secret:
    """Something of a person of the case that must not be told: an address or a number."""

    key: str
    whose: str
    address: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Copy:
    """Somebody who would receive a copy, and what is known of them."""

    key: str
    name: str
    was_there: bool
    was_invited: bool
    email: str
    retired: bool = False
    agency: str = ""
    is_statutory: bool = True  # social care, police or health: they have the whole record
    cut: Cut = WHOLE  # which copy they would receive


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend or to accept with a reason. `key` names it from one page to the next.

    `where`: the text it stands in, as `texts_of` says; `href`: the page on which that text is mended.
    """

    key: str
    title: str
    sentence: str
    where: str = field(default="", compare=False)
    href: str = field(default="", compare=False)


def findings(
    content: Mapping[str, Any],
    secrets: Iterable[Secret],
    copies: Iterable[Copy],
    strangers: Iterable[str] = (),
    *,
    reason: str = "",
    also: Iterable[Cut] = (),
) -> list[Finding]:
    """Everything that should not leave unseen, in the order of the record, then of the recipients.

    `strangers`: names in the record that another family's children bear. `reason`: why the version was made,
    as its whole copies print it. `also`: copies that go out besides those of the recipients: the family's.
    """
    texts, readers = texts_of(content, reason), list(copies)
    return [
        *_told(texts, secrets),
        *_nhs_numbers(texts),
        *_strangers(texts, strangers),
        *_marked(content, readers),
        *_left_over(content, {*(one.cut for one in readers), *also}),
        *_recipients(readers),
    ]


def findings_in(
    content: Mapping[str, Any],
    cut: Cut,
    secrets: Iterable[Secret],
    strangers: Iterable[str],
    *,
    reason: str = "",
) -> list[Finding]:
    """The same of the words of one copy alone, before it leaves. `reason`: of the version, if printed."""
    texts = texts_of(rendered(content, cut), reason)
    return [
        *_told(texts, secrets),
        *_nhs_numbers(texts),
        *_strangers(texts, strangers),
        *_left_over(content, {cut}),
    ]


def names_told(content: Mapping[str, Any], reason: str = "") -> set[tuple[str, str]]:
    """Every two neighbouring words of the record that could be a name, but those of its own people."""
    own = [_compared(name) for name in _own_people(content)]
    return {
        pair
        for _, text in texts_of(content, reason)
        for pair in _pairs(text)
        if not any(_compared(" ".join(pair)) <= one for one in own)
    }


def _compared(name: str) -> set[str]:
    """The words of a name in whatever script, without accents and capitals."""
    flat = unicodedata.normalize("NFKD", name).casefold()
    return set(WORD.findall("".join(mark for mark in flat if not unicodedata.combining(mark))))


def _own_people(content: Mapping[str, Any]) -> Iterator[str]:
    for child in content.get("children", []):
        yield f"{child['name']} {child.get('also_known_as', '')}"
    for one in content.get("attendance", []):
        yield one["name"]
    for action in content.get("actions", []):
        yield action["owner"]
    for one in content.get("arrangements", []):
        yield one["by_whom"]
    yield content.get("allocated_worker", {}).get("name", "")
    yield from (content.get("discussion", {}).get(one) or "" for one in ("chair", "minute_taker"))


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Neighbours that both begin with a capital, or with a letter of a script that has none."""
    told = list(WORD.finditer(text))
    for first, last in pairwise(told):
        if text[first.end() : last.start()].isspace() and not (first[0][0].islower() or last[0][0].islower()):
            yield first[0], OWNING.sub("", last[0])


def _strangers(texts: list[Text], strangers: Iterable[str]) -> Iterator[Finding]:
    for name in sorted(strangers):
        for where, text in texts:
            if name in " ".join(text.split()):
                sentence = f"“{name}” in “{where}” is the name of a child whom this discussion is not about."
                yield Finding(f"stranger:{name}:{where}"[:180], "Another family’s child", sentence, where)


def _marked(content: Mapping[str, Any], copies: list[Copy]) -> Iterator[Finding]:
    outside = [f"{one.name} ({one.agency})" for one in copies if not one.is_statutory and holds_all(one.cut)]
    for step in content.get("steps", []) if outside else []:
        for section in step["sections"]:
            if title := MARKS.get(section.get("marking", "")):
                where = f"{step['title']}: {section['label']}"
                sentence = (
                    f"“{where}” is marked “{section['tag']}”, and would be read by {', '.join(outside)}."
                )
                yield Finding(f"marked:{section['id']}", title, sentence)


def _left_over(content: Mapping[str, Any], cuts: Iterable[Cut]) -> Iterator[Finding]:
    found = {
        said: where
        for cut in sorted(cuts, key=lambda one: one.code, reverse=True)
        for where, said in left_over(content, cut)
    }
    for said, where in found.items():
        shown = said if len(said) <= LONGEST_SHOWN else f"{said[:LONGEST_SHOWN]}…"
        sentence = f"“{shown}” is removed from a copy as marked, but stands unmarked in “{where}” too."
        yield Finding(f"repeated:{where}:{said}"[:180], "Marked words stand elsewhere", sentence, where)


def _told(texts: list[Text], secrets: Iterable[Secret]) -> Iterator[Finding]:
    flat = [(where, text, words(text)) for where, text in texts]
    for secret in secrets:
        for where, text, plain in flat:
            if secret.address and holds_address(plain, secret.address):
                sentence = f"The confidential address of {secret.whose} is in “{where}”."
                yield Finding(f"address:{secret.key}:{where}"[:180], "Confidential address", sentence, where)
            if secret.phone and holds_phone(text, secret.phone):
                sentence = (
                    f"The telephone number of {secret.whose}, whose address is confidential, is in “{where}”."
                )
                yield Finding(f"phone:{secret.key}:{where}"[:180], "Confidential number", sentence, where)


def _nhs_numbers(texts: list[Text]) -> Iterator[Finding]:
    """Ten digits whose last one checks: a telephone number has eleven, or begins with its country.

    Only its end is told: reasons and the ledger keep a finding's key.
    """
    for where, text in texts:
        for ending in sorted({found[-4:] for found in NHS_NUMBER.findall(text) if is_nhs_number(found)}):
            sentence = f"An NHS number that ends in {ending} is in “{where}”."
            yield Finding(f"nhs:{ending}:{where}"[:180], "NHS number", sentence, where)


def _recipients(copies: Iterable[Copy]) -> Iterator[Finding]:
    for one in copies:
        if not one.was_there and not one.was_invited:
            sentence = f"{one.name} neither took part nor was invited."
            yield Finding(f"outsider:{one.key}", "Recipient who was not there", sentence)
        if one.retired:
            sentence = f"The address {one.email} of {one.name} is of a closed domain. Correct it first."
            yield Finding(f"domain:{one.key}", "Closed e-mail domain", sentence)


def words(text: str) -> str:
    """A text as it is compared: no accents, no marks, one space, long words of addresses shortened."""
    flat = unicodedata.normalize("NFKD", text).casefold()
    plain = re.sub(r"[^a-z0-9]+", " ", "".join(mark for mark in flat if not unicodedata.combining(mark)))
    joined = " ".join(SHORT.get(word, word) for word in plain.split())
    return f" {joined} "


def holds_address(plain: str, address: str) -> bool:
    """Whether a flattened text tells an address: its postcode, or house and street in any order."""
    wanted = words(address)
    postcode = POSTCODE.search(wanted)
    if postcode and "".join(postcode.groups()) in plain.replace(" ", ""):
        return True
    return any(_tells(plain, house, street) for house, street in _doors(address))


def _doors(address: str) -> Iterator[tuple[list[str], list[str]]]:
    """House and street of an address, from whichever line has both; else of its first two together."""
    lines = [line for line in re.split(r"[\n,]", address) if line.strip()]
    found = [door for line in lines if (door := _door(line)) and all(door)]
    yield from found or ([_door(" ".join(lines[:2]))] if lines else [])


def _door(line: str) -> tuple[list[str], list[str]]:
    told = words(POSTCODE.sub(" ", line.casefold())).split()
    house = [word for word in told if any(mark.isdigit() for mark in word)]
    return house, [word for word in told if word not in house and word not in COMMON]


def _tells(plain: str, house: list[str], street: list[str]) -> bool:
    told = set(plain.split())
    return bool(street) and {*street, *house} <= told and _near(plain, [*street, *house])


def _near(plain: str, wanted: list[str]) -> bool:
    """Whether the words stand near one another, so that two far sentences make no address."""
    at = [place for place, word in enumerate(plain.split()) if word in wanted]
    kinds = plain.split()
    return any(
        set(wanted) <= {kinds[place] for place in at if start <= place <= start + len(wanted) + 4}
        for start in at
    )


def holds_phone(text: str, phone: str) -> bool:
    """Whether a text tells a telephone number, however it is spaced or begun."""
    wanted = _national(phone)
    if len(wanted) < LEAST_DIGITS:
        return False
    return any(wanted in _national(found) for found in re.findall(r"\+?\d[\d\s().-]{7,}\d", text))


def _national(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    return re.sub(r"^(0044|44|0)+", "", digits)
