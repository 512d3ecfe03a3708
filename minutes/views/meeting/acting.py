"""The actions, typed live in one line or on a form; changed, moved and struck; plans that become actions."""

from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.models import User
from attendees.models import Professional
from audit.errors import Refused, refuse
from cases.models import Child
from govuk.moments import moment
from govuk.numbers import whole_number
from minutes.enums import ActionKind, ActionOrigin, Forum
from minutes.forms.meeting.deciding import ActionForm, InformationForm, PlanForm, SharingForm, StrikeForm
from minutes.models import Action, Section
from minutes.rules.one_line import Line, Owner, read_line, sought
from minutes.rules.usual import KNOWN
from minutes.services import actions
from minutes.services.directory import people_called
from minutes.services.logged import page_to_change
from minutes.services.room import Room, room_for
from minutes.views.meeting.base import RoomPage, invited_to, professionals_here
from strategy.models import EmergencyPower

LONGEST = timedelta(hours=12)  # that a discussion goes on; a record still open then is typed in afterwards


class AddAction(RoomPage):
    """An action on its own page; what was typed in one line is already filled in."""

    title = "Add an action"
    form_class: Any = ActionForm
    button = "Add the action"
    message = "The action is added."
    step = "actions"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"here": professionals_here(self.room), "children": self.room.children}

    def get_initial(self) -> dict[str, Any]:
        usual = KNOWN.get(self.request.GET.get("usual", ""))
        child = self.one_child() if usual else None
        typed = usual.line.replace("{who}", child.name if child else "the children") if usual else ""
        line = read_here(typed or self.request.GET.get("line", ""), self.room)
        found: dict[str, Any] = {"text": line.text, "owner": line.owner, "due_at": line.due_at}
        found |= {"forum": line.forum} if line.forum else {}
        if usual:
            found |= {"usual": usual.key, "kind": usual.kind, "child": child.pk if child else None}
        return found | self.for_power() | self.for_plan()

    def one_child(self) -> Child | None:
        """The child that the address names, of this discussion."""
        wanted = whole_number(self.request.GET.get("child", ""))
        return next((one for one in self.room.children if one.pk == wanted), None)

    def for_power(self) -> dict[str, Any]:
        """An action because of an emergency power is about its child, and done before it ends (row C26)."""
        wanted = whole_number(self.request.GET.get("power", ""))
        powers = EmergencyPower.objects.filter(pk=wanted or 0, child__in=self.room.children, ended_at=None)
        power = powers.first() if wanted else None
        return {"child": power.child_id, "due_at": power.expires_at} if power else {}

    @cached_property
    def plan_of_safety(self) -> Section | None:
        """The interim safety plan that the address names, which becomes the action (row B10)."""
        wanted = whole_number(self.request.GET.get("plan", "")) or 0
        found = self.minutes.sections.filter(pk=wanted, field="safety_plan").select_related("child")
        return found.first() if wanted else None

    def for_plan(self) -> dict[str, Any]:
        """The words of a safety plan, and the child whom it keeps safe."""
        plan = self.plan_of_safety
        return {"text": plan.text[:2000], "child": plan.child_id} if plan else {}

    def act(self, form: ActionForm) -> Action:
        origin = ActionOrigin.SAFETY_PLAN if self.plan_of_safety else ActionOrigin.TYPED
        return actions.add_action(self.minutes, self.task(form, origin), by=self.user, at=self.now)

    def task(self, form: ActionForm, origin: str = ActionOrigin.TYPED) -> actions.Task:
        """What the form says, as the service wants it."""
        said = form.cleaned_data
        names = ("text", "owner", "due_at", "child", "how_known", "forum", "kind")
        usual = said["usual"] if said["usual"] in KNOWN else ""
        details = {"usual": usual} if usual else self.known_details()
        return actions.Task(**{name: said[name] for name in names}, origin=origin, details=details)

    def known_details(self) -> dict[str, str]:
        """Parts of the sentence that an action has already."""
        return {}


