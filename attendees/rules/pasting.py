"""What a pasted line of the directory must hold: pure, the agencies and who is known are arguments."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from attendees.enums import QuorumRole
from attendees.rules.mailboxes import why_not_shared
from govuk.pasting import Checked, Line
from outbox.rules import BadAddressError, normalise_address

COLUMNS = (
    "Name", "What they do", "Agency", "Telephone", "Email", "Quorum", "Duty contact", "Shared mailbox",
)  # fmt: skip
QUORUM = {str(role.label).lower(): role.value for role in QuorumRole} | {"": ""}
YES, NO = ("yes", "y", "duty", "x"), ("", "no", "n")
SHARED = {"": False, "no": False, "yes": True}
LONGEST = {"Name": 120, "What they do": 120, "Telephone": 40}


@dataclass
class Known:
    """What is there already: agencies by their name, people by agency, address and name (lower case)."""

    agencies: Mapping[str, Any]
    people: set[tuple[int, str, str]] = field(default_factory=set)


def check(lines: list[Line], known: Known) -> list[Checked]:
    """Each line with the newcomer it would make, or its problem; the same line twice is a problem."""
    seen: dict[tuple[int, str, str], int] = {}
    return [_check(line, known, seen) for line in lines]


def _check(line: Line, known: Known, seen: dict[tuple[int, str, str], int]) -> Checked:
    cells = line.cells
    checked = Checked(line, shown=[cells[name] for name in COLUMNS[:5]])
    agency = known.agencies.get(cells["Agency"].lower())
    address, checked.problem = _address(cells["Email"])
    checked.problem = line.problem or _problem(cells, agency) or checked.problem
    if agency is not None and not checked.problem and SHARED[cells["Shared mailbox"].lower()]:
        checked.problem = why_not_shared(address, is_authority=agency.is_authority)
    if checked.problem or agency is None:
        return checked
    one = (agency.pk, address, cells["Name"].lower())
    if one in seen:
        checked.problem = f"The same as line {seen[one]}"
        return checked
    seen[one] = line.number
    if address and one in known.people:
        checked.note = "Already in the directory: left as it is"
    checked.made = {
        "name": cells["Name"],
        "agency": agency,
        "job_role": cells["What they do"],
        "phone": cells["Telephone"],
        "email": address,
        "quorum_role": QUORUM[cells["Quorum"].lower()],
        "is_duty_contact": cells["Duty contact"].lower() in YES,
        "is_shared": SHARED[cells["Shared mailbox"].lower()],
    }
    return checked


def _problem(cells: Mapping[str, str], agency: Any) -> str:
    if not cells["Name"]:
        return "Enter the name"
    if not cells["What they do"]:
        return "Enter what they do, such as detective sergeant"
    for name, longest in LONGEST.items():
        if len(cells[name]) > longest:
            return f"{name} must be {longest} characters or fewer"
    if agency is None:
        named = cells["Agency"][:60]
        return (
            f"There is no agency “{named}”: add it first, or correct its name"
            if named
            else "Enter the agency"
        )
    if cells["Quorum"].lower() not in QUORUM:
        return f"“{cells['Quorum'][:40]}” is no role of quorum. Use one of: {', '.join(QuorumRole.labels)}"
    if cells["Duty contact"].lower() not in (*YES, *NO):
        return "Say “yes” for an agency’s duty contact, or leave it empty"
    if cells["Shared mailbox"].lower() not in SHARED:
        return "Write yes or no under Shared mailbox, or nothing"
    return ""


def _address(text: str) -> tuple[str, str]:
    if not text:
        return "", ""
    try:
        return normalise_address(text), ""
    except BadAddressError as fault:
        return "", str(fault)
