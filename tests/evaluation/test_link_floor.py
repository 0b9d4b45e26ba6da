import numpy as np
import pytest

from kgpt.evaluation.link_floor import FrequencyScorer, WordScorer
from kgpt.kg import build_graph
from kgpt.records import EntityRecord, Triple


def test_the_more_frequent_end_of_the_relation_scores_more_and_the_degree_breaks_ties():
    graph, _ = build_graph(Triple(*row.split()) for row in ("a r x", "b r x", "c r y", "d s z", "z s a", "z s b"))
    row = np.array([graph.numbers(Triple("c", "r", "y"))], np.int32)

    scores = FrequencyScorer.of(graph)(row, "tail")[0]

    ranked = [graph.entities.ids[number] for number in np.argsort(-scores, kind="stable")]
    assert ranked[:3] == ["x", "y", "z"]
    assert scores[graph.entity("x")] == pytest.approx(2 + 2 / 4)
    assert FrequencyScorer.of(graph)(row, "head")[0].argmax() == graph.entity("a")


@pytest.fixture
def trained():
    names = {"a": "Berlin, city", "b": "Paris, city", "g": "Germany, country", "f": "France, country"}
    return build_graph(
        [Triple("a", "in", "g"), Triple("b", "in", "f"), *(EntityRecord(*one) for one in names.items())]
    )[0]


@pytest.fixture
def asked():
    names = {"o": "Oslo", "r": "Rome, city", "n": "Norway, country", "i": "Latium"}
    triples = [Triple("o", "in", "n"), Triple("r", "in", "i"), Triple("o", "near", "r")]
    return build_graph([*triples, *(EntityRecord(*one) for one in names.items())])[0]


def ranked(scorer, graph, triple, side):
    scores = scorer(np.array([graph.numbers(triple)], np.int32), side)[0]
    return [graph.entities.ids[number] for number in np.argsort(-scores, kind="stable")]


def test_words_of_the_relations_known_ends_rank_unseen_entities(trained, asked):
    scorer = WordScorer.of(trained, asked)

    assert ranked(scorer, asked, Triple("o", "in", "n"), "tail")[0] == "n"
    assert ranked(scorer, asked, Triple("r", "in", "i"), "head")[0] == "r"


def test_words_of_the_other_end_rank_where_the_relation_is_unknown_and_that_end_comes_last(trained):
    names = {"p": "Paris", "q": "Paris suburb", "s": "Berlin"}
    asked = build_graph(
        [Triple("p", "near", "q"), Triple("s", "near", "q"), *(EntityRecord(*n) for n in names.items())]
    )[0]

    found = ranked(WordScorer.of(trained, asked), asked, Triple("p", "near", "q"), "tail")

    assert found == ["q", "s", "p"]
