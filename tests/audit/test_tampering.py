"""P12, the chain: the owner switches the triggers off and alters the ledger; each way is found and named."""

import io
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from audit import services
from tests.audit.conftest import ACT

AT = datetime(2026, 12, 24, 16, 30, tzinfo=UTC)
COPY = (
    "event, is_read, case_ref, subject, by_ref, by_name, occurred_at, recorded_at, data,"
    " digest, previous_hash, hash"
)
NEW_DIGEST = """
UPDATE audit_entry SET by_name = 'Somebody else' WHERE id = 5;
UPDATE audit_entry SET digest = sha256(audit_spell(id::text, event, is_read::text, case_ref, subject, by_ref,
  by_name, to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
  to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), data::text)) WHERE id = 5;
"""
NEW_SEAL = NEW_DIGEST + "UPDATE audit_entry SET hash = sha256(previous_hash || digest) WHERE id = 5;"
SWAP = """
CREATE TEMPORARY TABLE pair ON COMMIT DROP AS SELECT * FROM audit_entry WHERE id IN (4, 5);
UPDATE audit_entry e SET event = p.event, subject = p.subject, by_ref = p.by_ref, by_name = p.by_name,
  occurred_at = p.occurred_at, recorded_at = p.recorded_at, data = p.data
FROM pair p WHERE p.id = 9 - e.id AND e.id IN (4, 5);
"""
RENUMBER = (
    "UPDATE audit_entry SET id = 99 WHERE id = 4; UPDATE audit_entry SET id = 4 WHERE id = 5; "
    "UPDATE audit_entry SET id = 5 WHERE id = 99"
)

# What is done, and which kinds of finding with their first entry must be the answer.
TAMPERINGS = {
    "edit a name": ("UPDATE audit_entry SET by_name = 'X' WHERE id = 5", [("altered", 5)]),
    "edit data": ("""UPDATE audit_entry SET data = '{"n": 6}' WHERE id = 5""", [("altered", 5)]),
    "edit one in a batch": ("UPDATE audit_entry SET subject = 'x:1' WHERE id = 9", [("altered", 9)]),
    "edit the case": ("UPDATE audit_entry SET case_ref = NULL WHERE id = 5", [("altered", 5)]),
    "make a read of a write": ("UPDATE audit_entry SET is_read = true WHERE id = 5", [("altered", 5)]),
    "edit and digest anew": (NEW_DIGEST, [("seal", 5)]),
    "edit, digest and seal anew": (NEW_SEAL, [("link", 6)]),
    "edit the last and seal anew": (NEW_SEAL.replace("id = 5", "id = 12"), [("tip", 12)]),
    "change when it happened": (
        "UPDATE audit_entry SET occurred_at = occurred_at - interval '1 day' WHERE id = 5", [("altered", 5)]
    ),
    "change when it was recorded": (
        "UPDATE audit_entry SET recorded_at = recorded_at - interval '1 day' WHERE id = 5",
        [("retimed", 5), ("altered", 5)],
    ),
    "delete from the middle": ("DELETE FROM audit_entry WHERE id = 5", [("missing", 5), ("link", 6)]),
    "delete from a batch": ("DELETE FROM audit_entry WHERE id = 9", [("seal", 8), ("missing", 9)]),
    "delete the first": ("DELETE FROM audit_entry WHERE id = 1", [("missing", 1), ("link", 2)]),
    "delete the last": ("DELETE FROM audit_entry WHERE id = 12", [("missing", 12)]),
    "insert before the first": (
        f"INSERT INTO audit_entry (id, {COPY}) SELECT 0, {COPY} FROM audit_entry WHERE id = 1",
        [("inserted", 0), ("seal", 0), ("altered", 0)],
    ),
    "insert after the last": (
        f"INSERT INTO audit_entry (id, {COPY}) SELECT 13, {COPY} FROM audit_entry WHERE id = 12",
        [("seal", 12), ("altered", 13), ("inserted", 13)],
    ),
    "swap two": (SWAP, [("retimed", 5), ("swapped", 4), ("swapped", 5)]),
    "swap the numbers of two": (
        RENUMBER, [("link", 4), ("link", 5), ("retimed", 5), ("link", 6), ("swapped", 4), ("swapped", 5)]
    ),
    "truncate": ("TRUNCATE audit_entry", [("missing", 1)]),
}  # fmt: skip


@pytest.fixture
def ledger(db: None) -> None:
    """Seven single entries, a batch of three, two more; then the owner switches the triggers off."""
    for number in range(1, 8):
        services.record(ACT, "TH-1", subject=f"request:{number}", by=None, at=AT, data={"n": number})
    services.record_many([services.Note(ACT, "TH-1", f"duty:{number}", None, AT) for number in range(8, 11)])
    for number in range(11, 13):
        services.record(ACT, "TH-1", subject=f"request:{number}", by=None, at=AT)
    assert services.verify([services.head()]) == []
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER ALL")


def tamper(statements: str) -> None:
    """Do it as the owner."""
    with connection.cursor() as cursor:
        cursor.execute(statements)


@pytest.mark.parametrize("what", TAMPERINGS)
def test_tampering_is_found_and_named(ledger: None, what: str) -> None:
    statements, expected = TAMPERINGS[what]
    tamper(statements)
    found = services.verify()
    print("; ".join(map(str, found)))
    assert [(finding.kind, finding.first) for finding in found] == expected


def test_a_tail_cut_with_its_tip_is_found_by_a_head_kept_elsewhere(ledger: None) -> None:
    head = services.head()
    tamper(
        "DELETE FROM audit_entry WHERE id = 12;"
        "UPDATE audit_tip SET number = 11, hash = (SELECT hash FROM audit_entry WHERE id = 11)"
    )
    assert services.verify() == []
    assert [(finding.kind, finding.first) for finding in services.verify([str(head)])] == [("missing", 12)]


def test_a_ledger_written_anew_is_found_by_a_head_kept_elsewhere(ledger: None) -> None:
    head = services.head()
    tamper("DELETE FROM audit_entry; DELETE FROM audit_tip")
    for number in range(1, 14):
        services.record(ACT, "TH-1", subject=f"request:{number}", by=None, at=AT)
    assert services.verify() == []
    assert [(finding.kind, finding.first) for finding in services.verify([head])] == [("head", 12)]


def test_the_command_says_so(ledger: None) -> None:
    out = io.StringIO()
    call_command("verify_ledger", stdout=out)
    assert out.getvalue() == f"The ledger is sound. Head {services.head()}\n"
    tamper("UPDATE audit_entry SET by_name = 'X' WHERE id = 5")
    out = io.StringIO()
    with pytest.raises(CommandError, match="not as it was written: 1 finding"):
        call_command("verify_ledger", stdout=out)
    assert out.getvalue() == "Entry 5 was altered after it was written.\n"
