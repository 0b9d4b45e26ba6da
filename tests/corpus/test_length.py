import pytest

from kgpt.corpus.length import LengthFilter
from kgpt.records import Document, Dropped


@pytest.mark.parametrize(
    ("num_words", "reason"), [(2, "too_short"), (3, None), (5, None), (6, "too_long"), (7, "too_long")]
)
def test_the_range_is_half_open(num_words, reason):
    document = Document("d", "word " * num_words)

    verdict = LengthFilter(min_words=3, max_words=6).begin()(document)

    assert verdict == (document if reason is None else Dropped("d", reason))
