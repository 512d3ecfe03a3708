"""What happens to a referral, as the ledger names it."""

from audit.events import register

RECORDED = register("referral.recorded", "Referral or new information recorded")
CONCERNS_TOLD = register("referral.concerns_told", "Harm feared for each child recorded")
CIRCUMSTANCE_TICKED = register("referral.circumstance_ticked", "Circumstance recorded")
CIRCUMSTANCE_CHANGED = register("referral.circumstance_changed", "Circumstance changed")
CIRCUMSTANCE_UNTICKED = register("referral.circumstance_unticked", "Circumstance taken back")
FROM_WHOM_CORRECTED = register("referral.from_whom_corrected", "Corrected who referred or what they said")
MOMENTS_CORRECTED = register("referral.moments_corrected", "Moments of the referral corrected")
