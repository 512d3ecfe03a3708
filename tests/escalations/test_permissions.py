"""Who may raise, answer, move up, resolve and withdraw: everybody of the cast against two escalations."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from cases.enums import AccessPurpose
from cases.services import grant
from escalations import permissions
from escalations.models import Escalation
from tests.builders.booking import a_booked_discussion
from tests.builders.ladder import an_escalation, paul_with_an_account
from tests.people import cast

pytestmark = pytest.mark.django_db
TEAM = {"sam", "mo", "ada", "asha", "bea", "hal"}  # who may see the case and hold the power


def test_the_matrix() -> None:
    people, now = cast(), timezone.now()
    discussion = a_booked_discussion(people)
    paul, case = paul_with_an_account(people), discussion.case
    rules = discussion.request.protocol.rules
    ours = an_escalation(case, people)  # the council's, with the police
    theirs = an_escalation(case, people, by=paul, against=people.council)

    def able(ask: Callable[[Any], str | None]) -> set[str]:
        return {name for name, person in people.everyone.items() if ask(person) is None}

    def of(permission: Any, escalation: Escalation) -> set[str]:
        fresh = Escalation.objects.for_page().get(pk=escalation.pk)
        return able(lambda person: permission(person, fresh, now))

    assert able(lambda person: permissions.refusal_to_raise(person, case, rules, now)) == TEAM | {"paul"}
    assert able(lambda person: permissions.refusal_to_follow(person, ours)) == TEAM | {"paul", "ira"}
    assert of(permissions.refusal_to_answer, ours) == TEAM | {"paul"}
    assert of(permissions.refusal_to_answer, theirs) == TEAM
    assert of(permissions.refusal_to_carry_on, ours) == TEAM
    assert of(permissions.refusal_to_carry_on, theirs) == {"sam", "hal", "paul"}  # owner, head, who raised
    assert of(permissions.refusal_to_withdraw, ours) == TEAM
    assert of(permissions.refusal_to_withdraw, theirs) == {"paul"}
    assert able(permissions.refusal_to_oversee) == {"hal"}


def test_every_refusal_is_a_sentence() -> None:
    people, now = cast(), timezone.now()
    discussion = a_booked_discussion(people)
    ours = an_escalation(discussion.case, people)
    rules = discussion.request.protocol.rules
    said = [
        permissions.refusal_to_raise(people.stranger, discussion.case, rules, now),
        permissions.refusal_to_follow(people.stranger, ours),
        permissions.refusal_to_answer(people.olga, ours, now),
        permissions.refusal_to_carry_on(people.ira, ours, now),
        permissions.refusal_to_withdraw(people.ira, ours, now),
        permissions.refusal_to_oversee(people.mo),
        permissions.refusal_to_list(people.paul, now),
    ]
    assert [one for one in said if not one or len(one) < 30] == []


def test_a_grant_opens_it_and_a_closed_account_shuts_it() -> None:
    people, now = cast(), timezone.now()
    discussion = a_booked_discussion(people)
    rules = discussion.request.protocol.rules
    assert permissions.refusal_to_raise(people.olga, discussion.case, rules, now) is not None
    grant(
        discussion.case, user=people.olga, purpose=AccessPurpose.MANAGES, why="Covers", by=people.mo, at=now
    )
    assert permissions.refusal_to_raise(people.olga, discussion.case, rules, now) is None
    people.olga.is_active = False
    assert permissions.refusal_to_raise(people.olga, discussion.case, rules, now) == permissions.CLOSED
