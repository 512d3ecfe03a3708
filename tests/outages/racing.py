"""Acts at the same moment on connections of their own, and what must be true of the rows afterwards."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Barrier
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from audit.errors import Refused
from deadlines.enums import ClockState
from deadlines.models import Deadline
from outbox.models import Letter
from referrals.models import Referral
from strategy.clocks import keep_clocks

Act = Callable[[], object]


@dataclass
class Outcome:
    """What the two acts of one round gave or raised, and the letters written meanwhile."""

    results: list[object]
    letters: list[Letter] = field(default_factory=list)

    @property
    def refused(self) -> list[Refused]:
        """The losers' refusals."""
        return [one for one in self.results if isinstance(one, Refused)]

    @property
    def faults(self) -> list[object]:
        """What is neither done nor refused: a deadlock, a constraint, a bug."""
        return [one for one in self.results if isinstance(one, Exception) and not isinstance(one, Refused)]


def race(*acts: Act) -> Outcome:
    """Do all at once, each on a connection of its own."""
    gate, last = Barrier(len(acts)), Letter.objects.order_by("-pk").values_list("pk", flat=True).first() or 0

    def run(act: Act) -> object:
        try:
            connection.ensure_connection()
            gate.wait(timeout=20)
            return act()
        except Exception as raised:  # whatever it is, the test looks at it
            return raised
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        results = [one.result(timeout=40) for one in [pool.submit(run, act) for act in acts]]
    return Outcome(results, list(Letter.objects.filter(pk__gt=last)))


def one_winner(outcome: Outcome) -> None:
    """Exactly one act is done; each loser is told in a plain sentence."""
    assert outcome.faults == []
    assert len(outcome.refused) == len(outcome.results) - 1, outcome.results
    for lost in outcome.refused:
        assert len(lost.sentence) > 20 and lost.sentence[0].isupper(), lost.sentence


def no_double_letters(outcome: Outcome) -> None:
    """Nobody gets two letters of a kind about one thing."""
    count = Counter((one.kind, one.to_email, one.subject_ref) for one in outcome.letters)
    assert [key for key, number in count.items() if number > 1] == []


def clocks_agree(referral: Referral) -> None:
    """One running clock a duty, with an owner who is active or a team; working them out anew moves none."""
    before = stored_clocks(referral)
    running = Deadline.objects.filter(case=referral.case_id, state=ClockState.RUNNING).select_related("owner")
    count = Counter((one.subject, one.duty) for one in running)
    assert [key for key, number in count.items() if number > 1] == []
    for one in running:
        has_owner = one.owner is not None and one.owner.is_active
        assert has_owner or one.owner_team_id is not None, f"{one.duty} of {one.subject} has no owner"
    with undone():
        keep_clocks(Referral.objects.get(pk=referral.pk), by=None, at=timezone.now())
        assert stored_clocks(referral) == before


def stored_clocks(referral: Referral) -> list[dict[str, Any]]:
    """What is stored of the case's clocks, without when it was last looked at."""
    names = ("subject", "duty", "state", "starts_at", "due_at", "met_at", "owner_id", "owner_team_id", "verb")
    return list(Deadline.objects.filter(case=referral.case_id).order_by("pk").values("pk", *names))


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
