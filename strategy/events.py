"""What happens to a request, as the ledger names it."""

from audit.enums import Kind
from audit.events import register

STARTED = register("request.started", "Strategy request started")
SECTION_SAVED = register("request.section_saved", "Section of the request saved")
SUBMITTED = register("request.submitted", "Strategy request submitted")
AUTHORISED = register("request.authorised", "Strategy discussion authorised")
RETURNED = register("request.returned", "Strategy request returned")
WITHDRAWN = register("request.withdrawn", "Strategy request withdrawn")
NOT_NEEDED = register("request.not_needed", "Decided that no discussion is needed")
PROTECTION_DECIDED = register("request.protection_decided", "Immediate protection decision recorded")
URGENT_CALL = register("request.urgent_call", "Urgent telephone call recorded")
CHILD_SEEN = register("child.seen", "Child seen")
CONFERENCE_RECORDED = register("enquiry.conference_recorded", "Child protection conference recorded")
CONFERENCE_NOT_REQUIRED = register("enquiry.conference_not_required", "Conference recorded as not required")
ENQUIRY_CLOSED = register("enquiry.closed", "Section 47 enquiry closed")
REQUEST_READ = register("request.read", "Strategy request read", Kind.READ)
ENQUIRY_READ = register("enquiry.read", "Section 47 enquiry read", Kind.READ)
SIGHTINGS_READ = register("child.sightings_read", "Read when a child was seen", Kind.READ)
FAMILY_READ = register("family.read", "Details of a child or of the family read", Kind.READ)
CHILD_SOUGHT = register("child.sought", "Looked for a child by name", Kind.READ)
