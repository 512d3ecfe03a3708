"""Where things are: the tabs of a case and the page behind each subject of a clock or an entry."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from attendees.models import (
    Attendance,
    InformationFile,
    InformationRequest,
    Invitation,
    PartnerLink,
    Signature,
)
from cases.models import Case, Child, FamilyMember
from deadlines.enums import Duty
from deadlines.models import Deadline
from escalations.models import Escalation, Stage
from minutes.models import (
    Action,
    ActionLog,
    Agreement,
    Arrangement,
    Circulation,
    Delivery,
    Dissent,
    FamilyHanding,
    FamilySharing,
    Filing,
    Minutes,
    MinutesVersion,
    Recipient,
    Rendition,
    Section,
    Supplement,
)
from minutes.services.turns import FILE_SIGNATURES
from referrals.models import Referral
from strategy.clocks import CHILD_UNDECIDED, POWER_ENDS
from strategy.enums import Outcome
from strategy.events import ASSESSMENT_DATE_AGREED, ASSESSMENT_DECIDED, CHILD_SEEN
from strategy.models import (
    Booking,
    Decision,
    Discussion,
    EmergencyPower,
    Enquiry,
    NightEntry,
    PoliceForward,
    StrategyRequest,
)
from strategy.services import CONFIRM, COUNTERSIGN, MAY_BE_VOIDED, UNAUTHORISED

if TYPE_CHECKING:
    from accounts.models import User

TABS = (
    ("overview", "Overview", "worklist:case"),
    ("timeline", "Timeline", "worklist:timeline"),
    ("people", "People", "worklist:people"),
    ("discussions", "Discussions", "worklist:discussions"),
    ("actions", "Actions", "worklist:actions"),
    ("escalations", "Escalations", "worklist:escalations"),
)


def tabs(case: Case, current: str, *, access_log: bool) -> list[dict[str, Any]]:
    """The case's sub-navigation: text, href, current."""
    rows = [*TABS, *([("access", "Access log", "worklist:access_log")] if access_log else [])]
    return [
        {"text": text, "href": reverse(name, args=[case.reference]), "current": key == current}
        for key, text, name in rows
    ]


def _request(row: StrategyRequest) -> str:
    return reverse("strategy:request", args=[row.pk])


def _referral(row: Referral) -> str:
    """Its request; while nobody asks for a discussion, the page that answers it."""
    last = row.requests.order_by("-pk").first()
    clock = Deadline.objects.running().filter(subject=f"referral:{row.pk}", duty="convene")
    if (last is None or last.status in {"withdrawn", "not_needed"}) and clock.exists():
        return reverse("referrals:answer", args=[row.pk])
    return _request(last) if last else reverse("worklist:case", args=[row.case.reference])


def _discussion(row: Discussion) -> str:
    return reverse("attendees:discussion", args=[row.pk])


def _held(row: Discussion) -> str:
    """Once it has ended, what is still to be done for a discussion is done with its minutes."""
    return reverse("minutes:read", args=[row.pk]) if row.ended_at else _discussion(row)


def _minutes(row: Minutes) -> str:
    name = "minutes:room" if row.status in {"opened", "live"} else "minutes:read"
    return reverse(name, args=[row.discussion_id])


def _actions(row: Minutes) -> str:
    return reverse("minutes:actions", args=[row.discussion_id])


def _after(page: str, row: MinutesVersion) -> str:
    return reverse(f"minutes:{page}", args=[row.minutes.discussion_id])


def _link(row: PartnerLink) -> str:
    if row.discussion:
        return _discussion(row.discussion)
    assert row.referral is not None  # a link opens one or the other
    return _referral(row.referral)


def _child(row: Child) -> str:
    """What is known of the child, emergency powers too."""
    return f"{reverse('worklist:people', args=[row.case.reference])}#child-{row.pk}"


def _seen(row: Child) -> str:
    return reverse("strategy:child_seen", args=[row.pk])


