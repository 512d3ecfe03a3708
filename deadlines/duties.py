"""What each duty is called. Rooms register the clocks they own; this room knows only names."""

from __future__ import annotations

from dataclasses import dataclass

from deadlines.enums import Duty


@dataclass(frozen=True, slots=True)
class DutyName:
    """A duty's stored name, its title on pages, and the verb that says what to do."""

    name: str
    title: str
    verb: str


class UnknownDutyError(LookupError):
    """A clock was asked for under a name that no room has registered: a mistake in the code."""


DUTIES: dict[str, DutyName] = {}


def register_duty(name: str, title: str, verb: str) -> str:
    """Make a duty known and return its name. Raises ValueError when the name already means something else."""
    wanted = DutyName(str(name), title, verb)
    if DUTIES.setdefault(str(name), wanted) != wanted:
        raise ValueError(f"{name} is already registered as {DUTIES[str(name)].title!r}")
    return str(name)


def duty_name(name: str) -> DutyName:
    """The registered duty; raises `UnknownDutyError`."""
    try:
        return DUTIES[str(name)]
    except KeyError:
        raise UnknownDutyError(f"no room has registered the duty {name!r}") from None


register_duty(Duty.CONVENE, "Hold the strategy discussion", "Hold")
register_duty(Duty.IMMEDIATE_PROTECTION_DECISION, "Decide on immediate protection", "Decide")
register_duty(Duty.CHILD_SEEN, "See and speak to the child", "See the child")
register_duty(Duty.FOLLOW_UP_MEETING, "Hold the follow-up meeting", "Book")
register_duty(Duty.CIRCULATE_MINUTES, "Circulate the minutes", "Circulate")
register_duty(Duty.ICPC, "Hold the child protection conference", "Arrange the conference")
register_duty(Duty.ASSESSMENT, "Finish the assessment", "Finish the assessment")
register_duty(Duty.ACTION, "Do what was agreed", "Do")
register_duty(Duty.ESCALATION_STAGE, "Answer the escalation", "Answer")
