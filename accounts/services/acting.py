"""Who acts for whom while somebody is away (row W17): from, until, why; ended early, and by itself."""

from datetime import datetime

from django.db import transaction

from accounts import events, letters, permissions, rules
from accounts.models import ActingFor, User
from accounts.services import tidy
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, Taken, refuse
from govuk.moments import moment


@transaction.atomic
def name_deputy(
    *,
    absent: User,
    deputy: User,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    by: User,
    at: datetime,
) -> ActingFor:
    """Let a deputy use the powers of somebody who is away, until a set moment; both are told.

    Nobody acts for themselves, for two people away in a chain, or with powers that they may not be given.
    Raises NotAllowed; Taken or Refused at `absent`, `deputy`, `ends_at` or `reason`.
    """
    people = User.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=[absent.pk, deputy.pk])
    locked = {one.pk: one for one in people.order_by("pk")}
    away, standing_in = locked[absent.pk], locked[deputy.pk]
    refuse(permissions.refusal_to_arrange_cover(by, away))
    if away.pk == standing_in.pk:
        raise Refused("deputy", "Nobody acts for themselves. Choose somebody else")
    if not away.is_active:
        raise Refused("absent", f"{away.name}’s account is closed: hand over what they hold instead")
    if away.is_partner:
        raise Refused("absent", f"{away.name} is a partner: they send a deputy with their reply")
    if problem := rules.problem_with_deputy(_facts(standing_in), _facts(away)):
        raise Refused("deputy", problem)
    for field, sentence in rules.problems_with_cover(starts_at, ends_at, at).items():
        raise Refused(field, sentence)
    _refuse_overlaps(away, standing_in, starts_at, ends_at, at)
    acting = ActingFor.objects.create(
        absent=away,
        deputy=standing_in,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=tidy.given(reason, "reason", "Say why, for instance “annual leave”", 300),
        arranged_by=by,
    )
    letters.deputy_named(acting, by=by, at=at)
    data = {"absent": away.pk, "deputy": standing_in.pk, "from": starts_at, "until": ends_at}
    audit.record(events.COVER_ARRANGED, subject=acting, by=by, at=at, data=data)
    return acting


@transaction.atomic
def end_cover(acting: ActingFor, *, by: User, at: datetime) -> ActingFor:
    """End acting for somebody before its time; the deputy's next click is in their own name only.

    Raises NotAllowed, MoveNotAllowed when it is over.
    """
    rows = ActingFor.objects.select_for_update(of=("self",)).select_related("absent", "deputy")
    kept = rows.get(pk=acting.pk)
    refuse(permissions.refusal_to_end_cover(by, kept))
    if kept.ended_at is not None or kept.ends_at <= at:
        raise MoveNotAllowed(f"{kept.deputy.name} does not act for {kept.absent.name} any more.")
    kept.ended_at, kept.ended_by = at, by
    kept.save(update_fields=["ended_at", "ended_by"])
    letters.deputy_ended(kept, by=by, at=at)
    data = {"absent": kept.absent_id, "deputy": kept.deputy_id}
    audit.record(events.COVER_ENDED, subject=kept, by=by, at=at, data=data)
    return kept


def _refuse_overlaps(away: User, deputy: User, starts_at: datetime, ends_at: datetime, at: datetime) -> None:
    """Whoever stands in must be there; and the same person is not named twice for the same days."""
    then = ActingFor.objects.standing(at).filter(starts_at__lt=ends_at, ends_at__gt=starts_at)
    if then.filter(absent=away, deputy=deputy).exists():
        raise Taken("deputy", f"{deputy.name} acts for {away.name} then already")
    if other := then.filter(absent=deputy).select_related("deputy").first():
        raise Taken(
            "deputy",
            f"{deputy.name} is away themselves until {moment(other.ends_at)}, and {other.deputy.name} acts "
            "for them. Choose somebody who is there",
        )


def _facts(user: User) -> rules.Person:
    return rules.Person(user.name, user.roles, user.agency_id, user.is_active)
