"""What the family is told: the chair's decision."""

from typing import Any

from minutes.forms.meeting.sharing import FamilySharingForm
from minutes.models import FamilySharing
from minutes.services.sharing import Told, decide_sharing
from minutes.views.meeting.base import RoomPage, professionals_here


class ShareWithFamily(RoomPage):
    """Share, wait or withhold, with the risk that was weighed."""

    title = "What the family is told"
    form_class = FamilySharingForm
    button = "Record the decision"
    message = "It is decided what the family is told."
    shows_record = True
    step = "actions"

    def about(self) -> FamilySharing | None:
        return FamilySharing.objects.filter(minutes=self.minutes).select_related("action").first()

    def refusal(self) -> str | None:
        return self.room.refusal or self.room.run_refusal

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"here": professionals_here(self.room)}

    def get_initial(self) -> dict[str, Any]:
        if self.thing is None:
            return {}
        told = {name: getattr(self.thing, name) for name in ("told", "reason", "what")}
        action = self.thing.action
        return told | ({"owner": action.owner_id, "due_at": action.due_at} if action else {})

    def act(self, form: FamilySharingForm) -> FamilySharing:
        said = Told(**form.cleaned_data)
        return decide_sharing(self.minutes, said, by=self.user, at=self.now, version=self.version)
