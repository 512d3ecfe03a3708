"""How a child is found: the two questions of the search, as SQL.

Each arm of the first uses an index of its own (an OR over them all would read the whole table); the second
weighs what they found. `cases_names`, `cases_words`, `cases_sounds`, `cases_sound`, `cases_key` and
`cases_phone` are the database's own functions (migration 0003); the columns of these names are kept by it.
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import connection

from cases.rules.identifiers import postcode_key
from cases.rules.seeking import Sought, near

if TYPE_CHECKING:
    from cases.rules import ChildFacts, FamilyFacts

MOST = 2000  # whom the likest are chosen among: as many as bear the commonest name of a large authority
LEAST = 0.45  # what is less like than this is not shown
WEEKS_APART = 30  # days between two expected dates that may be one baby's
NAMED = re.compile(r"(?<!:):([a-z_]+)")

_MEMBERS = """SELECT child.id FROM cases_familymember m JOIN cases_child child ON child.case_id = m.case_id
  WHERE m.removed_at IS NULL AND """
_OF_FAMILY = "FROM cases_familymember m WHERE m.case_id = cases_child.case_id AND m.removed_at IS NULL AND "

# By what was typed: who is found by it, and what it adds to the likeness.
ARMS = {
    "names": [
        "SELECT id FROM cases_child WHERE words && cases_words(:names)",
        "SELECT id FROM cases_child WHERE sounds @> cases_sound(:names) AND cases_sound(:names) <> '{}'",
        "SELECT id FROM cases_child WHERE names %%> cases_names(:names)",
        _MEMBERS + "m.words @> cases_words(:names) AND cases_words(:names) <> '{}'",
    ],
    "dates": ["SELECT id FROM cases_child WHERE date_of_birth = ANY(:dates::date[])"],
    "identifiers": [
        "SELECT id FROM cases_child WHERE nhs_number = ANY(:identifiers::text[]) AND nhs_number <> ''",
        "SELECT id FROM cases_child WHERE upn = ANY(:identifiers::text[]) AND upn <> ''",
        """SELECT id FROM cases_child
  WHERE cases_key(local_identifier) = ANY(:identifiers::text[]) AND local_identifier <> ''""",
    ],
    "references": [
        """SELECT child.id FROM cases_case c JOIN cases_child child ON child.case_id = c.id
  WHERE c.reference = ANY(:references::text[])"""
    ],
    "postcode": [
        "SELECT id FROM cases_child WHERE postcode_key LIKE :postcode AND postcode <> ''",
        _MEMBERS + "m.postcode_key LIKE :postcode AND m.postcode <> ''",
    ],
    "address": ["SELECT id FROM cases_child WHERE place %%> cases_names(:address)"],
    "phone": [_MEMBERS + "m.phone_key = :phone AND m.phone <> ''"],
}
WEIGHTS = {
    "names": f"""CASE WHEN cases_child.words @> cases_words(:names) THEN 1 ELSE GREATEST(
    0.95 * word_similarity(cases_names(:names), cases_child.names),
    CASE WHEN cases_sound(:names) <> '{{}}' AND cases_child.sounds @> cases_sound(:names)
      THEN 0.7 ELSE 0 END,
    CASE WHEN EXISTS (SELECT {_OF_FAMILY} m.words @> cases_words(:names)) THEN 0.65 ELSE 0 END) END""",
    "dates": """CASE WHEN cases_child.date_of_birth = :born::date
    THEN CASE WHEN :names = '' THEN 0.6 ELSE 0.4 END
    WHEN cases_child.date_of_birth = ANY(:dates::date[])
    THEN CASE WHEN :names = '' THEN 0.45 ELSE 0.25 END
    ELSE 0 END""",
    "identifiers": """CASE WHEN cases_child.nhs_number = ANY(:identifiers::text[])
    OR cases_child.upn = ANY(:identifiers::text[])
    OR cases_key(cases_child.local_identifier) = ANY(:identifiers::text[]) THEN 2 ELSE 0 END""",
    "references": """CASE WHEN EXISTS (SELECT FROM cases_case c WHERE c.id = cases_child.case_id
    AND c.reference = ANY(:references::text[])) THEN 2 ELSE 0 END""",
    "postcode": f"""CASE WHEN cases_child.postcode_key LIKE :postcode
    OR EXISTS (SELECT {_OF_FAMILY} m.postcode_key LIKE :postcode)
    THEN CASE WHEN :names = '' THEN 0.5 ELSE 0.2 END ELSE 0 END""",
    "address": "0.8 * word_similarity(cases_names(:address), cases_child.place)",
    "phone": f"""CASE WHEN EXISTS (SELECT {_OF_FAMILY} m.phone <> '' AND m.phone_key = :phone)
    THEN 1 ELSE 0 END""",
}


# Which of these pairs of words are given and family name of a child of another family, and of nobody of this.
BORNE_ELSEWHERE = """
SELECT DISTINCT first || ' ' || last
FROM unnest(%(firsts)s::text[], %(lasts)s::text[]) AS told (first, last)
JOIN cases_child c ON c.words @> cases_words(first, last)
  AND cases_words(c.given_names, c.also_known_as) @> cases_words(first)
  AND cases_words(c.family_name) @> cases_words(last)
