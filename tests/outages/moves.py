"""Every move of a request, its discussion and its record, by the real services as anybody of the cast."""

from collections.abc import Callable
from datetime import UTC, timedelta

from django.utils import timezone

from accounts.models import User
from attendees.enums import SignatureMethod
from attendees.models import Attendance
from attendees.services.booking import book_and_invite, cancel_booking
from attendees.services.wanted import submit_request, want_professionals
from minutes.enums import Answer
from minutes.models import Minutes, Section
from minutes.services import agree, allocated, decisions, hold, record, sections, versions
from minutes.services import circulate as circulating
from strategy import services
from strategy.enums import Format, Outcome
from strategy.enums import Section as RequestSection
from strategy.models import Discussion, StrategyRequest
from tests.builders.booking import a_video_link
from tests.builders.meeting import (
    TEXTS,
    _arrange_all,
    a_threshold,
    an_action,
    decide_protection,
    everybody,
    taking_part,
)
from tests.builders.requests import a_draft_request, professionals_of
from tests.people import Cast


class Way:
    """One request on its way, with the moves that people try."""

    def __init__(self, people: Cast) -> None:
        self.people = people
        self.number = a_draft_request(people).pk
        want_professionals(self.request, professionals_of(people), by=people.sam, at=timezone.now())
        self.place = a_video_link()

    # What is stored, read afresh as a page does

    @property
    def request(self) -> StrategyRequest:
        """The request."""
        return StrategyRequest.objects.select_related("referral", "case").get(pk=self.number)

    @property
    def discussion(self) -> Discussion | None:
        """The latest discussion."""
        return Discussion.objects.filter(request=self.number).order_by("-number").first()

    @property
    def minutes(self) -> Minutes | None:
        """The record of the latest discussion."""
        return Minutes.objects.filter(discussion=self.discussion).first() if self.discussion else None

    def statuses(self) -> tuple[str, str, str]:
        """Request, discussion and record."""
        discussion, minutes = self.discussion, self.minutes
        return (
            str(self.request.status),
            str(discussion.status) if discussion else "",
            str(minutes.status) if minutes else "",
        )

    # What somebody careful does before a move that the model allows

    def prepare(self, move: str) -> None:
        """Fill what the move asks for."""
        before: dict[str, Callable[[Minutes], None]] = {
            "start": self._gather,
            "close": self._fill,
            "finish": self._sign,
        }
        minutes = self.minutes
        if minutes is not None and move in before:
            before[move](minutes)

    def _gather(self, minutes: Minutes) -> None:
        people, now = self.people, timezone.now()
        hold.record_attendance(minutes, everybody(minutes), by=people.bea, at=now)
        hold.confirm_right_meeting(minutes, by=people.mo, at=now)

    def _fill(self, minutes: Minutes) -> None:
        people, now = self.people, timezone.now()
        for section in Section.objects.filter(minutes=minutes, field__in=TEXTS).order_by("pk"):
            text = TEXTS[section.field]
            sections.save_section(section, text, version=section.version, by=people.bea, at=now)
        decide_protection(minutes, people, at=now)
        allocated.name_allocated_worker(minutes, people.sam, people.sam.phone, by=people.bea, at=now)
        children = list(minutes.discussion.request.children.all())
        for place, child in enumerate(children):
            outcome = Outcome.SECTION_17 if place else Outcome.SECTION_47_JOINT
            decisions.decide(minutes, child, a_threshold(outcome), by=people.mo, at=now)
        _arrange_all(minutes, people, children, now)
        an_action(minutes, people, at=now)
        for one in taking_part(minutes):
            agree.record_agreement(minutes, one, Answer.AGREES, by=people.bea, at=now)

    def _sign(self, minutes: Minutes) -> None:
        log = minutes.action_logs.latest("number")
        signed = f"action-log:{log.pk}"
        for one in taking_part(minutes):
            if not Attendance.objects.filter(pk=one.pk, signatures__document=signed).exists():
                how = "Said yes when it was read back"
                agree.sign(
                    one, log, method=SignatureMethod.RECORDED, how=how, by=self.people.bea, at=timezone.now()
                )

    # The moves

    def submit(self, by: User) -> object:
        return submit_request(self.request, by=by, at=timezone.now())

    def authorise(self, by: User) -> object:
        return services.authorise(self.request, by=by, at=timezone.now())

    def send_back(self, by: User) -> object:
        reasons = {RequestSection.WHAT_HAPPENED: "Say who saw the injury."}
        back = services.return_to_requester(self.request, reasons=reasons, by=by, at=timezone.now())
        section = RequestSection.WHAT_HAPPENED
        text = {"harm_summary": "The class teacher saw it."}
        services.save_section(self.request, section, text, by=self.people.sam, at=timezone.now())
        return back

    def withdraw(self, by: User) -> object:
        return services.withdraw(self.request, reason="Typed twice", by=by, at=timezone.now())

    def not_needed(self, by: User) -> object:
        return services.decide_not_needed(self.request, rationale="Explained", by=by, at=timezone.now())

    def book(self, by: User) -> object:
        start = timezone.now().astimezone(UTC).replace(second=0, microsecond=0) + timedelta(hours=2)
        return book_and_invite(
            self.request,
            format=Format.VIRTUAL,
            place=self.place,
            start=start,
            end=start + timedelta(hours=1),
            chair=self.people.mo,
            minute_taker=self.people.bea,
            professionals=[one.professional for one in self.request.wanted.all()],
            late_reason="No earlier time could be had with the police.",
            by=by,
            at=timezone.now(),
        )

    def cancel(self, by: User) -> object:
        assert self.discussion is not None
        return cancel_booking(self.discussion, reason="Fire alarm", by=by, at=timezone.now())

    def open(self, by: User) -> object:
        assert self.discussion is not None
        return record.open_record(self.discussion, by=by, at=timezone.now())

    def start(self, by: User) -> object:
        assert self.minutes is not None
        return hold.start_discussion(self.minutes, by=by, at=timezone.now())

    def close(self, by: User) -> object:
        assert self.minutes is not None
        return hold.close_discussion(self.minutes, by=by, at=timezone.now(), read_back=True)

    def finish(self, by: User) -> object:
        assert self.minutes is not None
        return versions.finish(self.minutes, by=by, at=timezone.now())

    def hand_back(self, by: User) -> object:
        assert self.minutes is not None
        reason = "Name the paediatrician."
        return versions.return_to_support(self.minutes, reason=reason, by=by, at=timezone.now())

    def authorise_minutes(self, by: User) -> object:
        assert self.minutes is not None
        return versions.authorise_minutes(self.minutes, by=by, at=timezone.now())

    def circulate(self, by: User) -> object:
        assert self.minutes is not None
        return circulating.circulate(self.minutes, by=by, at=timezone.now())

    def correct(self, by: User) -> object:
        assert self.minutes is not None
        return versions.begin_correction(self.minutes, reason="A wrong date", by=by, at=timezone.now())
