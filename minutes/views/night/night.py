"""One page for the night: a family found by the search, or one that is new."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from audit.services import record_read
from cases.models import Case, Child
from deadlines.choosing import protocol_in_force
from deadlines.working_days import local_date
from govuk.moments import clock_time
from govuk.rows import Rows
from minutes.forms.night.held import DecidedForChildForm, present_of, threshold_of
from minutes.forms.night.night import (
    CallForm,
    NewFamilyNightForm,
    NightChildForm,
    NightForm,
    OtherChildForm,
    RelativeForm,
    calls_of,
    is_to_come,
)
from minutes.rules.afterwards import NightTimes, problems_with_night
from minutes.services.afterwards import Told
from minutes.services.night import Joining, Night, ToCome, problems, write_down_night
from minutes.views.night.held import HoldsRows, who_may
from protocols.rules.settings import Protocol
from referrals.services import ConcernFacts, NewCase
from strategy import permissions
from strategy.enums import Format
from strategy.events import FAMILY_READ
from strategy.forms.adults import family_facts
from strategy.forms.family import child_facts
from strategy.models import NightEntry
from strategy.rules.afterwards import Order
from strategy.views.matches import ShowsMatches
from strategy.views.pages import police_lines
from strategy.views.seeking import SOUGHT, sought_of


class WriteNight(HoldsRows, ShowsMatches):
    """What both pages of the night share."""

    template_name = "minutes/night/night.html"
    button = "Put the night on record"
    case: Case | None = None
    children: Sequence[Child] = ()

    def refusal(self) -> str | None:
        """Emergency duty."""
        return permissions.refusal_to_write_nights(self.user, self.now)

    def get_back(self) -> tuple[str, str]:
        """Back to the night."""
        return reverse("minutes:night"), "Back to the night"

    def get_initial(self) -> dict[str, Any]:
        """Whoever is on duty facilitated and chaired, unless told otherwise."""
        return {"facilitator": self.user.name, "chair": self.user.pk, "hub": "Emergency duty",
                "format": Format.TELEPHONE_CONFERENCE}  # fmt: skip

    def get_form_kwargs(self) -> dict[str, Any]:
        """Who may have authorised and chaired, by the procedure in force."""
        team = self.case.team_id if self.case else None
        told = who_may(self.protocol, self.user, team, [])
        return told | {"meaning": self.protocol.trigger_meaning.value}

    @cached_property
    def protocol(self) -> Protocol:
        """The procedure in force."""
        return protocol_in_force(local_date(self.now))

    def get_rows(self) -> Mapping[str, Rows]:
        """The calls, the family, who took part, what was agreed."""
        return {
            "calls": Rows(CallForm, "call", most=20, legend="Whom you rang"),
            "others": Rows(OtherChildForm, "child", most=12, legend="Other children of the household"),
            "family": Rows(RelativeForm, "family member", most=12, legend="The family and household"),
            **self.rows_of_talk(self.protocol, "Who took part, or is to take part"),
        }

    def get_initial_rows(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """One of each to begin with."""
        return {"calls": [{}], "picked": [{}, {}], "agreed": [{}]}

    def get_context(self) -> dict[str, Any]:
        """The rows by name; the police first."""
        more = {"bound": self.bound_rows, "lines": police_lines(self.now), "case": self.case}
        return super().get_context() | more

    @property
    def is_held(self) -> bool:
        """Whether it has been held, as far as was said."""
        return not is_to_come(self.request.POST)

    def problems(self, form: NightForm) -> Mapping[str, str]:
        """All that cannot be, at once; what only a discussion decides waits until there was one."""
        found = dict(problems(self.night(form), at=self.now))
        about = [*self.cleaned_rows["decided"], *self.cleaned_rows.get("joining", [])]
        decided = any(typed["outcome"] for typed in about)
        if not self.is_held and (decided or self.bound_rows["agreed"].filled):
            found["was_held"] = (
                "Decisions and actions come from a discussion. Choose that it has been held, or take them out"
            )
        return found

    def problems_so_far(self, form: NightForm) -> Mapping[str, str]:
        """Every moment that cannot be, beside what else is wrong."""
        said = form.cleaned_data
        times = NightTimes(
            came_in_at=said.get("triggered_at"),
            decided_at=said.get("decided_at"),
            called_at=self.moments_so_far("calls", "called_at"),
        )
        order = (
            self.order_so_far(form, times.came_in_at) if self.is_held else Order(said_at=said.get("said_at"))
        )
        due_at = self.moments_so_far("agreed", "due_at") if self.is_held else []
        return problems_with_night(times, order, due_at, self.now)

    def night(self, form: NightForm) -> Night:
        """All that was typed, as the service takes it."""
        raise NotImplementedError

    def act(self, form: NightForm) -> NightEntry:
        """Write it down."""
        return write_down_night(self.night(form), by=self.user, at=self.now)

    def told(self, form: NightForm) -> dict[str, Any]:
        """All that both pages say, as the service takes it."""
        rows = self.cleaned_rows
        if self.is_held:
            told: Told | ToCome = self.told_of_talk(form, ())
        else:
            told = ToCome(asked=form.asked, people=present_of(rows["picked"], rows["typed"], None))
        return {
            "came_in": form.facts,
            "told": told,
            "circumstances": form.circumstances,
            "calls": calls_of(rows["calls"]),
            "protection": form.protection,
            "others": [child_facts(typed) for typed in rows["others"]],
            "family": [family_facts(typed) for typed in rows["family"]],
            "another_because": form.cleaned_data["another_because"],
            **form.what_happened,
        }

    def get_message(self, done: NightEntry) -> str:
        """By when the day takes over."""
        hour = clock_time(self.protocol.night_handover_at.value)
        return f"The night is on record. The day team is asked to take over by {hour}."

    def next(self, done: NightEntry) -> str:
        """To the night’s list."""
        return reverse("minutes:night")


class NightOfNewFamily(WriteNight):
    """The night of a family not known here: only after a search."""

    title = "The night: a family not known here"
    form_class = NewFamilyNightForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Whoever comes without a search is led to it; what was typed already is not lost for it."""
        if request.method == "GET" and SOUGHT not in request.session and self.refusal() is None:
            messages.info(request, "First look whether the child is known.")
            return HttpResponseRedirect(reverse("referrals:new"))
        return super().dispatch(request, *args, **kwargs)

    def get_rows(self) -> Mapping[str, Rows]:
        """The children too, each with the decision."""
        children = Rows(
            NightChildForm, "child", least=1, most=12, legend="The children, and what was decided",
            form_kwargs={"is_held": self.is_held} | self.asked_beside(self.protocol),
        )  # fmt: skip
        return {"decided": children, **super().get_rows()}

    def get_initial_rows(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """The child who was sought."""
        return {**super().get_initial_rows(), "decided": [sought_of(self.request).child]}

    def night(self, form: Any) -> Night:
        """Whose case is opened with it."""
        children, searched = self.cleaned_rows["decided"], sought_of(self.request)
        concerns = [
            ConcernFacts(child=place, abuse_type=kind)
            for place, typed in enumerate(children)
            for kind in typed["abuse_types"]
        ]
        return Night(
            **self.told(form),
            new_case=NewCase(team=form.cleaned_data["team"], children=[child_facts(one) for one in children]),
            about=[(place, threshold_of(typed)) for place, typed in enumerate(children)],
            concerns=concerns,
            seen=searched.very_like if searched.was_shown else None,
        )

    def act(self, form: Any) -> NightEntry:
        """Write it down, and forget whom one looked for."""
        done = super().act(form)
        self.request.session.pop(SOUGHT, None)
        return done


class NightOnCase(WriteNight):
    """The night of a family whose case is open."""

    form_class = NightForm

    def fetch(self) -> Case:
        """The case, if this person may see it; else 404."""
        found = Case.objects.visible_to(self.user).filter(reference=self.kwargs["reference"])
        self.case = found.select_related("team").first()
        if self.case is None:
            raise Http404
        return self.case

    def note_reading(self) -> None:
        """The children's names stand in the form."""
        record_read(FAMILY_READ, self.thing, subject=self.thing, by=self.user, at=self.now)

    def get_title(self) -> str:
        """Which case."""
        return f"The night: {self.thing.reference}"

    @cached_property
    def of_case(self) -> list[Child]:
        """The case's children."""
        return list(Child.objects.filter(case=self.thing))

    def get_rows(self) -> Mapping[str, Rows]:
        """A decision for each child; one who was not discussed is removed."""
        decided = Rows(
            DecidedForChildForm, "decision", least=1, most=len(self.of_case) or 1,
            legend="The children, and what was decided",
            form_kwargs={"children": self.of_case, "is_held": self.is_held}
            | self.asked_beside(self.protocol),
        )  # fmt: skip
        joining = Rows(
            NightChildForm, "child", most=6, legend="A child who is not on this case yet",
            form_kwargs={"is_held": self.is_held} | self.asked_beside(self.protocol),
        )  # fmt: skip
        return {"decided": decided, "joining": joining, **super().get_rows()}

    def get_initial_rows(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Each child."""
        return {**super().get_initial_rows(), "decided": [{"child": one.pk} for one in self.of_case]}

    def night(self, form: NightForm) -> Night:
        """Of which of its children."""
        about = [(typed["child"], threshold_of(typed)) for typed in self.cleaned_rows["decided"]]
        joining = [
            Joining(facts=child_facts(typed), harm=typed["abuse_types"], decided=threshold_of(typed))
            for typed in self.cleaned_rows["joining"]
        ]
        return Night(**self.told(form), case=self.thing, about=about, joining=joining)
