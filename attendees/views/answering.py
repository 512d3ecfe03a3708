"""What a partner answers, by link, signed in or as their agency's desk: the invitation, and what is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from accounts.enums import AgencyKind
from attendees import partner_menu
from attendees.enums import InformationStatus, Reply
from attendees.forms.booking import OwnTimeForm, TheirTimeForm
from attendees.forms.information import SAVE, SendInformationForm
from attendees.forms.partner import ReplyForAnotherForm, ReplyForm
from attendees.models import InformationFile, InformationRequest, Invitation, KeptFile
from attendees.rules.booking import TELEPHONES
from attendees.services import files, information, replies
from attendees.views.access import Partner
from attendees.views.discussion import MOST_TIMES, WHEN, WHEN_THEY, reply_so_far, times_so_far, windows_of
from attendees.views.partner_pages import PartnerPage, partner_page
from cases.models import Child, FamilyMember
from cases.rules import kept_places
from govuk.moments import moment
from govuk.rows import Rows
from govuk.views import FormPage
from strategy.enums import DiscussionStatus

OVER = (DiscussionStatus.ENDED, DiscussionStatus.CANCELLED)


@dataclass(frozen=True, slots=True)
class Family:
    """Whom a discussion is about, as far as an agency needs it to find its own records."""

    children: list[Child]
    members: list[FamilyMember]
    kept: frozenset[int]  # the children whose address is not told
    shows_nhs_number: bool


def family_of(partner: Partner) -> Family:
    """Return the children discussed and their family; the health service’s number is for health alone."""
    about = partner.discussion.request.children.through.objects
    asked = Exists(about.filter(strategyrequest=partner.discussion.request_id, child=OuterRef("pk")))
    children = list(Child.objects.filter(case=partner.discussion.case_id).annotate(is_asked=asked))
    members = list(partner.discussion.case.family.all())
    kept = kept_places(children, members)
    return Family(
        [one for one in children if one.is_asked],
        members,
        frozenset(one.pk for one in children if kept.hides(one)),
        partner.professional.agency.kind == AgencyKind.HEALTH,
    )


class ReplyPage(PartnerPage):
    """Say whether you come, and when you could if not then."""

    name = "reply"
    title = "Will you come?"
    form_class = ReplyForm
    button = "Send my reply"
    message = "Your reply is sent."
    template_name = "partner/reply.html"
    rows: ClassVar[Mapping[str, Rows]] = {"times": Rows(OwnTimeForm, "time", most=MOST_TIMES, legend=WHEN)}

    def fetch(self) -> Any:
        return self.partner.invitation

    def get_initial_rows(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        return {"times": times_so_far(self.partner.invitation)}

    def get_initial(self) -> dict[str, Any]:
        return reply_so_far(self.partner.invitation)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"by_telephone": self.partner.discussion.format in TELEPHONES}

    def act(self, form: ReplyForm) -> Any:
        return replies.reply_to_invitation(
            self.partner.invitation,
            **form.cleaned_data,
            times=windows_of(self),
            by=self.user,
            at=self.now,
        )


class DeskReplyPage(ReplyPage):
    """Say for a colleague of the agency whether they come."""

    rows: ClassVar[Mapping[str, Rows]] = {
        "times": Rows(TheirTimeForm, "time", most=MOST_TIMES, legend=WHEN_THEY)
    }

    form_class = ReplyForAnotherForm
    button = "Send the reply"
    message = "The reply is sent."

    def get_title(self) -> str:
        return f"Will {self.partner.professional.name} come?"


class InformationPage(PartnerPage):
    """Send what your agency knows: the buttons say what becomes of it."""

    name = "information"
    title = "What does your agency know?"
    form_class = SendInformationForm
    template_name = "partner/information.html"
    thing: InformationRequest | None

    def fetch(self) -> Any:
        return asked_of(self.partner)

    def refusal(self) -> str | None:
        if self.thing and not stands_in_instead(self.partner, self.thing):
            return None
        deputies = self.partner.invitation.deputies.filter(withdrawn_at=None)
        if deputy := deputies.select_related("professional").first():
            name = deputy.professional.name
            return f"{name} stands in for {self.partner.professional.name} and is asked for it now."
        return "You were not asked for information about this discussion."

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"information": self.thing}

    def get_context(self) -> dict[str, Any]:
        assert self.thing is not None
        return {
            "partner": self.partner,
            "family": family_of(self.partner),
            "files": files_of(self.partner, self.thing),
        }

    def act(self, form: SendInformationForm) -> Any:
        assert self.thing is not None
        what: dict[str, Any] = {"texts": form.texts, "files": form.uploads, "by": self.user, "at": self.now}
        if form.cleaned_data["status"] == SAVE:
            return information.save_information(self.thing, **what)
        return information.answer_information(self.thing, status=form.cleaned_data["status"], **what)

    @property
    def saved_only(self) -> bool:
        """Whether they go on writing later."""
        return self.request.POST.get("status") == SAVE

    def next(self, done: InformationRequest) -> str:
        return self.partner.address("information" if self.saved_only else "discussion")

    def get_message(self, done: InformationRequest) -> str:
        if self.saved_only:
            return f"Saved on {moment(self.now)}. It is not sent yet."
        return {
            InformationStatus.RETURNED: "Your information is sent.",
            InformationStatus.AT_MEETING: "Thank you. You will tell it at the discussion.",
            InformationStatus.NONE_HELD: "Thank you. It is noted that you hold nothing.",
        }[InformationStatus(done.status)]


def files_of(partner: Partner, asked: InformationRequest) -> list[InformationFile]:
    """The files that stand with this information, each with where to open it and to take it away."""
    found = list(asked.files.filter(removed_at=None))
    for one in found:
        one.address = partner.address("file", one.token)  # type: ignore[attr-defined]  # for the template
        one.remove_address = partner.address("remove_file", one.token)  # type: ignore[attr-defined]
    return found


class TakesFileAway(FormPage):
    """What a page that takes a file away says and does, whoever opens it."""

    steps_say = "Nobody can open it any more. Its name and when it was sent stay on the record."
    button = "Take the file away"
    danger = True
    message = "The file is taken away."
    thing: InformationFile

    def get_title(self) -> str:
        return f"Take “{self.thing.name}” away"

    def act(self, form: Any) -> InformationFile:
        return files.remove_file(self.thing, by=self.user, at=self.now)


class RemoveFilePage(TakesFileAway, PartnerPage):
    """Take a file away that was sent."""

    name = "remove_file"
    template_name = "partner/form.html"

    def fetch(self) -> InformationFile:
        return file_of(self.partner, self.kwargs["file"])

    def next(self, done: Any) -> str:
        return self.partner.address("information")


@partner_page("file", notes=False)
def file(request: HttpRequest, partner: Partner, file: UUID) -> HttpResponse:
    """A file that this agency sent, as an attachment; access is asked anew at each fetch."""
    return download(file_of(partner, file), partner.actor)


def download(found: InformationFile, actor: Any) -> HttpResponse:
    """The file's bytes under its own name, never shown inside a page; 404 while it may not be opened."""
    return attachment(found, files.open_file(found, by=actor, at=timezone.now()))


