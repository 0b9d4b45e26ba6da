import gzip
import json
from dataclasses import replace

import numpy as np
import pytest

from kgpt.corpus.quality_model import (
    NUM_BUCKETS,
    fit_quality,
    hashed_words,
    label_of,
    load_quality_model,
    text_counts,
)
from kgpt.errors import DataError
from kgpt.records import Document, Metadata

RNG = np.random.default_rng(0)
GOOD = ["river", "garden", "family", "house", "the", "of", "and"]
BAD = ["pills", "casino", "click", "cheap", "now"]


def texts(vocabulary, count):
    return [" ".join(RNG.choice(vocabulary, 30)) + "." for _ in range(count)]


def test_a_model_tells_what_it_learnt_and_is_read_back_the_same(tmp_path):
    model = fit_quality(texts(GOOD, 20) + texts(BAD, 20), [True] * 20 + [False] * 20)

    model.save(tmp_path / "model")
    again = load_quality_model(tmp_path / "model")

    good, bad = texts(GOOD, 1)[0], texts(BAD, 1)[0]
    assert model.probability(good) > 0.5 > model.probability(bad)
    assert (again.probability(good), again.figures) == (model.probability(good), model.figures)
    assert model.figures.auc == 1
    assert not model.figures.unlabelled


def test_unlabelled_texts_stand_for_the_others_and_good_ones_among_them_are_reckoned_with():
    labels = [True] * 30 + [None] * 60

    model = fit_quality(texts(GOOD, 60) + texts(BAD, 30), labels)

    assert model.figures.unlabelled
    assert model.told_prob < 0.8
    assert model.probability(texts(GOOD, 1)[0]) > 0.6
    assert model.probability(texts(BAD, 1)[0]) < 0.4


def test_what_is_good_half_of_the_time_is_called_so_however_few_good_ones_were_labelled():
    plain = [f"The bridge of {number} is of stone." for number in range(300)]
    good, bad = texts(GOOD, 150) + plain[::2], texts(BAD, 150) + plain[1::2]
    order = np.random.default_rng(0).permutation(len(good))

    for share in (100, 200):
        labelled = set(order[:share].tolist())
        model = fit_quality(good + bad, [True if n in labelled else None for n in range(len(good) + len(bad))])

        assert np.mean([model.probability(text) for text in plain]) == pytest.approx(0.5, abs=0.22)


def test_beside_bad_ones_unlabelled_texts_are_left_out():
    model = fit_quality(texts(GOOD, 20) + texts(BAD, 30), [True] * 20 + [False] * 20 + [None] * 10)

    assert (model.figures.num_good, model.figures.num_others, model.figures.num_left_out) == (20, 20, 10)


def test_too_few_texts_are_refused():
    with pytest.raises(DataError, match=r"1 good texts and 2 others: too few"):
        fit_quality(["a", "b", "c"], [True, False, False])


def test_what_is_no_model_is_refused(tmp_path):
    (tmp_path / "torn").write_bytes(b"\x00" * 20)

    with pytest.raises(DataError, match="torn, or no quality model"):
        load_quality_model(tmp_path / "torn")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"weights": np.zeros(5)}, "arrays of"),
        ({"weights": np.full(NUM_BUCKETS + 12, np.nan)}, "no probability"),
        ({"scale": np.zeros(12)}, "no probability"),
        ({"told_prob": 0.0}, "no probability"),
        ({"bias": "much"}, "ValueError"),
    ],
)
def test_a_model_that_could_give_no_probability_is_refused(tmp_path, change, told):
    model = fit_quality(texts(GOOD, 20) + texts(BAD, 20), [True] * 20 + [False] * 20)
    replace(model, **change).save(tmp_path / "model.safetensors")

    with pytest.raises(DataError, match=rf"model\.safetensors: torn, or no quality model: .*{told}"):
        load_quality_model(tmp_path / "model.safetensors")


@pytest.mark.parametrize("numbers", ["{", "[]", '{"bias": 0}', None])
def test_a_model_whose_numbers_lack_is_refused(tmp_path, numbers):
    from safetensors.numpy import save_file

    told = {"form": "kgpt quality model 1"} | ({"numbers": numbers} if numbers else {})
    arrays = {name: np.zeros(12) for name in ("weights", "mean", "scale")}
    save_file(arrays, tmp_path / "model.safetensors", metadata=told)

    with pytest.raises(DataError, match="torn, or no quality model"):
        load_quality_model(tmp_path / "model.safetensors")


def test_labels_are_read_from_the_metadata():
    def told(value):
        return label_of(Document("d", "x", metadata=Metadata(extra={"label": value})), "label")

    assert [told(1), told(False), told(None), label_of(Document("d", "x"), "label")] == [True, False, None, None]
    with pytest.raises(DataError, match="label is 'good'; a good text has 1"):
        told("good")


@pytest.mark.parametrize("text", ["", "word", "\n", "a b\nc d.\na b"])
def test_any_text_has_finite_features(text):
    assert np.isfinite(text_counts(text)).all()
    assert np.isfinite(hashed_words(text)[1]).all()


@pytest.mark.real
def test_human_labels_are_told_in_cross_validation(shared_data):
    with gzip.open(shared_data / "curation" / "dclm_quality_a.jsonl.gz") as file:
        rows = [json.loads(line) for line in file]

    figures = fit_quality([one["text"] for one in rows], [bool(one["label"]) for one in rows]).figures

    print(figures)
    assert figures.auc >= 0.82
