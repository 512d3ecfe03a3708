"""What happens to a request, as the ledger names it."""

from audit.enums import Kind
from audit.events import register

STARTED = register("request.started", "Strategy request started")
SECTION_SAVED = register("request.section_saved", "Section of the request saved")
ON_BEHALF = register("request.on_behalf", "Said for whom the discussion is asked")
COPIED = register("request.copied", "Copied from the last request")
NOT_APPLICABLE = register("request.not_applicable", "Said what does not apply to a request")
SUBMITTED = register("request.submitted", "Strategy request submitted")
PICKED_UP = register("request.picked_up", "A second authoriser was asked")
AUTHORISED = register("request.authorised", "Strategy discussion authorised")
AUTHORISED_VERBALLY = register(
    "request.authorised_verbally", "Wrote down that a manager authorised by word of mouth"
)
COUNTERSIGNED = register("request.countersigned", "Countersigned the verbal authorisation")
AUTHORISATION_DENIED = register(
    "request.authorisation_denied", "Said that the verbal authorisation was not given"
)
SETTLED = register("request.settled", "Decided on a discussion that nobody had authorised")
ENTERED_AFTERWARDS = register("discussion.entered_afterwards", "Entered a discussion that had been held")
NIGHT_WRITTEN = register("night.written", "Wrote down what emergency duty dealt with")
TAKEN_OVER = register("night.taken_over", "Took over from the night")
RETURNED = register("request.returned", "Strategy request returned")
WITHDRAWN = register("request.withdrawn", "Strategy request withdrawn")
NOT_NEEDED = register("request.not_needed", "Decided that no discussion is needed")
NONE_NEEDED = register("referral.none_needed", "Decided that nothing need be discussed")
CHILD_JOINED = register("request.child_joined", "Added a child who is concerned too")
CHILD_TAKEN_OFF = register("request.child_taken_off", "Took a child off the request")
PROTECTION_DECIDED = register("request.protection_decided", "Immediate protection decision recorded")
URGENT_CALL = register("request.urgent_call", "Urgent telephone call recorded")
CHILD_SEEN = register("child.seen", "Child seen")
CONFERENCE_RECORDED = register("enquiry.conference_recorded", "Child protection conference recorded")
NO_CONFERENCE_CONFIRMED = register(
    "enquiry.no_conference_confirmed", "Confirmed that no conference is required"
)
NO_CONFERENCE_DENIED = register(
    "enquiry.no_conference_denied", "Said that they did not decide that no conference is required"
)
CONFERENCE_NOT_REQUIRED = register("enquiry.conference_not_required", "Conference recorded as not required")
CONFERENCE_DELAYED = register("enquiry.conference_delayed", "Later conference agreed")
POLICE_LEAD_NAMED = register("enquiry.police_lead_named", "Named who leads the enquiry for the police")
ENQUIRY_KIND_CHANGED = register("enquiry.kind_changed", "Section 47 enquiry made single or joint")
ENQUIRY_CLOSED = register("enquiry.closed", "Section 47 enquiry closed")
ASSESSMENT_DECIDED = register("assessment.decided", "Assessment decision recorded")
ASSESSMENT_DATE_AGREED = register("assessment.date_agreed", "Shorter assessment date agreed")
CLOCK_NOT_NEEDED = register("clock.not_needed", "Decided that a deadline is not needed")
POWER_RECORDED = register("power.recorded", "Emergency power recorded")
POWER_EXTENDED = register("power.extended", "Emergency protection order extended")
POWER_ENDED = register("power.ended", "End of an emergency power recorded")
DECIDED_LATER = register("decision.later", "Decided for a child who waited")
REFERRAL_READ = register("referral.read", "Read what came in", Kind.READ)
POWERS_READ = register("power.read", "Emergency power read", Kind.READ)
DECISION_READ = register("decision.read", "Deferred decision read", Kind.READ)
REQUEST_READ = register("request.read", "Strategy request read", Kind.READ)
ENQUIRY_READ = register("enquiry.read", "Section 47 enquiry read", Kind.READ)
SIGHTINGS_READ = register("child.sightings_read", "Read when a child was seen", Kind.READ)
FAMILY_READ = register("family.read", "Details of a child or of the family read", Kind.READ)
CHILD_SOUGHT = register("child.sought", "Looked for a child by name", Kind.READ)
LINE_ADDED = register("duty_line.added", "Added a duty line")
LINE_CHANGED = register("duty_line.changed", "Changed a duty line")
PLACE_ADDED = register("place.added", "Added a room, line or link")
PLACE_CHANGED = register("place.changed", "Changed a room, line or link")
PLACE_RETIRED = register("place.retired", "Retired a room, line or link")
PLACE_BROUGHT_BACK = register("place.brought_back", "Brought a room, line or link back")
