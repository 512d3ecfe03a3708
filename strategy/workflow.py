"""How a request and a discussion move, and whose turn it is. `docs/states.md` is printed from this."""

from cases.workflow import Workflow
from strategy.enums import DiscussionStatus, Status

S = Status
D = DiscussionStatus

SUBMITS = ("submit", "submit again")
AUTHORISES = "authorise"

REQUEST = Workflow(
    name="strategy request",
    states=dict(Status.choices),
    start=S.DRAFT,
    moves={
        (S.DRAFT, S.SUBMITTED): SUBMITS[0],
        (S.DRAFT, S.WITHDRAWN): "withdraw",
        (S.DRAFT, S.NOT_NEEDED): "decide that no discussion is needed",
        (S.SUBMITTED, S.AUTHORISED): AUTHORISES,
        (S.SUBMITTED, S.RETURNED): "return with reasons",
        (S.SUBMITTED, S.WITHDRAWN): "withdraw",
        (S.SUBMITTED, S.NOT_NEEDED): "decide that no discussion is needed",
        (S.RETURNED, S.SUBMITTED): SUBMITS[1],
        (S.RETURNED, S.WITHDRAWN): "withdraw",
        (S.RETURNED, S.NOT_NEEDED): "decide that no discussion is needed",
        (S.AUTHORISED, S.BOOKED): "book",
        (S.AUTHORISED, S.WITHDRAWN): "withdraw",
        (S.AUTHORISED, S.SUBMITTED): "say that no authorisation was given by word of mouth",
        (S.BOOKED, S.AUTHORISED): "cancel the booking",
        (S.BOOKED, S.SUBMITTED): "cancel the booking of what nobody authorised",
        (S.BOOKED, S.HELD): "hold, or cancel the booking of the follow-up meeting",
        (S.HELD, S.BOOKED): "book the follow-up meeting",
    },
    turn={
        S.DRAFT: "the requester",
        S.SUBMITTED: "the manager who authorises",
        S.RETURNED: "the requester",
        S.AUTHORISED: "business support",
        S.BOOKED: "the chair",
        S.HELD: "nobody: the record carries on; business support where a follow-up meeting is owed",
        S.WITHDRAWN: "nobody: it has ended",
        S.NOT_NEEDED: "nobody: it has ended",
    },
)

DISCUSSION = Workflow(
    name="discussion",
    states=dict(DiscussionStatus.choices),
    start=D.PLANNED,
    moves={
        (D.PLANNED, D.STARTED): "start",
        (D.PLANNED, D.CANCELLED): "cancel",
        (D.STARTED, D.ENDED): "close",
    },
    turn={
        D.PLANNED: "the chair",
        D.STARTED: "the chair",
        D.ENDED: "nobody: the record carries on",
        D.CANCELLED: "nobody: it has ended",
    },
)
