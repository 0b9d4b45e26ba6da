"""The benchmark's own parts on tiny graphs; PyKEEN's evaluator must find what ours finds."""

import gzip
import warnings
from dataclasses import replace

import numpy as np
import pytest
import torch

from kgpt.evaluation.link_ranking import evaluate_link_ranking
from kgpt.kg import build_graph
from kgpt.records import EntityRecord, RelationRecord, Triple

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    pytest.importorskip("pykeen.evaluation")

NAMES_IN_PYKEEN = {"mean_rank": "arithmetic_mean_rank", "mrr": "inverse_harmonic_mean_rank", "hits_at_3": "hits_at_3"}
TINY = [
    'corpus={"sources":["embedded:atlas"],"steps":[{"type":"sample","frac":0.02}]}',
    "training.steps=2",
    "training.tokens_per_step=256",
    "backbone.hidden_size=32",
    "backbone.num_layers=1",
    "backbone.feed_forward_size=32",
    "vocabulary.size=400",
    'engine={"type":"processes","num_workers":1}',
]


def made_graph(num_entities=40, num_triples=300):
    """Random triples between named entities."""
    rng = np.random.default_rng(0)
    heads, tails = rng.integers(0, num_entities, (2, num_triples))
    rows = zip(heads, rng.integers(0, 3, num_triples), tails, strict=True)
    names = [EntityRecord(f"Q{one}", f"thing {one}", (), f"the {one}th") for one in range(num_entities)]
    relations = [RelationRecord(f"P{one}", f"relation {one}") for one in range(3)]
    return build_graph([*names, *relations, *(Triple(f"Q{h}", f"P{r}", f"Q{t}") for h, r, t in rows)])[0]


@pytest.fixture(scope="module")
def task():
    from benchmarks.completion import Completion

    truth = made_graph()
    return Completion("tiny", truth.with_triples(truth.triples[::2]), truth, truth.triples[1::2])


@pytest.mark.parametrize("name", ["TransE", "DistMult", "ComplEx", "RotatE"])
def test_pykeens_models_stand_where_pykeens_evaluator_puts_them(task, name):
    from benchmarks.pykeen_models import BUDGETS, train_pykeen

    budget = replace(BUDGETS[name], epochs=1, dimension=8)
    scorer, seconds = train_pykeen(name, task.trained, seed=0, budget=budget)
    ours = evaluate_link_ranking(scorer, task.asked, task.truth)

    theirs = in_pykeen(scorer.model, task)
    assert seconds > 0
    for side in ("head", "tail"):
        for metric, called in NAMES_IN_PYKEEN.items():
            found = np.mean([one.value for one in ours if one.metric == metric and side in one.subsets])
            assert found == pytest.approx(theirs.get_metric(f"{side}.realistic.{called}"), rel=1e-4)


def in_pykeen(model, task):
    """What PyKEEN's own loop over a model finds."""
    from pykeen.evaluation import RankBasedEvaluator

    asked, trained = (torch.from_numpy(rows.astype(np.int64)) for rows in (task.asked, task.trained.triples))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return RankBasedEvaluator().evaluate(
            model, asked, batch_size=16, additional_filter_triples=[trained], use_tqdm=False
        )


def test_the_same_seed_gives_the_same_pykeen_model(task):
    from benchmarks.pykeen_models import BUDGETS, train_pykeen

    budget = replace(BUDGETS["TransE"], epochs=1, dimension=8)
    one, two, other = (train_pykeen("TransE", task.trained, seed=seed, budget=budget)[0] for seed in (0, 0, 1))

    assert (one(task.asked, "tail") == two(task.asked, "tail")).all()
    assert (one(task.asked, "tail") != other(task.asked, "tail")).any()


def test_a_model_has_a_row_for_both_sides_and_for_each(task):
    from benchmarks.completion import HEADER, chance

    rows = task.rows("chance", chance(task.truth), seed=3, seconds=12.4)

    assert [row[:5] for row in rows] == [["tiny", "chance", "3", "12", side] for side in ("both", "head", "tail")]
    assert {len(row) for row in rows} == {len(HEADER)}
    mean_rank, heads, tails = (float(row[5]) for row in rows)
    assert mean_rank == pytest.approx((heads + tails) / 2, abs=0.1)
    assert mean_rank == pytest.approx(task.truth.num_entities / 2, rel=0.15)


def test_a_split_by_entity_asks_for_what_no_training_triple_touches():
    from benchmarks.completion import split_by_entity

    task = split_by_entity("tiny", made_graph(num_entities=200, num_triples=4000))

    assert not set(task.trained.entities.ids) & set(task.truth.entities.ids)
    assert set(task.truth.relations.ids) <= set(task.trained.relations.ids)
    assert (task.asked == task.truth.triples).all() and len(task.asked) > 10


@pytest.fixture
def data(tmp_path):
    """A folder like ../shared/data with CoDEx-S of three triples, and names of more than its entities."""
    kg = tmp_path / "kg"
    (kg / "codex-s").mkdir(parents=True)
    files = {
        "codex-s/train.txt.gz": "Q1\tP1\tQ2\nQ2\tP1\tQ3\n",
        "codex-s/valid.txt.gz": "Q1\tP1\tQ3\nQ1\tP1\tQ9\n",
        "triples.tsv.gz": "Q1\tP1\tQ2\tcodex\n",
        "entities.tsv.gz": "Q1\tone\t\tthe first\nQ2\ttwo\t\t\nQ8\teight\t\t\n",
        "properties.tsv.gz": "P1\tbefore\t\t\n",
    }
    for name, text in files.items():
        with gzip.open(kg / name, "wt", encoding="utf-8") as file:
            file.write(text)
    return tmp_path


def test_codex_is_asked_by_its_valid_split_less_what_train_has_not(data):
    from benchmarks.completion import codex

    task = codex(data)

    assert list(task.truth.entities.ids) == ["Q1", "Q2", "Q3"]
    assert [task.truth.triple(row) for row in task.asked] == [Triple("Q1", "P1", "Q3")]
    assert task.trained.num_triples == 2 and task.truth.num_triples == 3
    assert task.truth.entities.label(0) == "one" and task.truth.entities.descriptions[0] == "the first"
    assert "1 asked for among 3" in task.about


def test_both_settings_are_trained_and_asked_from_their_configs(task, tmp_path, monkeypatch):
    from benchmarks import completion

    budget = replace(completion.BUDGETS["TransE"], epochs=1, dimension=8)
    monkeypatch.setattr(completion, "BUDGETS", {"TransE": budget})
    unseen = completion.split_by_entity("tiny, unseen", made_graph(num_entities=200, num_triples=4000))

    rows = completion.transductive(task, tmp_path, tmp_path, overrides=TINY)
    rows += completion.inductive(unseen, tmp_path, tmp_path, overrides=TINY)

    models = {row[1] for row in rows}
    assert {"chance", "frequency", "kgpt colake", "PyKEEN TransE", "words (TF-IDF)", "kgpt kepler"} <= models
    assert len(rows) == 3 * (4 + 3)
    assert all(1 <= float(row[5]) <= 200 for row in rows)
