import random
import sys

import pytest

from benchmarks import curation_contestants, curation_duplicates
from benchmarks.curation_duplicates import Corpus

TEXT = " ".join(f"word{number}" for number in range(60))
COPY = f"{TEXT} more"
OTHER = " ".join(f"other{number}" for number in range(60))


def test_pairs_are_joined_to_clusters():
    found = curation_contestants.joined([(0, 2), (2, 4), (1, 3)], 6)

    assert found[0] == found[2] == found[4] != found[1] == found[3]
    assert found[5] == 5


def test_recall_is_of_the_pairs_that_are_similar_enough():
    corpus = Corpus("x", [TEXT] * 4, {(0, 1): 0.9, (2, 3): 0.7, (0, 3): 0.1})

    assert curation_duplicates._recalls(corpus, [0, 0, 1, 2]) == ["1.000 of 1", "0.500 of 2"]


def test_precision_counts_pairs_that_are_no_duplicates():
    corpus = Corpus("x", [TEXT, COPY, OTHER], {})

    assert curation_duplicates._row("x", corpus, [0, 0, 0], 1.0)[-2:] == ["0.3333", "2 of 3 pairs"]
    assert curation_duplicates._row("x", corpus, [0, 0, 2], 1.0)[-2:] == ["1.0000", "0 of 1 pairs"]


def test_a_stub_is_wrongly_dropped_where_no_text_about_it_is_kept():
    corpus = Corpus("x", [TEXT] * 4, {}, ("a", "b", "c", "c"))

    assert curation_duplicates._row("x", corpus, [0, 0, 2, 2], 1.0)[-1] == "33.33%"


def test_copies_are_as_similar_as_their_edits_make_them():
    rng = random.Random(0)
    light, heavy = (" ".join(curation_duplicates._edited(TEXT.split(), share, ["x"], rng)) for share in (0.02, 0.3))

    assert curation_duplicates._similarity(TEXT, TEXT) == 1
    assert 1 >= curation_duplicates._similarity(TEXT, light) > curation_duplicates._similarity(TEXT, heavy)


def test_what_is_not_installed_says_so(monkeypatch):
    monkeypatch.setenv("KGPT_RIVALS_PYTHON", sys.executable)

    assert curation_duplicates._rival("no_such_package", [TEXT]) == "not installed"


@pytest.mark.parametrize(("label", "told"), [("K\\u014dbe", "Kōbe"), ("Kobe", "Kobe")])
def test_labels_written_by_numbers_are_read(label, told):
    assert curation_duplicates._unescaped(label) == told
