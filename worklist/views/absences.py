"""Who is away and who acts for them: named, seen, ended early; and duplicates of the directory."""

from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from accounts import permissions as accounts
from accounts.forms import CoverForm
from accounts.models import ActingFor, User
from accounts.roles import PARTNERS, Permission
from accounts.services import acting
from attendees import permissions as attendees
from attendees.forms.directory import MergeForm
from attendees.models import Professional
from audit.errors import refuse
from govuk.moments import moment
from govuk.numbers import whole_number
from govuk.views import FormPage
from worklist import permissions
from worklist.services.merging import merge_professionals


def whom_may_arrange(user: User) -> QuerySet[User]:
    """Those for whom this person may name a deputy: themselves, their teams' people; an administrator all."""
    there = User.objects.filter(is_active=True).exclude(roles__overlap=[*PARTNERS]).order_by("name", "pk")
    if user.keeps_system:
        return there
    mine = User.objects.filter(Q(pk=user.pk) | Q(teams__manager=user)).values("pk")
    return there.filter(pk__in=mine)


def absences(request: HttpRequest) -> HttpResponse:
    """Who acts for whom, now and later: of those this person may arrange it for, and of themselves."""
    user, now = request.user, timezone.now()
    assert isinstance(user, User)
    refuse(accounts.refusal_to_arrange_cover(user, user))
    people = whom_may_arrange(user)
    rows = ActingFor.objects.select_related("absent", "deputy", "arranged_by")
    rows = rows.filter(Q(absent__in=people) | Q(deputy=user))
    standing = list(rows.standing(now).order_by("starts_at", "pk"))
    for one in standing:
        one.has_begun = one.starts_at <= now  # type: ignore[attr-defined]
    over = rows.exclude(pk__in=[one.pk for one in standing]).order_by("-ends_at")
    shown = [] if user.keeps_system else list(people[:100])
    context = {
        "standing": standing,
        "over": over[:10],
        "people": _to_hand_over(user, shown),
        "now": now,
    }
    return render(request, "worklist/system/absences.html", context)


def _to_hand_over(user: User, people: list[User]) -> list[User]:
    """Those of them whose work this person may hand over; nobody is asked of who may hand over nothing."""
    if not user.may(Permission.AUTHORISE_REQUEST):
        return []
    return [one for one in people if permissions.refusal_to_hand_over(user, one) is None]


class NameDeputy(FormPage):
    """Somebody will be away: who acts for them, from when until when."""

    title = "Name a deputy"
    form_class = CoverForm
    button = "Name the deputy"

    def refusal(self) -> str | None:
        return accounts.refusal_to_arrange_cover(self.user, self.user)

    def get_back(self) -> tuple[str, str]:
        return reverse("worklist:absences"), "Absences"

    def get_form_kwargs(self) -> dict[str, Any]:
        deputies = User.objects.filter(is_active=True).exclude(roles__overlap=[*PARTNERS, "inspector"])
        return {"absent": whom_may_arrange(self.user), "deputies": deputies.order_by("name", "pk")}

    def get_initial(self) -> dict[str, Any]:
        tomorrow = timezone.localdate(self.now) + timedelta(days=1)
        starts = timezone.make_aware(datetime.combine(tomorrow, time(9)))
        chosen = whole_number(self.request.GET.get("absent"))
        return {"absent": chosen or (None if self.user.keeps_system else self.user.pk), "starts_at": starts}

    def act(self, form: CoverForm) -> ActingFor:
        return acting.name_deputy(**form.cleaned_data, by=self.user, at=self.now)

    def get_message(self, done: ActingFor) -> str:
        return f"{done.deputy.name} acts for {done.absent.name} until {moment(done.ends_at)}."

    def next(self, done: Any) -> str:
        return reverse("worklist:absences")


class EndCover(FormPage):
    """Back early, or the deputy can no longer do it."""

    button = "End it now"
    message = "Ended."
    thing: ActingFor

    def fetch(self) -> ActingFor:
        return get_object_or_404(ActingFor.objects.select_related("absent", "deputy"), pk=self.kwargs["pk"])

    def refusal(self) -> str | None:
        return accounts.refusal_to_end_cover(self.user, self.thing)

    def get_title(self) -> str:
        return f"End that {self.thing.deputy.name} acts for {self.thing.absent.name}"

    def get_back(self) -> tuple[str, str]:
        return reverse("worklist:absences"), "Absences"

    @property
    def steps_say(self) -> str:  # type: ignore[override]
        """From when the deputy has only their own powers."""
        until, absent = moment(self.thing.ends_at), self.thing.absent.name
        return f"It was planned until {until}. From now on it is {absent}’s turn again."

    def act(self, form: Any) -> ActingFor:
        return acting.end_cover(self.thing, by=self.user, at=self.now)

    def next(self, done: Any) -> str:
        return reverse("worklist:absences")


def duplicates(request: HttpRequest) -> HttpResponse:
    """Entries of the directory that share an address, side by side."""
    user = request.user
    assert isinstance(user, User)
    refuse(attendees.refusal_to_keep_lists(user, timezone.now()))
    rows = Professional.objects.twice().select_related("agency")[:200]
    return render(request, "worklist/system/duplicates.html", {"rows": rows})


class Merge(FormPage):
    """One entry goes, another of the same address is kept."""

    form_class = MergeForm
    button = "Merge"
    message = "Merged. One entry is left."
    thing: Professional

    def fetch(self) -> Professional:
        return get_object_or_404(Professional.objects.twice().select_related("agency"), pk=self.kwargs["pk"])

    def refusal(self) -> str | None:
        return attendees.refusal_to_keep_lists(self.user, self.now)

    def get_back(self) -> tuple[str, str]:
        return reverse("worklist:duplicates"), "Possible duplicates"

    def get_title(self) -> str:
        return f"Merge {self.thing.name}, {self.thing.job_role}"

    @property
    def steps_say(self) -> str:  # type: ignore[override]
        """Which entry goes."""
        return (
            f"{self.thing.name}, {self.thing.job_role} is then no longer offered; what they took part in "
            "stays as it was. Two people may share one mailbox: then leave them as they are."
        )

    @property
    def alike(self) -> QuerySet[Professional]:
        """The entries that share its address."""
        same = Professional.objects.filter(is_active=True, email=self.thing.email).exclude(pk=self.thing.pk)
        return same.select_related("agency").order_by("pk")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"alike": self.alike}

    def act(self, form: MergeForm) -> Professional:
        return merge_professionals(form.cleaned_data["keep"], self.thing, by=self.user, at=self.now)

    def next(self, done: Any) -> str:
        return reverse("worklist:duplicates")
