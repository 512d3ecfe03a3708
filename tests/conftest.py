"""What every test may ask for: real mail, broker, worker and browser."""

import os
import shutil
from collections import Counter
from collections.abc import Generator, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker, Settings
from pytest_django.live_server_helper import LiveServer
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from script.embedded.supervisor import Child
from tests import real

# Playwright's synchronous interface runs an event loop of its own, which Django would take for ours.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
# A busy machine is no reason to fail: how long an example takes to draw says nothing of the rule.
hypothesis_settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("busy")
WALKER = "tests/walker/"
LONG_FOLDERS = {"walker", "outages", "looks", "walk"}
LONG_FILES = {
    "test_kills.py",
    "test_demo.py",
    "test_after_pdf_speed.py",
    "test_copies.py",
    "test_timeline.py",
}
CHROMIUM_WORDS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """Mark a test that drives a browser, and let the files that take longest begin.

    Whatever fixture it asked for, a browser was launched for it: by name alone a parameter called `page`
    would look like one. The mark is there before `-m` chooses; the order is ours after all others had theirs.
    A file is one worker's: the long ones go first, then those of most tests, so that at the end no worker
    waits for another.
    """
    for item in items:
        if "launch_browser" in getattr(item, "fixturenames", []):
            item.add_marker(pytest.mark.browser)
    yield
    number = Counter(item.path for item in items)
    items.sort(key=lambda item: (not is_long(item.path), -number[item.path], str(item.path)))


class OneWorkerAFile(LoadFileScheduling):
    """A file is one worker's, and so is the walker: its files share a world that takes a minute to make."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return WALKER if file.startswith(WALKER) else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling | None:
    """Hand out the tests by file where that was asked for."""
    return OneWorkerAFile(config, log) if config.getoption("dist") == "loadfile" else None


def is_long(path: Path) -> bool:
    """Whether a file takes long however few its tests: it builds a whole world, or kills services."""
    return path.parent.name in LONG_FOLDERS or path.name in LONG_FILES


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> None:
    """Hash passwords quickly: argon2's slowness is tested once, in tests/accounts."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Real transactions are cleaned up by TRUNCATE, which ledger and minutes refuse: their own tests show
    it."""
    from django.db import connection

    truncate = 1 << 5  # PostgreSQL's bit for triggers that fire on TRUNCATE
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE tgtype & %s > 0", [truncate])
        for table, trigger in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DISABLE TRIGGER "{trigger}"')


@pytest.fixture(scope="module")
def built(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Any]:
    """What the file's own `build()` returns, made once for all its tests and rolled back after the last.

    A test's transaction is a savepoint within this one, so none sees what another did. For a file whose tests
    all begin with the same things and none needs a real commit: making a held discussion takes seconds.
    """
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield request.module.build()
        transaction.set_rollback(True)


@pytest.fixture
def world(built: Any, db: None) -> Any:
    """A test's own copy of what was built: it may change these objects as it likes."""
    return deepcopy(built)


@pytest.fixture
def smtp_sink(settings: Settings) -> Iterator[real.MailSink]:
    """A real mail server; what it kept is `smtp_sink.to(address)`."""
    with real.mail_server() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield sink


@pytest.fixture
def redis(settings: Settings, tmp_path: Path) -> Iterator[Child]:
    """A real broker process that this test may stop, kill and start again."""
    from config.celery import app
    from outbox.services import queueing

    queueing._resting_until = 0.0  # an earlier test's dead broker is no reason not to ring this one
    with real.broker(tmp_path) as child:
        before = app.conf["broker_url"]
        app.conf.update(broker_url=child.environment["REDIS_URL"])
        settings.CELERY_BROKER_URL = child.environment["REDIS_URL"]
        yield child
        app.conf.update(broker_url=before)


@pytest.fixture
def worker(transactional_db: None, redis: Child, smtp_sink: real.MailSink, tmp_path: Path) -> Iterator[Child]:
    """A real worker process on the test's database, broker and mail server."""
    mail = f"smtp://127.0.0.1:{smtp_sink.port}"
    with real.worker_process(tmp_path, REDIS_URL=redis.environment["REDIS_URL"], EMAIL_URL=mail) as child:
        yield child


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium, since no browser is downloaded."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    return {**browser_type_launch_args, "executable_path": found, "args": CHROMIUM_WORDS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A desk's screen, in Britain."""
    size = {"width": 1280, "height": 900}
    return {**browser_context_args, "viewport": size, "locale": "en-GB", "timezone_id": "Europe/London"}


@pytest.fixture(scope="session")
def answering() -> Iterator[real.Answering]:
    """The pages that the running application is answering at this moment."""
    with real.answering() as now:
        yield now


@pytest.fixture
def site(live_server: LiveServer, settings: Settings, answering: real.Answering) -> Iterator[str]:
    """The address of the running application; letters carry it too.

    A page saves by itself, so the last one may still be at it when its test ends: the tables are emptied only
    when the application has answered.
    """
    settings.SITE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    yield str(live_server.url)
    answering.wait_for_none()
