"""Who may do what with a request: a sentence when not, nothing when so.

Pages fetch through `visible_to`, so these ask only for the power; services ask `refusal_to_see` as well.
"""

from datetime import datetime

from django.db.models import Q

from accounts.models import Team, User
from accounts.permissions import may_as, powers, refusal_unless, who_may
from accounts.roles import ROLES, Permission, permissions_of
from cases.models import Case
from cases.permissions import refusal_to_change
from deadlines.models import Deadline
from strategy import closing
from strategy.enums import FOLLOWS, DiscussionStatus, Section
from strategy.models import Booking, Decision, Enquiry, StrategyRequest, VerbalAuthorisation
from strategy.people import SUPPORT

TAKES_OVER = frozenset({Permission.REQUEST_DISCUSSION, Permission.DECIDE_PROTECTION})
NO_ACCESS = "You cannot do this: you have not been given access to the case."


def refusal_to_see(user: User, case: Case) -> str | None:
    """Nothing is done by somebody who may not see the case."""
    return None if Case.objects.visible_to(user).filter(pk=case.pk).exists() else NO_ACCESS


def refusal_to_request(user: User, at: datetime) -> str | None:
    """Discussions are asked for by social workers and their managers."""
    return refusal_unless(user, Permission.REQUEST_DISCUSSION, "ask for a strategy discussion", at)


def refusal_to_write(user: User, wanted: StrategyRequest, section: str, at: datetime) -> str | None:
    """Those who ask write in it until it is submitted; what may follow, until the record is authorised."""
    if reason := refusal_to_request(user, at):
        return reason
    if wanted.is_open_to_change:
        return None
    status = wanted.get_status_display().lower()
    if wanted.status not in FOLLOWS.get(Section(section), ()):
        return f"This request is “{status}” now, so this section can no longer change."
    if closing.is_closed(wanted):
        return "The record of the discussion is authorised, so nothing more can be added to the request."
    return None


def refusal_to_withdraw(user: User, wanted: StrategyRequest, at: datetime) -> str | None:
    """Who asked may withdraw; so may whoever may authorise, for a requester who has left."""
    if user.pk in wanted.asked_by_ids:
        return None
    if power_to_authorise(user, wanted, at) is not None:
        return None
    return f"Only {wanted.requester} may withdraw this request, or the manager who would authorise it."


def power_to_authorise(user: User, wanted: StrategyRequest, at: datetime) -> User | None:
    """Return whose power lets this person authorise: theirs, or of somebody they act for; else None.

    The power of whoever asked for the discussion is never good for it, whoever borrows it (P11).
    """
    if user.pk in wanted.asked_by_ids:
        return None
    roles = [role.value for role in wanted.protocol.rules.request_authoriser_roles.value]
    for person in powers(user, at):
        if person.pk not in wanted.asked_by_ids and person.has_role(*roles):
            return person
    return None


def refusal_to_authorise(user: User, wanted: StrategyRequest, at: datetime) -> str | None:
    """Row W17: the roles that the procedure names, never whoever asked, also not by acting for another."""
    if user.pk in wanted.asked_by_ids:
        return "You asked for this discussion, so somebody else must authorise it."
    if power_to_authorise(user, wanted, at) is None:
        setting = wanted.protocol.rules.request_authoriser_roles
        who = " or ".join(_titles([role.value for role in setting.value])) or "nobody"
        own = "" if not _borrows_from_requester(user, wanted, at) else " You act for whoever asked for it."
        return f"Only {who} may authorise this request ({setting.source}).{own}"
    return None


def refusal_to_countersign(
    user: User, wanted: StrategyRequest, word: VerbalAuthorisation, at: datetime
) -> str | None:
    """Only the manager whose word it is; when they have left, whoever else might have authorised it.

    Never whoever wrote it down, and never whoever asked.
    """
    if user.pk == word.by_id:
        return "You wrote this down, so the manager who said it must countersign it."
    if user.pk == word.manager_id and user.is_active:
        return None
    if not word.manager.is_active:
        return refusal_to_authorise(user, wanted, at)
    return f"Only {word.manager} can say whether they authorised this."