PLACES: dict[str, tuple[Any, Callable[[Any], str]]] = {
    "referral": (Referral, _referral),
    "request": (StrategyRequest, _request),
    "strategyrequest": (StrategyRequest, _request),
    "discussion": (Discussion, _held),
    "booking": (Booking, lambda row: _discussion(row.discussion)),
    "invitation": (Invitation, lambda row: _discussion(row.discussion)),
    "information": (InformationRequest, lambda row: _discussion(row.discussion)),
    "informationrequest": (InformationRequest, lambda row: _discussion(row.discussion)),
    "partnerlink": (PartnerLink, _link),
    "minutes": (Minutes, _minutes),
    "minutesversion": (MinutesVersion, lambda row: _minutes(row.minutes)),
    "action": (Action, lambda row: _actions(row.minutes)),
    "escalation": (Escalation, lambda row: row.get_absolute_url()),
    "stage": (Stage, lambda row: row.escalation.get_absolute_url()),
    "child": (Child, _child),
    "power": (EmergencyPower, lambda row: _child(row.child)),
    "emergencypower": (EmergencyPower, lambda row: _child(row.child)),
    "night": (NightEntry, lambda row: reverse("minutes:take_over", args=[row.pk])),
    "nightentry": (NightEntry, lambda row: reverse("minutes:take_over", args=[row.pk])),
    "enquiry": (Enquiry, lambda row: reverse("strategy:enquiry", args=[row.pk])),
    "case": (Case, lambda row: reverse("worklist:case", args=[row.reference])),
    "familymember": (FamilyMember, lambda row: reverse("worklist:people", args=[row.case.reference])),
    "policeforward": (PoliceForward, lambda row: _request(row.request)),
    "deadline": (Deadline, lambda row: reverse("deadlines:explain", args=[row.pk])),
    "decision": (Decision, lambda row: _held(row.discussion)),
    "informationfile": (InformationFile, lambda row: _discussion(row.information.discussion)),
    "attendance": (Attendance, lambda row: _held(row.discussion)),
    "signature": (Signature, lambda row: _held(row.attendance.discussion)),
    "section": (Section, lambda row: _minutes(row.minutes)),
    "arrangement": (Arrangement, lambda row: _actions(row.minutes)),
    "dissent": (Dissent, lambda row: _minutes(row.minutes)),
    "actionlog": (ActionLog, lambda row: _actions(row.minutes)),
    "agreement": (Agreement, lambda row: _minutes(row.minutes)),
    "familysharing": (FamilySharing, lambda row: _minutes(row.minutes)),
    "rendition": (Rendition, lambda row: _after("copies", row.version)),
    "familyhanding": (FamilyHanding, lambda row: _after("copies", row.rendition.version)),
    "circulation": (Circulation, lambda row: _after("proof", row.version)),
    "delivery": (Delivery, lambda row: _minutes(row.version.minutes)),
    "filing": (Filing, lambda row: _minutes(row.version.minutes)),
    "supplement": (Supplement, lambda row: _minutes(row.filing.version.minutes)),
    "recipient": (Recipient, lambda row: _after("proof", row.circulation.version)),
}


def _assessment(row: Referral) -> str:
    return reverse("strategy:assessment", args=[row.pk])


def _protection(row: Referral) -> str:
    last = row.requests.order_by("-pk").first()
    return reverse("strategy:protection", args=[last.pk]) if last else _referral(row)


def _follow_up(row: Discussion) -> str:
    """The meeting that is booked, or the page that books it."""
    coming = row.request.discussions.filter(status__in=("planned", "started")).last()
    return _discussion(coming) if coming else reverse("attendees:follow_up", args=[row.request_id])


def _undecided(row: Child) -> str:
    deferred = row.decisions.filter(outcome=Outcome.DEFERRED, later__isnull=True).order_by("-pk").first()
    if deferred is not None:
        return reverse("strategy:decide_later", args=[deferred.pk])
    return reverse("worklist:discussions", args=[row.case.reference])


