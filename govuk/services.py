"""Acting once for a form that is sent twice."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction

from govuk.models import Sent

KEPT = timedelta(days=2)  # longer than a session may last


def digest_of(content: Iterable[tuple[str, str]]) -> str:
    """Return the digest of a form's names and values, in any order."""
    return sha256("\x1e".join(f"{name}\x1f{value}" for name, value in sorted(content)).encode()).hexdigest()


@transaction.atomic
def once(*, key: str, person: str, path: str, digest: str, at: datetime, act: Callable[[], str]) -> str:
    """Act, and return where to go next; a second time, only return it.

    1. Claim the key: a second sender waits here until the first has committed.
    2. If it was claimed before, answer with the first's location and do nothing.
    3. Act; note where it went, in the same transaction, so that a refusal gives the key back.
    """
    claim, first = Sent.objects.get_or_create(
        key=key, person=person, path=path[:500], digest=digest, defaults={"at": at}
    )
    if not first:
        return claim.location
    claim.location = act()
    Sent.objects.filter(pk=claim.pk).update(location=claim.location)
    return claim.location


def sent_before(*, key: str, person: str, path: str, digest: str) -> str:
    """Return where the first sending of this form went, or nothing."""
    found = Sent.objects.filter(key=key, person=person, path=path[:500], digest=digest)
    return found.values_list("location", flat=True).first() or ""


def led_over(*, key: str, person: str, path: str, location: str) -> None:
    """The form led somewhere else in the end: sent again, it leads there too."""
    Sent.objects.filter(key=key, person=person, path=path[:500]).update(location=location)


def forget_sent(*, at: datetime) -> int:
    """Delete the keys of forms that nobody can send again; return how many."""
    return Sent.objects.filter(at__lt=at - KEPT).delete()[0]
