"""What a later discussion begins with: what the enquiries found so far, and the actions still open (W15)."""

from typing import Any

from django.db.models import Prefetch

from cases.models import Child
from govuk.moments import long_date, moment
from minutes.enums import ActionStatus
from minutes.models import Action
from strategy.enums import MEETINGS, DiscussionStatus
from strategy.models import ChildSeen, Discussion, Enquiry


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
    kept: Prefetch[Any, Any, Any] = Prefetch("enquiries", begun.select_related("lead").order_by("pk"))
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
        "lead": _lead(enquiry) if enquiry else "",
        "seen": _seen(sightings[-1]) if sightings else "Not recorded as seen",
        "outcome": _outcome(enquiry) if enquiry else "",
        "conference": _conference(enquiry) if enquiry else "",
    }


def _lead(enquiry: Enquiry) -> str:
    return enquiry.lead.name + (f" and {enquiry.police_lead}" if enquiry.police_lead else "")


def _seen(seen: ChildSeen) -> str:
    return f"{moment(seen.at)}, by {seen.seen_by}"


def _outcome(enquiry: Enquiry) -> str:
    if enquiry.closed_at is None:
        return "Still going on"
    return f"Ended {moment(enquiry.closed_at)}: {enquiry.closed_reason}"


def _conference(enquiry: Enquiry) -> str:
    if enquiry.conference_on is not None:
        return f"Held on {long_date(enquiry.conference_on)}"
    return "Not required" if enquiry.conference_not_required else "Not held yet"
