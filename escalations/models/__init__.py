"""Who is told of deadlines; escalations with their rungs and endings."""

from escalations.models.escalation import Escalation, Resolution, Stage, Withdrawal
from escalations.models.telling import Telling

__all__ = ["Escalation", "Resolution", "Stage", "Telling", "Withdrawal"]
