"""What business support does for somebody: a reply, information, a link, a deputy, taking off, cancelling."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.enums import AgencyKind
from attendees import events, permissions
from attendees.forms.booking import CancelForm, InviteMoreForm, NewcomerForm, ReasonForm, newcomers
from attendees.forms.partner import RecordInformationForm, RecordReplyForm
from attendees.models import InformationRequest, Invitation, PartnerLink, Professional, WantedProfessional
from attendees.services import booking, information, inviting, links, replies
from attendees.views.discussion import address, find, invitation_of, reply_so_far
from audit.services import record_read
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


class InviteMore(DiscussionPage):
    """Invite further people."""

    title = "Invite somebody else"
    form_class = InviteMoreForm
    button = "Send the invitation"
    message = "The invitation is sent."
    rows = {"newcomer": Rows(NewcomerForm, "person", most=10, legend="Somebody who is not listed")}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"professionals": self.offer()}

    def offer(self) -> list[tuple[Professional, str]]:
        """Those the request names, and those of the agencies already invited, who are not invited yet."""
        invited = self.discussion.invitations.filter(withdrawn_at=None).values("professional")
        wanted = WantedProfessional.objects.filter(request=self.discussion.request_id).values("professional")
        agencies = self.discussion.invitations.values("professional__agency")
        people = Professional.objects.filter(is_active=True).exclude(pk__in=invited).select_related("agency")
        named = list(people.filter(pk__in=wanted))
        council = people.filter(agency__is_authority=False)
        near = council.filter(agency__in=agencies) | council.filter(agency__kind=AgencyKind.RESIDENTIAL)
        others = [one for one in near.order_by("agency__name", "name")[:30] if one not in named]
        return [(one, one.agency.name) for one in [*named, *others]]

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


class RecordReply(InvitationPage):
    """Write down what somebody said about coming."""

    form_class = RecordReplyForm
    button = "Save the reply"
    message = "The reply is recorded."

    def get_title(self) -> str:
        return f"Record the reply of {self.thing.professional.name}"

    def get_initial(self) -> dict[str, Any]:
        return reply_so_far(self.thing)

    def act(self, form: RecordReplyForm) -> Any:
        return replies.reply_to_invitation(self.thing, **form.cleaned_data, by=self.user, at=self.now)


class RecordInformation(InvitationPage):
    """Type in what an agency sent or told in another way."""

    form_class = RecordInformationForm
    button = "Save the information"
    message = "The information is recorded."
    template_name = "attendees/information.html"

    def note_reading(self) -> None:
        """What the agency sent stands in the form."""
        record_read(
            events.DISCUSSION_READ, self.discussion.case, subject=self.discussion, by=self.user, at=self.now
        )

    def get_title(self) -> str:
        return f"Information of {self.thing.professional.name}, {self.thing.professional.agency.name}"

    @property
    def asked(self) -> InformationRequest:
        """What this person was asked for."""
        found = InformationRequest.objects.filter(
            discussion=self.discussion, professional=self.thing.professional_id
        ).select_related("professional__agency")
        if (asked := found.first()) is None:
            raise Http404
        return asked

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"information": self.asked}

    def act(self, form: RecordInformationForm) -> Any:
        return information.answer_information(
            self.asked,
            status=form.cleaned_data["status"],
            texts=form.texts,
            how=form.cleaned_data["how"],
            by=self.user,
            at=self.now,
        )


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
