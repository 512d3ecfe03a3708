"""The way of one invented family, step by step, each at its own moment."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from accounts.models import User
from attendees.enums import InformationStatus, Mode, Reply, SignatureMethod
from attendees.services.attendance import Part, expected
from attendees.services.booking import book_and_invite
from attendees.services.information import Text, answer_information
from attendees.services.replies import reply_to_invitation
from attendees.services.wanted import Chosen, submit_request, want_professionals
from cases.rules import ChildFacts, FamilyFacts
from minutes.enums import Answer, Settled
from minutes.models import Minutes, Section
from minutes.permissions.meeting import booking_of
from minutes.services import agree, allocated, circulate, decisions, hold, record, sections, versions
from minutes.services.actions import Task, add_action
from minutes.services.arrangements import Seeing, arrange
from minutes.services.dissent import View, record_dissent
from minutes.services.sharing import Told as FamilyTold
from minutes.services.sharing import decide_sharing
from referrals.enums import AbuseType
from referrals.rules import CircumstanceFacts, ReferralFacts
from referrals.services import ConcernFacts, NewCase
from strategy import services
from strategy.enums import Format, Outcome, PlanAfter, RiskLevel
from strategy.enums import Section as Part_of_request
from strategy.enums import Told as Answered
from strategy.models import Discussion, Place, StrategyRequest
from worklist.demo.people import Town
from worklist.demo.words import RECORD

HOUR = timedelta(hours=1)


class Family:
    """What happens with one family."""

    def __init__(
        self, town: Town, children: Sequence[ChildFacts], family: Sequence[FamilyFacts], story: str
    ) -> None:
        self.town, self.children, self.family, self.story = town, children, family, story
        self.people = [town.officer, town.health_visitor, town.school_lead]

    def refer(
        self, received: datetime, *circumstances: str, by: User | None = None, **more: object
    ) -> StrategyRequest:
        """A referral from the school, its circumstances, and a request begun."""
        by = by or self.town.social_worker
        lead = self.town.school_lead
        facts = {
            "triggered_at": received,
            "source": "2A",
            "referrer_name": lead.name,
            "referrer_role": lead.job_role,
            "referrer_phone": lead.phone,
            "referrer_email": lead.email,
            "narrative": self.story,
        } | more
        request = services.take_referral_and_ask(
            ReferralFacts(**facts),  # type: ignore[arg-type]
            new_case=NewCase(team=self.town.team, children=self.children, family=self.family),
            concerns=[
                ConcernFacts(child=n, abuse_type=AbuseType.PHYSICAL) for n in range(len(self.children))
            ],
            by=by,
            at=received + timedelta(minutes=10),
        )
        for kind in circumstances:
            told = CircumstanceFacts(kind=kind)
            services.tell_circumstance(request.referral, told, by=by, at=received + timedelta(minutes=12))
        return request

    def submit(self, request: StrategyRequest, at: datetime) -> StrategyRequest:
        """Every section filled, and submitted to the manager."""
        by = request.requester
        filled: dict[str, dict[str, object]] = {
            Part_of_request.CHILDREN: {"children": list(request.children.all())},
            Part_of_request.WHAT_HAPPENED: {
                "threshold_reason": "The injury does not fit the explanation; they are afraid to go home.",
                "harm_summary": self.story,
                "parents_informed": "not_informed",
                "parents_reason": "It could put the children at risk tonight.",
            },
            Part_of_request.CIRCUMSTANCES: {},
            Part_of_request.FORMAT: {"format_wanted": Format.VIRTUAL, "direct_number": by.phone},
            Part_of_request.AVAILABILITY: {"availability": "Any time today and tomorrow morning"},
        }
        for section, values in filled.items():
            request = services.save_section(request, section, values, by=by, at=at)
        chosen = [Chosen(professional=person, quorum_role=person.quorum_role) for person in self.people]
        request = want_professionals(request, chosen, by=by, at=at)
        return submit_request(request, by=by, at=at)

    def authorise(self, request: StrategyRequest, at: datetime) -> StrategyRequest:
        """The manager's word, after the protection decision where one is owed."""
        town = self.town
        services.record_protection_decision(
            request,
            decision="The children stay with their grandmother tonight; no contact with the stepfather.",
            police_contact="Duty sergeant, by telephone",
            decided_at=at,
            by=town.practice_manager,
            at=at,
        )
        return services.authorise(request, by=town.manager, at=at)

    def book(
        self, request: StrategyRequest, start: datetime, at: datetime, place: str = "Video link 1"
    ) -> Discussion:
        """A place, a chair and a minute-taker; everybody invited and asked for what they know."""
        return book_and_invite(
            request,
            format=Format.VIRTUAL,
            place=Place.objects.get(name=place),
            start=start,
            end=start + HOUR,
            chair=self.town.manager,
            minute_taker=self.town.business_support,
            professionals=self.people,
            late_reason="No earlier time could be had with the police.",
            by=self.town.business_support,
            at=at,
        )

    def answer(self, discussion: Discussion, at: datetime) -> None:
        """The police come and send what they hold; health comes and tells at the meeting."""
        for invitation in discussion.invitations.filter(
            professional__in=[self.town.officer, self.town.health_visitor]
        ):
            reply_to_invitation(
                invitation, answer=Reply.COMING, by=invitation.professional, at=at, how="By link"
            )
        asked = discussion.information.get(professional=self.town.officer)
        texts = [
            Text(
                heading="Involvement", text="Two calls to the address this year, both for noise; no arrests."
            )
        ]
        answer_information(asked, status=InformationStatus.RETURNED, texts=texts, by=self.town.officer, at=at)
        health = discussion.information.get(professional=self.town.health_visitor)
        answer_information(health, status=InformationStatus.AT_MEETING, by=self.town.health_visitor, at=at)

    def hold(self, discussion: Discussion, at: datetime, *, put_off_to: date | None = None) -> Minutes:
        """Open, start, minute, decide, arrange, agree and close; `at` is the planned start.

        `put_off_to`: until when nothing is decided for the younger child.
        """
        town = self.town
        beth, martin = town.business_support, town.manager
        minutes = record.open_record(discussion, by=beth, at=at - timedelta(minutes=30))
        minutes = record.check_before_start(minutes, by=martin, at=at - timedelta(minutes=5))
        parts = expected(discussion, booking_of(discussion))
        here = [Part(professional=part.professional, mode=Mode.REMOTE) for part in parts]
        hold.record_attendance(minutes, here, by=beth, at=at)
        hold.confirm_right_meeting(minutes, by=martin, at=at)
        minutes = hold.start_discussion(minutes, by=martin, at=at)
        during = at + timedelta(minutes=30)
        for section in Section.objects.filter(minutes=minutes, field__in=RECORD):
            if not section.text:
                text = RECORD[section.field]
                sections.save_section(section, text, version=section.version, by=beth, at=during)
        allocated.name_allocated_worker(
            minutes, town.social_worker, town.social_worker.phone, by=beth, at=during
        )
        self._decide(minutes, during, put_off_to)
        end = at + timedelta(minutes=55)
        for one in minutes.discussion.attendance.all():
            agree.record_agreement(minutes, one, Answer.AGREES, by=beth, at=end)
        return hold.close_discussion(minutes, by=martin, at=end, read_back=True)

    def _decide(self, minutes: Minutes, at: datetime, put_off_to: date | None) -> None:
        town, children = self.town, list(minutes.discussion.request.children.all())
        worker = next(
            part.professional
            for part in expected(minutes.discussion, booking_of(minutes.discussion))
            if part.professional.user_id == town.social_worker.pk
        )
        for place, child in enumerate(children):
            outcome = Outcome.SECTION_17 if place else Outcome.SECTION_47_JOINT
            said = decisions.Threshold(
                outcome=outcome,
                risk_level=RiskLevel.MEDIUM if place else RiskLevel.HIGH,
                risk_text="Afraid of going home; a further injury is likely there.",
                rationale="Reasonable cause to suspect significant harm: an injury nobody can explain."
                if not place
                else "No injury and no disclosure, but the same household: needs are assessed together.",
                plan=PlanAfter.CHILD_IN_NEED if place else PlanAfter.CHILD_PROTECTION,
                under_pressure=Answered.NO,
                medical=decisions.Medical(
                    "no", "Examined this morning; a second examination would add nothing."
                ),
            )
            if place and put_off_to is not None:
                said = replace(
                    said,
                    outcome=Outcome.DEFERRED,
                    deferred_to=put_off_to,
                    rationale="Not known yet whether he was there: the school is asked first.",
                )
            decisions.decide(minutes, child, said, by=town.manager, at=at)
            arrange(
                minutes,
                Seeing("child", child, "At school", at + 3 * HOUR, worker),
                by=town.business_support,
                at=at,
            )
        withheld = FamilyTold("withhold", "The police speak to the adults of the home first.")
        decide_sharing(minutes, withheld, by=town.manager, at=at)
        for about, where in (("parent", "At home"), ("home", "12 Invented Terrace")):  # all of the carers
            seeing = Seeing(about, children[0], where, at + 5 * HOUR, worker)
            arrange(minutes, seeing, by=town.business_support, at=at)
        school = minutes.discussion.attendance.filter(professional=town.school_lead).first()
        if school is not None:
            view, how = "The younger child should be seen at school, not at home.", "Both are seen at school."
            differs = View(school, view, Settled.RESOLVED, how)
            record_dissent(minutes, differs, by=town.business_support, at=at)
        task = Task(
            text="Interview under Achieving Best Evidence guidance",
            owner=town.officer,
            due_at=at + 26 * HOUR,
            how_known="Told to Sofia Reed by telephone",
        )
        add_action(minutes, task, by=town.business_support, at=at)

    def sign(self, minutes: Minutes, at: datetime) -> None:
        """Everybody but the school signs, recorded by the minute-taker as it was read back."""
        log = minutes.action_logs.latest("number")
        for one in minutes.discussion.attendance.exclude(professional=self.town.school_lead):
            how = "Said yes when the actions were read back"
            agree.sign(
                one, log, method=SignatureMethod.RECORDED, how=how, by=self.town.business_support, at=at
            )

    def circulate(self, minutes: Minutes, at: datetime) -> None:
        """Finished, checked, authorised and circulated; the letters wait for the printed PDF."""
        minutes = versions.finish(minutes, by=self.town.business_support, at=at)
        versions.authorise_minutes(minutes, by=self.town.manager, at=at)
        minutes.refresh_from_db()
        circulate.circulate(minutes, by=self.town.business_support, at=at)
