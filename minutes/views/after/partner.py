"""A partner's pages after the discussion: read the minutes, say that you have them, agree, sign, do your
actions."""

from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Exists
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from accounts.models import ActingFor
from attendees.enums import TAKES_PART, SignatureMethod
from attendees.models import Attendance, Signature
from attendees.views.access import Partner
from attendees.views.partner_pages import PartnerPage, partner_page
from minutes.forms.after import AnswerForm, SignForm
from minutes.models import Action, Agreement, Circulation, Minutes, Reassignment, Recipient
from minutes.rules.renditions import cut_for, rendered, with_own_words
from minutes.services import copies
from minutes.services.agree import sign
from minutes.services.content import content_of
from minutes.services.draft_check import found_now, note_found
from minutes.services.given import given_by
from minutes.services.reassigning import OFFERS
from minutes.services.round import OPEN, answer_record
from minutes.services.turns import round_due_of_each
from minutes.views.after.actions import BlockPage, DonePage, TakeUpPage, shown_action
from minutes.views.after.base import records
from minutes.views.after.people import SIGNED, initial_answer, said_by, shown_log, why_not_sign
from minutes.views.after.proposing import ProposesPage
from minutes.views.after.read import file_of, shown_version

SHUT = (
    "The minutes are not open to you any more, nor is the action log in them. Telephone business support, "
    "who can write down what you say of it."
)


@partner_page("minutes")
def minutes(request: HttpRequest, partner: Partner) -> HttpResponse:
    """The minutes that this partner was sent; those who took part read the record also before it is
    authorised."""
    record = record_of(partner)
    copy, is_revoked = copy_of(partner, record)
    context: dict[str, Any] = {"partner": partner, "minutes": record, "discussion": partner.discussion}
    was_there = attendance_of(partner) is not None and record.status in OPEN
    if copy is None and (not was_there or is_revoked):
        return render(request, "partner/no_minutes.html", {**context, "is_revoked": is_revoked})
    context |= {"record": read_by(partner, record, copy), "version": None}
    context["requester"] = partner.discussion.request.requester
    if not context["record"]:
        return render(request, "partner/no_minutes.html", {**context, "held_back": True})
    if was_there:
        context["propose"] = reverse("minutes:partner_agree", args=[partner.discussion.pk])
    if copy is None:
        return render(request, "partner/minutes.html", context)
    copies.mark_opened(copy, at=timezone.now())
    version = copy.circulation.version
    context |= {"copy": copy, **shown_version(version, copy.rendition)}
    return render(request, "partner/minutes.html", context)


@partner_page("minutes_file")
def minutes_pdf(request: HttpRequest, partner: Partner) -> HttpResponse:
    """The file of the partner's own copy, as an attachment; access is asked anew at each fetch."""
    copy = copy_for(partner)
    if copy is None:
        raise Http404("no copy for this partner")
    answer = file_of(copy.rendition, by=partner.actor, at=timezone.now())
    copies.mark_opened(copy, at=timezone.now(), downloaded=True)
    return answer


class Acknowledge(PartnerPage):
    """Say that you have the minutes."""

    name = "acknowledge"
    title = "Say that you have the minutes"
    button = "I have read the minutes"
    message = "Thank you. The council sees that you have the minutes."

    def fetch(self) -> Recipient:
        copy = copy_for(self.partner)
        if copy is None:
            raise Http404("no copy for this partner")
        return copy

    def act(self, form: Any) -> Recipient:
        return copies.acknowledge(self.thing, by=self.user, at=self.now)

    def next(self, done: Any) -> str:
        return reverse("minutes:partner_minutes", args=[self.partner.discussion.pk])


