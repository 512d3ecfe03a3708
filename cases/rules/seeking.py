"""What somebody means who types into the one search box: names, a date of birth, a number, a postcode."""

import calendar
import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from cases.rules.identifiers import begins_a_postcode, is_nhs_number, postcode_key

MOST_WORDS = 8
MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
NUMBERS = re.compile(r"(?<!\w)(\d{1,4})[./\- ](\d{1,2})[./\- ](\d{4}|\d{2})(?!\w)", re.ASCII)
WORDED = re.compile(
    r"(?<!\w)(\d{1,2})(?:st|nd|rd|th)?\s+([a-z]{3,9})\.?,?\s+(\d{4}|\d{2})(?!\w)", re.I | re.ASCII
)
TOGETHER = re.compile(r"(?<!\w)(\d{2})(\d{2})((?:19|20)\d{2})(?!\w)", re.ASCII)
LONG_NUMBER = re.compile(r"(?<![\w+])\+?\d[\d ()-]{7,}\d(?!\w)", re.ASCII)
POSTCODE = re.compile(r"(?<!\w)[a-z]{1,2}\d[a-z\d]?(?:\s*\d[a-z]{0,2})?(?!\w)", re.I | re.ASCII)
HOUSE = re.compile(r"(?<!\w)\d{1,4}[a-z]?\s+[^\W\d]{3,40}", re.I)  # number and street: towns are too common
IDENTIFIER = re.compile(r"(?<!\w)(?=[a-z-]*\d)[a-z\d]+(?:-[a-z\d]+)*(?!\w)", re.I | re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What was typed, taken apart. `identifiers` are without spaces or hyphens, in capitals."""

    names: str = ""
    born: date | None = None
    identifiers: tuple[str, ...] = ()
    phone: str = ""
    postcode: str = ""
    address: str = ""

    @property
    def near(self) -> list[date]:
        """Dates that the date of birth may be mistaken for: day and month swapped, one part one off."""
        return near(self.born) if self.born else []

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look for."""
        return not (
            self.names or self.born or self.identifiers or self.phone or self.postcode or self.address
        )


@dataclass
class _Rest:
    """The text that nothing has been made of yet."""

    text: str
    identifiers: list[str] = field(default_factory=list)

    def take(self, pattern: re.Pattern[str], meaning: object) -> re.Match[str] | None:
        """Take the first match that `meaning` accepts out of the text."""
        assert callable(meaning)
        for found in pattern.finditer(self.text):
            if meaning(found):
                self.text = f"{self.text[: found.start()]} {self.text[found.end() :]}"
                return found
        return None


def sought_in(typed: str) -> Sought:
    """Take one line apart: “ruby fenwick 27/3/17 CH41”. What is nothing else is a name."""
    rest = _Rest(" ".join(typed.split()))
    born = _date_in(rest)
    number = rest.take(LONG_NUMBER, lambda found: len(_digits(found[0])) in range(10, 14))
    digits = _digits(number[0]) if number else ""
    nhs = [digits] if is_nhs_number(digits) else []
    place = HOUSE.search(rest.text)
    postcode = rest.take(POSTCODE, lambda found: begins_a_postcode(found[0]))
    others = [postcode_key(found[0]) for found in IDENTIFIER.finditer(rest.text)]
    identifiers = [*nhs, *([postcode_key(postcode[0])] if postcode else []), *others]
    words = [word for word in re.split(r"\s+", rest.text) if word and not re.search(r"\d", word)]
    names = [word for word in words if any(letter.isalnum() or ord(letter) > 0x2000 for letter in word)]
    return Sought(
        names=" ".join(names[:MOST_WORDS])[:200],
        born=born,
        identifiers=tuple(dict.fromkeys(identifiers))[:4],
        phone="" if nhs else _phone(digits),
        postcode=postcode_key(postcode[0]) if postcode else "",
        address=place[0] if place else "",
    )


def near(born: date) -> list[date]:
    """Dates that this one may be mistaken for."""
    parts = [(born.year, born.day, born.month)]
    parts += [(born.year + years, born.month, born.day) for years in (-1, 1)]
    parts += [(born.year, born.month + months, born.day) for months in (-1, 1)]
    found = {day for part in parts if (day := _date(*part))}
    found |= {born + timedelta(days=days) for days in (-2, -1, 1, 2)}
    return sorted(found - {born})


def _date_in(rest: _Rest) -> date | None:
    made: list[date] = []

    def numbers(found: re.Match[str]) -> bool:
        first, second, third = found[1], found[2], found[3]
        year, day = (first, third) if len(first) == 4 else (third, first)
        return _keep(made, year, second, day)

    for pattern, meaning in (
        (NUMBERS, numbers),
        (WORDED, lambda found: _keep(made, found[3], str(MONTHS.get(found[2].lower(), 0)), found[1])),
        (TOGETHER, lambda found: _keep(made, found[3], found[2], found[1])),
    ):
        if rest.take(pattern, meaning):
            return made[0]
    return None


def _keep(made: list[date], year: str, month: str, day: str) -> bool:
    number = int(year) + (2000 if int(year) < 40 else 1900) if len(year) == 2 else int(year)
    found = _date(number, int(month), int(day)) or _date(number, int(day), int(month))
    made += [found] if found and 1900 <= found.year <= 2100 else []
    return bool(made)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _phone(digits: str) -> str:
    """A number as it is compared: its last nine digits, whatever stands before them."""
    return digits[-9:] if len(digits) >= 10 else ""
