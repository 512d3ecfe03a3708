"""What business support does for somebody: a reply, a link, a deputy, taking off, cancelling."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.http import require_POST

from accounts.enums import AgencyKind
from attendees import permissions
from attendees.forms.booking import (
    CancelForm,
    InviteMoreForm,
    NewcomerForm,
    ReasonForm,
    TheirTimeForm,
    newcomers,
)
from attendees.forms.partner import RecordReplyForm
from attendees.models import Invitation, PartnerLink, Professional, WantedProfessional
from attendees.rules.booking import TELEPHONES
from attendees.services import booking, inviting, links, replies, suggesting
from attendees.views.discussion import (
    MOST_TIMES,
    WHEN_THEY,
    address,
    find,
    invitation_of,
    reply_so_far,
    times_so_far,
    windows_of,
)
from attendees.views.finding import FindsPeople
from govuk.rows import Rows
from govuk.views import FormPage
from strategy.models import Discussion


class DiscussionPage(FormPage):
    """A page of business support about one discussion."""

    thing: Any
    discussion: Discussion

    def fetch(self) -> Any:
        self.discussion = find(self.request, self.kwargs["pk"])
        return self.discussion

    def refusal(self) -> str | None:
        return permissions.lacks_power_to_book(self.user, self.now)

    def get_back(self) -> tuple[str, str] | None:
        return address(self.discussion), "Back to the discussion"

    def next(self, done: Any) -> str:
        return address(self.discussion)


class InvitationPage(DiscussionPage):
    """A page about one invitation of the discussion."""

    thing: Invitation

    def fetch(self) -> Invitation:
        super().fetch()
        return invitation_of(self.discussion, self.kwargs["invitation"])


class Cancel(DiscussionPage):
    """Cancel the booking."""

    title = "Cancel this booking"
    form_class = CancelForm
    button = "Cancel the booking"
    danger = True
    steps_say = (
        "Everybody is told, their calendars drop the appointment and partners’ links are shut. The request "
        "waits to be booked again, and the legal limit does not move."
    )
    message = "The booking is cancelled and everybody is told. The request waits to be booked again."

    def act(self, form: CancelForm) -> Any:
        return booking.cancel_booking(
            self.discussion, reason=form.cleaned_data["reason"], by=self.user, at=self.now
        )

    def next(self, done: Any) -> str:
        return str(done.get_absolute_url())


class InviteMore(FindsPeople, DiscussionPage):
    """Invite further people."""

    title = "Invite somebody else"
    form_class = InviteMoreForm
    button = "Send the invitation"
    message = "The invitation is sent."
    suggestions: list[suggesting.Suggested]
    template_name = "attendees/invite.html"
    rows = {"newcomer": Rows(NewcomerForm, "person", most=10, legend="Somebody who is not listed")}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"professionals": self.offer()}

    def offer(self) -> list[tuple[Professional, str]]:
        """Those whom the facts suggest, those the request names, and colleagues of who is invited."""
        in_force = self.discussion.invitations.filter(withdrawn_at=None)
        invited = in_force.values("professional")
        wanted = WantedProfessional.objects.filter(request=self.discussion.request_id, not_invited_reason="")
        agencies = self.discussion.invitations.values("professional__agency")
        free = Professional.objects.filter(is_active=True).exclude(pk__in=invited).select_related("agency")
        self.suggestions = suggesting.suggested_for(
            self.discussion.request,
            suggesting.outside_people(free),
            invited=[one.professional for one in in_force.select_related("professional__agency")],
        )
        named = free.filter(pk__in=wanted.values("professional"))
        council = free.filter(agency__is_authority=False)
        near = council.filter(agency__in=agencies) | council.filter(agency__kind=AgencyKind.RESIDENTIAL)
        offered = {one.pk: (one, why.why) for why in self.suggestions for one in why.people}
        for one in [*named, *near.order_by("agency__name", "name")[:30]]:
            offered.setdefault(one.pk, (one, one.agency.name))
        for left in self.left_out:
            why = f"Known to the family, not invited on purpose: {left.not_invited_reason.rstrip('.')}"
            offered[left.professional_id] = (left.professional, why)
        for one, why in self.looked_up("professionals", set(offered)):
            if one.pk not in self.invited_now:
                offered[one.pk] = (one, why)
        return [(one, _hint(one, why)) for one, why in offered.values()]

    @cached_property
    def invited_now(self) -> set[int]:
        """Who is invited already and needs no second invitation."""
        in_force = self.discussion.invitations.filter(withdrawn_at=None)
        return set(in_force.values_list("professional", flat=True))

    @cached_property
    def left_out(self) -> list[WantedProfessional]:
        """Who was left out on purpose and may be invited after all (row G01)."""
        return list(suggesting.known_not_invited(self.discussion).filter(professional__is_active=True))

    def get_context(self) -> dict[str, Any]:
        """Whom the facts suggest and nobody of the directory is; who was left out on purpose."""
        return super().get_context() | {
            "to_find": [one.why for one in self.suggestions if not one.people],
            "left_out": self.left_out,
            "found": [one for one in self.found if one.pk not in self.invited_now],
            "invited_already": [one for one in self.found if one.pk in self.invited_now],
        }

    def act(self, form: InviteMoreForm) -> Any:
        return inviting.invite_more(
            self.discussion,
            form.cleaned_data.get("professionals", Professional.objects.none()).select_related(
                "agency", "user"
            ),
            newcomers=newcomers(self.cleaned_rows["newcomer"]),
            by=self.user,
            at=self.now,
        )


def _hint(person: Professional, why: str) -> str:
    """The agency and the reason; and that nothing reaches somebody who has neither address nor number."""
    words = why if why == person.agency.name else f"{person.agency.name}. {why}"
    return words if person.email or person.phone else f"{words}. No telephone or email: find one first"


class RecordReply(InvitationPage):
    """Write down what somebody said about coming."""

    form_class = RecordReplyForm
    button = "Save the reply"
    message = "The reply is recorded."
    rows: ClassVar[Mapping[str, Rows]] = {
        "times": Rows(TheirTimeForm, "time", most=MOST_TIMES, legend=WHEN_THEY)
    }

    def get_title(self) -> str:
        return f"Record the reply of {self.thing.professional.name}"

    def get_initial(self) -> dict[str, Any]:
        return reply_so_far(self.thing)

    def get_initial_rows(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        return {"times": times_so_far(self.thing)}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"by_telephone": self.discussion.format in TELEPHONES}

    def act(self, form: RecordReplyForm) -> Any:
        times = windows_of(self)
        typed = form.cleaned_data
        return replies.reply_to_invitation(self.thing, **typed, times=times, by=self.user, at=self.now)


class Withdraw(InvitationPage):
    """Take somebody off the discussion."""

    form_class = ReasonForm
    button = "Take them off"
    danger = True
    steps_say = "They are shut out at once, are told, and their calendar drops the appointment."
    message = "They are no longer invited."

    def get_title(self) -> str:
        return f"Take {self.thing.professional.name} off this discussion"

    def act(self, form: ReasonForm) -> Any:
        return inviting.withdraw_invitation(
            self.thing, reason=form.cleaned_data["reason"], by=self.user, at=self.now
        )


class InviteDeputy(InvitationPage):
    """Invite the deputy whom a partner named."""

    button = "Invite the deputy"
    message = "The deputy is invited."
    template_name = "attendees/deputy.html"

    def get_title(self) -> str:
        return f"Invite {self.thing.deputy_name or 'a deputy'} in place of {self.thing.professional.name}"

    def get_context(self) -> dict[str, Any]:
        return {"by_telephone": self.discussion.format in TELEPHONES}

    def act(self, form: Any) -> Any:
        return inviting.invite_deputy(self.thing, by=self.user, at=self.now)


class NewLink(InvitationPage):
    """Send a partner a new link."""

    button = "Send a new link"
    steps_say = "The link they have now stops working at once."
    message = "A new link is on its way."

    def get_title(self) -> str:
        return f"Send {self.thing.professional.name} a new link"

    def act(self, form: Any) -> Any:
        return links.send_new_link(self.thing, by=self.user, at=self.now)


@require_POST
def shut_link(request: HttpRequest, pk: int, invitation: int) -> HttpResponse:
    """Shut a partner's link at once."""
    found = find(request, pk)
    asked = invitation_of(found, invitation)
    held = PartnerLink.objects.filter(
        discussion=found, professional=asked.professional_id, revoked_at=None
    ).select_related("discussion__case", "professional")
    for link in held:
        links.revoke_link(link, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, f"The link of {asked.professional.name} is shut.")
    return redirect(address(found))
