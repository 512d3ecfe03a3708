"""Asking an agency for what it knows: asked once, passed on to a deputy or colleague with all that was typed,
asked no more."""

from datetime import datetime

from django.db.models import BooleanField, ExpressionWrapper, Q

from accounts.models import Team, User
from attendees import clocks, events, hooks, letters
from attendees.enums import InformationStatus
from attendees.models import InformationRequest, Invitation, PartnerLink, Passage, Professional
from attendees.rules.markings import strictest
from attendees.services.links import make_link
from audit import services as audit
from cases.models import Case
from outbox import services as outbox
from strategy.models import Discussion
from strategy.people import support_team


def chasing_team(case: Case) -> Team:
    """Return the team that chases information: business support, or the case's own where there is none."""
    return support_team(case) or case.team


def ask(
    discussion: Discussion, person: Professional, link: PartnerLink | None, *, by: User, at: datetime
) -> InformationRequest | None:
    """Ask somebody's agency, or ask again who was taken off; part of the caller's transaction.

    An agency is asked once: None where a colleague who is still invited is asked already, or one answered.
    What a colleague was asked who is no longer invited goes over to this person, with all that was typed.
    """
    of_agency = discussion.information.filter(professional__agency=person.agency_id)
    others = of_agency.exclude(professional=person)
    still = Invitation.objects.filter(discussion=discussion).still_asked().values("professional")
    if others.filter(Q(professional__in=still) | Q(answered_at__isnull=False)).exists():
        return None
    is_known = of_agency.filter(professional=person).exists()
    left = None if is_known else others.select_related("professional").order_by("-pk").first()
    if left is not None:
        pass_on(discussion, left.professional, person, link, by=by, at=at)
        return left
    rules = discussion.request.protocol.rules
    due_at = clocks.due_before(discussion.planned_start, at, rules)
    asked, _ = InformationRequest.objects.update_or_create(
        discussion=discussion,
        professional=person,
        defaults={"due_at": due_at},
        create_defaults={"due_at": due_at, "asked_at": at},
    )
    if not asked.is_answered:
        _expect(asked, link, by, at)
    return asked


def pass_on(
    discussion: Discussion,
    was: Professional,
    to: Professional,
    link: PartnerLink | None,
    *,
    by: User,
    at: datetime,
) -> bool:
    """Pass what somebody was asked for to who stands in for them, or back; False when nothing was asked.

    One request and one clock: the row goes over with its due moment, its answer, and what was typed and not
    sent yet; an answer names who gave it. Whoever is asked in their own right keeps that one request, and
    what was typed joins it. The discussion is locked.
    """
    rows = discussion.information.select_for_update(of=("self",)).select_related("professional__agency")
    asked = rows.filter(professional=was).first()
    if asked is None:
        return False
    asked.discussion = discussion
    outbox.cancel(by=by, at=at, why=f"{to.name} is asked instead", subject=asked.subject)
    own = rows.filter(professional=to).first()
    if own is not None:
        own.discussion = discussion
        _join(asked, own, by, at)
        ask(discussion, to, link, by=by, at=at)
        return True
    if asked.is_answered and not asked.answered_from:
        asked.answered_from = was.name
    asked.professional, asked.chased_at, asked.chased_times = to, None, 0
    asked.save(update_fields=["professional", "answered_from", "chased_at", "chased_times"])
    audit.record(
        events.INFORMATION_PASSED_ON,
        discussion.case,
        subject=asked.subject,
        by=by,
        at=at,
        data={"was": was.pk, "professional": to.pk},
    )
    if asked.is_answered:
        hooks.tell(asked, at)
    else:
        _expect(asked, link, by, at)
    return True


def _expect(asked: InformationRequest, link: PartnerLink | None, by: User, at: datetime) -> None:
    discussion = asked.discussion
    rules, team = discussion.request.protocol.rules, chasing_team(discussion.case)
    clocks.expect_information(asked, rules=rules, team=team, by=by, at=at)
    letters.information_asked(asked, discussion, link, by=by, at=at)


def _join(asked: InformationRequest, own: InformationRequest, by: User, at: datetime) -> None:
    """What was typed and not sent joins what is asked of the other already; what was sent stays as it is."""
    clocks.information_not_needed(asked, f"{own.professional.name} is asked instead", by=by, at=at)
    if asked.is_answered or own.is_answered:
        return
    theirs = {one.heading: one for one in own.passages.all()}
    for typed in asked.passages.all():
        same = theirs.get(typed.heading)
        if same is None:
            Passage.objects.filter(pk=typed.pk).update(information=own)
        elif typed.text.strip():
            _append(same, typed)
    asked.files.update(information=own)
    if own.status == InformationStatus.ASKED and (own.passages.exists() or own.files.exists()):
        own.status = InformationStatus.STARTED
        own.save(update_fields=["status"])


def _append(same: Passage, typed: Passage) -> None:
    same.text = "\n\n".join(filter(None, (same.text, typed.text)))
    same.marking, typed.text = strictest((same.marking, typed.marking)), ""
    for one in (same, typed):
        one.version += 1
        one.save(update_fields=["text", "marking", "version", "updated_at"])


def leave_to_colleague(discussion: Discussion, person: Professional, *, by: User, at: datetime) -> bool:
    """What somebody was asked who is no longer invited is asked of the next of their agency; False for none.

    Who can be written to comes before who cannot. Part of the caller's transaction.
    """
    invited = Invitation.objects.filter(discussion=discussion, professional__agency=person.agency_id)
    next_ = (
        invited.still_asked()
        .filter(professional__is_active=True, professional__agency__is_authority=False)
        .exclude(professional=person)
        .select_related("professional__agency", "professional__user")
        .order_by(ExpressionWrapper(Q(professional__email=""), output_field=BooleanField()), "pk")
        .first()
    )
    if next_ is None or not _waits_for(discussion, person):
        return False  # what was answered stays with who answered
    colleague = next_.professional
    return pass_on(discussion, person, colleague, make_link(colleague, discussion, at=at), by=by, at=at)


def _waits_for(discussion: Discussion, person: Professional) -> bool:
    return discussion.information.filter(professional=person, answered_at=None).exists()


def stop_asking(discussion: Discussion, person: Professional, reason: str, *, by: User, at: datetime) -> None:
    """Expect nothing of somebody any more: their clock is void and unsent letters are taken back."""
    asked = discussion.information.filter(professional=person).first()
    if asked is not None:
        clocks.information_not_needed(asked, reason, by=by, at=at)
        outbox.cancel(by=by, at=at, why=reason, subject=asked.subject)
