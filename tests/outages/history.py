"""One case and its history: every move that a clock depends on, by the real services, and the facts as told.

The facts are kept apart from the rows, in the words of `explain_deadlines`, so that the clocks stored can be
compared with what the command says of the same case.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from attendees.services.booking import book_and_invite, cancel_booking, reschedule
from attendees.services.wanted import submit_request, want_professionals
from deadlines.models import Deadline
from minutes.models import Minutes, Recipient, Section
from minutes.services import agree, allocated, circulate, copies, decisions, hold, record, sections, versions
from referrals.rules import CircumstanceFacts
from strategy import services
from strategy.enums import MEETINGS, Format, Outcome
from strategy.enums import Section as RequestSection
from strategy.models import Discussion, Enquiry, StrategyRequest
from tests.builders.booking import a_conference_line, a_video_link
from tests.builders.meeting import (
    TEXTS,
    _arrange_all,
    a_threshold,
    an_action,
    everybody,
    taking_part,
    withhold_from_family,
)
from tests.builders.requests import a_referral, fill, professionals_of
from tests.people import Cast

POLICE = "Paul Pike"
LIVE = ("draft", "submitted", "returned", "authorised", "booked")


def iso(moment: datetime | None) -> str | None:
    """As JSON has it."""
    return None if moment is None else moment.isoformat()


def clock_changes() -> list[datetime]:
    """The last time that Britain's clocks went forward and back, long enough ago for a history to be told."""
    latest = timezone.now() - timedelta(days=100)
    found = []
    for month in (3, 10):
        ends = [datetime(year, month, 31, 1, tzinfo=UTC) for year in (latest.year - 1, latest.year)]
        sundays = [end - timedelta(days=(end.weekday() + 1) % 7) for end in ends]
        found.append(max(sunday for sunday in sundays if sunday < latest))
    return found


