"""Which open escalations are about a child: none leaves the case or the discussion under one."""

from cases.models import Child
from escalations.models import Escalation
from govuk.moments import moment
from minutes.models import Action
from strategy.hooks import Running

ACTION = "action:"


def open_about(child: Child) -> list[Running]:
    """The open escalations about a child: by its action, else its discussion, else the whole case."""
    rows = Escalation.objects.ongoing().filter(case=child.case_id).select_related("against", "discussion")
    return [
        Running(
            f"An escalation with {one.against.name} is open since {moment(one.raised_at)}: "
            f"{one.get_cause_display().lower()}. {of}",
            one.get_absolute_url(),
            "Go to the escalation",
        )
        for one in rows
        if (of := _about(one, child))
    ]


def _about(one: Escalation, child: Child) -> str:
    """Why it keeps this child, in a sentence without its stop; "" for an escalation about others."""
    if one.about.startswith(ACTION):
        action = Action.objects.filter(pk=one.about.removeprefix(ACTION)).exclude(child=None).first()
        if action is not None:
            return f"It is about an action for {child.name}" if action.child_id == child.pk else ""
    if one.discussion is None:
        return "It is about the whole case, so until it is resolved or withdrawn no child leaves"
    if not child.requests.filter(discussions=one.discussion).exists():
        return ""
    return (
        f"It is about discussion {one.discussion.number} and names no child, so until it is resolved or "
        "withdrawn no child of that discussion leaves"
    )
