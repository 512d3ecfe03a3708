"""The case system's S3-compatible store: a real server is written to, and what it answers is understood."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.utils import timezone
from moto.server import ThreadedMotoServer
from pytest_django import Settings

from minutes.enums import DeliveryStatus
from minutes.models import Delivery, Filing
from minutes.services import delivering
from minutes.services.bundle import bundle_of
from tests.builders.after import World, a_circulation, finished

pytestmark = pytest.mark.django_db
build = finished
KEY, SECRET, BUCKET = "a-key", "a-secret-of-the-test", "children"


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadedMotoServer]:
    """A store that listens."""
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def store(server: ThreadedMotoServer, settings: Settings) -> Iterator[Any]:
    """The store with its bucket, configured."""
    host, port = server.get_host_and_port()
    keys = {"aws_access_key_id": KEY, "aws_secret_access_key": SECRET, "region_name": "eu-west-2"}
    client = boto3.client("s3", endpoint_url=f"http://{host}:{port}", **keys)
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    settings.SYSTEM_OF_RECORD_URL = f"s3+http://{host}:{port}/{BUCKET}/strategy%20discussions"
    settings.SYSTEM_OF_RECORD_KEY, settings.SYSTEM_OF_RECORD_SECRET = KEY, SECRET
    yield client
    for one in names_in(client):
        client.delete_object(Bucket=BUCKET, Key=one)
    client.delete_bucket(Bucket=BUCKET)


def names_in(client: Any) -> list[str]:
    return [one["Key"] for one in client.list_objects_v2(Bucket=BUCKET).get("Contents", [])]


def again() -> None:
    """Let the time until the next try pass."""
    Delivery.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))


def test_the_bundle_is_put_whole_under_its_name(world: World, store: Any) -> None:
    version = a_circulation(world[0], begun=world[1]).version
    assert delivering.deliver_waiting() == 1
    made = bundle_of(version)
    assert made is not None
    assert names_in(store) == [f"strategy discussions/{made.name}"]
    kept = store.get_object(Bucket=BUCKET, Key=f"strategy discussions/{made.name}")
    assert kept["Body"].read() == made.content
    said = Delivery.objects.get()
    assert kept["Metadata"] == {"threshold-key": str(said.key)}
    assert (said.status, Filing.objects.count()) == (DeliveryStatus.DELIVERED, 0)


def test_a_file_in_the_store_may_be_filed_under_its_name(
    world: World, store: Any, settings: Settings
) -> None:
    settings.SYSTEM_OF_RECORD_NAME_IS_REFERENCE = True
    a_circulation(world[0], begun=world[1])
    assert delivering.deliver_waiting() == 1
    assert [f"strategy discussions/{Filing.objects.get().reference}"] == names_in(store)


def test_a_try_that_died_after_the_store_took_it_leaves_one_object(world: World, store: Any) -> None:
    a_circulation(world[0], begun=world[1])
    delivering.deliver_waiting()
    Delivery.objects.update(status=DeliveryStatus.WAITING, delivered_at=None)
    again()
    assert delivering.deliver_waiting() == 1
    assert len(names_in(store)) == 1


def test_a_store_that_is_away_is_tried_again(world: World, store: Any, settings: Settings) -> None:
    there = settings.SYSTEM_OF_RECORD_URL
    settings.SYSTEM_OF_RECORD_URL = "s3+http://127.0.0.1:9/children"
    a_circulation(world[0], begun=world[1])
    assert delivering.deliver_waiting() == 0
    said = Delivery.objects.get()
    assert (said.status, said.reason) == (
        DeliveryStatus.WAITING,
        "The store does not answer (EndpointConnectionError)",
    )
    settings.SYSTEM_OF_RECORD_URL = there
    again()
    assert delivering.deliver_waiting() == 1


def test_a_bucket_that_is_not_there_waits_for_a_person(world: World, store: Any, settings: Settings) -> None:
    settings.SYSTEM_OF_RECORD_URL = settings.SYSTEM_OF_RECORD_URL.replace(BUCKET, "nowhere")
    a_circulation(world[0], begun=world[1])
    assert delivering.deliver_waiting() == 0
    said = Delivery.objects.get()
    assert (said.status, said.reason) == (DeliveryStatus.FAILED, "The store refuses it (NoSuchBucket)")


def test_settings_that_cannot_work_are_refused_before_anything_starts(settings: Settings) -> None:
    settings.SYSTEM_OF_RECORD_URL = "s3+https://store.example/children"
    settings.SYSTEM_OF_RECORD_KEY = settings.SYSTEM_OF_RECORD_SECRET = ""
    with pytest.raises(SystemCheckError, match="SYSTEM_OF_RECORD_KEY"):
        call_command("check")
    settings.SYSTEM_OF_RECORD_URL = ""
    call_command("check")
