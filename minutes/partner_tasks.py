"""What is asked of a partner after the discussion: sign, agree, read the minutes, do actions."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import CharField, Exists, F, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from attendees.enums import TAKES_PART
from attendees.models import Attendance, Signature
from attendees.partner_menu import Pairs, Task, Waiting
from govuk.moments import moment
from minutes.enums import ActionStatus
from minutes.models import Action, ActionLog, Agreement, Circulation, Reassignment, Recipient

if TYPE_CHECKING:
    from attendees.views.access import Partner

ANSWERED = {True: "took it up", False: "did not take it up", None: "answered"}


def tasks(partner: "Partner", now: datetime) -> list[Task]:
    """The tasks of one partner on the page of one discussion; nothing before the discussion has ended.

    Whoever was never asked to it has the actions alone: they neither agree, sign nor read its record.
    """
    if partner.asked is None:
        return _actions(partner, now)
    log = ActionLog.objects.filter(minutes__discussion=partner.discussion).order_by("-number").first()
    if log is None:
        return []
    me = Attendance.objects.filter(
        discussion=partner.discussion, professional=partner.professional, mode__in=TAKES_PART
    ).first()
    copy = (
        Recipient.objects.not_taken_back()
        .filter(
            professional=partner.professional, circulation__version__minutes__discussion=partner.discussion
        )
        .annotate(family=F("circulation__version__content__family_sharing"))
        .order_by("-circulation__version__number")
        .first()
    )
    found = (
        [_minutes(partner, copy), _family(partner, copy), _given(partner)]
        if copy and copy.revoked_at is None
        else []
    )
    is_open = copy.revoked_at is None if copy else not _left_out(partner)
    if me is not None and is_open:
        found += [_record(partner)] if copy is None else []
        found += [_sign(partner, me, log), _agree(partner, me)]
    return [*found, *_actions(partner, now)]


def _left_out(partner: "Partner") -> bool:
    """Whether business support left them out of the minutes on purpose: then nothing of them is theirs."""
    return bool(Circulation.objects.left_out(partner.professional, partner.discussion).exists())


def _minutes(partner: "Partner", copy: Recipient) -> Task:
    href = reverse("minutes:partner_minutes", args=[partner.discussion.pk])
    if copy.acknowledged_at:
        return Task("Minutes", href, "", "You have them", "green")
    return Task(
        "Read the minutes", href, "Then say that you have them", "Opened" if copy.opened_at else "New", "blue"
    )


def _family(partner: "Partner", copy: Recipient) -> Task:
    """What the chair decided that the family is told, as the partner's copy has it (row C25)."""
    href = reverse("minutes:partner_minutes", args=[partner.discussion.pk]) + "#family"
    told = (copy.family or {}).get("told", "")  # type: ignore[attr-defined]  # annotated
    hint = told or "Nothing is decided: do not tell the family of this discussion"
    return Task("May you tell the family?", href, hint, "", "")


def _given(partner: "Partner") -> Task:
    href = reverse("minutes:partner_given", args=[partner.discussion.pk])
    return Task("What your agency said, and who has it", href, "", "", "")


def _record(partner: "Partner") -> Task:
    href = reverse("minutes:partner_minutes", args=[partner.discussion.pk])
    return Task(
        "Read the record", href, "As it stands; the chair has not authorised it yet", "Not final", "grey"
    )


def _sign(partner: "Partner", me: Attendance, log: ActionLog) -> Task:
    signed = Signature.objects.filter(attendance=me, document=log.document).order_by("pk").last()
    if signed is not None:
        return Task("Sign the action log", "", f"You signed it on {moment(signed.at)}", "Signed", "green")
    href = reverse("minutes:partner_sign", args=[partner.discussion.pk])
    return Task("Sign the action log", href, "", "Not signed yet", "blue")


def _agree(partner: "Partner", me: Attendance) -> Task:
    said = Agreement.objects.filter(attendance=me).first()
    href = reverse("minutes:partner_agree", args=[partner.discussion.pk])
    status = said.get_answer_display() if said else "No answer yet"
    hint = f"The chair {ANSWERED[said.accepted]}: {said.resolution}" if said and said.resolution else ""
    return Task("Agree the record", href, hint, status, "green" if said else "blue")


