"""What an arm knows while it trains: the cloze probe on facts of the run's true graph, seen and held out."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from kgpt.evaluation import FactSubsets, asked_facts, evaluate_cloze, summarize
from kgpt.kg.statistics import popular_entities
from kgpt.model import KgptModel, LoadedModel
from kgpt.pipeline.data_stages import HELD_OUT, open_run_graph
from kgpt.sequences import Vocabulary
from kgpt.training import TrainingSettings
from kgpt.training.probing import Probe

NUM_FACTS = 100
NUM_CANDIDATES = 30


def cloze_probe(run: Path, settings: TrainingSettings, vocabulary: Vocabulary) -> Probe:
    """`cloze_p_at_1` (which decides when to stop) and `cloze_mrr` on some facts of the graph that arms may learn.

    They are picked by another hash than the exam's, so that where the graph is large hardly any is asked again.
    """
    graph = open_run_graph(run)
    held = np.load(run / "5-sequences" / HELD_OUT, allow_pickle=False)
    known = graph.with_triples(np.array(graph.triples[~held]))
    subsets = FactSubsets(graph=known, stated=(), popular=popular_entities(known))
    facts = asked_facts(known, subsets, max_facts=NUM_FACTS, picked_by="probe")

    def measure(model: KgptModel) -> Mapping[str, float]:
        loaded = LoadedModel(model, vocabulary, model.architecture, {})
        rows = summarize(evaluate_cloze(loaded, facts, known, max_candidates=NUM_CANDIDATES))
        found = {row.metric: row.value for row in rows if row.subset == "all"}
        return {"cloze_p_at_1": found.get("p_at_1", 0.0), "cloze_mrr": found.get("mrr", 0.0)}

    return Probe(measure, every=settings.probe_every, patience=settings.patience)
