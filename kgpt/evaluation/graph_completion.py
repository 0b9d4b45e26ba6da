"""Word-knowledge-graph completion: a masked tail node beside its head and relation (CoLAKE, Sun et al., 2020, 4.4).

For models whose sequences hold graph nodes. The text is the head's entity node alone; the relation node and the masked
tail hang on it as in training. The tail's rank is among the distinct tails of its relation, filtered, realistic.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray

from kgpt.errors import CheckpointError
from kgpt.evaluation.exam import Exam
from kgpt.evaluation.facts import AskedFact, candidate_tails
from kgpt.evaluation.node_scoring import masked_end
from kgpt.evaluation.ranking import rank, rank_metrics
from kgpt.evaluation.task import Measured, Need, tasks
from kgpt.kg.graph import KnowledgeGraph
from kgpt.model import LoadedModel
from kgpt.randomness import generator
from kgpt.records import Outcome
from kgpt.sequences import Batch, collate
from kgpt.sequences.graph_stream import sampled_neighborhood

TASK = "graph_completion"
_BATCH_SIZE = 128
_NEIGHBORS = 8


@torch.inference_mode()
def evaluate_graph_completion(loaded: LoadedModel, facts: Sequence[AskedFact], graph: KnowledgeGraph) -> list[Outcome]:
    """Every fact's `p_at_1`, `mrr` and `hits_at_10`; a fact whose relation has one tail only is not asked.

    Raises:
        CheckpointError: the model has no graph nodes, or those of another graph.
    """
    if loaded.entity_ids != tuple(graph.entities.ids):
        raise CheckpointError("graph completion needs a model with nodes for this very graph's entities")
    loaded.model.eval()
    outcomes = []
    for start in range(0, len(facts), _BATCH_SIZE):
        group = facts[start : start + _BATCH_SIZE]
        for fact, scores in zip(group, tail_scores(loaded, group, graph), strict=True):
            outcomes += _outcomes(fact, scores, graph)
    return outcomes


def _outcomes(fact: AskedFact, scores: NDArray[np.float32], graph: KnowledgeGraph) -> list[Outcome]:
    candidates = candidate_tails(fact, graph)
    if len(candidates) < 2:
        return []
    place = rank(scores[candidates], truth=0)
    said = graph.entities.label(candidates[int(scores[candidates].argmax())])
    return [Outcome(TASK, fact.id, metric, value, fact.subsets, said) for metric, value in rank_metrics(place).items()]


@torch.inference_mode()
def tail_scores(loaded: LoadedModel, facts: Sequence[AskedFact], graph: KnowledgeGraph) -> NDArray[np.float32]:
    """Logits of all entities as every fact's tail, [B, E]."""
    sequences = [masked_end(loaded, (fact.head, fact.relation, fact.tails[0]), "tail") for fact in facts]
    batch = collate(sequences, pad_id=loaded.vocabulary.pad)
    assert loaded.model.nodes is not None
    if hops := loaded.model.nodes.encoder_layers:
        batch = _with_neighborhood(batch, facts, graph, hops=hops)
    scores: NDArray[np.float32] = loaded.model(batch.to(loaded.model.device))["entity"].logits.float().cpu().numpy()
    return scores


def _with_neighborhood(batch: Batch, facts: Sequence[AskedFact], graph: KnowledgeGraph, *, hops: int) -> Batch:
    """The batch with all entities as candidates, encoded among their neighbours; no asked edge is among them."""
    everyone = np.arange(graph.num_entities)
    read = np.unique([entity for fact in facts for entity in (fact.head, *fact.tails)])
    around = sampled_neighborhood(graph, read, everyone, [_NEIGHBORS] * hops, generator("completion", facts[0].id))
    return replace(batch, candidates=torch.from_numpy(everyone)).with_subgraph(around)


@tasks.register("graph_completion")
@dataclass(frozen=True, kw_only=True, slots=True)
class GraphCompletion:
    """A masked tail node beside its head and relation."""

    needs: ClassVar[tuple[Need, ...]] = ("graph",)
    after_fine_tuning: ClassVar[bool] = False

    def refuses(self, loaded: LoadedModel) -> str:
        """Models without graph nodes cannot be asked."""
        return "" if loaded.entity_ids else "needs a model with graph nodes"

    def measure(self, loaded: LoadedModel, exam: Exam) -> Measured:
        """`p_at_1`, `mrr`, `hits_at_10`."""
        return evaluate_graph_completion(loaded, exam.asked(), exam.graph)