def _actions(partner: "Partner", now: datetime) -> list[Task]:
    mine = list(
        Action.objects.filter(
            minutes__discussion=partner.discussion, owner=partner.professional, agreed_at__isnull=False
        ).exclude(status=ActionStatus.STRUCK)
    )
    if not mine:
        return _offered(partner)
    open_ = [one for one in mine if one.status != ActionStatus.DONE]
    late = any(one.expected_at < now for one in open_)
    words = "1 action" if len(mine) == 1 else f"{len(mine)} actions"
    status = "All done" if not open_ else "Overdue" if late else f"{len(open_)} to do"
    href = reverse("minutes:partner_actions", args=[partner.discussion.pk])
    colour = "green" if not open_ else "red" if late else "blue"
    return [*_offered(partner), Task(f"My actions: {words}", href, "", status, colour)]


def _offered(partner: "Partner") -> list[Task]:
    rows = Reassignment.objects.waiting().filter(action__minutes__discussion=partner.discussion)
    number = rows.filter(to=partner.professional).count()
    href = reverse("minutes:partner_actions", args=[partner.discussion.pk])
    words = "An action is offered to you" if number == 1 else f"{number} actions are offered to you"
    return [Task(words, href, "Accept or decline", "No answer yet", "blue")] if number else []


def waiting(pairs: Pairs, now: datetime) -> list[Waiting]:
    """What waits of these partners after their discussions, in four statements however many there are."""
    discussions, people = {one for one, _ in pairs}, {one for _, one in pairs}
    copies = {
        (discussion, person): (acknowledged, revoked)
        for discussion, person, acknowledged, revoked in Recipient.objects.not_taken_back()
        .filter(professional__in=people, circulation__version__minutes__discussion__in=discussions)
        .order_by("circulation__version__number")
        .values_list(
            "circulation__version__minutes__discussion", "professional", "acknowledged_at", "revoked_at"
        )
    }
    to_read = [
        Waiting(discussion, person, "Read the minutes, and say that you have them")
        for (discussion, person), (acknowledged, revoked) in copies.items()
        if not (acknowledged or revoked)
    ]
    shut = {pair for pair, (_, revoked) in copies.items() if revoked}
    of_record = [
        one
        for one in _of_record(discussions, people, set(copies))
        if (one.discussion, one.professional) not in shut
    ]
    return [*to_read, *of_record, *_of_actions(discussions, people)]


def _of_record(discussions: set[int], people: set[int], have: set[tuple[int, int]]) -> list[Waiting]:
    """The latest action log to sign, and the record to agree while the round lasts.

    Nothing for whoever was left out of the minutes on purpose; `have`: who has a copy of which discussion.
    """
    log = ActionLog.objects.filter(minutes__discussion=OuterRef("discussion")).order_by("-number")
    document = Concat(Value("action-log:"), Cast(Subquery(log.values("pk")[:1]), CharField()))
    took_part = Attendance.objects.filter(
        discussion__in=discussions,
        professional__in=people,
        mode__in=TAKES_PART,
        discussion__minutes__action_logs__isnull=False,
    ).distinct()
    rows = took_part.annotate(document=document).annotate(
        signed=Exists(Signature.objects.filter(attendance=OuterRef("pk"), document=OuterRef("document"))),
        said=Exists(Agreement.objects.filter(attendance=OuterRef("pk"))),
        round_ended_at=F("discussion__minutes__round_ended_at"),
        left_out=Exists(Circulation.objects.left_out(OuterRef("professional"), OuterRef("discussion"))),
    )
    found = []
    for one in rows:
        if one.left_out and (one.discussion_id, one.professional_id) not in have:
            continue
        if not one.signed:
            found.append(Waiting(one.discussion_id, one.professional_id, "Sign the action log"))
        if not (one.said or one.round_ended_at):
            found.append(Waiting(one.discussion_id, one.professional_id, "Agree the record"))
    return found


def _of_actions(discussions: set[int], people: set[int]) -> list[Waiting]:
    """Their actions that are left, each by its number alone, and those they are offered."""
    left = Action.objects.left().filter(minutes__discussion__in=discussions, owner__in=people)
    offers = Reassignment.objects.waiting().filter(action__minutes__discussion__in=discussions, to__in=people)
    found = [
        Waiting(discussion, person, "Accept or decline an action")
        for discussion, person in offers.values_list("action__minutes__discussion", "to")
    ]
    return found + [
        Waiting(discussion, owner, f"Do action {number}", wanted_at)
        for discussion, owner, number, wanted_at in left.order_by("wanted_at").values_list(
            "minutes__discussion", "owner", "number", "wanted_at"
        )
    ]
