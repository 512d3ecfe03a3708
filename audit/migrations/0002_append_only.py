"""The one way in, and no way to change what is in: hand-written because Django has no words for it."""

from django.db import migrations

# Text with its length before it, so that no two different rows can spell the same bytes; ~ is "none".
SPELL = """
CREATE FUNCTION audit_spell(VARIADIC parts text[]) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT convert_to(
    string_agg(coalesce(octet_length(convert_to(part, 'UTF8'))::text || ':' || part, '~'), '' ORDER BY place),
    'UTF8')
  FROM unnest(parts) WITH ORDINALITY AS spelled(part, place)
$$;
"""

# The lock is taken inside, and a service calls this last, so that it is held only until the commit.
# Every statement of a volatile function has a new snapshot: the tip read after the lock is the true tip.
# Should two writers ever pass the lock (a repeatable-read transaction), the primary key refuses the fork.
APPEND = """
CREATE FUNCTION audit_append(entries jsonb) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER AS $$
DECLARE
  last_number bigint;
  last_hash bytea;
  new_number bigint;
  new_hash bytea;
BEGIN
  IF entries IS NULL OR jsonb_array_length(entries) = 0 THEN
    RETURN NULL;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('audit.ledger'));
  SELECT number, hash INTO last_number, last_hash FROM audit_tip WHERE id = 1;
  last_number := coalesce(last_number, 0);
  last_hash := coalesce(last_hash, sha256('Threshold ledger'));
  WITH given AS (
    SELECT last_number + place AS id, item->>'event' AS event, (item->>'is_read')::boolean AS is_read,
      item->>'case_ref' AS case_ref, coalesce(item->>'subject', '') AS subject, item->>'by_ref' AS by_ref,
      item->>'by_name' AS by_name, (item->>'occurred_at')::timestamptz AS occurred_at,
      clock_timestamp() AS recorded_at, coalesce(item->'data', '{}'::jsonb) AS data
    FROM jsonb_array_elements(entries) WITH ORDINALITY AS listed(item, place)
  ), digested AS MATERIALIZED (
    SELECT *, sha256(audit_spell(id::text, event, is_read::text, case_ref, subject, by_ref, by_name,
      to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
      to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), data::text)) AS digest
    FROM given
  ), seal AS MATERIALIZED (
    SELECT sha256(last_hash || string_agg(digest, ''::bytea ORDER BY id)) AS hash, max(id) AS number
    FROM digested
  ), written AS (
    INSERT INTO audit_entry (id, event, is_read, case_ref, subject, by_ref, by_name, occurred_at, recorded_at,
      data, digest, previous_hash, hash)
    SELECT digested.id, event, is_read, case_ref, subject, by_ref, by_name, occurred_at, recorded_at,
      data, digest, last_hash, seal.hash
    FROM digested, seal ORDER BY digested.id
  )
  SELECT seal.number, seal.hash INTO new_number, new_hash FROM seal;
  INSERT INTO audit_tip (id, number, hash) VALUES (1, new_number, new_hash)
    ON CONFLICT (id) DO UPDATE SET number = excluded.number, hash = excluded.hash;
  RETURN new_number;
END
$$;
REVOKE EXECUTE ON FUNCTION audit_append(jsonb) FROM PUBLIC;
DO $$ BEGIN
  EXECUTE format('ALTER FUNCTION audit_append(jsonb) SET search_path = %I, pg_temp', current_schema());
END $$;
"""

REFUSE = """
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'The ledger is append-only: % of % is refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_entry_unchanged BEFORE UPDATE OR DELETE ON audit_entry
  FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_entry_not_emptied BEFORE TRUNCATE ON audit_entry
  FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER audit_entry_unchanged;
ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER audit_entry_not_emptied;
"""

UNDO = """
DROP TRIGGER audit_entry_unchanged ON audit_entry;
DROP TRIGGER audit_entry_not_emptied ON audit_entry;
DROP FUNCTION audit_refuse();
DROP FUNCTION audit_append(jsonb);
DROP FUNCTION audit_spell(text[]);
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunSQL(SPELL + APPEND + REFUSE, UNDO)]
