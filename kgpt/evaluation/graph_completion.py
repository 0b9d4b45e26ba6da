"""Word-knowledge-graph completion: a masked tail node beside its head and relation (CoLAKE, Sun et al., 2020, 4.4).

For models whose sequences hold graph nodes. The text is the head's entity node alone; the relation node and the masked
tail hang on it as in training. The tail's rank is among the distinct tails of its relation, filtered, realistic.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from kgpt.evaluation.exam import Exam
from kgpt.evaluation.facts import AskedFact, candidate_tails
from kgpt.evaluation.node_scoring import NodeScorer
from kgpt.evaluation.ranking import rank, rank_metrics
from kgpt.evaluation.task import Measured, Need, tasks
from kgpt.kg.graph import KnowledgeGraph
from kgpt.model import LoadedModel
from kgpt.records import Outcome

TASK = "graph_completion"
_BATCH_SIZE = 128


def evaluate_graph_completion(
    loaded: LoadedModel, facts: Sequence[AskedFact], graph: KnowledgeGraph, *, trained: KnowledgeGraph | None = None
) -> list[Outcome]:
    """Every fact's `p_at_1`, `mrr` and `hits_at_10`; a fact whose relation has one tail only is not asked.

    Args:
        loaded: the model.
        facts: what is asked.
        graph: the true graph.
        trained: where a relational encoder reads neighbours, no asked edge among them; the true graph where not given.

    Raises:
        CheckpointError: the model has no graph nodes, or those of another graph.
    """
    scorer, outcomes = NodeScorer(loaded, trained or graph), []
    for start in range(0, len(facts), _BATCH_SIZE):
        group = facts[start : start + _BATCH_SIZE]
        rows = np.array([(fact.head, fact.relation, fact.tails[0]) for fact in group], np.int32)
        for fact, scores in zip(group, scorer(rows, "tail"), strict=True):
            outcomes += _outcomes(fact, scores, graph)
    return outcomes


def _outcomes(fact: AskedFact, scores: NDArray[np.float32], graph: KnowledgeGraph) -> list[Outcome]:
    candidates = candidate_tails(fact, graph)
    if len(candidates) < 2:
        return []
    place = rank(scores[candidates], truth=0)
    said = graph.entities.label(candidates[int(scores[candidates].argmax())])
    return [Outcome(TASK, fact.id, metric, value, fact.subsets, said) for metric, value in rank_metrics(place).items()]


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
        return evaluate_graph_completion(loaded, exam.asked(), exam.graph, trained=exam.trained_graph)
