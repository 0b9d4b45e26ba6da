"""CoLAKE and KEPLER beside TransE, DistMult, ComplEx and RotatE of PyKEEN: the same splits, the same evaluator.

Transductive: CoDEx-S, every valid triple's head and tail among all entities (the test split is not at hand), other
right answers of train and valid filtered. Inductive: Wiki27K split by entity, triples between test entities asked for
among these, as KEPLER's; models with a vector an entity have none for them, so floors stand in their place. Both from
`../shared/data` (or `KGPT_SHARED_DATA`), in the configs `experiments/completion` and `experiments/inductive`. It takes
minutes a model, so it runs only by its name.
"""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.pykeen_models import BUDGETS, train_pykeen
from benchmarks.shared_data import shared_data
from kgpt.evaluation.description_scoring import DescriptionScorer
from kgpt.evaluation.link_floor import FrequencyScorer, WordScorer
from kgpt.evaluation.link_ranking import EntityScorer, evaluate_link_ranking
from kgpt.evaluation.node_scoring import NodeScorer
from kgpt.io import read_json
from kgpt.kg import KnowledgeGraph, build_graph
from kgpt.kg.selection import subgraph
from kgpt.kg.splitting import SplitShares, split_entities
from kgpt.kg.store import fill_store
from kgpt.model import LoadedModel, load_checkpoint
from kgpt.pipeline.arm import COST, MODEL, Arm
from kgpt.pipeline.config import RunConfig, load_run_config
from kgpt.pipeline.run import open_run
from kgpt.records import EntityRecord, RelationRecord, Triple
from kgpt.sources import open_graph
from kgpt.sources.base import read_bulk
from kgpt.sources.tsv import read_triples

SEEDS = (0,)
METRICS = {"MR": "mean_rank", "MRR": "mrr", "Hits@1": "hits_at_1", "Hits@3": "hits_at_3", "Hits@10": "hits_at_10"}
HEADER = ("graph", "model", "seed", "trained, s", "side", *METRICS)
SHARES = SplitShares(train=0.8, valid=0.1, test=0.1)


@dataclass(frozen=True, eq=False, slots=True)
class Completion:
    """A graph to learn from and triples to ask for.

    Args:
        name: for the table.
        trained: what models may see.
        truth: whose entities are the candidates, and whose triples are filtered.
        asked: by `truth`'s numbers, [N, 3].
    """

    name: str
    trained: KnowledgeGraph
    truth: KnowledgeGraph
    asked: NDArray[np.int32]

    def rows(self, model: str, scorer: EntityScorer, *, seed: int | str = "", seconds: float = 0.0) -> list[list[str]]:
        """The table's rows of one model: both sides, the heads, the tails."""
        outcomes = evaluate_link_ranking(scorer, self.asked, self.truth, sides=("head", "tail"))
        told, time = [self.name, model, str(seed)], f"{seconds:,.0f}" if seconds else ""
        return [
            [*told, time, side, *_figures([one for one in outcomes if side in (*one.subsets, "both")])]
            for side in ("both", "head", "tail")
        ]

    @property
    def about(self) -> str:
        """Counts, for the reader of the table."""
        return (
            f"{self.name}: {self.trained.num_triples:,} triples of {self.trained.num_entities:,} entities trained on, "
            f"{len(self.asked):,} asked for among {self.truth.num_entities:,}"
        )


def run() -> list[list[str]]:
    """Both settings."""
    data = shared_data()
    missing = [path for path in (data / "kg" / "codex-s", data / "kg" / "wiki27k", data / "text") if not path.exists()]
    if missing:
        return [[f"skipped: {missing[0]} is not there", *[""] * (len(HEADER) - 1)]]
    with tempfile.TemporaryDirectory() as folder:
        return [*transductive(codex(data), data, Path(folder)), *inductive(wiki27k(data), data, Path(folder))]


def transductive(task: Completion, data: Path, folder: Path, *, overrides: Sequence[str] = ()) -> list[list[str]]:
    """Chance, frequency, CoLAKE, PyKEEN's models."""
    print(task.about)
    rows = [*task.rows("chance", chance(task.truth)), *task.rows("frequency", FrequencyScorer.of(task.trained))]
    for seed in SEEDS:
        loaded, seconds = trained_arm("completion", "colake", task, data, folder, seed=seed, overrides=overrides)
        rows += task.rows("kgpt colake", NodeScorer(loaded, task.trained), seed=seed, seconds=seconds)
        for name, budget in BUDGETS.items():
            scorer, seconds = train_pykeen(name, task.trained, seed=seed, budget=budget)
            rows += task.rows(f"PyKEEN {name}", scorer, seed=seed, seconds=seconds)
    return rows


