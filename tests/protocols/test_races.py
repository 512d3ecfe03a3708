"""Two who publish at the same moment: one wins; and two sweeps write each owner one letter."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from audit.errors import MoveNotAllowed
from audit.models import Entry
from outbox.models import Letter
from protocols import services
from protocols.models import LocalProtocol
from protocols.presets import preset_data
from tests.people import cast

pytestmark = pytest.mark.django_db(transaction=True)


def both(act: Callable[[], object]) -> list[str]:
    """Twice at once, each on a connection of its own; what came of it."""
    gate = Barrier(2)

    def one() -> str:
        try:
            gate.wait(timeout=20)
            return str(act())
        except MoveNotAllowed:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return sorted(done.result() for done in [pool.submit(one), pool.submit(one)])


def test_of_two_who_publish_at_once_one_wins() -> None:
    people, now = cast(), timezone.now()
    version = services.draft(preset_data("halton"), by=people.adi, at=now, effective_from=now.date())
    open_ones = services.open_defaults(version)

    def publish() -> str:
        mine = LocalProtocol.objects.get(pk=version.pk)
        services.publish(mine, by=people.adi, at=now, confirmed=open_ones)
        return "published"

    assert both(publish) == ["published", "refused"]
    assert Entry.objects.filter(event="protocol.published").count() == 1


def test_of_two_who_warn_at_once_one_writes() -> None:
    people, now = cast(), timezone.now()
    today = timezone.localdate()
    data = preset_data("halton") | {"review_on": today - timedelta(days=1)}
    long_ago = today - timedelta(days=300)
    services.publish(services.draft(data, by=None, at=now, effective_from=long_ago), by=None, at=now)
    assert both(lambda: services.warn_owners(at=now)) == ["0", "2"]
    assert sorted(Letter.objects.values_list("to_email", flat=True)) == [people.adi.email, people.hal.email]