def _power(kind: str) -> Callable[[Child], str]:
    def place(row: Child) -> str:
        held = row.powers.filter(kind=kind).order_by("-pk").first()
        name, pk = ("end_power", held.pk) if held else ("record_power", row.pk)
        return reverse(f"strategy:{name}", args=[pk])

    return place


# Where a clock of this duty is met, when that is another page than its subject's.
BY_DUTY: dict[tuple[str, str], Callable[[Any], str]] = {
    ("referral", Duty.ASSESSMENT): _assessment,
    ("referral", Duty.IMMEDIATE_PROTECTION_DECISION): _protection,
    ("discussion", Duty.FOLLOW_UP_MEETING): _follow_up,
    ("request", COUNTERSIGN): lambda row: reverse("strategy:countersign", args=[row.pk]),
    ("enquiry", CONFIRM): lambda row: reverse("strategy:confirm_no_conference", args=[row.pk]),
    ("request", UNAUTHORISED): lambda row: reverse("strategy:settle", args=[row.pk]),
    ("minutes", FILE_SIGNATURES): lambda row: reverse("minutes:file", args=[row.discussion_id]),
    ("child", CHILD_UNDECIDED): _undecided,
    ("child", Duty.CHILD_SEEN): _seen,
    **{("child", kind): _power(kind) for kind in POWER_ENDS},
}


def ways_on(clocks: list[Deadline], *, is_manager: bool) -> list[dict[str, str]]:
    """What can be done about a case's running clocks that no other page leads to: text, href and whose."""
    found = []
    for clock in clocks:
        thing = getattr(clock, "thing", "")
        about = f": {thing}" if thing else ""
        if clock.duty in (Duty.ASSESSMENT, CHILD_UNDECIDED):
            verb = "Record the assessment decision" if clock.duty == Duty.ASSESSMENT else "Decide"
            href = reverse("worklist:go", args=[clock.subject])
            found.append({"text": f"{verb}{about}", "href": f"{href}?duty={clock.duty}"})
        if clock.duty in POWER_ENDS:
            href = reverse("worklist:go", args=[clock.subject])
            found.append({"text": f"Record how it ended{about}", "href": f"{href}?duty={clock.duty}"})
        if is_manager and clock.duty in MAY_BE_VOIDED:
            title = f"{clock.duty_title[0].lower()}{clock.duty_title[1:]}"
            href = reverse("strategy:clock_not_needed", args=[clock.pk])
            found.append({"text": f"Say that this is not needed: {title}{about}", "href": href})
    return found


def lead_of(subject: str, case: Case, event: str = "") -> str:
    """Where an entry of a case leads: the page behind its subject, or who may see the case; "" for none.

    An assessment stands with the referral on the case's own page; a visit on the page of the visits.
    """
    kind, _, number = subject.partition(":")
    if kind == "access":
        return reverse("worklist:people", args=[case.reference])
    if event in (ASSESSMENT_DECIDED, ASSESSMENT_DATE_AGREED):
        return f"{reverse('worklist:case', args=[case.reference])}#referral-{number}"
    if kind not in PLACES:
        return ""
    duty = f"?duty={Duty.CHILD_SEEN}" if event == CHILD_SEEN and kind == "child" else ""
    return f"{reverse('worklist:go', args=[subject])}{duty}"


def address_of(subject: str, user: "User", duty: str = "") -> str | None:
    """The page behind `request:12`, or of a duty of it, when the person may see its case; None otherwise."""
    kind, _, number = subject.partition(":")
    if kind not in PLACES or not number.isdigit() or len(number) > 18:
        return None
    model, place = PLACES[kind]
    row = model.objects.visible_to(user).filter(pk=int(number)).first()
    return BY_DUTY.get((kind, duty), place)(row) if row else None
