"""Telling the police unit of a request, with proof, and the requester's confirming call (rows W19 and
W21)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from accounts.enums import AgencyKind
from accounts.models import Agency, User
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, refuse
from audit.events import register
from cases.models import Case
from deadlines.enums import Duty
from deadlines.models import Deadline
from govuk.moments import moment
from outbox.enums import Status as LetterStatus
from outbox.enums import Urgency
from outbox.models import Letter
from outbox.rules import one_line
from outbox.services import cancel, hold, queue, wake
from outbox.transport import enforces_tls
from strategy import letters, permissions
from strategy.enums import ForwardWay, Status
from strategy.models import PoliceForward, ReceiptCall, StrategyRequest
from strategy.people import support_team

FORWARDED = register("request.forwarded", "Request forwarded to the police")
POLICE_REFERENCE = register("request.police_reference", "Police reference recorded")
PRINTED = register("request.printed", "Printed the request for the police")
RECEIPT_CALL = register("request.receipt_call", "Requester's confirming call recorded")
PRINT, PDFS = "attendees.tasks.print_forwards", "pdfs"
CALL_OFF = "police_called_off"
CALLED_OFF = {
    "withdrawn": "The request was withdrawn",
    "not_needed": "No discussion is needed",
    "denied": "No authorisation was given",
}
AUTHORISED = (Status.AUTHORISED, Status.BOOKED, Status.HELD)


@transaction.atomic
def forward_to_police(request: StrategyRequest, *, agency: Agency, by: User, at: datetime) -> PoliceForward:
    """Send the police unit's mailbox an authorised request; the letter is the proof (row W19).

    To a domain on the unit's list of secure domains, over enforced encryption, the request goes as a PDF of
    what stands when it is printed: the letter waits for the worker that prints it. Else the letter is a
    notice that names no child, only the reference, the legal limit and whom to ring. Forwarding again sends
    another letter.
    Raises NotAllowed, MoveNotAllowed before authorisation (row W17), Refused at `agency`.
    """
    case, request = _locked(request, by, at)
    if agency.kind != AgencyKind.POLICE:
        raise Refused("agency", "Choose a police unit")
    if not agency.mailbox:
        raise Refused(
            "agency", f"{agency.name} has no mailbox yet: an administrator must add it. Telephone them now."
        )
    way, why = way_to(agency)
    forward = PoliceForward.objects.create(
        request=request, by=by, at=at, mailbox=agency.mailbox, way=way, why=why
    )
    letter = _letter(request, forward, agency, by, at)
    if way == ForwardWay.ATTACHED:
        hold(letter, "Waits for the request as a PDF")
        wake(PRINT, PDFS)
    forward.letter_ref = f"letter:{letter.pk}"
    forward.save(update_fields=["letter_ref"])
    data = {"agency": agency.pk, "letter": letter.pk, "way": way}
    audit.record(FORWARDED, case, subject=request, by=by, at=at, data=data)
    return forward


def way_to(agency: Agency) -> tuple[ForwardWay, str]:
    """Return how a request goes to an agency's mailbox, and why: attached only where it is safe."""
    domain = agency.mailbox.rpartition("@")[2].lower()
    listed = {one.strip().lower() for one in agency.secure_domains}
    if domain not in listed:
        return ForwardWay.NOTICE, f"{domain} is not on the list of secure domains of {agency.name}"
    if not enforces_tls():
        return ForwardWay.NOTICE, "Our mail server does not enforce encryption, so nothing is attached"
    return ForwardWay.ATTACHED, f"{domain} is on the list of secure domains of {agency.name}"


@transaction.atomic
def record_police_reference(
    forward: PoliceForward, *, reference: str, officer: str, by: User, at: datetime
) -> PoliceForward:
    """Write down the police's own reference and the officer named. Raises NotAllowed, Refused at a field."""
    case, _ = _locked(forward.request, by, at)
    found = PoliceForward.objects.select_for_update(of=("self",)).get(pk=forward.pk)
    if not one_line(reference) and not one_line(officer):
        raise Refused("reference", "Enter the police reference or the officer’s name")
    found.police_reference, found.named_officer = one_line(reference)[:60], one_line(officer)[:120]
    found.save(update_fields=["police_reference", "named_officer"])
    audit.record(POLICE_REFERENCE, case, subject=forward.request, by=by, at=at)
    return found


def name_officer(
    request: StrategyRequest,
    *,
    domain: str,
    officer: str,
    reference: str,
    was: str = "",
    by: Any,
    at: datetime,
) -> PoliceForward | None:
    """Note who of the police took over what came to their mailbox, where nobody typed it (row W19).

    Part of the caller's transaction. Looks at the last forward to a mailbox of this domain, None where there
    is none; `was` is the officer who had it before and whose name gives way.
    """
    sent = request.police_forwards.filter(mailbox__iendswith=f"@{domain}")
    found: PoliceForward | None = sent.select_for_update(of=("self",)).order_by("pk").last()
    if found is None:
        return None
    before = found.named_officer, found.police_reference
    if found.named_officer in ("", was[:120]):
        found.named_officer = officer[:120]
    found.police_reference = found.police_reference or reference[:60]
    if (found.named_officer, found.police_reference) != before:
        found.save(update_fields=["police_reference", "named_officer"])
        audit.record(POLICE_REFERENCE, request.case, subject=request, by=by, at=at)
    return found


