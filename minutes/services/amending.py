"""What is answered beside a child's decision, filled in or put right after the discussion."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, StaleVersion, refuse
from cases.models import Child
from minutes import events
from minutes.enums import MinutesStatus
from minutes.models import Minutes
from minutes.permissions import meeting as permissions
from minutes.rules.answers import Answer
from minutes.services import answers
from minutes.services.answers import Answers
from minutes.services.record import changed, lock_record
from minutes.services.versions import keep_as_agreed
from strategy.models import Decision

AMENDED = frozenset({MinutesStatus.AGREED, MinutesStatus.WITH_CHAIR})
CODED = (*Answer, "pressure_note", "medical_why", "medical_kind", "medical_place", "legal_reason")


@transaction.atomic
def amend_answers(
    minutes: Minutes, child: Child, said: Answers, *, by: User, at: datetime, version: int | None = None
) -> Decision:
    """Fill in or change what is answered beside a child's decision, once the discussion has ended (H13, C31,
    G08).

    1. Lock discussion and record; who may write in it now, from the end until the minutes are authorised.
       An earlier version the writer did not see is a clash; an answer is changed, not taken away.
    2. Keep the record as it stood at the end: the change is read against it.
    3. Write the answers. A medical is an action, agreed at the end, so that it may be due since then.
       What was decided, by whom and when, stays. Tell the ledger which answers changed, and what they were.
    Raises NotAllowed, MoveNotAllowed, StaleVersion, Refused at the field.
    """
    record = lock_record(minutes)
    discussion = record.discussion
    refuse(permissions.refusal_to_write(by, record, at))
    if record.status not in AMENDED:
        raise MoveNotAllowed("The discussion has not ended: these are asked with the decision itself.")
    decision = Decision.objects.select_for_update().filter(discussion=discussion, child=child).first()
    if decision is None:
        raise Refused("child", "Nothing was decided for this child.")
    if version is not None and version != decision.version:
        raise StaleVersion(None, "Somebody changed these answers while you were writing. Both are shown.")
    answers.check(said)
    before = {str(name): getattr(decision, name) for name in CODED}
    _keep_answered(decision, said)
    keep_as_agreed(record, by, at)
    answers.keep_medical(record, child, said.medical, by=by, at=at, since=discussion.ended_at)
    answers.write(decision, said)
    decision.version += 1
    decision.save()
    changed(record)
    data = {
        "child": child.pk,
        "changed": [name for name, was in before.items() if was != getattr(decision, name)],
        "was": {name: before[name] for name in Answer},
    }
    audit.record(events.ANSWERS_AMENDED, discussion.case, subject=decision, by=by, at=at, data=data)
    return decision


def _keep_answered(decision: Decision, said: Answers) -> None:
    given = {
        Answer.PLAN: said.plan,
        Answer.MEDICAL: said.medical.needed if said.medical else "",
        Answer.UNDER_PRESSURE: said.under_pressure,
    }
    for answer, now in given.items():
        if getattr(decision, answer) and not now:
            raise Refused(answer, f"Say {answer.words}: it was answered before")
    if decision.legal_reason and said.legal_reason is not None and not said.legal_reason.strip():
        raise Refused("legal_reason", "Say on what legal advice: it was answered before")
