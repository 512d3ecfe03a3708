"""Pages of a request that show professionals: that section, check answers, the whole sheet, authorise."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from attendees.enums import QuorumRole
from attendees.forms.wanted import AuthoriseForm, NotApplicableForm, PickedForm, TypedForm, cleaned_chosen
from attendees.models import Professional, WantedProfessional
from attendees.services.copying import COPIED, copy_from_last, people_to_copy, would_copy
from attendees.services.suggesting import MOST, suggested_for, usual_contacts
from attendees.services.wanted import submit_request, want_professionals, wanted_of
from attendees.views.choosing import with_person
from attendees.views.finding import FindsPeople
from audit import services as audit
from govuk.numbers import whole_number
from govuk.rows import Rows
from protocols.enums import Severity
from strategy import events, permissions, services
from strategy.enums import Section, Status
from strategy.models import StrategyRequest
from strategy.rules.changes import changes
from strategy.sheet import as_it_stands, as_may_be_told, children_in, missing_in, sheet_in, sheet_of
from strategy.views.joining import enquiries_of
from strategy.views.pages import (
    OpenRequestPage,
    RequestPage,
    clocks_of,
    convene_clock,
    user_of,
    visible_request,
)
from strategy.views.saving import SelfSaving

CHANGE = {
    str(Section.CHILDREN.label): "strategy:children",
    str(Section.WHAT_HAPPENED.label): "strategy:what_happened",
    str(Section.CIRCUMSTANCES.label): "strategy:circumstances",
    str(Section.FORMAT.label): "strategy:format",
    str(Section.PROFESSIONALS.label): "attendees:wanted",
    str(Section.AVAILABILITY.label): "strategy:availability",
}

PICK, PICKED = "_pick", re.compile(r"picked-\d+-professional|_pick")
TYPED_WAITS = (
    "Somebody who is not in the directory is saved when you press “Save and go on”. "
    "Until then this tab keeps what you type"
)


class WantedPage(FindsPeople, SelfSaving):
    """Who should take part, with their numbers (row W18)."""

    title = "Professionals"
    section = Section.PROFESSIONALS
    template_name = "attendees/wanted.html"
    message = "Saved."

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Whoever was found is taken over into a row; the section is saved by its script, or its button."""
        number = whole_number(request.POST.get(PICK))
        if number is not None and not self.is_self_saving:
            return self.page_with_other_rows(with_person(request.POST, "picked", number))
        return super().post(request, *args, **kwargs)

    @property
    def is_looking(self) -> bool:
        """Never while the section saves itself."""
        return not self.is_self_saving and super().is_looking

    def get_rows(self) -> Mapping[str, Rows]:
        """Both kinds; the list of the first has whom it holds already, whatever the directory's size."""
        people = {"people": self.listed}
        return {
            "picked": Rows(PickedForm, "professional", 0, 20, "From the directory", people),
            "typed": Rows(TypedForm, "professional", most=10, legend="Somebody not in the directory"),
        }

    @cached_property
    def listed(self) -> list[Professional]:
        """Whom the list offers: the directory as far as it was read, and whom a row holds besides."""
        known = {one.pk: one for one in [*self.everybody, *(one.professional for one in self.named)]}
        sent = [self.request.POST.get(name) for name in self.request.POST if PICKED.fullmatch(name)]
        missing = {number for one in sent if (number := whole_number(one)) is not None} - set(known)
        if missing:
            more = Professional.objects.filter(pk__in=missing, is_active=True).select_related("agency")
            known |= {one.pk: one for one in more}
        return sorted(known.values(), key=lambda one: (one.agency.name, one.name, one.pk))

    @cached_property
    def named(self) -> list[WantedProfessional]:
        """Whom the request names already."""
        rows = WantedProfessional.objects.filter(request=self.thing).order_by("pk")
        return list(rows.select_related("professional__agency"))

    def get_initial_rows(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Whom the request names already; at first police, health and the referrer, as far as known."""
        named = [
            {
                "professional": one.professional_id,
                "agreed_way": one.agreed_way,
                "not_invited_reason": one.not_invited_reason,
            }
            for one in self.named
        ]
        if named:
            return {"picked": named, "typed": []}
        return {
            "picked": [{"professional": one.pk} for one in self.filled_in] or [{}],
            "typed": [] if self.referrer else self._referrer(),
        }

    @cached_property
    def filled_in(self) -> list[Professional]:
        """Whom the directory knows to be usual, where nobody is named yet (row W03); each once."""
        if self.named:
            return []
        usual = usual_contacts(self.directory, self.needed)
        return list(dict.fromkeys([*usual, *([self.referrer] if self.referrer else [])]))

    @cached_property
    def referrer(self) -> Professional | None:
        """Whoever referred, when the directory has their address: nobody is typed in twice."""
        email = self.thing.referral.referrer_email.strip().lower()
        return next((one for one in self.directory if email and one.email == email), None)

    @cached_property
    def needed(self) -> list[QuorumRole]:
        """Whom the local procedure needs for the discussion to count."""
        return [QuorumRole(role.value) for role in self.thing.protocol.rules.quorum_roles.value]

    @cached_property
    def everybody(self) -> list[Professional]:
        """The directory as far as a list can hold it, duty contacts first, read once."""
        people = Professional.objects.filter(is_active=True).select_related("agency")
        return list(people.order_by("-is_duty_contact", "agency__name", "name", "pk")[:MOST])

    @cached_property
    def directory(self) -> list[Professional]:
        """Those of other agencies."""
        return [one for one in self.everybody if not one.agency.is_authority]

    def get_context(self) -> dict[str, Any]:
        """Whom the local procedure needs for the discussion to count, and whom the facts suggest."""
        source = self.thing.protocol.rules.quorum_roles.source
        needed = [role.label for role in self.needed]
        named = [one.professional for one in self.named] + self.filled_in
        suggested = suggested_for(self.thing, self.directory, invited=named)
        rows = [row["professional"].value() for row in self.bound_rows["picked"].forms]
        held = {whole_number(str(one)) for one in rows if one}
        told = {"needed": needed, "source": source, "suggested": suggested, "filled_in": self.filled_in}
        return super().get_context() | told | {"held": held}

    def act(self, form: Any) -> StrategyRequest:
        """Name them."""
        rows = self.cleaned_rows
        chosen = cleaned_chosen(rows["picked"]) + cleaned_chosen(rows["typed"])
        return want_professionals(self.thing, chosen, by=self.user, at=self.now, seen=self.seen)

    def keep(self, form: Any, is_whole: bool) -> StrategyRequest:
        """Keep who is picked; whoever is typed in comes into the directory with the button alone."""
        bound = {name: rows.bind(name, self.request.POST) for name, rows in self.get_rows().items()}
        picked = [row for row in bound["picked"].forms if row.has_changed()]
        right = [row.cleaned_data for row in picked if row.is_valid()]
        self.is_typing = any(row.has_changed() for row in bound["typed"].forms)
        return want_professionals(
            self.thing,
            cleaned_chosen(right),
            by=self.user,
            at=self.now,
            seen=self.seen,
            is_whole=len(right) == len(picked) > 0 and not self.is_typing,
        )

    def warnings(self) -> list[str]:
        """Half a name must not come into everybody's directory."""
        return [TYPED_WAITS] if getattr(self, "is_typing", False) else []

    def _referrer(self) -> list[dict[str, Any]]:
        referral = self.thing.referral
        if not referral.referrer_name:
            return []
        return [
            {
                "name": referral.referrer_name,
                "job_role": referral.referrer_role,
                "agency": referral.referrer_agency_id,
                "phone": referral.referrer_phone,
                "email": referral.referrer_email,
            }
        ]


class CopyLast(OpenRequestPage):
    """Fill what is empty from the case's last request."""

    title = "Copy from the last request"
    template_name = "attendees/copy_last.html"
    button = "Copy"
    message = "Copied. Look at each section and save it: nothing copied counts as answered before you do."

    def get_context(self) -> dict[str, Any]:
        """What would be copied; nothing when nothing came before."""
        last = services.last_request(self.thing)
        if last is None:
            return {"last": None}
        fields = [COPIED[name][0] for name in would_copy(self.thing, last)]
        return {"last": last, "fields": fields, "people": people_to_copy(self.thing, last)}

    def act(self, form: Any) -> StrategyRequest:
        """Copy."""
        return copy_from_last(self.thing, by=self.user, at=self.now)


class CheckAnswers(OpenRequestPage):
    """Everything once more, what is missing, and submit."""

    title = "Check answers and submit"
    template_name = "attendees/check.html"
    button = "Submit the request"
    message = "The request is submitted. The manager is told now."

    def get_context(self) -> dict[str, Any]:
        """The sheet with links to change it, what is missing, and what changed since the last submission."""
        professionals = wanted_of(self.thing)
        found = services.missing(self.thing, professionals)
        return {
            "sections": sheet_rows(self.thing, sheet_of(self.thing, professionals), may_change=True),
            "blocking": [
                {
                    "problem": one,
                    "href": reverse(CHANGE[str(Section(one.section).label)], args=[self.thing.pk]),
                    "instead": f"{reverse('attendees:not_applicable', args=[self.thing.pk])}#id_{one.key}"
                    if one.may_not_apply
                    else "",
                }
                for one in found
                if one.blocks
            ],
            "warnings": [one for one in found if one.severity == Severity.WARN],
            "lines": [one for one in found if one.severity == Severity.INFO],
            "changes": services.changes_since_last(self.thing, professionals),
        }

    def act(self, form: Any) -> StrategyRequest:
        """Submit."""
        return submit_request(self.thing, by=self.user, at=self.now)


class NotApplicable(OpenRequestPage):
    """What the procedure asks for and does not apply here, with the reason for each."""

    title = "What does not apply"
    form_class = NotApplicableForm
    template_name = "attendees/not_applicable.html"
    button = "Save"
    message = "Saved. Whoever authorises reads why."

    def get_form_kwargs(self) -> dict[str, Any]:
        """What is asked for, is missing, and may be said not to apply; and what was said before."""
        found = services.missing(self.thing, wanted_of(self.thing))
        asked = {one.key: one for one in reversed(found) if one.may_not_apply and (one.blocks or one.because)}
        return {"asked": asked}

    def get_initial(self) -> dict[str, Any]:
        """What was said before."""
        return dict(self.thing.not_applicable)

    def act(self, form: NotApplicableForm) -> StrategyRequest:
        """Keep the reasons."""
        return services.say_not_applicable(self.thing, form.cleaned_data, by=self.user, at=self.now)

    def next(self, done: Any) -> str:
        """Back to the answers."""
        return reverse("attendees:check", args=[self.thing.pk])


class AuthoriseRequest(RequestPage):
    """The request as the chair will see it, the clock, what is missing: authorise, or answer otherwise."""

    title = "Authorise this discussion"
    form_class = AuthoriseForm
    template_name = "attendees/authorise.html"
    button = "Authorise"
    message = "The discussion is authorised. Business support and the requester are told now."

    def refusal(self) -> str | None:
        """The roles that the procedure names, never whoever asked; and only while it waits for an answer."""
        if self.thing.status != Status.SUBMITTED:
            return (
                f"This request is “{self.thing.get_status_display().lower()}” now: it does not wait for you."
            )
        return permissions.refusal_to_authorise(self.user, self.thing, self.now)

    def get_context(self) -> dict[str, Any]:
        """All that the manager needs on one page."""
        prefetch_related_objects([self.thing], "submissions")  # the changes are read out of them too
        submissions = list(self.thing.submissions.all())
        snapshot = submissions[-1].snapshot if submissions else {}
        submitted = as_may_be_told(self.thing, sheet_in(snapshot))
        asked = as_it_stands(self.thing, submitted, wanted_of(self.thing))
        clocks = clocks_of(self.thing)
        power = permissions.power_to_authorise(self.user, self.thing, self.now)
        return {
            "wanted": self.thing,
            "standing_in": power.name if power not in (None, self.user) else "",
            "sections": sheet_rows(self.thing, asked),
            "warnings": [
                {"sentence": said, "source": source} for said, source in missing_in(snapshot).items()
            ],
            "changes": services.changes_since_last(self.thing),
            "added": changes(submitted, asked),
            "enquiries": enquiries_of(self.thing, children_in(self.thing)),
            "convene": convene_clock(clocks, self.thing),
            "protection": next((one for one in clocks if one.duty == "immediate_protection_decision"), None),
        }

    def act(self, form: AuthoriseForm) -> StrategyRequest:
        """Authorise."""
        return services.authorise(self.thing, note=form.cleaned_data["note"], by=self.user, at=self.now)


def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole request as the chair will see it, for everybody who may see the case."""
    wanted = visible_request(user_of(request), pk)
    now = timezone.now()
    audit.record_read(events.REQUEST_READ, wanted.case, subject=wanted.subject, by=user_of(request), at=now)
    context = {
        "wanted": wanted,
        "sections": sheet_rows(wanted, sheet_of(wanted, wanted_of(wanted))),
        "now": now,
    }
    return render(request, "attendees/sheet.html", context)


def sheet_rows(
    wanted: StrategyRequest, sections: Mapping[str, Mapping[str, str]], may_change: bool = False
) -> list[dict[str, Any]]:
    """The sheet as summary lists, one for each section."""
    return [
        {
            "title": title,
            "rows": [{"key": question, "value": answer} for question, answer in answers.items()],
            "href": reverse(CHANGE[title], args=[wanted.pk]) if may_change and title in CHANGE else "",
        }
        for title, answers in sections.items()
    ]
