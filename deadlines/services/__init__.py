"""Opening, moving, meeting and sweeping clocks. Called by the rooms that own what happened."""

from deadlines.services.clocks import (
    explain_late_clock,
    explain_lateness,
    foresee_lateness,
    hand_over,
    meet,
    open_clock,
    put_right,
    recompute,
    reopen,
    void,
)
from deadlines.services.sweeping import Teller, is_late, register_first, register_teller, sweep, sweep_is_late

__all__ = [
    "Teller",
    "explain_late_clock",
    "explain_lateness",
    "foresee_lateness",
    "hand_over",
    "is_late",
    "meet",
    "open_clock",
    "put_right",
    "recompute",
    "register_first",
    "register_teller",
    "reopen",
    "sweep",
    "sweep_is_late",
    "void",
]