@transaction.atomic
def record_receipt_call(
    request: StrategyRequest, *, caller: str, availability: str, by: User, at: datetime
) -> ReceiptCall:
    """The requester telephoned: the request arrived, and when they can come (row W21). `at` is the call's
    time.

    Raises NotAllowed, MoveNotAllowed, Refused at `caller`, and at `at` for a time before the request or to
    come.
    """
    case, request = _locked(request, by, at)
    if not one_line(caller):
        raise Refused("caller", "Enter who telephoned")
    if request.submitted_at is not None and at < request.submitted_at.replace(second=0, microsecond=0):
        raise Refused(
            "at", f"The request was made on {moment(request.submitted_at)}. The call was after that"
        )
    call = ReceiptCall.objects.create(
        request=request, caller=one_line(caller)[:120], availability=availability.strip(), by=by, at=at
    )
    letters.no_longer_to_confirm(request, by=by, at=at)
    audit.record(RECEIPT_CALL, case, subject=request, by=by, at=at)
    return call


def letters_of(forwards: Iterable[PoliceForward]) -> dict[str, tuple[Letter | None, Letter | None]]:
    """Of each forward, by its subject: its letter, with what became of it, and the last that called it off.

    One statement for all of them.
    """
    numbers = {one.subject: one.letter_ref.removeprefix("letter:") for one in forwards}
    own = Q(pk__in=[number for number in numbers.values() if number.isdecimal()])
    found = list(Letter.objects.filter(own | Q(kind=CALL_OFF, subject_ref__in=numbers)).order_by("pk"))
    sent = {str(one.pk): one for one in found}
    called_off = {one.subject_ref: one for one in found if one.kind == CALL_OFF}
    return {subject: (sent.get(number), called_off.get(subject)) for subject, number in numbers.items()}


def proof_of(forward: PoliceForward) -> Letter | None:
    """Return the letter by which the request was forwarded, with its status."""
    return letters_of([forward])[forward.subject][0]


def facts_of(request: StrategyRequest) -> dict[str, Any]:
    """What a notice says of a request as it is now: nobody's name but the requester's."""
    clock = Deadline.objects.of(f"referral:{request.referral_id}", Duty.CONVENE).first()
    requester = request.requester
    return {
        "reference": request.case.reference,
        "requester": requester.name,
        "requester_number": request.direct_number or requester.phone,
        "children": request.children.count(),
        "due": moment(clock.due_at) if clock and clock.due_at else "",
        "same_day": bool(clock and clock.limit == "same_day"),
        "urgent": request.is_urgent,
    }


def call_off(request: StrategyRequest, how: str, *, by: User, at: datetime) -> None:
    """Tell each police mailbox that has word of a request that it no longer stands (row W19).

    `how` is one of CALLED_OFF; part of the caller's transaction. What has not left yet is taken back instead:
    then there is nothing to tell.
    """
    sent = {one.mailbox.lower(): one for one in request.police_forwards.order_by("pk")}
    subjects = {one.subject: one.mailbox.lower() for one in request.police_forwards.all()}
    for subject in subjects:
        cancel(subject=subject, by=by, at=at, why=CALLED_OFF[how])
    gone = Letter.objects.filter(subject_ref__in=subjects).exclude(status=LetterStatus.CANCELLED)
    told = {subjects[one] for one in gone.values_list("subject_ref", flat=True)}
    for mailbox, forward in sent.items():
        if mailbox in told:
            _tell_called_off(request, forward, how, by, at)


def _tell_called_off(
    request: StrategyRequest, forward: PoliceForward, how: str, by: User, at: datetime
) -> None:
    unit = Agency.objects.filter(kind=AgencyKind.POLICE, mailbox__iexact=forward.mailbox).first()
    queue(
        CALL_OFF,
        to_email=forward.mailbox,
        to_name=unit.name if unit is not None else forward.mailbox,
        to_ref=unit or forward,
        context={
            "reference": request.case.reference,
            "police_reference": forward.police_reference,
            "sent": moment(forward.at),
            "how": how,
            "by": by.name,
            "by_phone": by.phone,
        },
        by=by,
        at=at,
        case=request.case,
        subject=forward.subject,
        reply_to=request.case.team.mailbox,
        urgency=Urgency.URGENT,
    )


def _locked(request: StrategyRequest, by: User, at: datetime) -> tuple[Case, StrategyRequest]:
    case = Case.objects.lock(request.case)
    locked: StrategyRequest = StrategyRequest.objects.lock(request)
    refuse(permissions.refusal_to_support(by, case, at))
    if locked.status not in AUTHORISED:
        state = Status(locked.status).label.lower()
        raise MoveNotAllowed(
            f"This request is “{state}” now. It can be forwarded and booked once it is authorised."
        )
    return case, locked


def _letter(
    request: StrategyRequest, forward: PoliceForward, agency: Agency, by: User, at: datetime
) -> Letter:
    team = support_team(request.case) or request.case.team
    return queue(
        "police_forward",
        to_email=agency.mailbox,
        to_name=agency.name,
        to_ref=agency,
        context=facts_of(request)
        | {
            "attached": forward.way == ForwardWay.ATTACHED,
            "forwarded_by": by.name,
            "forwarded_by_number": by.phone,
            "address": f"{settings.SITE_URL}{reverse('strategy:request', args=[request.pk])}",
        },
        by=by,
        at=at,
        case=request.case,
        subject=forward.subject,
        reply_to=team.mailbox or request.case.team.mailbox,
        urgency=Urgency.URGENT,
    )
