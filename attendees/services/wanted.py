"""Whom the requester wants in the discussion, and submitting the request with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import Agency, User
from attendees.models import Professional, WantedProfessional
from attendees.services.directory import add_professional, professional_for
from attendees.services.following import let_referrer_follow, shut_out
from audit import services as audit
from audit.errors import Refused
from referrals import services as referring
from referrals.models import Referral
from referrals.rules import FromWhom
from strategy import events
from strategy import services as asking
from strategy.enums import Section
from strategy.models import StrategyRequest
from strategy.rules.asking import Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """One professional as the requester names them: picked from the directory, or typed in."""

    professional: Professional | None = None
    name: str = ""
    agency: Agency | None = None
    job_role: str = ""
    phone: str = ""
    email: str = ""
    quorum_role: str = ""
    agreed_way: str = ""
    not_invited_reason: str = ""


@transaction.atomic
def want_professionals(
    request: StrategyRequest,
    chosen: Sequence[Chosen],
    *,
    by: User,
    at: datetime,
    seen: asking.Seen = asking.ANY,
    is_whole: bool = True,
) -> StrategyRequest:
    """Name everybody who should take part, and who is known but not to be invited, with the reason.

    The section counts as finished when `is_whole`. Who is not in the directory is added to it.
    The referrer is recognised by their address.
    Raises NotAllowed, MoveNotAllowed when it was submitted meanwhile, StaleVersion, Refused.
    """
    wanted = asking.lock_open(request, Section.PROFESSIONALS, by=by, at=at, seen=seen)
    named = {(person := professional_of(one, by=by, at=at)).pk: (person, one) for one in chosen}
    WantedProfessional.objects.filter(request=wanted).exclude(professional__in=named).delete()
    referrer = wanted.referral.referrer_email.strip().lower()
    for person, one in named.values():
        WantedProfessional.objects.update_or_create(
            request=wanted,
            professional=person,
            defaults={
                "quorum_role": one.quorum_role or person.quorum_role,
                "is_referrer": bool(referrer) and person.email == referrer,
                "agreed_way": one.agreed_way,
                "not_invited_reason": one.not_invited_reason,
            },
        )
    asking.finish_section(wanted, Section.PROFESSIONALS, form=seen.form, is_finished=is_whole)
    data = {"section": Section.PROFESSIONALS.value, "professionals": sorted(named)}
    audit.record(events.SECTION_SAVED, wanted.case, subject=wanted.subject, by=by, at=at, data=data)
    return wanted


@transaction.atomic
def submit_request(request: StrategyRequest, *, by: User, at: datetime) -> StrategyRequest:
    """Ask, with the professionals named: see `strategy.services.submit`, whose refusals it raises.

    The requester joins the directory, so that business support can write down when they can come. Whoever
    referred is told, with their own way to follow it (row H15).
    """
    if request.requester.agency_id is not None:
        professional_for(request.requester)
    submitted = asking.submit(request, professionals=wanted_of(request), by=by, at=at)
    let_referrer_follow(submitted, by=by, at=at)
    return submitted


@transaction.atomic
def correct_referral(referral: Referral, facts: FromWhom, *, reason: str, by: User, at: datetime) -> Referral:
    """Correct who referred and what they said; who is named in its requests is the referrer by their address.

    Whoever was only taken for the referrer no longer sees what became of it. Raises NotAllowed and Refused.
    """
    before = referral.referrer_email
    kept = referring.correct_from_whom(referral, facts, reason=reason, by=by, at=at)
    if kept.referrer_email != before:
        named = WantedProfessional.objects.filter(request__referral=kept)
        named.filter(is_referrer=True).update(is_referrer=False)
        if kept.referrer_email:
            named.filter(professional__email=kept.referrer_email).update(is_referrer=True)
        shut_out(kept, by=by, at=at)
        asked = StrategyRequest.objects.filter(referral=kept, submitted_at__isnull=False).order_by("-pk")
        if (wanted := asked.select_related("case__team", "referral").first()) is not None:
            let_referrer_follow(wanted, by=by, at=at)
    return kept


def wanted_of(request: StrategyRequest) -> list[Wanted]:
    """Whom the request names, as its rules and its sheet want them."""
    rows = WantedProfessional.objects.filter(request=request).select_related("professional__agency")
    return [_wanted(row) for row in rows.order_by("pk")]


def _wanted(row: WantedProfessional) -> Wanted:
    person = row.professional
    return Wanted(
        name=person.name,
        job_role=person.job_role,
        agency=person.agency.name,
        agency_kind=person.agency.kind,
        quorum_role=row.quorum_role,
        phone=person.phone,
        email=person.email,
        is_referrer=row.is_referrer,
        agreed=row.get_agreed_way_display() if row.agreed_way else "",
        not_invited_reason=row.not_invited_reason,
    )


def professional_of(one: Chosen, *, by: User, at: datetime) -> Professional:
    """The directory's entry of somebody picked or typed; who is typed joins it. Raises as it does."""
    if one.professional is not None:
        return one.professional
    if one.agency is None:
        raise Refused(None, f"Choose the agency of {one.name or 'each professional'}")
    return add_professional(
        name=one.name,
        agency=one.agency,
        job_role=one.job_role,
        email=one.email,
        phone=one.phone,
        quorum_role=one.quorum_role,
        by=by,
        at=at,
    )
