"""Printing the requests that go to the police: by the worker of the queue `pdfs`, never in a web request.

Printed is what stands then, with a mark where that is not what was submitted and why one would ask (W19).
"""

import logging
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.utils import timezone

from attendees.services.forwarded import since_submitted, told_now
from audit import services as audit
from govuk.moments import moment
from govuk.press import PDF
from outbox import services as outbox
from outbox.models import Enclosure, Letter
from strategy import pdf
from strategy.enums import ForwardWay
from strategy.models import PoliceForward
from strategy.services import police
from strategy.sheet import Sheet, kept

logger = logging.getLogger(__name__)


def print_waiting(limit: int = 20) -> int:
    """Make every file that is waited for; returns how many. Any number of workers may run.

    Where no file can be made the letter goes without it, as a notice that names no child: late is worse.
    """
    made = 0
    for _ in range(limit):
        number = _next()
        if number is None:
            break
        made += _print(number)
    return made


def _waiting() -> "list[int]":
    forwards = PoliceForward.objects.filter(way=ForwardWay.ATTACHED, enclosure=None, failed_why="")
    return list(forwards.order_by("pk").values_list("pk", flat=True)[:1])


def _next() -> int | None:
    return next(iter(_waiting()), None)


def _print(number: int) -> int:
    try:
        with transaction.atomic():
            forward = _locked(number)
            if forward is None:
                return 0
            told = told_now(forward.request)
            _keep(forward, told, _bytes_of(forward, told, timezone.now()), timezone.now())
            return 1
    except Exception as fault:
        logger.exception("the request of forward %s could not be printed", number)
        with transaction.atomic():
            forward = _locked(number)
            if forward is not None:
                _give_up(forward, f"{type(fault).__name__}: {fault}"[:300])
        return 0


def _locked(number: int) -> PoliceForward | None:
    waiting = PoliceForward.objects.filter(pk=number, enclosure=None, failed_why="")
    return waiting.select_for_update(of=("self",)).select_related("request__case", "by").first()


def _bytes_of(forward: PoliceForward, told: Sheet, at: datetime) -> bytes:
    request = forward.request
    since = since_submitted(request, told)
    facts = {
        "reference": request.case.reference,
        "submitted": moment(request.submitted_at) if request.submitted_at else "",
        "forwarded_by": forward.by.name,
    }
    return pdf.printed(told, since, facts, made_at=at)


def _keep(forward: PoliceForward, told: Sheet, content: bytes, at: datetime) -> None:
    name = sha256(content).hexdigest()
    Enclosure.objects.bulk_create([Enclosure(sha256=name, content=content)], ignore_conflicts=True)
    forward.enclosure = Enclosure.objects.only("pk").get(sha256=name)
    forward.printed_at, forward.told = at, kept(told, {})
    forward.save(update_fields=["enclosure", "printed_at", "told"])
    letters = Letter.objects.filter(pk__in=_number_of(forward))
    outbox.release(
        letters,
        enclosure_id=forward.enclosure.pk,
        filename=f"Strategy request {forward.request.case.reference}.pdf",
        content_type=PDF,
        enclose_with=set(_number_of(forward)),
    )
    data = {"forward": forward.pk, "sha256": name}
    audit.record(police.PRINTED, forward.request.case, subject=forward.request, by=None, at=at, data=data)


def _give_up(forward: PoliceForward, why: str) -> None:
    """Let the letter go as a notice: it says whom to telephone, and the page says why nothing is attached."""
    forward.failed_why, forward.way = why, ForwardWay.NOTICE
    forward.save(update_fields=["failed_why", "way"])
    for letter in Letter.objects.filter(pk__in=_number_of(forward)).select_for_update():
        letter.context = letter.context | {"attached": False}
        letter.save(update_fields=["context"])
        outbox.release([letter], enclosure_id=0, filename="", content_type="", enclose_with=set())


def _number_of(forward: PoliceForward) -> list[int]:
    number = forward.letter_ref.partition(":")[2]
    return [int(number)] if number.isdecimal() else []
