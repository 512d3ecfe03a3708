"""The databases of a whole run: migrated once, then copied for each of its workers."""

import os
import sys

import django
from django.db import connection


def main() -> None:
    """Make `test_threshold`, and a copy by the name that each worker looks for: gw0, gw1 and so on."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    connection.close()
    for worker in range(int(sys.argv[1])):
        connection.creation.clone_test_db(suffix=f"gw{worker}", verbosity=0)


if __name__ == "__main__":
    main()
