import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from kgpt.errors import CheckpointError, DataError
from kgpt.evaluation.label_scoring import score_labels
from kgpt.evaluation.triple_classification import (
    LabelledTriples,
    NodeTripleScorer,
    TextTripleScorer,
    Thresholds,
    best_threshold,
    classification_f1,
    evaluate_triple_classification,
    floor_outcomes,
    labelled_triples,
    split_labelled,
)
from kgpt.kg import build_graph
from kgpt.model import LoadedModel, Nodes, build_model
from kgpt.records import Triple


def labelled(*rows):
    """From rows of head, relation, tail, whether it is true."""
    return LabelledTriples(np.array([row[:3] for row in rows], np.int32), np.array([bool(row[3]) for row in rows]))


@given(st.lists(st.tuples(st.sampled_from([-np.inf, -1.0, 0.0, 0.5, 3.0]), st.booleans()), min_size=1, max_size=12))
def test_no_other_threshold_is_more_accurate(pairs):
    scores, truths = np.array([one for one, _ in pairs]), np.array([one for _, one in pairs])

    def accuracy(threshold):
        return ((scores >= threshold) == truths).mean()

    found = best_threshold(scores, truths)

    assert accuracy(found) == max(accuracy(one) for one in [-np.inf, -2.0, -0.5, 0.25, 1.0, np.inf])


def test_neighbouring_numbers_are_told_apart():
    low, high = np.float64(1.0), np.nextafter(np.float64(1.0), 2)

    assert best_threshold(np.array([low, high]), np.array([False, True])) == high


def test_a_relation_has_its_own_threshold_and_an_untuned_one_that_of_all():
    tuning = labelled((0, 0, 1, 1), (0, 0, 2, 0), (0, 1, 1, 1), (0, 1, 2, 0))

    found = Thresholds.tune(tuning, np.array([5.0, 4.0, 1.0, 0.0]))

    assert found.by_relation == {0: 4.5, 1: 0.5}
    asked = np.array([[0, 0, 3], [0, 1, 3], [0, 7, 3]], np.int32)
    assert found.are_true(asked, np.array([2.0, 2.0, 2.0])).tolist() == [False, True, found.overall <= 2.0]


@pytest.fixture(scope="module")
def statements(capitals):
    """Every country's capital, and its neighbour's in its place."""
    rows = [(f"Q1{number}", "P36", f"Q{number}") for number in range(5)]
    wrong = [(head, relation, f"Q{(number + 1) % 5}") for number, (head, relation, _) in enumerate(rows)]
    return labelled_triples([Triple(*row) for row in rows], [Triple(*row) for row in wrong], capitals)


def test_a_scorer_that_knows_is_always_right(capitals, statements):
    known = {tuple(row) for row in capitals.triples.tolist()}

    outcomes = evaluate_triple_classification(
        lambda triples: np.array([tuple(row) in known for row in triples.tolist()]), statements, statements, capitals
    )

    assert [one.value for one in outcomes] == [1.0] * 10
    assert outcomes[0].subsets == ("positive", "relation:P36") and outcomes[0].predicted == "true"
    assert outcomes[-1].subsets == ("negative", "relation:P36") and outcomes[-1].predicted == "false"
    assert {(one.subset, one.metric, one.value) for one in classification_f1(outcomes)} == {
        (subset, metric, 1.0) for subset in ("all", "relation:P36") for metric in ("precision", "recall", "f1")
    }


def test_f1_is_that_of_the_true_triples(capitals, statements):
    scores = np.array([1, 1, 0, 0, 0, 1, 0, 0, 0, 0], float)
    same = {tuple(row): score for row, score in zip(statements.triples.tolist(), scores, strict=True)}
    tuning = LabelledTriples(statements.triples, scores > 0)

    outcomes = evaluate_triple_classification(
        lambda triples: np.array([same[tuple(row)] for row in triples.tolist()]), tuning, statements, capitals
    )

    figures = {one.metric: one.value for one in classification_f1(outcomes) if one.subset == "all"}
    assert figures == pytest.approx({"precision": 2 / 3, "recall": 2 / 5, "f1": 1 / 2})
    assert np.mean([one.value for one in outcomes]) == 0.6