PLANS: dict[str, tuple[Any, Any, str]] = {
    ActionOrigin.SHARING: (SharingForm, actions.Sharing, "to_whom"),
    ActionOrigin.INFORMATION: (InformationForm, actions.Wanted, "from_whom"),
}


class EditAction(AddAction):
    """Change an open action; one that is a row of a plan by the parts of its sentence."""

    button = "Save the action"
    message = "The action is changed."

    def about(self) -> Action:
        found: Action = get_object_or_404(self.minutes.actions.all(), pk=self.kwargs["action"])
        self.plan = PLANS.get(found.origin) if found.details.get("what") else None
        self.form_class = self.plan[0] if self.plan else ActionForm
        return found

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"here": professionals_here(self.room)} if self.plan else super().get_form_kwargs()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """What came from another part of the record is changed there."""
        if page := page_to_change(self.thing, self.minutes):
            return redirect(page)
        return super().get(request, *args, **kwargs)

    def get_title(self) -> str:
        return f"Change action {self.thing.number}"

    def get_initial(self) -> dict[str, Any]:
        if self.plan:
            told = {name: self.thing.details.get(key, "") for name, key in self.parts()}
            return told | {"owner": self.thing.owner_id, "due_at": self.thing.due_at}
        names = ("text", "owner_id", "due_at", "child_id", "how_known", "forum", "kind")
        return {name.removesuffix("_id"): getattr(self.thing, name) for name in names}

    def known_details(self) -> dict[str, str]:
        """A change of words leaves what the action came from."""
        return dict(self.thing.details)

    def parts(self) -> list[tuple[str, str]]:
        """The fields of a plan's row, and what they are called in the action."""
        return [("what", "what"), ("whom", self.plan[2] if self.plan else ""), ("how", "how")]

    def act(self, form: ActionForm) -> Action:
        if self.plan:
            said = form.cleaned_data
            row = self.plan[1](said["what"], said["whom"], said["how"], said["owner"], said["due_at"])
            return actions.change_plan(self.thing, row, by=self.user, at=self.now, version=self.version)
        return actions.edit_action(
            self.thing, self.task(form, self.thing.origin), by=self.user, at=self.now, version=self.version
        )


class StrikeAction(AddAction):
    """Strike an action out, with the reason."""

    form_class = StrikeForm
    button = "Strike it out"
    message = "The action is struck out. It stays in the log with its reason."
    danger = True

    def about(self) -> Action:
        found: Action = get_object_or_404(self.minutes.actions.all(), pk=self.kwargs["action"])
        return found

    def get_title(self) -> str:
        return f"Strike out action {self.thing.number}"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {}

    def get_initial(self) -> dict[str, Any]:
        return {}

    def act(self, form: Any) -> Action:
        return actions.strike_action(self.thing, form.cleaned_data["reason"], by=self.user, at=self.now)


class Share(RoomPage):
    """A row of the sharing plan."""

    title = "Who is told what"
    form_class: Any = SharingForm
    button = "Add to the sharing plan"
    message = "It is in the sharing plan, and in the action log."
    step = "actions"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"here": professionals_here(self.room)}

    def act(self, form: PlanForm) -> Action:
        said = form.cleaned_data
        row = actions.Sharing(said["what"], said["whom"], said["how"], said["owner"], said["due_at"])
        return actions.plan_to_share(self.minutes, row, by=self.user, at=self.now)


class NeedInformation(Share):
    """Information still needed."""

    title = "Information still needed"
    form_class = InformationForm
    button = "Add what is needed"
    message = "It is noted, and in the action log."

    def act(self, form: PlanForm) -> Action:
        said = form.cleaned_data
        row = actions.Wanted(said["what"], said["whom"], said["how"], said["owner"], said["due_at"])
        return actions.ask_for_information(self.minutes, row, by=self.user, at=self.now)


