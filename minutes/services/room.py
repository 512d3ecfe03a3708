"""What the meeting room shows, read in few statements."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, FilteredRelation, OuterRef, Q
from django.db.models.functions import JSONObject
from django.http import Http404
from django.urls import reverse

from accounts.models import User
from accounts.roles import Permission
from attendees.enums import TAKES_PART, Mode
from attendees.models import Attendance
from attendees.quorum import Quorum
from attendees.services import attendance as attending
from cases.models import Child, FamilyMember
from deadlines.enums import Duty
from minutes.enums import ActionOrigin, ActionStatus, MinutesStatus
from minutes.models import Action, Arrangement, Dissent, FamilySharing, Minutes, Section, StepTick
from minutes.permissions import meeting as permissions
from minutes.rules import agenda
from minutes.rules import steps as agenda_steps
from minutes.rules.complete import boxes_asked
from minutes.rules.laming import Unseen
from minutes.rules.steps import Step
from minutes.rules.wording import in_words
from minutes.services import room_rows
from minutes.services.absent import Link, links_to_escalate
from minutes.services.earlier import told_of_earlier
from minutes.services.household import household_of, unseen_in
from minutes.services.logged import Logged, logged
from minutes.services.passages import order_of
from minutes.services.plan import Row, rows_of
from minutes.services.shown import Cell, Clock, Listed, with_lacks
from minutes.services.watching import looking
from protocols.rules.settings import Protocol
from strategy.models import Booking, Discussion, Enquiry

RELATED = (
    "discussion__case__allocated_worker",
    "discussion__request__protocol",
    "discussion__request__requester",
    "allocated_worker",
    "checked_before_by",
    "booked__chair",
    "booked__minute_taker",
    "booked__place",
)
COLOURS = {
    MinutesStatus.LIVE: "light-blue",
    MinutesStatus.AGREED: "yellow",
    MinutesStatus.WITH_CHAIR: "orange",
    MinutesStatus.AUTHORISED: "blue",
    MinutesStatus.CIRCULATED: "green",
}


@dataclass
class Room:
    """The record of one discussion as one person sees it at one moment."""

    minutes: Minutes
    booking: Booking | None
    user: User
    now: datetime
    wanted: str = ""
    typed: dict[int, str] = field(default_factory=dict)

    @property
    def discussion(self) -> Discussion:
        """The discussion."""
        return self.minutes.discussion

    @cached_property
    def rules(self) -> Protocol:
        """The local procedure."""
        return self.discussion.request.protocol.rules

    @cached_property
    def refusal(self) -> str | None:
        """Why this person only reads, or None."""
        return permissions.refusal_to_write(self.user, self.minutes, self.now, booking=self.booking)

    @cached_property
    def run_refusal(self) -> str | None:
        """Why this person does not run the meeting, or None."""
        return permissions.refusal_to_run(self.user, self.discussion, self.now, booking=self.booking)

    @cached_property
    def is_live(self) -> bool:
        """Whether the discussion is being held."""
        return self.minutes.status == MinutesStatus.LIVE

    @cached_property
    def before_start(self) -> bool:
        """Whether it has not started yet."""
        return self.minutes.status == MinutesStatus.OPENED

    @cached_property
    def steps(self) -> list[Step]:
        """The agenda."""
        ticked = getattr(self.minutes, "ticked", None) or []
        return agenda_steps.listed(self.rules.agenda.value, ticked, self.wanted)

    @cached_property
    def step(self) -> Step | None:
        """The one step that is open; None when all are shown."""
        return next((step for step in self.steps if step.current), None)

    @property
    def open_steps(self) -> list[Step]:
        """The step that is open, or all of them, without their cells."""
        return [self.step] if self.step else self.steps

    @cached_property
    def shown(self) -> list[Step]:
        """The step that is open, or all of them, with their cells."""
        keys = [step.key for step in self.open_steps]
        found = self.minutes.sections.filter(step__in=keys).order_by("pk")
        sections = list(found.select_related("child", "professional__agency", "updated_by"))
        return [replace(step, cells=tuple(self._cells(step.key, sections))) for step in self.open_steps]

    @cached_property
    def next_step(self) -> Step | None:
        """The step that follows."""
        return agenda_steps.after(self.steps, self.step.key) if self.step else None

    @cached_property
    def children(self) -> list[Child]:
        """The children: what is `decided` here for each, what that `lacks`, enquiries open `elsewhere`."""
        here = Q(decisions__discussion=self.discussion.pk)
        others = Enquiry.objects.filter(child=OuterRef("pk"), closed_at__isnull=True)
        others = others.exclude(discussion=self.discussion)
        told = JSONObject(discussion="discussion_id", number="discussion__number")
        asked = self.discussion.request.children.annotate(
            decided=FilteredRelation("decisions", condition=here),
            elsewhere=ArraySubquery(others.values(json=told)),
        )
        decided = asked.select_related("decided")  # type: ignore[misc]  # the relation annotated above
        found = list(decided.order_by(F("date_of_birth").asc(nulls_last=True), "pk"))
        return with_lacks(found, self.rules)

    @cached_property
    def named(self) -> list[Child]:
        """The children by name only, from the cells that are shown where these have one for each child."""
        shown = {
            cell.section.child.pk: cell.section.child
            for step in self.shown
            for cell in step.cells
            if cell.section.child
        }
        return list(shown.values()) or self.children

    @cached_property
    def attendance(self) -> list[Attendance]:
        """Everybody who was recorded."""
        return list(self.discussion.attendance.select_related("professional").order_by("pk"))

    @cached_property
    def here(self) -> list[Attendance]:
        """Who takes part now."""
        return [one for one in self.attendance if one.mode in TAKES_PART and one.left_at is None]

    @cached_property
    def not_here(self) -> list[Attendance]:
        """Who is absent, sent apologies, wrote, or has left."""
        return [one for one in self.attendance if one not in self.here]

    @cached_property
    def quorum(self) -> Quorum:
        """Quorum now, or at the end when it has ended."""
        at = self.discussion.ended_at or self.now
        return attending.quorum_of(self.attendance, self.discussion, self.rules, at)

    @cached_property
    def missing(self) -> list[str]:
        """The roles that are missing, in words."""
        return [attending.role_words(role) for role in self.quorum.missing]

    @cached_property
    def escalate(self) -> list[Link]:
        """Where it is escalated that somebody is missing, for those who may."""
        if not self.may_escalate:
            return []
        return links_to_escalate(self.discussion, self.quorum.missing, self.not_here)

    @property
    def may_escalate(self) -> bool:
        """Whether this person raises escalations: no link leads to a refusal."""
        return self.user.may(Permission.ESCALATE)

    @cached_property
    def dissents(self) -> list[Dissent]:
        """Views that differ, and how each was resolved (row G16)."""
        told = [dict(one) for one in getattr(self.minutes, "differing", None) or []]
        people = {one.pk: one for one in self.attendance} if told else {}
        children = {one.pk: one for one in self.children} if told else {}
        return [
            Dissent(
                attendance=people[one.pop("attendance_id")], child=children.get(one.pop("child_id")), **one
            )
            for one in told
        ]

    @cached_property
    def actions(self) -> list[Action]:
        """The action log, struck ones too, each with the arrangement it came from."""
        told = ("child", "family_member", "by_whom")
        related = ("owner__agency", "child", *[f"arrangement__{name}" for name in told])
        return list(self.minutes.actions.select_related(*related).order_by("number"))

    @cached_property
    def open_actions(self) -> list[Listed]:
        """Actions that stand, as the side lists them."""
        return [Listed.read(one) for one in getattr(self.minutes, "listed", None) or []]

    @cached_property
    def clocks(self) -> list[Clock]:
        """The running clocks of this discussion's case that the room watches, the most urgent first."""
        return Clock.all(getattr(self.minutes, "running", None) or [])

    @cached_property
    def earlier(self) -> dict[str, Any]:
        """What a later discussion begins with: enquiries so far and actions still open (row W15)."""
        return next(iter(told_of_earlier(self.discussion).values()), {})

    @cached_property
    def family(self) -> FamilySharing | None:
        """What the chair decided that the family is told."""
        return FamilySharing.objects.filter(minutes=self.minutes).first()

    @cached_property
    def sharing_plan(self) -> list[Row]:
        """Who tells whom what, how and when."""
        return rows_of(self.actions, self.family)

    @cached_property
    def looking(self) -> list[str]:
        """Who else has the record open."""
        return sorted({str(one["name"]) for one in getattr(self.minutes, "looking", None) or []})

    @cached_property
    def log(self) -> list[Logged]:
        """The action log, each action with the pages on which it is changed and struck out."""
        return [logged(one, self.minutes, self.family) for one in self.actions]

    @cached_property
    def arrangements(self) -> list[Arrangement]:
        """Who is seen, where, when and by whom."""
        made = [one for one in self.actions if one.origin == ActionOrigin.LAMING]
        return [one.arrangement for one in made if one.status != ActionStatus.STRUCK]

    @cached_property
    def not_arranged(self) -> list[Unseen]:
        """Which children and carers are not yet to be seen, which homes not visited (rows B09a to B09c)."""
        family = [FamilyMember(**one) for one in getattr(self.minutes, "relatives", None) or []]
        return unseen_in(self.named, household_of(family, self.named), self.arrangements)

    @cached_property
    def boxes_asked(self) -> dict[str, str]:
        """The boxes that must or should be filled when the minutes are authorised, and which in words."""
        return {} if self.refusal else boxes_asked(self.rules)

    @cached_property
    def protection_open(self) -> bool:
        """Whether the immediate protection decision, due before the start, is still to be made."""
        return any(clock.duty == Duty.IMMEDIATE_PROTECTION_DECISION for clock in self.clocks)

    # Words

    @property
    def heading(self) -> str:
        """What is held, by number and case: no name of a child stands in a heading or title."""
        kind = "Strategy meeting" if self.discussion.is_meeting else "Strategy discussion"
        return f"{kind} {self.discussion.number}, {self.discussion.case.reference}"

    @property
    def back(self) -> str:
        """The discussion's own page."""
        return reverse("attendees:discussion", args=[self.discussion.pk])

    @property
    def status_colour(self) -> str:
        """The tag's colour, beside its words."""
        return COLOURS.get(MinutesStatus(self.minutes.status), "grey")

    @property
    def is_chair(self) -> bool:
        """Whether this person chairs."""
        return self.booking is not None and self.booking.chair_id == self.user.pk

    @property
    def in_time(self) -> bool:
        """Whether attendance and the order of actions can still be changed."""
        return self.before_start or self.is_live

    @property
    def usual_mode(self) -> str:
        """How people take part in this format, so that only exceptions need words."""
        return attending.usual_mode(self.discussion.format)

    @property
    def missing_list(self) -> str:
        """“the police and health”; empty when quorum is complete."""
        return in_words(self.missing)

    @property
    def names(self) -> list[str]:
        """The children's names; the page sets each apart, since some are written from right to left."""
        return [str(one) for one in getattr(self.minutes, "names", None) or []]

    @property
    def no_quorum(self) -> str:
        """What it means that quorum has not been complete yet."""
        why = self.discussion.no_quorum_reason
        return (
            f"This discussion is not quorate without {in_words(self.missing) or 'everybody at once'}. "
            f"The clock for convening keeps running.{f' Started because: {why}' if why else ''}"
        )

    def _cells(self, step: str, sections: list[Section]) -> list[Cell]:
        """Field by field, then child by child or in the order people speak, passage by passage."""
        mine = [one for one in sections if one.step == step and not one.is_gone]
        ordered = sorted(mine, key=order_of(mine))
        return [
            self._cell(one, spec)
            for spec in agenda.all_cells_of(step)
            for one in ordered
            if one.field == spec.name
        ]

    def _cell(self, section: Section, spec: agenda.Cell) -> Cell:
        who, note = self._whose(section)
        asked = self.boxes_asked.get(spec.name)
        return Cell(
            section=section,
            label=agenda.label_of(section.step, spec.name, who, section.heading) + section.which,
            hint="" if section.is_passage else ". ".join(filter(None, [spec.hint, asked])),
            rows=3 if section.is_passage else spec.rows,
            note=note,
            typed=self.typed.get(section.pk),
        )

    def _whose(self, section: Section) -> tuple[str, str]:
        if section.child is not None:
            return section.child.name, ""
        if section.professional is None:
            return "", ""
        found = [one for one in self.attendance if one.professional_id == section.professional_id]
        person = section.professional
        if not found:
            return f"{person.name}, {person.job_role}, {person.agency}", ""
        one = found[0]
        away = "" if one.mode in TAKES_PART else Mode(one.mode).label
        return f"{one.name}, {one.job_role}, {one.agency_name}", away


