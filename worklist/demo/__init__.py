"""The demonstration: invented people and families, made by the same services that pages use."""

from worklist.demo.families import fill
from worklist.demo.people import LOG_INS, PASSWORD, Town

__all__ = ["LOG_INS", "PASSWORD", "Town", "fill"]