def refusal_to_write_nights(user: User, at: datetime) -> str | None:
    """The page of the night is for those who do alone what by day is done by several."""
    if user.is_active and user.may(Permission.WRITE_NIGHTS):
        return None
    return (
        f"You cannot write the night’s page. {who_may(Permission.WRITE_NIGHTS)} "
        "By day, record a referral and ask for a discussion."
    )


def refusal_to_see_nights(user: User, at: datetime) -> str | None:
    """What came in at night is listed for whoever writes it, and for whoever may take it over."""
    if user.is_active and user.may(Permission.WRITE_NIGHTS):
        return None
    return refusal_to_take_over(user, at)


def refusal_to_take_over(user: User, at: datetime) -> str | None:
    """A night is taken over by somebody of the day: social workers and their managers.

    Whoever holds a role of the day beside emergency duty takes over in it.
    """
    by_day = permissions_of([name for name in user.roles if not _is_of_the_night(name)])
    if user.is_active and by_day & TAKES_OVER:
        return None
    if user.may(Permission.WRITE_NIGHTS):
        return "Somebody of the day takes over from the night, not emergency duty."
    return refusal_unless(user, Permission.DECIDE_PROTECTION, "take over from the night", at) and (
        f"You cannot take over from the night. This is for: {', '.join(_of_the_day())}."
    )


def refusal_to_settle(user: User, wanted: StrategyRequest, at: datetime) -> str | None:
    """What went ahead without authorisation is decided on by whoever might have authorised it."""
    return refusal_to_authorise(user, wanted, at)


def refusal_to_return(user: User, wanted: StrategyRequest, at: datetime) -> str | None:
    """Returned by whoever might have authorised."""
    return refusal_to_authorise(user, wanted, at)


def refusal_to_decide_not_needed(user: User, wanted: StrategyRequest, at: datetime) -> str | None:
    """A manager's decision: whoever might have authorised."""
    return refusal_to_authorise(user, wanted, at)


def refusal_to_answer(user: User, at: datetime) -> str | None:
    """What came in and nobody asks to discuss: those who ask, and managers, who may decide that none need."""
    return refusal_to_request(user, at) and refusal_to_decide_unasked(user, at)


def refusal_to_decide_unasked(user: User, at: datetime) -> str | None:
    """That nothing need be discussed is a manager's decision, also where nobody asked (rows W17, H12)."""
    return refusal_unless(user, Permission.AUTHORISE_REQUEST, "decide that no discussion is needed", at)


def refusal_to_decide_protection(user: User, wanted: StrategyRequest, at: datetime) -> str | None:
    """Row W32: the assessment practice manager with the police, or another manager who holds the power.

    Made in the discussion because nobody made it before, it is recorded there by whoever chairs.
    """
    chairs = wanted.discussions.filter(
        status=DiscussionStatus.STARTED, bookings__cancelled_at=None, bookings__chair=user
    )
    if user.is_active and chairs.exists():
        return None
    return refusal_unless(user, Permission.DECIDE_PROTECTION, "record this decision", at)


def refusal_to_support(user: User, case: Case, at: datetime) -> str | None:
    """Business support forwards requests to the police and logs the requester's call (rows W19, W21)."""
    what = "forward this request or record the call"
    return refusal_to_see(user, case) or refusal_unless(user, Permission.BOOK, what, at)


def refusal_to_nominate(user: User, at: datetime) -> str | None:
    """The officer of the day is named by a manager, or by whoever manages a business support team."""
    reason = refusal_unless(user, Permission.AUTHORISE_REQUEST, "name the officer of the day", at)
    manages = Team.objects.filter(manager=user, kind__in=SUPPORT) if user.is_active else Team.objects.none()
    return None if reason is None or manages.exists() else reason


def refusal_to_keep_places(user: User, at: datetime) -> str | None:
    """Rooms, lines and links are kept by administrators."""
    return refusal_unless(user, Permission.ADMINISTER, "keep rooms and lines", at)