def room_for(user: User, discussion_pk: int, *, at: datetime, step: str = "") -> Room | None:
    """The meeting room as this person sees it; None while the record is not opened, or not for them.

    One statement brings the record with its booking, ticks, clocks and open actions: the page adds only the
    attendance and what its step shows.
    """
    in_force = Q(discussion__bookings__cancelled_at__isnull=True)
    found = (
        Minutes.objects.visible_to(user)
        .annotate(
            booked=FilteredRelation("discussion__bookings", condition=in_force),
            ticked=ArraySubquery(StepTick.objects.filter(minutes=OuterRef("pk")).values("step")),
            looking=looking(user, at),
            listed=room_rows.listed(),
            running=room_rows.running(),
            names=room_rows.names(),
            relatives=room_rows.relatives(),
            differing=room_rows.differing(),
        )
        .select_related(*RELATED)
        .filter(discussion_id=discussion_pk)
        .first()
    )
    return Room(found, getattr(found, "booked", None), user, at, step) if found else None


def discussion_for(user: User, pk: int) -> Discussion:
    """The discussion, if this person may see its case. Raises Http404."""
    seen = Discussion.objects.visible_to(user).select_related(
        "case", "request__protocol", "request__requester"
    )
    found: Discussion | None = seen.filter(pk=pk).first()
    if found is None:
        raise Http404("No discussion of yours has this number.")
    return found
