"""`manage.py protect_ledger`: the second lock, after `migrate` and as the owner of the tables.

The triggers stop a mistake; they do not stop the owner, who can switch them off. So the application signs in
to PostgreSQL as another role: it may work with every other table, but of the ledger it may only read the rows
and call the one function that adds to them.
"""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from psycopg import sql

GRANTS = """
GRANT USAGE ON SCHEMA {schema} TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role};
REVOKE ALL ON audit_entry, audit_tip, django_migrations FROM {role};
GRANT SELECT ON audit_entry, audit_tip, django_migrations TO {role};
GRANT EXECUTE ON FUNCTION audit_append(jsonb) TO {role};
"""


class Command(BaseCommand):
    help = "Give the application's database role all it needs and no way to alter the ledger."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--role", default=getattr(settings, "APPLICATION_ROLE", ""))

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        role = options["role"]
        if not role:
            self.stdout.write("No APPLICATION_ROLE is set: the application works as the owner of the tables.")
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = %s", [role])
            found = cursor.fetchone()
            if found is None:
                raise CommandError(f"There is no database role {role}. Create it first, with a password.")
            if found[0]:
                raise CommandError(f"The role {role} is a superuser, whom nothing stops: use another.")
            cursor.execute("SELECT current_schema()")
            names = {"schema": sql.Identifier(cursor.fetchone()[0]), "role": sql.Identifier(role)}
            cursor.execute(sql.SQL(GRANTS).format(**names).as_string(cursor.cursor))
        self.stdout.write(f"{role} may read the ledger and add to it, and nothing else.")
