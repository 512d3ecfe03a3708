"""Finding somebody in a directory of any size, by what they are called."""

from collections.abc import Collection

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Replace

from accounts.enums import AgencyKind
from attendees.enums import QuorumRole
from attendees.models import Professional

MOST = 500


def people_called(words: str, always: Collection[int] = ()) -> list[Professional]:
    """Those of `always`, whatever they are called, then the directory by name, job, agency or role.

    Every word must be found; without words it is the beginning of the directory. At most `MOST` besides.
    """
    everybody = Professional.objects.filter(is_active=True).select_related("agency")
    here = list(Professional.objects.filter(pk__in=always).select_related("agency").order_by("name", "pk"))
    if not words.strip():
        return [*here, *everybody.exclude(pk__in=always).order_by("name", "pk")[:MOST]]
    return [*here, *_called(everybody.exclude(pk__in=always), words).order_by("name", "pk")[:MOST]]


def _called(people: QuerySet[Professional], words: str) -> QuerySet[Professional]:
    found = people.annotate(in_one_word=Replace(F("name"), Value(" "), Value("")))
    for word in words.split():
        kinds = [one.value for one in AgencyKind if word.casefold() in f"{one.value} {one.label}".casefold()]
        roles = [one.value for one in QuorumRole if word.casefold() in f"{one.value} {one.label}".casefold()]
        found = found.filter(
            Q(name__icontains=word)
            | Q(in_one_word__icontains=word)
            | Q(job_role__icontains=word)
            | Q(agency__name__icontains=word)
            | Q(agency__kind__in=kinds)
            | Q(quorum_role__in=roles)
        )
    return found
