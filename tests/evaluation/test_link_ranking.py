import warnings

import numpy as np
import pytest
import torch

from kgpt.evaluation.link_ranking import evaluate_link_ranking, link_standing, relation_categories
from kgpt.kg import build_graph
from kgpt.records import Triple

KINDS = ("optimistic", "realistic", "pessimistic")
NAMES_IN_PYKEEN = {
    "mean_rank": "arithmetic_mean_rank",
    "mrr": "inverse_harmonic_mean_rank",
    "hits_at_1": "hits_at_1",
    "hits_at_3": "hits_at_3",
    "hits_at_10": "hits_at_10",
}


@pytest.fixture(scope="module")
def graph():
    rng = np.random.default_rng(0)
    rows = zip(rng.integers(0, 40, 400), rng.integers(0, 4, 400), rng.integers(0, 40, 400) ** 2 // 40, strict=True)
    return build_graph(Triple(f"Q{h}", f"P{r}", f"Q{t}") for h, r, t in rows)[0]


@pytest.fixture(scope="module")
def tables(graph):
    """Scores of every triple's query, full of ties; some minus infinity."""
    rng = np.random.default_rng(1)
    size = (graph.num_triples, graph.num_entities)
    tables = {side: rng.integers(0, 6, size).astype(np.float32) for side in ("head", "tail")}
    for table in tables.values():
        table[table == 0] = -np.inf
    return tables


@pytest.fixture
def scorer(graph, tables):
    numbers = {tuple(row): number for number, row in enumerate(graph.triples.tolist())}
    return lambda rows, side: tables[side][[numbers[tuple(row)] for row in rows.tolist()]]


def always(scores):
    """A scorer that gives every query the same scores."""
    return lambda rows, _: np.tile(scores, (len(rows), 1))


def in_pykeen(graph, tables):
    """The metrics that PyKEEN's evaluator finds on the same scores, filtered by the whole graph."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        evaluation = pytest.importorskip("pykeen.evaluation")
        from pykeen.evaluation.evaluator import create_sparse_positive_filter_, filter_scores_

    evaluator, triples = evaluation.RankBasedEvaluator(), torch.from_numpy(graph.triples.astype(np.int64))
    for side, column in (("head", 0), ("tail", 2)):
        scores = torch.from_numpy(tables[side].copy())
        own = scores.gather(1, triples[:, [column]])
        positives, _ = create_sparse_positive_filter_(triples, triples, filter_col=column)
        scores = filter_scores_(scores, positives).scatter(1, triples[:, [column]], own)
        evaluator.process_scores_(triples, side, scores, true_scores=own)
    return evaluator.finalize()


def test_the_figures_are_pykeens(graph, tables, scorer):
    theirs = in_pykeen(graph, tables)

    ours = evaluate_link_ranking(scorer, graph.triples, graph, kinds=KINDS, batch_size=7)

    for side in ("head", "tail", "both"):
        for kind in KINDS:
            for name, called in NAMES_IN_PYKEEN.items():
                metric = name if kind == "realistic" else f"{name}_{kind}"
                values = [one.value for one in ours if one.metric == metric and (side == "both" or side in one.subsets)]
                expected = theirs.get_metric(f"{side}.{kind}.{called}")  # of single precision
                assert np.mean(values) == pytest.approx(expected, rel=1e-5)


def test_another_right_answer_does_not_count(capitals):
    borders = capitals.relations.ids.find("P47")
    france, germany, spain = map(capitals.entity, ("Q11", "Q10", "Q13"))
    scores = np.zeros((1, capitals.num_entities))
    scores[0, [spain, germany]] = 2.0, 1.0

    found, said = link_standing(
        always(scores[0]), np.array([[france, borders, germany]], np.int32), capitals, side="tail"
    )

    assert found.ranks().tolist() == [1.0]
    assert said.tolist() == [spain]


@pytest.mark.parametrize(
    ("triples", "expected"),
    [
        (["a b"], "1-1"),
        (["a b", "a c", "d e"], "1-N"),
        (["a b", "a c", "d e", "f g"], "1-1"),
        (["b a", "c a"], "N-1"),
        (["a c", "a d", "b c", "b d"], "N-N"),
    ],
)
def test_a_relations_category_by_its_mean_ends(triples, expected):
    graph, _ = build_graph(Triple(*row.split()[:1], "P", row.split()[1]) for row in triples)

    assert relation_categories(graph) == [expected]


def test_every_outcome_says_its_side_its_category_and_whether_it_was_seen(capitals):
    trained = capitals.with_triples(capitals.triples[1:])

    outcomes = evaluate_link_ranking(
        always(np.zeros(capitals.num_entities)),
        capitals.triples,
        capitals,
        trained=trained,
        subsets=[("popular",)] * capitals.num_triples,
    )

    first = capitals.triple(capitals.triples[0])
    unseen = {one.item for one in outcomes if "held_out" in one.subsets}
    assert unseen == {f"{first.head}|{first.relation}|{first.tail}|{side}" for side in ("head", "tail")}
    assert {one.subsets for one in outcomes if "|P36|" in one.item and one.item.endswith("tail")} <= {
        ("tail", "1-1", "popular", "seen"),
        ("tail", "1-1", "popular", "held_out"),
    }


def test_a_model_that_scores_all_alike_gets_a_coin_tosss_rank(capitals):
    outcomes = evaluate_link_ranking(always(np.full(capitals.num_entities, np.nan)), capitals.triples[:1], capitals)

    assert {one.value for one in outcomes if one.metric == "mean_rank"} == {(1 + capitals.num_entities) / 2}
