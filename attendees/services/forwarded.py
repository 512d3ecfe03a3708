"""What the police are told of a request, and what of it no longer stands (row W19).

Outside the council nobody reads the numbers of the health service but health: they are never in it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from django.db.models import CharField, Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Concat

from attendees.letters.invitations import when_of, where_of
from attendees.models import Invitation
from attendees.services.wanted import wanted_of
from audit.models import Entry
from cases.models import Child, FamilyMember
from cases.rules import kept_places
from deadlines.rules.wording import long_time
from outbox.models import Letter
from strategy import events
from strategy.enums import DiscussionStatus, ForwardWay
from strategy.models import Authorisation, Discussion, PoliceForward, StrategyRequest
from strategy.rules.changes import Change, changes
from strategy.services import police, word_of
from strategy.sheet import HEAD, LEFT_OUT, NHS_NUMBERS, Sheet, sheet_in, sheet_of

STANDS, LAST = "How it stands", "Last changed"
# Nothing of what is asked changes by these.
LEAVE_IT = (
    police.FORWARDED,
    police.PRINTED,
    police.POLICE_REFERENCE,
    police.RECEIPT_CALL,
    events.AUTHORISED,
    events.PICKED_UP,
)
IN_NOTICE = {
    "requester": "Who asks",
    "requester_number": "Their number",
    "children": "How many children",
    "due": "By when it must be held",
    "urgent": "Whether it is urgent",
}


def changed_since() -> Exists:
    """Whether what is asked has changed since it was forwarded last: read with a discussion, in its query."""
    forwards = PoliceForward.objects.filter(request=OuterRef(OuterRef("request")))
    last = forwards.order_by("-pk").values("at")[:1]
    request, referral = (
        Concat(Value(f"{kind}:"), Cast(OuterRef(pk), CharField()))
        for kind, pk in (("request", "request_id"), ("referral", "request__referral_id"))
    )
    entries = Entry.objects.filter(Q(subject=request) | Q(subject=referral), occurred_at__gt=Subquery(last))
    return Exists(entries.writes().exclude(event__in=LEAVE_IT))


def told_now(request: StrategyRequest) -> Sheet:
    """What stands now: who authorised, what is booked, who is invited, then every answer of the request."""
    request = StrategyRequest.objects.select_related(
        "case", "referral__referrer_agency", "requester", "on_behalf_of", "protocol"
    ).get(pk=request.pk)
    sheet = sheet_of(request, wanted_of(request))
    for answers in sheet.values():
        answers.pop(NHS_NUMBERS, None)
    return {STANDS: _standing(request)} | sheet


def since_submitted(request: StrategyRequest, told: Sheet) -> dict[tuple[str, str], Change]:
    """What is not as it was submitted last, by section and question; no address that is confidential now."""
    last = request.submissions.order_by("-pk").first()
    if last is None:
        raise ValueError("the request was never submitted")
    submitted = sheet_in(last.snapshot)
    for answers in submitted.values():
        answers.pop(NHS_NUMBERS, None)
    now = {title: answers for title, answers in told.items() if title != STANDS}
    if HEAD not in submitted:  # submitted before sheets had a head
        now.pop(HEAD, None)
    kept = kept_places(
        Child.everyone.filter(case=request.case_id), FamilyMember.everyone.filter(case=request.case_id)
    )
    return {
        (one.section, one.question): replace(one, before=LEFT_OUT) if kept.is_told_in(one.before) else one
        for one in changes(submitted, now)
    }


def no_longer_stands(
    forwards: Iterable[PoliceForward], letters: Mapping[str, tuple[Letter | None, Letter | None]]
) -> dict[int, list[str]]:
    """By forward, newest first as given: what of the last letter to each mailbox no longer stands, in words.

    `letters` as `police.letters_of` returns them. Nothing of a letter that waits for its PDF, which will tell
    what stands when it is printed.
    """
    found: dict[int, list[str]] = {}
    seen: set[str] = set()
    now: Sheet | None = None
    for one in forwards:
        if one.mailbox in seen:
            continue
        seen.add(one.mailbox)
        if one.way == ForwardWay.NOTICE:
            found[one.pk] = _of_notice(one, letters[one.subject][0])
        elif one.told:
            now = told_now(one.request) if now is None else now
            found[one.pk] = _questions(changes(sheet_in(one.told), now))
    return found


def _questions(differing: list[Change]) -> list[str]:
    return [f"{one.section}: {one.question}" for one in differing if one.question != LAST]


def _of_notice(forward: PoliceForward, letter: Letter | None) -> list[str]:
    if letter is None:
        return []
    now = police.facts_of(forward.request)
    return [words for name, words in IN_NOTICE.items() if letter.context.get(name, now[name]) != now[name]]


def _standing(request: StrategyRequest) -> dict[str, str]:
    discussions = Discussion.objects.filter(request=request).exclude(status=DiscussionStatus.CANCELLED)
    discussion = discussions.order_by("number").last()
    said = {
        "The request is": request.get_status_display(),
        "Authorised by": _authorised(request),
        "Booked": _booked(discussion),
        "Invited": _invited(discussion),
        LAST: _changed(request),
    }
    return {asked: words for asked, words in said.items() if words}


def _authorised(request: StrategyRequest) -> str:
    made = Authorisation.objects.select_related("by", "acting_for").filter(request=request).first()
    if made is None:
        return "Nobody yet"
    word = word_of(request)
    by_word = ", by word of mouth, not countersigned yet" if word is not None and word.is_open else ""
    acting = f" for {made.acting_for}" if made.acting_for else ""
    number = f", {made.by.phone}" if made.by.phone else ""
    return f"{made.by}{acting}{number}, {long_time(made.at)}{by_word}"


def _booked(discussion: Discussion | None) -> str:
    if discussion is None:
        return "Not yet"
    held = discussion.bookings.select_related("place", "chair").filter(cancelled_at=None).first()
    said = [discussion.get_format_display(), when_of(discussion.planned_start, discussion.planned_end)]
    if held is not None:
        said += [where_of(discussion, held), f"Chair: {held.chair}"]
    return "\n".join(part for part in said if part)


def _invited(discussion: Discussion | None) -> str:
    if discussion is None:
        return ""
    asked = Invitation.objects.filter(discussion=discussion).still_asked()
    people = [one.professional for one in asked.select_related("professional__agency").order_by("pk")]
    return "\n".join(f"{one.name}, {one.job_role}, {one.agency}" for one in people)


def _changed(request: StrategyRequest) -> str:
    about = Entry.objects.filter(subject__in=[request.subject, f"referral:{request.referral_id}"])
    last = about.writes().exclude(event__in=LEAVE_IT).newest_first().first()
    return f"{long_time(last.occurred_at)}, by {last.by_name}" if last is not None else ""