# --- In one line -----------------------------------------------------------------------------------------


@require_POST
def add_line(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Add the action typed in one line; when something is missing, ask for that on the form."""
    now, user = timezone.now(), _user(request)
    room = room_for(user, pk, at=now, step="actions")
    typed = request.POST.get("line", "")
    if room is None:
        raise Http404("The record of this discussion is not open.")
    refuse(room.refusal)
    if not typed.strip():
        return redirect(_room(pk))
    line = read_here(typed, room)
    owner = Professional.objects.filter(pk=line.owner).first() if line.owner else None
    try:
        forum = line.forum or Forum.SUPERVISION
        task = actions.Task(text=line.text, owner=owner, due_at=line.due_at, forum=forum)
        action = actions.add_action(room.minutes, task, by=user, at=now)
    except Refused as refusal:
        problem = line.problem or refusal.sentence
        if request.headers.get("HX-Request"):
            return _line(request, pk, typed=typed, problem=problem, status=422)
        return _ask(request, pk, line)
    if request.headers.get("HX-Request"):
        said = f"Action {action.number}: {action.owner.name}, {moment(action.due_at)}"
        return _line(request, pk, said=said)
    return redirect(_room(pk))


@require_POST
def move(request: HttpRequest, pk: int, action: int) -> HttpResponseBase:
    """Move an action one place up or down."""
    now, user = timezone.now(), _user(request)
    room = room_for(user, pk, at=now, step="actions")
    order = [one.pk for one in room.actions] if room is not None else []
    if room is None or action not in order:
        raise Http404("This discussion has no such action.")
    refuse(room.refusal)
    place = order.index(action)
    other = place + (-1 if request.POST.get("way") == "up" else 1)
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
        actions.reorder_actions(room.minutes, order, by=user, at=now)
    return redirect(_room(pk))


def read_here(typed: str, room: Room) -> Line:
    """Read a typed line against those who are here and the directory."""
    here = {one.professional_id for one in room.here}
    invited = set(invited_to(room))
    owners = [
        Owner(
            key=person.pk,
            name=person.name,
            words=(
                person.job_role,
                person.agency.name,
                person.agency.get_kind_display(),
                person.agency.kind,
                person.get_quorum_role_display(),
            ),
            here=person.pk in here,
            invited=person.pk in invited,
        )
        for person in people_called(sought(typed), {*here, *invited})
    ]
    return read_line(typed, now=said_at(room), owners=owners)


def said_at(room: Room) -> datetime:
    """When a line was said: now, but what is typed in from paper the next day was said at the discussion."""
    started_at = room.discussion.started_at
    is_afterwards = room.is_live and started_at is not None and room.now - started_at > LONGEST
    return started_at if is_afterwards and started_at is not None else room.now


def _ask(request: HttpRequest, pk: int, line: Line) -> HttpResponseBase:
    """Show the full form with what was read and what is missing."""
    data = QueryDict(mutable=True)
    told = {"forum": line.forum or Forum.SUPERVISION, "kind": ActionKind.ORDINARY}
    data.update({"text": line.text, "owner": str(line.owner or ""), **told})
    if line.due_at:
        data.update({"due_at": line.due_at.isoformat()})
    page = AddAction()
    page.setup(request, pk=pk)
    page.thing = page.fetch()
    page.bound_rows = {}
    form = page.make_form(data)
    form.is_valid()
    if line.problem:
        form.add_error("owner", line.problem)
    page.template_name = "minutes/room/action_form.html"
    return page.page(form, status=422)


def _line(request: HttpRequest, pk: int, *, status: int = 200, **said: Any) -> HttpResponse:
    return render(request, "minutes/room/_line.html", {"pk": pk, **said}, status=status)


def _room(pk: int) -> str:
    return f"{reverse('minutes:room', args=[pk])}?step=actions"


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


__all__ = ["AddAction", "EditAction", "NeedInformation", "Share", "StrikeAction", "add_line", "move"]
