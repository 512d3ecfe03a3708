"""What happens to a record after the discussion, as the ledger names it."""

from audit.events import READ, register

FINISHED = register("minutes.finished", "Handed the record to the chair")
RETURNED = register("minutes.returned", "Returned the record to business support")
ANSWERED = register("agreement.answered", "Answered a correction or an objection")
AUTHORISED = register("minutes.authorised", "Authorised the minutes")
CORRECTION_BEGUN = register("minutes.correction_begun", "Began a corrected version of the minutes")
PRINTED = register("minutes.printed", "Made the PDF of the minutes")
PRINT_FAILED = register("minutes.print_failed", "Could not make the PDF of the minutes")

CIRCULATED = register("minutes.circulated", "Circulated the minutes")
COPY_SENT = register("copy.sent", "A copy of the minutes reached the mail server")
COPY_BOUNCED = register("copy.bounced", "A copy of the minutes came back")
COPY_HANDED = register("copy.handed", "Handed over a copy of the minutes")
COPY_RESENT = register("copy.resent", "Sent a copy of the minutes again")
COPY_REVOKED = register("copy.revoked", "Revoked a copy of the minutes")
COPY_ACKNOWLEDGED = register("copy.acknowledged", "Acknowledged the minutes")
COPY_MADE = register("copy.made", "Had a copy of the minutes made")
FAMILY_HANDED = register("copy.family_handed", "Gave the family their copy of the minutes")
FILED = register("minutes.filed", "Filed the minutes in the case system")

DELIVERED = register("minutes.delivered", "Delivered the minutes to the case system")
DELIVERY_REFUSED = register("minutes.delivery_refused", "The case system refused the minutes")
DELIVERY_ASKED = register("minutes.delivery_asked", "Had the delivery to the case system tried now")

ACTION_DONE = register("action.done", "Marked an action as done")
ACTION_BLOCKED = register("action.blocked", "Said what blocks an action")
ACTION_TAKEN_UP = register("action.taken_up", "Took a blocked action up again")
ACTION_EXTENDED = register("action.extended", "Gave an action more time")
ACTION_OFFERED = register("action.offered", "Offered an action to somebody else")
ACTION_ACCEPTED = register("action.accepted", "Accepted an action that was offered")
ACTION_DECLINED = register("action.declined", "Declined an action that was offered")
ACTION_OFFER_TAKEN_BACK = register("action.offer_taken_back", "Took the offer of an action back")
ACTION_CHASED = register("action.chased", "Reminded the owner of an action")

VERSION_READ = register("version.read", "Read the minutes", READ)
CHANGES_READ = register("version.changes_read", "Read what changed between versions", READ)
COPY_READ = register("copy.read", "Read what a copy of the minutes holds", READ)
FILE_FETCHED = register("version.fetched", "Fetched the PDF of the minutes", READ)
BUNDLE_FETCHED = register("version.bundle_fetched", "Fetched the minutes as a bundle", READ)
PROOF_READ = register("circulation.read", "Read the proof of circulation", READ)
ACTIONS_READ = register("actions.read", "Read the actions", READ)
