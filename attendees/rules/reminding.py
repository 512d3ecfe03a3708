"""When somebody is to be reminded of what is asked of them: before it is due, after, and again.

Local defaults: the sources ask for action to be followed up (rows C28, G15) and for information to be chased
(W23), and say nothing of how often. The setting of a procedure has no such limit; these stand in for one.
"""

from datetime import datetime, timedelta

from deadlines.rules.schedule import FIRST_INSTANT
from deadlines.working_days import START_OF_BUSINESS, WorkingCalendar, at_local, local_date

LEAD = timedelta(days=1)  # long enough to do it, short enough not to be forgotten again
SETTLE = timedelta(minutes=30)  # whoever was asked just now is not reminded at once
APART = timedelta(hours=12)  # what fell due in the evening is not told again at nine the next morning


def latest_morning(now: datetime, calendar: WorkingCalendar) -> datetime:
    """The last nine o'clock, in London, of a working day up to `now`; in UTC."""
    day = local_date(now)
    while not calendar.is_working(day) or at_local(day, START_OF_BUSINESS) > now:
        day -= timedelta(days=1)
    return at_local(day, START_OF_BUSINESS)


def reminder_since(
    asked_at: datetime, due_at: datetime, now: datetime, morning: datetime | None = None
) -> datetime | None:
    """Since when the reminder that is wanted at `now` has been wanted; None before the first. All in UTC.

    Whoever was reminded since then has had it. The first is wanted a day before it is due, but never before
    half of the time has passed; the next once it is late; and with `morning` (`latest_morning`) again on each
    working day. Only the latest counts, so that what an outage missed is told once.
    """
    settled = asked_at + SETTLE
    if now <= due_at:
        since = max(due_at - LEAD, asked_at + (due_at - asked_at) / 2, settled)
    else:
        since = max(due_at + FIRST_INSTANT, settled)
        if morning is not None and morning >= since + APART:
            since = morning
    return since if since <= now else None
