"""Carrying authorised versions to the case system, where the authority configured one (rows W27, X16).

1. A row is claimed with `SKIP LOCKED` under a lease, and its try counted and committed.
2. The case system is talked to with no transaction open.
3. The answer is settled by a conditional update that only the claim holder can make. A worker that dies in
   between leaves a lease that runs out: the try is made again under the same key, so it is filed once.
"""

import logging
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from audit import services as audit
from audit.errors import MoveNotAllowed, refuse
from cases.models import Case
from minutes import case_system
from minutes import events_after as events
from minutes.case_system import Answer, Parcel
from minutes.enums import DeliveryStatus
from minutes.models import Delivery, Filing, MinutesVersion
from minutes.permissions import after as permissions
from minutes.rules.retrying import wait_after
from minutes.services import file
from minutes.services.bundle import bundle_of
from outbox import services as outbox

logger = logging.getLogger(__name__)
TASK, QUEUE = "minutes.tasks.deliver_waiting", "sweeps"
LEASE = timedelta(minutes=3)  # longer than one conversation, and than the task may run
BATCH = 4  # each may wait for a slow answer, and the task has a time limit


def ask_for(version: MinutesVersion, *, at: datetime) -> Delivery | None:
    """Write down that a version goes to the case system; None where the authority files by hand."""
    if not is_configured():
        return None
    delivery, _ = Delivery.objects.get_or_create(
        version=version, supplement=0, defaults={"asked_at": at, "next_try_at": at}
    )
    outbox.wake(TASK, QUEUE)
    return delivery


def is_configured() -> bool:
    """Whether versions are delivered to the case system; else it is filed by hand."""
    return bool(settings.SYSTEM_OF_RECORD_URL)


@transaction.atomic
def ask_for_supplement(version: MinutesVersion, *, by: User, at: datetime) -> Delivery:
    """Have the signatures that came in since the filing delivered: a second delivery, by its own key (W27).

    Raises NotAllowed; MoveNotAllowed when it is not filed, nobody signed since, it is on its way already, or
    the authority files by hand.
    """
    discussion = version.minutes.discussion
    Case.objects.lock(discussion.case)
    refuse(permissions.refusal_to_file(by, discussion, at))
    filing = Filing.objects.filter(version=version).first()
    if filing is None or not file.signed_since(filing) or not is_configured():
        raise MoveNotAllowed("There is no signature to deliver: all were filed, or are filed by hand.")
    number = file.next_supplement(filing)
    facts = {"asked_at": at, "next_try_at": at}
    delivery, is_new = Delivery.objects.get_or_create(version=version, supplement=number, defaults=facts)
    if not is_new:
        raise MoveNotAllowed("These signatures are on their way already.")
    outbox.wake(TASK, QUEUE)
    data = {"version": version.number, "supplement": number}
    audit.record(events.SUPPLEMENT_ASKED, discussion.case, subject=delivery, by=by, at=at, data=data)
    return delivery


@transaction.atomic
def try_now(version: MinutesVersion, *, by: User, at: datetime) -> Delivery:
    """Have a delivery that waits or was refused tried at once (row W27).

    Raises NotAllowed, MoveNotAllowed when there is nothing to deliver.
    """
    discussion = version.minutes.discussion
    Case.objects.lock(discussion.case)
    refuse(permissions.refusal_to_file(by, discussion, at))
    kept = Delivery.objects.select_for_update(of=("self",)).filter(version=version)
    delivery = kept.order_by("-supplement").first()
    if delivery is None or delivery.status == DeliveryStatus.DELIVERED:
        raise MoveNotAllowed("There is nothing to deliver: it was delivered, or is filed by hand.")
    delivery.status, delivery.next_try_at = DeliveryStatus.WAITING, at
    delivery.save(update_fields=["status", "next_try_at"])
    outbox.wake(TASK, QUEUE)
    data = {"version": version.number, "attempts": delivery.attempts}
    audit.record(events.DELIVERY_ASKED, discussion.case, subject=delivery, by=by, at=at, data=data)
    return delivery


def deliver_waiting(limit: int = BATCH) -> int:
    """Try what is due, up to `limit`; returns how many were delivered. Any number of workers may run.

    Does nothing while letters are held: a restored copy must not file old minutes again.
    """
    if settings.OUTBOX_HELD or not is_configured():
        return 0
    delivered = 0
    for _ in range(limit):
        held = claim()
        if held is None:
            break
        delivered += settle(held, *_tried(held))
    return delivered


@transaction.atomic
def claim() -> Delivery | None:
    """Take one that is due under a new claim, its try counted; None when nothing is due."""
    due = Delivery.objects.due().select_for_update(of=("self",), skip_locked=True)
    number = due.values_list("pk", flat=True).first()
    if number is None:
        return None
    token = uuid.uuid4()
    Delivery.objects.filter(pk=number).update(
        claim=token, lease_until=Now() + LEASE, attempts=F("attempts") + 1
    )
    related = "version__minutes__discussion__case", "version__authorised_by", "version__action_log"
    held: Delivery = Delivery.objects.select_related(
        *related, "version__minutes__discussion__request__protocol"
    ).get(pk=number)
    return held


def _tried(held: Delivery) -> tuple[Answer, int]:
    """One try, with no transaction open: its answer, and how many signatures it carried.

    A fault of ours must not stop the others.
    """
    try:
        bundle = bundle_of(held.version, held.supplement)
        if bundle is None:
            return Answer(False, "The PDF is not made yet"), 0
        answer = case_system.send(
            settings.SYSTEM_OF_RECORD_URL,
            settings.SYSTEM_OF_RECORD_SECRET,
            Parcel(str(held.key), bundle.name, bundle.content),
            key=settings.SYSTEM_OF_RECORD_KEY,
            name_is_reference=settings.SYSTEM_OF_RECORD_NAME_IS_REFERENCE,
        )
        return answer, bundle.manifest["signatures"]
    except Exception as fault:
        logger.exception("delivery %s could not be tried", held.pk)
        return Answer(False, f"The bundle could not be made: {type(fault).__name__}"), 0


@transaction.atomic
def settle(held: Delivery, answer: Answer, signatures: int = 0) -> bool:
    """Write down what came of a try that carried so many signatures; False when it was not delivered, or
    another try took over."""
    version = held.version
    case = version.minutes.discussion.case
    Case.objects.lock(case)
    now = timezone.now()
    mine = Delivery.objects.filter(pk=held.pk, claim=held.claim, status=DeliveryStatus.WAITING)
    if not mine.update(claim=None, lease_until=None, **_outcome(held, answer, signatures, now)):
        return False
    data = {"version": version.number, "attempts": held.attempts, "reason": answer.reason}
    data |= {"supplement": held.supplement} if held.supplement else {}
    if answer.delivered:
        if answer.reference:
            file.file_by_system(held, reference=answer.reference, signatures=signatures, at=now)
        audit.record(events.DELIVERED, case, subject=held, by=None, at=now, data=data)
    elif not answer.again:
        audit.record(events.DELIVERY_REFUSED, case, subject=held, by=None, at=now, data=data)
    return answer.delivered


def _outcome(held: Delivery, answer: Answer, signatures: int, now: datetime) -> dict[str, object]:
    if answer.delivered:
        return {
            "status": DeliveryStatus.DELIVERED,
            "delivered_at": now,
            "reference": answer.reference,
            "signatures": signatures,
            "reason": "",
        }
    return {
        "status": DeliveryStatus.WAITING if answer.again else DeliveryStatus.FAILED,
        "reason": answer.reason[:300],
        "next_try_at": now + wait_after(held.attempts),
    }
