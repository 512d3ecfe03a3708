"""Telling people of deadlines: whom, written with the sweep in one statement; by letter, a few minutes apart.

Half of the time left is told to whose turn it is; a fifth, or the last day, to their manager too; a breach
to the heads of service as well (`clocks.md`, enforcing).
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Team, User
from deadlines.enums import ClockState, NoticeKind
from deadlines.models import Notice
from deadlines.services import Teller
from escalations.letters import digest as letters
from escalations.models import Telling
from outbox import services as outbox

logger = logging.getLogger(__name__)

TASK = "escalations.tasks.send_digests"
QUEUE = "sweeps"
APART = timedelta(minutes=5)
MOST_READERS = 500

TO_MANAGERS = (NoticeKind.FIFTH, NoticeKind.LAST_DAY, NoticeKind.BREACH)

# Part of the sweep's one statement a batch: the owner, or the owning team (its mailbox, else each of its
# people); then the managers of the owner's teams and of the case's team; then every head of service. Nobody
# is told twice.
WRITE = f"""
WITH wanted AS (
  SELECT notice_id, owner_id AS user_id, NULL::bigint AS team_id FROM told WHERE owner_id IS NOT NULL
  UNION
  SELECT notice_id, NULL, team.id FROM told JOIN accounts_team team ON team.id = told.owner_team_id
  WHERE owner_id IS NULL AND team.mailbox <> ''
  UNION
  SELECT notice_id, member.user_id, NULL FROM told JOIN accounts_team team ON team.id = told.owner_team_id
  JOIN accounts_user_teams member ON member.team_id = team.id
  WHERE owner_id IS NULL AND team.mailbox = ''
  UNION
  SELECT notice_id, team.manager_id, NULL FROM told JOIN cases_case ON cases_case.id = told.case_id
  JOIN accounts_team team ON team.id = cases_case.team_id
  WHERE told.kind IN ({", ".join(repr(str(kind)) for kind in TO_MANAGERS)}) AND team.manager_id IS NOT NULL
  UNION
  SELECT notice_id, team.manager_id, NULL FROM told
  JOIN accounts_user_teams member ON member.user_id = owner_id
  JOIN accounts_team team ON team.id = member.team_id
  WHERE told.kind IN ({", ".join(repr(str(kind)) for kind in TO_MANAGERS)}) AND team.manager_id IS NOT NULL
  UNION
  SELECT notice_id, head.id, NULL FROM told
  JOIN accounts_user head ON head.roles @> ARRAY['head_of_service']::varchar[]
  WHERE kind = '{NoticeKind.BREACH}'
)
INSERT INTO escalations_telling (notice_id, user_id, team_id)
SELECT notice_id, wanted.user_id, wanted.team_id FROM wanted
LEFT JOIN accounts_user person ON person.id = wanted.user_id
WHERE wanted.user_id IS NULL OR person.is_active
"""

# Readers with something untold and no letter in the last minutes, those with a breach first.
READERS = """
SELECT telling.user_id, telling.team_id
FROM escalations_telling telling JOIN deadlines_notice notice ON notice.id = telling.notice_id
WHERE telling.told_at IS NULL AND NOT EXISTS (
  SELECT FROM escalations_telling earlier WHERE earlier.letter_id IS NOT NULL AND earlier.told_at > %(since)s
  AND earlier.user_id IS NOT DISTINCT FROM telling.user_id
  AND earlier.team_id IS NOT DISTINCT FROM telling.team_id
)
GROUP BY telling.user_id, telling.team_id
ORDER BY bool_or(notice.kind = 'breach') DESC, min(notice.due_at)
LIMIT %(limit)s
"""


TELLER = Teller("telling", WRITE, lambda: outbox.wake(TASK, QUEUE))


def send_digests(now: datetime | None = None, *, limit: int = MOST_READERS) -> int:
    """Write a letter to each reader who waits for one and got none for five minutes; returns how many.

    Most urgent first, one short transaction a reader. What was met or voided meanwhile is not told any more.
    Any number of workers may run at once.
    """
    moment = now or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(READERS, {"since": moment - APART, "limit": limit})
        readers: Sequence[tuple[int | None, int | None]] = cursor.fetchall()
    return sum(_tell_one(user, team, moment) for user, team in readers)


@transaction.atomic
def _tell_one(user_id: int | None, team_id: int | None, now: datetime) -> bool:
    mine = Telling.objects.filter(user=user_id, team=team_id)
    if mine.filter(letter__isnull=False, told_at__gt=now - APART).exists():
        return False
    waiting = list(mine.filter(told_at=None).select_for_update(skip_locked=True).values_list("pk", flat=True))
    notices = _open_notices(waiting)
    reader = letters.Reader(
        User.objects.filter(pk=user_id, is_active=True).first() if user_id else None,
        Team.objects.filter(pk=team_id).first() if team_id else None,
    )
    letter = letters.digest(reader, notices, at=now) if notices and reader.email else None
    told = Telling.objects.filter(pk__in=waiting)
    told.update(told_at=now)
    told.filter(notice__in=notices).update(letter=letter)
    return letter is not None


def _open_notices(tellings: list[int]) -> list[Notice]:
    """The notices still worth telling, breaches first, then by due moment; one a clock, its latest."""
    found = (
        Notice.objects.filter(tellings__in=tellings, deadline__state=ClockState.RUNNING)
        .select_related("deadline__case", "deadline__owner", "deadline__owner_team")
        .order_by("-pk")
    )
    latest: dict[int, Notice] = {}
    for one in found:
        latest.setdefault(one.deadline_id, one)
    return sorted(latest.values(), key=lambda one: (one.kind != NoticeKind.BREACH, one.due_at))
