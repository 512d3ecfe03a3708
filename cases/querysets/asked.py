"""A question that live pages ask all the time: its SQL is worked out once, and only its values change.

Working out who sees a case costs the ORM far more time than PostgreSQL needs to answer it.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db import connection, models

from accounts.roles import Permission

if TYPE_CHECKING:
    from accounts.models import User

NOBODY, NOTHING = -7_000_001, -7_000_002  # numbers that stand for the person and the row asked for
NEVER = datetime(1900, 1, 1, tzinfo=UTC)  # stands for the moment; a moment so long before it stays so


class Asked:
    """A queryset of a person, a number and a moment. Its rows are tuples, as PostgreSQL gives them.

    `build` may branch only on whether the person reads all cases, as `visible_to` does; no value of its own
    may equal a stand-in.
    """

    def __init__(self, build: Callable[["User", int, datetime], "models.QuerySet[Any, Any]"]) -> None:
        self.build = build
        self.known: dict[bool, tuple[str, tuple[Any, ...]]] = {}

    def rows(self, user: "User", number: int, at: datetime = NEVER) -> list[tuple[Any, ...]]:
        """Ask for this person; a closed account sees nothing."""
        if not user.is_authenticated or not user.is_active:
            return []
        reads_all = user.may(Permission.READ_ALL_CASES)
        if reads_all not in self.known:
            twin = get_user_model()(pk=NOBODY, roles=user.roles)
            self.known[reads_all] = self.build(twin, NOTHING, NEVER).query.sql_with_params()
        sql, values = self.known[reads_all]
        real = {NOBODY: user.pk, NOTHING: number}
        with connection.cursor() as cursor:
            cursor.execute(sql, [_real(one, real, at) for one in values])
            return cursor.fetchall()


def _real(value: Any, real: dict[int, int], at: datetime) -> Any:
    if isinstance(value, datetime):
        return at + (value - NEVER)
    return real.get(value, value) if isinstance(value, int) else value
