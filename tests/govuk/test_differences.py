"""What changed between two texts can be read."""

import re

from govuk.differences import diff


def shown(old: str, new: str) -> str:
    """The marks alone, without the words for screen readers."""
    return re.sub(r'<span class="govuk-visually-hidden">[^<]*</span>|</?div[^>]*>', "", diff(old, new))


def test_a_text_that_was_rewritten_reads_as_the_old_and_the_new_one() -> None:
    told = shown("he ran home, then slept", "she left now, then slept")
    assert told == "<del>he ran home,</del><ins>she left now,</ins> then slept"


def test_a_word_that_was_changed_put_in_or_taken_out_is_marked_alone() -> None:
    assert shown("the left arm", "the right arm") == "the <del>left</del><ins>right</ins> arm"
    assert shown("an arm", "an arm and <leg>") == "an arm<ins> and &lt;leg&gt;</ins>"
    assert shown("a sore arm", "a arm").replace("<del>", "").replace("</del>", "") == "a sore arm"
    assert shown("", "") == ""
