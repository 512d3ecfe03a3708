"""The letter that tells of deadlines: what to do, for which case, by when. No child's name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import Team, User
from deadlines.duties import DUTIES
from deadlines.enums import NoticeKind
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
    def name(self) -> str:
        """Whom it greets."""
        return self.user.name if self.user else str(self.team)


def digest(reader: Reader, notices: Sequence[Notice], *, at: datetime) -> Letter:
    """Tell one reader everything that came up for them: breaches first, at most twenty lines and a link."""
    breaches = sum(one.kind == NoticeKind.BREACH for one in notices)
    return queue(
        KIND,
        to_email=reader.email,
        to_name=reader.name,
        to_ref=reader.user or reader.team,
        context={
            "lines": [_line(one, at) for one in notices[:MOST_LINES]],
            "more": max(len(notices) - MOST_LINES, 0),
            "breaches": breaches,
            "warnings": len(notices) - breaches,
        },
        by=None,
        at=at,
        subject=f"digest:{'user' if reader.user else 'team'}:{(reader.user or reader.team).pk}",  # type: ignore[union-attr]
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