def test_a_scorer_of_no_numbers_says_what_is_right_more_often(capitals, statements):
    outcomes = evaluate_triple_classification(
        lambda triples: np.full(len(triples), np.nan), statements, statements, capitals
    )

    assert np.mean([one.value for one in outcomes]) == 0.5


def test_the_floor_knows_the_relations_alone(capitals):
    capital, borders = (capitals.relations.ids.find(one) for one in ("P36", "P47"))
    tuning = labelled((0, capital, 1, 1), (0, capital, 2, 1), (0, capital, 3, 0), (0, borders, 1, 0))
    test = labelled((4, capital, 1, 1), (4, capital, 2, 0), (4, borders, 1, 0), (4, borders, 2, 0))

    assert [one.predicted for one in floor_outcomes(tuning, test, capitals)] == ["true", "true", "false", "false"]


def test_what_the_graph_does_not_know_is_counted(capitals):
    known, unknown = Triple("Q10", "P36", "Q0"), Triple("Q10", "P36", "Q77")

    assert labelled_triples([known, unknown], [known], capitals).num_unknown == 1
    with pytest.raises(DataError, match=r"no false triple is in the graph; .* in 1 triples"):
        labelled_triples([known], [unknown], capitals)


def test_halves_share_no_pair_of_ends():
    rows = [Triple(f"Q{number}", "P1", f"Q{number + 50}") for number in range(50)]
    inverses = [Triple(row.tail, "P2", row.head) for row in rows]
    graph, _ = build_graph([*rows, *inverses])

    tuning, test = split_labelled(labelled_triples(rows, inverses, graph), graph)

    ends = [{frozenset((head, tail)) for head, _, tail in part.triples.tolist()} for part in (tuning, test)]
    assert not ends[0] & ends[1] and len(ends[0] | ends[1]) == 50
    assert 15 < len(ends[0]) < 35
    assert len(tuning.triples) == len(tuning.is_true) == 2 * len(ends[0])


@pytest.mark.parametrize("kind", ["writer", "reader", "speaker"])
def test_a_text_model_scores_the_tails_label(kind, request, capitals, statements):
    loaded = request.getfixturevalue(kind)

    found = TextTripleScorer(loaded, capitals)(statements.triples)

    for row, score in zip(statements.triples.tolist(), found.tolist(), strict=True):
        head, tail = (capitals.entities.label(row[place]) for place in (0, 2))
        assert score == pytest.approx(score_labels(loaded, f"{head}, capital,", [tail])[0], rel=1e-4)


@pytest.fixture
def with_nodes(tiny, masked_words, capitals):
    torch.manual_seed(0)
    model = build_model(tiny("roberta"), masked_words, capitals, {"nodes": Nodes()})
    return LoadedModel(model, masked_words, "encoder", {})


def test_a_model_with_nodes_scores_the_tail_among_all_entities(with_nodes, capitals, statements):
    relation = capitals.relations.ids.find("P36")
    country = capitals.entity("Q10")
    everyone = np.array([[country, relation, tail] for tail in range(capitals.num_entities)], np.int32)
    scorer = NodeTripleScorer(with_nodes, capitals)

    found = scorer(everyone)

    assert np.exp(found).sum() == pytest.approx(1.0)
    of_country = statements.triples[:, 0] == country
    tails = statements.triples[of_country, 2]
    assert scorer(statements.triples)[of_country].tolist() == pytest.approx(found[tails].tolist(), rel=1e-4)


def test_a_model_without_these_nodes_is_refused(reader, capitals):
    with pytest.raises(CheckpointError, match="this very graph's entities"):
        NodeTripleScorer(reader, capitals)
