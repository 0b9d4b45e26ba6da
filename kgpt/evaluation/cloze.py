"""Cloze probe: the right tail of a fact against the relation's other tails (Petroni et al., 2019).

For each fact the candidates are the distinct tails of its relation, the fact's other right tails removed (filtered),
at most `max_candidates`, picked by a hash of their ids. An encoder-decoder scores a candidate by the log-probability
of writing its label where the linearised triple has its sentinel; an encoder by the mean log-probability of the
label's words at as many masks; a decoder by the log-probability of going on with the label and ending there. Ranks are
realistic (ties count half).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field

from kgpt.evaluation.exam import Exam
from kgpt.evaluation.facts import AskedFact, candidate_tails
from kgpt.evaluation.label_scoring import score_labels
from kgpt.evaluation.ranking import rank, rank_metrics
from kgpt.evaluation.task import Measured, Need, TakesAny, tasks
from kgpt.kg.graph import KnowledgeGraph
from kgpt.model import LoadedModel
from kgpt.progress import track
from kgpt.records import Outcome
from kgpt.verbalization import Verbalizer

TASK = "cloze"


@torch.inference_mode()
def evaluate_cloze(
    loaded: LoadedModel, facts: Sequence[AskedFact], graph: KnowledgeGraph, *, max_candidates: int = 100
) -> list[Outcome]:
    """Every fact's `p_at_1`, `mrr` and `hits_at_10`; a fact whose relation has one tail only is not asked."""
    loaded.model.eval()
    verbalizer, outcomes = Verbalizer(graph), []
    for fact in track(facts, what="cloze", total=len(facts)):
        candidates = candidate_tails(fact, graph, most=max_candidates)
        if len(candidates) < 2:
            continue
        labels = [graph.entities.label(tail) for tail in candidates]
        scores = _score(loaded, verbalizer, fact, labels)
        for metric, value in rank_metrics(rank(scores, truth=0)).items():
            outcomes.append(Outcome(TASK, fact.id, metric, value, fact.subsets, labels[int(np.argmax(scores))]))
    return outcomes


def _score(loaded: LoadedModel, verbalizer: Verbalizer, fact: AskedFact, labels: Sequence[str]) -> NDArray[np.float64]:
    rng = np.random.default_rng(0)  # the linear form draws nothing
    row = (fact.head, fact.relation, fact.tails[0])
    return score_labels(loaded, verbalizer.state(row, "linear", rng, hidden="tail").rstrip(), labels)


@tasks.register("cloze")
@dataclass(frozen=True, kw_only=True, slots=True)
class Cloze(TakesAny):
    """The right tail of a fact against the relation's other tails.

    Args:
        max_candidates: tails that are ranked.
    """

    max_candidates: Annotated[int, Field(ge=2)] = 100

    needs: ClassVar[tuple[Need, ...]] = ("graph",)
    after_fine_tuning: ClassVar[bool] = False

    def measure(self, loaded: LoadedModel, exam: Exam) -> Measured:
        """`p_at_1`, `mrr`, `hits_at_10`."""
        return evaluate_cloze(loaded, exam.asked(), exam.graph, max_candidates=self.max_candidates)
