"""A worker whose letters carry the running site's address."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from script.embedded.supervisor import Child
from tests import real


@pytest.fixture
def post_office(
    transactional_db: None, site: str, redis: Child, smtp_sink: real.MailSink, tmp_path: Path
) -> Iterator[real.MailSink]:
    """A real worker on the test's database, broker and mail server; gives what the mail server kept."""
    names = {
        "REDIS_URL": redis.environment["REDIS_URL"],
        "EMAIL_URL": f"smtp://127.0.0.1:{smtp_sink.port}",
        "SITE_URL": site,
    }
    with real.worker_process(tmp_path, **names):
        yield smtp_sink