JOIN cases_case theirs ON theirs.id = c.case_id
WHERE c.case_id <> %(case)s AND theirs.merged_into_id IS DISTINCT FROM %(case)s
  AND cases_words(first) <> '{}' AND cases_words(last) <> '{}'
  AND NOT EXISTS (SELECT FROM cases_child own
    WHERE own.case_id = %(case)s AND own.words @> cases_words(first, last))
  AND NOT EXISTS (SELECT FROM cases_familymember own
    WHERE own.case_id = %(case)s AND own.words @> cases_words(first, last))
  AND NOT EXISTS (SELECT FROM cases_case mine WHERE mine.id = %(case)s AND mine.merged_into_id = c.case_id)
ORDER BY 1
"""


def borne_elsewhere(pairs: Iterable[tuple[str, str]], case: int) -> list[str]:
    """Each name that a child of another family bears, and nobody of this one."""
    told = sorted(pairs)
    if not told:
        return []
    words: dict[str, Any] = {
        "firsts": [one[0] for one in told],
        "lasts": [one[1] for one in told],
        "case": case,
    }
    with connection.cursor() as cursor:
        cursor.execute(BORNE_ELSEWHERE, words)
        return [name for (name,) in cursor.fetchall()]


def candidates(told: dict[str, Any]) -> str:
    """Everybody whom anything typed finds; `told` is not empty."""
    return "\nUNION ".join(arm for name, arms in ARMS.items() if told[name] for arm in arms)


def likeness(told: dict[str, Any]) -> str:
    """How like a child is: the sum of what each thing typed adds."""
    return f"({' + '.join(weight for name, weight in WEIGHTS.items() if told[name])})::float"


_ALIKE = """(cases_child.words && cases_words({0})
    OR (cases_sound({0}) <> '{{}}' AND cases_child.sounds @> cases_sound({0}))
    OR word_similarity(cases_names({0}), cases_child.names) >= 0.6)"""

LIKELY = f"""(
  (cases_child.nhs_number <> '' AND cases_child.nhs_number = :nhs_number)
  OR (cases_child.upn <> '' AND cases_child.upn = :upn)
  OR (cases_child.local_identifier <> '' AND cases_key(cases_child.local_identifier) = :local_identifier)
  OR (NOT :is_unborn AND NOT cases_child.is_unborn AND :given <> ''
    AND {_ALIKE.format(":given")} AND {_ALIKE.format(":family")}
    AND (:born::date IS NULL OR cases_child.date_of_birth IS NULL
      OR cases_child.date_of_birth = ANY(:dates::date[])))
  OR (:is_unborn AND cases_child.is_unborn AND {_ALIKE.format(":family")}
    AND abs(cases_child.expected_date - :expected::date) <= {WEEKS_APART})
)"""


# Somebody of a family who is very probably the adult to be recorded: the same telephone; the very name, with
# no date of birth to tell them apart; or a name alike with the same date of birth, or one near it.
LIKELY_ADULT = """SELECT m.id FROM cases_familymember m WHERE m.removed_at IS NULL
  AND m.phone <> '' AND m.phone_key = cases_phone(:phone) AND length(cases_phone(:phone)) = 9
