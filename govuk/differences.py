"""What changed between two texts, word by word, as `<del>` and `<ins>`."""

import re
from difflib import SequenceMatcher

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_WORDS = re.compile(r"\s+|[^\s]+")


def diff(old: str, new: str) -> SafeString:
    """Return the new text with the words taken out and put in marked, for eyes and for screen readers."""
    before, after = _WORDS.findall(old or ""), _WORDS.findall(new or "")
    pieces: list[SafeString] = []
    for kind, i, j, k, m in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        gone, come = "".join(before[i:j]), "".join(after[k:m])
        if kind == "equal":
            pieces.append(format_html("{}", come))
            continue
        if gone:
            pieces.append(
                format_html('<del><span class="govuk-visually-hidden">taken out: </span>{}</del>', gone)
            )
        if come:
            pieces.append(
                format_html('<ins><span class="govuk-visually-hidden">put in: </span>{}</ins>', come)
            )
    return format_html(
        '<div class="diff">{}</div>', format_html_join("", "{}", ((piece,) for piece in pieces))
    )
