"""What happens to accounts, as the ledger names it."""

from audit.events import register

SIGNED_IN = register("account.signed_in", "Signed in")
SIGNED_OUT = register("account.signed_out", "Signed out")
SIGN_IN_FAILED = register("account.sign_in_failed", "Tried to sign in and failed")
SECOND_FACTOR_ADDED = register("account.second_factor_added", "Set up a second factor")
SECOND_FACTOR_REMOVED = register("account.second_factor_removed", "Took a second factor away")
