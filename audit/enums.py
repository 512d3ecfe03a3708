"""The two kinds of entry the ledger keeps."""

from enum import StrEnum


class Kind(StrEnum):
    """An act changed something; a read showed somebody something they must answer for."""

    WRITE = "write"
    READ = "read"
