"""The letter that tells of deadlines: what to do, for which case, by when. No child's name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import Team, User
from deadlines.duties import DUTIES
from deadlines.models import Notice
from govuk.moments import duration, moment
from outbox.enums import Policy, Urgency
from outbox.models import Letter
from outbox.services import queue

KIND = "deadlines_digest"
MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a letter tells: a person, or a team by its mailbox."""

    user: User | None
    team: Team | None

    @property
    def email(self) -> str:
        """Where it goes."""
        return self.user.email if self.user else self.team.mailbox if self.team else ""

    @property
    def is_there(self) -> bool:
        """Whether a letter would still reach somebody."""
        return self.user.is_active if self.user else bool(self.email)

    @property
    def mine(self) -> str:
        """Which tellings are theirs, in SQL."""
        return f"telling.user_id {'= %(pk)s' if self.user else 'IS NULL AND telling.team_id = %(pk)s'}"

    @property
    def words(self) -> dict[str, Any]:
        """What that SQL wants to know."""
        one: Any = self.user or self.team
        return {"pk": one.pk, "who": f"{'user' if self.user else 'team'}:{one.pk}"}

    @property
    def name(self) -> str:
        """Whom it greets."""
        return self.user.name if self.user else str(self.team)


def digest(
    reader: Reader, notices: Sequence[Notice], *, breaches: int, warnings: int, at: datetime
) -> Letter:
    """Tell one reader everything that came up for them: how many, the most urgent in a line each, and a link.

    `notices` are the first of them, at most twenty, breaches before warnings.
    """
    return queue(
        KIND,
        to_email=reader.email,
        to_name=reader.name,
        to_ref=reader.user or reader.team,
        context={
            "lines": [_line(one, at) for one in notices],
            "more": breaches + warnings - len(notices),
            "breaches": breaches,
            "warnings": warnings,
        },
        by=None,
        at=at,
        subject=f"digest:{reader.words['who']}",
        urgency=Urgency.URGENT if breaches else Urgency.NORMAL,
        policy=Policy.DROP,
    )


def _line(notice: Notice, at: datetime) -> dict[str, Any]:
    clock = notice.deadline
    title = DUTIES[clock.duty].title if clock.duty in DUTIES else clock.duty
    late = notice.due_at < at
    how = f"{duration(at - notice.due_at)} late" if late else f"{duration(notice.due_at - at)} left"
    return {
        "reference": clock.case.reference,
        "verb": clock.verb,
        "title": title,
        "due": moment(notice.due_at),
        "how": how,
        "is_late": late,
        "owner": clock.owner.name if clock.owner else clock.owner_team.name if clock.owner_team else "",
    }
