"""Row triggers do not stop a table from being emptied: versions and action logs refuse that too (P15)."""

from django.db import migrations

TABLES = ("minutes_minutesversion", "minutes_actionlog")

FORWARD = """
CREATE FUNCTION minutes_never_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'Authorised minutes and signed action logs are never emptied';
END $$;
""" + "".join(
    f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"
    " EXECUTE FUNCTION minutes_never_emptied();\n"
    for table in TABLES
)
BACKWARD = (
    "".join(f"DROP TRIGGER never_emptied ON {table};\n" for table in TABLES)
    + "DROP FUNCTION minutes_never_emptied();"
)


class Migration(migrations.Migration):
    dependencies = [("minutes", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
