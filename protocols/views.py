"""The authority's local procedure: its versions, one version, a new draft, and putting it in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.errors import refuse
from govuk.views import FormPage
from protocols import permissions, services
from protocols.forms import DraftForm, FileForm, PublishForm, first_values
from protocols.models import LocalProtocol
from protocols.rules.files import as_toml
from protocols.rules.settings import Protocol, Setting
from protocols.rules.words import ASKS, CONFLICTS, Change, changes, in_words


@dataclass(frozen=True, slots=True)
class Shown:
    """One setting as the page lists it."""

    asks: str
    value: str
    setting: Setting[Any]


@dataclass(frozen=True, slots=True)
class Group:
    """The settings that settle one conflict between the sources."""

    number: str
    title: str
    settings: list[Shown]


def protocols(request: HttpRequest) -> HttpResponse:
    """Every version, the newest effective day first, and which is in force."""
    user = _reader(request)
    today = timezone.localdate()
    versions = list(LocalProtocol.objects.all())
    context = {
        "versions": versions,
        "in_force": LocalProtocol.objects.in_force(today),
        "today": today,
        "may_change": permissions.refusal_to_change(user) is None,
    }
    return render(request, "protocols/protocols.html", context)


def protocol(request: HttpRequest, pk: int) -> HttpResponse:
    """One version: every setting with value, force and source, and what it changes of the one in force."""
    user = _reader(request)
    version = get_object_or_404(LocalProtocol, pk=pk)
    today = timezone.localdate()
    in_force = LocalProtocol.objects.in_force(today)
    context = {
        "version": version,
        "rules": version.rules,
        "in_force": in_force,
        "is_in_force": version == in_force,
        "is_past_review": bool(version.review_on and version.review_on < today),
        "changes": differences(in_force, version),
        "groups": groups(version.rules),
        "today": today,
        "force": sorted(version.rules.heading.force.items()),
        "open": len(services.open_defaults(version)),
        "may_change": permissions.refusal_to_change(user) is None,
    }
    return render(request, "protocols/protocol.html", context)


class Draft(FormPage):
    """A new version from this one."""

    title = "Draft a new version"
    form_class = DraftForm
    button = "Keep the draft"
    message = "The draft is kept. It applies to nobody until it is published."

    def fetch(self) -> LocalProtocol:
        """The version to begin with."""
        return get_object_or_404(LocalProtocol, pk=self.kwargs["pk"])

    def refusal(self) -> str | None:
        """Only an administrator's."""
        return permissions.refusal_to_change(self.user)

    def get_back(self) -> tuple[str, str]:
        """To the version."""
        return reverse("protocols:protocol", args=[self.thing.pk]), str(self.thing)

    def get_form_kwargs(self) -> dict[str, Any]:
        """The form shows its settings."""
        return {"version": self.thing}

    def get_initial(self) -> dict[str, Any]:
        """From today, to be reviewed in a year."""
        today = timezone.localdate()
        dates = {"effective_from": today, "review_on": today + timedelta(days=365)}
        return first_values(self.thing.rules) | dates

    def act(self, form: DraftForm) -> LocalProtocol:
        """Draft it."""
        told = form.cleaned_data
        return services.draft_from(
            self.thing,
            form.values,
            title=told["title"],
            effective_from=told["effective_from"],
            review_on=told["review_on"],
            confirmed=told.get("confirmed", ()),
            by=self.user,
            at=self.now,
        )

    def next(self, done: LocalProtocol) -> str:
        """To the draft."""
        return reverse("protocols:protocol", args=[done.pk])


class FromFile(FormPage):
    """A new draft from a file, such as a neighbour's."""

    title = "Draft from a file"
    form_class = FileForm
    button = "Keep the draft"

    def refusal(self) -> str | None:
        """Only an administrator's."""
        return permissions.refusal_to_change(self.user)

    def get_back(self) -> tuple[str, str]:
        """To every version."""
        return reverse("protocols:protocols"), "Every version"

    def get_form_kwargs(self) -> dict[str, Any]:
        """From which day dates are judged."""
        return {"today": timezone.localdate()}

    def act(self, form: FileForm) -> LocalProtocol:
        """Draft it."""
        return services.draft_from_file(form.told, by=self.user, at=self.now)

    def get_message(self, done: LocalProtocol) -> str:
        """The number is ours, not the file's."""
        return f"Kept as a draft: {done}. It applies to nobody until it is published."

    def next(self, done: LocalProtocol) -> str:
        """To the draft."""
        return reverse("protocols:protocol", args=[done.pk])


def download(request: HttpRequest, pk: int) -> HttpResponse:
    """One version as a TOML file, draft or published: it reads back the same."""
    _reader(request)
    version = get_object_or_404(LocalProtocol, pk=pk)
    name = f"{version.slug}-version-{version.version}.toml"
    return HttpResponse(
        as_toml(version.document),
        content_type="application/toml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


class Publish(FormPage):
    """Put a drafted version in force from a day."""

    title = "Publish this version"
    form_class = PublishForm
    template_name = "protocols/publish.html"
    button = "Publish"
    steps_say = (
        "A published version can never be changed. Requests made from that day on follow it; "
        "clocks that run keep the version they were made under."
    )

    def fetch(self) -> LocalProtocol:
        """The version."""
        return get_object_or_404(LocalProtocol, pk=self.kwargs["pk"])

    def refusal(self) -> str | None:
        """Only an administrator's, and only once."""
        if reason := permissions.refusal_to_change(self.user):
            return reason
        return f"{self.thing} is already published." if self.thing.published_at else None

    def get_back(self) -> tuple[str, str]:
        """To the version."""
        return reverse("protocols:protocol", args=[self.thing.pk]), str(self.thing)

    def get_form_kwargs(self) -> dict[str, Any]:
        """The form lists its open defaults."""
        return {"version": self.thing}

    def get_initial(self) -> dict[str, Any]:
        """The day it was drafted for, or today when that has passed."""
        return {"effective_from": max(self.thing.effective_from, timezone.localdate())}

    def get_context(self) -> dict[str, Any]:
        """What it will change."""
        in_force = LocalProtocol.objects.in_force(timezone.localdate())
        return {"version": None, "in_force": in_force, "changes": differences(in_force, self.thing)}

    def act(self, form: PublishForm) -> LocalProtocol:
        """Publish it."""
        told = form.cleaned_data
        return services.publish(
            self.thing,
            by=self.user,
            at=self.now,
            effective_from=told["effective_from"],
            confirmed=told.get("confirmed", ()),
        )

    def get_message(self, done: LocalProtocol) -> str:
        """From when it applies."""
        return f"{done} is published and applies from {_day(done.effective_from)}."

    def next(self, done: LocalProtocol) -> str:
        """To the version."""
        return reverse("protocols:protocol", args=[done.pk])


def differences(in_force: LocalProtocol | None, version: LocalProtocol) -> list[Change]:
    """What a version changes of the one in force; nothing when it is the one."""
    return [] if in_force is None or in_force == version else changes(in_force.rules, version.rules)


def groups(rules: Protocol) -> list[Group]:
    """Every setting, under the conflict that it settles."""
    return [
        Group(number, title, [_shown(getattr(rules, name)) for name in names])
        for number, (title, names) in CONFLICTS.items()
    ]


def _shown(setting: Setting[Any]) -> Shown:
    return Shown(ASKS[setting.name], in_words(setting.value), setting)


def _day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


def _reader(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)
    refuse(permissions.refusal_to_read(user))
    return user
