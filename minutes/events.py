"""What happens to a record, as the ledger names it."""

from audit.enums import Kind
from audit.events import register

RECORD_OPENED = register("minutes.opened", "Opened the record")
RECORD_CHECKED_BEFORE = register("minutes.checked_before", "Looked at the record before the discussion")
RIGHT_MEETING = register("discussion.right_meeting", "Confirmed that everyone is in the right meeting")
ATTENDANCE_RECORDED = register("discussion.attendance_recorded", "Recorded who is here")
ARRIVED = register("discussion.arrived", "Recorded an arrival")
LEFT = register("discussion.left", "Recorded that somebody left")
CALL_BEGUN = register("call.begun", "Began a telephone call")
CALL_RECORDED = register("call.recorded", "Recorded a telephone call")
CALL_CORRECTED = register("call.corrected", "Corrected a telephone call")
CALL_STRUCK = register("call.struck", "Struck a telephone call")
STARTED = register("discussion.started", "Started the discussion")
QUORUM_COMPLETE = register("discussion.quorum_complete", "Quorum became complete")
CLOSED = register("discussion.closed", "Closed the discussion")
SECTION_SAVED = register("minutes.section_saved", "Wrote in the record")
SECTION_MARKED = register("minutes.section_marked", "Changed who may read a passage of the record")
STEP_TICKED = register("minutes.step_ticked", "Ticked an agenda step")
STEP_UNTICKED = register("minutes.step_unticked", "Took a tick off an agenda step")
ALLOCATED = register("minutes.allocated", "Named the allocated social worker")
DECIDED = register("decision.made", "Recorded the decision for a child")
DECISION_CHANGED = register("decision.changed", "Changed the decision for a child")
ANSWERS_AMENDED = register("decision.answers_amended", "Amended what is answered beside a child’s decision")
ENQUIRY_OPENED = register("enquiry.opened", "Opened a section 47 enquiry")
ENQUIRY_TAKEN_BACK = register(
    "enquiry.taken_back", "Took a section 47 enquiry back before the discussion ended"
)
ARRANGED = register("arrangement.made", "Arranged who is seen, where and when")
ACTION_ADDED = register("action.added", "Added an action")
ACTION_EDITED = register("action.edited", "Changed an action")
ACTIONS_REORDERED = register("action.reordered", "Put the actions in another order")
ACTION_STRUCK = register("action.struck", "Struck an action out")
SHARING_DECIDED = register("sharing.decided", "Decided what the family is told")
DISSENT_RECORDED = register("dissent.recorded", "Recorded a differing view")
DISSENT_CHANGED = register("dissent.changed", "Changed a differing view, or how it was resolved")
TIMES_CORRECTED = register("discussion.times_corrected", "Times of the discussion corrected")
SILENCE_RECORDED = register("minutes.silence_recorded", "Time to agree the record has passed")
AGREEMENT_RECORDED = register("agreement.recorded", "Recorded what somebody said of the record")
ACTION_LOG_FROZEN = register("action_log.frozen", "Froze the action log for signing")
ASKED = register(
    "minutes.asked_to_agree", "Asked those who took part to agree the record or sign the action log"
)
SIGNED = register("action_log.signed", "Signed the action log")
RECORD_READ = register("minutes.room_read", "Looked at the record in the meeting room", Kind.READ)
