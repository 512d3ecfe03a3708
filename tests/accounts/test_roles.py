"""The powers table, cell by cell: a change of a role is a change of this file."""

import pytest
from django.core.management import call_command

from accounts.management.commands.docs_permissions import POWERS
from accounts.roles import ROLES, Permission, permissions_of, titles_of

POWERS_OF = {
    "social_worker": {"record_referral", "request_discussion", "contribute", "escalate"},
    "advanced_practitioner": {
        "record_referral", "request_discussion", "authorise_request", "chair",
        "authorise_minutes", "contribute", "escalate",
    },
    "assessment_practice_manager": {
        "record_referral", "request_discussion", "decide_protection", "authorise_request", "chair",
        "authorise_minutes", "contribute", "read_access_log", "escalate",
    },
    "team_manager": {
        "record_referral", "request_discussion", "decide_protection", "authorise_request", "chair",
        "authorise_minutes", "contribute", "read_access_log", "escalate",
    },
    "business_support": {"book", "minute", "circulate", "escalate"},
    "emergency_duty": {
        "record_referral", "request_discussion", "decide_protection", "book", "chair", "minute", "contribute",
        "escalate", "write_nights",
    },
    "partner": {"contribute", "escalate"},
    "agency_desk": {"contribute", "answer_for_agency", "escalate"},
    "head_of_service": {
        "read_all_cases", "oversee", "authorise_request", "decide_protection", "read_access_log",
        "escalate",
    },
    "administrator": {"administer"},
    "inspector": {"read_all_cases", "read_access_log"},
}  # fmt: skip


def test_every_role_is_in_the_matrix() -> None:
    """No role is added without a decision here."""
    assert set(ROLES) == set(POWERS_OF)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("power", Permission)
def test_powers(role: str, power: Permission) -> None:
    """Each cell of the table."""
    assert (power in permissions_of([role])) == (power.value in POWERS_OF[role])


def test_unknown_roles_hold_nothing() -> None:
    """A name that is no role, such as one typed into the database, gives no power."""
    assert permissions_of(["king", ""]) == frozenset()
    assert titles_of(["king"]) == "no role"


def test_every_power_has_words() -> None:
    """The page names each power."""
    assert set(POWERS) == set(Permission)


def test_the_page_is_what_the_roles_say() -> None:
    """docs/permissions.md is printed from the code."""
    call_command("docs_permissions", check=True)
