"""Two changes of one text are put together where they are apart, or people choose: nothing is lost, ever."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minutes.rules.merging import merged, pieces
from minutes.rules.text import clean

WORDS = st.sampled_from(["Ruby", "Jack", "was", "not", "seen", "home", "e.g.", "“No.”", "3.5", "ends."])
ENDS = st.sampled_from([".", "!", "?", "\n", "\n\n", "", ". ", ".”"])
SENTENCE = st.builds(lambda words, end: " ".join(words) + end, st.lists(WORDS, min_size=1, max_size=4), ENDS)
TEXT = st.lists(SENTENCE, max_size=6).map(lambda parts: clean(" ".join(parts)))
RAW = st.text(alphabet="ab .!?\n”", max_size=14).map(clean)


def edited(draw: st.DrawFn, text: str) -> str:
    """The text as somebody leaves it: pieces put in, taken out or put otherwise, at up to two places."""
    now = pieces(text)
    for _ in range(draw(st.integers(1, 2))):
        start = draw(st.integers(0, len(now)))
        stop = draw(st.integers(start, min(start + 2, len(now))))
        now[start:stop] = draw(st.lists(SENTENCE, max_size=2))
    return clean("".join(now))


@st.composite
def two_edits(draw: st.DrawFn) -> tuple[str, str, str]:
    """What stood, and what two people made of it."""
    base = draw(TEXT)
    return base, edited(draw, base), edited(draw, base)


def counted(text: str) -> Counter[str]:
    """Every word, with how often it stands there."""
    return Counter(text.split())


def written_by(base: str, one: str) -> list[str]:
    """What somebody wrote from the first to the last piece that is not as it stood."""
    stood, now = pieces(base), pieces(one)
    while stood and now and stood[0] == now[0]:
        stood, now = stood[1:], now[1:]
    while stood and now and stood[-1] == now[-1]:
        stood, now = stood[:-1], now[:-1]
    return now


def holds(base: str, theirs: str, mine: str) -> None:
    """No word is lost, made up, doubled or moved, whoever of the two is called first."""
    text = merged(base, theirs, mine)
    assert merged(base, mine, theirs) == text
    if text is None:
        return
    for word in counted(base) | counted(theirs) | counted(mine) | counted(text):
        by_them = counted(theirs)[word] - counted(base)[word]
        by_me = counted(mine)[word] - counted(base)[word]
        assert counted(text)[word] == counted(base)[word] + by_them + by_me, word
    whole = pieces(text)
    for one, other in ((mine, theirs), (theirs, mine)):
        own = written_by(base, one)
        assert any(whole[start : start + len(own)] == own for start in range(len(whole) + 1))
        assert merged(other, base, text) in (
            one,
            None,
        )  # without what the other did it is what this one wrote
    written = {*pieces(base), *pieces(theirs), *pieces(mine)}
    assert set(pieces(text)) <= written  # no sentence that nobody wrote


@settings(max_examples=400)
@given(two_edits())
def test_no_word_is_lost_or_moved(edits: tuple[str, str, str]) -> None:
    if edits[1] != edits[2]:  # who wrote the same has nothing to merge
        holds(*edits)


@settings(max_examples=400)
@given(RAW, RAW, RAW)
def test_nor_of_any_three_texts(base: str, theirs: str, mine: str) -> None:
    if theirs != mine:
        holds(base, theirs, mine)


@settings(max_examples=100)
@given(st.text(max_size=40))
def test_pieces_are_the_text(text: str) -> None:
    assert "".join(pieces(text)) == text


BASE = "Ruby was seen at school. Jack was not.\nCarol keeps appointments.\nKit was at work."


@pytest.mark.parametrize(
    ("theirs", "mine", "both"),
    [
        (  # a line at the end, a sentence at the beginning
            f"{BASE}\nNobody asked the GP.",
            BASE.replace("at school", "at home"),
            f"{BASE}\nNobody asked the GP.".replace("at school", "at home"),
        ),
        (  # one takes out, the other puts in elsewhere
            BASE.replace(" Jack was not.", ""),
            BASE.replace("Kit was at work.", "Kit was away."),
            "Ruby was seen at school.\nCarol keeps appointments.\nKit was away.",
        ),
        (  # side by side, each a line of its own
            BASE.replace("Carol keeps", "Carol never keeps"),
            BASE.replace("Kit was at work", "Kit was away"),
            BASE.replace("Carol keeps", "Carol never keeps").replace("Kit was at work", "Kit was away"),
        ),
        ("", "", ""),
        (BASE, f"{BASE} More.", f"{BASE} More."),
    ],
)
def test_changes_apart_are_put_together(theirs: str, mine: str, both: str) -> None:
    assert merged(BASE, theirs, mine) == both


@pytest.mark.parametrize(
    ("base", "theirs", "mine"),
    [
        ("", "Carol keeps every appointment.", "The school sees them daily."),
        (BASE, f"{BASE} And Bea.", f"{BASE} And Mo."),  # both go on at the end
        (BASE, f"Bea first.\n{BASE}", f"Mo first.\n{BASE}"),
        (
            BASE,
            BASE.replace("at school", "at home"),
            BASE.replace("was seen", "was not seen"),
        ),  # one sentence
        (BASE, "Carol alone.", "Words that nobody took."),
        (BASE, "", f"{BASE} More."),  # emptied, and gone on
        (
            "Yes.\nYes.",
            "Yes.\nNo.\nYes.",
            "Yes.\nYes.\nYes.",
        ),  # which of the equal lines is new cannot be told
        ("A.\nB.", "A.B.", "A.\nC."),
        ("A.\nB.\nC.\nD.", "A. C.\nD.", "A.\nB.\nC.\nD" * 20_000),  # longer than is kept
    ],
)
def test_changes_that_meet_are_for_people_to_choose(base: str, theirs: str, mine: str) -> None:
    assert merged(base, theirs, mine) is None
    assert merged(base, mine, theirs) is None
