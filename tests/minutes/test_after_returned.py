"""A record that the chair returned says on its page what to put right, until it is handed over again."""

import pytest
from django.test import Client
from django.utils import timezone

from minutes.models import Minutes
from minutes.services import versions
from minutes.services.turns import why_returned
from tests.builders.after import a_finished_record
from tests.people import cast

pytestmark = pytest.mark.django_db
WHY = "Say who told the school"


def test_business_support_reads_what_to_put_right() -> None:
    people = cast()
    minutes = a_finished_record(people)
    assert why_returned(minutes) == ""
    versions.return_to_support(minutes, reason=WHY, by=people.mo, at=timezone.now())
    back = Minutes.objects.get(pk=minutes.pk)
    assert why_returned(back) == WHY
    client = Client()
    client.force_login(people.bea)
    assert WHY in client.get(f"/discussions/{minutes.discussion_id}/minutes/").content.decode()
    versions.finish(back, by=people.bea, at=timezone.now())
    assert why_returned(Minutes.objects.get(pk=minutes.pk)) == ""
    assert WHY not in client.get(f"/discussions/{minutes.discussion_id}/minutes/").content.decode()
