"""One world for all files of the walker, in a transaction that is never committed."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.walker.world import World, make_world


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Somebody at every point of the way; each visit is rolled back by itself."""
    before = settings.ALLOWED_HOSTS
    settings.ALLOWED_HOSTS = [*before, "testserver"]
    with django_db_blocker.unblock():
        try:
            with transaction.atomic():
                yield make_world()
                transaction.set_rollback(True)
        finally:
            settings.ALLOWED_HOSTS = before
