import numpy as np

from kgpt.verbalization.pieces import joined
from kgpt.verbalization.triple_source import TripleSource
from kgpt.verbalization.verbalizer import Verbalizer


def test_forms_read_as_the_verbalizer_writes_them(capitals):
    for form in ("linear", "inverse"):
        source = TripleSource(graph=capitals, forms=(form,))
        for index in range(len(source)):
            expected = Verbalizer(capitals).state(capitals.triples[index], form, np.random.default_rng(0))
            assert joined(source.pieces(index, np.random.default_rng(0))) == expected


def test_all_forms_are_drawn(capitals):
    source = TripleSource(graph=capitals)

    said = {joined(source.pieces(0, np.random.default_rng(seed))) for seed in range(50)}

    assert said == {
        "Berlin, capital of, Germany",
        "Germany, inverse of capital of, Berlin",
        "Berlin is the capital of Germany.",
        "Germany is governed from Berlin.",
    }
