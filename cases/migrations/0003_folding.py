"""What is known of children and family, and how they are found.

Names are folded by the database itself, so that a bare server without a locale finds Ŵyn for “wyn” and sorts
alike everywhere: compatibility forms composed, accents taken off, lower case (by ICU where the server has it),
apostrophes and marks of direction taken out, everything else that is no letter made a space.
"""

from django.db import migrations

FUNCTIONS = r"""
DO $make$
DECLARE lowered text := 'lower(unaccent(''unaccent'', normalize(array_to_string(parts, '' ''), NFKC)))';
BEGIN
  IF EXISTS (SELECT FROM pg_collation WHERE collname = 'und-x-icu') THEN
    lowered := 'lower(unaccent(''unaccent'', normalize(array_to_string(parts, '' ''), NFKC)) COLLATE "und-x-icu") COLLATE "default"';
  END IF;
  EXECUTE format($sql$
    CREATE FUNCTION cases_names(VARIADIC parts text[]) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $f$
      SELECT btrim(regexp_replace(regexp_replace(%s,
        E'[\'`\u00b4\u02b9\u02bb\u02bc\u2018\u2019\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+', '', 'g'),
        E'[-\u2010-\u2015\\s_.,;:/\\\\()"&+*%%#!?@<>=\\[\\]{}|~$^]+', ' ', 'g'))
    $f$ $sql$, lowered);
END $make$;

CREATE FUNCTION cases_words(VARIADIC parts text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
  SELECT array_remove(string_to_array(cases_names(VARIADIC parts), ' '), '')
$$;

CREATE FUNCTION cases_sounds(VARIADIC parts text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
  SELECT coalesce(array_agg(DISTINCT code) FILTER (WHERE code <> ''), '{}')
  FROM unnest(cases_words(VARIADIC parts)) AS word, LATERAL (VALUES (dmetaphone(word)), (dmetaphone_alt(word))) AS s (code)
  WHERE word ~ '^[a-z]+$'
$$;

CREATE FUNCTION cases_sound(VARIADIC parts text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
  SELECT coalesce(array_agg(DISTINCT dmetaphone(word)) FILTER (WHERE dmetaphone(word) <> ''), '{}')
  FROM unnest(cases_words(VARIADIC parts)) AS word WHERE word ~ '^[a-z]+$'
$$;

CREATE FUNCTION cases_key(words text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT upper(regexp_replace(words, '[\s-]', '', 'g')) $$;

CREATE FUNCTION cases_phone(words text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT right(regexp_replace(words, '\D', '', 'g'), 9) $$;
"""
AWAY = """
DROP FUNCTION cases_phone(text); DROP FUNCTION cases_key(text); DROP FUNCTION cases_sound(text[]);
DROP FUNCTION cases_sounds(text[]); DROP FUNCTION cases_words(text[]); DROP FUNCTION cases_names(text[]);
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_reference")]

    operations = [migrations.RunSQL(FUNCTIONS, AWAY)]
