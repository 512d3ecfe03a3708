"""Whole numbers as a browser sends them, which may be anything."""

MOST_DIGITS = 9  # what an integer of the database holds


def whole_number(text: str | None) -> int | None:
    """Read a number such as a row, a version or a place; None for what is none or is longer than any of ours.

    Python itself refuses to read thousands of digits, and the database more than it can hold.
    """
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else None
