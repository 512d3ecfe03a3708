"""Letters that wait for their enclosure: written with the act, claimed by nobody until the file is made."""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.db.models.functions import Now

from outbox.enums import Status
from outbox.models import Letter, LetterEnclosure
from outbox.services.queueing import require_transaction, wake

NOT_YET = datetime(9999, 1, 1, tzinfo=UTC)


def hold(letter: Letter, why: str) -> Letter:
    """Keep a queued letter from being carried until `release`; one for delivery by hand stays as it is."""
    require_transaction()
    held = Letter.objects.filter(pk=letter.pk, status=Status.QUEUED)
    if held.update(next_try_at=NOT_YET, reason=why):
        letter.next_try_at, letter.reason = NOT_YET, why
    return letter


def release(
    letters: Iterable[Letter], *, enclosure_id: int, filename: str, content_type: str, enclose_with: set[int]
) -> int:
    """Let held letters go now; those numbered in `enclose_with` take the file along. Returns how many."""
    require_transaction()
    numbers = [letter.pk for letter in letters]
    waiting = Letter.objects.filter(pk__in=numbers, status=Status.QUEUED, next_try_at=NOT_YET)
    held = set(waiting.select_for_update().values_list("pk", flat=True))
    LetterEnclosure.objects.bulk_create(
        LetterEnclosure(
            letter_id=number, enclosure_id=enclosure_id, filename=filename, content_type=content_type
        )
        for number in sorted(held & enclose_with)
    )
    Letter.objects.filter(pk__in=held).update(next_try_at=Now(), reason="")
    if held:
        wake()
    return len(held)
