"""What a later discussion begins with: what the enquiries found so far, and the actions still open (W15)."""

from typing import Any

from django.db.models import Prefetch

from cases.models import Child
from deadlines.working_days import local_date
from govuk.moments import long_date, moment
from minutes.enums import ActionStatus
from minutes.models import Action
from strategy.enums import MEETINGS, DiscussionStatus, Told
from strategy.models import ChildSeen, Discussion, Enquiry
from strategy.rules.enquiries import national


def follows(discussion: Discussion) -> bool:
    """Whether this is the meeting after a discussion, of the same request, that was none (row W14)."""
    if not discussion.is_meeting or discussion.number < 2:
        return False
    earlier = Discussion.objects.filter(request=discussion.request_id, number__lt=discussion.number)
    return earlier.filter(status=DiscussionStatus.ENDED).exclude(format__in=MEETINGS).exists()


def found_so_far(discussion: Discussion) -> list[dict[str, Any]]:
    """Child by child: the section 47 enquiry, who leads it, whether the child was seen, and its outcome.

    Of the enquiries that earlier discussions began; in words, so that a version keeps what was known.
    """
    begun = Enquiry.objects.filter(
        discussion__case=discussion.case_id, discussion__number__lt=discussion.number
    )
    kept: Prefetch[Any, Any, Any] = Prefetch(
        "enquiries", begun.with_delay().select_related("lead").order_by("pk")
    )
    seen = Prefetch("sightings", ChildSeen.objects.order_by("at"))
    return [_of(child) for child in discussion.request.children.prefetch_related(kept, seen).order_by("pk")]


def carried_over(discussion: Discussion) -> list[dict[str, Any]]:
    """The actions of the case's earlier discussions that are not done, each with how it stands."""
    standing = (ActionStatus.OPEN, ActionStatus.BLOCKED)
    actions = Action.objects.filter(
        minutes__discussion__case=discussion.case_id,
        minutes__discussion__number__lt=discussion.number,
        status__in=standing,
    ).select_related("owner__agency", "minutes__discussion")
    return [
        {
            "id": one.pk,
            "discussion_id": one.minutes.discussion_id,
            "discussion": one.minutes.discussion.number,
            "number": one.number,
            "child_id": one.child_id,
            "text": one.text,
            "owner": one.owner.name,
            "owner_agency": one.owner.agency.name,
            "due": moment(one.expected_at),
            "due_at": one.expected_at.isoformat(),
            "status": one.get_status_display(),
            "blocked_reason": one.blocked_reason,
        }
        for one in actions.order_by("minutes__discussion__number", "number")
    ]


def told_of_earlier(discussion: Discussion) -> dict[str, Any]:
    """What a record keeps of the case's earlier discussions beside its texts; nothing for a first one.

    Under `follow_up` for the meeting after a telephone discussion, which asks for findings, too; else under
    `earlier`, where an enquiry was begun or an action is still open.
    """
    if discussion.number < 2:
        return {}
    told = {"enquiries": found_so_far(discussion), "carried_over": carried_over(discussion)}
    if follows(discussion):
        return {"follow_up": told}
    begun = any(one["kind"] for one in told["enquiries"])
    return {"earlier": told} if begun or told["carried_over"] else {}


def _of(child: Child) -> dict[str, Any]:
    held = list(child.enquiries.all())
    enquiry = held[-1] if held else None
    sightings = [one for one in child.sightings.all() if enquiry is None or one.at >= enquiry.started_at]
    return {
        "child_id": child.pk,
        "child": child.name,
        "opened": moment(enquiry.started_at) if enquiry else "",
        "kind": enquiry.get_kind_display() if enquiry else "",
        "lead": enquiry.leads if enquiry else "",
        "seen": _seen(sightings[-1]) if sightings else "Not recorded as seen",
        "outcome": _outcome(enquiry) if enquiry else "",
        "conference": _conference(enquiry) if enquiry else "",
        "national": _national(enquiry) if enquiry else {},
    }


def _seen(seen: ChildSeen) -> str:
    how = seen.get_how_display()
    alone = f"seen alone: {seen.get_alone_display().lower()}"
    return f"{moment(seen.at)}, by {seen.seen_by}. {how}; {alone}"


def _outcome(enquiry: Enquiry) -> str:
    if enquiry.closed_at is None:
        return "Still going on"
    said = ". ".join(filter(None, [enquiry.outcome_words, enquiry.closed_reason]))
    return f"Ended {moment(enquiry.closed_at)}: {said}"


def _conference(enquiry: Any) -> str:
    """Held, not required, or still to come; with the delay that was agreed for it."""
    if enquiry.conference_on is not None:
        plan = {Told.YES: "; a plan was made", Told.NO: "; no plan was made"}.get(enquiry.conference_plan, "")
        return f"Held on {long_date(enquiry.conference_on)}{plan}"
    if enquiry.conference_not_required:
        if enquiry.not_required_at is None:  # before it was asked who decided
            return "Not required"
        who = f"{enquiry.not_required_by}, {enquiry.not_required_role}"
        return (
            f"Not required: decided by {who}, {moment(enquiry.not_required_at)}. {enquiry.not_required_why}"
        )
    if enquiry.delayed_to is not None:
        return f"Later than its limit, on {long_date(enquiry.delayed_to)}, as agreed: {enquiry.delayed_why}"
    return "Not held yet"


def _national(enquiry: Enquiry) -> dict[str, Any]:
    """The same for a machine, under the names of the national datasets."""
    return national(
        started=local_date(enquiry.started_at),
        conference_on=enquiry.conference_on,
        not_required=enquiry.conference_not_required,
        plan=enquiry.conference_plan,
        outcomes=enquiry.outcomes,
        comments=enquiry.closed_reason,
    )
