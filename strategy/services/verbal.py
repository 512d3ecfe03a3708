"""A manager authorises by word of mouth; it is written down, and countersigned or denied (row W17)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from audit.errors import MoveNotAllowed, Refused, refuse
from audit.services import record
from cases.enums import AccessPurpose
from cases.services import grant
from deadlines.duties import register_duty
from deadlines.enums import ClockState, Duty
from deadlines.models import Deadline
from deadlines.rules import by_limit
from deadlines.services import meet, open_clock, reopen, void
from deadlines.working_days import england
from strategy import events, letters, permissions, workflow
from strategy.clocks import AUTHORISE_REQUEST, keep_clocks
from strategy.enums import DiscussionStatus, Status
from strategy.models import Authorisation, StrategyRequest, VerbalAuthorisation
from strategy.people import second_authoriser, support_team, whose_answer
from strategy.rules.afterwards import problem_with_word
from strategy.services import police
from strategy.services.answers import pass_on_authorised

COUNTERSIGN = register_duty(
    "countersign_authorisation", "Countersign your verbal authorisation", "Countersign"
)
UNAUTHORISED = register_duty(
    "decide_unauthorised", "Decide on a discussion that nobody authorised", "Decide on the authorisation"
)
WENT_AHEAD = (Status.BOOKED, Status.HELD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verbal:
    """Who authorised by word of mouth, when, and in which words."""

    manager: User
    said_at: datetime
    words: str


@transaction.atomic
def authorise_verbally(
    request: StrategyRequest,
    told: Verbal,
    *,
    by: User,
    at: datetime,
    ended_at: datetime | None = None,
) -> StrategyRequest:
    """Write down that a manager authorised by word of mouth, with the real time; they must countersign.

    1. Lock the request; who writes it down must be one who asks, the manager one who may authorise it: never
       whoever asked, and never whoever writes it down.
    2. It was said after what came in, not in the future, and not after `ended_at`, when the discussion that
       had been held already ended; their words are asked for.
    3. Write it as theirs; the request goes on as any that is authorised. A clock runs until they countersign.
    4. Tell the manager. What was held already nobody is asked to book.
    Raises NotAllowed, MoveNotAllowed, Refused at `manager`, `said_at` or `words`.
    """
    wanted: StrategyRequest = StrategyRequest.objects.lock(request)
    refuse(permissions.refusal_to_see(by, wanted.case) or permissions.refusal_to_request(by, at))
    workflow.REQUEST.check_move(wanted.status, Status.AUTHORISED, workflow.AUTHORISES)
    for field, sentence in problems_with_word(wanted, told, by=by, at=at, ended_at=ended_at).items():
        raise Refused(field, sentence)
    word = VerbalAuthorisation.objects.create(
        request=wanted, manager=told.manager, words=told.words.strip(), by=by, at=told.said_at
    )
    _authorise(wanted, told.manager, "", told.said_at)
    why = "Authorised by word of mouth"
    grant(wanted.case, user=told.manager, purpose=AccessPurpose.MANAGES, why=why, by=by, at=at)
    pass_on_authorised(wanted, by=by, at=told.said_at, tell=ended_at is None)
    because = "What was authorised by word of mouth must be countersigned"
    clock = _open(wanted, COUNTERSIGN, told.manager, because, word.at, by=by, at=at)
    letters.to_countersign(wanted, word, clock.due_at, by=by, at=at)
    data = {"manager": f"user:{told.manager.pk}"}
    record(events.AUTHORISED_VERBALLY, wanted.case, subject=wanted.subject, by=by, at=told.said_at, data=data)
    return wanted


def problems_with_word(
    wanted: StrategyRequest, told: Verbal, *, by: User, at: datetime, ended_at: datetime | None = None
) -> dict[str, str]:
    """Each field of a manager's word that cannot stand, with its sentence: a page shows them all at once."""
    found: dict[str, str] = {}
    if told.manager.pk == by.pk:
        found["manager"] = "You cannot write down your own word: whoever authorises is somebody else"
    elif not told.manager.is_active:
        found["manager"] = f"{told.manager}’s account is closed: choose who authorised it"
    elif reason := permissions.refusal_to_authorise(told.manager, wanted, told.said_at):
        own = told.manager.pk in wanted.asked_by_ids
        found["manager"] = f"{told.manager} asked for this discussion" if own else reason
    if wrong := problem_with_word(told.said_at, wanted.referral.triggered_at, ended_at, at):
        found["said_at"] = wrong
    if not told.words.strip():
        found["words"] = "Enter what the manager said, in their words"
    return found


