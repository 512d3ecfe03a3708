"""What is typed into a form and not sent yet, kept on the server: a browser that dies loses a second."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from govuk.models import FormDraft, Sent
from govuk.services import KEPT

WRITING = timedelta(minutes=2)  # whoever typed within this is writing now


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in a form: by which key it was printed, of which version, and every value by its name."""

    path: str
    key: str
    version: int | None
    fields: Mapping[str, list[str]]


def keep_draft(typed: Typed, *, person: Any, at: datetime) -> None:
    """Keep what a signed-in person has typed so far, in place of what was kept before.

    Of a form that was acted upon nothing is kept: this came after its answer.
    """
    if (
        typed.key
        and Sent.objects.filter(key=typed.key, person=str(person.pk), path=typed.path[:500]).exists()
    ):
        return
    values = {"fields": dict(typed.fields), "version": typed.version, "at": at}
    FormDraft.objects.update_or_create(person=person, path=typed.path[:500], defaults=values)


def drop_draft(path: str, *, person: Any) -> None:
    """The form succeeded, or the person removed what they typed."""
    FormDraft.objects.filter(person=person, path=path[:500]).delete()


def drafts_at(path: str, *, person: Any, at: datetime) -> tuple[FormDraft | None, list[str]]:
    """What the person typed into the form at this address and did not send, and who else is typing there.

    One statement; names in the order of the alphabet.
    """
    recent = Q(person=person, at__gte=at - KEPT) | Q(at__gte=at - WRITING)
    found = list(FormDraft.objects.filter(recent, path=path[:500]).select_related("person"))
    mine = next((one for one in found if one.person_id == person.pk), None)
    return mine, sorted(str(one.person) for one in found if one.person_id != person.pk)


def forget_drafts(*, at: datetime) -> int:
    """Delete what nobody came back for; return how many."""
    return FormDraft.objects.filter(at__lt=at - KEPT).delete()[0]
