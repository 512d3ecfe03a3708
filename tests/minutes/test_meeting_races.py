"""Two real connections in one record: each race has one winner, and nobody's words are lost."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from audit.errors import MoveNotAllowed
from minutes.models import ActionLog, Minutes, Section, SectionVersion
from minutes.services import hold, sections
from tests.builders.meeting import a_full_record, a_started_discussion, section_of
from tests.people import cast

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 10


def together(*acts: Callable[[], object]) -> list[object]:
    """Do all at once on a connection each; what each gave or raised, in order."""
    barrier, results = Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            results[place] = act()  # type: ignore[call-overload]
        except Exception as raised:
            results[place] = raised  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return list(results)


def test_two_people_saving_one_cell_one_wins_and_the_other_gets_both_texts() -> None:
    people = cast()
    minutes = a_started_discussion(people)
    cell = section_of(minutes, "worries")
    clashes = 0

    for number in range(ROUNDS):
        version = Section.objects.get(pk=cell.pk).version
        results = together(
            lambda n=number, v=version: sections.save_section(  # type: ignore[misc]
                cell, f"Bea {n}", version=v, by=people.bea, at=timezone.now()
            ),
            lambda n=number, v=version: sections.save_section(  # type: ignore[misc]
                cell, f"Mo {n}", version=v, by=people.mo, at=timezone.now()
            ),
        )
        [clash] = [one for one in results if isinstance(one, sections.Clash)]
        [saved] = [one for one in results if isinstance(one, Section)]
        assert {clash.theirs.text, clash.mine} == {f"Bea {number}", f"Mo {number}"}
        assert (clash.theirs.text, saved.version) == (saved.text, version + 1)
        clashes += 1

    assert clashes == ROUNDS
    assert SectionVersion.objects.filter(section=cell).count() == ROUNDS


def test_two_people_typing_in_two_cells_both_are_saved() -> None:
    people = cast()
    minutes = a_started_discussion(people)
    worries, grey = section_of(minutes, "worries"), section_of(minutes, "grey")
    before = Minutes.objects.get(pk=minutes.pk).change

    for number in range(ROUNDS):
        results = together(
            lambda n=number: sections.save_section(  # type: ignore[misc]
                worries, f"W{n}", version=n, by=people.bea, at=timezone.now()
            ),
            lambda n=number: sections.save_section(  # type: ignore[misc]
                grey, f"G{n}", version=n, by=people.mo, at=timezone.now()
            ),
        )
        assert all(isinstance(one, Section) for one in results), results

    assert Minutes.objects.get(pk=minutes.pk).change == before + 2 * ROUNDS


def test_two_people_closing_and_one_still_typing() -> None:
    people = cast()
    minutes = a_full_record(people)
    cell = section_of(minutes, "grey")

    results = together(
        lambda: hold.close_discussion(minutes, by=people.mo, at=timezone.now(), read_back=True),
        lambda: hold.close_discussion(minutes, by=people.bea, at=timezone.now(), read_back=True),
        lambda: sections.save_section(cell, "Last", version=cell.version, by=people.bea, at=timezone.now()),
    )

    assert [isinstance(one, MoveNotAllowed) for one in results[:2]].count(True) == 1
    assert ActionLog.objects.filter(minutes=minutes).count() == 1
    typed = results[2]
    assert isinstance(typed, MoveNotAllowed) or Section.objects.get(pk=cell.pk).text == "Last"