@transaction.atomic
def countersign(
    request: StrategyRequest, *, was_given: bool, reason: str = "", by: User, at: datetime
) -> VerbalAuthorisation:
    """The manager confirms what was written down of their word, or says that they did not give it, and why.

    1. Lock the request; only that manager, and once.
    2. Either answer ends their clock, and stays on record beside what was written down.
    3. Denied, no authorisation stands any more. What is not booked yet waits to be authorised again, and its
       clock to be authorised runs on, due when it was. What is booked or held stays as it is, since it
       protects a child or has happened: another manager decides on it, with a clock of their own.
    4. Whoever wrote it down, who asked, the heads of service, and who decides now are told; the ledger.
    Raises NotAllowed, MoveNotAllowed, and Refused at `reason`.
    """
    wanted: StrategyRequest = StrategyRequest.objects.lock(request)
    word = word_of(wanted)
    if word is None:
        raise MoveNotAllowed("Nobody authorised this request by word of mouth.")
    refuse(
        permissions.refusal_to_see(by, wanted.case)
        or permissions.refusal_to_countersign(by, wanted, word, at)
    )
    if not word.is_open:
        raise MoveNotAllowed("This has been answered already. Look at the request again.")
    if not was_given and not reason.strip():
        raise Refused("reason", "Enter what is not so: it stands on the record beside what was written down")
    word.was_given, word.reason = was_given, "" if was_given else reason.strip()
    word.answered_by, word.answered_at = by, at
    word.save(update_fields=["was_given", "reason", "answered_by", "answered_at"])
    for clock in Deadline.objects.running().of(wanted.subject, COUNTERSIGN):
        meet(clock, by=by, at=at)
    letters.no_longer_to_countersign(wanted, by=by, at=at)
    if not was_given:
        _take_back(wanted, word, by, at)
    event = events.COUNTERSIGNED if was_given else events.AUTHORISATION_DENIED
    data = {} if was_given else {"reason": word.reason[:300]}
    record(event, wanted.case, subject=wanted.subject, by=by, at=at, data=data)
    return word


@transaction.atomic
def settle(
    request: StrategyRequest, *, authorises: bool, note: str, by: User, at: datetime
) -> VerbalAuthorisation:
    """A manager decides on a discussion that went ahead though nobody had authorised it.

    Authorised afterwards or not, what happened stands, and their reasons stand beside it. Raises NotAllowed,
    MoveNotAllowed unless one was booked or held without authorisation, Refused at `note`.
    """
    wanted: StrategyRequest = StrategyRequest.objects.lock(request)
    word = word_of(wanted)
    refuse(permissions.refusal_to_see(by, wanted.case) or permissions.refusal_to_settle(by, wanted, at))
    if word is None or not is_unsettled(wanted, word):
        raise MoveNotAllowed("There is nothing to decide on here any more. Look at the request again.")
    if not note.strip():
        raise Refused("note", "Enter what you decide about it, and why")
    words = "Authorised afterwards" if authorises else "Not authorised"
    word.settled_by, word.settled_at, word.settled_how = by, at, f"{words}: {note.strip()}"
    word.save(update_fields=["settled_by", "settled_at", "settled_how"])
    if authorises:
        _authorise(wanted, by, word.settled_how, at)
    for clock in Deadline.objects.running().of(wanted.subject, UNAUTHORISED):
        meet(clock, by=by, at=at)
    data = {"authorised": authorises, "note": note.strip()[:300]}
    record(events.SETTLED, wanted.case, subject=wanted.subject, by=by, at=at, data=data)
    return word


def back_from_booking(wanted: StrategyRequest, *, by: User, at: datetime) -> Status:
    """Where a locked request goes whose booking is cancelled: to its manager, if none has authorised it.

    One that was held before goes back to that: the follow-up meeting may be booked again (row W14).
    """
    if wanted.discussions.filter(status=DiscussionStatus.ENDED).exists():
        return Status.HELD
    word = word_of(wanted)
    if word is None or not word.is_denied or Authorisation.objects.filter(request=wanted).exists():
        return Status.AUTHORISED
    for clock in Deadline.objects.running().of(wanted.subject, UNAUTHORISED):
        void(clock, reason="The booking was cancelled: the request waits for its manager", by=by, at=at)
    _run_again(wanted, by, at)
    return Status.SUBMITTED