class Agree(ProposesPage, PartnerPage):
    """Agree, propose a correction, or object."""

    name = "agree"
    title = "What do you say of the record?"
    form_class = AnswerForm
    template_name = "partner/agree.html"
    button = "Send my answer"
    message = "Your answer is sent. You can change it on the same page."
    thing: Minutes

    def fetch(self) -> Minutes:
        there = Attendance.objects.filter(discussion=self.partner.discussion, mode__in=TAKES_PART)
        self.there = list(there.select_related("professional__agency").order_by("pk"))
        mine = [one for one in self.there if one.professional_id == self.partner.professional.pk]
        self.me = mine[0] if mine else None
        return record_of(self.partner)

    def refusal(self) -> str | None:
        if self.me is None:
            return "You did not take part in this discussion, so you do not agree its record."
        return (
            None if self.thing.status in OPEN else "You can agree the record when the discussion has ended."
        )

    def record(self) -> Minutes:
        return self.thing

    def round_due(self) -> datetime | None:
        """By when the answer is wanted, read with the record; nothing once the round is over."""
        due: datetime | None = self.thing.agreed_by  # type: ignore[attr-defined]
        return None if self.thing.round_ended_at else due

    def what_is_read(self) -> dict[str, Any]:
        """As on the partner's own page; nothing for whom nothing of the record opens."""
        copy, is_revoked = copy_of(self.partner, self.thing)
        return {} if is_revoked else read_by(self.partner, self.thing, copy, self.there)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"passages": self.passages}

    @cached_property
    def said(self) -> Agreement | None:
        """What they said before."""
        return said_by(self.thing, self.me)

    def get_initial(self) -> dict[str, Any]:
        return self.from_passage(initial_answer(self.said))

    def get_context(self) -> dict[str, Any]:
        told = {"about": self.about, "round_due": self.round_due(), "said": self.said}
        read_at = reverse("minutes:partner_minutes", args=[self.partner.discussion.pk])
        return super().get_context() | told | {"read_at": read_at}

    def act(self, form: AnswerForm) -> Agreement:
        assert self.me is not None
        typed, about = form.cleaned_data, self.chosen(form.cleaned_data["passage"])
        said = answer_record(
            self.thing, self.me, typed["answer"], text=typed["text"], about=about, by=self.user, at=self.now
        )
        found_now(self.thing)
        return said


class Sign(PartnerPage):
    """Read the action log, see its hash, sign it."""

    name = "sign"
    title = "Sign the action log"
    form_class = SignForm
    template_name = "partner/sign.html"
    button = "Sign"
    message = "You have signed the action log. Thank you."
    done_already = (SIGNED,)
    thing: Minutes

    def fetch(self) -> Minutes:
        record = record_of(self.partner)
        self.me = attendance_of(self.partner)
        self.log = record.action_logs.order_by("-number").first()
        return record

    def refusal(self) -> str | None:
        return why_not_sign(self.me, self.log) or (SHUT if copy_of(self.partner, self.thing)[1] else None)

    def get_context(self) -> dict[str, Any]:
        return {"partner": self.partner, **shown_log(self.log)}

    def act(self, form: SignForm) -> Signature:
        assert self.me is not None and self.log is not None
        return sign(self.me, self.log, method=SignatureMethod.OWN, by=self.user, at=self.now)


@partner_page("given")
def given(request: HttpRequest, partner: Partner) -> HttpResponse:
    """What the partner's agency said in the minutes, and exactly which of it went to whom."""
    copy = copy_for(partner)
    if copy is None:
        raise Http404("no copy for this partner")
    version = copy.circulation.version
    context = {
        "partner": partner,
        "version": version,
        "given": given_by(partner.professional.agency, version, copy.rendition.cut),
    }
    return render(request, "partner/given.html", context)


@partner_page("actions", admitted=True)
def actions(request: HttpRequest, partner: Partner) -> HttpResponseBase:
    """My actions of this discussion; nobody else's."""
    named = ("child", "owner__agency", "agreed_owner", "evidence_file")
    mine = own_actions(partner).as_shown().select_related(*named).prefetch_related(OFFERS)
    offered = Action.objects.filter(offers__in=offers_to(partner)).as_shown().select_related(*named)
    now, me = timezone.now(), partner.actor
    context = {
        "partner": partner,
        "actions": [shown_action(one, now, True, answers=me) for one in mine],
        "offered": [shown_action(one, now, False, answers=me) for one in offered.prefetch_related(OFFERS)],
        "now": now,
    }
    return render(request, "partner/actions.html", context)