def attachment(found: KeptFile, content: bytes | None) -> HttpResponse:
    """The answer that gives a file's bytes, or 404 where there are none."""
    if content is None:
        raise Http404("This file is not there to be opened.")
    response = HttpResponse(content, content_type=found.content_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, found.name) or "attachment"
    return response


def file_of(partner: Partner, token: UUID) -> InformationFile:
    """A file of what this partner's agency sent, as far as they answer for it, and of no other."""
    asked = asked_of(partner)
    if asked is None or stands_in_instead(partner, asked):
        raise Http404("nothing is asked of this partner")
    found = InformationFile.objects.filter(token=token, removed_at=None, information=asked)
    one = found.select_related("information__discussion__case", "information__professional__agency").first()
    if one is None:
        raise Http404("no such file of this partner")
    return one


def asked_of(partner: Partner) -> InformationRequest | None:
    """What this partner was asked for, or a colleague: an agency is asked once, and any of it may answer."""
    own = Q(professional=partner.professional)
    invited = partner.discussion.invitations.still_asked().values("professional")  # type: ignore[attr-defined]
    theirs = Q(professional__in=invited) | Q(answered_at__isnull=False)
    agency = Q(professional__agency=partner.professional.agency_id, professional__agency__is_authority=False)
    found = partner.discussion.information.filter(own | (agency & theirs))
    rows = list(found.select_related("professional__agency", "discussion__case").order_by("-pk"))
    return next((one for one in rows if one.professional_id == partner.professional.pk), None) or next(
        iter(rows), None
    )


def own_tasks(partner: Partner, now: datetime) -> list[partner_menu.Task]:
    """What this room asks of a partner: a reply, and information."""
    if partner.asked is None:
        return []
    asked = partner.asked
    if partner.discussion.status in OVER:
        return []
    colour = {Reply.WAITING: "blue", Reply.NOT_COMING: "grey"}.get(Reply(asked.reply), "green")
    tasks = [
        partner_menu.Task(
            f"Say whether {partner.professional.name if partner.desk else 'you'} will come",
            partner.address("reply"),
            asked.reply_reason or asked.deputy_name,
            asked.get_reply_display(),
            colour,
        )
    ]
    wanted = asked_of(partner)
    if wanted is not None and not stands_in_instead(partner, wanted):
        tasks.append(
            partner_menu.Task(
                "Send what your agency knows",
                partner.address("information"),
                _asked_of_whom(partner, wanted),
                wanted.get_status_display(),
                "green" if wanted.is_answered else "blue",
            )
        )
    return tasks


def own_waiting(pairs: partner_menu.Pairs, now: datetime) -> list[partner_menu.Waiting]:
    """What this room still waits for, in all these discussions: a reply, and information."""
    theirs = {
        "discussion__in": {discussion for discussion, _ in pairs},
        "professional__in": {professional for _, professional in pairs},
    }
    replies = Invitation.objects.filter(**theirs, withdrawn_at=None, reply=Reply.WAITING)
    wanted = InformationRequest.objects.filter(**theirs, answered_at=None)
    open_, owed = (rows.exclude(discussion__status__in=OVER) for rows in (replies, wanted))
    reply, send = "Say whether you will come", "Send what your agency knows"
    found = [
        partner_menu.Waiting(discussion, person, reply)
        for discussion, person in open_.values_list("discussion", "professional")
    ]
    return found + [
        partner_menu.Waiting(discussion, person, send, due_at)
        for discussion, person, due_at in owed.values_list("discussion", "professional", "due_at")
    ]


def stands_in_instead(partner: Partner, wanted: InformationRequest) -> bool:
    """Whether somebody was invited in this partner's place: then what is asked is asked of them alone."""
    if wanted.professional_id == partner.professional.pk or partner.asked is None:
        return False
    return partner.asked.deputies.filter(withdrawn_at=None).exists()


def _asked_of_whom(partner: Partner, wanted: InformationRequest) -> str:
    by_when = f"Needed by {moment(wanted.due_at)}"
    if wanted.professional_id == partner.professional.pk:
        return by_when
    return f"{by_when}. {wanted.professional.name} is asked; you may answer for your agency"
