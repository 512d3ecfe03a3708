"""The clocks that everybody sees all along: shown from the first minute, met in the end."""

from datetime import timedelta

from django.utils import timezone

from deadlines.models import Deadline
from strategy.models import StrategyRequest
from tests.walk.families import Family
from tests.walk.people import Person


def shown_from_the_start(worker: Person, request: int, family: Family) -> None:
    """The case shows by when the discussion must be held and the child seen, with the reason."""
    worker.go(f"/cases/{_reference(request)}/")
    worker.sees("Hold the strategy discussion", "left")
    if any(child.born for child in family.children):
        worker.sees("See and speak to the child")


def see_children(worker: Person, request: int) -> None:
    """Each child that is born is seen and spoken to, and that clock is met."""
    wanted = StrategyRequest.objects.get(pk=request)
    for child in wanted.children.filter(is_unborn=False):
        worker.go(f"/children/{child.pk}/seen/")
        worker.choose("how", "spoken")
        worker.choose("alone", "yes")
        worker.type_moment("seen_at", timezone.now())
        worker.type("seen_by", "Sofia Reed")
        worker.page.locator("main form button.govuk-button").last.click()
        worker.page.wait_for_load_state()
        worker.has_no_problem()


def met_in_the_end(manager: Person, request: int, family: Family) -> None:
    """Convene, child seen and circulate are met in time; a conference's clock runs after section 47."""
    reference = _reference(request)
    manager.go(f"/cases/{reference}/")
    for fold in manager.page.locator("details").all():
        fold.evaluate("one => { one.open = true }")
    manager.sees("Hold the strategy discussion", "Circulate the minutes", "met")
    clocks = list(Deadline.objects.filter(case__reference=reference).exclude(state="void"))
    in_time = {
        clock.duty for clock in clocks if clock.met_at and clock.due_at and clock.met_at <= clock.due_at
    }
    assert {"convene", "circulate_minutes"} <= in_time, in_time
    born = sum(child.born is not None for child in family.children)
    assert sum(clock.duty == "child_seen" and clock.met_at is not None for clock in clocks) == born
    enquiries = sum(child.outcome.startswith("section_47") for child in family.children)
    conferences = [clock for clock in clocks if clock.duty == "icpc"]
    assert len(conferences) == enquiries
    for clock in conferences:
        assert clock.limit == "working_days(15)"
        assert clock.due_at is not None
        assert clock.due_at - clock.starts_at > timedelta(days=20)


def _reference(request: int) -> str:
    return StrategyRequest.objects.values_list("case__reference", flat=True).get(pk=request)
