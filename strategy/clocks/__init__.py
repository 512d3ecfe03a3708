"""The clocks of a referral, its requests and its discussions."""

from strategy.clocks.keeping import AUTHORISE_REQUEST, HIGH_RATING, keep_clocks
from strategy.clocks.picture import protocol_for, read_facts

__all__ = ["AUTHORISE_REQUEST", "HIGH_RATING", "keep_clocks", "protocol_for", "read_facts"]
