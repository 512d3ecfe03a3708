"""Which open escalations are about a child: none leaves the case or the discussion under one."""

from cases.models import Child
from escalations.models import Escalation
from govuk.moments import moment
from minutes.models import Action
from strategy.hooks import Running

ACTION = "action:"


def open_about(child: Child) -> list[Running]:
    """The open escalations about a child: by its action, else its discussion, else the whole case."""
    rows = Escalation.objects.ongoing().filter(case=child.case_id).select_related("against")
    return [
        Running(
            f"An escalation with {one.against.name} is open since {moment(one.raised_at)}",
            one.get_absolute_url(),
            "Go to the escalation",
        )
        for one in rows
        if _is_about(one, child)
    ]


def _is_about(one: Escalation, child: Child) -> bool:
    if one.about.startswith(ACTION):
        action = Action.objects.filter(pk=one.about.removeprefix(ACTION)).exclude(child=None).first()
        if action is not None:
            return action.child_id == child.pk
    if one.discussion_id is None:
        return True
    return child.requests.filter(discussions=one.discussion_id).exists()
