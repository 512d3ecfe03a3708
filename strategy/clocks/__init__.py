"""The clocks of a referral, its requests and its discussions."""

from strategy.clocks.keeping import AUTHORISE_REQUEST, HIGH_RATING, keep_clocks
from strategy.clocks.picture import protocol_for, read_facts
from strategy.clocks.powers import POWER_ENDS, keep_power
from strategy.clocks.undecided import CHILD_UNDECIDED

__all__ = [
    "AUTHORISE_REQUEST",
    "CHILD_UNDECIDED",
    "HIGH_RATING",
    "POWER_ENDS",
    "keep_clocks",
    "keep_power",
    "protocol_for",
    "read_facts",
]
