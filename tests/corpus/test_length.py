import pytest

from kgpt.corpus.length import LengthFilter
from kgpt.records import Document, Dropped, Metadata


@pytest.mark.parametrize(
    ("num_words", "reason"), [(2, "too_short"), (3, None), (5, None), (6, "too_long"), (7, "too_long")]
)
def test_the_range_is_half_open(num_words, reason):
    document = Document("d", "word " * num_words)

    verdict = LengthFilter(min_words=3, max_words=6).begin()(document)

    assert verdict == (document if reason is None else Dropped("d", reason))


def test_verbalised_triples_pass_unless_asked_for():
    document = Document("d", "Ulm lies in Germany.", metadata=Metadata(source="kgpt verbalize"))

    assert LengthFilter().begin()(document) == document
    assert LengthFilter(except_sources=()).begin()(document) == Dropped("d", "too_short")


def test_a_range_that_leaves_nothing_is_refused():
    with pytest.raises(ValueError, match="min_words 10 and max_words 5 leave no document"):
        LengthFilter(min_words=10, max_words=5)
