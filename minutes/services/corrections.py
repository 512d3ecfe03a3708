"""Who still has an old version once a corrected one is authorised, and its clock (ADR 82)."""

from datetime import datetime

from django.db.models import Max

from accounts.models import User
from attendees.models import Professional
from audit import services as audit
from deadlines import services as deadlines
from deadlines.duties import register_duty
from deadlines.enums import Duty
from deadlines.models import Deadline
from deadlines.rules.duties import by_limit
from deadlines.working_days import england
from minutes import events_after as events
from minutes.enums import RecipientStatus
from minutes.models import Circulation, Minutes, MinutesVersion, Recipient
from minutes.querysets import RecipientQuerySet
from outbox import services as outbox
from strategy.people import circulating_team

SEND_CORRECTED = register_duty(
    "send_corrected", "Send the corrected minutes to whoever has an old version", "Send the corrected minutes"
)


def old_readers(version: MinutesVersion) -> list[Professional]:
    """Who was sent an earlier version and not this one, by name; a revoked copy is nobody's.

    Whoever was left out of this version on purpose still has the old one, and is named.
    """
    gone = Recipient.objects.filter(
        circulation__version__minutes=version.minutes, revoked_at=None, dispatched_at__isnull=False
    )
    old = gone.filter(circulation__version__number__lt=version.number)
    new = gone.filter(circulation__version=version)
    people = Professional.objects.filter(pk__in=old.values("professional"))
    return list(
        people.exclude(pk__in=new.values("professional")).select_related("agency").order_by("name", "pk")
    )


def start_sending(version: MinutesVersion, *, by: User, at: datetime) -> Deadline | None:
    """A corrected version is authorised: whoever had the old one is sent it within the limit for minutes.

    The limit counts from the authorisation. None for a version that nobody had before.
    """
    readers = old_readers(version)
    if not readers:
        return None
    discussion = version.minutes.discussion
    rules = discussion.request.protocol.rules
    limit = rules.distribution_limit
    because = (
        f"Version {version.number} corrects the minutes: whoever has an old version must be sent it, within "
        "the time in which minutes are circulated, from its authorisation."
    )
    team, people = circulating_team(discussion), "person has" if len(readers) == 1 else "people have"
    verb = f"Send version {version.number}: {len(readers)} {people} the old one"
    owner = None if team else by
    clock = deadlines.open_clock(
        case=discussion.case,
        subject=version.minutes.subject,
        answer=by_limit(
            Duty.CIRCULATE_MINUTES,
            limit.value,
            at,
            because,
            f"{limit.source} (that it holds for a corrected version is a local default)",
            england(),
        ),
        duty=SEND_CORRECTED,
        owner=owner,
        owner_team=team,
        verb=verb,
        protocol=rules,
        may_lengthen=True,
        by=by,
        at=at,
    )
    return deadlines.hand_over(clock, owner=owner, owner_team=team, verb=verb, by=by, at=at)


def hand_sending_to(minutes: Minutes, chair: User, *, by: User, at: datetime) -> None:
    """A version that not everybody has is corrected again: it is the chair's turn; the clock runs on."""
    clock = Deadline.objects.running().of(minutes.subject, SEND_CORRECTED).first()
    if clock is not None:
        deadlines.hand_over(clock, owner=chair, verb="Correct again and authorise", by=by, at=at)


def settle_sending(circulation: Circulation) -> None:
    """Meet the clock when the last copy of the version in force has gone."""
    version, at = circulation.version, circulation.last_dispatched_at
    clock = Deadline.objects.running().of(version.minutes.subject, SEND_CORRECTED).first()
    if clock is not None and at is not None and not later_version(version):
        deadlines.meet(clock, by=None, at=max(at, clock.starts_at))


def later_version(version: MinutesVersion) -> int:
    """The number of a version that was authorised since and took this one's place; 0 for none."""
    later = version.minutes.versions.filter(number__gt=version.number, authorised_at__isnull=False)
    found: int | None = later.aggregate(last=Max("number"))["last"]
    return found or 0


def is_replaced(circulation: Circulation) -> bool:
    """Whether a later version was circulated: who was reached is said of that one's copies."""
    version = circulation.version
    later = Circulation.objects.filter(version__minutes=version.minutes_id)
    return later.filter(version__number__gt=version.number).exists()


def hold_old_back(version: MinutesVersion, *, by: User, at: datetime) -> int:
    """A version is authorised: what has not left of earlier ones leaves no more, with what was wrong in it.

    Whose copy it was is on the list of the new version, and the clock of circulating runs until they have
    it. Returns how many are taken back by now. A letter that the mail server has in hand at this moment
    cannot be stopped; its copy says that it left.
    """
    copies = list(_unsent_before(version).select_for_update(of=("self",)).order_by("pk"))
    for copy in copies:
        if copy.status == RecipientStatus.TAKEN_BACK:
            continue
        why = f"Taken back: version {version.number} was authorised before it left"
        outbox.cancel(by=by, at=at, why=why, subject=f"recipient:{copy.pk}")
        copy.status = RecipientStatus.TAKEN_BACK
        copy.save(update_fields=["status"])
        _record(events.COPY_TAKEN_BACK, copy, version, why, by, at)
    return len(copies)


def verb_to_circulate(version: MinutesVersion, held: int) -> str:
    """What the worklist asks of business support; `held`: how many copies of old versions were taken back."""
    if not held:
        return "Circulate"
    copies = "1 old copy was" if held == 1 else f"{held} old copies were"
    return f"Circulate version {version.number}: {copies} taken back"


def _unsent_before(version: MinutesVersion) -> RecipientQuerySet:
    """The copies of earlier versions that have not left and are not revoked."""
    return Recipient.objects.filter(
        circulation__version__minutes=version.minutes_id,
        circulation__version__number__lt=version.number,
        dispatched_at=None,
        revoked_at=None,
    )


def _record(event: str, copy: Recipient, version: MinutesVersion, why: str, by: User, at: datetime) -> None:
    data = {"to": f"professional:{copy.professional_id}", "way": copy.way, "reason": why}
    audit.record(event, version.minutes.discussion.case, subject=copy, by=by, at=at, data=data)


def take_old_back(circulation: Circulation, *, by: User, at: datetime) -> None:
    """What has not left of earlier versions leaves no more: their readers get this one, or none on purpose.

    A letter that the mail server has in hand at this moment cannot be stopped; its copy says that it left.
    """
    version = circulation.version
    for copy in _unsent_before(version).select_for_update(of=("self",)).order_by("pk"):
        why = f"Version {version.number} took its place before this copy left"
        outbox.cancel(by=by, at=at, why=why, subject=f"recipient:{copy.pk}")
        copy.status, copy.revoked_at, copy.revoked_by = RecipientStatus.REVOKED, at, by
        copy.revoked_reason = why
        copy.save(update_fields=["status", "revoked_at", "revoked_by", "revoked_reason"])
        _record(events.COPY_REVOKED, copy, version, why, by, at)