def word_of(wanted: StrategyRequest) -> VerbalAuthorisation | None:
    """The last that was written down of a manager's word for this request, or None."""
    rows = VerbalAuthorisation.objects.filter(request=wanted).order_by("-pk")
    return rows.select_related("manager", "by", "answered_by", "settled_by").first()


def is_unsettled(wanted: StrategyRequest, word: VerbalAuthorisation) -> bool:
    """Whether a discussion went ahead on a word that was denied, and no manager has decided on it yet."""
    return word.is_denied and word.settled_at is None and wanted.status in WENT_AHEAD


def _take_back(wanted: StrategyRequest, word: VerbalAuthorisation, by: User, at: datetime) -> None:
    Authorisation.objects.filter(request=wanted).delete()
    decides: User | None = None
    if wanted.status == Status.AUTHORISED:
        workflow.REQUEST.check_move(wanted.status, Status.SUBMITTED)
        wanted.status = Status.SUBMITTED
        wanted.version += 1
        wanted.save(update_fields=["status", "version"])
        letters.no_longer_to_book(wanted, by=by, at=at)
        police.call_off(wanted, "denied", by=by, at=at)
        _run_again(wanted, by, at)
        keep_clocks(wanted.referral, by=by, at=at)
    elif wanted.status in WENT_AHEAD:
        decides = _who_decides(wanted, by, at)
        why = "Decides on a discussion that nobody authorised"
        grant(wanted.case, user=decides, purpose=AccessPurpose.MANAGES, why=why, by=by, at=at)
        because = "A discussion went ahead without authorisation: a manager decides on it"
        _open(wanted, UNAUTHORISED, decides, because, at, by=by, at=at)
    team = support_team(wanted.case) if wanted.status == Status.SUBMITTED else None
    letters.authorisation_denied(wanted, word, decides, team, by=by, at=at)


def _who_decides(wanted: StrategyRequest, denied_by: User, at: datetime) -> User:
    """The team's manager; where they denied it, the next who may; with nobody else, they after all."""
    manager = wanted.case.team.manager
    if manager is None or manager.pk == denied_by.pk or not manager.is_active:
        return second_authoriser(wanted, denied_by) or denied_by
    may = permissions.power_to_authorise(manager, wanted, at) is not None
    return manager if may else second_authoriser(wanted, denied_by) or denied_by


def _run_again(wanted: StrategyRequest, by: User, at: datetime) -> None:
    """The clock to be authorised runs again, due when it was: nothing has answered the request.

    Whose turn that is hears of it, since the letter that asked them was taken back; not who brought it about.
    """
    clocks = Deadline.objects.of(wanted.subject, AUTHORISE_REQUEST)
    last = clocks.filter(state=ClockState.MET).order_by("-starts_at", "-pk").first()
    if last is not None and not clocks.running().exists():
        reopen(last, reason="The manager says that they gave no authorisation", by=by, at=at)
    waits = whose_answer(wanted)
    if waits is not None and waits.pk != by.pk:
        letters.request_submitted(wanted, [waits], by=wanted.requester, at=at)


def _authorise(wanted: StrategyRequest, manager: User, note: str, at: datetime) -> None:
    power = permissions.power_to_authorise(manager, wanted, at)
    Authorisation.objects.create(
        request=wanted,
        requester=wanted.requester,
        acting_for=power if power is not None and power.pk != manager.pk else None,
        note=note,
        by=manager,
        at=at,
    )


def _open(
    wanted: StrategyRequest, duty: str, owner: User, because: str, start: datetime, *, by: User, at: datetime
) -> Deadline:
    setting = wanted.protocol.rules.countersign_limit  # also for what nobody authorised (row W17)
    answer = by_limit(Duty.CONVENE, setting.value, start, because, setting.source, england())
    return open_clock(
        case=wanted.case,
        subject=wanted.subject,
        answer=answer,
        duty=duty,
        owner=owner,
        protocol=wanted.protocol.rules,
        by=by,
        at=at,
    )
