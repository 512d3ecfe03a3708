"""Writing a letter down, taking it back, and hurrying the post."""

import logging
import time
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any, NamedTuple

from celery import current_app
from django.db import connection, transaction
from django.db.models import Q
from django.template.loader import get_template

from audit.errors import Refused
from audit.refs import by_ref, case_ref, ref
from outbox.enums import FAILED, UNSENT, Policy, Status, Urgency
from outbox.models import Enclosure, Letter, LetterEnclosure
from outbox.rules import BadAddressError, file_name, normalise_address, one_line

logger = logging.getLogger(__name__)

TASK = "outbox.tasks.deliver"
QUEUE = "letters"
BROKER_PATIENCE = 0.5  # seconds a saved form may wait for a broker that does not answer
BROKER_REST = 10.0  # seconds without another try after a broker did not answer
_resting_until = 0.0


class Enclosed(NamedTuple):
    """A file to go with a letter; a calendar (`text/calendar; method=REQUEST`) is shown as one."""

    filename: str
    content: bytes
    content_type: str


def queue(
    kind: str,
    *,
    to_email: str,
    to_name: str,
    to_ref: Any,
    context: dict[str, Any],
    by: Any,
    at: datetime,
    case: Any = None,
    subject: Any = "",
    key: str | None = None,
    reply_to: str = "",
    enclosures: Iterable[Enclosed] = (),
    important_until: datetime | None = None,
    policy: Policy = Policy.RESEND,
    urgency: Urgency = Urgency.NORMAL,
    supersedes: Iterable[str] = (),
    or_by_hand: bool = False,
) -> Letter:
    """Write a letter down in the caller's transaction; the post carries it after the commit.

    The same `key` again gives the letter already written. Without an address it is kept for delivery by hand.
    `supersedes` names keys of earlier letters that need not be sent any more.
    Raises Refused("email", …) for an address that will not do (`or_by_hand` keeps the letter for a person
    instead), and TemplateDoesNotExist for an unknown kind.
    """
    require_transaction()
    get_template(f"letters/{kind}/subject.txt")
    get_template(f"letters/{kind}/body.txt")
    if key is not None and (written := Letter.objects.filter(key=key).first()):
        return written
    address, why_none = _reached_at(to_email, or_by_hand)
    letter = Letter(
        kind=kind,
        to_email=address,
        to_name=one_line(to_name),
        to_ref=ref(to_ref),
        reply_to=_address(reply_to) if reply_to else "",
        context=context,
        case_ref=case_ref(case),
        subject_ref=ref(subject),
        by_ref=by_ref(by),
        key=key,
        queued_at=at,
        important_until=important_until,
        policy=policy,
        urgency=urgency,
        status=Status.QUEUED if address else Status.NEEDS_PERSON,
        reason=why_none,
    )
    letter = _write(letter)
    _enclose(letter, enclosures)
    _supersede(supersedes, letter)
    if address:
        wake()
    return letter


def cancel(
    *,
    by: Any,
    at: datetime,
    why: str,
    case: Any = None,
    subject: Any = None,
    to_ref: Any = None,
    kind: str | None = None,
    key_prefix: str | None = None,
    says: dict[str, Any] | None = None,
) -> int:
    """Take back every unsent letter that meets all the conditions given; returns how many were stopped.

    `says`: what its context holds, such as the number of a link; name a case or person with it, by which
    letters are found. One that is with the mail server at this moment cannot be stopped, but it will not
    be tried again.
    Raises ValueError when no condition is given.
    """
    require_transaction()
    wanted = Q()
    if case is not None:
        wanted &= Q(case_ref=case_ref(case))
    if subject is not None:
        wanted &= Q(subject_ref=ref(subject))
    if to_ref is not None:
        wanted &= Q(to_ref=ref(to_ref))
    if kind is not None:
        wanted &= Q(kind=kind)
    if key_prefix is not None:
        wanted &= Q(key__startswith=key_prefix)
    if says is not None:
        wanted &= Q(context__contains=says)
    if not wanted:
        raise ValueError("say which letters to cancel")
    return _stop(wanted, one_line(why), at)


