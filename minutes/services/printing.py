"""Files are made once per version and kind, by the worker of the queue `pdfs`, never in a web request."""

import logging
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from accounts.models import ActingFor
from audit import services as audit
from audit.errors import Altered
from govuk.moments import long_date, moment
from minutes import events_after as events
from minutes import pdf
from minutes.canonical import hash_of, in_groups
from minutes.enums import RenditionKind, Way
from minutes.models import FamilyHanding, MinutesVersion, Recipient, Rendition
from minutes.rules.file_names import named
from minutes.rules.renditions import WHOLE, Cut, rendered
from outbox import services as outbox
from outbox.models import Enclosure, Letter

logger = logging.getLogger(__name__)

TASK = "minutes.tasks.print_waiting"
QUEUE = "pdfs"
PDF = "application/pdf"


class AlteredVersionError(Altered):
    """A version is no longer what was hashed: it is neither printed nor given out."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}. It is neither printed nor given out. Tell your administrator now")


def ask_for(version: MinutesVersion, cut: Cut = WHOLE) -> Rendition:
    """Write down that this copy of a version is to be printed, and ring for the printer after the commit.

    Raises ValueError for a child whom the version is not about.
    """
    known: dict[str, Any] = {"version": version, "kind": cut.kind, "child_id": cut.child_id}
    rendition, _ = Rendition.objects.get_or_create(
        **known,
        defaults={
            "filename": file_name_of(version, cut),
            "sha256": hash_of(rendered(version.content, cut)),
        },
    )
    outbox.wake(TASK, QUEUE)
    return rendition


@transaction.atomic
def ask_again(rendition: Rendition) -> Rendition:
    """Have a file that could not be made tried once more."""
    held = Rendition.objects.select_for_update(of=("self",), no_key=True).get(pk=rendition.pk)
    if held.enclosure_id is None:
        held.failed_why = ""
        held.save(update_fields=["failed_why"])
        outbox.wake(TASK, QUEUE)
    return held


def file_name_of(version: MinutesVersion, cut: Cut = WHOLE) -> str:
    """The name the case system wants, by the authority's pattern, and which copy; never a child's name."""
    discussion = version.minutes.discussion
    day = discussion.started_at or discussion.planned_start
    told = ""
    if cut.kind != RenditionKind.WHOLE:
        told = {RenditionKind.PARTNER: " without marked passages", RenditionKind.FAMILY: " family"}[
            RenditionKind(cut.kind)
        ]
    if cut.child_id is not None:
        order = [child["id"] for child in version.content["children"]]
        told += f" child {order.index(cut.child_id) + 1}"
    name = named(
        settings.MINUTES_FILE_NAME,
        reference=discussion.case.reference,
        discussion=discussion.number,
        version=version.number,
        date=timezone.localtime(day).date().isoformat() if day else "",
        copy=told,
    )
    return f"{name}.pdf"


def print_waiting(limit: int = 20) -> int:
    """Make every file that is asked for and not made; returns how many. Any number of workers may run.

    A file that cannot be made says why, keeps its letters waiting, and hinders no other.
    Rows are locked for no key update: whoever circulates meanwhile points copies at a file being made.
    """
    made = 0
    for _ in range(limit):
        number = _next()
        if number is None:
            break
        made += _print(number)
    return made


def _next() -> int | None:
    waiting = Rendition.objects.filter(enclosure=None, failed_why="").order_by("pk")
    with transaction.atomic():
        return waiting.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True).first()


def _print(number: int) -> int:
    try:
        with transaction.atomic():
            rendition = (
                Rendition.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
                .select_related(
                    "version__minutes__discussion__case", "version__authorised_by", "version__action_log"
                )
                .filter(pk=number, enclosure=None)
                .first()
            )
            if rendition is None:
                return 0
            _keep(rendition, _bytes_of(rendition.version, rendition.cut), timezone.now())
            return 1
    except Exception as fault:
        logger.exception("rendition %s could not be made", number)
        Rendition.objects.filter(pk=number, enclosure=None).update(
            failed_why=f"{type(fault).__name__}: {fault}"[:300]
        )
        return 0


def _bytes_of(version: MinutesVersion, cut: Cut) -> bytes:
    html = page_of(version, cut)
    assert version.authorised_at is not None
    return pdf.printed(html, rendered(version.content, cut), made_at=version.authorised_at)


def _who_authorised(version: MinutesVersion) -> str:
    """Who authorised it and, of a deputy, for whom: the paper says no less than the page."""
    assert version.authorised_by is not None
    cover = ActingFor.objects.names("authorised_by", "authorised_at")
    absent = MinutesVersion.objects.filter(pk=version.pk).values_list(cover).get()[0]
    return (
        f"{version.authorised_by.name}, standing in for {absent}," if absent else version.authorised_by.name
    )


def page_of(version: MinutesVersion, cut: Cut = WHOLE) -> str:
    """The page that is printed of a copy. Raises AlteredVersionError when it is not what was hashed."""
    if hash_of(version.content) != version.sha256:
        raise AlteredVersionError(f"Version {version.number} is no longer what the chair authorised")
    assert version.authorised_at is not None and version.authorised_by is not None
    content = rendered(version.content, cut)
    digest = hash_of(content)
    context = {
        "version": {
            "number": version.number,
            "replaces": replaced_by(version, cut),
            "reason": reason_told(version, cut),
            "authorised_by": _who_authorised(version),
            "authorised": moment(version.authorised_at),
            "authorised_day": long_date(version.authorised_at),
            "authorised_at": version.authorised_at.isoformat(timespec="seconds"),
            "sha256": digest,
            "hash_groups": in_groups(digest),
        },
        "log_groups": in_groups(version.action_log.sha256) if "action_log" in content else "",
        "ledger_groups": in_groups(content["ledger_head"]["hash"]) if "ledger_head" in content else "",
    }
    return pdf.page_of(content, context)


def reason_told(version: MinutesVersion, cut: Cut) -> str:
    """Why this version was made. A copy that leaves anything out says only that it is a corrected version,
    and of when: the reason may name what was removed. A family's first copy says nothing: it corrects nothing
    that they have."""
    if not version.reason or cut.is_whole:
        return version.reason
    if not replaced_by(version, cut):
        return ""
    assert version.authorised_at is not None
    return f"Corrected version {version.number}, {long_date(version.authorised_at)}"


def replaced_by(version: MinutesVersion, cut: Cut) -> int:
    """The number of the version that this copy replaces: of the family's, the last that they were given."""
    if cut.kind != RenditionKind.FAMILY:
        return version.number - 1
    given = FamilyHanding.objects.filter(
        rendition__version__minutes=version.minutes_id, rendition__version__number__lt=version.number
    )
    if cut.child_id is not None:
        given = given.filter(Q(rendition__child=cut.child_id) | Q(rendition__child=None))
    return given.aggregate(last=Max("rendition__version__number"))["last"] or 0


def _keep(rendition: Rendition, content: bytes, at: datetime) -> None:
    name = sha256(content).hexdigest()
    Enclosure.objects.bulk_create([Enclosure(sha256=name, content=content)], ignore_conflicts=True)
    rendition.enclosure = Enclosure.objects.only("pk").get(sha256=name)
    rendition.rendered_at = at
    rendition.save(update_fields=["enclosure", "rendered_at"])
    release_letters(rendition)
    case = rendition.version.minutes.discussion.case
    data = {"version": rendition.version.number, "copy": rendition.cut.code, "sha256": name}
    audit.record(events.PRINTED, case, subject=rendition, by=None, at=at, data=data)


def release_letters(rendition: Rendition) -> int:
    """Let the letters that waited for this file go; those that may, take it along."""
    if rendition.enclosure_id is None:
        return 0
    copies = Recipient.objects.filter(rendition=rendition, letter__isnull=False)
    ways = dict(copies.values_list("letter_id", "way"))
    return outbox.release(
        Letter.objects.filter(pk__in=ways),
        enclosure_id=rendition.enclosure_id,
        filename=rendition.filename,
        content_type=PDF,
        enclose_with={letter for letter, way in ways.items() if way == Way.ATTACHED},
    )
