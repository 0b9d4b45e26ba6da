from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgpt.corpus.gopher_repetition import GopherRepetition, repeated
from kgpt.records import Document

WORDS = st.lists(st.sampled_from(["a", "bb", "ccc", "dddd", "ee", "f"]), max_size=40)


def reference(words, *, top, duplicate):
    """The rules on word sequences, said in loops."""
    total = sum(map(len, words))
    for size in range(2, 11):
        grams = [tuple(words[at : at + size]) for at in range(len(words) - size + 1)]
        counts = Counter(grams)
        if size < 5:
            most = max(counts.values(), default=0)
            chars = max((sum(map(len, gram)) * most for gram, count in counts.items() if count == most), default=0)
            if most > 1 and chars > top[size - 2] * total:
                return f"top_{size}_gram"
            continue
        inside = {at + step for at, gram in enumerate(grams) if counts[gram] > 1 for step in range(size)}
        if sum(len(words[at]) for at in inside) > duplicate[size - 5] * total:
            return f"duplicate_{size}_grams"
    return None


@given(WORDS, st.sampled_from([1.0, 0.5, 0.2]), st.lists(st.sampled_from([0.1, 0.5, 1.0]), min_size=6, max_size=6))
def test_the_arrays_say_what_the_loops_say(words, top, duplicate):
    step = GopherRepetition(max_top_chars=(top,) * 3, max_duplicate_chars=tuple(duplicate))

    expected = reference(words, top=(top,) * 3, duplicate=duplicate)
    assert step.broken_rule(Document("d", " ".join(words))) == expected


def test_random_words_repeat_nothing():
    words = np.random.default_rng(0).integers(0, 1_000_000, 5_000)

    assert GopherRepetition().broken_rule(Document("d", " ".join(map(str, words)))) is None


LINES = [" ".join(f"{word}{number}" for word in "abcdefgh") for number in range(10)]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", None),
        ("word", None),
        ("\n".join(LINES), None),
        ("\n".join(LINES + ["x"] * 9), "duplicate_lines"),
        ("\n".join([*LINES, LINES[0] * 9, LINES[0] * 9]), "duplicate_line_chars"),
        ("\n\n".join([*LINES, *"xyzxyzxyz"]), "duplicate_lines"),
    ],
)
def test_repeated_lines_are_told(text, rule):
    assert GopherRepetition().broken_rule(Document("d", text)) == rule


def test_repeated_paragraphs_are_told_where_lines_may_repeat():
    step = GopherRepetition(max_duplicate_line_frac=1, max_duplicate_line_chars=1)

    assert step.broken_rule(Document("d", "a b\n\na b\n\nc")) == "duplicate_paragraphs"
    assert step.broken_rule(Document("d", "\n\n".join(["a" * 99, "a" * 99, *"bcdefg"]))) == "duplicate_paragraph_chars"


def test_shares_count_what_stood_before():
    assert repeated(["a", "bcd", "a", "a"]) == (0.5, pytest.approx(2 / 6))
    assert repeated([]) == (0, 0)
