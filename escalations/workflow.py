"""How an escalation and its rungs move, and whose turn it is. `docs/states.md` is printed from this."""

from cases.workflow import Workflow
from escalations.enums import EscalationStatus, StageStatus

E = EscalationStatus
S = StageStatus

ESCALATION = Workflow(
    name="escalation",
    states=dict(EscalationStatus.choices),
    start=E.OPEN,
    moves={(E.OPEN, E.RESOLVED): "resolve", (E.OPEN, E.WITHDRAWN): "withdraw"},
    turn={
        E.OPEN: "the owner of its open rung",
        E.RESOLVED: "nobody: it has ended",
        E.WITHDRAWN: "nobody: it has ended",
    },
)

STAGE = Workflow(
    name="rung of an escalation",
    states=dict(StageStatus.choices),
    start=S.WAITING,
    moves={
        (S.WAITING, S.ANSWERED): "record the answer",
        (S.WAITING, S.RESOLVED): "resolve",
        (S.WAITING, S.MOVED_UP): "move up",
        (S.WAITING, S.WITHDRAWN): "withdraw",
        (S.ANSWERED, S.RESOLVED): "resolve",
        (S.ANSWERED, S.MOVED_UP): "move up",
        (S.ANSWERED, S.WITHDRAWN): "withdraw",
    },
    turn={
        S.WAITING: "the agency it was raised with, followed by the rung’s owner",
        S.ANSWERED: "whoever raised it",
        S.RESOLVED: "nobody: it has ended",
        S.MOVED_UP: "nobody: the next rung carries on",
        S.WITHDRAWN: "nobody: it has ended",
    },
)
