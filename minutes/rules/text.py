"""Text in: what people paste is kept as words, never as something a page or a file could trip over. Pure."""

import re

LONGEST = 100_000
_BREAKS = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")  # those of Word too
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def clean(typed: str) -> str:
    """The text with one kind of line break, without control characters and without blank ends."""
    text = _BREAKS.sub("\n", typed)
    return _CONTROL.sub("", text).strip("\n").rstrip()


def one_line(typed: str) -> str:
    """The text on one line, spaces made single."""
    return " ".join(clean(typed).split())


def both(theirs: str, mine: str, *, by: str, at: str, above: str) -> str:
    """Two texts of one box, parted by a line that says who wrote what and when; times in words."""
    return (
        f"{theirs}\n\n({by} wrote at {at}, while {above} wrote what stands above:)\n{mine}"
        if theirs
        else mine
    )


def problem_with(text: str) -> str | None:
    """Why this text is too long to keep, or None."""
    if len(text) > LONGEST:
        return f"This is {len(text):,} characters long: 100,000 is the most. Shorten it, then it is saved"
    return None
