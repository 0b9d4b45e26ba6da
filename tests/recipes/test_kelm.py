import json

import numpy as np
import pytest

from kgpt.errors import ConfigError
from kgpt.recipes import recipes
from kgpt.verbalization.pieces import Mention, joined


@pytest.fixture
def source(training_data):
    def build(**settings):
        recipe = recipes.build({"type": "kelm", **settings})
        return recipe.streams(training_data("encoder_decoder"), "encoder_decoder")["sentences"].stream.source

    return build


@pytest.mark.parametrize("mode", ["template", "ngram"])
def test_a_sentence_tells_a_subgraph_of_one_head(source, capitals, mode):
    sentences = source(mode=mode, max_triples=3)

    for index, (head, _, tail) in enumerate(capitals.triples.tolist()):
        for seed in range(5):
            pieces = sentences.pieces(index, np.random.default_rng(seed))
            named = {piece.entity for piece in pieces if isinstance(piece, Mention)}
            assert {head, tail} <= named <= {head, *capitals.outgoing(head)[:, 2].tolist()}


def test_patterns_come_from_the_corpus(source, capitals):
    row = capitals.triples.tolist().index(list(capitals.numbers(_capital_of("Q12", "Q2"))))

    text = joined(source(mode="ngram", max_triples=1).pieces(row, np.random.default_rng(0)))

    assert text == "Rome is the capital of Italy and a city of many bridges, parks and long winter evenings."


def _capital_of(country, city):
    from kgpt.records import Triple

    return Triple(country, "P36", city)


def test_a_file_of_sentences_is_read_less_what_the_graph_has_not(source, tmp_path):
    path = tmp_path / "s.jsonl"
    rows = [
        {"id": "a", "text": "Berlin heads Germany.", "triples": [["Q10", "P36", "Q0"]]},
        {"id": "b", "text": "Oslo heads Germany.", "triples": [["Q10", "P36", "Q4"]]},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))

    sentences = source(mode="generator", sentences=str(path))

    assert [joined(sentences.pieces(0, np.random.default_rng(0)))] == ["Berlin heads Germany."]
    assert len(sentences) == 1


def test_a_generators_sentences_must_be_named():
    with pytest.raises(ConfigError, match="kgpt verbalize"):
        recipes.build({"type": "kelm", "mode": "generator"})