def refusal_to_block_place(user: User, at: datetime) -> str | None:
    """Whoever finds a room flooded takes it out of use: business support, or an administrator."""
    reason = refusal_unless(user, Permission.BOOK, "take a room or line out of use", at)
    return reason and refusal_to_keep_places(user, at) and reason


def refusal_to_keep_lines(user: User, at: datetime) -> str | None:
    """Duty lines, their hours and what to do outside them are an administrator's."""
    return refusal_unless(user, Permission.ADMINISTER, "keep duty lines", at)


def refusal_to_lengthen(user: User, at: datetime) -> str | None:
    """Only a manager may move a running deadline later, and says why."""
    return refusal_unless(user, Permission.AUTHORISE_REQUEST, "move a deadline later", at)


def refusal_to_decide_no_conference(user: User, at: datetime) -> str | None:
    """That no conference is required is a manager's decision, whoever writes it down."""
    return refusal_unless(user, Permission.AUTHORISE_REQUEST, "decide that no conference is required", at)


def refusal_to_confirm(user: User, enquiry: Enquiry, clock: Deadline | None, at: datetime) -> str | None:
    """Only whose turn it is to say whether they decided it; once they have left, any who may decide it.

    Never whoever wrote it down.
    """
    if clock is None:
        return "Nothing was recorded in a manager’s name here, so there is nothing to confirm."
    if user.pk == enquiry.closed_by_id:
        return "You wrote this down, so the manager who decided it must confirm it."
    if clock.owner_id == user.pk and user.is_active:
        return None
    if clock.owner is None or not clock.owner.is_active:
        return refusal_to_decide_no_conference(user, at)
    return f"Only {clock.owner} can say whether they decided this."


def refusal_to_void(user: User, at: datetime) -> str | None:
    """Row W14: that something is not appropriate, or not needed, is a manager's to say, with the reason."""
    return refusal_unless(user, Permission.AUTHORISE_REQUEST, "say that this is not needed", at)


def refusal_to_record_power(user: User, case: Case, at: datetime) -> str | None:
    """Those who keep the family's details; while a discussion of it is held also who runs that (row C26).

    What the police say in the room is written down there and then, by whoever writes.
    """
    reason = refusal_to_change(user, case, at)
    if reason is None or refusal_to_see(user, case):
        return reason
    held = Booking.objects.filter(
        discussion__case=case, discussion__status=DiscussionStatus.STARTED, cancelled_at__isnull=True
    )
    if may_as(user, Permission.MINUTE, at) is None:
        mine = [one.pk for one in powers(user, at)]
        held = held.filter(Q(chair__in=mine) | Q(minute_taker__in=mine))
    return None if held.exists() else reason


def refusal_to_decide_later(user: User, decision: Decision, at: datetime) -> str | None:
    """Whoever chaired the discussion that deferred it, or a manager who authorises; deputies too."""
    booking = decision.discussion.bookings.filter(cancelled_at__isnull=True).select_related("chair").first()
    if booking is not None and any(one.pk == booking.chair_id for one in powers(user, at)):
        return None
    return refusal_unless(user, Permission.AUTHORISE_REQUEST, "decide for this child", at)


def _is_of_the_night(name: str) -> bool:
    return name in ROLES and Permission.WRITE_NIGHTS in ROLES[name].permissions


def _of_the_day() -> list[str]:
    """The roles that take over, by their titles."""
    return [
        role.title.lower()
        for name, role in ROLES.items()
        if role.permissions & TAKES_OVER and not _is_of_the_night(name)
    ]


def _borrows_from_requester(user: User, wanted: StrategyRequest, at: datetime) -> bool:
    return any(person.pk in wanted.asked_by_ids for person in powers(user, at))


def _titles(names: list[str]) -> list[str]:
    return [f"{_article(ROLES[name].title)} {ROLES[name].title.lower()}" for name in names if name in ROLES]


def _article(title: str) -> str:
    return "an" if title[0].lower() in "aeiou" else "a"
