"""P12, the locks: nothing changes a row; the application's own role cannot even unlock."""

import io
from datetime import datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from audit import services
from audit.models import Entry
from tests.audit.conftest import ACT

ATTACKS = [
    "UPDATE audit_entry SET by_name = 'Somebody else'",
    "UPDATE audit_entry SET occurred_at = occurred_at - interval '1 day'",
    "DELETE FROM audit_entry",
    "TRUNCATE audit_entry",
]
MORE_FOR_THE_ROLE = [
    "INSERT INTO audit_entry SELECT * FROM audit_entry",
    "UPDATE audit_tip SET number = 0",
    "DELETE FROM audit_tip",
    "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
    "DROP TRIGGER audit_entry_unchanged ON audit_entry",
    "SET session_replication_role = replica",
    "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
]


def refused(statement: str) -> None:
    """The statement must fail, and leave the row as it was."""
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
@pytest.mark.parametrize("attack", ATTACKS)
def test_even_the_owner_is_refused(attack: str, at: datetime) -> None:
    services.record(ACT, by=None, at=at)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER audit_entry_not_emptied")
    refused(attack)
    assert Entry.objects.count() == 1


@pytest.mark.django_db
def test_the_applications_role_adds_and_reads_and_can_do_nothing_else(at: datetime) -> None:
    services.record(ACT, by=None, at=at)
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE threshold_test_application")
        call_command("protect_ledger", role="threshold_test_application", stdout=io.StringIO())
        cursor.execute("SET LOCAL ROLE threshold_test_application")
        services.record(ACT, by=None, at=at)
        tried = [*ATTACKS, *MORE_FOR_THE_ROLE]
        for attack in tried:
            refused(attack)
        assert Entry.objects.count() == 2
        cursor.execute("RESET ROLE")
    assert services.verify() == []
    print(f"{len(tried)} attacks refused")


@pytest.mark.django_db
def test_a_temporary_table_does_not_catch_the_entry(at: datetime) -> None:
    """The function runs with its owner's rights: a table of the same name must not deceive it."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE audit_entry (LIKE public.audit_entry) ON COMMIT DROP")
        services.record(ACT, by=None, at=at)
        cursor.execute("SELECT count(*) FROM public.audit_entry")
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db
def test_a_role_that_protects_nothing_is_not_accepted() -> None:
    with pytest.raises(CommandError, match="no database role"):
        call_command("protect_ledger", role="nobody_of_that_name")
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE threshold_test_mighty SUPERUSER")
    with pytest.raises(CommandError, match="superuser"):
        call_command("protect_ledger", role="threshold_test_mighty")