UNION SELECT m.id FROM cases_familymember m WHERE m.removed_at IS NULL
  AND m.words @> cases_words(:name) AND cardinality(cases_words(:name)) > 1
  AND (m.date_of_birth IS NULL OR :born::date IS NULL OR m.date_of_birth = ANY(:dates::date[]))
UNION SELECT m.id FROM cases_familymember m WHERE m.removed_at IS NULL
  AND m.date_of_birth = ANY(:dates::date[])
  AND ((m.sounds @> cases_sound(:name) AND cases_sound(:name) <> '{}') OR m.names %%> cases_names(:name))"""


def parameters_of_adult(facts: "FamilyFacts") -> dict[str, Any]:
    """The values that ask whether somebody with these facts is recorded already."""
    born = facts.date_of_birth
    dates = [born, *near(born)] if born else []
    return {"name": facts.name, "phone": facts.phone, "born": born, "dates": dates}


def parameters(sought: Sought) -> dict[str, Any]:
    """The values of a search."""
    return {
        "names": sought.names,
        "born": sought.born,
        "dates": [*([sought.born] if sought.born else []), *sought.near],
        "identifiers": list(sought.identifiers),
        "references": [text for one in sought.identifiers if (text := _reference(one))],
        "phone": sought.phone or None,
        "postcode": f"{sought.postcode}%" if sought.postcode else None,
        "address": sought.address,
    }


def parameters_of(facts: "ChildFacts") -> dict[str, Any]:
    """The values that ask whether a child with these facts is recorded already."""
    names = " ".join((facts.given_names, facts.family_name, facts.also_known_as))
    numbers = [facts.nhs_number, facts.upn, postcode_key(facts.local_identifier)]
    asked = parameters(Sought(names=names, identifiers=tuple(filter(None, numbers))))
    born = facts.date_of_birth
    return asked | {
        "born": born,
        "dates": [born, *near(born)] if born else [],
        "given": facts.given_names.strip(),
        "family": facts.family_name,
        "is_unborn": facts.is_unborn,
        "expected": facts.expected_date,
        "nhs_number": facts.nhs_number,
        "upn": facts.upn,
        "local_identifier": postcode_key(facts.local_identifier),
    }


def ranked(sought: Sought) -> dict[int, float]:
    """The likeness of each child found, the likest first: one statement, whoever asks."""
    if sought.is_empty:
        return {}
    told = parameters(sought)
    sql = f"""SELECT id, likeness FROM (SELECT cases_child.id, {likeness(told)} AS likeness FROM cases_child
      WHERE removed_at IS NULL AND id IN ({candidates(told)})) found
      WHERE likeness >= {LEAST} ORDER BY likeness DESC, id LIMIT {MOST}"""
    with connection.cursor() as cursor:
        cursor.execute(*bound(sql, told))
        return dict(cursor.fetchall())


def bound(sql: str, told: dict[str, Any]) -> tuple[str, list[Any]]:
    """The SQL with places for its values, and the values in their order."""
    return NAMED.sub("%s", sql), [told[name] for name in NAMED.findall(sql)]


def _reference(key: str) -> str:
    """“TH202600001” as a case's reference is written."""
    found = re.fullmatch(r"TH(\d{4})(\d{5,})", key, re.ASCII)
    return f"TH-{found[1]}-{found[2]}" if found else ""
