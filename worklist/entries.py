"""What a page says beside an entry's own words: where it leads, to whom, about which letter, how often."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from accounts.models import Team, User
from attendees.models import Professional
from audit.models import Entry
from cases.models import Case
from outbox.models import Letter
from worklist import destinations, rules

# Who something went to, or who was let in, as the ledger keeps it: a reference, never a name.
PEOPLE: dict[str, Any] = {"professional": Professional, "user": User, "team": Team}
REFERENCE = re.compile(r"([a-z]+):([0-9]{1,18})")


def in_words(entries: Iterable[Entry], case: Case) -> list[Entry]:
    """Each entry of a case once: how often (`times`), where it `leads`, `to_name` and `letter`; "" for none.

    One statement for each kind of person named and one for the letters, and none where nobody is.
    """
    rows = rules.once_each(entries)
    names, letters = _names_of(rows), _letters_of(rows)
    for entry in rows:
        told: Any = entry
        letter = letters.get(entry.subject)
        told.leads = destinations.lead_of(letter.subject_ref if letter else entry.subject, case)
        told.to_name = names.get(_to(entry), letter.to_name if letter else "")
        told.letter = rules.letter_in_words(letter.kind) if letter else ""
    return rows


def _to(entry: Entry) -> str:
    to = entry.data.get("to")
    return to if isinstance(to, str) else ""


def _names_of(entries: Iterable[Entry]) -> dict[str, str]:
    wanted: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        found = REFERENCE.fullmatch(_to(entry))
        if found and found[1] in PEOPLE:
            wanted[found[1]].add(int(found[2]))
    return {
        f"{kind}:{pk}": name
        for kind, numbers in wanted.items()
        for pk, name in PEOPLE[kind].objects.filter(pk__in=numbers).values_list("pk", "name")
    }


def _letters_of(entries: Iterable[Entry]) -> dict[str, Letter]:
    found = (REFERENCE.fullmatch(entry.subject) for entry in entries)
    numbers = {int(one[2]) for one in found if one and one[1] == "letter"}
    if not numbers:
        return {}
    letters = Letter.objects.filter(pk__in=numbers).only("pk", "kind", "subject_ref", "to_name")
    return {f"letter:{letter.pk}": letter for letter in letters}