class History:
    """A case from its referral on; `now` is when the next thing is typed, and never goes back."""

    def __init__(
        self, people: Cast, slug: str, trigger: str, ago: timedelta, *,
        hour: int | None = None, begins: datetime | None = None,
    ) -> None:  # fmt: skip
        self.people, self.slug = people, slug
        begins = begins or timezone.now() - timedelta(days=300)
        self.now = begins.astimezone(UTC).replace(microsecond=0)
        if hour is not None:  # a story that turns on the time of day is told from the same one
            self.now = self.now.replace(hour=hour, minute=0, second=0)
        self.triggered_at = self.now - ago
        self.received_at = self.triggered_at if trigger == "referral" else None
        self.trigger = trigger
        self.referral = a_referral(
            people, triggered_at=self.triggered_at, at=self.now, protocol=slug, trigger=trigger
        )
        self.case = self.referral.case
        self.children = list(self.case.children.order_by("pk"))
        self.requested_at: datetime | None = None
        self.circumstances: dict[str, CircumstanceFacts] = {}
        self.held: dict[int, dict[str, Any]] = {}  # by the discussion's key, in the order of its number
        self.initiated: dict[int, dict[int, datetime]] = {}  # child → discussion → start
        self.circulated: dict[int, bool] = {}  # discussion → the last copy is on its way
        self.full: set[int] = set()  # discussions whose record is complete enough to be circulated
        self.seen: dict[int, list[datetime]] = {}
        self.protection_decided: list[datetime] = []
        self.ended_icpc: set[tuple[int, int]] = set()
        self.is_void = False

    # What is told

    def told(self, child: int | None = None) -> dict[str, Any]:
        """The facts as the command takes them; of one child's enquiries when it is named."""
        sexual = self.circumstances.get("penetrative_sexual_abuse")
        hospital = self.circumstances.get("in_hospital")
        leaving = hospital and (hospital.left_hospital_at or hospital.planned_discharge_at)
        learned = {kind: iso(one.learned_at) for kind, one in self.circumstances.items() if one.learned_at}
        return {
            "protocol": self.slug,
            "trigger": self.trigger,
            "triggered_at": iso(self.triggered_at),
            "referral_received_at": iso(self.received_at),
            "requested_at": iso(self.requested_at),
            "circumstances": sorted(self.circumstances),
            "learned_at": learned,
            "forensic_evidence_needed": (sexual and sexual.forensic_needed) or "unknown",
            "planned_discharge_at": iso(leaving or None),
            "discussions": [
                {key: iso(value) if isinstance(value, datetime) else value for key, value in one.items()}
                | {"initiated_s47": child is not None and pk in self.initiated.get(child, {})}
                for pk, one in self.held.items()
            ],
        }

    @property
    def agreed_at(self) -> datetime | None:
        """An earlier moment that the manager consulted set; the command has no field for it."""
        other = self.circumstances.get("other")
        return other.earlier_limit_at if other else None

    # What is stored, read afresh

    @property
    def request(self) -> StrategyRequest | None:
        """The latest request."""
        found = StrategyRequest.objects.filter(referral=self.referral).select_related("case", "referral")
        return found.order_by("-pk").first()

    @property
    def status(self) -> str:
        """Where the latest request stands."""
        return str(self.request.status) if self.request else ""

    @property
    def discussion(self) -> Discussion | None:
        """The latest discussion that was not cancelled."""
        return Discussion.objects.filter(case=self.case).exclude(status="cancelled").order_by("-pk").first()

    @property
    def minutes(self) -> Minutes | None:
        """Its record."""
        return Minutes.objects.filter(discussion=self.discussion).first() if self.discussion else None

    def clocks(self, subject: str, duty: str) -> list[Deadline]:
        """The clocks of one thing and duty, the latest first."""
        return list(Deadline.objects.filter(case=self.case).of(subject, duty))

    # The moves: what came in

    def tick(self, facts: CircumstanceFacts, *, by: User, reason: str = "") -> None:
        services.tell_circumstance(self.referral, facts, by=by, at=self.now, reason=reason)

    def untick(self, kind: str, *, by: User, reason: str = "") -> None:
        services.take_back_circumstance(self.referral, kind, by=by, at=self.now, reason=reason)

    def correct(self, triggered_at: datetime, received_at: datetime | None, *, by: User, reason: str) -> None:
        services.correct_moments(
            self.referral,
            triggered_at=triggered_at,
            received_at=received_at,
            reason=reason,
            by=by,
            at=self.now,
        )

    # The request

    def ask(self) -> None:
        request = services.start_request(self.referral, by=self.people.sam, at=self.now)
        self.is_void = False
        request = fill(request, by=self.people.sam, at=self.now)
        urgent = {"format_wanted": "virtual", "is_urgent": True, "urgent_reason": "Tonight."}
        urgent["direct_number"] = "01632 960123"
        request = services.save_section(
            request, RequestSection.FORMAT, urgent, by=self.people.sam, at=self.now
        )
        want_professionals(request, professionals_of(self.people), by=self.people.sam, at=self.now)

    def submit(self) -> None:
        assert self.request is not None
        submit_request(self.request, by=self.people.sam, at=self.now)
        self.requested_at = self.requested_at or self.now

    def send_back(self) -> None:
        assert self.request is not None
        reasons = {RequestSection.WHAT_HAPPENED: "Say who saw the injury."}
        services.return_to_requester(self.request, reasons=reasons, by=self.people.mo, at=self.now)
        text = {"harm_summary": "The class teacher saw it."}
        section = RequestSection.WHAT_HAPPENED
        services.save_section(self.request, section, text, by=self.people.sam, at=self.now)

    def withdraw(self) -> None:
        assert self.request is not None
        services.withdraw(self.request, reason="Typed twice", by=self.people.sam, at=self.now)

    def not_needed(self) -> None:
        assert self.request is not None
        services.decide_not_needed(self.request, rationale="Explained", by=self.people.mo, at=self.now)
        self.is_void = not any(one["quorate_at"] for one in self.held.values())

    def authorise(self) -> None:
        assert self.request is not None
        services.authorise(self.request, by=self.people.mo, at=self.now)

    # The booking

    def book(self, format: str, ahead: timedelta) -> None:
        assert self.request is not None
        invited = [one.professional for one in self.request.wanted.all()]
        book_and_invite(self.request, format=format, professionals=invited, **self._booking(format, ahead))

    def move(self, ahead: timedelta) -> None:
        assert self.discussion is not None
        reschedule(self.discussion, **self._booking(self.discussion.format, ahead))

    def cancel(self) -> None:
        assert self.discussion is not None
        cancel_booking(self.discussion, reason="Fire alarm", by=self.people.bea, at=self.now)

    def _booking(self, format: str, ahead: timedelta) -> dict[str, Any]:
        start = (self.now + ahead).replace(second=0)
        place = a_video_link() if format in MEETINGS else None
        place = a_conference_line() if format == Format.TELEPHONE_CONFERENCE else place
        people = {"chair": self.people.mo, "minute_taker": self.people.bea, "by": self.people.bea}
        words = {"hub": "Room 2", "facilitator": "Bea Bright", "late_reason": "No earlier time was free."}
        times = {"start": start, "end": start + timedelta(hours=1), "at": self.now}
        return {"place": place, **times, **people, **words}

    # The discussion

    def start(self, started_at: datetime, *, quorate: bool) -> None:
        assert self.discussion is not None
        minutes = self.minutes or record.open_record(self.discussion, by=self.people.bea, at=self.now)
        parts = everybody(minutes, without=[] if quorate else [POLICE])
        hold.record_attendance(minutes, parts, by=self.people.bea, at=self.now)
        why = "" if quorate else "They could not be reached."
        hold.start_discussion(
            minutes, by=self.people.mo, at=self.now, started_at=started_at, no_quorum_reason=why
        )
        self.held[self.discussion.pk] = {
            "started_at": started_at,
            "format": str(self.discussion.format),
            "quorate": quorate,
            "quorate_at": started_at if quorate else None,
        }

    def join(self, arrived_at: datetime) -> None:
        """The police are brought in; with them quorum is complete."""
        assert self.minutes is not None
        one = next(part for part in everybody(self.minutes) if part.professional.name == POLICE)
        hold.arrive_late(self.minutes, replace(one, arrived_at=arrived_at), by=self.people.bea, at=self.now)
        self.held[self.minutes.discussion_id] |= {"quorate": True, "quorate_at": arrived_at}

    def miscounted(self) -> None:
        """The police were not there after all."""
        assert self.minutes is not None
        parts = [one for one in everybody(self.minutes, without=[POLICE]) if one.professional.name == POLICE]
        hold.record_attendance(self.minutes, parts, by=self.people.bea, at=self.now)
        self.held[self.minutes.discussion_id] |= {"quorate": False, "quorate_at": None}

    def decide(self, child: int, outcome: str) -> None:
        minutes = self.minutes
        assert minutes is not None
        decisions.decide(
            minutes,
            self.children[child],
            a_threshold(outcome, legal_reason="On the advice of our solicitor."),
            by=self.people.mo,
            at=self.now,
        )
        found = self.initiated.setdefault(child, {})
        found.pop(minutes.discussion_id, None)
        if outcome.startswith("section_47"):
            found[minutes.discussion_id] = self.held[minutes.discussion_id]["started_at"]

    def close(self, ended_at: datetime, *, full: bool) -> None:
        minutes = self.minutes
        assert minutes is not None
        for child in hold.undecided(minutes):
            place = next(n for n, one in enumerate(self.children) if one.name == child)
            self.decide(place, Outcome.SECTION_17)
        if hold.protection_open(minutes.discussion):
            self.decide_protection(self.now)  # where the protocol wants it before the end
        if full:
            self._fill(minutes)
        hold.close_discussion(minutes, by=self.people.mo, at=self.now, ended_at=ended_at, read_back=True)
        self.held[minutes.discussion_id]["ended_at"] = ended_at
        self.circulated[minutes.discussion_id] = False

    def _fill(self, minutes: Minutes) -> None:
        bea = self.people.bea
        for section in Section.objects.filter(minutes=minutes, field__in=TEXTS).order_by("pk"):
            text = TEXTS[section.field]
            sections.save_section(section, text, version=section.version, by=bea, at=self.now)
        allocated.name_allocated_worker(minutes, self.people.sam, self.people.sam.phone, by=bea, at=self.now)
        _arrange_all(minutes, self.people, self.children, self.now)
        an_action(minutes, self.people, at=self.now)
        for one in taking_part(minutes):
            agree.record_agreement(minutes, one, "agrees", by=bea, at=self.now)
        withhold_from_family(minutes, self.people, at=self.now)
        self.full.add(minutes.discussion_id)

    # Afterwards

    def circulate(self) -> None:
        """Finished, authorised and circulated; the letters wait."""
        minutes = self.minutes
        assert minutes is not None
        versions.finish(minutes, by=self.people.bea, at=self.now)
        versions.authorise_minutes(minutes, by=self.people.mo, at=self.now)
        circulate.circulate(minutes, by=self.people.bea, at=self.now)

    def copies(self, *status: str) -> list[Recipient]:
        """The copies of the latest record that stand so."""
        found = Recipient.objects.filter(
            circulation__version__minutes=self.minutes, status__in=status
        ).select_related("letter")
        return list(found.order_by("pk"))

    def dispatch(self, most: int) -> None:
        """The mail server takes so many of the copies that wait; the last one meets the clock."""
        assert self.minutes is not None
        for copy in self.copies("queued")[:most]:
            circulate.on_sent(copy.letter, self.now)
        for copy in self.copies("to_hand"):
            copies.record_handed(copy, how="In person", handed_at=self.now, by=self.people.bea, at=self.now)
        self._see_copies()

    def bounce(self) -> None:
        """One copy comes back."""
        copy = self.copies("sent")[0]
        copy.letter.status = "bounced"
        copy.letter.save(update_fields=["status"])
        circulate.on_bounced(copy.letter, self.now)
        self._see_copies()

    def resend(self) -> None:
        """It is sent again."""
        copy = self.copies("bounced")[0]
        copies.send_again(copy, by=self.people.bea, at=self.now)
        self._see_copies()

    def _see_copies(self) -> None:
        assert self.minutes is not None
        waiting = self.copies("queued", "deferred", "to_hand", "bounced", "needs_person")
        self.circulated[self.minutes.discussion_id] = not waiting

    def see_child(self, child: int, seen_at: datetime) -> None:
        services.record_child_seen(
            self.children[child],
            seen_at=seen_at,
            seen_by="Sam Shah",
            how="spoken",
            alone="yes",
            by=self.people.sam,
            at=self.now,
        )
        self.seen.setdefault(child, []).append(seen_at)

    def decide_protection(self, decided_at: datetime) -> None:
        assert self.request is not None
        services.record_protection_decision(
            self.request,
            decision="The child stays on the ward tonight.",
            police_contact="Paul Pike",
            decided_at=decided_at,
            by=self.people.mo,
            at=self.now,
        )
        self.protection_decided.append(decided_at)

    def end_conference(self, child: int) -> None:
        """A conference is not required for this child."""
        for one in Enquiry.objects.filter(child=self.children[child], closed_at=None):
            services.record_no_conference(
                one,
                why="The concerns were not borne out.",
                decided_by="Mo Mensah",
                decided_role="Team manager",
                decided_at=self.now,
                ending=services.Ending("not_substantiated", ["NFA_FLAG"]),
                by=self.people.sam,
                at=self.now,
            )
            self.ended_icpc.add((child, one.discussion_id))
