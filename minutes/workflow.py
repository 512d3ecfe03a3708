"""How the record and an action move, and whose turn it is. `docs/states.md` is printed from this."""

from cases.workflow import Workflow
from minutes.enums import ActionStatus, MinutesStatus

M = MinutesStatus
A = ActionStatus

HANDS_ON, HANDS_BACK = "hand to the chair", "return to business support"
MENDS = ("mend before it is circulated", "correct in a new version")

MINUTES = Workflow(
    name="record",
    states=dict(MinutesStatus.choices),
    start=M.OPENED,
    moves={
        (M.OPENED, M.LIVE): "start the discussion",
        (M.LIVE, M.AGREED): "agree at the end",
        (M.AGREED, M.WITH_CHAIR): HANDS_ON,
        (M.WITH_CHAIR, M.AGREED): HANDS_BACK,
        (M.WITH_CHAIR, M.AUTHORISED): "authorise",
        (M.AUTHORISED, M.CIRCULATED): "circulate",
        (M.AUTHORISED, M.WITH_CHAIR): MENDS[0],
        (M.CIRCULATED, M.WITH_CHAIR): MENDS[1],
    },
    turn={
        M.OPENED: "the chair",
        M.LIVE: "the chair and the minute-taker",
        M.AGREED: "business support",
        M.WITH_CHAIR: "the chair",
        M.AUTHORISED: "business support",
        M.CIRCULATED: "business support, until it is filed",
    },
)

ACTION = Workflow(
    name="action",
    states=dict(ActionStatus.choices),
    start=A.OPEN,
    moves={
        (A.OPEN, A.DONE): "mark as done",
        (A.OPEN, A.BLOCKED): "say what blocks it",
        (A.OPEN, A.STRUCK): "strike out",
        (A.BLOCKED, A.OPEN): "take up again",
        (A.BLOCKED, A.DONE): "mark as done",
        (A.BLOCKED, A.STRUCK): "strike out",
    },
    turn={
        A.OPEN: "its owner",
        A.BLOCKED: "its owner and the chair",
        A.DONE: "nobody: it has ended",
        A.STRUCK: "nobody: it has ended",
    },
)
