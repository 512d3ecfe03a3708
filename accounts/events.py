"""What happens to accounts, as the ledger names it."""

from audit.events import register

SIGNED_IN = register("account.signed_in", "Signed in")
SIGNED_OUT = register("account.signed_out", "Signed out")
SIGN_IN_FAILED = register("account.sign_in_failed", "Tried to sign in and failed")
SECOND_FACTOR_ADDED = register("account.second_factor_added", "Set up a second factor")
SECOND_FACTOR_REMOVED = register("account.second_factor_removed", "Took a second factor away")

PERSON_ADDED = register("person.added", "Added a person")
PERSON_CHANGED = register("person.changed", "Changed a person’s details, roles or teams")
ACCOUNT_CLOSED = register("person.account_closed", "Closed a person’s account")
ACCOUNT_REOPENED = register("person.account_reopened", "Opened a person’s account again")
AGENCY_ADDED = register("agency.added", "Added an agency")
AGENCY_CHANGED = register("agency.changed", "Changed an agency")
TEAM_ADDED = register("team.added", "Added a team")
TEAM_CHANGED = register("team.changed", "Changed a team")
COVER_ARRANGED = register("acting_for.arranged", "Named a deputy")
COVER_ENDED = register("acting_for.ended", "Ended acting for somebody early")
