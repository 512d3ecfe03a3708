"""Boxes of the whole discussion are marked too; the police plan is police-sensitive from the first (C25)."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from attendees.enums import Marking
from minutes.enums import RenditionKind
from minutes.models import Section
from minutes.rules.renditions import WHOLE, Cut, rendered
from minutes.services import versions
from tests.builders.after import a_finished_record
from tests.builders.meeting import TEXTS, a_started_discussion, section_of
from tests.people import cast

pytestmark = pytest.mark.django_db


def test_every_box_has_its_choice_and_the_police_plan_begins_police_sensitive(client: Client) -> None:
    people = cast()
    minutes = a_started_discussion(people)
    client.force_login(people.bea)
    room = reverse("minutes:room", args=[minutes.discussion_id])
    page = client.get(f"{room}?step=all").content.decode()
    boxes = Section.objects.filter(minutes=minutes)
    for one in boxes:
        chosen = re.search(rf'name="marking-{one.pk}">.*?<option value="(\w+)" selected', page)
        assert chosen is not None, one
        police = one.field == "police_plan"
        assert chosen.group(1) == (Marking.POLICE_SENSITIVE if police else Marking.NOT_FAMILY), one


def test_a_marked_box_of_the_discussion_is_left_out_of_the_partners_copy(client: Client) -> None:
    people = cast()
    minutes = a_finished_record(people)
    client.force_login(people.mo)
    for field, marking in (("worries", Marking.THIRD_PARTY), ("police_plan", Marking.POLICE_SENSITIVE)):
        box = section_of(minutes, field)
        url = reverse("minutes:mark_section", args=[minutes.discussion_id, box.pk])
        assert client.post(url, {"marking": marking, "was": box.marking}).status_code == 200
    version = versions.authorise_minutes(minutes, by=people.mo, at=timezone.now())

    whole = str(rendered(version.content, WHOLE))
    partner = str(rendered(version.content, Cut(RenditionKind.PARTNER)))
    family = str(rendered(version.content, Cut(RenditionKind.FAMILY)))
    for field in ("worries", "police_plan"):
        assert TEXTS[field] in whole, field
        assert TEXTS[field] not in partner, field
        assert TEXTS[field] not in family, field
    assert TEXTS["grey"] in partner
