"""What changed between two texts, word by word, as `<del>` and `<ins>`."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_WORDS = re.compile(r"\s+|[^\s]+")


def diff(old: str, new: str) -> SafeString:
    """Return the new text with the words taken out and put in marked, for eyes and for screen readers.

    Words that changed one after the other stay together: a text that was rewritten reads as the old one and
    the new one, not as every other word of each.
    """
    before, after = _WORDS.findall(old or ""), _WORDS.findall(new or "")
    pieces: list[SafeString] = []
    gone = come = ""
    for kind, i, j, k, m in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        was, now = "".join(before[i:j]), "".join(after[k:m])
        if kind != "equal" or (now.isspace() and gone.strip() and come.strip()):
            gone, come = gone + was, come + now
            continue
        pieces += [*_marked(gone, come), format_html("{}", now)]
        gone = come = ""
    pieces += _marked(gone, come)
    return format_html(
        '<div class="diff">{}</div>', format_html_join("", "{}", ((piece,) for piece in pieces))
    )


def _marked(gone: str, come: str) -> Iterator[SafeString]:
    if gone:
        yield format_html('<del><span class="govuk-visually-hidden">taken out: </span>{}</del>', gone)
    if come:
        yield format_html('<ins><span class="govuk-visually-hidden">put in: </span>{}</ins>', come)
