"""Where an action is reviewed, as it is typed in one line: “#conference”, “#follow-up” (G19, H08). Pure."""

import re

from minutes.enums import Forum

CALLED = {
    "cin": Forum.CHILD_IN_NEED,
    "childinneed": Forum.CHILD_IN_NEED,
    "cp": Forum.CHILD_PROTECTION,
    "conference": Forum.CHILD_PROTECTION,
    "coregroup": Forum.CHILD_PROTECTION,
    "care": Forum.CHILD_IN_CARE,
    "cic": Forum.CHILD_IN_CARE,
    "followup": Forum.FOLLOW_UP,
    "supervision": Forum.SUPERVISION,
    "other": Forum.OTHER,
}
TAG = re.compile(r"(?:^|\s)#([^\W\d_][\w-]*)")


def take_forum(typed: str) -> tuple[str, str]:
    """The line without the word for where it is reviewed, and that; a word that names none stays."""
    for found in TAG.finditer(typed):
        if forum := CALLED.get(found[1].replace("-", "").casefold()):
            return typed[: found.start()] + " " + typed[found.end() :], forum
    return typed, ""
