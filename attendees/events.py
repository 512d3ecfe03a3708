"""What happens to invitations, information, links and the directory, as the ledger names it."""

from audit.events import READ, register

PROFESSIONAL_ADDED = register("professional.added", "Added a professional to the directory")
PROFESSIONAL_CORRECTED = register("professional.corrected", "Corrected a professional's details")
PROFESSIONAL_RETIRED = register("professional.retired", "Took a professional off the directory")
PROFESSIONAL_BROUGHT_BACK = register("professional.brought_back", "Put a professional back in the directory")
PROFESSIONALS_MERGED = register("professional.merged", "Merged two entries of the directory")

BOOKED = register("discussion.booked", "Booked the discussion and invited")
RESCHEDULED = register("discussion.rescheduled", "Moved the discussion to another time or place")
BOOKING_CANCELLED = register("discussion.cancelled", "Cancelled the booking")
CHAIR_REPLACED = register("discussion.chair_replaced", "Named another chair")
MINUTE_TAKER_REPLACED = register("discussion.minute_taker_replaced", "Named another minute-taker")
TIMES_STATED = register("request.times_stated", "Wrote down when people can come")
NO_LAWFUL_TIME = register("request.no_lawful_time", "Told the manager that no lawful time is left")

INVITED = register("invitation.sent", "Invited one more professional")
WITHDRAWN = register("invitation.withdrawn", "Took an invitation back")
TAKEN_OVER = register("invitation.taken_over", "Took over what came to a shared mailbox")
REPLIED = register("invitation.replied", "Replied to the invitation")
REPLY_RECORDED = register("invitation.reply_recorded", "Recorded a reply for somebody")

INFORMATION_SAVED = register("information.saved", "Saved information that is not sent yet")
INFORMATION_ANSWERED = register("information.answered", "Answered the request for information")
INFORMATION_RECORDED = register("information.recorded", "Recorded information for an agency")

INFORMATION_PASSED_ON = register(
    "information.passed_on", "Passed the request for information on to a deputy, or back"
)
INFORMATION_CHASED = register("information.chased", "Reminded agencies of information")
INFORMATION_READ = register("information.read", "Read what the agencies told", READ)
FILE_ADDED = register("information_file.added", "Added a file to an agency's information")
FILE_REMOVED = register("information_file.removed", "Took a file away from an agency's information")
FILE_REFUSED = register("information_file.refused", "Refused a file with a virus")
FILE_SCANNED = register("information_file.scanned", "Scanned a file for viruses")
FILE_ALTERED = register("information_file.altered", "Asked for a file of an agency that had been altered")
FILE_READ = register("information_file.read", "Opened an agency's file", READ)

LINK_SENT = register("partner_link.sent", "Sent a partner a new link")
REFERRER_FOLLOWS = register("partner_link.to_referrer", "Sent whoever referred their link")
LINK_REVOKED = register("partner_link.revoked", "Shut a partner's link")
ADMITTED = register("partner.admitted", "Let somebody in to an action of the discussion")
ADMISSION_ENDED = register("partner.admission_ended", "Ended somebody's way in to an action")
CODE_ASKED = register("partner_code.asked", "Asked for a one-time code")
CODE_ENTERED = register("partner_code.entered", "Signed in by link and one-time code")
CODE_WRONG = register("partner_code.wrong", "Entered a wrong one-time code")
PARTNER_LEFT = register("partner_code.left", "Left the partner's pages")

PARTNER_PAGE_READ = register("partner_page.read", "Read a partner's page", READ)
AGENCY_DESK_READ = register("agency_desk.read", "Read the list of an agency's desk", READ)
DISCUSSION_READ = register("discussion.read", "Read the discussion's page", READ)
