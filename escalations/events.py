"""What can happen to an escalation, as the ledger names it."""

from audit.events import READ, register

RAISED = register("escalation.raised", "Raised an escalation")
ANSWERED = register("escalation.answered", "Answered an escalation")
MOVED_UP = register("escalation.moved_up", "Moved an escalation up")
JUMPED = register("escalation.jumped", "Moved an escalation up past a rung: immediate risk")
RESOLVED = register("escalation.resolved", "Resolved an escalation")
SETTLED = register("escalation.settled", "Resolved an escalation between practitioners")
WITHDRAWN = register("escalation.withdrawn", "Withdrew an escalation")
HANDED_ON = register("escalation.handed_on", "Gave an escalation a new owner")

ESCALATION_READ = register("escalation.read", "Read an escalation", READ)
FORM_PRINTED = register("escalation.form_printed", "Printed the form of an escalation", READ)
ESCALATIONS_READ = register("escalations.read", "Read the list of escalations", READ)
REFERRAL_FOLLOWED = register("referral.followed", "Saw where a request stands", READ)