def wake(task: str = TASK, queue: str = QUEUE) -> None:
    """After the commit, tell a worker to look now. May fail without harm: the sweep is the guarantee.

    Another room may have its own task called by name, such as the one that prints minutes.
    """
    bell = partial(_ring, task, queue)
    if not any(_same(hook[1], bell) for hook in connection.run_on_commit):
        transaction.on_commit(bell, robust=True)


def _same(hook: Any, bell: "partial[None]") -> bool:
    return isinstance(hook, partial) and (hook.func, hook.args) == (bell.func, bell.args)


def _ring(task: str, queue: str) -> None:
    """Send the task by its name; a dead broker costs half a second once in ten, and nothing is lost."""
    global _resting_until
    if not current_app.conf.broker_url or time.monotonic() < _resting_until:
        return
    patience = {
        "socket_timeout": BROKER_PATIENCE,
        "socket_connect_timeout": BROKER_PATIENCE,
        "max_retries": 0,
    }
    options = {**current_app.conf.broker_transport_options, **patience}
    try:
        with current_app.connection_for_write(
            connect_timeout=BROKER_PATIENCE, transport_options=options
        ) as broker:
            current_app.send_task(task, queue=queue, connection=broker, retry=False, ignore_result=True)
    except Exception as fault:
        _resting_until = time.monotonic() + BROKER_REST
        logger.warning("outbox.wake: no broker (%s); the sweep will carry the letters", type(fault).__name__)


def _address(text: str) -> str:
    try:
        return normalise_address(text)
    except BadAddressError as fault:
        raise Refused("email", str(fault)) from None


def _reached_at(text: str, or_by_hand: bool) -> tuple[str, str]:
    """The address; or none, and why a person must see to it. Raises Refused unless that will do."""
    if not text.strip():
        return "", "No email address: deliver by hand"
    try:
        return _address(text), ""
    except Refused as fault:
        if not or_by_hand:
            raise
        return "", f"{fault.sentence}. Until then, deliver by hand"


def _write(letter: Letter) -> Letter:
    """Another transaction may write the same key first: then theirs is the letter."""
    if not letter.key:
        letter.save(force_insert=True)
        return letter
    Letter.objects.bulk_create([letter], ignore_conflicts=True)
    return Letter.objects.get(key=letter.key)


def _enclose(letter: Letter, enclosures: Iterable[Enclosed]) -> None:
    if letter.enclosed.exists():
        return
    for filename, content, content_type in enclosures:
        name = sha256(content).hexdigest()
        Enclosure.objects.bulk_create([Enclosure(sha256=name, content=content)], ignore_conflicts=True)
        LetterEnclosure.objects.create(
            letter=letter,
            enclosure_id=Enclosure.objects.values_list("pk", flat=True).get(sha256=name),
            filename=file_name(filename),
            content_type=one_line(content_type),
        )


def _supersede(keys: Iterable[str], letter: Letter) -> None:
    keys = [key for key in keys if key != letter.key]
    if keys:
        _stop(Q(key__in=keys), f"Superseded by letter {letter.pk}", letter.queued_at)


def _stop(wanted: Q, why: str, at: datetime) -> int:
    """Cancel what is not under way; mark what is, so that it is not tried again."""
    under_way = Q(status=Status.CLAIMED, attempts__finished_at__isnull=True, attempts__isnull=False)
    unsent = Letter.objects.filter(wanted, status__in=(*UNSENT, *FAILED), sent_at=None).select_for_update()
    ids = list(unsent.order_by("pk").values_list("pk", flat=True))
    being_sent = set(Letter.objects.filter(under_way, pk__in=ids).values_list("pk", flat=True))
    Letter.objects.filter(pk__in=being_sent).update(withdrawn_at=at, reason=why)
    return Letter.objects.filter(pk__in=set(ids) - being_sent).update(status=Status.CANCELLED, reason=why)


def require_transaction() -> None:
    """Refuse to write a letter that could outlive its act."""
    if not connection.in_atomic_block:
        raise RuntimeError("a letter is written in the same transaction as its act")