class ActionPage(PartnerPage):
    """A form about one of my actions; another's is not found."""

    name = "action"
    admitted = True
    thing: Any

    def fetch(self) -> Action:
        rows = own_actions(self.partner).select_related("owner__agency", "minutes__discussion__case", "child")
        return get_object_or_404(rows, pk=self.kwargs["action"])

    def get_back(self) -> tuple[str, str]:
        return reverse("minutes:partner_actions", args=[self.partner.discussion.pk]), "Back to my actions"

    def next(self, done: Any) -> str:
        return reverse("minutes:partner_actions", args=[self.partner.discussion.pk])


class Done(DonePage, ActionPage):
    """My action is done."""

    template_name = "partner/action_form.html"


class Block(BlockPage, ActionPage):
    """What blocks my action."""

    template_name = "partner/action_form.html"


class TakeUp(TakeUpPage, ActionPage):
    """What blocked my action is gone."""

    template_name = "partner/action_form.html"


def record_of(partner: Partner) -> Minutes:
    """The record of the partner's discussion, with whether they were `left_out` and by when the round is
    `agreed_by`; 404 while there is none."""
    left_out = Exists(Circulation.objects.left_out(partner.professional, partner.discussion))
    asked = {"left_out": left_out, "agreed_by": round_due_of_each()}
    return get_object_or_404(records().annotate(**asked), discussion=partner.discussion)


def read_by(
    partner: Partner, record: Minutes, copy: Recipient | None, there: list[Attendance] | None = None
) -> dict[str, Any]:
    """What the partner reads: their copy, else the record as it stands without what is kept from them.

    What they said of it themselves is not kept from them. Nothing of a draft in which something was found
    since that nobody let through. `there`: who took part,
    where it was read already.
    """
    person = partner.professional
    if copy is not None:
        content, cut = copy.circulation.version.content, copy.rendition.cut
    else:
        content = content_of(record)
        if note_found(record, content, there):
            return {}
        cut = cut_for(person.agency.kind, content)
    kept = rendered(content, cut)
    return with_own_words(kept, content, cut, name=person.name, agency=person.agency.name)


def copy_of(partner: Partner, record: Any = None) -> tuple[Recipient | None, bool]:
    """The partner's own copy of the latest version sent to them; and whether the last was taken back, or they
    were left out on purpose (`record_of` says so): nothing of the record opens for them then. A copy that a
    corrected version overtook before it left was never theirs."""
    mine = Recipient.objects.not_taken_back().filter(
        professional=partner.professional,
        circulation__version__minutes__discussion=partner.discussion,
    ).select_related(
        "circulation__version__action_log", "circulation__version__authorised_by", "circulation__routed_to",
        "circulation__version__minutes__discussion__case", "professional__agency", "rendition__enclosure",
    )  # fmt: skip
    whose = "circulation__version__authorised_by", "circulation__version__authorised_at"
    told = mine.annotate(authorised_for=ActingFor.objects.names(*whose))
    last = told.order_by("-circulation__version__number").first()
    if last is not None:
        last.circulation.version.authorised_for = last.authorised_for  # type: ignore[attr-defined]
    if last is None:
        return None, record is not None and record.left_out
    is_revoked = last.revoked_at is not None
    return (None if is_revoked else last), is_revoked


def copy_for(partner: Partner) -> Recipient | None:
    """The partner's own copy; a revoked one opens nothing."""
    return copy_of(partner)[0]


def attendance_of(partner: Partner) -> Attendance | None:
    """How the partner took part, or None."""
    return Attendance.objects.filter(
        discussion=partner.discussion, professional=partner.professional, mode__in=TAKES_PART
    ).first()


def own_actions(partner: Partner) -> Any:
    """The agreed actions of this partner in this discussion."""
    return Action.objects.filter(
        minutes__discussion=partner.discussion, owner=partner.professional, agreed_at__isnull=False
    )


def offers_to(partner: Partner) -> Any:
    """What is offered to this partner in this discussion and waits for their answer."""
    rows = Reassignment.objects.waiting().filter(to=partner.professional)
    return rows.filter(action__minutes__discussion=partner.discussion)


__all__ = [
    "Acknowledge",
    "Agree",
    "Block",
    "Done",
    "Sign",
    "TakeUp",
    "actions",
    "given",
    "minutes",
    "minutes_pdf",
]
