"""An action is handed over to the meeting that reviews it; its owner is told, the form shows the earlier."""

from datetime import timedelta

import pytest
from django.template.loader import get_template
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from minutes.models import Action, ReviewHandover
from outbox.models import Letter
from tests.builders.meeting import a_held_discussion
from tests.people import cast

pytestmark = pytest.mark.django_db


def test_the_owner_is_told_and_the_form_shows_the_earlier_hand_over() -> None:
    people = cast()
    held = a_held_discussion(people, at=timezone.now())
    action = Action.objects.filter(minutes__discussion=held, owner__name="Paul Pike")[0]
    address = reverse("minutes:action_review", args=[held.pk, action.pk])
    client, day = Client(), localdate() + timedelta(days=3)
    client.force_login(people.mo)
    assert "Handed over already" not in client.get(address).content.decode()
    typed = {
        "forum": "child_in_need", "led_by": "Mo Mensah, team manager", "note": "Kit is shy",
        "meets_on_day": day.day, "meets_on_month": day.month, "meets_on_year": day.year,
    }  # fmt: skip
    done = client.post(address, typed, follow=True).content.decode()
    assert "until it is done. Paul Pike is told." in done
    letter = Letter.objects.get(kind="action_to_review")
    text = get_template("letters/action_to_review/body.txt").render(letter.context)
    assert (letter.to_name, letter.context["link"] is not None) == ("Paul Pike", True)
    assert "handed over to: Child in need meeting" in text
    assert "Kit" not in text and action.text not in text

    page = client.get(address)
    words = page.content.decode()
    assert "Handed over already" in words and "Child in need meeting" in words and "Kit is shy" in words
    assert page.context["form"]["forum"].value() == "child_in_need"
    client.post(address, typed | {"forum": "child_protection"})
    assert ReviewHandover.objects.filter(action=action).count() == 2
    told = Letter.objects.filter(kind="action_to_review").order_by("pk")
    assert list(told.values_list("status", flat=True)) == ["cancelled", "queued"]
    own = Action.objects.filter(minutes__discussion=held, owner__user=people.sam)[0]
    client.force_login(people.sam)
    client.post(reverse("minutes:action_review", args=[held.pk, own.pk]), typed)
    assert own.handovers.count() == 1 and told.count() == 2
