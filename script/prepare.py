"""Bring the database, the static files and the demonstration's people up to date, in one process."""

import os
import sys

import django
from django.conf import settings
from django.core.management import call_command, get_commands


def main() -> None:
    """Migrate, make the cache's table, collect static files, fill demonstration data. Safe to run again."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    call_command("migrate", verbosity=0, stdout=sys.stderr)
    call_command("createcachetable", verbosity=0, stdout=sys.stderr)
    if not settings.DEBUG:
        call_command("collectstatic", verbosity=0, interactive=False, stdout=sys.stderr)
    if settings.DEMO and "demo_data" in get_commands():
        call_command("demo_data", stdout=sys.stdout)


if __name__ == "__main__":
    main()
