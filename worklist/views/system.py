"""Letters that wait or failed: nothing fails quietly here, and what failed is put right here."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.errors import refuse
from cases.models import Case
from govuk.views import FormPage
from outbox import services as outbox
from outbox.enums import CAN_RESEND
from outbox.models import Letter
from worklist import permissions, querysets, rules
from worklist.enums import Repair
from worklist.forms import RepairForm

MOST_STUCK = 50


def letters(request: HttpRequest) -> HttpResponse:
    """Every letter not yet with a mail server, the oldest first; then all, the newest first."""
    user = request.user
    assert isinstance(user, User)
    refuse(permissions.refusal_to_see_system(user))
    seen = _seen_by(user)
    waiting = seen.waiting() | seen.failed()  # type: ignore[attr-defined]
    page = Paginator(seen.order_by("-pk"), 25).get_page(request.GET.get("page"))
    stuck = list(waiting.order_by("pk")[: MOST_STUCK + 1])
    for letter in (*stuck, *page.object_list):
        letter.words = rules.letter_in_words(letter.kind)
        letter.may_repair = letter.status in CAN_RESEND
    context = {
        "waiting": stuck[:MOST_STUCK],
        "more": len(stuck) > MOST_STUCK,
        "most": MOST_STUCK,
        "page": page,
        "now": timezone.now(),
    }
    return render(request, "worklist/letters.html", context)


class RepairLetter(FormPage):
    """A letter that did not arrive: sent again, to the address that the directory has now, or told by hand.

    No address is typed here: a letter opens a child's papers, so it goes to whom the directory knows.
    """

    form_class = RepairForm
    template_name = "worklist/letter.html"
    button = "Save"
    thing: Any

    def fetch(self) -> Letter:
        refuse(permissions.refusal_to_see_system(self.user))
        letter = get_object_or_404(_seen_by(self.user), pk=self.kwargs["pk"])
        self.address = querysets.address_now(letter)
        self.elsewhere = rules.mended_elsewhere(letter.kind, letter.status, is_past=self._is_past(letter))
        return letter

    def _is_past(self, letter: Letter) -> bool:
        return letter.important_until is not None and letter.important_until <= self.now

    def refusal(self) -> str | None:
        return permissions.refusal_to_repair(self.user) or self.elsewhere

    def get_title(self) -> str:
        return f"{rules.letter_in_words(self.thing.kind)} to {self.thing.to_name}"

    def get_back(self) -> tuple[str, str]:
        return reverse("worklist:letters"), "Letters"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"to_email": self.thing.to_email, "address": self.address}

    def act(self, form: RepairForm) -> Letter:
        chosen, by, at = form.cleaned_data["repair"], self.user, self.now
        if chosen == Repair.BY_HAND:
            return outbox.deliver_by_hand(self.thing, by=by, at=at, how=form.cleaned_data["how"])
        if chosen == Repair.DIRECTORY:
            return outbox.correct_address(self.thing, self.address, by=by, at=at)
        return outbox.resend(self.thing, by=by, at=at)

    def get_message(self, done: Letter) -> str:
        if done.status == "by_hand":
            return f"Recorded: {done.to_name} was told another way."
        return f"The letter is on its way to {done.to_email}."

    def next(self, done: object) -> str:
        return reverse("worklist:letters")


def _seen_by(user: User) -> QuerySet[Letter]:
    """All letters for an administrator; for others those of the cases they may see."""
    if user.has_role("administrator"):
        return Letter.objects.all()
    return Letter.objects.filter(case_ref__in=Case.objects.visible_to(user).values("reference"))
