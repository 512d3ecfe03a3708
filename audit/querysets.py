"""How entries are found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db.models import QuerySet

from audit.refs import by_ref, case_ref, ref

if TYPE_CHECKING:
    from audit.models import Entry  # noqa: F401  named in the quoted type below


class EntryQuerySet(QuerySet["Entry"]):
    """Entries in the order they were written."""

    def for_case(self, case: Any) -> Self:
        """Everything that was done to, or read of, one case."""
        return self.filter(case_ref=case_ref(case))

    def about(self, subject: Any) -> Self:
        """Everything about one row, such as `request:12`."""
        return self.filter(subject=ref(subject))

    def by(self, person: Any) -> Self:
        """Everything one person did or read."""
        return self.filter(by_ref=by_ref(person))

    def writes(self) -> Self:
        """Acts only."""
        return self.filter(is_read=False)

    def reads(self) -> Self:
        """Reads only."""
        return self.filter(is_read=True)

    def newest_first(self) -> Self:
        """The order pages show."""
        return self.order_by("-id")