def inductive(task: Completion, data: Path, folder: Path, *, overrides: Sequence[str] = ()) -> list[list[str]]:
    """Chance, shared words, KEPLER."""
    print(task.about)
    rows = [*task.rows("chance (any vector an entity)", chance(task.truth))]
    rows += task.rows("words (TF-IDF)", WordScorer.of(task.trained, task.truth))
    for seed in SEEDS:
        loaded, seconds = trained_arm("inductive", "kepler", task, data, folder, seed=seed, overrides=overrides)
        max_tokens = int(loaded.about["recipe"]["max_description_tokens"])
        scorer = DescriptionScorer.of(loaded, task.truth, max_tokens=max_tokens)
        rows += task.rows("kgpt kepler", scorer, seed=seed, seconds=seconds)
    return rows


def codex(data: Path) -> Completion:
    """CoDEx-S with its names; a valid triple with an end that train has not is not asked for."""
    train, valid = (list(_triples(data / "kg" / "codex-s" / f"{part}.txt.gz")) for part in ("train", "valid"))
    known = {end for triple in train for end in (triple.head, triple.relation, triple.tail)}
    kept = [one for one in valid if known.issuperset((one.head, one.relation, one.tail))]
    names = (one for one in _names(data / "kg") if one.id in known)
    truth = build_graph([*train, *kept, *names])[0]
    asked = _numbered(kept, truth)
    return Completion("CoDEx-S", truth.with_triples(_numbered(train, truth)), truth, asked)


def wiki27k(data: Path) -> Completion:
    """Wiki27K split by entity; a triple of a relation that train has not is not asked for."""
    return split_by_entity("Wiki27K, unseen", build_graph(read_bulk(open_graph(str(data / "kg" / "wiki27k"))))[0])


def split_by_entity(name: str, whole: KnowledgeGraph) -> Completion:
    """Triples between train entities to learn from, those between test entities asked for."""
    split = split_entities(whole, SHARES, unseen_ends="both")
    known = np.isin(split.test[:, 1], split.train[:, 1])
    truth = subgraph(whole, split.test[known])
    return Completion(name, subgraph(whole, split.train), truth, truth.triples)


def chance(graph: KnowledgeGraph) -> EntityScorer:
    """All alike: with ties counted half, what guessing gives."""
    return lambda triples, _: np.zeros((len(triples), graph.num_entities), np.float32)


def trained_arm(
    experiment: str, arm: str, task: Completion, data: Path, folder: Path, *, seed: int, overrides: Sequence[str] = ()
) -> tuple[LoadedModel, float]:
    """An arm of a config trained on the task's graph alone; and the seconds of its training."""
    store = folder / f"{experiment}-graph"
    if not store.exists():
        store.mkdir()
        fill_store(task.trained, store)
    told = [f"data_dir={data}", f'graph.sources=["{store}"]', "evaluation.held_out_frac=0", *overrides]
    config: RunConfig = load_run_config(f"experiments/{experiment}", told)
    with open_run(config, folder / experiment) as opened:
        opened.train(arm, seed)
    trained = Arm(config, folder / experiment, arm, seed).folder
    return load_checkpoint(str(trained / MODEL)), float(read_json(trained / COST)["seconds"])


def _figures(outcomes: Sequence[object]) -> list[str]:
    means = {name: np.mean([one.value for one in outcomes if one.metric == name]) for name in METRICS.values()}
    return [f"{mean:,.1f}" if name == "mean_rank" else f"{mean:.3f}" for name, mean in means.items()]


def _triples(path: Path) -> Iterator[Triple]:
    return (one for one in read_triples(path) if isinstance(one, Triple))


def _names(folder: Path) -> Iterator[EntityRecord | RelationRecord]:
    return (one for one in open_graph(str(folder)).read() if isinstance(one, EntityRecord | RelationRecord))


def _numbered(triples: Iterable[Triple], graph: KnowledgeGraph) -> NDArray[np.int32]:
    rows = [graph.numbers(triple) for triple in triples]
    return np.array(sorted(row for row in rows if row is not None), np.int32)
