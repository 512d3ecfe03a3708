"""What an agency gave to a record, and exactly which of it went to whom (P25)."""

from dataclasses import dataclass
from typing import Any

from accounts.models import Agency
from minutes.models import FamilyHanding, MinutesVersion, Recipient, Section
from minutes.rules.renditions import Cut, rendered, sections_of


@dataclass(frozen=True, slots=True)
class Given:
    """One passage of the agency as the minutes have it, who has it, and whose copy leaves it out."""

    label: str
    text: str
    tag: str
    has: list[str]
    without: list[str]
    left_out: bool = False  # of the reader’s own copy


def given_by(agency: Agency, version: MinutesVersion, cut: Cut) -> list[Given]:
    """Each passage that professionals of this agency gave, with those whose copy has gone to them.

    `cut`: the reader's own copy. The words are those of it: the chair may have written into the passage what
    this reader must not read, so what their copy leaves out has none.

    Somebody whose copy was revoked is named still: what has gone cannot be called back.
    """
    mine = set(
        Section.objects.filter(minutes=version.minutes_id, professional__agency=agency).values_list(
            "pk", flat=True
        )
    )
    copies = [(cut, name, _told_in(version, cut)) for cut, name in _readers(version)]
    words = {one["id"]: one["text"] for one in sections_of(rendered(version.content, cut))}
    theirs = [one for one in sections_of(version.content) if one["id"] in mine]
    return [_given(one, words.get(one["id"], ""), copies) for one in theirs]


def _given(section: dict[str, Any], text: str, copies: list[tuple[Cut, str, set[int]]]) -> Given:
    held = [(name, section["id"] in told) for _, name, told in copies]
    return Given(
        section["label"],
        text,
        section["tag"],
        [name for name, has in held if has],
        [name for name, has in held if not has],
        left_out=bool(section["text"]) and not text,
    )


def _readers(version: MinutesVersion) -> list[tuple[Cut, str]]:
    sent = Recipient.objects.filter(circulation__version=version, dispatched_at__isnull=False)
    rows = sent.select_related("professional__agency", "rendition").order_by("professional__name")
    found = [(one.rendition.cut, f"{one.professional.name}, {one.professional.agency.name}") for one in rows]
    given = FamilyHanding.objects.filter(rendition__version=version).select_related("rendition")
    return [*found, *((one.rendition.cut, f"the family ({one.handed_to})") for one in given)]


def _told_in(version: MinutesVersion, cut: Cut) -> set[int]:
    return {one["id"] for one in sections_of(rendered(version.content, cut)) if one["text"]}
